"""When an open deal rots: nothing has happened to it for its stage's days (decisions §1).

Pure: the caller brings the day, and what happened last. Looking at a deal never counts, and a deal
that has an open task for today or later is waiting, not rotting.
"""

from datetime import date, datetime, tzinfo


def idle_days(last: datetime, today: date, tz: tzinfo | None = None) -> int:
    """Return how many local days ago something happened; never negative."""
    return max((today - last.astimezone(tz).date()).days, 0)


def rotting(limit: int | None, idle: int, awaited: date | None, today: date) -> int | None:
    """Return the days that a deal of an open stage has been idle if it rots, else None.

    `limit` are the stage's rotting days, None where deals never rot; `awaited` is the latest day
    for which an open task is planned.
    """
    if limit is None or idle < limit or (awaited is not None and awaited >= today):
        return None
    return idle
