"""What contacts look like: values as typed and shown, two that become one, ways to reach one."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard.domain.money import format_decimal, parse_decimal
from dealboard.domain.text import safe
from dealboard.domain.views import Contact, CustomField, FieldKind
from dealboard.errors import InvalidValue
from dealboard.widgets.contact_copy import handles, openable
from dealboard.widgets.contact_merge import Merging, Side, merge_lines, merging
from dealboard.widgets.contact_rows import FIELD_COLUMNS, field_rows
from dealboard.widgets.contact_values import read_value, show_value, written_value
from dealboard.widgets.deal_form import Writing
from dealboard.widgets.lines import plain, width_of
from dealboard.widgets.row_lines import column_widths, entry_line

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOW = Writing(date(2026, 11, 23))
GERMAN = HOW.__class__(date(2026, 11, 23), locale="de_DE")
TEXT = CustomField(1, "u1", "Nickname", FieldKind.TEXT, (), 1)
NUMBER = CustomField(2, "u2", "Shoe size", FieldKind.NUMBER, (), 2)
DAY = CustomField(3, "u3", "Birthday", FieldKind.DATE, (), 3)

NOBODY = Contact(
    *(1, "uid", "Ada", "Rossi", None, None, None, None, None, None, None, None, None),
    *(MORNING, MORNING, 1),
)


def ada(**fields: object) -> Contact:
    return NOBODY._replace(**fields)  # type: ignore[arg-type]


# ── numbers and days of custom fields ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "locale", "kept"),
    [
        ("1.234,50", "de_DE", "1234.5"),
        ("1,234.5", "en_US", "1234.5"),
        ("-3", "en_US", "-3"),
        ("−0.50", "en_US", "-0.5"),
        ("-0", "en_US", "0"),
        ("007", "en_US", "7"),
        ("  ", "en_US", ""),
        ("1.500", "de_DE", "1500"),
        ("1.500", "en_US", "1.5"),
    ],
)
def test_number(text: str, locale: str, kept: str) -> None:
    assert parse_decimal(text, locale) == kept


@pytest.mark.parametrize("text", ["twelve", "1,2,3", "12 apples", "--1", "1" * 61, "٣"])
def test_no_number(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_decimal(text)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12
    ),
    st.sampled_from(["en_US", "de_DE", "fr_FR", "de_CH", "pl_PL"]),
)
def test_number_is_written_as_it_is_read(number: object, locale: str) -> None:
    kept = parse_decimal(str(number))
    writing = HOW.__class__(HOW.today, locale=locale)
    assert read_value(NUMBER, written_value(NUMBER, kept, writing), writing) == kept


@given(st.text(max_size=40), st.sampled_from([TEXT, NUMBER, DAY]))
def test_any_kept_value_can_be_shown(value: str, field: CustomField) -> None:
    assert isinstance(show_value(field, value, HOW), str)
    assert isinstance(written_value(field, value, GERMAN), str)


def test_day_is_kept_as_a_day_and_shown_in_words() -> None:
    assert read_value(DAY, "fri", HOW) == "2026-11-27"
    assert show_value(DAY, "2026-11-27", HOW) == "Fri 27 Nov 2026 (in 4 days)"
    assert show_value(DAY, "sometime", HOW) == "sometime"


def test_number_is_shown_with_the_marks_of_the_locale() -> None:
    assert show_value(NUMBER, "1234.5", GERMAN) == "1.234,5"
    assert format_decimal("-1234567", "en_US") == "-1,234,567"


# ── merging ───────────────────────────────────────────────────────────────────────────────────


def two(**fields: object) -> Merging:
    older = ada(id=7, phone="+39 1", city="Rome", consent=True, custom={1: "Addie"})
    newer = ada(
        id=9, created_at=datetime(2026, 11, 24, tzinfo=UTC), phone="+39 2", email="a@b.example",
        last_name="Rossi-Bianchi", **fields,
    )  # fmt: skip
    return merging((Side(newer, 1, 0), Side(older, 0, 2)), (TEXT,), HOW)


def row_of(chosen: Merging, label: str) -> int:
    return next(n for n, each in enumerate(chosen.rows) if each.label == label)


def shown(chosen: Merging, width: int = 80) -> str:
    return "\n".join(plain(line) for line, _ in merge_lines(chosen, width))


def test_oldest_stays_and_keeps_its_values() -> None:
    chosen = two()
    assert (chosen.kept.id, chosen.gone.id) == (7, 9)
    assert chosen.changes() == {}
    assert chosen.side_of(row_of(chosen, "Phone")) == chosen.stays
    assert chosen.side_of(row_of(chosen, "E-mail")) != chosen.stays  # it has none of its own


def test_other_value_of_a_field_can_be_kept() -> None:
    chosen = two()
    name, phone = row_of(chosen, "Name"), row_of(chosen, "Phone")
    taken = chosen.choosing(phone, 1 - chosen.stays).choosing(name, 1 - chosen.stays)
    assert taken.changes() == {"first_name": "Ada", "last_name": "Rossi-Bianchi", "phone": "+39 2"}
    assert taken.choosing(phone, chosen.stays).changes().keys() == {"first_name", "last_name"}


def test_value_of_a_custom_field_can_be_kept() -> None:
    chosen = two(custom={1: "A."})
    nickname = row_of(chosen, "Nickname")
    changes = dict(chosen.choosing(nickname, 1 - chosen.stays).changes())
    assert changes == {"custom": {1: "A."}}


def test_other_contact_stays() -> None:
    chosen = two().swapped()
    assert (chosen.kept.id, chosen.gone.id) == (9, 7)
    assert chosen.changes() == {}


def test_refusal_outlives_the_merge() -> None:
    lines = shown(two(consent=False))
    consent = next(line for line in lines.splitlines() if line.startswith("Consent"))
    assert consent.index("✓ no") < consent.index("yes")
    assert "✓ yes" not in consent


@given(st.text(max_size=300), st.integers(4, 140))
def test_lines_of_a_merge_are_as_wide_as_asked(text: str, width: int) -> None:
    chosen = two(company=text, city=text)
    assert {width_of(line) for line, _ in merge_lines(chosen, width)} == {width}


# ── reaching ──────────────────────────────────────────────────────────────────────────────────


def test_ways_to_reach_a_contact() -> None:
    reached = handles(ada(phone="333 123", phone_key="+39333123", email="a@b.example"))
    assert [each.label for each in reached] == ["Phone", "E-mail", "WhatsApp link", "Name"]
    assert [each.url for each in reached[:3]] == [
        "tel:+39333123",
        "mailto:a@b.example",
        "https://wa.me/39333123",
    ]


@given(st.text(max_size=60), st.text(max_size=60))
def test_links_hold_nothing_that_could_act(phone: str, email: str) -> None:
    for handle in openable(ada(phone=phone, email=email)):
        assert handle.url.isascii()
        assert handle.url.isprintable()
        assert not set(handle.url) & set(" \"'<>")


def test_contact_without_number_has_no_link() -> None:
    assert openable(ada()) == ()


# ── the page ──────────────────────────────────────────────────────────────────────────────────


@given(st.text(max_size=200), st.integers(20, 120))
def test_any_text_is_shown_as_it_is_and_keeps_the_columns_straight(text: str, width: int) -> None:
    person = ada(
        first_name=text, company=text, phone=text, consent=False, consent_at=MORNING,
        consent_source=text, custom={1: text, 2: text, 3: text},
    )  # fmt: skip
    own = (TEXT._replace(name=text), NUMBER, DAY)
    entries = tuple(field_rows(person, own, HOW))
    widths = column_widths(FIELD_COLUMNS, entries, width)
    for entry in entries:
        line = entry_line(entry, FIELD_COLUMNS, widths)
        assert width_of(line) <= width
        assert plain(line) == safe(plain(line))


def test_consent_says_since_when_and_from_where() -> None:
    person = ada(consent=True, consent_at=MORNING, consent_source="the fair")
    cells = next(each.cells for each in field_rows(person, (), HOW) if each.id == "consent")
    assert cells[1][0] == "yes · since 23 Nov 2026 · from the fair"


def test_metas_ids_are_shown_where_there_are_some() -> None:
    def labels(person: Contact) -> set[str]:
        return {each.cells[0][0] for each in field_rows(person, (), HOW)}

    assert "Meta lead" not in labels(ada())
    assert labels(ada(lead_id="525645896321548")) - labels(ada()) == {"Meta lead"}


def test_unusable_number_has_a_mark() -> None:
    cells = next(each.cells for each in field_rows(ada(phone="12"), (), HOW) if each.id == "phone")
    assert cells[1][0] == "12  ⚠ not a valid number"
