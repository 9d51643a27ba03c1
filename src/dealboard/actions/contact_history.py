"""What is kept about a contact beside its row: its activities, and its chat.

Chats are not journalled: what becomes of them stays so when the rest is undone, and is noted.
"""

from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col, select

from dealboard.actions.rows import counted
from dealboard.store.tables import Activity, Message
from dealboard.store.transaction import Transaction


def hand_over(tx: Transaction, contact_id: int, into: int) -> None:
    """Give activities and chat to another contact; lines that both chats have stay once."""
    for activity in _activities(tx, contact_id):
        activity.contact_id = into
    known = select(col(Message.key)).where(col(Message.contact_id) == into)
    mine = col(Message.contact_id) == contact_id
    _write(tx, delete(Message).where(mine, col(Message.key).in_(known)))
    moved = _write(tx, update(Message).where(mine).values(contact_id=into))
    if moved:
        tx.note(f"Its chat of {counted(moved, 'message')} moved along; undo leaves it there.")


def erase(tx: Transaction, contact_id: int) -> None:
    """Delete the activities that are about nobody else, and the chat, which no undo brings back.

    What was written on a deal stays there (decision 51), without the contact if its row goes.
    """
    for activity in _activities(tx, contact_id):
        if activity.deal_id is None:
            tx.session.delete(activity)
    gone = _write(tx, delete(Message).where(col(Message.contact_id) == contact_id))
    if gone:
        tx.note(f"Its chat of {counted(gone, 'message')} was deleted for good.")


def detach(tx: Transaction, contact_id: int) -> None:
    """Take a contact that is deleted off the activities that stay on deals."""
    for activity in _activities(tx, contact_id):
        if activity.deal_id is not None:
            activity.contact_id = None


def _activities(tx: Transaction, contact_id: int) -> list[Activity]:
    query = select(Activity).where(col(Activity.contact_id) == contact_id)
    return list(tx.session.exec(query.order_by(col(Activity.id))))


def _write(tx: Transaction, statement: Any) -> int:
    """Run a statement on the chat, past the session, and return how many lines it changed."""
    tx.flush()
    statement = statement.execution_options(synchronize_session=False)
    return int(tx.session.execute(statement).rowcount)  # type: ignore[attr-defined]
