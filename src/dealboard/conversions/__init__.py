"""Conversions: what Meta is told about deals (guide, Meta Conversion API; decisions 33–40, 80).

Runs in the one write path, after the automations and before the journal is settled, and writes rows
of the outbox, payload frozen; `delivery` sends them. Below `delivery`, which asks `check` before it
sends. Imported on the writer thread, and only for a workspace that has set Meta up.
"""
