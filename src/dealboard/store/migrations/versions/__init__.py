"""The steps, one a format."""
