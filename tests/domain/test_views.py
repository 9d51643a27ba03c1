"""The values that reads return."""

from datetime import UTC, datetime

import pytest

from dealboard.domain.views import Contact


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [("Ada", "Lovelace", "Ada Lovelace"), ("Acme", "", "Acme"), ("", "Lovelace", "Lovelace")],
)
def test_a_contact_is_called_by_what_names_it_has(first: str, last: str, name: str) -> None:
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    nothing = (None,) * 9
    assert Contact(1, "u", first, last, *nothing, moment, moment, 1).name == name
