"""An automation in words: one sentence for the whole of it, and a phrase for each of its parts.

"When a deal enters Proposal and amount > €10,000, then add task “Call {{contact.name}}” in 2 days".
Pure, and never at a loss: what is missing or gone is said so, what people wrote is shown on one
line and acts on no terminal. Names come from the caller, since a rule knows ids only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Self
from urllib.parse import urlsplit

from dealboard.domain import catalogue
from dealboard.domain.catalogue import CUSTOM, Kind, Known
from dealboard.domain.money import format_amount, format_decimal, from_decimal_string
from dealboard.domain.rule_terms import ARGUMENT_LABELS, COMPARISONS, DEAL_FIELDS, DONE
from dealboard.domain.rules import WITHOUT_VALUE, Condition, Do, Is, On, Rule, Step, Trigger
from dealboard.domain.text import excerpt, fold, safe
from dealboard.domain.views import Pipeline, Stage, User
from dealboard.errors import DealboardError

Role = Literal["text", "name", "value", "missing"]
"""What a stretch of a sentence is: our words, the name of a row, a value, what is not there."""

Span = tuple[str, Role]

MISSING = "…"
"""What stands for a part that nobody chose yet."""

SHOWN = 60
"""Characters of a value that a sentence repeats."""


class Names(NamedTuple):
    """What the rows that a rule names by id are called."""

    pipelines: Mapping[int, str] = MappingProxyType({})
    stages: Mapping[int, str] = MappingProxyType({})
    users: Mapping[int, str] = MappingProxyType({})

    @classmethod
    def of(
        cls, pipelines: Iterable[Pipeline], stages: Iterable[Stage], users: Iterable[User]
    ) -> Self:
        """Return the names; a stage that shares its own has its pipeline's behind it."""
        known = {each.id: each.name for each in pipelines}
        some = tuple(stages)
        often = [fold(each.name) for each in some]
        return cls(
            known,
            {
                each.id: f"{each.name} ({known.get(each.pipeline_id, '?')})"
                if often.count(fold(each.name)) > 1
                else each.name
                for each in some
            },
            {each.id: each.name if each.active else f"{each.name} (inactive)" for each in users},
        )


class Manner(NamedTuple):
    """How a rule is put into words; amounts are written in `currency`, if one is given."""

    names: Names = Names()
    custom: tuple[Known, ...] = ()
    currency: str = ""
    locale: str = "en_US"


_FIELD_WORDS = {
    "deal.created": "creation date",
    "deal.closed": "closing day",
    "contact.name": "contact",
}


# ── the whole ─────────────────────────────────────────────────────────────────────────────────


def sentence(rule: Rule, how: Manner = Manner()) -> str:  # noqa: B008
    """Return a rule as one sentence of plain text."""
    return "".join(text for text, _ in spans(rule, how))


def spans(rule: Rule, how: Manner = Manner()) -> tuple[Span, ...]:  # noqa: B008
    """Return the sentence in stretches that tell names and values from our own words."""
    return tuple(_whole(rule, how))


def _whole(rule: Rule, how: Manner) -> Iterator[Span]:
    yield "When ", "text"
    yield from _trigger(rule.trigger, how)
    conditions = rule.test.conditions
    if conditions:
        yield " and ", "text"
        either = rule.test.need == "any" and len(conditions) > 1
        if either:
            yield "either ", "text"
        phrases = [tuple(_condition(each, how)) for each in conditions]
        yield from _joined(phrases, " or " if either else " and ")
    yield ", then ", "text"
    yield from _steps(rule.then, how)
    if rule.otherwise:
        yield "; otherwise ", "text"
        yield from _steps(rule.otherwise, how)


def _steps(steps: Sequence[Step], how: Manner) -> Iterator[Span]:
    if not steps:
        yield MISSING, "missing"
        return
    *first, last = (tuple(_step(each, how)) for each in steps)
    yield from _joined(first, ", ")
    if first:
        yield " and ", "text"
    yield from last


def _joined(phrases: Iterable[Sequence[Span]], between: str) -> Iterator[Span]:
    for number, phrase in enumerate(phrases):
        if number:
            yield between, "text"
        yield from phrase


def _plain(some: Iterable[Span]) -> str:
    return "".join(text for text, _ in some)


# ── when ──────────────────────────────────────────────────────────────────────────────────────


def trigger_words(trigger: Trigger, how: Manner = Manner()) -> str:  # noqa: B008
    """Return when a rule runs: "a deal enters Proposal"."""
    return _plain(_trigger(trigger, how))


