"""A deal in one line, "Acme 12k fri @ada", with what it understood shown below."""

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from dealboard import actions
from dealboard.domain.dates import describe_day
from dealboard.domain.money import NOTHING, format_amount
from dealboard.domain.quickadd import QuickDeal, parse_quick
from dealboard.domain.text import fold, safe
from dealboard.domain.views import Contact, Pipeline, Stage, User
from dealboard.errors import DealboardError
from dealboard.screens.confirm import leave
from dealboard.screens.saving import dealboard, writing
from dealboard.store.driver import Connection
from dealboard.store.reads import contacts, settings, team
from dealboard.widgets.chosen import reach_of
from dealboard.widgets.dialog import Dialog
from dealboard.widgets.line import Line

if TYPE_CHECKING:
    from collections.abc import Callable

    from dealboard.store.transaction import Transaction

EXAMPLE = "Acme 12k fri @ada #PO-7"
LABEL_CELLS = 12


def called(connection: Connection, name: str) -> tuple[Contact, ...]:
    """Read the contacts of exactly this name, case and accents ignored."""
    wanted = fold(name)
    found = contacts.matches(connection, name) if wanted else ()
    return tuple(each for each in found if fold(each.name) == wanted)


def read_background(connection: Connection) -> tuple[tuple[User, ...], str]:
    """Read who can own a deal, and the workspace's currency."""
    currency = settings.setting(connection, "currency") or "EUR"
    return team.users(connection, active_only=True), currency


class QuickAdd(ModalScreen[int | None]):
    """One line that becomes a deal of a stage; answers its id, None for Esc.

    The deal is made with the contact of that name, or a new one. The line may begin with a `text`
    that was pasted.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="quick_add.close"),
        Binding("f1", "app.help", "Help", id="quick_add.help"),
    ]

    DEFAULT_CSS = """
    QuickAdd {
        align: center top;
        & > Dialog { margin-top: 2; padding: 1; }
        & #understood {
            margin: 1 1 0 1;
            height: auto;
            text-wrap: nowrap;
            text-overflow: ellipsis;
        }
        & #problems { margin: 0 1; color: $text-error; text-style: bold; }
    }
    """

    def __init__(self, stage: Stage, pipeline: Pipeline, text: str = "") -> None:
        super().__init__()
        self._text = text
        self._stage = stage
        self._pipeline = pipeline
        self._owners: tuple[User, ...] = ()
        self._currency = "EUR"
        self._called: tuple[str, tuple[Contact, ...]] = ("", ())
        self._saving = False

    @property
    def dirty(self) -> bool:
        """Whether leaving would lose something."""
        return self._line.value.strip() not in ("", self._text)

    @property
    def _line(self) -> Line:
        return self.query_one(Line)

    def compose(self) -> ComposeResult:
        """Yield the line, what it means, and what is wrong with it."""
        place = f"{self._pipeline.name} › {self._stage.name}"
        title = (
            f"A deal in {place} from what you pasted?" if self._text else f"Quick add to {place}"
        )
        with Dialog(title=title, hint="⏎ creates the deal · esc leaves"):
            yield Line(self._text, placeholder=EXAMPLE, last=True)
            yield Static("", id="understood", markup=False)
            yield Static("", id="problems", markup=False)

    def on_mount(self) -> None:
        """Show what an empty line means, and get to know the owners."""
        self._show()
        if self._text:
            self._look_up(self._quick().contact)
        self._prepare()

    @work
    async def _prepare(self) -> None:
        app = dealboard(self)
        background = await app.report(app.read(read_background))
        if background is not None:
            self._owners, self._currency = background
            self._show()

    # ── understanding ─────────────────────────────────────────────────────────────────────────

    def _quick(self) -> QuickDeal:
        how = writing(self)
        return parse_quick(
            self._line.value,
            how.today,
            currency=self._currency,
            locale=how.locale,
            order=how.order,
            first_weekday=how.first_weekday,
            owners=self._owners,
        )

    @on(Input.Changed)
    def _typed(self) -> None:
        self._show()
        self._look_up(self._quick().contact)

    @work(exclusive=True, group="contact")
    async def _look_up(self, name: str) -> None:
        app = dealboard(self)
        found = await app.report(app.read(called, name))
        self._called = (name, found or ())
        self._show()

    def _show(self, *, problems: bool = False) -> None:
        """Show what the line means; what is missing is no problem before Enter."""
        quick = self._quick()
        self.query_one("#understood", Static).update(self._understood(quick))
        wrong = quick.problems if problems or self._line.value.strip() else ()
        text = "\n".join(f"✗ {safe(each)}" for each in wrong)
        self.query_one("#problems", Static).update(Content(text))

    def _understood(self, quick: QuickDeal) -> Content:
        how = writing(self)
        amount, day = quick.amount, quick.close_date
        owner = quick.owner or dealboard(self).workspace.user
        meaning = {
            "Deal": quick.title,
            "Contact": self._contact(quick.contact),
            "Amount": "" if amount is None else format_amount(amount, quick.currency, how.locale),
            "Close date": "" if day is None else describe_day(day, how.today),
            "Owner": owner.name,
            "Reference": quick.reference or "",
        }
        return Content("\n").join(
            Content.assemble((f"{label:{LABEL_CELLS}}", "dim"), safe(text) or NOTHING)
            for label, text in meaning.items()
        )

    def _contact(self, name: str) -> str:
        looked_up, found = self._called
        if not name or looked_up != name:
            return name
        if not found:
            return f"{name} (new contact)"
        more = f", the first of {len(found)}" if len(found) > 1 else ""
        return f"{found[0].name} {reach_of(found[0])}".strip() + more

    # ── saving ────────────────────────────────────────────────────────────────────────────────

    def action_leave(self) -> None:
        """Leave; not at once if that loses something."""
        leave(self, dirty=self.dirty)

    @on(Input.Submitted)
    def _submit(self) -> None:
        quick = self._quick()
        self._show(problems=True)
        if not (quick.problems or self._saving):
            self._saving = True
            self._save(quick)

    @work
    async def _save(self, quick: QuickDeal) -> None:
        app = dealboard(self)
        try:
            found = await app.read(called, quick.contact)
            receipt = await app.write(self._action(quick, found))
        except DealboardError as error:
            text = safe(f"✗ {error.whole}")
            self.query_one("#problems", Static).update(Content(text))
        else:
            self.dismiss(receipt.value)
            app.tell(receipt)
        finally:
            self._saving = False

    def _action(
        self, quick: QuickDeal, found: tuple[Contact, ...]
    ) -> "Callable[[Transaction], int]":
        """Return what creates the deal in one operation, its contact included."""

        def save(tx: "Transaction") -> int:
            tx.describe(f"Created {quick.title}")
            contact_id = found[0].id if found else actions.contacts.add(tx, name=quick.contact)
            return actions.deals.create(
                tx,
                contacts=[contact_id],
                stage_id=self._stage.id,
                title=quick.title,
                owner_id=None if quick.owner is None else quick.owner.id,
                amount=quick.amount,
                currency=quick.currency,
                close_date=quick.close_date,
                reference=quick.reference,
            )

        return save
