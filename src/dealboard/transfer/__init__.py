"""Deals and contacts into and out of other programs' files."""
