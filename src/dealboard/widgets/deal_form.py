"""The fields of a deal: one form for a new deal and for an edited one (guide, Creating a deal).

The form knows what is typed and what it means. Who reads and who writes is the screen's business.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, NoReturn, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from dealboard.domain.dates import Order, describe_day, parse_day
from dealboard.domain.money import (
    currency_code,
    decimal_string,
    format_amount,
    parse_amount,
    parse_money,
)
from dealboard.domain.stages import MARK, StageKind
from dealboard.domain.text import excerpt
from dealboard.domain.views import Deal, Pipeline, Stage, User
from dealboard.errors import InvalidValue
from dealboard.widgets.chooser import Choice, Chooser
from dealboard.widgets.contact_picker import Chosen, ContactPicker, label_of
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line

TITLE_LIMIT = 200

LABELS = {
    "contacts": "Contacts",
    "title": "Title",
    "pipeline": "Pipeline",
    "stage": "Stage",
    "owner": "Owner",
    "amount": "Amount",
    "currency": "Currency",
    "close date": "Close date",
    "reference": "Reference",
}
"""The fields in their order, by the names that errors call them."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Writing:
    """How this user writes money and days; `today` is what days are counted from."""

    today: date
    locale: str = "en_US"
    order: Order = "dmy"
    first_weekday: int = 0


@dataclass(frozen=True, slots=True)
class Choices:
    """What a deal can be put in: all pipelines with their stages, and the active users."""

    pipelines: tuple[Pipeline, ...]
    stages: tuple[Stage, ...]
    owners: tuple[User, ...]

    def stages_of(self, pipeline_id: int) -> tuple[Stage, ...]:
        """Return the stages of a pipeline in their order."""
        return tuple(stage for stage in self.stages if stage.pipeline_id == pipeline_id)


@dataclass(frozen=True, slots=True)
class Values:
    """What a form means. Money in minor units; contacts that are new have no id yet."""

    contacts: tuple[Chosen, ...]
    title: str
    stage_id: int
    owner_id: int
    amount: int | None
    currency: str
    close_date: date | None
    reference: str | None

    @classmethod
    def of(cls, deal: Deal) -> "Values":
        """Return what the form of a deal means when it opens."""
        return cls(
            contacts=deal.contacts,
            title=deal.title,
            stage_id=deal.stage.id,
            owner_id=deal.owner.id,
            amount=deal.amount,
            currency=deal.currency,
            close_date=deal.close_date,
            reference=deal.reference,
        )


def amount_text(amount: int | None, currency: str, locale: str) -> str:
    """Return an amount as it stands in its field: without symbol, and read back as it was.

    One of more digits than can be typed, which a file may bring, stands there as well.
    """
    if amount is None:
        return ""
    written = format_amount(amount, currency, locale)
    text = "".join(char for char in written if char.isdigit() or char in ".,'’ ").strip()
    try:
        same = parse_amount(text, currency, locale) == amount
    except InvalidValue:
        same = False
    return text if same else decimal_string(amount, currency)


def same_stage(stage: Stage, others: Sequence[Stage]) -> Stage:
    """Return where a deal goes in another pipeline: the same name, the same end, else the first."""
    by_name = (each for each in others if each.name.casefold() == stage.name.casefold())
    by_end = (each for each in others if each.kind is stage.kind is not StageKind.OPEN)
    return next(by_name, None) or next(by_end, others[0])


