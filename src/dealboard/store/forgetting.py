"""What a file knows of a contact beside its row, taken out for good (reliability, threat line 15).

Nothing else rewrites what the journal, the run log and the outbox hold. What people wrote on a deal
is the deal's and stays; what was made of a contact's name or reach, titles and what automations
wrote, is not. An undo finds blanks on both sides of a change, and leaves them.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple
from urllib.parse import urlsplit

from dealboard.domain.outbox import State
from dealboard.domain.text import excerpt, first_line
from dealboard.store import images
from dealboard.store.driver import Connection
from dealboard.store.images import Image
from dealboard.store.search import chunks
from dealboard.store.tables import Activity, Contact, Deal
from dealboard.store.transaction import Transaction

SHORTEST = 3
"""Characters of a word that is looked for in texts: shorter ones are part of too much else."""

TITLE_LIMIT = 200

Blanked = Callable[[str], str]
"""Returns a text without the words of a contact."""

_KEPT = frozenset({"uid", "created_at", "batch"})
"""Columns of a contact that say nothing about a person."""

_REACH = ("phone", "phone_key", "email", "email_key")


class Traces(NamedTuple):
    """Where a contact left something.

    `people` are the rows that it is or was, merged ones too, `deals` those it is or was on, and
    `words` its names, numbers and addresses, the longest first.
    """

    contact_id: int
    people: frozenset[int]
    deals: tuple[int, ...]
    words: tuple[str, ...]


def traces(connection: Connection, contact_id: int) -> Traces:
    """Find them, while the contact still has its name."""
    known = [_row(connection, contact_id), *_images(connection, [contact_id])]
    people = frozenset({contact_id, *_merged(connection, contact_id, known)})
    known += _images(connection, people - {contact_id})
    words = {*_names(known), *(image.get(name) for image in known for name in _REACH)}
    long = sorted((w for w in words if w and len(w) >= SHORTEST), key=len, reverse=True)
    return Traces(contact_id, people, tuple(_deals(connection, people)), tuple(long))


def erase(tx: Transaction, found: Traces, instead: str) -> None:
    """Take out what a contact left, which is blank by now; `instead` stands for its names."""
    tx.connection.execute("PRAGMA secure_delete=ON")
    tx.flush()
    blanked = _blanking(found.words, instead)
    _retitle(tx, found, blanked)
    own = _own_activities(tx.connection, found.people)
    briefs = {excerpt(first_line(text)) for text in own.values()}
    _erase_labels(tx.connection, found, own, _blanking((*briefs, *found.words), instead))
    _erase_images(tx.connection, found, own, blanked)
    _erase_runs(tx.connection, found, blanked)
    _erase_letters(tx, found)
    for noun in ("contact", "message"):
        tx.connection.execute(
            "DELETE FROM setting WHERE key LIKE ?", (f"%draft/{noun}/{found.contact_id}",)
        )
    tx.leave_no_trace = True


# ── what there is ─────────────────────────────────────────────────────────────────────────────


def _row(connection: Connection, contact_id: int) -> Image:
    columns = ", ".join(images.recorded(Contact))
    found = connection.execute(f"SELECT {columns} FROM contact WHERE id = ?", (contact_id,))
    return images.image_of_kept(Contact, found.fetchone())


def _images(connection: Connection, people: Iterable[int]) -> Iterator[Image]:
    for some in chunks(people):
        rows = connection.execute(
            'SELECT "before", "after" FROM change'
            f" WHERE table_name = 'contact' AND {_among('row_id', some)}",
            some,
        )
        for pair in rows.fetchall():
            yield from (json.loads(text) for text in pair if text)


def _names(known: Iterable[Image]) -> set[str]:
    """Return the names that somebody can have had, as these images say or may mean together."""
    firsts, lasts = (
        {image[name] or "" for image in known if name in image}
        for name in ("first_name", "last_name")
    )
    return {f"{first} {last}".strip() for first in firsts for last in lasts}


def _merged(connection: Connection, contact_id: int, known: Iterable[Image]) -> Iterator[int]:
    """Yield contacts that are gone and were the same person: merged into it, or of its reach."""
    reach = {image.get(name) for image in known for name in ("phone_key", "email_key")} - {None}
    rows = connection.execute(
        'SELECT row_id, "before", operation_seq FROM change'
        " WHERE table_name = 'contact' AND \"after\" IS NULL"
    )
    for row_id, before, seq in rows.fetchall():
        image, where = json.loads(before), {"seq": seq, "id": contact_id}
        alike = not reach.isdisjoint((image.get("phone_key"), image.get("email_key")))
        if alike or connection.execute(_TOUCHED, where).fetchone():
            yield row_id


_TOUCHED = """
    SELECT 1 FROM change WHERE operation_seq = :seq AND (
        (table_name = 'contact' AND row_id = :id)
        OR (table_name IN ('deal_contact', 'activity')
            AND json_extract("after", '$.contact_id') = :id))
