"""What exactly Meta is told, before it is or after: each value plain, normalised and hashed.

Plain and normalised values are masked, and are those that a contact has today: where a hash is of
what it had then, nobody can say what that was.
"""

import json
from datetime import datetime

from dealboard.conversions import check
from dealboard.conversions.judge import Judge
from dealboard.domain.conversions import Identity, Person, Preview, Told, parse
from dealboard.domain.outbox import State
from dealboard.store.driver import Connection
from dealboard.store.reads import conversions as reads
from dealboard.store.reads import told
from dealboard.store.reads.values import full_name

EARLIER = "not what it is today"
"""What stands for the plain value of a hash that was made of an earlier one."""


def of(connection: Connection, row_id: int, *, now: datetime) -> Preview:
    """Return an event as it is, or was, told. Raises NotFound."""
    event = told.event(connection, row_id, now=now)
    kept = parse(told.payload(connection, row_id))
    people = _people(connection, event, kept.event)
    known = {each.sent for person in people for each in person.values}
    return Preview(
        event,
        kept.event,
        check.problems(kept, now) if kept.event and event.state is not State.HELD else (),
        people,
        tuple(each for each in _sent(kept.event) if each.sent not in known),
    )


def _people(connection: Connection, event: Told, text: str) -> tuple[Person, ...]:
    judge = Judge(connection, reads.setup(connection))
    judge.read([event.deal_id or 0], [event.contact_id or 0])
    return tuple(
        Person(
            each.id,
            full_name(each.first_name, each.last_name),
            None if each.consent is None else bool(each.consent),
            judge.name(each) in text,
            tuple(value.shown for value in judge.known(each)),
        )
        for each in judge.people(event.deal_id or 0, event.contact_id)
    )


def _sent(text: str) -> list[Identity]:
    """Return the values that an event holds, without knowing what they were made of."""
    data = json.loads(text)["user_data"] if text else {}
    return [
        Identity(key, EARLIER, EARLIER, str(value))
        for key, some in data.items()
        for value in (some if isinstance(some, list) else [some])
    ]
