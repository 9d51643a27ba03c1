"""Texts that are written again and again: a name, and words with dynamic fields. Pure."""

from collections.abc import Iterable
from typing import Any, NamedTuple

KEY = "snippets"
"""The setting that holds them, of the whole workspace: JSON pairs of name and text."""

LONGEST_NAME = 60
LONGEST_TEXT = 4096
"""Characters; the text's are those of a message that a business may send (meta-capi §9)."""


class Snippet(NamedTuple):
    """A text under a name, its fields not filled in yet."""

    name: str
    text: str


def read(kept: Any) -> tuple[Snippet, ...]:
    """Return the snippets that a setting holds, by name; none for none."""
    found = (Snippet(str(name), str(text)) for name, text in kept or ())
    return tuple(sorted(found, key=lambda each: each.name.casefold()))


def put(some: Iterable[Snippet], new: Snippet) -> tuple[Snippet, ...]:
    """Return the snippets with one that takes the place of what was called so."""
    others = (each for each in some if each.name.casefold() != new.name.casefold())
    return (*others, new)
