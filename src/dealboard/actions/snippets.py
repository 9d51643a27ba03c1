"""Snippets of messages, which everybody of the workspace writes with (decision 23: all roles).

Kept in a setting, outside the journal, as what a workspace is set to is.
"""

import json
from collections.abc import Iterable

from dealboard.actions import access
from dealboard.domain import placeholders, snippets
from dealboard.domain.snippets import Snippet
from dealboard.domain.text import one_line, storable
from dealboard.errors import MissingField, NotFound
from dealboard.store.reads import automations, settings
from dealboard.store.tables import Setting
from dealboard.store.transaction import Transaction


def save(tx: Transaction, name: str, text: str) -> None:
    """Keep a text under a name, in place of what was called so.

    Raises InvalidValue for a field that nobody knows, MissingField for nothing at all.
    """
    access.active(tx)
    called = one_line(name, "name", limit=snippets.LONGEST_NAME)
    said = storable(text, "text", limit=snippets.LONGEST_TEXT)
    if not called or not said:
        raise MissingField("text" if called else "name", "a snippet has a name and a text")
    placeholders.parse(said, tx.read(automations.known_fields))
    _write(tx, snippets.put(_known(tx), Snippet(called, said)))


def remove(tx: Transaction, name: str) -> None:
    """Remove a snippet. Raises NotFound."""
    access.active(tx)
    known = _known(tx)
    left = [each for each in known if each.name != name]
    if len(left) == len(known):
        raise NotFound("snippet", name)
    _write(tx, left)


def _known(tx: Transaction) -> tuple[Snippet, ...]:
    return snippets.read(tx.read(settings.setting, snippets.KEY))


def _write(tx: Transaction, some: Iterable[Snippet]) -> None:
    tx.session.merge(Setting(key=snippets.KEY, value=json.dumps(list(some))))
