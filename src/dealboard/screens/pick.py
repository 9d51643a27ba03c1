"""Choosing one of a few things by a single key, the arrows, a word of its name or the mouse."""

from collections.abc import Iterable, Sequence
from string import ascii_lowercase, digits
from typing import ClassVar, Generic

from rich.cells import cell_len, set_cell_size
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from dealboard.domain.text import fold, safe
from dealboard.widgets.chooser import Choice, Chooser, IdT
from dealboard.widgets.dialog import Dialog
from dealboard.widgets.line import SearchLine

__all__ = ["Choice", "Pick"]

KEYS = "".join(key for key in digits[1:] + ascii_lowercase if key not in "gjkq")
"""What takes a choice at once; the letters that move and leave are not among them."""

LABEL_CELLS = 40
"""Longer names are cut in the list."""

TITLE_CELLS = 70
"""Longer titles are cut in the frame, which is as wide as its title."""


class _Choices(OptionList):
    """The list; vim's keys move in it too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "cursor_up", "Up", show=False),
        Binding("j", "cursor_down", "Down", show=False),
        Binding("g", "first", "First", show=False),
        Binding("G", "last", "Last", show=False),
    ]


class Pick(ModalScreen[IdT | None], Generic[IdT]):
    """A short list under a title; answers the id of the choice, None for Esc.

    A choice without a key gets the next free of 1–9 and a–z.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"take('{key}')", show=False) for key in f"0{KEYS}"),
        Binding("slash", "filter", "Filter", id="pick.filter"),
        Binding("q,escape", "leave", "Close", id="pick.close"),
    ]

    AUTO_FOCUS = "_Choices"

    DEFAULT_CSS = """
    Pick {
        align: center middle;
        & > Dialog { width: auto; min-width: 34; }
        & SearchLine { display: none; margin-bottom: 1; }
        &.-filtering SearchLine { display: block; }
        & _Choices, & _Choices:focus {
            width: auto;
            min-width: 30;
            border: none;
            padding: 0;
            background: transparent;
            background-tint: transparent;
        }
    }
    """

    def __init__(
        self, title: str, choices: Sequence[Choice[IdT]], *, chosen: IdT | None = None
    ) -> None:
        super().__init__()
        self._title = title
        self._choices: dict[str, Choice[IdT]] = dict(_with_keys(choices))
        self._chosen: IdT | None = chosen
        self._list = _Choices(id="choices", compact=True)
        self._list.styles.min_width = max(30, min(cell_len(safe(title)) + 4, TITLE_CELLS))

    def compose(self) -> ComposeResult:
        """Yield the filter, which waits for `/`, and the list."""
        with Dialog(title=self._title, hint="key or ⏎ · / filter · esc"):
            yield SearchLine(self._list, placeholder="filter")
            yield self._list
        self._show("")

    def _show(self, text: str) -> None:
        wanted = fold(text)
        shown = {key: each for key, each in self._choices.items() if wanted in fold(each.label)}
        width = max((min(cell_len(safe(c.label)), LABEL_CELLS) for c in shown.values()), default=0)
        hints = max((cell_len(safe(each.hint)) for each in shown.values()), default=0)
        rows = (_option(key, each, width, hints) for key, each in shown.items())
        self._list.set_options(rows)
        at = (number for number, each in enumerate(shown.values()) if each.id == self._chosen)
        self._list.highlighted = 0 if wanted else next(at, 0)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys alone that belong to no choice."""
        return action != "take" or parameters[0] in self._choices

    def action_take(self, key: str) -> None:
        """Answer the choice of a key."""
        self.dismiss(self._choices[key].id)

    def action_filter(self) -> None:
        """Let a part of the name be typed."""
        self.add_class("-filtering")
        self.query_one(SearchLine).focus()

    def action_leave(self) -> None:
        """Take the filter away, or leave without an answer."""
        if not self.has_class("-filtering"):
            self.dismiss(None)
            return
        self.remove_class("-filtering")
        self.query_one(SearchLine).value = ""
        self._list.focus()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self._show(event.value)

    @on(OptionList.OptionSelected)
    def _take(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is not None:
            self.action_take(event.option_id)


def offer_list(event: Chooser.ListWanted) -> None:
    """Offer what a chooser can be, as a list; it takes what is chosen there."""
    chooser = event.chooser

    def choose(chosen: int | None) -> None:
        if chosen is not None:
            chooser.choose(chosen)

    picker = Pick(chooser.title, chooser.choices, chosen=chooser.chosen)
    chooser.app.push_screen(picker, choose)


def _with_keys(choices: Sequence[Choice[IdT]]) -> Iterable[tuple[str, Choice[IdT]]]:
    """Give every choice a key of its own; behind the last key they have none that can be typed."""
    taken = {each.key for each in choices}
    free = (key for key in KEYS if key not in taken)
    for number, each in enumerate(choices):
        yield each.key or next(free, f"#{number}"), each


def _option(key: str, choice: Choice[IdT], width: int, hints: int) -> Option:
    label = safe(choice.label)
    if cell_len(label) > width:
        label = f"{set_cell_size(label, width - 1)}…"
    shown_key = key if len(key) == 1 else " "
    hint = safe(choice.hint)
    gap = " " * (hints - cell_len(hint) + 3)
    return Option(
        Content.assemble(
            (f" {shown_key}  ", "$text-accent bold"),
            set_cell_size(label, width),
            (f"{gap}{hint} " if hints else " ", "dim"),
        ),
        id=key,
    )
