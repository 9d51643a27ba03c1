"""An event's own JSON, the text that is frozen and sent byte for byte (specification §2, §5, §7).

No titles, names or free text: a pipeline and a stage are named by their numbers. Money is the exact
decimal number, never a float.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from dealboard.domain.conversions import SOURCES, EventName
from dealboard.domain.money import decimal_string
from dealboard.domain.stages import StageKind
from dealboard.store.reads.conversions import Place

CRM = {"event_source": "crm", "lead_event_source": "dealboard"}
"""What an event that our own program generated says of where it is from."""


class Money(NamedTuple):
    """An amount in minor units and its currency."""

    amount: int
    currency: str


class Draft(NamedTuple):
    """An event without what is known of people and money; `moment` in seconds since 1970.

    `product` and `category` are where in which pipeline the deal was at that moment.
    """

    name: EventName
    moment: int
    uid: str
    source: str
    product: str
    category: str

    @classmethod
    def of(cls, event: str) -> Self:
        """Return what an event that was written before says, whoever it was about."""
        kept = json.loads(event)
        custom = kept["custom_data"]
        return cls(
            EventName(kept["event_name"]),
            kept["event_time"],
            kept["event_id"],
            kept["action_source"],
            custom["content_ids"][0],
            custom["content_category"],
        )

    def text(self, user_data: Mapping[str, Any], money: Money | None = None) -> str:
        """Return the event's JSON; without money neither value nor currency is in it."""
        head = {
            "event_name": self.name.value,
            "event_time": self.moment,
            "event_id": self.uid,
            "action_source": self.source,
            "user_data": user_data,
        }
        custom: dict[str, Any] = dict(CRM) if self.source == SOURCES[0] else {}
        custom |= {"content_ids": [self.product], "content_category": self.category}
        if money is None:
            return _within(head, "custom_data", _json(custom))
        value = decimal_string(money.amount, money.currency)
        custom["currency"] = money.currency
        return _within(head, "custom_data", _within(custom, "value", value))


def product(place: Place) -> str:
    """Return what stands for what is sold: the pipeline."""
    return f"pipeline-{place.pipeline_id}"


def category(place: Place) -> str:
    """Return what a stage is called: `won`, `lost`, or by its number."""
    return f"stage-{place.id}" if place.kind is StageKind.OPEN else place.kind.value


def without_people(event: str) -> str:
    """Return an event that tells nothing of anybody any more, nor of money."""
    return Draft.of(event).text({})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _within(document: Mapping[str, Any], name: str, text: str) -> str:
    """Return an object with one more member, whose JSON is given: a number stays exact."""
    return f'{_json(document)[:-1]},"{name}":{text}}}'