def _trigger(trigger: Trigger, how: Manner) -> Iterator[Span]:
    match trigger.on:
        case On.STAGE:
            yield from _stages(trigger, how)
        case On.UPDATED:
            yield from _changes(trigger)
        case On.CLOSE_DATE:
            yield from _closing(trigger.days)
        case On.CREATED:
            yield "a deal is created", "text"
        case On.CONTACT_ADDED:
            yield "a contact is added to a deal", "text"
        case On.CONTACT_REMOVED:
            yield "a contact is removed from a deal", "text"
        case On.ROTTING:
            yield "a deal begins to rot", "text"
        case On.OVERDUE:
            yield "a task of a deal is overdue", "text"
    if trigger.pipeline is not None:
        yield " in ", "text"
        yield _named(trigger.pipeline, how.names.pipelines, "pipeline")


def _stages(trigger: Trigger, how: Manner) -> Iterator[Span]:
    from_, to = (
        None if stage is None else _named(stage, how.names.stages, "stage")
        for stage in (trigger.from_stage, trigger.to_stage)
    )
    if from_ and to:
        yield "a deal goes from ", "text"
        yield from_
        yield " to ", "text"
        yield to
    elif from_:
        yield "a deal leaves ", "text"
        yield from_
    elif to:
        yield "a deal enters ", "text"
        yield to
    else:
        yield "a deal changes its stage", "text"


def _changes(trigger: Trigger) -> Iterator[Span]:
    if not trigger.fields:
        yield "a deal is changed", "text"
        return
    names = [DEAL_FIELDS.get(each, one_line(each)) for each in trigger.fields]
    yield from _joined([((name, "name"),) for name in names], " or ")
    verb = "change" if names == ["contacts"] else "changes"
    yield f" of a deal {verb}", "text"


def _closing(days: int) -> Iterator[Span]:
    if not days:
        yield "the close date of a deal comes", "text"
    else:
        yield "a deal is ", "text"
        yield _counted(abs(days), "day"), "value"
        yield " before its close date" if days < 0 else " past its close date", "text"


# ── if ────────────────────────────────────────────────────────────────────────────────────────


def condition_words(condition: Condition, how: Manner = Manner()) -> str:  # noqa: B008
    """Return a condition: "amount > €10,000"."""
    return _plain(_condition(condition, how))


def _condition(condition: Condition, how: Manner) -> Iterator[Span]:
    yield f"{field_words(condition.field, how.custom)} {COMPARISONS[condition.how]}", "text"
    if condition.how not in WITHOUT_VALUE:
        yield " ", "text"
        value = value_words(condition, how)
        yield (value, "value") if value else (MISSING, "missing")


def field_words(name: str, custom: Iterable[Known] = ()) -> str:
    """Return what a field is called inside a sentence: "amount", "contact's city"."""
    if name in _FIELD_WORDS:
        return _FIELD_WORDS[name]
    known = catalogue.FIELDS.get(name) or next((each for each in custom if each.name == name), None)
    if known is None or name.startswith(CUSTOM):
        title = one_line(known.title if known else name.removeprefix(CUSTOM))
        return f"contact's {title or MISSING}" if name.startswith(CUSTOM) else title or MISSING
    title = f"{known.title[:1].lower()}{known.title[1:]}"
    return f"contact's {title}" if name.startswith("contact.") else title


def value_words(condition: Condition, how: Manner = Manner()) -> str:  # noqa: B008
    """Return what a field is compared with, as people write it; nothing for an empty one."""
    value = one_line(condition.value)
    known = catalogue.FIELDS.get(condition.field)
    kind = known.kind if known else None
    try:
        if kind is Kind.MONEY and how.currency:
            amount = from_decimal_string(value, how.currency)
            return format_amount(amount, how.currency, how.locale)
        if kind in (Kind.MONEY, Kind.NUMBER):
            return format_decimal(value, how.locale)
    except (DealboardError, ValueError, ArithmeticError):
        return value
    return f"“{value}”" if value and condition.how is Is.CONTAINS else value


# ── then ──────────────────────────────────────────────────────────────────────────────────────


def step_words(step: Step, how: Manner = Manner()) -> str:  # noqa: B008
    """Return an action: "add task “Call {{contact.name}}” in 2 days"."""
    return _plain(_step(step, how))


