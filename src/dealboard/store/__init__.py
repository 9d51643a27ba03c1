"""Where things are kept: the database file, its schema, its journal, and what is read from it."""
