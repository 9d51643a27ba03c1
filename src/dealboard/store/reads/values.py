"""The edge between rows and values: what SQLite keeps as text, as Python means it, and back.

Where another engine has native types, this is the one place that has to know.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

Params = dict[str, Any]
"""Values of `:name` parameters."""


PORTION = 500
"""Ids looked up in one statement, which takes 32,766 parameters."""


def moment_text(moment: datetime) -> str:
    """Return an aware moment as it is kept: UTC, fixed width, so that text order is time order."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")[:-6] + "Z"


def moment(kept: str) -> datetime:
    """Return a kept moment as an aware UTC datetime."""
    return datetime.fromisoformat(kept)


def moment_or_none(kept: str | None) -> datetime | None:
    """Return a kept moment that may be missing."""
    return None if kept is None else moment(kept)


def day_or_none(kept: str | None) -> date | None:
    """Return a kept day that may be missing."""
    return None if kept is None else date.fromisoformat(kept)


def full_name(first: str, last: str) -> str:
    """Return a contact's name as `views.Contact.name` does."""
    return f"{first} {last}".strip()


def listed(name: str, items: Iterable[Any], params: Params) -> str:
    """Bind each item as a parameter of its own and return them as `:name_0, :name_1, …`.

    A list is never written into the SQL itself. Long lists go in `portions`.
    """
    bound = {f"{name}_{index}": item for index, item in enumerate(items)}
    params |= bound
    return ", ".join(f":{key}" for key in bound)


def portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield ids in portions that one statement takes."""
    for start in range(0, len(ids), PORTION):
        yield ids[start : start + PORTION]
