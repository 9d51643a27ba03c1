"""Where a name that is filtered by was found (decision 43)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard.domain.found import Found, found_in, split_at
from dealboard.domain.text import fold, folded_at

TITLE, REFERENCE, CONTACTS = "Straße nach Łódź", "PO-2231", ("Ada Ångström", "Bo  Peròn")


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("", None),
        ("  ", None),
        ("STRASSE", Found("title", TITLE)),
        ("lodz", Found("title", TITLE)),
        ("po-22", Found("reference", REFERENCE)),
        ("angst", Found("contact", "Ada Ångström")),
        ("bo pero", Found("contact", "Bo  Peròn")),
        ("055 000", Found("phone")),
    ],
)
def test_a_search_is_found_in_the_first_field_that_holds_it(
    sought: str, found: Found | None
) -> None:
    assert found_in(sought, TITLE, REFERENCE, CONTACTS) == found


@pytest.mark.parametrize(
    ("sought", "text", "stretch"),
    [
        ("asse", TITLE, "aße"),
        ("LODZ", TITLE, "Łódź"),
        ("e n", "Cafe\u0301  noir", "e\u0301  n"),
        ("x", TITLE, ""),
        ("", TITLE, ""),
    ],
)
def test_what_was_found_is_the_stretch_that_was_written(
    sought: str, text: str, stretch: str
) -> None:
    before, hit, after = split_at(sought, text)
    assert before + hit + after == text
    assert hit == stretch


TEXTS = st.text("aAbßłÅé́ \t\u200dﬁ東½", max_size=12)


@given(TEXTS, TEXTS)
def test_a_stretch_is_there_whenever_the_search_form_holds_it(text: str, sought: str) -> None:
    place = folded_at(text, sought)
    wanted = fold(sought)
    assert (place is not None) == bool(wanted and wanted in fold(text))
    if place is not None:
        assert wanted in fold(text[slice(*place)])
