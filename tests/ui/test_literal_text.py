"""Whatever is written in a workspace is shown as it is: no markup, no command to the terminal.

One workspace has hostile text wherever text can be kept. A robot opens every screen, dialog and
list over it, and every drawn line is looked at: what a field holds comes out literally, and nothing
in it acts. What bytes reach a terminal is tested in `tests/pty`.

The tables bound names and titles. 10,000 characters long are the texts that can be, notes, tasks
and messages, and what is pasted into a line.
"""

import shutil
import unicodedata
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual.notifications import SeverityLevel
from textual.widgets import Input, Tooltip

from dealboard import actions
from dealboard.actions import contacts as contact_actions
from dealboard.actions.deal_values import REFERENCE_LIMIT, TITLE_LIMIT
from dealboard.domain.filters import DealFilter, Query
from dealboard.domain.rules import Do, On, Rule, Step, Trigger
from dealboard.domain.stages import NewStage
from dealboard.screens.working import Tell, Working
from dealboard.store.columns import moment_text
from dealboard.store.driver import Connection
from dealboard.store.transaction import Transaction
from dealboard.workspace import Workspace
from tests.conftest import MORNING, Clock
from tests.ui.drive import Gate, Robot, driving

HEAD = "[/red][b]\x1b[31m"
"""What every text begins with, behind its own marker: markup that fails or vanishes, and a CSI."""

SHOWN = "[/red][b]␛[31m"

FRAGMENTS = (
    "[@click=app.quit]x[/]",
    "[link=https://evil.example]here[/link]",
    "\\[",
    "\x1b]0;owned\x07",
    "\x1b]52;c;b3du\x1b\\",
    "\x1b[2J\x1b[H\x1bc",
    "\x9b31m\x9d0;x\x9c\x90q\x9c",
    "\b\b\b\x7f\x0e\x05",
    "\u202eelif\u202c\u2066a\u2069\u200f",
    "\u2028\u2029\u0085",
    "漢字カナ한글",
    "שלום مرحبا",
    "👩\u200d👩\u200d👧\u200d👦🏳️\u200d🌈👍🏽",
    "Z̷̧a͎l̴g̡o" * 3,
    "\ufeff\u00ad\u200b\ufffe",
    "{{deal.title}} %s {0}",
)

ANY = st.one_of(st.sampled_from(FRAGMENTS), st.text(st.characters(codec="utf-8")))
"""A stretch of text that can be stored; NUL is taken out where it stands."""

TAILS = st.lists(ANY, min_size=1, max_size=6).map(lambda parts: "".join(parts).replace("\0", "?"))

FIELDS = (
    *("user", "pipeline", "stage", "goal", "title", "title2", "reference", "reason", "view"),
    *("field", "choice", "value", "rule", "note", "task", "message", "author", "colleague"),
    *("first_name", "last_name", "company", "city", "state", "zip", "street", "email", "twin"),
)
"""All that is written; what each begins with is its name backwards, which no label contains."""

SEVERITIES: Sequence[SeverityLevel] = ("information", "warning", "error")

LONG = 10_000
"""Characters of the texts that have room for so many."""


def marker(name: str) -> str:
    return f"{name[::-1]}¤"


