"""Which events go together, and the bytes they go in.

An event's JSON text was frozen when it was written, and is embedded byte for byte in every request:
what is sent again is the same. Pure.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from dealboard.domain import conversions as rules
from dealboard.domain.conversions import EventName
from dealboard.domain.outbox import Parcel
from dealboard.errors import InvalidValue

MOST = 100
"""Events in a request: Meta takes ten times as many, and refuses them all for one that is bad."""

MESSAGING = "business_messaging"
"""The `action_source` whose repetitions Meta does not tell apart."""


class Event(NamedTuple):
    """A row, read: where it goes, what it is called, its moment, and its JSON text."""

    parcel: Parcel
    dataset: str
    source: str
    name: str
    at: datetime
    text: str

    @property
    def is_purchase(self) -> bool:
        """Whether twice the same would count as two sales."""
        return self.name == EventName.PURCHASE

    @property
    def is_told_apart(self) -> bool:
        """Whether Meta knows a repetition of it by its id."""
        return self.source != MESSAGING


def read(parcel: Parcel) -> Event:
    """Return what a row means. Raises InvalidValue."""
    kept = rules.parse(parcel.payload)
    dataset = rules.check_dataset(kept.dataset)
    try:
        event = json.loads(kept.event)
        at = datetime.fromtimestamp(event["event_time"], UTC)
        return Event(parcel, dataset, kept.source, str(event["event_name"]), at, kept.event)
    except (ValueError, KeyError, TypeError, OverflowError, OSError) as error:
        raise InvalidValue("event", "…", "its content is gone or cannot be read") from error


def batches(events: Iterable[Event], most: int = MOST) -> Iterator[Sequence[Event]]:
    """Yield events that go together, the oldest first: one data set, one source, few enough."""
    together: dict[tuple[str, str], list[Event]] = {}
    for event in sorted(events, key=lambda event: (event.at, event.parcel.id)):
        together.setdefault((event.dataset, event.source), []).append(event)
    for some in together.values():
        for start in range(0, len(some), most):
            yield some[start : start + most]


def halves(batch: Sequence[Event]) -> tuple[Sequence[Event], Sequence[Event]]:
    """Return the two halves of a batch."""
    middle = len(batch) // 2
    return batch[:middle], batch[middle:]


def body(batch: Sequence[Event], test_code: str | None) -> bytes:
    """Return the body of a request for events that go together."""
    data = ",".join(event.text for event in batch)
    test = "" if test_code is None else f',"test_event_code":{json.dumps(test_code)}'
    return f'{{"data":[{data}]{test}}}'.encode()
