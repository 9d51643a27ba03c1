"""What is done to deals from any view of them: to those selected, else to the one at the cursor.

Several deals are changed in one transaction, so that one `u` takes all of it back. What the deals
look like, and where the cursor is, the views themselves know.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from dealboard import actions
from dealboard.domain.stages import MARK, StageKind
from dealboard.domain.views import Pipeline, Stage
from dealboard.screens.place import Place
from dealboard.screens.targets import Material, Targets
from dealboard.store.reads import deals

if TYPE_CHECKING:
    from pathlib import Path

    from dealboard.store.transaction import Receipt, Transaction

Verb = Callable[[Targets], None]
"""Does something to deals."""

MANY = 20
"""Deals above which their number has to be typed before they are deleted (decision 49)."""

ELSEWHERE = 0
"""Chosen among the stages: another pipeline."""


class DealVerbs(Place):
    """A view of deals with a cursor and a selection."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "pick_stage", "Move to", id="deal.move"),
        Binding("w", "win", "Won", id="deal.win"),
        Binding("x", "lose", "Lost", id="deal.lose"),
        Binding("O", "give", "Owner", show=False, id="deal.owner"),
        Binding("D", "delete", "Delete", show=False, id="deal.delete"),
        Binding("C", "clone", "Clone", show=False, id="deal.clone"),
        Binding("plus", "shift(1)", "Close date a day later", show=False, id="deal.later"),
        Binding("minus", "shift(-1)", "Close date a day earlier", show=False, id="deal.earlier"),
        Binding("equals_sign", "date", "Close date", show=False, id="deal.close_date"),
        Binding("full_stop", "again", "Do the last thing again", show=False, id="deal.again"),
    ]

    material = Material()

    _last: "Verb | None" = None
    """What was last done here to deals."""

    # ── what a view knows ─────────────────────────────────────────────────────────────────────

    @property
    def cursor_deal(self) -> int | None:
        """The deal under the cursor."""
        raise NotImplementedError

    @property
    def selected(self) -> frozenset[int]:
        """The selected deals."""
        raise NotImplementedError

    @property
    def pipeline_id(self) -> int | None:
        """The pipeline in which a new deal begins, and whose stages are offered first."""
        raise NotImplementedError

    def title_of(self, deal_id: int) -> str:
        """Return the title of a deal, nothing where it is not at hand."""
        raise NotImplementedError

    def targets(self) -> Targets | None:
        """Return the selected deals, else the one under the cursor, None where there is none."""
        if ids := self.selected:
            return Targets(tuple(sorted(ids)), self.title_of(min(ids)))
        return self.here()

    def here(self) -> Targets | None:
        """Return the deal under the cursor alone."""
        deal_id = self.cursor_deal
        return None if deal_id is None else Targets((deal_id,), self.title_of(deal_id))

    # ── what is done ──────────────────────────────────────────────────────────────────────────

    def act(self, targets: Targets, verb: Verb) -> None:
        """Do something to deals, and keep it at hand for others."""
        self._last = verb
        verb(targets)

    def action_again(self) -> None:
        """Do to these deals what was last done to others, without asking anew."""
        if self._last is None:
            self.dealboard.say("Nothing was done here yet that could be done again.")
        elif targets := self.targets():
            self._last(targets)

    def on_each(
        self,
        targets: Targets,
        verb: "Callable[[Transaction, int], Any]",
        label: str,
    ) -> None:
        """Do something to each of the deals in one operation, named `label` if they are several."""

        def act(tx: "Transaction") -> None:
            if len(targets.ids) > 1:
                tx.describe(label)
            for deal_id in targets.ids:
                verb(tx, deal_id)

        self.do(act)

    def said(self, receipt: "Receipt[Any]") -> None:
        """Say what was done, and offer to fill in what a won deal lacks."""
        super().said(receipt)
        self.offer_amount(receipt)

    def action_win(self) -> None:
        """Move the deals to Won."""
        if targets := self.targets():
            self.act(targets, lambda them: self.close(them, StageKind.WON))

    def close(self, targets: Targets, kind: StageKind, reason: str = "") -> None:
        """Move deals to Won or Lost, each of its own pipeline."""
        first, *others = targets.ids
        if others:
            self.do(lambda tx: actions.deals.close_many(tx, targets.ids, kind, reason))
        elif kind is StageKind.WON:
            self.do(lambda tx: actions.deals.win(tx, first))
        else:
            self.do(lambda tx: actions.deals.lose(tx, first, reason))

    def action_lose(self) -> None:
        """Ask for a reason and move the deals to Lost."""
        targets = self.targets()
        if targets is None:
            return
        from dealboard.screens.ask import Ask

        def lose(reason: str | None) -> None:
            if reason is not None:
                self.act(targets, lambda them: self.close(them, StageKind.LOST, reason))

        was = "was" if len(targets.ids) == 1 else "were"
        title = f"Why {was} {targets.name} lost?"
        self.app.push_screen(Ask(title, placeholder="Enter leaves it open"), lose)

    def move_by(self, targets: Targets, by: int) -> None:
        """Move deals by stages, each in its own pipeline."""
        first, *others = targets.ids
        if others:
            self.do(lambda tx: actions.deals.step_many(tx, targets.ids, by))
        else:
            self.do(lambda tx: actions.deals.move(tx, first, by=by))

    def action_pick_stage(self) -> None:
        """Ask for a stage, of this pipeline or another one, and move the deals there."""
        if targets := self.targets():
            self._pick_stage(targets, self.pipeline_id)

    @work
    async def _pick_stage(self, targets: Targets, pipeline_id: int | None) -> None:
        from dealboard.screens.pick import Choice, Pick

        stages = self.material.beside(pipeline_id)
        choices = [_choice(stage) for stage in stages]
        others = [each for each in self.material.pipelines if each.id != pipeline_id]
        if others:
            choices.append(Choice(ELSEWHERE, "Another pipeline…", key="p"))
        now = self.stage_now()
        chosen = await self.app.push_screen_wait(
            Pick(f"Move {targets.name} to", choices, chosen=now)
        )
        if chosen == ELSEWHERE:
            await self._pick_pipeline(targets, others)
        elif chosen is not None:
            self.act(targets, lambda them: self.move_to(them, chosen))

    def stage_now(self) -> int | None:
        """Return the stage of the deal under the cursor, if it is at hand."""
        return None

    def move_to(self, targets: Targets, stage_id: int) -> None:
        """Move deals to a stage."""
        first, *others = targets.ids
        if others:
            self.do(lambda tx: actions.deals.move_many(tx, targets.ids, stage_id))
        else:
            self.do(lambda tx: actions.deals.move(tx, first, stage_id=stage_id))

    async def _pick_pipeline(self, targets: Targets, others: Sequence[Pipeline]) -> None:
        """Move deals to the stages of another pipeline that mean the same (decision 15)."""
        from dealboard.screens.pick import Choice, Pick

        title = f"Move {targets.name} to the same stage of"
        choices = [Choice(each.id, each.name) for each in others]
        chosen = await self.app.push_screen_wait(Pick(title, choices))
        if chosen is not None:
            self.act(targets, lambda them: self.move_over(them, chosen))

    def move_over(self, targets: Targets, pipeline_id: int) -> None:
        """Move deals to another pipeline."""
        self.do(lambda tx: actions.deals.move_many(tx, targets.ids, pipeline_id=pipeline_id))

    def action_shift(self, days: int) -> None:
        """Move the close dates by days."""
        if targets := self.targets():
            self.act(targets, lambda them: self.shift(them, days))

    def shift(self, targets: Targets, days: int) -> None:
        """Move the close dates of deals by days."""
        self.on_each(
            targets,
            lambda tx, deal_id: actions.deals.shift_close_date(tx, deal_id, days),
            f"{targets.name}: close dates {days:+} day",
        )

    def action_date(self) -> None:
        """Ask for a close date and give it to the deals."""
        targets = self.targets()
        if targets is None:
            return
        from dealboard.screens.asking import ask_day
        from dealboard.screens.typed import Given

        def keep(given: Given[date | None] | None) -> None:
            if given is not None:
                self.act(targets, lambda them: self.set_day(them, given.value))

        self.app.push_screen(ask_day(self, f"Close date of {targets.name}"), keep)

    def set_day(self, targets: Targets, day: date | None) -> None:
        """Give deals a close date, or none."""
        self.do(lambda tx: actions.deals.date_many(tx, targets.ids, day))

    def action_give(self) -> None:
        """Ask for another owner of the deals."""
        targets = self.targets()
        if targets is None or not self.material.active:
            return
        from dealboard.screens.pick import Choice, Pick

        def give(owner_id: int | None) -> None:
            if owner_id is not None:
                self.act(targets, lambda them: self.assign(them, owner_id))

        me = self.dealboard.workspace.user.id
        choices = [
            Choice(each.id, each.name, "you" if each.id == me else "")
            for each in self.material.active
        ]
        self.app.push_screen(Pick(f"Give {targets.name} to", choices), give)

    def assign(self, targets: Targets, owner_id: int) -> None:
        """Give deals to another owner."""
        self.do(lambda tx: actions.deals.assign_many(tx, targets.ids, owner_id))

    def action_clone(self) -> None:
        """Add a copy of each of the deals."""
        if targets := self.targets():
            self.act(targets, self.clone)

    def clone(self, targets: Targets) -> None:
        """Add a copy of each of some deals."""
        self.on_each(
            targets,
            lambda tx, deal_id: actions.deals.clone(tx, deal_id),
            f"Cloned {targets.name}",
        )

    def action_delete(self) -> None:
        """Ask, then delete."""
        if targets := self.targets():
            self.delete(targets)

    def delete(self, targets: Targets, *, detail: str = "") -> None:
        """Ask, then delete deals; of many their number has to be typed."""
        from dealboard.screens.confirm import Confirm

        def delete(sure: bool | None) -> None:
            if sure:
                self.dealboard.start(self._delete(targets))

        detail = detail or f"u brings {targets.them} back."
        typed = str(len(targets.ids)) if len(targets.ids) > MANY else None
        self.app.push_screen(Confirm(f"Delete {targets.name}?", detail=detail, typed=typed), delete)

    async def _delete(self, targets: Targets) -> None:
        """Delete deals; behind a backup if they are many (decision 50)."""
        if len(targets.ids) > MANY:
            self.dealboard.say(f"Deleting {targets.name} behind a backup…")
            if await self.dealboard.report(self._back_up()) is None:
                return
        self.do(lambda tx: actions.deals.delete(tx, targets.ids))

    async def _back_up(self) -> "Path":
        """Copy the workspace beside itself and return the copy. Raises StorageFailed."""
        return await asyncio.to_thread(self.dealboard.workspace.backup_before, "delete")

    # ── Won without an amount ─────────────────────────────────────────────────────────────────

    def offer_amount(self, receipt: "Receipt[Any]") -> None:
        """Offer to fill in the amount of a deal that was just won without one.

        The deal is won already: what is typed is a change of its own, and Esc leaves it at that.
        """
        deal_id = self._newly_won(receipt)
        if deal_id is not None:
            self._ask_amount(deal_id)

    def _newly_won(self, receipt: "Receipt[Any]") -> int | None:
        """Return the only deal that a change moved to Won."""
        moved = {
            each.row_id: each.after["stage_id"]
            for each in receipt.touched
            if each.table == "deal" and each.before and each.after and "stage_id" in each.after
        }
        if receipt.kind != "do" or len(moved) != 1:
            return None
        ((deal_id, stage_id),) = moved.items()
        stage = self.material.stage(stage_id)
        return deal_id if stage is None or stage.kind is StageKind.WON else None

    @work
    async def _ask_amount(self, deal_id: int) -> None:
        app = self.dealboard
        deal = await app.report(app.read(deals.deal, deal_id))
        if deal is None or deal.amount is not None or deal.stage.kind is not StageKind.WON:
            return
        from dealboard.screens.asking import ask_amount

        title = f"{deal.title} is won. What is it worth?"
        given = await self.app.push_screen_wait(ask_amount(self, title, deal.currency))
        if given is not None and given.value is not None:
            amount = given.value
            self.do(lambda tx: actions.deals.edit(tx, deal_id, {"amount": amount}))


def _choice(stage: Stage) -> Any:
    from dealboard.screens.pick import Choice

    return Choice(stage.id, f"{stage.name} {MARK[stage.kind]}".strip(), f"{stage.probability} %")
