"""A deal in one line."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard.domain.dates import Order
from dealboard.domain.quickadd import QuickDeal, parse_quick
from dealboard.domain.views import Role, User

TODAY = date(2026, 11, 23)  # a Monday
FRIDAY = date(2026, 11, 27)


def user(name: str, email: str | None = None, *, active: bool = True) -> User:
    return User(1, name, name, email, Role.ADMINISTRATOR, active)


ADA = user("Ada Lovelace", "ada@acme.example")
ADAM = user("Adam Byron")
ZOE = user("Zoë Müller", "countess@acme.example")
GONE = user("Grace Hopper", active=False)
OWNERS = (ADA, ADAM, ZOE, GONE)


def read(text: str, locale: str = "en_US", order: Order = "dmy") -> QuickDeal:
    return parse_quick(text, TODAY, currency="EUR", locale=locale, order=order, owners=OWNERS)


def test_a_whole_deal_in_one_line() -> None:
    assert read("Acme Nord 12k fri @ada #PO-7") == QuickDeal(
        "Acme Nord", 1200000, "EUR", FRIDAY, ADA, "PO-7"
    )


@pytest.mark.parametrize(
    ("text", "title", "amount", "day"),
    [
        ("Acme", "Acme", None, None),
        ("Studio 54 12k", "Studio 54", 1200000, None),
        ("Studio 54", "Studio", 5400, None),
        ('"Studio 54"', "Studio 54", None, None),
        ('"Studio 54" fri', "Studio 54", None, FRIDAY),
        ("“Black Friday” 5k", "Black Friday", 500000, None),
        ('Acme "12k fri"', "Acme 12k fri", None, None),
        ('Acme "" fri', "Acme", None, FRIDAY),
        ("Acme fri 12k", "Acme", 1200000, FRIDAY),
        ("Acme 500 next fri", "Acme", 50000, date(2026, 12, 4)),
        ("Acme 500 31 dec 2027", "Acme", 50000, date(2027, 12, 31)),
        ("Acme 500 dec 31", "Acme", 50000, date(2026, 12, 31)),
        ("Acme in 3 days", "Acme", None, date(2026, 11, 26)),
        ("Acme +2w", "Acme", None, date(2026, 12, 7)),
        ("Acme eom 1,200", "Acme", 120000, date(2026, 11, 30)),
        ("Acme 2026-12-31", "Acme", None, date(2026, 12, 31)),
        ("Acme 31.12.", "Acme", None, date(2026, 12, 31)),
        ("Acme 31.12", "Acme", 3112, None),
        ("Acme 1m", "Acme", 100000000, None),
        ("Acme 1mo", "Acme", None, date(2026, 12, 23)),
        ("Acme €500", "Acme", 50000, None),
        ("Acme € 500", "Acme", 50000, None),
        ("Acme 500 EUR", "Acme", 50000, None),
        ("Building 7 500", "Building 7", 50000, None),
        ("12k fri", "12k", None, FRIDAY),
        ("fri", "fri", None, None),
        ("3M fri", "3M", None, FRIDAY),
        ("Acme 12k then call", "Acme 12k then call", None, None),
        ("Acme -500", "Acme -500", None, None),
        ("Acme fri fri", "Acme fri", None, FRIDAY),
        ("Lunch @ Rome # 5", "Lunch @ Rome #", 500, None),
        ("Everything 500 all", "Everything 500 all", None, None),
        ("  Acme \t 12k ", "Acme", 1200000, None),
    ],
)
def test_amount_and_date_are_read_from_the_end(
    text: str, title: str, amount: int | None, day: date | None
) -> None:
    quick = read(text)
    assert (quick.title, quick.amount, quick.close_date) == (title, amount, day)
    assert quick.contact == title
    assert quick.problems == ()


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [("Acme $5", 500, "USD"), ("Acme 5 kr", None, "EUR"), ("Acme 500usd", 50000, "USD")],
)
def test_the_amount_may_name_its_currency(text: str, amount: int | None, currency: str) -> None:
    quick = read(text)
    assert (quick.amount, quick.currency) == (amount, currency)


def test_locale_and_order_decide_as_in_the_form() -> None:
    assert read("Acme 1.200", locale="it_IT").amount == 120000
    assert read("Acme 3/4/27", order="mdy").close_date == date(2027, 3, 4)


@pytest.mark.parametrize(
    ("word", "owner"),
    [
        ("@ada", ADA),
        ("@ADAM", ADAM),
        ("@lovelace", ADA),
        ("@byr", ADAM),
        ("@zoe", ZOE),
        ("@mull", ZOE),
        ("@countess", ZOE),
        ("@velace", ADA),
        ('@"ada lovelace"', ADA),
        ("@ada@acme.example", ADA),
    ],
)
def test_an_owner_is_found_by_part_of_a_name_or_e_mail(word: str, owner: User) -> None:
    quick = read(f"Acme {word} 12k")
    assert (quick.title, quick.owner, quick.problems) == ("Acme", owner, ())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "A title is missing."),
        ("@ada #1", "A title is missing."),
        ("Acme @bob", "No owner matches @bob."),
        ("Acme @grace", "No owner matches @grace."),
        ("Acme @a", "@a could be Ada Lovelace or Adam Byron."),
        ("Acme @ada @zoe", "A deal has one owner."),
        ("Acme #1 #2", "A deal has one reference."),
        ("Acme 2026-02-30", "Close date '2026-02-30': February 2026 has 28 days."),
        ("Acme 40/1 12k", "Close date '40/1': January 2026 has 31 days."),
    ],
)
def test_what_cannot_be_saved_is_said(text: str, problem: str) -> None:
    assert read(text).problems == (problem,)


def test_a_reference_may_hold_spaces_in_quotes() -> None:
    assert read('Acme #"PO 7"').reference == "PO 7"


@given(
    st.text(st.characters(codec=None)) | st.text('Acme 12k.,/-"“@#$€fri+w', max_size=40),
    st.dates(date(1, 1, 1), date(9999, 12, 31)),
)
def test_no_text_is_refused(text: str, today: date) -> None:
    quick = parse_quick(text, today, currency="EUR", owners=OWNERS)
    assert quick.title or "A title is missing." in quick.problems


@given(
    st.from_regex(r"[A-Z][a-z]{4,9}( [A-Z][a-z]{4,9})?", fullmatch=True).filter(
        lambda title: not title.lower().endswith(("today", "tomorrow", "yesterday", "day"))
    ),
    st.integers(0, 10**9),
    st.integers(1, 2000),
)
def test_title_amount_and_date_come_back_as_written(title: str, euros: int, ahead: int) -> None:
    day = TODAY + timedelta(ahead)
    quick = read(f"{title} {euros} {day}")
    assert (quick.title, quick.amount, quick.close_date) == (title, euros * 100, day)
