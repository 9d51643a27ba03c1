"""Search form, display form, storage form."""

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dealboard.domain.text import (
    digits,
    excerpt,
    fold,
    one_line,
    safe,
    safe_lines,
    search_text,
    storable,
)
from dealboard.errors import InvalidValue

anything = st.text(st.characters(codec=None))
BIDI_CONTROLS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


# ── fold ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("AÇÃO", "acao"),
        ("Straße", "strasse"),
        ("Łódź Ørsted Đorđe", "lodz orsted dorde"),
        ("İSTANBUL ılıca", "istanbul ilica"),
        ("Æther Œuvre Þór", "aether oeuvre thor"),
        ("ﬁne ＡＣＭＥ ①", "fine acme 1"),
        ("Ελλάς", "ελλασ"),
        ("  two\t words\n ", "two words"),
        ("zero\u200bwidth soft\u00adhyphen", "zerowidth softhyphen"),
        ("\u200eAcme\ufe0f", "acme\ufe0f"),
        ("東京 한국", "東京 " + unicodedata.normalize("NFKD", "한국")),
        ("", ""),
    ],
)
def test_case_accents_width_and_invisible_characters_do_not_matter(typed: str, found: str) -> None:
    assert fold(typed) == found


def test_composed_and_decomposed_accents_fold_alike() -> None:
    assert fold("Caf\u00e9") == fold("Cafe\u0301") == "cafe"


@given(st.text(st.characters(max_codepoint=126), max_size=40))
def test_plain_text_folds_as_it_does_beside_other_text(text: str) -> None:
    assert fold(text) == fold(f"{text} é").removesuffix("e").rstrip()


def test_folding_any_character_twice_changes_nothing() -> None:
    once = fold("|".join(map(chr, range(0x30000))))
    assert fold(once) == once


@given(anything, anything)
def test_folding_is_idempotent_and_blind_to_outer_space(left: str, right: str) -> None:
    folded = fold(left + right)
    assert fold(folded) == folded
    assert fold(f" {left}{right}\n") == folded


@given(anything)
def test_a_folded_query_can_be_sent_to_a_database(text: str) -> None:
    assert "\x00" not in fold(text)
    fold(text).encode()


# ── search text ───────────────────────────────────────────────────────────────────────────────


def test_a_deal_is_found_by_title_reference_names_and_phone_digits() -> None:
    text = search_text("Società ", "PO-7", [("Ada Lovelace", "+39 (333) 12"), ("Bob", None)])
    assert text == "societa\x1fpo-7\x1fada lovelace\x1f3933312\x1fbob"


def test_empty_parts_leave_no_trace_in_the_search_text() -> None:
    assert search_text("Acme", None, [("", ""), (" ", "n/a")]) == "acme"


@given(anything, anything)
def test_no_part_of_a_search_text_can_hold_the_separator(title: str, name: str) -> None:
    parts = search_text(title, None, [(name, None)]).split("\x1f")
    assert parts == ([part for part in (fold(title), fold(name)) if part] or [""])


@pytest.mark.parametrize(
    ("phone", "expected"),
    [("+39 333-12.34", "393331234"), ("٣٣٣", "333"), ("３３", "33"), ("none ²", ""), ("", "")],
)
def test_phone_digits(phone: str, expected: str) -> None:
    assert digits(phone) == expected


# ── safe ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]52;c;AAAA\x07", "␛]52;c;AAAA␇"),
        ("a\x00b\x7fc", "a␀b␡c"),
        ("\x9b31m", "\ufffd31m"),
        ("one\r\ntwo\tthree", "one␍ two three"),
        ("\u202eevil\u2066", "\ufffdevil\ufffd"),
        ("a\u2028b\u2029", "a\ufffdb\ufffd"),
        ("\ud800 \ufdd0 \U0010ffff", "\ufffd \ufffd \ufffd"),
        ("[/red] [@click=app.quit]x[/]", "[/red] [@click=app.quit]x[/]"),
        ("👩‍👩‍👧 ❤️ 東京 مرحبا e\u0301 a\u00a0b", "👩‍👩‍👧 ❤️ 東京 مرحبا e\u0301 a\u00a0b"),
    ],
)
def test_what_a_terminal_could_obey_is_shown_as_a_mark(text: str, shown: str) -> None:
    assert safe(text) == shown


@given(anything)
@example("\x1b\x9b\u202e\ud800\ufffe")
def test_safe_text_holds_nothing_a_terminal_could_obey(text: str) -> None:
    shown = safe(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not BIDI_CONTROLS & set(shown)
    shown.encode()
    assert safe(shown) == shown
    assert len(shown) == len(text)


@given(anything)
def test_safe_leaves_printable_characters_alone(text: str) -> None:
    pairs = zip(text, safe(text), strict=True)
    assert all(shown == char for char, shown in pairs if char.isprintable())


def test_no_character_at_all_slips_through_as_a_control() -> None:
    shown = safe("".join(map(chr, range(sys.maxunicode + 1))))
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not any((ord(char) & 0xFFFE) == 0xFFFE for char in shown)


def test_lines_and_tabs_of_a_note_stay() -> None:
    assert safe_lines("one\r\n\ttwo\x1b\rthree") == "one\n\ttwo␛␍three"


@given(anything)
def test_safe_lines_differs_from_safe_only_in_lines_and_tabs(text: str) -> None:
    flat = safe_lines(text).replace("\n", " ").replace("\t", " ")
    assert flat == safe(text.replace("\r\n", "\n"))


# ── stored ────────────────────────────────────────────────────────────────────────────────────


def test_a_one_line_field_is_trimmed_and_its_breaks_are_spaces() -> None:
    text = " Acme\r\nS.p.A.\tNord\nEst\u2028x \n"
    assert one_line(text, "title", limit=200) == "Acme S.p.A. Nord Est x"


def test_raw_escape_and_c1_bytes_are_stored_as_given() -> None:
    title = "a\x1b[31m\x9b\u202e[/red]"
    assert one_line(title, "title", limit=200) == title


def test_a_field_may_be_empty_or_just_as_long_as_its_limit() -> None:
    assert one_line("  ", "title", limit=5) == ""
    assert one_line(" 12345 ", "title", limit=5) == "12345"


def test_a_text_of_several_lines_keeps_them() -> None:
    assert storable("\none\n\ttwo\n", "note", limit=20) == "one\n\ttwo"


@pytest.mark.parametrize(
    ("text", "reason"),
    [("a\x00b", "NUL"), ("a\udce9", "not text"), ("x" * 201, "201 characters; at most 200")],
)
def test_what_no_database_can_hold_is_refused_by_field(text: str, reason: str) -> None:
    with pytest.raises(InvalidValue, match=reason) as caught:
        one_line(text, "title", limit=200)
    assert caught.value.field == "title"
    assert len(caught.value.sentence) < 150
    caught.value.sentence.encode()


@given(anything, st.integers(0, 50))
def test_what_is_stored_is_stable_and_within_its_limit(text: str, limit: int) -> None:
    try:
        stored = one_line(text, "title", limit=limit)
    except InvalidValue:
        return
    assert len(stored) <= limit
    assert not set("\n\r\t\x00") & set(stored)
    assert one_line(stored, "title", limit=limit) == stored


def test_an_excerpt_marks_what_it_leaves_out() -> None:
    assert excerpt("Acme", 4) == "Acme"
    assert excerpt("Acme Corp", 5) == "Acme…"
