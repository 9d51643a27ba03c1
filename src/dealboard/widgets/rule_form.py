"""The form of an automation as one widget: drawn lines, and a line to type in over the one at hand.

It knows the rule as it is edited (`Draft`); lists to choose from are shown by its screen, which
hears of them by `ListWanted`, and who reads and writes is the screen's business too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input, OptionList

from dealboard.domain.rule_fields import Offer
from dealboard.widgets.blocks import Block
from dealboard.widgets.line_list import FromLines, LineList
from dealboard.widgets.rule_draft import ADD, BRANCHES, ENABLED, NEED, Draft, Spot
from dealboard.widgets.rule_line import Offers, RuleLine
from dealboard.widgets.rule_lines import (
    FIELD,
    HOW,
    MOVE_DOWN,
    MOVE_UP,
    TAKE_OFF,
    VALUE,
    View,
    cell_at,
    placeholder,
    rule_blocks,
    value_place,
)


class RuleForm(LineList):
    """When, if, then, otherwise, under a cursor. Enter chooses or types what stands there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,e,space", "enter", "Change", id="rule.change"),
        Binding("c", "add('if')", "Add condition", id="rule.add_condition"),
        Binding("a", "add('then')", "Add action", id="rule.add_action"),
        Binding("o", "add('else')", "Otherwise", show=False, id="rule.add_otherwise"),
        Binding("D,delete,backspace", "remove", "Remove", id="rule.remove"),
        Binding("K,alt+up", "shift(-1)", "Move up", show=False, id="rule.up"),
        Binding("J,alt+down", "shift(1)", "Move down", show=False, id="rule.down"),
        Binding("left,h", "cell(-1)", "Left in the condition", show=False, id="rule.left"),
        Binding("right,l", "cell(1)", "Right in the condition", show=False, id="rule.right"),
        Binding("tab", "flow(1)", "Next", show=False, id="rule.next"),
        Binding("shift+tab", "flow(-1)", "Before", show=False, id="rule.previous"),
        Binding("escape", "revert", "As it was", show=False, id="rule.revert"),
    ]

    DEFAULT_CSS = """
    RuleForm {
        & > RuleLine { position: absolute; }
        & > RuleLine.-textual-compact { padding: 0; }
    }
    """

    class Edited(Message):
        """The rule is another one now."""

    @dataclass
    class ListWanted(FromLines):
        """Something is to be chosen from a list; `cell` says which of a condition's parts."""

        spot: Spot
        cell: int

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._draft: Draft | None = None
        self._offered: tuple[Offer, ...] = ()
        self._cell = FIELD
        self._editing: Spot | None = None
        self._before = ""
        self._list = Offers()
        self._line = RuleLine(self._submit, self._list, self._place_editor)
        self._line.display = False

    def on_mount(self) -> None:
        """Have the line at hand."""
        self.mount(self._line, self._list)

    # ── what it shows ─────────────────────────────────────────────────────────────────────────

    @property
    def draft(self) -> Draft:
        """The rule as it is edited."""
        assert self._draft is not None  # noqa: S101 -- shown before anybody asks
        return self._draft

    @property
    def spot(self) -> Spot | None:
        """The place that the keys mean."""
        return self.cursor if isinstance(self.cursor, Spot) else None

    @property
    def editing(self) -> Spot | None:
        """The place that is typed in."""
        return self._editing

    def show(self, draft: Draft, offers: Sequence[Offer]) -> None:
        """Edit a rule; `offers` are the fields that its texts can have."""
        self._draft, self._offered = draft, tuple(offers)
        self.redraw()

    def blocks(self, width: int) -> Sequence[Block]:
        """Return the form."""
        if self._draft is None:
            return ()
        at = self.cursor if self.shows_cursor else None
        return rule_blocks(self._draft, View(at, self._cell, self._editing), width)

    @property
    def shows_cursor(self) -> bool:
        """Whether the cursor is drawn; also while a line over it has the focus."""
        return self.has_focus_within

    def put_cursor(self, key: object) -> None:
        """Move the cursor."""
        if key != self.cursor and not (isinstance(key, Spot) and key.part == "if"):
            self._cell = FIELD
        super().put_cursor(key)
        self.redraw()
        self.refresh_bindings()

    def redraw(self) -> None:
        """Draw the form anew, and lay the editor where its place is now."""
        super().redraw()
        self._place_editor()

    def changed(self, key: Spot | None = None) -> None:
        """Show what was changed in the draft, with the cursor at a place."""
        self.redraw()
        if key is not None:
            self.put_cursor(key)
        self.refresh_bindings()
        self.post_message(self.Edited())

    def go_to_complaint(self) -> None:
        """Put the cursor on the first thing that is wrong."""
        self.stop()
        self.redraw()
        wrong = self.draft.complaints
        spots = (block.key for block in self.blocks(self.line_width) if block.key in wrong)
        first = next(spots, None)
        if isinstance(first, Spot):
            self.put_cursor(first)
            if self.draft.is_typed(first):
                self.edit(first)

    # ── typing ────────────────────────────────────────────────────────────────────────────────

    def edit(self, spot: Spot) -> None:
        """Let a text be typed at a place."""
        self.stop()
        self._editing, self._before = spot, self.draft.text(spot)
        if spot.part == "if":
            self._cell = VALUE
        self.put_cursor(spot)
        fields = self.draft.takes_fields(spot)
        self._line.take_fields(self._offered if fields else ())
        self._line.begin(self._before, placeholder(spot, self.draft))
        if fields:
            self._line.action_end()
        self._line.display = True
        self._place_editor()
        self.screen.set_focus(self._line)

    def stop(self) -> None:
        """Be done with typing; what was typed stays."""
        spot, self._editing = self._editing, None
        if spot is None:
            return
        self._take(spot)
        self.draft.check(spot)
        was_focused = self._line.has_focus
        self._line.hide_offers()
        self._line.display = False
        if was_focused:
            self.screen.set_focus(self)
        self.redraw()
        self.refresh_bindings()

    def _take(self, spot: Spot) -> None:
        """Have in the draft what is typed; a text that nobody touched stays what it is."""
        text = self._line.value
        if text != self._before and text != self.draft.text(spot):
            self.draft.put(spot, text)
            self.post_message(self.Edited())

    def _submit(self) -> None:
        self.stop()
        self.step(1)

    def action_revert(self) -> None:
        """Have at the place again what stood there, and be done with typing."""
        spot = self._editing
        if spot is not None:
            self._line.value = self._before
            if self.draft.text(spot) != self._before:
                self.draft.put(spot, self._before)
            self.stop()
            self.post_message(self.Edited())

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        """Take what is typed into the draft at once."""
        event.stop()
        if self._editing is not None:
            self._take(self._editing)
            self._line.look()
            self.redraw()

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._line.put_in(event.option_index)

    def _place_editor(self) -> None:
        """Lay the line over its place, and what it offers below or above it."""
        spot = self._editing
        y = None if spot is None else self.line_of(spot)
        if spot is None or y is None:
            return
        x, room = value_place(spot, self.line_width)
        self._line.styles.offset = (x + 1, y)
        self._line.styles.width = room
        height, below = self._list.lines, self.size.height - y - 2
        top = y + 2 if height <= below or below >= y else max(0, y - height)
        self._list.styles.offset = (min(x + 1, max(0, self.size.width - 72)), top)

    def _show_from(self, first: int) -> None:
        super()._show_from(first)
        self._place_editor()

    def on_resize(self) -> None:
        """Lay the editor where its place will be."""
        self.call_after_refresh(self._place_editor)

    def on_descendant_focus(self) -> None:
        """Show the cursor."""
        self.redraw()

    def on_descendant_blur(self) -> None:
        """Be done with typing when the focus went elsewhere."""
        if not self.has_focus_within:
            self.stop()
            self.redraw()

    # ── what the keys do ──────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave the keys alone that mean nothing at the cursor."""
        spot = self.spot
        if action == "revert":
            return self._editing is not None
        if action == "flow":
            return self._editing is not None
        if action in ("enter", "add", "remove", "shift", "cell") and self._editing is not None:
            return False
        if action == "remove":
            return spot is not None and self._removes(spot)
        if action == "shift":
            return spot is not None and spot.at >= 0
        if action == "cell":
            return spot is not None and spot.part == "if" and spot.at >= 0
        return self._draft is not None

    def _removes(self, spot: Spot) -> bool:
        if spot.at >= 0 and not spot.arg:
            return True
        return spot.part in BRANCHES and spot.at >= 0 and spot.arg in self.draft.step(spot).args

    def action_enter(self) -> None:
        """Type at the cursor, or choose there."""
        if self.spot is not None:
            self.change(self.spot)

    def change(self, spot: Spot) -> None:
        """Type at a place, or choose there."""
        draft = self.draft
        if spot == ENABLED:
            draft.enable(enabled=not draft.rule.enabled)
            self.changed()
        elif spot == NEED:
            draft.need("any" if draft.rule.test.need == "all" else "all")
            self.changed()
        elif draft.is_typed(spot) and not (spot.part == "if" and self._cell != VALUE):
            self.edit(spot)
        else:
            self._want(spot)

    def _want(self, spot: Spot) -> None:
        self._tell(self.ListWanted(self, spot, self._cell))

    def change_value(self, at: int) -> None:
        """Type or choose what a condition is compared with, if it is with anything."""
        spot = Spot("if", at)
        self.put_cursor(spot)
        if self.draft.has_value(at):
            self._cell = VALUE
            self.change(spot)

    def action_add(self, part: str) -> None:
        """Ask for another condition or action."""
        spot = Spot(part, arg=ADD)
        self.put_cursor(spot)
        self._want(spot)

    def action_remove(self) -> None:
        """Take out the condition or the action at the cursor, or empty the argument."""
        spot = self.spot
        if spot is None or not self._removes(spot):
            return
        if spot.arg:
            self.draft.argue(spot, None)
            self.changed()
            return
        self.draft.remove(spot)
        some = (
            self.draft.rule.test.conditions
            if spot.part == "if"
            else self.draft.steps("then" if spot.part == "then" else "else")
        )
        after = Spot(spot.part, min(spot.at, len(some) - 1)) if some else Spot(spot.part, arg=ADD)
        self.changed(after)

    def action_shift(self, by: int) -> None:
        """Move the condition or the action at the cursor."""
        spot = self.spot
        if spot is not None and spot.at >= 0:
            to = self.draft.shift(spot, by)
            self.changed(spot._replace(at=to))

    def action_cell(self, by: int) -> None:
        """Go to another part of the condition."""
        spot = self.spot
        if spot is not None:
            last = VALUE if self.draft.has_value(spot.at) else HOW
            self._cell = min(max(self._cell + by, FIELD), last)
            self.redraw()

    def action_flow(self, by: int) -> None:
        """Be done with this text, and go on typing in the one below or above, if it is one."""
        self.stop()
        before = self.cursor
        self.step(by)
        spot = self.spot
        if spot is not None and spot != before and self.draft.is_typed(spot) and spot.part != "if":
            self.edit(spot)

    def action_step(self, by: int) -> None:
        """Move the cursor; that ends typing."""
        self.stop()
        super().action_step(by)

    # ── the mouse ─────────────────────────────────────────────────────────────────────────────

    def on_click(self, event: events.Click) -> None:
        """Do what was clicked: type, choose, move or take out."""
        event.prevent_default()
        if self.screen.get_widget_at(event.screen_x, event.screen_y)[0] is not self:
            return
        block = self.block_at(event.y)
        if block is None or not isinstance(block.key, Spot):
            return
        self.stop()
        spot, first = block.key, self.line_of(block.key) == event.y
        self.put_cursor(spot)
        from_end = self.size.width - 1 - event.x
        if spot.at >= 0 and not spot.arg and first:
            if from_end == TAKE_OFF:
                self.action_remove()
                return
            if from_end in (MOVE_UP, MOVE_DOWN):
                self.action_shift(1 if from_end == MOVE_DOWN else -1)
                return
        if spot.part == "if" and spot.at >= 0:
            cell = cell_at(event.x - 1, self.line_width)
            self._cell = cell if cell != VALUE or self.draft.has_value(spot.at) else HOW
        self.change(spot)
