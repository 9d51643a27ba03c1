"""Leaving when nothing answers any more."""

import os
from pathlib import Path

import pytest

from dealboard.app import DealboardApp
from dealboard.config import Config


@pytest.mark.parametrize("demo", [True, False])
def test_the_last_way_out_takes_the_demo_along_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, demo: bool
) -> None:
    path = tmp_path / "dealboard-demo-x" / "demo.db"
    path.parent.mkdir()
    path.touch()
    codes: list[int] = []
    monkeypatch.setattr(os, "_exit", codes.append)
    config = Config(file=tmp_path / "config.toml", location=path)

    DealboardApp(location=path, workspace=None, config=config, demo=demo)._abandon(129)

    assert codes == [129]
    assert path.parent.exists() is not demo
