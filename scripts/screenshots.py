"""Make the pictures of the README from demo data: `python scripts/screenshots.py [FOLDER]`.

The app runs without a terminal, on a demo workspace of a fixed day, at the sizes people have.
"""

import asyncio
import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from dealboard import demo
from dealboard.app import DealboardApp
from dealboard.config import Config
from dealboard.workspace import Workspace

FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""What would have a viewer load a font from somebody's server; any monospace font will do."""

DAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

PICTURES: dict[str, tuple[tuple[int, int], str | None, tuple[str, ...]]] = {
    "board-120x40": ((120, 40), None, ("L",)),
    "board-80x24": ((80, 24), None, ()),
    "board-200x60": ((200, 60), None, ("l", "j", "L")),
    "board-light-120x40": ((120, 40), "textual-light", ()),
    "board-compact-120x40": ((120, 40), None, ("c",)),
    "board-narrow-50x24": ((50, 24), None, ()),
    "new-deal-120x40": ((120, 40), None, ("n",)),
    "quick-add-120x40": ((120, 40), None, ("N", *"Acme 12k fri", "space", "at", *"chl")),
    "help-120x40": ((120, 40), None, ("question_mark",)),
    "move-120x40": ((120, 40), None, ("m",)),
    "new-pipeline-120x40": ((120, 40), None, ("P",)),
}
"""Each picture: columns and lines, theme, and the keys pressed before it is taken."""


async def picture(
    workspace: Workspace, size: tuple[int, int], theme: str | None, keys: tuple[str, ...]
) -> str:
    """Return the screen after some keys, as SVG."""
    config = Config(file=Path("config.toml"), location=workspace.path, theme=theme)
    app = DealboardApp(location=workspace.path, workspace=workspace, config=config, demo=True)
    async with app.run_test(size=size) as pilot:
        await pilot.pause(1.0)
        await pilot.press(*keys)
        await pilot.pause(0.7)
        svg = FONT_FACE.sub("", app.export_screenshot(title="dealboard"))
    app.finish()
    return svg


def main(folder: Path, names: list[str]) -> None:
    """Make the named pictures, or all of them, on one workspace after the other."""
    for name in names or list(PICTURES):
        with tempfile.TemporaryDirectory() as temporary:
            path = Path(temporary, "demo.db")
            demo.build(path, now=DAY)
            workspace = Workspace.open(path, clock=lambda: DAY)
            svg = asyncio.run(picture(workspace, *PICTURES[name]))
            workspace.close()
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"), sys.argv[2:])
