"""Exporting events for Meta: as CSV to upload by hand in the Events Manager, or as JSON.

The columns are called as Meta's API calls its fields, personal ones are hashed as they are when
sent, and the last column is the event itself, to the byte. Of a contact who was forgotten nothing
is left in it.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from dealboard.domain.conversions import Told, parse
from dealboard.domain.outbox import State
from dealboard.store.driver import Connection
from dealboard.store.reads import exported, told
from dealboard.transfer import documents, lists
from dealboard.transfer.exporter import Form, Progress, Write, write_csv, write_json

HEAD = ("id", "state", "reason", "deal", "dataset", "event_name", "event_time", "event_id")
PEOPLE = ("em", "ph", "fn", "ln", "ct", "st", "zp", "country", "external_id")
META_IDS = ("lead_id", "fbc", "fbp", "ctwa_clid")
CUSTOM = ("value", "currency", "content_category")
COLUMNS = (*HEAD, "action_source", *PEOPLE, *META_IDS, *CUSTOM, "event")

NOT_SENT = (State.PENDING, State.HELD, State.FAILED, State.EXPIRED, State.UNKNOWN)
"""The states that are exported unless somebody says otherwise."""


def export_events(
    connection: Connection,
    states: Collection[State],
    *,
    form: Form,
    write: Write,
    progress: Progress | None = None,
    now: datetime,
) -> int:
    """Write events in some states, the oldest first, and return how many."""
    with exported.snapshot(connection):
        found = _counted(told.frozen(connection, states, now=now), progress)
        if form == "csv":
            return write_csv(COLUMNS, (_cells(view, kept) for view, kept in found), write)
        return write_json((_document(view, kept) for view, kept in found), write)


def _counted(
    found: Iterator[tuple[Told, str]], progress: Progress | None
) -> Iterator[tuple[Told, str]]:
    """Yield what is found, and tell how many that were."""
    for done, each in enumerate(found, start=1):
        yield each
        if progress is not None:
            progress(done)


def _cells(view: Told, kept: str) -> tuple[str, ...]:
    payload = parse(kept)
    event: Mapping[str, Any] = (
        json.loads(payload.event, parse_float=Decimal) if payload.event else {}
    )
    people, custom = event.get("user_data", {}), event.get("custom_data", {})
    return (
        str(view.id),
        view.state,
        view.reason,
        "" if view.deal_id is None else f"#{view.deal_id} {view.deal}",
        view.dataset,
        view.name,
        documents.moment(view.moment) or "",
        view.uid,
        payload.source,
        *(_cell(people.get(key)) for key in (*PEOPLE, *META_IDS)),
        *(_cell(custom.get(key)) for key in CUSTOM),
        payload.event,
    )


def _cell(value: Any) -> str:
    return lists.join([*map(str, _values(value))])


def _values(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        yield from value
    elif value is not None:
        yield value


def _document(view: Told, kept: str) -> documents.Document:
    payload = parse(kept)
    return documents.told(view) | {"action_source": payload.source, "event": payload.event or None}
