"""What a user may do about what is to leave the machine: try again, or keep it here.

The outbox is not journalled: there is no undo of these, and none is needed, for the one takes the
other back until something has gone out.
"""

from collections.abc import Sequence

from dealboard.actions import access
from dealboard.domain.outbox import NOUNS
from dealboard.errors import Refused
from dealboard.store import outbox
from dealboard.store.reads import outbox as reads
from dealboard.store.reads.values import portions
from dealboard.store.transaction import Transaction


def retry(tx: Transaction, row_ids: Sequence[int]) -> int:
    """Send rows now that were given up, held or cancelled, or that wait for their next attempt.

    Returns how many. An event for Meta still goes only where its people agree to it. Raises Refused
    where none of them can be sent again.
    """
    access.full_access(tx)
    done = sum(outbox.retry(tx.connection, some, tx.now) for some in portions(row_ids))
    if not done:
        raise Refused(
            "Nothing is left to send: it was sent already, is being sent right now, is too old or"
            " lacks something."
        )
    tx.reconsider = True
    tx.describe(f"Sending {_counted(done)} now")
    return done


def cancel(tx: Transaction, row_ids: Sequence[int]) -> int:
    """Keep rows from being sent, and return how many. Raises Refused where it is too late for all.

    Those among them that it is too late for are said.
    """
    access.full_access(tx)
    done = sum(outbox.cancel(tx.connection, some, tx.now) for some in portions(row_ids))
    if not done:
        raise Refused("It is too late to cancel: it was sent, given up, or is being sent.")
    if done < len(row_ids):
        tx.note(f"For {_counted(len(row_ids) - done)} it was too late.")
    tx.describe(f"Cancelled {_counted(done)}")
    return done


def hasten(tx: Transaction, kind: str) -> int:
    """Send all rows of a kind now that wait for their grace or next attempt, and return how many.

    Raises Refused where nothing waits, or nothing of that kind is sent.
    """
    access.full_access(tx)
    if not tx.read(reads.is_on, kind):
        raise Refused(f"No {NOUNS[kind][1]} are sent.", "Go live first.")
    waits = outbox.waiting(tx.connection, kind)
    if not waits:
        raise Refused(f"There are no {NOUNS[kind][1]} that wait.")
    outbox.hasten(tx.connection, kind, tx.now)
    tx.describe(f"Sending {_counted(waits)} now")
    return waits


def resume(tx: Transaction, kind: str) -> None:
    """Send rows of a kind again that were paused. Raises Refused where they are not."""
    access.full_access(tx)
    if tx.read(reads.pause, kind) is None:
        raise Refused("Nothing is paused.")
    outbox.resume(tx.connection, kind)
    tx.describe(f"Sending {NOUNS[kind][1]} again")


def _counted(count: int) -> str:
    return "1 delivery" if count == 1 else f"{count} deliveries"