def done_words(did: Iterable[str]) -> str:
    """Return what was done, of `Do` values: "added a task and moved it".

    What follows a delay is still to come.
    """
    known = {each.value: words for each, words in DONE.items()}
    counts: dict[str, int] = {}
    for each in did:
        words = known.get(each, one_line(each))
        counts[words] = counts.get(words, 0) + 1
        if each == Do.DELAY:
            break
    phrases = [f"{words} ×{count}" if count > 1 else words for words, count in counts.items()]
    *first, last = phrases or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _step(step: Step, how: Manner) -> Iterator[Span]:
    args = step.args
    match step.do:
        case Do.CREATE_DEAL:
            yield from _creating(args, how)
        case Do.UPDATE_DEAL:
            yield from _updating(args, how)
        case Do.MOVE_STAGE:
            yield "move it to ", "text"
            yield _named(args.get("stage"), how.names.stages, "stage")
        case Do.ASSIGN_OWNER:
            yield "give it to ", "text"
            yield _named(args.get("owner"), how.names.users, "user")
        case Do.ADD_CONTACT:
            yield "add contact ", "text"
            yield _quoted(args.get("contact"))
        case Do.ADD_TASK:
            yield from _task(args, how)
        case Do.ADD_NOTE:
            yield "add note ", "text"
            yield _quoted(args.get("text"))
        case Do.SEND_WEBHOOK:
            yield "send a webhook to ", "text"
            host = _host(str(args.get("url") or ""))
            yield (host, "value") if host else (MISSING, "missing")
        case Do.DELAY:
            yield "wait ", "text"
            yield wait_words(args) or MISSING, "value" if wait_words(args) else "missing"


def _creating(args: Mapping[str, Any], how: Manner) -> Iterator[Span]:
    yield "create ", "text"
    if args.get("title"):
        yield "deal ", "text"
        yield _quoted(args["title"])
    else:
        yield "a deal", "text"
    yield " in ", "text"
    yield _named(args.get("pipeline"), how.names.pipelines, "pipeline")
    if args.get("stage"):
        yield " at ", "text"
        yield _named(args["stage"], how.names.stages, "stage")
    yield from _settings(args, ("amount", "currency", "close_date", "reference"), " with ")
    if args.get("owner"):
        yield " for ", "text"
        yield _named(args["owner"], how.names.users, "user")


def _updating(args: Mapping[str, Any], how: Manner) -> Iterator[Span]:
    names = ("title", "amount", "currency", "close_date", "reference")
    phrases = [tuple(_settings(args, (name,), "")) for name in names if name in args]
    if args.get("stage"):
        phrases.append((("stage ", "text"), _named(args["stage"], how.names.stages, "stage")))
    if args.get("owner"):
        phrases.append((("owner ", "text"), _named(args["owner"], how.names.users, "user")))
    yield "set ", "text"
    yield from _joined(phrases or [((MISSING, "missing"),)], ", ")
    if args.get("find_reference"):
        yield " of the deal with reference ", "text"
        yield _quoted(args["find_reference"])


def _settings(args: Mapping[str, Any], names: Iterable[str], begin: str) -> Iterator[Span]:
    given = [name for name in names if args.get(name)]
    for number, name in enumerate(given):
        yield f"{', ' if number else begin}{ARGUMENT_LABELS[name].lower()} ", "text"
        yield _quoted(args[name])


def _task(args: Mapping[str, Any], how: Manner) -> Iterator[Span]:
    yield "add task ", "text"
    yield _quoted(args.get("text"))
    days = args.get("days")
    if days == 0:
        yield " due ", "text"
        yield "today", "value"
    elif days is not None:
        yield " in ", "text"
        yield _counted(days, "day"), "value"
    if args.get("owner"):
        yield " for ", "text"
        yield _named(args["owner"], how.names.users, "user")


def wait_words(args: Mapping[str, Any]) -> str:
    """Return how long a delay is: "2 days 3 hours"; nothing where that is not said."""
    units = (("days", "day"), ("hours", "hour"), ("minutes", "minute"))
    return " ".join(_counted(args[name], unit) for name, unit in units if args.get(name))


# ── pieces ────────────────────────────────────────────────────────────────────────────────────


def one_line(text: str, limit: int = SHOWN) -> str:
    """Return the beginning of a text as it is shown inside a sentence."""
    return excerpt(" ".join(safe(text).split()), limit)


def _named(row_id: object, names: Mapping[int, str], noun: str) -> Span:
    if row_id is None or row_id == "":
        return MISSING, "missing"
    name = names.get(row_id) if isinstance(row_id, int) else None
    return (one_line(name), "name") if name else (f"a deleted {noun}", "missing")


def _quoted(text: object) -> Span:
    shown = one_line(str(text or ""))
    return (f"“{shown}”", "value") if shown else (MISSING, "missing")


def _host(url: str) -> str:
    """Return where an address leads; the rest of it may be a key."""
    try:
        return one_line(urlsplit(url).hostname or "")
    except ValueError:
        return one_line(url.partition("?")[0])


def _counted(number: object, unit: str) -> str:
    if not isinstance(number, int):
        return f"{one_line(str(number), 12)} {unit}s"
    return f"{number:,} {unit}{'' if number == 1 else 's'}"
