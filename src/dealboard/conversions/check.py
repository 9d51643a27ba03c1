"""What Meta would refuse, said before it is sent: one bad event has a whole batch refused.

The rules are those of the specification, §2 to §5, for every `action_source` there is. Asked by the
courier before it sends, and by the preview.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from dealboard.domain.conversions import SOURCES, EventName, Payload, expires_at
from dealboard.domain.money import currency_code, exponent
from dealboard.errors import InvalidValue

ALL_SOURCES = frozenset({*SOURCES, "website", "app", "business_messaging"})
MESSAGING = frozenset(
    {
        *("Purchase", "LeadSubmitted", "InitiateCheckout", "AddToCart", "ViewContent"),
        *("OrderCreated", "OrderShipped", "OrderDelivered", "OrderCanceled", "OrderReturned"),
        *("CartAbandoned", "QualifiedLead", "RatingProvided", "ReviewProvided"),
    }
)
"""Events that may happen in a thread; `Lead` is none of them."""

HASHED = ("em", "ph", "fn", "ln", "db", "ge", "ct", "st", "zp", "country")
TOO_BROAD = tuple(
    frozenset(some.split())
    for some in ("ct country st zp ge client_user_agent", "db client_user_agent", "fn ge", "ln ge")
)
"""Sets of identifiers that fit too many people: Meta refuses an event that has nothing beyond."""

EXTINFO = 16
"""Values that an app has to say about its device."""

OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""The hash of an empty text: there was nothing to hash."""

_SHA256 = re.compile("[0-9a-f]{64}")
_LEAD_ID = range(10**14, 10**17)
_SECONDS = 10**11
"""Beyond it a moment is in milliseconds."""


def problems(payload: Payload, now: datetime) -> tuple[str, ...]:
    """Return sentences that say why Meta would refuse an event; none for one that may go."""
    try:
        event = json.loads(payload.event, parse_float=Decimal)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        return ("The event is no JSON object.",)
    return tuple(_problems(payload, event, now))


def _problems(payload: Payload, event: Mapping[str, Any], now: datetime) -> Iterator[str]:
    source = event.get("action_source")
    name = event.get("event_name")
    if not isinstance(name, str) or not name:
        yield "The event has no name."
    if source not in ALL_SOURCES or source != payload.source:
        yield f"Nobody can say where it happened: {source!r}."
    yield from _moment(event.get("event_time"), now)
    user_data, custom = event.get("user_data"), event.get("custom_data", {})
    if not isinstance(user_data, dict) or not isinstance(custom, dict):
        yield "It has no user_data, or its custom_data is none."
        return
    yield from _people(user_data)
    yield from _money(name, custom)
    if "content_type" in custom and not custom.keys() & {"content_ids", "contents"}:
        yield "A content_type goes with content_ids or contents only."
    yield from _by_source(event, user_data, custom)


def _moment(told: object, now: datetime) -> Iterator[str]:
    if not isinstance(told, int) or isinstance(told, bool) or not 0 < told < _SECONDS:
        yield "Its event_time is not a number of seconds since 1970."
    elif datetime.fromtimestamp(told, UTC) > now:
        yield "Its event_time is in the future: a clock is wrong."
    elif expires_at(told) < now:
        yield "It is older than the seven days that Meta takes."


def _people(user_data: Mapping[str, Any]) -> Iterator[str]:
    keys = {key for key, value in user_data.items() if value not in (None, "", [])}
    if not keys:
        yield "It says nothing of who it is about."
    elif any(keys <= some for some in TOO_BROAD):
        yield f"What it says fits too many people: {', '.join(sorted(keys))}."
    for key in HASHED:
        if any(not _is_hash(value) for value in _listed(user_data.get(key))):
            yield f"Its {key} is not hashed."
    if any(value in ("", OF_NOTHING) for value in _listed(user_data.get("external_id"))):
        yield "Its external_id is empty."
    lead_id = user_data.get("lead_id")
    if lead_id is not None and lead_id not in _LEAD_ID:
        yield "Its lead_id is not one that Meta gave out."


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and value != OF_NOTHING and bool(_SHA256.fullmatch(value))


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _money(name: object, custom: Mapping[str, Any]) -> Iterator[str]:
    value, currency = custom.get("value"), custom.get("currency")
    if value is None and currency is None:
        if name == EventName.PURCHASE:
            yield "A purchase needs value and currency."
        return
    if value is None or currency is None:
        yield "Value and currency go together."
    elif not isinstance(value, int | Decimal) or isinstance(value, bool) or value < 0:
        yield "Its value is not a number."
    elif not isinstance(currency, str) or currency != currency.upper() or not _known(currency):
        yield f"Its currency is none of ISO 4217: {currency!r}."
    elif _decimals(value) > exponent(currency):
        yield f"{currency} has fewer decimals than its value."


def _known(currency: str) -> bool:
    try:
        return currency_code(currency) == currency
    except InvalidValue:
        return False


def _decimals(value: int | Decimal) -> int:
    places = Decimal(value).as_tuple().exponent
    return -places if isinstance(places, int) and places < 0 else 0


def _by_source(
    event: Mapping[str, Any], user_data: Mapping[str, Any], custom: Mapping[str, Any]
) -> Iterator[str]:
    """Yield what is missing of what an event has to say because of where it happened."""
    match event.get("action_source"):
        case "system_generated":
            if custom.get("event_source") != "crm" or not custom.get("lead_event_source"):
                yield "What a CRM generates has to say so: event_source and lead_event_source."
        case "website":
            if not event.get("event_source_url") or not user_data.get("client_user_agent"):
                yield "What happens on a website needs its address and the visitor's browser."
        case "app":
            about = event.get("app_data")
            extinfo = about.get("extinfo") if isinstance(about, dict) else None
            if not isinstance(extinfo, list) or len(extinfo) != EXTINFO:
                yield "What happens in an app needs app_data with what its device is."
        case "business_messaging":
            yield from _in_thread(event, user_data)


def _in_thread(event: Mapping[str, Any], user_data: Mapping[str, Any]) -> Iterator[str]:
    if event.get("event_name") not in MESSAGING:
        yield f"{event.get('event_name')} does not happen in a thread: Meta refuses it there."
    if event.get("messaging_channel") not in ("whatsapp", "messenger", "instagram"):
        yield "It does not say in which messenger it happened."
    elif event["messaging_channel"] == "whatsapp":
        business = user_data.keys() & {"whatsapp_business_account_id", "page_id"}
        if not business or not user_data.get("ctwa_clid"):
            yield "What happens on WhatsApp needs the business's account and the click on its ad."
