"""What an edit really changes, when a form was open while others worked (decision 56).

Imports nothing heavy: screens catch `Conflict` by name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dealboard.domain.text import excerpt
from dealboard.errors import Refused


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people changed: what it is now, and what was to be saved."""

    field: str
    theirs: str
    yours: str


class Conflict(Refused):
    """Somebody else changed the same fields to other values since the form was opened."""

    def __init__(self, clashes: tuple[Clash, ...]) -> None:
        self.clashes = clashes
        told = "; ".join(f"{c.field} is now {c.theirs!r}, yours is {c.yours!r}" for c in clashes)
        super().__init__(
            f"Somebody else changed this meanwhile: {told}.",
            "Nothing was saved. Open it again to see what it is now.",
        )


def effective(
    current: Mapping[str, Any],
    changes: Mapping[str, Any],
    base: Mapping[str, Any] | None,
    shown: Callable[[str, Any], str],
) -> dict[str, Any]:
    """Return those of the changes that differ from what is there now.

    With `base`, the values the form was opened with, a field that equals it was not touched by the
    user, and one that others changed meanwhile to another value raises Conflict; `shown` puts a
    field's value into words.
    """
    base = base or {}
    wanted = {
        field: value
        for field, value in changes.items()
        if value != current[field] and not (field in base and value == base[field])
    }
    clashes = [field for field in wanted if field in base and base[field] != current[field]]
    if clashes:
        raise Conflict(
            tuple(
                Clash(
                    field.removesuffix("_id").replace("_", " "),
                    excerpt(shown(field, current[field])),
                    excerpt(shown(field, wanted[field])),
                )
                for field in clashes
            )
        )
    return wanted
