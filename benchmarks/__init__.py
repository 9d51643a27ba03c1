"""What the figures in README come from: dealboard beside a bare Textual app, from outside."""