"""


def _deals(connection: Connection, people: Iterable[int]) -> list[int]:
    """Return the deals that these are on, or were."""
    found: set[int] = set()
    for some in chunks(people):
        rows = connection.execute(
            f"SELECT deal_id FROM deal_contact WHERE {_among('contact_id', some)} UNION"
            " SELECT deal_id FROM change WHERE table_name = 'deal_contact' AND"
            f" ({_among(_OF_BEFORE, some)} OR {_among(_OF_AFTER, some)})",
            (*some, *some, *some),
        )
        found.update(row[0] for row in rows if row[0] is not None)
    return sorted(found)


_OF_BEFORE = "json_extract(\"before\", '$.contact_id')"
_OF_AFTER = "json_extract(\"after\", '$.contact_id')"


def _blanking(words: Sequence[str], instead: str) -> Blanked:
    """Return what replaces these words where they stand by themselves."""
    if not words:
        return lambda text: text
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)
    return lambda text: pattern.sub(instead, text)


# ── taken out ─────────────────────────────────────────────────────────────────────────────────


def _retitle(tx: Transaction, found: Traces, blanked: Blanked) -> None:
    """Take the contact out of the titles of its deals, and of what automations wrote on them."""
    for some in chunks(found.deals):
        for table, column, where in (
            (Deal, "title", _among("id", some)),
            (Activity, "text", f"{_among('deal_id', some)} AND automation_id IS NOT NULL"),
        ):
            rows = tx.connection.execute(
                f"SELECT id, {column} FROM {table.__tablename__} WHERE {where}", some
            ).fetchall()
            said = [(row_id, text, _short(column, blanked(text))) for row_id, text in rows]
            tx.change_many(
                table,
                [(row_id, {column: old}, {column: new}) for row_id, old, new in said if old != new],
            )


def _short(column: str, text: str) -> str:
    return text[:TITLE_LIMIT] if column == "title" else text


def _erase_images(
    connection: Connection, found: Traces, own: Iterable[int], blanked: Blanked
) -> None:
    row = _row(connection, found.contact_id)
    blank = {name: value for name, value in row.items() if name not in _KEPT}

    def blanks(image: Image) -> Image:
        return {name: blank.get(name, value) for name, value in image.items()}

    def without(column: str, image: Image) -> Image:
        text = image.get(column)
        return {**image, column: _short(column, blanked(text))} if text else image

    _rewrite(connection, "contact", "row_id", found.people, blanks)
    _rewrite(connection, "deal", "deal_id", found.deals, partial(without, "title"))
    _rewrite(connection, "activity", "deal_id", found.deals, partial(without, "text"), _BY_RULES)
    for some in chunks(own):
        where = f"table_name = 'activity' AND {_among('row_id', some)}"
        connection.execute(f"DELETE FROM change WHERE {where}", some)


_BY_RULES = (
    " AND (row_id IN (SELECT id FROM activity WHERE automation_id IS NOT NULL)"
    ' OR json_extract(coalesce("before", "after"), \'$.automation_id\') IS NOT NULL)'
)


def _own_activities(connection: Connection, people: Collection[int]) -> dict[int, str]:
    """Return the activities that were the contact's alone, with their texts: they are gone."""
    rows = connection.execute(
        'SELECT row_id, coalesce("after", "before") FROM change WHERE table_name = \'activity\''
        ' AND deal_id IS NULL AND ("before" IS NULL OR "after" IS NULL)'
    )
    told = ((row_id, json.loads(text)) for row_id, text in rows)
    return {row_id: each["text"] for row_id, each in told if each.get("contact_id") in people}


