"""`dealboard config`: the settings in force, and every key."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from dealboard.cli.grammar import root


def show(tmp_path: Path, text: str, *words: str) -> Result:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    result = CliRunner().invoke(root, ["--config", str(file), "config", "show", *words])
    assert result.exit_code == 0, result.output
    return result


def test_the_keys_in_force_are_shown(tmp_path: Path) -> None:
    told = show(tmp_path, '[keymap]\n"deal.win" = "W, f9"\n"deal.lose" = ""\n').stdout
    lines = {line.split()[0]: line for line in told.splitlines() if line}

    assert lines["deal.win"].split()[1:] == ["W", "F9", "(yours)", "Won"]
    assert lines["deal.lose"].split()[1:] == ["none", "(yours)", "Lost"]
    assert lines["app.quit"].split()[1:] == ["ctrl+q", "Quit"]


def test_programs_get_keys_as_the_file_takes_them(tmp_path: Path) -> None:
    found = json.loads(show(tmp_path, '[keymap]\ndeal.win = "?"\n', "--json").stdout)

    assert found["keymap"]["deal.win"] == ["question_mark"]
    assert found["keymap"]["history.undo"] == ["u", "ctrl+z"]
    assert found["density"] == "comfortable"


def test_what_is_wrong_with_the_keys_is_said(tmp_path: Path) -> None:
    text = '[keymap]\n"deal.wim" = "W"\n"deal.lose" = "shfit+x"\n"deal.win" = "u"\n'
    told = show(tmp_path, text).stderr

    assert "There is no action 'deal.wim'." in told
    assert "deal.lose: there is no key 'shfit+x'." in told
    assert "u is both Won (deal.win) and Undo (history.undo)." in told
