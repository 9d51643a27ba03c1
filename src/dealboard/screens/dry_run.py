"""The dry run of an automation: on a deal that is chosen, exactly what would change, in words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button

from dealboard.domain.automations import Preview
from dealboard.domain.rule_words import Manner, condition_words
from dealboard.domain.rules import Rule
from dealboard.domain.text import excerpt
from dealboard.domain.views import Deal
from dealboard.screens.find_deal import FindDeal
from dealboard.screens.rule_stock import read_stock
from dealboard.screens.saving import dealboard
from dealboard.store.reads import deals
from dealboard.widgets.blocks import EMPTY, Block, rule
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.widgets.line_list import LineList
from dealboard.widgets.lines import Line
from dealboard.widgets.wrapping import wrap

if TYPE_CHECKING:
    from dealboard.workspace import Workspace

TITLE = "Dry run: on which deal?"
AGAIN = "again"


async def dry_run(node: Widget, kept: Rule, automation_id: int | None) -> None:
    """Ask for a deal and show what a rule would do to it, until that is enough.

    `automation_id` is the kept rule whose place this one takes; None for a new one.
    """
    app = dealboard(node)

    def rehearse(workspace: "Workspace") -> Preview:
        from dealboard.automations.preview import preview

        return preview(workspace, kept, deal_id, automation_id=automation_id)

    while (deal_id := await app.push_screen_wait(FindDeal(TITLE)) or 0) > 0:
        found = await app.report(app.beside(rehearse))
        deal = await app.report(app.read(deals.deal, deal_id))
        stock = await app.report(app.read(read_stock, app.workspace.today, app.config.locale))
        if found is None or deal is None or stock is None:
            return
        if await app.push_screen_wait(DryRun(kept, deal, found, stock.manner)) != AGAIN:
            return


class Findings(LineList):
    """What a dry run found, line by line."""

    DEFAULT_CSS = "Findings { height: auto; max-height: 30; background: $surface; }"

    def __init__(self, preview: Preview, how: Manner) -> None:
        super().__init__()
        self._preview = preview
        self._how = how

    def blocks(self, width: int) -> Sequence[Block]:
        """Return the findings; nothing of it is chosen, so that keys scroll."""
        return [Block("all", tuple(findings(self._preview, self._how, width)), stops=False)]

    def get_content_height(self, *_: object) -> int:
        """Return the lines that they take."""
        return len(self.blocks(self.line_width or 60)[0].lines)


def findings(preview: Preview, how: Manner, width: int) -> list[Line]:
    """Return what a dry run found: conditions, the branch, each change, and what is wrong."""
    lines: list[Line] = []
    if preview.assumed:
        lines += _wrapped("Assumed: ", preview.assumed, "muted", width)
    for check in preview.checks:
        mark, style = ("✓ ", "won") if check.holds else ("✗ ", "lost")
        lines += _wrapped(mark, condition_words(check.condition, how), style, width)
    if lines:
        lines.append(EMPTY)
    lines.append(rule(_branch(preview), width))
    for line in preview.lines:
        lines += _wrapped("• ", line, "text", width)
    if not preview.lines:
        lines.append((("Nothing would change.", "muted"),))
    if preview.problem:
        lines += [EMPTY, *_wrapped("✗ It would fail: ", preview.problem, "overdue", width)]
    return lines


def _branch(preview: Preview) -> str:
    match preview.branch:
        case "then":
            return "Then"
        case "else":
            return "The conditions do not hold: otherwise"
        case _:
            return "It would not run" if not preview.problem else "What would change"


def _wrapped(mark: str, text: str, style: str, width: int) -> list[Line]:
    first, *more = wrap(f"{mark}{text}", max(8, width - 2)) or ("",)
    return [((first, style),), *(((f"  {line}", style),) for line in more)]


class DryRun(ModalScreen[str | None]):
    """What a rule would do to a deal; answers `AGAIN` for another deal."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d,slash", "again", "Another deal", id="dry_run.again"),
        Binding("q,escape,enter", "leave", "Close", id="dry_run.close"),
    ]

    AUTO_FOCUS = "Findings"

    DEFAULT_CSS = """
    DryRun {
        align: center middle;
        & > Dialog { width: 84; padding: 1 1 0 1; }
    }
    """

    def __init__(self, kept: Rule, deal: Deal, preview: Preview, how: Manner) -> None:
        super().__init__()
        self._rule = kept
        self._deal = deal
        self._preview = preview
        self._how = how

    def compose(self) -> ComposeResult:
        """Yield the findings and the buttons."""
        name = excerpt(self._rule.name, 30)
        title = f"Dry run of {name} on {excerpt(self._deal.title, 30)}"
        with Dialog(title=title, hint="nothing is changed · d another deal · esc closes"):
            yield Findings(self._preview, self._how)
            with Buttons():
                yield button("Another deal", "d", id="again")
                yield button("Close", "esc", id="close", variant="primary")

    @on(Button.Pressed, "#again")
    def action_again(self) -> None:
        """Answer that another deal is wanted."""
        self.dismiss(AGAIN)

    @on(Button.Pressed, "#close")
    def action_leave(self) -> None:
        """Leave."""
        self.dismiss(None)