class DealForm(Vertical):
    """Nine fields; `values` is what they mean, `dirty` whether anything was typed or chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", "Field above", show=False),
        Binding("down", "app.focus_next", "Field below", show=False),
    ]

    DEFAULT_CSS = "DealForm { height: auto; }"

    class Submitted(Message):
        """Enter, in the last field."""

    def __init__(self, writing: Writing) -> None:
        super().__init__()
        self._writing = writing
        self._choices = Choices((), (), ())
        self._opened: dict[str, object] = {}
        self._auto_title = ""
        self._named_currency_in = ""
        self._shown: Values | None = None

    def compose(self) -> ComposeResult:
        """Yield the fields, required ones marked."""
        controls = {
            "contacts": ContactPicker(),
            "title": Line(placeholder="the first contact's name, unless you type one"),
            "pipeline": Chooser("Pipeline"),
            "stage": Chooser("Stage"),
            "owner": Chooser("Owner"),
            "amount": Line(placeholder="12k"),
            "currency": Line(placeholder="EUR"),
            "close date": Line(placeholder="fri, +2w, 31/12"),
            "reference": Line(placeholder="its number in another system", last=True),
        }
        for name, control in controls.items():
            required = name in ("contacts", "title", "pipeline", "stage", "owner")
            aside = name in ("amount", "currency", "close date")
            yield Field(LABELS[name], control, required=required, aside=aside, id=_id(name))

    def on_mount(self) -> None:
        """Keep what an untouched form looks like."""
        self._opened = self._state()

    # ── public ────────────────────────────────────────────────────────────────────────────────

    @property
    def picker(self) -> ContactPicker:
        """The contacts."""
        return self.query_one(ContactPicker)

    @property
    def dirty(self) -> bool:
        """Whether anything would be lost with the form."""
        return self._state() != self._opened

    def offer(self, choices: Choices, *, stage_id: int, owner_id: int, currency: str) -> None:
        """Take what can be chosen and what a new deal starts with; what was typed stays."""
        self._choices = choices
        self._offer_owners(choices.owners, owner_id)
        self._offer_stages(stage_id)
        self._line("currency").value = currency
        state = self._state()
        self._opened |= {name: state[name] for name in ("stage", "owner", "currency")}
        self._preview_amount()

    def show(self, choices: Choices, values: Values, owners: Sequence[User]) -> None:
        """Take what can be chosen and what the fields shall mean; `owners` may have left."""
        self._choices = choices
        self._shown = values
        self.picker.contacts = values.contacts
        self._offer_owners(owners, values.owner_id)
        self._offer_stages(values.stage_id)
        amount = amount_text(values.amount, values.currency, self._writing.locale)
        day = values.close_date
        with self.prevent(Input.Changed):
            self._line("title").value = values.title
            self._line("currency").value = values.currency
            self._line("amount").value = self._named_currency_in = amount
            self._line("close date").value = day.isoformat() if day else ""
            self._line("reference").value = values.reference or ""
        self._preview_amount()
        self._preview_day()
        self._opened = self._state()

    def touch(self) -> None:
        """Count as changed from now on."""
        self._opened = {}

    def values(self) -> Values | None:
        """Return what the fields mean; None, with a note at each that is wrong, if one is."""
        self.picker.finish()
        self._prefill_title()
        self._follow_currency()
        for field in self.query(Field):
            if field.wrong:
                field.say("")
        values = self._read_all()
        wrong = next((name for name in LABELS if self.field(name).wrong), None)
        if wrong is None:
            return values
        self.focus_field(wrong)
        return None

    def complain(self, name: str, sentence: str) -> bool:
        """Say what is wrong beside the field that an error names; False if there is none."""
        if name not in LABELS:
            return False
        self.field(name).complain(sentence)
        self.focus_field(name)
        return True

    def field(self, name: str) -> Field:
        """Return the field that errors call by this name."""
        return self.query_one(f"#{_id(name)}", Field)

    def focus_field(self, name: str) -> None:
        """Put the cursor in a field."""
        self.field(name).query("Line, Chooser").first().focus()

    # ── what the fields mean ──────────────────────────────────────────────────────────────────

    def _read_all(self) -> Values | None:
        contacts = self._read("contacts", self._contacts)
        title = self._read("title", lambda: self._text("title") or _missing("a title"))
        stage_id = self._read("stage", lambda: self._chosen("stage"))
        owner_id = self._read("owner", lambda: self._chosen("owner"))
        currency = self._read("currency", self._currency)
        amount = self._read("amount", lambda: self._amount(currency)) if currency else None
        day = self._read("close date", self._day)
        if not (contacts and title and stage_id and owner_id and currency):
            return None
        reference = self._text("reference") or None
        return Values(contacts, title, stage_id, owner_id, amount, currency, day, reference)

    def _read(self, name: str, read: Callable[[], T]) -> T | None:
        """Return what a field means; None, with a note, if it means nothing."""
        try:
            return read()
        except InvalidValue as error:
            self.field(name).complain(in_place(error))
            return None

    def _contacts(self) -> tuple[Chosen, ...]:
        unfinished = self.picker.unfinished
        if unfinished:
            hint = "⏎ adds it; clear it to go on without."
            raise InvalidValue("contacts", "", f"“{excerpt(unfinished)}” is not added yet", hint)
        return self.picker.contacts or _missing("at least one contact")

    def _chosen(self, name: str) -> int:
        return self._chooser(name).chosen or _missing("one")

    def _currency(self) -> str:
        return currency_code(self._text("currency") or _missing("one"))

    def _amount(self, currency: str) -> int | None:
        """Return the amount; one that nobody touched is exactly what it was."""
        shown, text = self._shown, self._text("amount")
        locale = self._writing.locale
        if (
            shown
            and shown.currency == currency
            and text == amount_text(shown.amount, currency, locale)
        ):
            return shown.amount
        return parse_amount(text, currency, locale)

    def _day(self) -> date | None:
        text, writing = self._text("close date"), self._writing
        if not text:
            return None
        order, first = writing.order, writing.first_weekday
        return parse_day(text, writing.today, order=order, first_weekday=first, field="close date")

    # ── what follows from what ────────────────────────────────────────────────────────────────

    @on(ContactPicker.Changed)
    def _prefill_title(self) -> None:
        """Call the deal like its first contact while nobody called it otherwise."""
        self.field("contacts").say("")
        title = self._line("title")
        if title.value.strip() in ("", self._auto_title) and self.picker.contacts:
            self._auto_title = label_of(self.picker.contacts[0])[:TITLE_LIMIT].strip()
            title.value = self._auto_title

    @on(ContactPicker.Refused)
    def _refuse(self, event: ContactPicker.Refused) -> None:
        self.field("contacts").complain(event.sentence)

    @on(Chooser.Changed, "#pipeline Chooser")
    def _follow_pipeline(self, event: Chooser.Changed) -> None:
        """Put the deal in the same stage of the other pipeline (decision 15)."""
        before = next(stage for stage in self._choices.stages if stage.id == self._chosen("stage"))
        self._offer_stages(same_stage(before, self._choices.stages_of(event.chosen)).id)

    @on(Input.Changed, "#amount Line, #currency Line")
    def _follow_amount(self) -> None:
        self._follow_currency()
        self._preview_amount()

    def _follow_currency(self) -> None:
        """Take the currency that the amount names, as in $500, once for each amount typed."""
        text = self._text("amount")
        if text == self._named_currency_in:
            return
        self._named_currency_in = text
        try:
            named = parse_money(text, self._currency(), self._writing.locale)[1]
        except InvalidValue:
            return
        if named != self._currency():
            self._line("currency").value = named

    def _preview_amount(self) -> None:
        def understood() -> str:
            currency = self._currency()
            amount = self._amount(currency)
            if amount is None:
                return ""
            return format_amount(amount, currency, self._writing.locale)

        self._preview("amount", understood)

    @on(Input.Changed, "#close-date Line")
    def _preview_day(self) -> None:
        def understood() -> str:
            day = self._day()
            return describe_day(day, self._writing.today) if day else ""

        self._preview("close date", understood)

    def _preview(self, name: str, understood: Callable[[], str]) -> None:
        """Show what is understood so far; half a word is no mistake yet."""
        try:
            self.field(name).say(understood())
        except InvalidValue:
            self.field(name).say("…" if self._text(name) else "")

    @on(Input.Changed)
    def _forgive(self, event: Input.Changed) -> None:
        """Take a complaint back as soon as somebody works on it."""
        for field in event.input.ancestors:
            if isinstance(field, Field) and field.wrong:
                field.say("")

    @on(Input.Submitted)
    def _submit(self) -> None:
        self.post_message(self.Submitted())

    # ── controls ──────────────────────────────────────────────────────────────────────────────

    def _offer_stages(self, stage_id: int) -> None:
        stage = next(each for each in self._choices.stages if each.id == stage_id)
        pipelines = [Choice(each.id, each.name) for each in self._choices.pipelines]
        self._chooser("pipeline").offer(pipelines, stage.pipeline_id)
        stages = [stage_choice(each) for each in self._choices.stages_of(stage.pipeline_id)]
        self._chooser("stage").offer(stages, stage_id)

    def _offer_owners(self, owners: Sequence[User], owner_id: int) -> None:
        choices = [
            Choice(each.id, each.name, "" if each.active else "(inactive)") for each in owners
        ]
        self._chooser("owner").offer(choices, owner_id)

    def _state(self) -> dict[str, object]:
        texts = ("title", "amount", "currency", "close date", "reference")
        return {
            **{name: self._text(name) for name in texts},
            **{name: self._chooser(name).chosen for name in ("stage", "owner")},
            "contacts": self.picker.contacts,
            "unfinished": self.picker.unfinished,
        }

    def _line(self, name: str) -> Line:
        return self.field(name).query_one(Line)

    def _text(self, name: str) -> str:
        return self._line(name).value.strip()

    def _chooser(self, name: str) -> Chooser:
        return self.field(name).query_one(Chooser)


def stage_choice(stage: Stage) -> Choice[int]:
    """Return a stage as it can be chosen: its mark, its name, its probability."""
    label = f"{stage.name} {MARK[stage.kind]}".rstrip()
    return Choice(stage.id, label, f"{stage.probability} %")


def in_place(error: InvalidValue) -> str:
    """Return an error as a note beside its field, which needs neither its name nor the value."""
    reason = f"{error.reason[:1].upper()}{error.reason[1:]}"
    return f"{reason}. {error.hint}".strip()


def _missing(what: str) -> NoReturn:
    raise InvalidValue("", "", f"a deal needs {what}")


def _id(name: str) -> str:
    return name.replace(" ", "-")
