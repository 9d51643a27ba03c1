"""What stands in the fields of a deal while it is edited, what it means, and what is wrong with it.

Pure: no Textual here, no clock. A draft is a value that survives the process (`to_json`), together
with what it was based on, so that it still knows what others changed meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, NoReturn, Self, TypeVar

from dealboard.domain.dates import Order, describe_day, parse_day
from dealboard.domain.money import (
    currency_code,
    decimal_string,
    format_amount,
    parse_amount,
    parse_money,
)
from dealboard.domain.stages import StageKind
from dealboard.domain.views import Deal, Person, Pipeline, Stage, User
from dealboard.errors import InvalidValue
from dealboard.widgets.chosen import Chosen, NewContact, label_of

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

REQUIRED = frozenset({"contacts", "title", "pipeline", "stage", "owner"})
TEXTS = ("title", "amount", "currency", "close date", "reference")
"""The fields that are typed; the others are chosen."""

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

    def stage(self, stage_id: int) -> Stage | None:
        """Return a stage, None if it is gone."""
        return next((each for each in self.stages if each.id == stage_id), None)

    def owner(self, user_id: int) -> User | None:
        """Return a user who can own the deal, None if there is no such user."""
        return next((each for each in self.owners if each.id == user_id), None)

    def including(self, *users: User) -> "Choices":
        """Return the same with users who own deals and may have left."""
        known = {user.id: user for user in (*self.owners, *users)}
        return Choices(self.pipelines, self.stages, tuple(known.values()))


class Values(NamedTuple):
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


class Typed(NamedTuple):
    """What stands in the fields: texts as they are typed, and what is chosen."""

    contacts: tuple[Chosen, ...] = ()
    title: str = ""
    stage_id: int = 0
    owner_id: int = 0
    amount: str = ""
    currency: str = ""
    close_date: str = ""
    reference: str = ""

    @classmethod
    def of(cls, values: Values, locale: str) -> Self:
        """Return how values stand in their fields."""
        day = values.close_date
        return cls(
            values.contacts,
            values.title,
            values.stage_id,
            values.owner_id,
            amount_text(values.amount, values.currency, locale),
            values.currency,
            day.isoformat() if day else "",
            values.reference or "",
        )

    def text(self, name: str) -> str:
        """Return what is typed in a field."""
        return str(getattr(self, name.replace(" ", "_"))).strip()


_FIELDS = {
    "contacts": "contacts",
    "title": "title",
    "stage": "stage_id",
    "owner": "owner_id",
    "amount": "amount",
    "currency": "currency",
    "close date": "close_date",
    "reference": "reference",
}
"""The names of fields and those of `Typed` and `Values`; the pipeline is that of the stage."""


@dataclass
class Draft:
    """The fields of a deal as they are edited.

    `base` is what the deal held when it was opened, None for a new one; `opened` what stood in the
    fields then. A new deal takes its title from its first contact while nobody called it otherwise
    (guide, Contacts).
    """

    writing: Writing
    choices: Choices
    base: Values | None = None
    typed: Typed = field(default_factory=Typed)
    opened: Typed = field(default_factory=Typed)
    complaints: dict[str, str] = field(default_factory=dict)
    _auto_title: str = ""
    _named_currency_in: str = ""

    @classmethod
    def of(cls, deal: Deal, choices: Choices, writing: Writing) -> Self:
        """Return the draft of a deal that nobody has touched yet."""
        values = Values.of(deal)
        typed = Typed.of(values, writing.locale)
        draft = cls(writing, choices.including(deal.owner), values, typed, typed)
        draft._named_currency_in = typed.amount
        return draft

    @classmethod
    def new(
        cls, choices: Choices, writing: Writing, *, stage_id: int, owner_id: int, currency: str
    ) -> Self:
        """Return the draft of a new deal."""
        typed = Typed(stage_id=stage_id, owner_id=owner_id, currency=currency)
        return cls(writing, choices, None, typed, typed)

    # ── what was changed ──────────────────────────────────────────────────────────────────────

    @property
    def changed(self) -> frozenset[str]:
        """The fields in which something else stands than when it was opened."""
        found = {
            name
            for name, key in _FIELDS.items()
            if getattr(self.typed, key) != getattr(self.opened, key)
        }
        if "stage" in found and self._pipeline(self.typed) != self._pipeline(self.opened):
            found.add("pipeline")
        return frozenset(found)

    @property
    def dirty(self) -> bool:
        """Whether leaving would lose something."""
        return self.typed != self.opened

    def chosen(self, name: str) -> int:
        """Return the id of the pipeline, the stage or the owner that is chosen, 0 for none."""
        if name == "pipeline":
            return self._pipeline(self.typed) or 0
        return self.typed.owner_id if name == "owner" else self.typed.stage_id

    def possible(self, name: str) -> tuple[int, ...]:
        """Return the ids of what a pipeline, a stage or an owner can be, in order."""
        if name == "owner":
            return tuple(each.id for each in self.choices.owners)
        if name == "pipeline":
            return tuple(each.id for each in self.choices.pipelines)
        return tuple(each.id for each in self.choices.stages_of(self.chosen("pipeline")))

    def begin_with(self, contact: Chosen) -> None:
        """Start a new deal with a contact; that much is no change yet."""
        self.put_contacts((contact,))
        self.opened = self.typed

    def _pipeline(self, typed: Typed) -> int | None:
        stage = self.choices.stage(typed.stage_id)
        return stage.pipeline_id if stage else None

    def put(self, name: str, text: str) -> None:
        """Type a text in a field; an amount may name the currency, as in $500."""
        self.complaints.pop(name, None)
        self._set(name, text)
        if name == "amount":
            self._follow_currency()

    def choose(self, name: str, chosen: int) -> None:
        """Choose a pipeline, a stage or an owner; another pipeline means the same stage there."""
        self.complaints.pop(name, None)
        if name == "pipeline":
            before = self.choices.stage(self.typed.stage_id)
            stages = self.choices.stages_of(chosen)
            name, chosen = "stage", (same_stage(before, stages) if before else stages[0]).id
        self._set(name, chosen)

    def put_contacts(self, contacts: Sequence[Chosen]) -> None:
        """Have these contacts, the primary one first."""
        self.complaints.pop("contacts", None)
        self.typed = self.typed._replace(contacts=tuple(contacts))
        if self.base is None and self.typed.title.strip() in ("", self._auto_title) and contacts:
            self._auto_title = label_of(contacts[0])[:TITLE_LIMIT].strip()
            self.typed = self.typed._replace(title=self._auto_title)

    def _set(self, name: str, value: Any) -> None:
        self.typed = self.typed._replace(**{_FIELDS[name]: value})

    def _follow_currency(self) -> None:
        """Take the currency that the amount names, once for each amount typed."""
        text = self.typed.text("amount")
        if text == self._named_currency_in:
            return
        self._named_currency_in = text
        try:
            currency = currency_code(self.typed.text("currency"))
            named = parse_money(text, currency, self.writing.locale)[1]
        except InvalidValue:
            return
        if named != currency:
            self.put("currency", named)

    # ── what it means ─────────────────────────────────────────────────────────────────────────

    def values(self) -> Values | None:
        """Return what the fields mean; None, with a complaint for each that is wrong, if one is."""
        self.complaints = {}
        typed = self.typed
        people = self._read("contacts", lambda: typed.contacts or _missing("at least one contact"))
        title = self._read("title", lambda: typed.text("title") or _missing("a title"))
        stage = self._read("stage", lambda: self.choices.stage(typed.stage_id) or _missing("one"))
        owner = self._read("owner", lambda: self.choices.owner(typed.owner_id) or _missing("one"))
        currency = self._read("currency", self._currency)
        amount = self._read("amount", lambda: self._amount(currency)) if currency else None
        day = self._read("close date", self._day)
        if self.complaints or not (people and title and stage and owner and currency):
            return None
        reference = typed.text("reference") or None
        return Values(people, title, stage.id, owner.id, amount, currency, day, reference)

    def understood(self, name: str) -> str:
        """Return what a typed amount or day is understood as, as far as it can be; else nothing."""
        try:
            if name == "amount":
                currency = self._currency()
                amount = self._amount(currency)
                known = amount is not None
                return format_amount(amount, currency, self.writing.locale) if known else ""
            if name == "close date":
                day = self._day()
                return describe_day(day, self.writing.today) if day else ""
        except InvalidValue:
            return "…" if self.typed.text(name) else ""
        return ""

    def _read(self, name: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except InvalidValue as error:
            self.complaints.setdefault(name, in_place(error))
            return None

    def _currency(self) -> str:
        return currency_code(self.typed.text("currency") or _missing("one"))

    def _amount(self, currency: str) -> int | None:
        """Return the amount; one that nobody touched is exactly what it was."""
        base, text, locale = self.base, self.typed.text("amount"), self.writing.locale
        if (
            base
            and base.currency == currency
            and text == amount_text(base.amount, currency, locale)
        ):
            return base.amount
        return parse_amount(text, currency, locale)

    def _day(self) -> date | None:
        text, writing = self.typed.text("close date"), self.writing
        if not text:
            return None
        order, first = writing.order, writing.first_weekday
        return parse_day(text, writing.today, order=order, first_weekday=first, field="close date")

    # ── what others did meanwhile ─────────────────────────────────────────────────────────────

    def rebase(self, deal: Deal, theirs: frozenset[str] = frozenset()) -> None:
        """Take the deal as it is now where nobody touched the field, and in the fields `theirs`.

        What was typed elsewhere stays, and counts as a change to what is there now.
        """
        fresh = Values.of(deal)
        opened = Typed.of(fresh, self.writing.locale)
        kept = self.changed - theirs
        keys = [key for name, key in _FIELDS.items() if name in kept]
        self.choices = self.choices.including(deal.owner)
        self.typed = opened._replace(**{key: getattr(self.typed, key) for key in keys})
        self.base, self.opened = fresh, opened

    # ── kept until the next time ──────────────────────────────────────────────────────────────

    def to_json(self) -> dict[str, Any]:
        """Return what brings the draft back in another process."""
        base = self.base
        return {
            "typed": _plain(self.typed),
            "opened": _plain(self.opened),
            "base": None if base is None else _plain(base),
            "title": self._auto_title,
        }

    def restore(self, kept: Mapping[str, Any]) -> bool:
        """Take up what was kept, if it can be; False for what another version wrote."""
        try:
            typed, opened = Typed(**_values(kept["typed"])), Typed(**_values(kept["opened"]))
            base = None if kept["base"] is None else Values(**_values(kept["base"]))
            title = str(kept["title"])
        except (KeyError, TypeError, ValueError):
            return False
        if (base is None) is not (self.base is None) or not self._possible(typed):
            return False
        if base is not None and isinstance(day := base.close_date, str):
            base = base._replace(close_date=date.fromisoformat(day))
        self.typed, self.opened, self.base, self._auto_title = typed, opened, base, title
        self._named_currency_in = typed.amount
        return True

    def _possible(self, typed: Typed) -> bool:
        """Whether what was chosen can still be chosen."""
        known = self.choices.stage(typed.stage_id) and self.choices.owner(typed.owner_id)
        return known is not None


def _plain(values: Typed | Values) -> dict[str, Any]:
    """Return values as JSON has them."""
    plain: dict[str, Any] = dict(zip(values._fields, values, strict=True))
    plain["contacts"] = [
        {"name": each.name, "phone": each.phone, "email": each.email}
        if isinstance(each, NewContact)
        else list(each)
        for each in values.contacts
    ]
    if isinstance(day := plain["close_date"], date):
        plain["close_date"] = day.isoformat()
    return plain


def _values(plain: Mapping[str, Any]) -> dict[str, Any]:
    contacts = (
        NewContact(**each) if isinstance(each, dict) else Person(*each)
        for each in plain["contacts"]
    )
    return {**plain, "contacts": tuple(contacts)}


# ── words ─────────────────────────────────────────────────────────────────────────────────────


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


def in_place(error: InvalidValue) -> str:
    """Return an error as a note beside its field, which needs neither its name nor the value."""
    reason = f"{error.reason[:1].upper()}{error.reason[1:]}"
    return f"{reason}. {error.hint}".strip()


def _missing(what: str) -> NoReturn:
    raise InvalidValue("", "", f"a deal needs {what}")
