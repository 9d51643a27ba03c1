"""What is typed on the page of a deal: kept at once, saved by F2 and not before, or discarded."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on, work
from textual.binding import Binding, BindingType

from dealboard.actions.edits import Conflict
from dealboard.errors import DealboardError, InvalidValue
from dealboard.screens.deal_opening import Opening, read_opening
from dealboard.screens.deal_panes import DealPanes
from dealboard.screens.drafts import Draft as Kept
from dealboard.screens.drafts import Keeping, key_of
from dealboard.screens.saving import writing
from dealboard.widgets.deal_fields import DealFields
from dealboard.widgets.deal_form import Draft, Values, in_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dealboard.store.transaction import Receipt
    from dealboard.widgets.contact_search import ContactSearch

MATCHES = 8
"""Contacts that the search offers at once."""


class DealEditing(DealPanes):
    """A deal whose fields are edited in place."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+s", "save", "Save", id="form.save"),
    ]

    def __init__(self, deal_id: int, around: "Sequence[int]" = ()) -> None:
        super().__init__(deal_id, around)
        self.saving = False
        self._elsewhere = False
        self._keeping: Keeping | None = None

    @property
    def dirty(self) -> bool:
        """Whether leaving would lose something."""
        return self.opening is not None and self.fields.dirty

    @property
    def mark(self) -> str:
        """Whether something is to be saved, and whether somebody else changed the deal since."""
        if not self.dirty:
            return ""
        meanwhile = ", and changed by somebody else meanwhile" if self._elsewhere else ""
        return f"not saved{meanwhile}"

    async def read_deal(self, deal_id: int) -> Opening | None:
        """Read a deal, None where it is gone or cannot be read."""
        app, how = self.dealboard, writing(self)
        reading = app.read(
            read_opening,
            deal_id,
            today=how.today,
            draft=app.mine(key_of(deal_id)),
            locale=how.locale,
        )
        return await app.report(reading)

    # ── the form ──────────────────────────────────────────────────────────────────────────────

    def begin_form(self, opening: Opening) -> None:
        """Show the fields of a deal that was opened, with what was typed the last time in them."""
        self.keep_typed()
        draft = Draft.of(opening.deal, opening.choices, writing(self))
        self._elsewhere = False
        self._keeping = Keeping(self, opening.deal.id, self._to_keep)
        if opening.kept is not None and draft.restore(opening.kept):
            self._keeping.found()
            self.dealboard.say("What you typed the last time is here again, and is not saved yet")
        self.show_fields(draft)

    def follow_form(self, opening: Opening, *, own: bool) -> None:
        """Show what was changed by this app (`own`) or others; over what is typed only the own."""
        draft = self.fields.draft
        draft.choices = opening.choices.including(opening.deal.owner)
        if own or not self.dirty:
            draft.rebase(opening.deal)
            self._elsewhere = False
        else:
            self._elsewhere = self._elsewhere or Values.of(opening.deal) != draft.base
        self.show_fields(draft)

    def discard(self) -> None:
        """Show the fields as the deal was read, and keep nothing of what was typed."""
        self.forget_typed()
        self._keeping = None
        self.fields.show(Draft.of(self.deal, self.fields.draft.choices, writing(self)))

    def forget_typed(self) -> None:
        """Keep nothing of what was typed."""
        if self._keeping is not None:
            self._keeping.forget()

    @on(events.ScreenSuspend)
    @on(events.Unmount)
    def keep_typed(self) -> None:
        """Keep what was typed, whatever made the page go away."""
        if self._keeping is not None:
            self._keeping.flush()

    def _to_keep(self) -> Kept | None:
        draft = self.fields.draft
        return draft.to_json() if draft.dirty else None

    @on(DealFields.Edited)
    def _edited(self) -> None:
        self.show_head()
        if self._keeping is not None:
            self._keeping.touch()

    @on(DealFields.ListWanted)
    def _list(self, event: DealFields.ListWanted) -> None:
        from dealboard.screens.deal import offer_list

        offer_list(self, self.fields, event.field)

    async def on_contact_search_search_wanted(self, event: "ContactSearch.SearchWanted") -> None:
        """Find contacts for the search."""
        from dealboard.store.reads import contacts

        app = self.dealboard
        found = await app.report(app.read(contacts.matches, event.text, limit=MATCHES))
        event.search.show_matches(event.text, found or ())

    # ── saving ────────────────────────────────────────────────────────────────────────────────

    def action_save(self) -> None:
        """Save, if every field means something."""
        if self.saving or self.opening is None:
            return
        if not self.dirty:
            self.dealboard.say("Nothing to save")
            return
        values = self.fields.values()
        if values is None:
            self.action_show_complaint()
            return
        self.saving = True
        self.dealboard.start(self._save(values))

    def action_show_complaint(self) -> None:
        """Show the form, where something is wrong."""
        if self.pane != "fields":
            self.uncover("fields")

    async def _save(self, values: Values) -> None:
        """Save, and settle with the user what somebody else changed meanwhile."""
        from dealboard.screens.deal_saving import saving

        app, draft, typed = self.dealboard, self.fields.draft, self.fields.draft.typed
        try:
            receipt = await app.write(saving(values, self.deal_id, draft.base))
        except Conflict as conflict:
            self._settle(conflict)
        except InvalidValue as error:
            if not self.fields.complain(error.field, in_place(error)):
                app.say(error.whole, severity="error")
            self.action_show_complaint()
        except DealboardError as error:
            app.say(error.whole, severity="error")
        else:
            await self._saved(typed, receipt)
        finally:
            self.saving = False

    async def _saved(self, typed: Any, receipt: "Receipt[int]") -> None:
        """Go on with what is kept now; what was typed while it was being saved is still to do."""
        app, draft = self.dealboard, self.fields.draft
        app.tell(receipt)
        opening = await self.read_deal(self.deal_id)
        if opening is None:
            return
        self.take(opening)
        self._elsewhere = False
        draft.opened = typed
        draft.rebase(opening.deal)
        if self._keeping is not None:
            self._keeping.touch() if draft.dirty else self._keeping.forget()
        self.show_fields(draft)
        if not draft.dirty:
            self.fields.stop()
        self.show_rest()
        app.say(
            f"Saved · {receipt.automated} · u undoes" if receipt.automated else "Saved · u undoes"
        )

    @work
    async def _settle(self, conflict: Conflict) -> None:
        """Show both values of each field that two people changed, and ask whose holds."""
        from dealboard.screens.conflict import ConflictScreen

        settled = await self.app.push_screen_wait(ConflictScreen(conflict.clashes))
        opening = await self.read_deal(self.deal_id)
        if settled is None or opening is None:
            return
        self.take(opening)
        self.fields.draft.rebase(opening.deal, settled.theirs)
        self.show_fields(self.fields.draft)
        self._edited()
        if self.dirty:
            self.action_save()
        else:
            self.forget_typed()

    # ── going elsewhere ───────────────────────────────────────────────────────────────────────

    def unless_typed(self, go: Callable[[], object]) -> None:
        """Go somewhere else; not at once if that loses a message or what was typed."""
        if self.unsent:
            self.unless_unsent(lambda: self.unless_typed(go))
            return
        if not self.dirty:
            go()
            return
        from dealboard.screens.confirm import ask_to_discard

        def discard() -> None:
            self.discard()
            go()

        ask_to_discard(self, discard)
