"""Undo and redo, as actions of the acting user."""

from dealboard.actions.access import full_access
from dealboard.store import undo as inversion
from dealboard.store.transaction import Transaction


def undo(tx: Transaction, seq: int | None = None) -> int:
    """Take back the actor's newest operation, or the one numbered; return its number."""
    full_access(tx)
    return inversion.undo(tx, seq)


def redo(tx: Transaction) -> int:
    """Do again what the actor took back last; return the number of that operation."""
    full_access(tx)
    return inversion.redo(tx)
