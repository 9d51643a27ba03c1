"""The quick way to read a phone number must say what the library says."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard.actions import identity
from dealboard.transfer.phones import phone_key

CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


def example(region: str) -> str:
    number = phonenumbers.example_number(region)
    assert number is not None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_an_example_of_every_country_is_valid(region: str) -> None:
    written = example(region)
    assert phone_key(written, "") == identity.phone_key(written, "") is not None


@pytest.mark.parametrize(
    "written",
    ["+39 02 0000 0123", "+44 (0)20 7946 0123", "+0391234567", "0039 02 1234567", "02 1234567", "",
     "+39 02 1234567 ext. 5", "+1 212 555 0123", "+1 (416) 555-0123", "+999 123456",
     "++39021234567"],
)  # fmt: skip
def test_it_says_what_the_library_says(written: str) -> None:
    assert phone_key(written, "IT") == identity.phone_key(written, "IT")


@given(st.sampled_from(CODES), st.text("0123456789", min_size=4, max_size=13))
def test_it_says_so_of_any_digits(code: int, digits: str) -> None:
    written = f"+{code} {digits[:3]} {digits[3:]}"
    assert phone_key(written, "IT") == identity.phone_key(written, "IT")


@given(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)), st.integers(0, 9999))
def test_it_says_so_of_neighbours_of_real_numbers(region: str, end: int) -> None:
    written = example(region)[:-4] + f"{end:04}"
    assert phone_key(written, "") == identity.phone_key(written, "")
