"""What fills the terminal: the board, forms, pickers and help; they talk to the app."""
