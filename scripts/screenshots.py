"""Make the pictures of the README from demo data: `python scripts/screenshots.py [FOLDER [NAME…]]`.

The app runs without a terminal, on a demo workspace of a fixed day, at the sizes people have.
"""

import asyncio
import re
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from rich.cells import cell_len

from dealboard import demo
from dealboard.app import DealboardApp
from dealboard.config import Config
from dealboard.workspace import Workspace

SVG = "http://www.w3.org/2000/svg"

CELL = 12.2
"""Width of a cell in the pictures that Rich draws."""

FONT = "font-family: Menlo, 'DejaVu Sans Mono', 'Liberation Mono', monospace; font-size: 20.3px"
"""What people have, as no viewer may load a font; at this size its cells are as wide as Rich's."""

DAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

PICTURES: dict[str, tuple[tuple[int, int], str | None, tuple[str, ...]]] = {
    "board": ((120, 34), None, ("L",)),
    "table": ((120, 26), None, ("t", "slash", *"ca", "enter", "down", "space", "space")),
    "deal": ((120, 26), "textual-light", ("4", "j", "j", "enter", "2")),
    "board-80x24": ((80, 24), None, ()),
    "board-200x60": ((200, 60), None, ("l", "j", "L")),
    "board-light": ((120, 40), "textual-light", ()),
    "board-compact": ((120, 40), None, ("c",)),
    "board-narrow": ((50, 24), None, ()),
    "new-deal": ((120, 40), None, ("n",)),
    "quick-add": ((120, 40), None, ("N", *"Acme 12k fri", "space", "at", *"chl")),
    "help": ((120, 40), None, ("question_mark",)),
    "move": ((120, 40), None, ("m",)),
    "new-pipeline": ((120, 40), None, ("P",)),
}
"""Each picture: columns and lines, theme, and the keys pressed before it is taken."""

IN_README = ("board", "table", "deal")


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
        svg = portable(app.export_screenshot(title="dealboard"))
    app.finish()
    return svg


def portable(svg: str) -> str:
    """Return a picture of Rich's that any viewer shows right, and a third as large.

    Rich counts on a font from somebody's server and on `textLength`, which not all viewers know:
    every phrase is set where it belongs instead. Its clip paths cut nothing, and neighbours of one
    background are one rectangle.
    """
    ET.register_namespace("", SVG)
    root = ET.fromstring(svg)  # noqa: S314, as it is our own
    for parent in list(root.iter()):
        for child in list(parent):
            child.attrib.pop("clip-path", None)
            if child.tag == f"{{{SVG}}}defs":
                parent.remove(child)
        if any("textLength" in child.attrib for child in parent):
            parent[:] = [phrase for child in parent for phrase in phrases(child)]
        parent[:] = joined(list(parent))
    text = ET.tostring(root, encoding="unicode")
    for pattern, instead in (
        (r"@font-face \{.*?\}", ""),
        (r"font-family: Fira.*?20px", FONT),
        (r"terminal-\d+-", ""),
        (r"\s*\n\s*", "\n"),
    ):
        text = re.sub(pattern, instead, text, flags=re.DOTALL)
    return f"{text}\n"


def phrases(text: Element) -> Iterator[Element]:
    """Yield a stretch of text without its outer and wider gaps; anything else as it is."""
    if "textLength" not in text.attrib or text.text is None:
        yield text
        return
    start = float(text.attrib["x"])
    for found in re.finditer(r"\S+(?:\s\S+)*", text.text):
        phrase = Element(text.tag, {name: text.attrib[name] for name in ("class", "y")})
        phrase.attrib["x"] = f"{start + CELL * cell_len(text.text[: found.start()]):g}"
        phrase.attrib["textLength"] = f"{CELL * cell_len(found[0]):g}"
        phrase.text = found[0]
        yield phrase


def joined(elements: list[Element]) -> list[Element]:
    """Return elements with one rectangle for neighbours of a line that have the same background."""
    kept: list[Element] = []
    for element in elements:
        if kept and element.tag == kept[-1].tag == f"{{{SVG}}}rect":
            last = kept[-1].attrib
            end = float(last["x"]) + float(last["width"])
            alike = all(element.get(name) == last[name] for name in ("fill", "y", "height"))
            if alike and abs(end - float(element.attrib["x"])) < CELL / 2:
                last["width"] = f"{end - float(last['x']) + float(element.attrib['width']):g}"
                continue
        kept.append(element)
    return kept


def main(folder: Path, names: list[str]) -> None:
    """Make the named pictures, or those of the README, on one workspace after the other."""
    for name in names or IN_README:
        with tempfile.TemporaryDirectory() as temporary:
            path = Path(temporary, "demo.db")
            demo.build(path, now=DAY)
            workspace = Workspace.open(path, clock=lambda: DAY)
            svg = asyncio.run(picture(workspace, *PICTURES[name]))
            workspace.close()
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"), sys.argv[2:])
