"""What happened to a deal or a contact, newest first, and through which stages a deal went.

Four streams are merged, each read along an index and never further than a page: the journal's
operations, activities when they were written, tasks when they were done, and what Meta was sent. A
row that came in
bulk has no image in the journal: its beginning is its `batch`.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from dealboard.domain import timeline
from dealboard.domain.outbox import State
from dealboard.domain.stages import StageKind
from dealboard.domain.text import excerpt
from dealboard.domain.timeline import Image, Place
from dealboard.domain.views import Event, EventKind
from dealboard.store.driver import Connection
from dealboard.store.reads.activities import ACTIVITY, FROM, activity_of
from dealboard.store.reads.values import (
    Params,
    full_name,
    listed,
    moment,
    moment_text,
)

PAGE = 200
"""Events read at a time."""

DEALS = 500
"""Deals of a contact that its timeline looks at, the newest."""

_END = ("9999-12-31T24", 0, 0)
"""Later than every event."""

_OPERATION, _WRITTEN, _DONE, _SENT = range(4)
"""The streams; at the same moment a later one is newer."""

Mark = tuple[str, int, int]
"""Where an event stands: its moment as it is kept, its stream, and its number there."""

_BEFORE = {
    _OPERATION: "(operation.at, 0, operation.seq) < (:at, :stream, :number)",
    _WRITTEN: "(activity.created_at, 1, activity.id) < (:at, :stream, :number)",
    _DONE: "(activity.done_at, 2, activity.id) < (:at, :stream, :number)",
    _SENT: "(coalesce(settled_at, created_at), 3, id) < (:at, :stream, :number)",
}


_CHANGED_IT = (
    "SELECT operation_seq FROM change WHERE deal_id = :deal"
    " AND table_name IN ('deal', 'deal_contact')"
)

_Change = tuple[str, int | None, Image | None, Image | None]
"""A table, the rule that caused the change, and the images."""


class _Entry(NamedTuple):
    """An operation, as far as a timeline needs it; `label` is that of the one it undid or redid."""

    seq: int
    at: str
    actor: str | None
    kind: str
    undone: bool
    label: str


def of_deal(
    connection: Connection,
    deal_id: int,
    *,
    limit: int = PAGE,
    before: Event | None = None,
    locale: str = "en_US",
) -> tuple[Event, ...]:
    """Return what happened to a deal, newest first; `before` is the last event of the page before.

    A page is longer than `limit` where one operation did several things. Sums are written as in
    `locale`. A deal that was deleted has its past still.
    """
    mark = _END if before is None else _mark(before)
    story = _Story(connection, deal_id, locale)
    events = [
        *story.told(mark, limit),
        *_activities(connection, "activity.deal_id = :subject", deal_id, mark, limit),
        *_sent(connection, deal_id, mark, limit),
    ]
    return _page(events, limit)


def of_contact(
    connection: Connection,
    contact_id: int,
    *,
    limit: int = PAGE,
    before: Event | None = None,
    with_deals: bool = True,
) -> tuple[Event, ...]:
    """Return what happened to a contact: its activities, and its deals' beginning and end.

    `before` and the page as in `of_deal`. Without `with_deals` nothing of deals is told: that is
    what a Chat Operator may see (decision 23).
    """
    mark = _END if before is None else _mark(before)
    own = "" if with_deals else " AND activity.deal_id IS NULL"
    events = [
        *_contact_changes(connection, contact_id),
        *_activities(connection, f"activity.contact_id = :subject{own}", contact_id, mark, limit),
        *(_deals_of(connection, contact_id) if with_deals else ()),
    ]
    return _page([event for event in events if _mark(event) < mark], limit)


# ── pages ─────────────────────────────────────────────────────────────────────────────────────


def _mark(event: Event) -> Mark:
    at, activity = moment_text(event.at), event.activity
    if event.outbox is not None:
        return at, _SENT, event.outbox
    if activity is None:
        return at, _OPERATION, event.operation or 0
    finished = activity.done_at == event.at != activity.created_at
    return at, _DONE if finished else _WRITTEN, activity.id


def _page(events: Iterable[Event], limit: int) -> tuple[Event, ...]:
    """Return the newest events, no operation in halves."""
    page: list[Event] = []
    for _, some in groupby(sorted(events, key=_mark, reverse=True), key=_mark):
        if len(page) >= limit:
            break
        page += some
    return tuple(page)


def _marked(mark: Mark, limit: int) -> Params:
    return {"at": mark[0], "stream": mark[1], "number": mark[2], "limit": limit}


# ── operations ────────────────────────────────────────────────────────────────────────────────


class _Story:
    """The journal's part of a deal's timeline."""

    def __init__(self, connection: Connection, deal_id: int, locale: str) -> None:
        self._connection = connection
        self._deal_id = deal_id
        self._locale = locale
        self._names = _Names(connection)

    def told(self, mark: Mark, limit: int) -> list[Event]:
        """Return the events before a mark, newest first, and about as many as asked for."""
        events = [event for event in self._begun() if _mark(event) < mark]
        while True:
            entries = self._entries(mark, limit)
            events += self._events(entries)
            if len(entries) < limit or len(events) >= limit:
                return events
            mark = entries[-1].at, _OPERATION, entries[-1].seq

    def _entries(self, mark: Mark, limit: int) -> list[_Entry]:
        params: Params = _marked(mark, limit) | {"deal": self._deal_id}
        rows = self._connection.execute(
            'SELECT operation.seq, operation.at, "user".name, operation.kind,'
            " operation.undone_by IS NOT NULL, coalesce(target.label, '')"
            ' FROM operation LEFT JOIN "user" ON "user".id = operation.actor_id'
            " LEFT JOIN operation AS target ON target.seq = operation.cause"
            f" WHERE operation.seq IN ({_CHANGED_IT}) AND {_BEFORE[_OPERATION]}"
            " ORDER BY operation.at DESC, operation.seq DESC LIMIT :limit",
            params,
        )
        return [
            _Entry(seq, at, actor, kind, bool(u), label) for seq, at, actor, kind, u, label in rows
        ]

    def _events(self, entries: Sequence[_Entry]) -> Iterator[Event]:
        changes = self._changes([entry.seq for entry in entries])
        for entry in entries:
            for kind, sentence in self._sentences(entry, changes.get(entry.seq, [])):
                yield Event(
                    moment(entry.at), entry.actor, sentence, kind, entry.seq, undone=entry.undone
                )

    def _changes(self, seqs: Sequence[int]) -> dict[int, list[_Change]]:
        """Return what these operations did to the deal and its links, and to nothing else."""
        if not seqs:
            return {}
        params: Params = {"deal": self._deal_id}
        wanted = listed("seq", seqs, params)
        found: dict[int, list[_Change]] = {}
        # The sign keeps the index of operations out: one may have changed a hundred thousand rows.
        for seq, table, cause, before, after in self._connection.execute(
            'SELECT operation_seq, table_name, cause_automation, "before", "after" FROM change'
            " WHERE deal_id = :deal AND table_name IN ('deal', 'deal_contact')"
            f" AND +operation_seq IN ({wanted}) ORDER BY id",
            params,
        ):
            found.setdefault(seq, []).append((table, cause, _image(before), _image(after)))
        return found

    def _sentences(self, entry: _Entry, changes: Sequence[_Change]) -> Iterator[timeline.Sentence]:
        """Yield what was done by hand, then what each rule did."""
        if entry.kind != "do":
            yield timeline.of_undo(entry.kind, entry.label)
            return
        for cause in dict.fromkeys(cause for _, cause, _, _ in changes):
            by = "" if cause is None else timeline.by_rule(self._names.automation(cause))
            some = [change for change in changes if change[1] == cause]
            for kind, sentence in self._done(entry, some):
                yield kind, f"{sentence}{by}"

    def _done(self, entry: _Entry, changes: Sequence[_Change]) -> Iterator[timeline.Sentence]:
        own = [(before, after) for table, _, before, after in changes if table == "deal"]
        links = [(before, after) for table, _, before, after in changes if table != "deal"]
        for before, after in own:
            yield from timeline.of_deal(
                before, after, self._names, self._currency(entry.seq, before, after), self._locale
            )
        if all(before and after for before, after in own):  # else they came or went with the deal
            yield from timeline.of_links(links, self._names)

    def _currency(self, seq: int, before: Image | None, after: Image | None) -> str:
        """Return what a deal was in when it changed: it is, unless it was changed later."""
        if before is None or after is None or "amount" not in after or "currency" in after:
            return ""
        later = (
            self._connection.execute(
                "SELECT json_extract(\"before\", '$.currency') FROM change"
                " WHERE table_name = 'deal' AND row_id = :deal AND +operation_seq > :seq"
                " AND json_extract(\"before\", '$.currency') IS NOT NULL ORDER BY id LIMIT 1",
                {"deal": self._deal_id, "seq": seq},
            ).fetchone()
            or self._connection.execute(
                "SELECT currency FROM deal WHERE id = :deal", {"deal": self._deal_id}
            ).fetchone()
        )
        return str(later[0]) if later else ""

    def _begun(self) -> Iterator[Event]:
        """Yield the beginning of a deal that came in bulk."""
        row = self._connection.execute(
            'SELECT deal.created_at, operation.seq, operation.at, "user".name FROM deal'
            " JOIN operation ON operation.seq = deal.batch"
            ' LEFT JOIN "user" ON "user".id = operation.actor_id WHERE deal.id = :deal',
            {"deal": self._deal_id},
        ).fetchone()
        if row is not None:
            created, seq, at, actor = row
            kind, sentence = timeline.imported(moment(at).astimezone().date())
            yield Event(moment(created), actor, sentence, kind, seq)


def _image(kept: str | None) -> Image | None:
    return None if kept is None else json.loads(kept)


# ── activities ────────────────────────────────────────────────────────────────────────────────


def _activities(
    connection: Connection, about: str, subject: int, mark: Mark, limit: int
) -> Iterator[Event]:
    params = _marked(mark, limit) | {"subject": subject}
    rows = connection.execute(
        f"SELECT {ACTIVITY} FROM {FROM} WHERE {about} AND {_BEFORE[_WRITTEN]}"
        " ORDER BY activity.created_at DESC, activity.id DESC LIMIT :limit",
        params,
    )
    written = [activity_of(row) for row in rows]
    names = _Names(connection)
    ids = [each.id for each in written]
    authors, rules = _actors(connection, "activity", ids, "uid"), _by_rules(connection, ids)
    for each in written:
        cause, author = rules.get(each.id, (None, each.user))
        actor = authors.get(each.id, author)
        by = "" if cause is None else timeline.by_rule(names.automation(cause))
        sentence = f"{timeline.WRITTEN[each.kind]}{by}"
        yield Event(each.created_at, actor, sentence, EventKind.ACTIVITY, activity=each)
    rows = connection.execute(
        f"SELECT {ACTIVITY} FROM {FROM} WHERE {about} AND activity.done_at IS NOT NULL"
        f" AND activity.done_at != activity.created_at AND {_BEFORE[_DONE]}"
        " ORDER BY activity.done_at DESC, activity.id DESC LIMIT :limit",
        params,
    )
    done = [activity_of(row) for row in rows]
    actors = _actors(connection, "activity", [each.id for each in done], "done_at")
    for each in done:
        actor = actors.get(each.id, each.user)
        assert each.done_at is not None  # noqa: S101 -- as it was asked for
        yield Event(each.done_at, actor, timeline.FINISHED, EventKind.ACTIVITY, activity=each)


def _actors(
    connection: Connection, table: str, row_ids: Sequence[int], column: str
) -> dict[int, str | None]:
    """Return who last gave a column of some rows a value, where the journal knows."""
    params: Params = {"table": table, "column": f"$.{column}"}
    rows = connection.execute(
        'SELECT change.row_id, "user".name FROM change'
        " JOIN operation ON operation.seq = change.operation_seq"
        ' LEFT JOIN "user" ON "user".id = operation.actor_id'
        f" WHERE change.table_name = :table AND change.row_id IN ({listed('row', row_ids, params)})"
        " AND json_extract(change.\"after\", :column) IS NOT NULL AND operation.kind = 'do'"
        " ORDER BY change.id",
        params,
    )
    return dict(rows.fetchall())


def _by_rules(
    connection: Connection, activity_ids: Sequence[int]
) -> dict[int, tuple[int, str | None]]:
    """Return by activity that a rule wrote which one, and who acted if many were written."""
    params: Params = {}
    rows = connection.execute(
        'SELECT activity.id, activity.automation_id, "user".name FROM activity'
        " LEFT JOIN operation ON operation.seq = activity.batch"
        ' LEFT JOIN "user" ON "user".id = operation.actor_id'
        f" WHERE activity.id IN ({listed('row', activity_ids, params)})"
        " AND activity.automation_id IS NOT NULL",
        params,
    )
    return {row_id: (cause, actor) for row_id, cause, actor in rows}


# ── what was sent ─────────────────────────────────────────────────────────────────────────────


def _sent(connection: Connection, deal_id: int, mark: Mark, limit: int) -> Iterator[Event]:
    """Yield what became of the events about a deal, but for those that wait or were called off.

    What names a row has its event's name in it.
    """
    rows = connection.execute(
        "SELECT id, coalesce(settled_at, created_at), key, state, reason, operation_seq FROM outbox"
        " WHERE deal_id = :deal AND +kind = 'meta' AND +state NOT IN ('pending', 'cancelled')"
        f" AND {_BEFORE[_SENT]} ORDER BY coalesce(settled_at, created_at) DESC, id DESC"
        " LIMIT :limit",
        _marked(mark, limit) | {"deal": deal_id},
    )
    for row_id, at, key, state, reason, operation in rows.fetchall():
        kind, sentence = timeline.told_meta(key.split("|")[1], State(state), reason)
        yield Event(moment(at), None, sentence, kind, operation, outbox=row_id)


# ── contacts ──────────────────────────────────────────────────────────────────────────────────


def _contact_changes(connection: Connection, contact_id: int) -> Iterator[Event]:
    rows = connection.execute(
        'SELECT operation.seq, operation.at, "user".name, operation.kind,'
        " operation.undone_by IS NOT NULL, coalesce(target.label, ''),"
        ' change."before", change."after"'
        " FROM change JOIN operation ON operation.seq = change.operation_seq"
        ' LEFT JOIN "user" ON "user".id = operation.actor_id'
        " LEFT JOIN operation AS target ON target.seq = operation.cause"
        " WHERE change.table_name = 'contact' AND change.row_id = :contact ORDER BY change.id",
        {"contact": contact_id},
    )
    for seq, at, actor, kind, undone, target, before, after in rows:
        told = (
            timeline.of_contact(_image(before), _image(after))
            if kind == "do"
            else (timeline.of_undo(kind, target),)
        )
        for what, sentence in told:
            yield Event(moment(at), actor, sentence, what, seq, undone=bool(undone))


_ENDS = {StageKind.WON: EventKind.WON, StageKind.LOST: EventKind.LOST}


def _deals_of(connection: Connection, contact_id: int) -> Iterator[Event]:
    rows = connection.execute(
        "SELECT deal.id, deal.title, deal.created_at, deal.closed_at, stage.kind,"
        ' deal.lost_reason, "user".name, operation.seq'
        " FROM deal_contact AS link JOIN deal ON deal.id = link.deal_id"
        " JOIN stage ON stage.id = deal.stage_id LEFT JOIN operation ON operation.seq = deal.batch"
        ' LEFT JOIN "user" ON "user".id = operation.actor_id'
        f" WHERE link.contact_id = :contact ORDER BY deal.id DESC LIMIT {DEALS}",
        {"contact": contact_id},
    ).fetchall()
    ids = [row[0] for row in rows]
    creators = _actors(connection, "deal", ids, "uid")
    closers = _actors(connection, "deal", ids, "closed_at")
    for deal_id, title, created, closed, kind, reason, importer, _ in rows:
        named = f"deal {excerpt(title)}"
        yield Event(
            moment(created),
            creators.get(deal_id, importer),
            f"created {named}",
            EventKind.CREATED,
            deal_id=deal_id,
        )
        end = _ENDS.get(StageKind(kind))
        if end and closed:
            because = f": {excerpt(reason)}" if reason else ""
            actor = closers.get(deal_id, importer)
            yield Event(moment(closed), actor, f"{end} {named}{because}", end, deal_id=deal_id)


# ── names ─────────────────────────────────────────────────────────────────────────────────────


class _Names:
    """What ids are called: as their row says, else as the journal remembers a deleted one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[str, int], Image] = {}

    def place(self, stage_id: int) -> Place:
        """Return a stage and its pipeline."""
        stage = self._row("stage", "name, kind, pipeline_id", stage_id)
        pipeline = self._row("pipeline", "name", stage.get("pipeline_id", 0))
        kind = StageKind(stage.get("kind", StageKind.OPEN))
        return Place(stage.get("name", f"stage #{stage_id}"), kind, pipeline.get("name", ""))

    def automation(self, automation_id: int) -> str:
        """Return a rule's name."""
        row = self._row("automation", "name", automation_id)
        return str(row.get("name", f"#{automation_id}"))

    def user(self, user_id: int) -> str:
        """Return a user's name."""
        return str(self._row('"user"', "name", user_id).get("name", f"user #{user_id}"))

    def contact(self, contact_id: int) -> str:
        """Return a contact's name."""
        row = self._row("contact", "first_name, last_name", contact_id)
        if not row:
            return f"#{contact_id}"
        return full_name(row["first_name"], row["last_name"])

    def _row(self, table: str, columns: str, row_id: int) -> Image:
        key = table, row_id
        if key not in self._known:
            self._known[key] = self._read(table, columns, row_id)
        return self._known[key]

    def _read(self, table: str, columns: str, row_id: int) -> Image:
        row = self._connection.execute(
            f"SELECT {columns} FROM {table} WHERE id = :id", {"id": row_id}
        ).fetchone()
        if row is not None:
            return dict(zip(columns.split(", "), row, strict=True))
        gone = self._connection.execute(
            'SELECT "before" FROM change WHERE table_name = :table AND row_id = :id'
            ' AND "after" IS NULL ORDER BY id DESC LIMIT 1',
            {"table": table.strip('"'), "id": row_id},
        ).fetchone()
        return json.loads(gone[0]) if gone else {}