@dataclass
class World:
    """A workspace in which every text is hostile."""

    path: Path
    texts: Mapping[str, str]
    marks: Sequence[str] = field(default=tuple(map(marker, FIELDS)))

    def long(self, name: str) -> str:
        """Return a text over and over, as long as what somebody may paste."""
        return (self.texts[name] * (LONG // len(self.texts[name]) + 1))[:LONG]

    @classmethod
    def build(cls, path: Path, tails: Sequence[str]) -> "World":
        """Fill a blank workspace; the tails take turns."""
        texts = {
            name: f"{marker(name)}{HEAD}{tails[at % len(tails)]}" for at, name in enumerate(FIELDS)
        }
        opened = Workspace.open(path, clock=Clock(MORNING - timedelta(days=40)))
        opened.run(lambda tx: fill(tx, texts))
        opened.keep(write_messages, texts)
        opened.close()
        return cls(path, texts)


Walk = Callable[[Robot, World], Awaitable[None]]


def fill(tx: Transaction, texts: Mapping[str, str]) -> None:
    """Write every text where it belongs, as long as it may be."""

    def short(name: str, limit: int = 60) -> str:
        return texts[name][:limit].strip()

    actions.team.edit(tx, 1, name=short("user"))
    actions.team.add(tx, short("colleague"), "bob@example.org")
    stages = [NewStage(short("stage"), 10), NewStage(short("goal"), 50)]
    actions.pipelines.create(tx, short("pipeline"), stages)
    actions.pipelines.create(tx, "Second", [NewStage("Only", 10)])
    kinds = (("field", "text", ()), ("choice", "choice", (short("choice"), "other")))
    ids = [actions.fields.define(tx, short(name), kind, rest) for name, kind, rest in kinds]
    named = ("first_name", "last_name", "company", "city", "state", "zip", "email")
    known = {
        name: short(name, contact_actions.LIMITS[name])
        for name in named
        if name in contact_actions.LIMITS
    }
    custom = {ids[0]: texts["value"][:200], ids[1]: short("choice")}
    phone = "+39 02 1234567"
    contact = actions.contacts.add(tx, **known, phone=phone, custom=custom)  # type: ignore[arg-type]
    twin = actions.contacts.add(tx, name=texts["twin"][:200], phone=phone)
    for title in ("title", "title2"):
        actions.deals.create(
            tx,
            contacts=[contact, twin],
            stage_id=1,
            title=texts[title][:TITLE_LIMIT],
            amount=120_000,
            reference=texts["reference"][:REFERENCE_LIMIT],
            close_date=MORNING.date(),
        )
    actions.deals.lose(tx, 2, texts["reason"][:500])
    for kind in ("note", "task"):
        long = (texts[kind] * (LONG // len(texts[kind]) + 1))[:LONG].strip()
        due = MORNING.date() if kind == "task" else None
        actions.activities.add(tx, kind, long, deal_id=1, due=due)
        actions.activities.add(tx, kind, long, contact_id=twin, due=due)
    actions.saved_views.save(tx, short("view"), Query(DealFilter(name=short("title"))))
    step = Step(Do.ADD_TASK, {"text": texts["task"].replace("{{", "{")[:200]})
    actions.automations.create(tx, Rule(short("rule", 120), Trigger(On.UPDATED), then=(step,)))


def write_messages(connection: Connection, texts: Mapping[str, str]) -> None:
    """Write a chat with the first contact, both ways, the last line a long one."""
    long = (texts["message"] * (LONG // len(texts["message"]) + 1))[:LONG]
    for key, text in (("1", long), ("2", texts["message"])):
        connection.execute(
            "INSERT INTO message (uid, contact_id, at, direction, author, text, source, key)"
            " VALUES (:key, 1, :at, 'in', :author, :text, 'test', :key)",
            {"key": key, "at": moment_text(MORNING), "author": texts["author"], "text": text},
        )


# ── what is looked at ─────────────────────────────────────────────────────────────────────────


def acts(char: str) -> bool:
    """Return whether a terminal could take a character for more than a sign to be drawn."""
    return unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} or (
        unicodedata.bidirectional(char)
        in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    )


def drawn(robot: Robot) -> list[list[Segment]]:
    """Return the segments of every line on the screen."""
    strips = robot.app.screen._compositor.render_strips()
    return [list(strip) for strip in strips[: robot.app.size.height]]


def look(robot: Robot, *expected: str) -> None:
    """Hold the whole screen to its word, and the named texts to being somewhere on it."""
    width = robot.app.size.width
    for line in drawn(robot):
        assert Segment.get_line_length(line) == width, "".join(each.text for each in line)
        for segment in line:
            assert not segment.control
            assert not any(map(acts, segment.text)), repr(segment.text)
            if segment.style is not None:
                assert segment.style.link is None or "evil" not in segment.style.link
                assert "app.quit" not in str(segment.style.meta.get("@click", ""))
    text = robot.text
    seen = set()
    for name in FIELDS:
        mark = marker(name)
        for behind in text.split(mark)[1:]:
            seen.add(name)
            assert is_literal(behind), f"{mark} is followed by {behind[:40]!r}\n{text}"
    missing = set(expected) - seen
    assert not missing, f"{missing} is not shown:\n{text}"


def is_literal(behind: str) -> bool:
    """Return whether a marker is followed by what its text begins with, or by where it is cut."""
    length = next(
        (at for at, (one, other) in enumerate(zip(SHOWN, behind, strict=False)) if one != other),
        min(len(SHOWN), len(behind)),
    )
    rest = behind[length : length + 1]
    return length == len(SHOWN) or not rest or rest in "… \n" or "\u2500" <= rest <= "\u259f"


@pytest.mark.parametrize(
    ("behind", "literal"),
    [
        (f"{SHOWN} and more", True),
        ("[/red]… │", True),
        ("", True),
        ("␛[31m", False),
        ("[/red]␛[31m", False),
    ],
)
def test_what_counts_as_literal(behind: str, literal: bool) -> None:
    assert is_literal(behind) is literal


# ── the walk ──────────────────────────────────────────────────────────────────────────────────


Opening = tuple[str, str, Sequence[str]]
"""Keys, the screen that they open, and the texts that are on it."""


async def opened(robot: Robot, *keys: str, shows: Sequence[str] = (), screen: str = "") -> None:
    """Press keys, and look at what comes."""
    await robot.press(*keys)
    if screen:
        await robot.until(lambda: name_of(robot) == screen)
    if shows:
        await robot.until(lambda: all(marker(name) in robot.text for name in shows))
    look(robot)


def name_of(robot: Robot) -> str:
    """Return what the screen in front is called."""
    return type(robot.app.screen).__name__


async def closed(robot: Robot, back: str = "") -> None:
    """Escape from every dialog and page, or back to a screen."""
    for _ in range(8):
        if name_of(robot) == back or (
            not back and robot.app.screen in robot.app.places.made.values()
        ):
            return
        await robot.press("escape")
        if "Discard" in robot.text or "discard" in robot.text:
            await robot.press("y")
    raise AssertionError(robot.text)


async def look_into(robot: Robot, *steps: Opening) -> None:
    """Open one thing after the other over what is shown, and come back to it each time."""
    back = name_of(robot)
    for keys, screen, shows in steps:
        await opened(robot, *keys.split(), shows=shows, screen=screen)
        await closed(robot, back)


async def paste(robot: Robot, text: str) -> None:
    focused = robot.app.focused
    assert isinstance(focused, Input), focused
    focused.value = text
    await robot.settle()


async def paste_much(robot: Robot, world: World, name: str) -> None:
    """Paste a text of many characters, look, and go on with nothing."""
    await paste(robot, world.long(name))
    look(robot)
    await paste(robot, "")


async def walk_board(robot: Robot, world: World) -> None:
    """Walk the board and all that opens over a view of deals."""
    await opened(robot, shows=["pipeline", "stage", "title", "goal"])
    await look_into(
        robot,
        ("m", "Pick", ["goal", "title"]),
        ("p", "Pick", ["pipeline"]),
        ("V", "SavedViews", ["view"]),
        ("V r", "Ask", ["view"]),
        ("V D", "Confirm", ["view"]),
        ("O", "Pick", ["user", "colleague", "title"]),
        ("x", "Ask", ["title"]),
        ("D", "Confirm", ["title"]),
        ("a", "ActivityScreen", ["title", "user"]),
        ("n", "DealScreen", ["stage", "pipeline", "user"]),
        ("R", "Ask", ["pipeline"]),
        ("P", "PipelineScreen", []),
        ("f", "FilterScreen", ["pipeline"]),
        ("I", "StatisticsScreen", ["stage", "pipeline"]),
        ("question_mark", "Help", []),
        ("equals_sign", "Typed", ["title"]),
        ("y", "Pick", ["title"]),
        ("ctrl+e", "Typed", []),
    )
    await opened(robot, "N", screen="QuickAdd", shows=["pipeline", "stage"])
    await paste(robot, world.texts["title"])
    look(robot, "title")
    await paste_much(robot, world, "title")
    await closed(robot)
    await find(robot, world)
    await opened(robot, "L", shows=["title", "goal"])
    await opened(robot, "u", "c", "z", shows=["title"])
    await hover_menu(robot)


async def hover_menu(robot: Robot) -> None:
    """Have the whole name of the pipeline told beside the pointer, where it has to be cut."""
    await robot.pilot.resize_terminal(100, 50)
    await robot.settle()
    robot.app.TOOLTIP_DELAY = 0.001
    x = cell_len(robot.text.partition(marker("pipeline"))[0])
    await robot.pilot.hover(offset=(x, 0))
    await robot.until(lambda: robot.app.screen.get_child_by_type(Tooltip).display)
    await robot.until(lambda: robot.text.count(marker("pipeline")) > 1)
    look(robot, "pipeline")
    await robot.pilot.hover(offset=(x, 20))


async def find(robot: Robot, world: World) -> None:
    """Find a deal by its hostile title, and all again."""
    await robot.press("slash")
    await paste_much(robot, world, "title")
    await paste(robot, world.texts["title"][:12])
    look(robot, "title")
    await opened(robot, "enter", shows=["title"])
    await robot.press("F")


async def walk_table(robot: Robot, world: World) -> None:
    """Walk the table."""
    await robot.press("t")
    await opened(robot, "k", shows=["title", "title2", "reference", "user", "stage"])
    await find(robot, world)
    await opened(robot, "A", "D", screen="Confirm", shows=["title"])
    await closed(robot)
    await look_into(robot, ("y", "Pick", []), ("c", "PickMany", []))
    await opened(robot, "escape", "L", shows=["title", "goal"])
    await export(robot, world)


async def export(robot: Robot, world: World) -> None:
    """Write to a file whose name is hostile, and watch it being written."""
    await opened(robot, "ctrl+e", screen="Typed")
    await paste(robot, world.texts["title"])
    look(robot, "title")
    await closed(robot)
    go_on = Gate()

    def write(_tell: Tell) -> int:
        go_on.wait()
        return 1

    name = f"[b]\x1b[31m{FRAGMENTS[0]}.csv".replace("/", "")
    robot.app.push_screen(Working(robot.app, f"Writing {name}", write))
    await robot.until(lambda: name_of(robot) == "Working")
    await robot.pilot.pause(0)
    look(robot)
    assert "Writing [b]␛[31m[@click" in robot.text
    go_on.set()
    await robot.until(lambda: name_of(robot) == "TableScreen")


async def walk_deal(robot: Robot, world: World) -> None:
    """Walk the page of a deal, its panes and forms, and a conflict about it."""
    page = await onto_page(robot)
    for number, shows in (("2", ["task", "note"]), ("3", ["message"]), ("1", ["title"])):
        await opened(robot, number, shows=shows)
    await look_into(
        robot,
        ("m", "Pick", ["goal", "title"]),
        ("x", "Ask", ["title"]),
        ("D", "Confirm", ["title"]),
        ("a", "ActivityScreen", ["title"]),
        ("question_mark", "Help", []),
    )
    await opened(robot, "2", "enter", screen="ActivityScreen", shows=["task"])
    await closed(robot, page)
    await robot.press("1", "down", "down", "down", "enter")
    await paste_much(robot, world, "title2")
    await paste(robot, world.texts["title2"][:TITLE_LIMIT])
    await robot.press("enter")
    title = world.texts["reference"][:TITLE_LIMIT]
    with closing(Workspace.open(world.path, clock=Clock())) as other:
        other.run(lambda tx: actions.deals.edit(tx, 1, {"title": title}))
    await opened(robot, "f2", screen="ConflictScreen", shows=["title2", "reference"])
    await closed(robot)


async def onto_page(robot: Robot) -> str:
    """Open the page of the deal at the cursor, and return what its screen is called."""
    await opened(robot, "enter", shows=["title", "pipeline", "stage", "reference"])
    await robot.until(lambda: name_of(robot) == "DealPage")
    return "DealPage"


async def walk_contacts(robot: Robot, world: World) -> None:
    """Walk the list of contacts, the page of one, and what opens over them."""
    await opened(robot, "f3", shows=["first_name", "company"])
    await opened(robot, "slash")
    await paste_much(robot, world, "twin")
    await paste(robot, world.texts["twin"])
    look(robot)
    await robot.press("escape", "F")
    await look_into(
        robot,
        ("c", "FieldsScreen", ["field", "choice"]),
        ("c e", "FieldForm", []),
        ("c D", "Confirm", ["field"]),
        ("M", "Duplicates", ["twin"]),
        ("D", "Removal", ["title"]),
        ("n", "ContactFormScreen", ["field"]),
    )
    await opened(robot, "g", "enter", screen="ContactScreen", shows=["title"])
    for number in ("2", "3", "4", "1"):
        await opened(robot, number)
    look(robot, "city", "state", "email", "value")
    await look_into(
        robot,
        ("e", "ContactFormScreen", ["first_name", "company", "value"]),
        ("m", "FindContact", ["first_name", "twin"]),
        ("m enter", "Merge", ["first_name", "twin"]),
        ("D", "Removal", ["title", "first_name"]),
        ("y", "Pick", ["first_name", "email"]),
        ("o", "Pick", ["email"]),
        ("a", "ActivityScreen", ["first_name"]),
        ("n", "DealScreen", ["first_name"]),
    )


def found(robot: Robot, name: str) -> bool:
    """Return whether the palette lists what it was asked for."""
    return robot.text.count(marker(name)) > 1


async def walk_rest(robot: Robot, world: World) -> None:
    """Walk the day, the automations, the settings and the palette."""
    await opened(robot, "T", shows=["task"])
    await look_into(
        robot, ("z", "Pick", ["task"]), ("a", "ActivityScreen", []), ("question_mark", "Help", [])
    )
    await opened(robot, "f5", shows=["rule"])
    await look_into(
        robot,
        ("enter", "AutomationEditor", ["rule", "task"]),
        ("L", "RunsPage", []),
        ("D", "Confirm", ["rule"]),
        ("t 1 right", "TemplateForm", ["pipeline"]),
        ("d", "FindDeal", ["title"]),
        ("d enter", "DryRun", ["rule", "title", "task"]),
    )
    await opened(robot, "comma", "1", shows=["pipeline", "stage"])
    await look_into(robot, ("r", "Ask", ["pipeline"]), ("D", "Pick", ["pipeline"]))
    await opened(robot, "l", "e", screen="StageForm", shows=["stage", "pipeline"])
    await closed(robot)
    await opened(robot, "2", shows=["user", "colleague"])
    await look_into(
        robot,
        ("e", "UserForm", ["user"]),
        ("D", "Confirm", ["colleague"]),
        ("down D", "Pick", ["user"]),
    )
    for section, shows in (("3", ["field", "choice"]), ("4", []), ("5", [])):
        await opened(robot, section, shows=shows[:1])
    await robot.press("f2", "ctrl+p")
    await paste_much(robot, world, "title")
    for name in ("title", "pipeline", "stage", "view", "first_name"):
        await paste(robot, marker(name))
        await robot.until(partial(found, robot, name))
        look(robot)
    await closed(robot)


async def walk_words(robot: Robot, world: World) -> None:
    """Say texts in the bottom line and in toasts."""
    for at in range(0, len(FIELDS), len(SEVERITIES)):
        await say(robot, world, *FIELDS[at : at + len(SEVERITIES)])


async def say(robot: Robot, world: World, *names: str) -> None:
    """Say some texts, each as news, as a warning or as trouble."""
    for name, severity in zip(names, SEVERITIES, strict=False):
        robot.app.say(world.texts[name], severity=severity)
    await robot.settle()
    look(robot, *names)
    robot.app.clear_notifications()


async def walk_past(robot: Robot, world: World) -> None:
    """See the main screens in passing."""
    await opened(robot, shows=["pipeline", "stage", "title"])
    await opened(robot, "enter", shows=["title", "reference", "task"])
    await robot.press("escape")
    await opened(robot, "t", shows=["title2"])
    await opened(robot, "f3", shows=["first_name"])
    await say(robot, world, "note", "pipeline", "rule")


WALKS = (walk_board, walk_table, walk_deal, walk_contacts, walk_rest, walk_words)

ALL = ["".join(FRAGMENTS[at::3]) for at in range(3)]


async def walked(walk: Walk, blank: Path, tails: Sequence[str], size: tuple[int, int]) -> None:
    """Walk through a workspace of texts that end in `tails`."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "dealboard.db")
        shutil.copy(blank, path)
        world = World.build(path, tails)
        workspace = Workspace.open(path, clock=Clock())
        async with driving(workspace, path, size=size, tooltips=True) as robot:
            await walk(robot, world)
        workspace.close()


@pytest.mark.parametrize("walk", WALKS)
async def test_every_screen_shows_text_as_it_is(walk: Walk, blank: Path) -> None:
    await walked(walk, blank, ALL, (180, 50))


@given(tails=st.lists(TAILS, min_size=3, max_size=9))
@settings(max_examples=4, suppress_health_check=list(HealthCheck))
async def test_any_text_is_shown_as_it_is(blank: Path, tails: list[str]) -> None:
    await walked(walk_past, blank, tails, (90, 30))


async def test_the_first_run_shows_text_as_it_is(tmp_path: Path) -> None:
    """The place of the file, a name and a pipeline's, before there is a workspace."""
    folder = tmp_path / HEAD.replace("/", "")
    folder.mkdir()
    texts = {name: f"{marker(name)}{HEAD}{ALL[0]}"[:60].strip() for name in ("user", "pipeline")}
    async with driving(None, folder / "d.db", size=(180, 50)) as robot:
        await robot.until(lambda: name_of(robot) == "FirstRun" and robot.app.focused)
        look(robot)
        assert "␛[31m" in "".join(line.strip(" │") for line in robot.text.split("\n"))
        await paste(robot, texts["user"])
        await opened(robot, "f2", screen="PipelineScreen")
        await paste(robot, texts["pipeline"])
        look(robot, "pipeline")
        await opened(robot, "f2", screen="BoardScreen", shows=["pipeline"])
        await opened(robot, "comma", "2", shows=["user"])
