"""Events for Meta as values: their names never change, and they tell nothing."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard.domain import conversions
from dealboard.domain.conversions import EventName, Payload, event_id, expires_at, masked
from dealboard.errors import InvalidValue


def test_an_event_has_one_name_however_often_it_is_made() -> None:
    made = event_id("workspace", "deal", "purchase", 1)
    assert made == event_id("workspace", "deal", "purchase", "1")
    assert re.fullmatch("db1-[0-9a-f]{32}", made)
    others = {
        event_id("workspace", "deal", kind, n) for kind in ("purchase", "lost") for n in (1, 2)
    }
    assert len(others) == 4
    assert conversions.row_key("1", EventName.LEAD, made) == f"1|Lead|{made}"


def test_an_event_expires_a_little_before_meta_refuses_it() -> None:
    moment = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert expires_at(moment) == moment + timedelta(days=6, hours=23, minutes=45)
    assert expires_at(int(moment.timestamp())) == expires_at(moment)


@given(st.text(), st.text(), st.text())
def test_a_payload_comes_back_as_it_was_frozen(dataset: str, source: str, event: str) -> None:
    payload = Payload(dataset, source, event)
    assert conversions.parse(conversions.dump(payload)) == payload


@pytest.mark.parametrize("kept", ["", "[]", "{}", '"x"'])
def test_a_payload_that_is_none_is_said(kept: str) -> None:
    with pytest.raises(InvalidValue, match="cannot be read"):
        conversions.parse(kept)


def test_what_is_masked_is_recognised_by_its_owner_only() -> None:
    assert masked("mario.rossi@gmail.com") == "m••••.•••••@•••••.••m"
    assert masked("+39 349 1234567") == "+•• ••• ••••••7"
    assert masked("Al") == "••"


@given(st.text())
def test_a_mask_is_as_long_as_what_it_hides(text: str) -> None:
    assert len(masked(text)) == len(text)
