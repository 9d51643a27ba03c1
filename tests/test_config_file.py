"""Writing the settings: what a person wrote stays, and the file is whole, private or not there."""

import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard import config_file
from dealboard.config_file import edited
from dealboard.errors import ConfigError

WRITTEN = """\
# mine
theme = "nord"  # as at home

[keymap]
# moving
deal.move_right = "L"
"deal.win" = "W"
"""


def test_comments_and_order_stay() -> None:
    keymap = {"deal.move_right": "R", "deal.win": None, "deal.new": "c"}
    assert (
        edited(WRITTEN, {"theme": "dracula", "mouse": False}, keymap)
        == """\
# mine
theme = "dracula"  # as at home
mouse = false

[keymap]
# moving
deal.move_right = "R"
"deal.new" = "c"
"""
    )


def test_nothing_is_added_to_take_something_away() -> None:
    assert edited("", {"theme": None}, {"deal.win": None}) == ""


def test_what_is_no_toml_is_left_alone() -> None:
    with pytest.raises(ConfigError, match="not valid TOML"):
        edited("theme = ", {"theme": "nord"})


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@given(
    st.dictionaries(st.sampled_from(["theme", "locale", "user"]), TEXTS),
    st.dictionaries(st.sampled_from(["deal.win", "deal.new", "go.deals"]), TEXTS | st.none()),
    st.sampled_from(["", WRITTEN, '[keymap.deal]\nwin = "W"\n', '[keymap]\n"a.b" = "c"\n']),
)
def test_what_is_set_is_read_back(
    values: dict[str, str], keymap: dict[str, str | None], text: str
) -> None:
    found = tomllib.loads(edited(text, values, keymap))

    assert {key: found[key] for key in values} == values
    from dealboard.config import _keys_by_id

    kept = _keys_by_id(found.get("keymap", {}))
    assert kept is not None
    assert {key: kept.get(key) for key in keymap} == keymap


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
def test_a_new_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    config_file.write(path, "mouse = true\n")

    assert path.read_text() == "mouse = true\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("mouse = true\n")
    link = tmp_path / "config.toml"
    link.symlink_to(real)
    config_file.write(link, "mouse = false\n")

    assert link.is_symlink()
    assert real.read_text() == "mouse = false\n"


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.mkdir()
    with pytest.raises(ConfigError, match="cannot be written"):
        config_file.write(path, "mouse = true\n")
    assert list(tmp_path.iterdir()) == [path]
