"""Keys of the user's own: what may be written, what clashes, and that no letter takes the exit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.binding import BindingsMap

from dealboard.screens.keymap import (
    catalogue,
    clashes,
    in_force,
    key_of,
    keys_of,
    problems,
    read_keymap,
)
from dealboard.screens.shortcuts import UNBOUND, key_name


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("H", ("H",)),
        ("?", ("question_mark",)),
        ("+", ("plus",)),
        (",", ("comma",)),
        ("-", ("minus",)),
        ("ctrl++", ("ctrl+plus",)),
        ("L, shift+right", ("L", "shift+right")),
        ("Shift+l", ("L",)),
        ("shift+→", ("shift+right",)),
        ("Ctrl+P", ("ctrl+p",)),
        ("esc,⏎,pgdn,F8", ("escape", "enter", "pagedown", "f8")),
        ("question_mark", ("question_mark",)),
        ("é", ("é",)),
        ("«", ("left_pointing_double_angle_quotation_mark",)),
        ("", ()),
    ],
)
def test_keys_are_written_as_people_write_them(written: str, keys: tuple[str, ...]) -> None:
    assert keys_of(written) == (keys, ())
    assert keys_of(",".join(keys)) == (keys, ())


@pytest.mark.parametrize("word", ["shfit+x", "F30", "ctrl+", "hello", "\x1b", "ctrl+alt", "  x y"])
def test_what_is_no_key_is_told(word: str) -> None:
    assert key_of(word) is None


@given(st.text())
def test_any_text_is_read_to_the_end(text: str) -> None:
    keys, _ = keys_of(text)
    assert keys_of(",".join(keys)) == (keys, ())


def test_every_key_in_force_is_read_back_from_how_it_is_shown() -> None:
    for action in catalogue().values():
        for key in action.keys:
            assert key_of(key_name(key)) == key, (action.id, key)


def test_every_action_has_an_id_of_two_parts_and_a_label() -> None:
    assert len(catalogue()) > 50
    for action in catalogue().values():
        assert action.id.count(".") == 1
        assert action.label


def test_keys_that_are_shared_as_they_come_are_no_clash() -> None:
    every = {action.id: ",".join(action.keys) for action in catalogue().values()}
    assert clashes(every) == ()


def test_an_unknown_id_and_a_taken_key_are_told() -> None:
    assert problems({"deal.wim": "W"}) == ("There is no action 'deal.wim'.",)
    assert problems({"deal.win": "u"}) == ("u is both Won (deal.win) and Undo (history.undo).",)
    assert problems({"deal.win": "x", "deal.lose": "w"}) == ()
    assert problems({"pick.filter": "u"}) == ()


def test_what_a_page_holds_only_once_it_is_wanted_clashes_too() -> None:
    found = clashes({"chat.snippets": "w"})
    assert {(each.one.id, each.other.id) for each in found} == {("chat.snippets", "deal.win")}


def test_quitting_is_never_lost_and_never_a_letter() -> None:
    assert read_keymap({"app.quit": ""}) == ({"app.quit": "ctrl+q"}, ())
    assert read_keymap({"app.quit": "f12"}) == ({"app.quit": "f12,ctrl+q"}, ())
    keymap, wrong = read_keymap({"app.quit": "x"})
    assert keymap == {"app.quit": "ctrl+q"}
    assert wrong == ("app.quit: 'x' is typed in texts and cannot quit.",)


def test_an_action_may_have_no_key() -> None:
    keymap, wrong = read_keymap({"deal.win": "", "deal.lose": "nokey"})
    assert keymap == {"deal.win": f"{UNBOUND}deal.win"}
    assert wrong == ("deal.lose: there is no key 'nokey'.",)
    assert in_force(catalogue()["deal.win"], keymap) == ()
    assert in_force(catalogue()["deal.lose"], keymap) == ("x",)


def test_textual_takes_what_is_read() -> None:
    action = catalogue()["deal.move_right"]
    keymap, _ = read_keymap({action.id: "R, ?"})
    offered = BindingsMap(next(iter(action.offered_by)).BINDINGS).apply_keymap
    assert offered(keymap) is not None
