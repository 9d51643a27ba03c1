"""The line in which a text of an automation is typed, and the fields it offers from `{{` on."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from dealboard.domain.rule_fields import Offer, begun, completed, matching
from dealboard.domain.text import safe
from dealboard.widgets.chosen import fitted
from dealboard.widgets.field_editor import FieldEditor

NAME_CELLS = 26
TITLE_CELLS = 16
OFFERS_LINES = 8
"""Lines that the list takes at most."""

NOT_FOUND = "No field is called so; ⌫, or esc closes the list."


class Offers(OptionList, can_focus=False):
    """The fields that can be put in; the keys are the line's."""

    DEFAULT_CSS = """
    Offers {
        position: absolute;
        display: none;
        width: 72;
        max-width: 100%;
        height: auto;
        max-height: 8;
        padding: 0;
        background: $panel;
        background-tint: transparent;
    }
    """

    def __init__(self) -> None:
        super().__init__(compact=True)
        self.offered: tuple[Offer, ...] = ()

    def offer(self, some: Sequence[Offer]) -> None:
        """Show these, the first one highlighted."""
        if tuple(some) == self.offered and self.option_count:
            return
        self.offered = tuple(some)
        self.set_options([_option(each) for each in some] or [Option(NOT_FOUND, disabled=True)])
        self.highlighted = 0 if some else None

    @property
    def lines(self) -> int:
        """Lines that it takes."""
        return min(max(1, len(self.offered)), OFFERS_LINES)


def _option(offer: Offer) -> Option:
    return Option(
        Content.assemble(
            f" {fitted(safe(offer.name), NAME_CELLS)} ",
            (f"{fitted(safe(offer.title), TITLE_CELLS)} ", "dim"),
            (safe(offer.example), "italic"),
        )
    )


class RuleLine(FieldEditor):
    """A line to type in; from `{{` on it offers fields, which ↑ ↓ and Enter or Tab choose."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk('cursor_up')", "Field above", show=False),
        Binding("down", "walk('cursor_down')", "Field below", show=False),
        Binding("pageup", "walk('page_up')", "Fields above", show=False),
        Binding("pagedown", "walk('page_down')", "Fields below", show=False),
        Binding("tab", "take", "Put the field in", show=False),
        Binding("escape", "shut", "Close the list", show=False),
    ]

    def __init__(
        self, submit: Callable[[], None], offers: Offers, place: Callable[[], None]
    ) -> None:
        super().__init__(submit)
        self._list = offers
        self._place = place
        self._offers: tuple[Offer, ...] = ()
        self._shut = -1

    def take_fields(self, offers: Sequence[Offer]) -> None:
        """Offer these from `{{` on; none where a text takes no fields."""
        self._offers = tuple(offers)
        self._shut = -1
        self.hide_offers()

    @property
    def completing(self) -> bool:
        """Whether the list is open."""
        return bool(self._list.display)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys of the list to the form where there is none."""
        if action in ("walk", "take", "shut"):
            return self.completing
        return super().check_action(action, parameters)

    def look(self) -> None:
        """Open, narrow or close the list, as what is typed has it."""
        found = begun(self.value, self.cursor_position) if self._offers else None
        if found is None:
            self._shut = -1
        if found is None or found.start == self._shut:
            self.hide_offers()
            return
        self._list.offer(matching(self._offers, found.typed))
        self._list.display = True
        self._place()

    def hide_offers(self) -> None:
        """Close the list."""
        self._list.display = False

    async def action_walk(self, action: str) -> None:
        """Move in the list."""
        await self.app.run_action(action, self._list)

    def action_take(self) -> None:
        """Put the highlighted field in."""
        self.put_in(self._list.highlighted)

    def put_in(self, place: int | None) -> None:
        """Put one of the offered fields in where it was begun."""
        if place is not None and place < len(self._list.offered):
            offer = self._list.offered[place]
            text, cursor = completed(self.value, self.cursor_position, offer)
            self.value = text
            self.cursor_position = cursor
            self.hide_offers()

    def action_shut(self) -> None:
        """Close the list for the field that is being typed."""
        found = begun(self.value, self.cursor_position)
        self._shut = -1 if found is None else found.start
        self.hide_offers()

    async def action_submit(self) -> None:
        """Put the highlighted field in; or be done where none is offered."""
        if self.completing and self._list.offered:
            self.action_take()
        else:
            await super().action_submit()

    def watch_selection(self) -> None:
        """Look again when the cursor went elsewhere in the text."""
        if self.is_mounted and self.has_focus:
            self.look()

    def on_blur(self) -> None:
        """Close the list."""
        self.hide_offers()