def _rewrite(
    connection: Connection,
    table: str,
    column: str,
    ids: Iterable[int],
    change: Callable[[Image], Image],
    only: str = "",
) -> None:
    """Change the images that the journal holds of a table's rows."""
    for some in chunks(ids):
        rows = connection.execute(
            f'SELECT id, "before", "after" FROM change'
            f" WHERE table_name = ? AND {_among(column, some)}{only}",
            (table, *some),
        ).fetchall()
        rewritten = [
            (*(text and images.as_json(change(json.loads(text))) for text in pair), row_id)
            for row_id, *pair in rows
        ]
        connection.executemany(
            'UPDATE change SET "before" = ?, "after" = ? WHERE id = ?', rewritten
        )


def _erase_labels(
    connection: Connection, found: Traces, own: Iterable[int], blanked: Blanked
) -> None:
    """Take the contact out of what the operations are called that were about it or its deals."""
    seqs: set[int] = set()
    for table, ids in (("contact", found.people), ("activity", own)):
        for some in chunks(ids):
            rows = f"table_name = '{table}' AND {_among('row_id', some)}"
            seqs.update(row[0] for row in connection.execute(f"{_SEQS} {rows}", some))
    for some in chunks(found.deals):
        seqs.update(
            row[0] for row in connection.execute(f"{_SEQS} {_among('deal_id', some)}", some)
        )
    for some in chunks(seqs):
        labels = f"SELECT seq, label FROM operation WHERE {_among('seq', some)}"
        told = [(blanked(label), seq) for seq, label in connection.execute(labels, some)]
        connection.executemany("UPDATE operation SET label = ? WHERE seq = ?", told)


_SEQS = "SELECT DISTINCT operation_seq FROM change WHERE"


def _erase_runs(connection: Connection, found: Traces, blanked: Blanked) -> None:
    for some in chunks(found.deals):
        where = _among("deal_id", some)
        rows = connection.execute(f"SELECT id, detail FROM automation_run WHERE {where}", some)
        changed = []
        for row_id, detail in rows.fetchall():
            told = json.loads(detail)
            told |= {each: blanked(told[each]) for each in ("deal", "reason") if each in told}
            changed.append((images.as_json(told), row_id))
        connection.executemany("UPDATE automation_run SET detail = ? WHERE id = ?", changed)


def _erase_letters(tx: Transaction, found: Traces) -> None:
    """Take the contact out of webhooks: what was sent is emptied, what was not is gone."""
    unsent = 0
    for column, ids in (("deal_id", found.deals), ("contact_id", tuple(found.people))):
        for some in chunks(ids):
            rows = tx.connection.execute(
                "SELECT id, payload, state FROM outbox"
                f" WHERE kind = 'webhook' AND {_among(column, some)}",
                some,
            )
            for row_id, payload, state in rows.fetchall():
                if not _carries(payload, found):
                    continue
                if state == State.SENT:
                    emptied = {"payload": _empty(payload), "id": row_id}
                    tx.connection.execute(_EMPTY, emptied)
                else:
                    tx.connection.execute("DELETE FROM outbox WHERE id = ?", (row_id,))
                    unsent += 1
    if unsent:
        what = "1 webhook" if unsent == 1 else f"{unsent:,} webhooks"
        tx.note(f"{what} that would have told of it will not be sent.")


_EMPTY = "UPDATE outbox SET payload = :payload, log = '[]' WHERE id = :id"


def _carries(payload: str, found: Traces) -> bool:
    """Return whether a webhook tells of the contact, in its deal or for itself."""
    body = json.loads(json.loads(payload)["body"] or "{}")
    named = [body.get("contact") or {}, *body.get("deal", {}).get("contacts", ())]
    if any(each.get("id") in found.people for each in named):
        return True
    text = json.dumps(body, ensure_ascii=False) + json.loads(payload)["url"]
    return any(word in text for word in found.words)


def _empty(payload: str) -> str:
    """Return a webhook without what it says; where it went, as far as the host."""
    to = urlsplit(json.loads(payload)["url"])
    return images.in_order({"url": f"{to.scheme}://{to.netloc}", "secret": None, "body": ""})


def _among(column: str, ids: Sequence[int]) -> str:
    return f"{column} IN ({', '.join('?' * len(ids))})"
