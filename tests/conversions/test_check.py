"""What Meta would refuse is said before it is sent (specification §2 to §5)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dealboard.conversions import check
from dealboard.conversions.identity import sha256
from dealboard.conversions.payload import Draft, Money, without_people
from dealboard.domain.conversions import EventName, Payload

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
EM = [sha256("ada@example.com")]


def event(**changes: Any) -> dict[str, Any]:
    """Return a good purchase, but for some changes; None takes a member away."""
    whole = {
        "event_name": "Purchase",
        "event_time": int(NOW.timestamp()) - 60,
        "event_id": "db1-1",
        "action_source": "other",
        "user_data": {"em": EM},
        "custom_data": {"value": 12.5, "currency": "EUR"},
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def problems(**changes: Any) -> str:
    made = event(**changes)
    source = str(made.get("action_source"))
    return " ".join(check.problems(Payload("1", source, json.dumps(made)), NOW))


def test_a_good_event_has_none() -> None:
    assert problems() == ""
    draft = Draft(EventName.PURCHASE, int(NOW.timestamp()), "db1-1", "system_generated", "p", "won")
    text = draft.text({"em": EM}, Money(1250, "EUR"))
    assert check.problems(Payload("1", "system_generated", text), NOW) == ()
    assert Draft.of(text) == draft
    assert Draft.of(without_people(text)).text({"em": EM}, Money(1250, "EUR")) == text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"event_name": ""}, "no name"),
        ({"action_source": "shop"}, "where it happened"),
        ({"event_time": int(NOW.timestamp()) * 1000}, "seconds since 1970"),
        ({"event_time": "1772442000"}, "seconds since 1970"),
        ({"event_time": True}, "seconds since 1970"),
        ({"event_time": int(NOW.timestamp()) + 60}, "in the future"),
        ({"event_time": int((NOW - timedelta(days=7)).timestamp())}, "older than the seven days"),
        ({"user_data": None}, "no user_data"),
        ({"user_data": {}}, "nothing of who"),
        ({"user_data": {"em": []}}, "nothing of who"),
        ({"user_data": {"ct": EM, "country": EM, "st": EM, "zp": EM}}, "too many people"),
        ({"user_data": {"fn": EM, "ge": EM}}, "too many people"),
        ({"user_data": {"db": EM, "client_user_agent": "x"}}, "too many people"),
        ({"user_data": {"em": "ada@example.com"}}, "em is not hashed"),
        ({"user_data": {"em": EM, "ph": [sha256("")]}}, "ph is not hashed"),
        ({"user_data": {"em": EM, "external_id": [""]}}, "external_id is empty"),
        ({"user_data": {"em": EM, "lead_id": 12}}, "lead_id"),
        ({"custom_data": {}}, "needs value and currency"),
        ({"custom_data": {"value": 1}}, "go together"),
        ({"custom_data": {"currency": "EUR"}}, "go together"),
        ({"custom_data": {"value": "1", "currency": "EUR"}}, "not a number"),
        ({"custom_data": {"value": -1, "currency": "EUR"}}, "not a number"),
        ({"custom_data": {"value": 1, "currency": "eur"}}, "ISO 4217"),
        ({"custom_data": {"value": 1, "currency": "EUX"}}, "ISO 4217"),
        ({"custom_data": {"value": 1.5, "currency": "JPY"}}, "fewer decimals"),
        ({"custom_data": {"value": 1.234, "currency": "EUR"}}, "fewer decimals"),
        (
            {"custom_data": {"value": 1, "currency": "EUR", "content_type": "product"}},
            "content_type",
        ),
        ({"action_source": "system_generated"}, "event_source and lead_event_source"),
        ({"action_source": "website"}, "address and the visitor's browser"),
        ({"action_source": "app"}, "app_data"),
        ({"action_source": "business_messaging"}, "which messenger"),
        (
            {"action_source": "business_messaging", "messaging_channel": "whatsapp"},
            "the click on its ad",
        ),
        (
            {
                "action_source": "business_messaging",
                "messaging_channel": "messenger",
                "event_name": "Lead",
            },
            "does not happen in a thread",
        ),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, Any], said: str) -> None:
    assert said in problems(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"custom_data": {"value": 1.234, "currency": "KWD"}},
        {"custom_data": {"value": 5, "currency": "JPY"}},
        {"event_name": "Lead", "custom_data": None},
        {"user_data": {"fn": EM, "ln": EM}},
        {"event_time": int((NOW - timedelta(days=6)).timestamp())},
        {"action_source": "app", "app_data": {"extinfo": ["x"] * 16}},
        {
            "action_source": "website",
            "event_source_url": "https://example.com/",
            "user_data": {"em": EM, "client_user_agent": "x"},
        },
        {
            "action_source": "business_messaging",
            "messaging_channel": "whatsapp",
            "user_data": {"ctwa_clid": "x", "whatsapp_business_account_id": "1"},
        },
    ],
)
def test_what_meta_takes_is_let_through(changes: dict[str, Any]) -> None:
    assert problems(**changes) == ""


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_what_is_no_event_is_said(text: str) -> None:
    assert check.problems(Payload("1", "other", text), NOW) == ("The event is no JSON object.",)
