"""What a completion offers while a dynamic field is typed."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from dealboard.domain import placeholders
from dealboard.domain.catalogue import CUSTOM, FIELDS, Kind, Known
from dealboard.domain.placeholders import Setting
from dealboard.domain.rule_fields import begun, completed, example, matching, offers

SETTING = Setting(date(2026, 11, 23))
OWN = (Known(f"{CUSTOM}Size", Kind.CHOICE, "Size", ("S", "M")),)
ALL = offers(OWN, SETTING)


def names(typed: str) -> list[str]:
    return [each.name for each in matching(ALL, typed)]


def test_every_field_is_offered_with_an_example_that_a_rule_takes() -> None:
    assert {*FIELDS, f"{CUSTOM}Size", "today", "deal.amount.formatted"} <= {o.name for o in ALL}
    for each in ALL:
        assert placeholders.parse(each.mark, OWN)
        assert each.example
    assert next(o.example for o in ALL if o.name == "deal.amount.formatted") == "€12,500.50"
    assert next(o.example for o in ALL if o.name == "today+7d") == "2026-11-30"


def test_what_is_typed_finds_names_and_titles() -> None:
    assert names("con")[0] == "contact.name"
    assert names("city") == ["contact.city"]
    assert names("contact mail") == ["contact.email"]
    assert f"{CUSTOM}Size" in names("size")
    assert names("zzz") == []
    assert len(names("")) == len(ALL)


def test_a_field_is_begun_between_its_braces_only() -> None:
    assert begun("Call {{con", 10) == (5, "con")
    assert begun("Call {{", 7) == (5, "")
    assert begun("Call {{contact.name}} now", 25) is None
    assert begun("{{deal.amount|0", 15) is None
    assert begun("plain", 3) is None


def test_a_field_is_put_in_where_it_was_begun() -> None:
    name = next(o for o in ALL if o.name == "contact.name")
    assert completed("Call {{con", 10, name) == ("Call {{contact.name}}", 21)
    assert completed("Call {{con now", 10, name) == ("Call {{contact.name}} now", 21)
    assert completed("Call {{con}} now", 10, name) == ("Call {{contact.name}} now", 21)
    assert completed("Call {{ {{today}}", 7, name)[0] == "Call {{contact.name}} {{today}}"


def test_examples_fill_a_text() -> None:
    assert example("Call {{contact.first_name}}", OWN, SETTING) == "Call Grace"
    assert example("{{nobody}}", OWN, SETTING) == ""


@given(st.text(alphabet="{}|. ad", max_size=20), st.integers(0, 20), st.sampled_from(ALL))
def test_completing_anywhere_keeps_what_is_around(text: str, at: int, offer: object) -> None:
    at = min(at, len(text))
    found = begun(text, at)
    whole, cursor = completed(text, at, offer)  # type: ignore[arg-type]
    assert whole[:cursor].endswith("}}")
    assert whole.startswith(text[: at if found is None else found.start])
