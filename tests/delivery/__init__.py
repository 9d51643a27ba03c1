"""Delivery: what the courier promises."""
