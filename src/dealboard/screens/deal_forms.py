"""What is opened about deals from any view of them: their pages, the forms, what can be copied."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, NamedTuple

from textual import events, work
from textual.binding import Binding, BindingType

from dealboard import actions
from dealboard.domain.text import excerpt
from dealboard.domain.views import Row
from dealboard.screens.deal_verbs import DealVerbs
from dealboard.screens.targets import Targets

CLIPBOARD = 1_000
"""Deals that fit into what terminals take for their clipboard."""


class Copy(NamedTuple):
    """What `y` offers to copy, and the key that takes it."""

    key: str
    label: str
    text: str


class DealForms(DealVerbs):
    """A view of deals from which one opens them, and makes new ones."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("N", "quick_add", "Quick add", id="deal.quick_add"),
        Binding("a", "add_activity", "Call, note or task", show=False, id="deal.activity"),
        Binding("E", "write_note", "Note in $EDITOR", show=False, id="deal.note"),
        Binding("y", "copy", "Copy", show=False, id="deal.copy"),
    ]

    @property
    def new_stage_id(self) -> int | None:
        """The stage in which a new deal begins."""
        raise NotImplementedError

    # ── forms and pages ───────────────────────────────────────────────────────────────────────

    def action_new_deal(self) -> None:
        """Open the form for a new deal."""
        stage_id = self.new_stage_id
        if stage_id is None:
            self.action_new_pipeline()
        else:
            self.new_deal(stage_id)

    def action_new_pipeline(self) -> object:
        """Open the form for a new pipeline."""
        raise NotImplementedError

    def new_deal(self, stage_id: int) -> None:
        """Open the form for a new deal in a stage."""
        from dealboard.screens.deal import DealScreen

        self.app.push_screen(DealScreen(stage_id=stage_id))

    def open_deal(self, deal_id: int) -> None:
        """Open the page of a deal, from which one turns to those around it."""
        self.dealboard.open(self._show_deal(deal_id))

    async def _show_deal(self, deal_id: int) -> None:
        from dealboard.screens.kept_pages import show_deal

        await show_deal(self.dealboard, deal_id, await self.around(deal_id))

    async def around(self, deal_id: int) -> Sequence[int]:
        """Return the deals before and after one, in the order in which they are shown."""
        return (deal_id,)

    def action_add_activity(self) -> None:
        """Open the form of a call, a meeting, a note or a task about the deal at the cursor."""
        if targets := self.here():
            from dealboard.screens.activity import ActivityScreen

            (deal_id,) = targets.ids
            self.app.push_screen(ActivityScreen(deal_id=deal_id, about=targets.name))

    def action_write_note(self) -> None:
        """Write a note on the deal at the cursor in the user's own editor; an empty one is none."""
        if targets := self.here():
            from dealboard.screens import editor

            (deal_id,) = targets.ids
            text = editor.edit(self.dealboard, "")
            if text is not None:
                self.do(lambda tx: actions.activities.add(tx, "note", text, deal_id=deal_id))

    def on_paste(self, event: events.Paste) -> None:
        """Make of a text that is pasted where nothing is typed a deal, not a row of commands."""
        text = " ".join(event.text.split())
        if text and self.check_action("quick_add", ()):
            event.stop()
            self.quick_add(text)

    def action_quick_add(self) -> None:
        """Ask for a deal in one line."""
        self.quick_add()

    def quick_add(self, text: str = "") -> None:
        """Ask for a deal in one line that begins with a text."""
        stage = self.material.stage(self.new_stage_id or 0)
        pipelines = self.material.pipelines
        pipeline = next((p for p in pipelines if stage and p.id == stage.pipeline_id), None)
        if stage is None or pipeline is None:
            return
        from dealboard.screens.quick_add import QuickAdd

        self.app.push_screen(QuickAdd(stage, pipeline, text))

    # ── the clipboard ─────────────────────────────────────────────────────────────────────────

    @work
    async def action_copy(self) -> None:
        """Copy to the clipboard of the terminal, also of one at the other end of a line."""
        targets = self.targets()
        if targets is None:
            return
        if len(targets.ids) > CLIPBOARD:
            self.dealboard.say(
                f"{targets.name} are too many for the clipboard · ctrl+e exports them"
            )
            return
        from dealboard.store.reads import table

        rows = await self.dealboard.report(self.dealboard.read(table.rows, targets.ids))
        if not rows:
            return
        from dealboard.screens.pick import Choice, Pick

        offered = [*self.copies(rows), *await self._ways(targets)]
        choices = [
            Choice(at, each.label, excerpt(each.text, 30), each.key)
            for at, each in enumerate(offered)
        ]
        chosen = await self.app.push_screen_wait(Pick(f"Copy of {targets.name}", choices))
        if chosen is not None:
            text = offered[chosen].text
            self.app.copy_to_clipboard(text)
            self.dealboard.say(f"Copied {excerpt(text)}")

    async def _ways(self, targets: Targets) -> list[Copy]:
        """Return the ways to reach the first contact of a single deal."""
        if len(targets.ids) > 1:
            return []
        from dealboard.store.reads import deals
        from dealboard.widgets.contact_copy import openable

        deal = await self.dealboard.report(self.dealboard.read(deals.deal, *targets.ids))
        ways = openable(deal.contacts[0]) if deal and deal.contacts else ()
        return [Copy(way.key, f"{way.label} of the contact", way.text) for way in ways]

    def copies(self, rows: tuple[Row, ...]) -> "list[Copy]":
        """Return what can be copied of some deals."""
        from dealboard.widgets.deal_columns import Context, columns, plain

        app = self.dealboard
        probabilities = {each.id: each.probability for each in self.material.stages}
        how = Context(app.workspace.today, app.config.locale, probabilities)
        shown = columns(())
        several = len(rows) > 1
        return [
            Copy("t", "Titles" if several else "Title", "\n".join(row.title for row in rows)),
            Copy("n", "Numbers" if several else "Number", " ".join(f"#{row.id}" for row in rows)),
            Copy("r", "For a spreadsheet", tab_separated(plain(row, shown, how) for row in rows)),
        ]


def tab_separated(rows: Iterable[Iterable[str]]) -> str:
    """Return rows as a spreadsheet takes them from the clipboard: no tab or break in a cell."""
    return "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in rows)
