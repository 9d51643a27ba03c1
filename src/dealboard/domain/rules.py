"""An automation as a value: when it fires, on which conditions, and what it does then.

The document a rule is kept and exported as is a JSON object (specification of the command line);
`parse` checks all of it, `document` writes it again. Stages, pipelines and users are ids here:
who reads a file turns names into them. Pure: what a condition is held against are `Facts`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeVar
from urllib.parse import urlsplit

from dealboard.domain import catalogue, placeholders
from dealboard.domain.catalogue import Facts, Kind, Known, Value
from dealboard.domain.dates import parse_day
from dealboard.domain.outbox import check_secret_name, check_url
from dealboard.domain.placeholders import Part
from dealboard.domain.text import excerpt, fold
from dealboard.errors import InvalidValue, MissingField

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)

Document = dict[str, Any]
"""A rule, or a part of one, as JSON."""


class On(StrEnum):
    """What fires a rule (guide, Available triggers; the last three are the clock's)."""

    CREATED = "deal_created"
    UPDATED = "deal_updated"
    STAGE = "stage_changed"
    CONTACT_ADDED = "contact_added"
    CONTACT_REMOVED = "contact_removed"
    CLOSE_DATE = "close_date"
    ROTTING = "rotting"
    OVERDUE = "task_overdue"

    __hash__ = str.__hash__  # that of enums is written in Python, and asked for every event


BY_CLOCK = frozenset({On.CLOSE_DATE, On.ROTTING, On.OVERDUE})
"""Triggers that are looked at when dealboard runs, once per deal and occurrence."""


class Is(StrEnum):
    """How a field is compared."""

    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    GREATER = "greater"
    LESS = "less"
    EMPTY = "empty"
    NOT_EMPTY = "not_empty"
    BEFORE = "before"
    AFTER = "after"
    CHANGED_FROM = "changed_from"
    CHANGED_TO = "changed_to"


_ALWAYS = (Is.IS, Is.IS_NOT, Is.EMPTY, Is.NOT_EMPTY, Is.CHANGED_FROM, Is.CHANGED_TO)
OPERATORS: Mapping[Kind, tuple[Is, ...]] = {
    Kind.TEXT: (*_ALWAYS, Is.CONTAINS),
    Kind.NUMBER: (*_ALWAYS, Is.GREATER, Is.LESS),
    Kind.MONEY: (*_ALWAYS, Is.GREATER, Is.LESS),
    Kind.DATE: (*_ALWAYS, Is.BEFORE, Is.AFTER),
    Kind.CHOICE: _ALWAYS,
}
"""Which comparisons a kind of field has."""

WITHOUT_VALUE = frozenset({Is.EMPTY, Is.NOT_EMPTY})


class Do(StrEnum):
    """What a rule can do (guide, Available actions; beyond it all but the first two)."""

    CREATE_DEAL = "create_deal"
    UPDATE_DEAL = "update_deal"
    MOVE_STAGE = "move_stage"
    ASSIGN_OWNER = "assign_owner"
    ADD_CONTACT = "add_contact"
    ADD_TASK = "add_task"
    ADD_NOTE = "add_note"
    SEND_WEBHOOK = "send_webhook"
    DELAY = "delay"


class Trigger(NamedTuple):
    """What fires a rule; an empty part means any.

    `fields` are columns of a deal; `days` before (negative) or after the close date.
    """

    on: On
    fields: tuple[str, ...] = ()
    from_stage: int | None = None
    to_stage: int | None = None
    pipeline: int | None = None
    days: int = 0


class Condition(NamedTuple):
    """One comparison; `value` is text, empty for `empty` and `not_empty`."""

    field: str
    how: Is
    value: str = ""


class Test(NamedTuple):
    """Conditions of which all, or any, must hold; none at all always hold."""

    need: Literal["all", "any"] = "all"
    conditions: tuple[Condition, ...] = ()

    @property
    def looks_back(self) -> bool:
        """Whether a condition asks what a field was before."""
        return any(each.how in (Is.CHANGED_FROM, Is.CHANGED_TO) for each in self.conditions)


class Step(NamedTuple):
    """One action: its arguments by name. Texts are taken apart, ids are integers."""

    do: Do
    args: Mapping[str, Any]


class Rule(NamedTuple):
    """A whole automation."""

    name: str
    trigger: Trigger
    test: Test = Test()
    then: tuple[Step, ...] = ()
    otherwise: tuple[Step, ...] = ()
    enabled: bool = True


class Argument(NamedTuple):
    """What a step takes under a name. A `text` may have placeholders, a `ref` is an id."""

    kind: Literal["text", "days", "stage", "pipeline", "user", "choice"]
    required: bool = False
    choices: tuple[str, ...] = ()


_TEXT, _NEEDED = Argument("text"), Argument("text", required=True)
_FIELDS = dict.fromkeys(("title", "amount", "currency", "close_date", "reference"), _TEXT)

ARGUMENTS: Mapping[Do, Mapping[str, Argument]] = {
    Do.CREATE_DEAL: {
        **_FIELDS,
        "pipeline": Argument("pipeline", required=True),
        "stage": Argument("stage"),
        "owner": Argument("user"),
    },
    Do.UPDATE_DEAL: {
        **_FIELDS,
        "find_reference": _TEXT,
        "stage": Argument("stage"),
        "owner": Argument("user"),
    },
    Do.MOVE_STAGE: {"stage": Argument("stage", required=True)},
    Do.ASSIGN_OWNER: {"owner": Argument("user", required=True)},
    Do.ADD_CONTACT: {"contact": _NEEDED},
    Do.ADD_TASK: {"text": _NEEDED, "days": Argument("days"), "owner": Argument("user")},
    Do.ADD_NOTE: {"text": _NEEDED},
    Do.SEND_WEBHOOK: {"url": _NEEDED, "secret": _TEXT},
    Do.DELAY: {"days": Argument("days"), "hours": Argument("days"), "minutes": Argument("days")},
}
"""What each action takes. A `secret` is the name of one, never the secret (decision 81)."""

UPDATED_FIELDS = (
    *("title", "owner_id", "amount", "currency", "close_date", "reference", "stage_id"),
    *("lost_reason", "contacts"),
)
"""What a `deal_updated` trigger can ask for."""

MAX_STEPS = 50
"""Actions in one branch: more than a triggering deal may have anyway."""

DAYS_LIMIT = 3_650


# ── read and written ──────────────────────────────────────────────────────────────────────────


def parse(document: Mapping[str, Any], custom: Iterable[Known] = ()) -> Rule:
    """Return the rule that a JSON object means.

    Raises InvalidValue or MissingField naming the part, such as "then[2].stage".
    """
    fields = tuple(custom)
    _only(document, ("name", "enabled", "trigger", "if", "then", "else"), "rule")
    name = document.get("name")
    if not isinstance(name, str) or not name.strip():
        raise MissingField("name", "an automation needs one")
    then = _steps(document.get("then", []), "then", fields)
    if not then:
        raise MissingField("then", "an automation needs at least one action")
    return Rule(
        name.strip(),
        trigger(document.get("trigger")),
        _test(document.get("if"), fields),
        then,
        _steps(document.get("else", []), "else", fields),
        _flag(document.get("enabled", True)),
    )


def document(rule: Rule) -> Document:
    """Return the JSON object that `parse` takes."""
    trigger: Document = {"on": rule.trigger.on.value}
    optional = {
        "fields": list(rule.trigger.fields),
        "from": rule.trigger.from_stage,
        "to": rule.trigger.to_stage,
        "pipeline": rule.trigger.pipeline,
        "days": rule.trigger.days,
    }
    trigger |= {key: value for key, value in optional.items() if value}
    whole: Document = {"name": rule.name, "enabled": rule.enabled, "trigger": trigger}
    if rule.test.conditions:
        whole["if"] = {rule.test.need: [_condition_document(each) for each in rule.test.conditions]}
    whole["then"] = [{"do": step.do.value, **step.args} for step in rule.then]
    if rule.otherwise:
        whole["else"] = [{"do": step.do.value, **step.args} for step in rule.otherwise]
    return whole


def _condition_document(condition: Condition) -> Document:
    kept: Document = {"field": condition.field, "is": condition.how.value}
    return kept if condition.how in WITHOUT_VALUE else kept | {"value": condition.value}


def trigger(given: object) -> Trigger:
    """Return what the `trigger` of a rule's JSON means. Raises InvalidValue."""
    if not isinstance(given, Mapping):
        raise MissingField("trigger", "say when the automation runs")
    _only(given, ("on", "fields", "from", "to", "pipeline", "days"), "trigger")
    on = _choice(given.get("on"), On, "trigger.on")
    fields = given.get("fields", [])
    if not isinstance(fields, list) or not set(fields) <= set(UPDATED_FIELDS):
        raise InvalidValue(
            "trigger.fields", excerpt(str(fields)), "not fields of a deal",
            f"Known: {', '.join(UPDATED_FIELDS)}.",
        )  # fmt: skip
    return Trigger(
        on,
        tuple(fields),
        _id(given.get("from"), "trigger.from"),
        _id(given.get("to"), "trigger.to"),
        _id(given.get("pipeline"), "trigger.pipeline"),
        _count(given.get("days", 0), "trigger.days", least=-DAYS_LIMIT),
    )


def _test(given: object, custom: Sequence[Known]) -> Test:
    if given is None:
        return Test()
    if not isinstance(given, Mapping) or len(given) != 1 or next(iter(given)) not in ("all", "any"):
        raise InvalidValue("if", excerpt(str(given)), 'write {"all": […]} or {"any": […]}')
    need, conditions = next(iter(given.items()))
    if not isinstance(conditions, list):
        raise InvalidValue("if", excerpt(str(conditions)), "not a list of conditions")
    read = (_condition(each, f"if[{at}]", custom) for at, each in enumerate(conditions, start=1))
    return Test(need, tuple(read))


def _condition(given: object, where: str, custom: Sequence[Known]) -> Condition:
    if not isinstance(given, Mapping):
        raise InvalidValue(where, excerpt(str(given)), "not a condition")
    _only(given, ("field", "is", "value"), where)
    field = catalogue.known(str(given.get("field", "")), custom, field=f"{where}.field")
    how = _choice(given.get("is"), Is, f"{where}.is")
    if how not in OPERATORS[field.kind]:
        named = ", ".join(OPERATORS[field.kind])
        raise InvalidValue(
            f"{where}.is", how.value, f"{field.name} is not compared so", f"Known: {named}."
        )
    if how in WITHOUT_VALUE:
        return Condition(field.name, how)
    value = str(given.get("value", ""))
    _check(field, value, where)
    return Condition(field.name, how, value)


def _check(field: Known, value: str, where: str) -> None:
    """Raise InvalidValue for a value that the field can never be compared with."""
    match field.kind:
        case Kind.NUMBER | Kind.MONEY:
            _decimal(value, where)
        case Kind.DATE:
            parse_day(value, date(2000, 1, 1), field=where)
        case Kind.CHOICE if value not in field.choices:
            raise InvalidValue(where, value, f"not one of {', '.join(field.choices)}")


def _steps(given: object, branch: str, custom: Sequence[Known]) -> tuple[Step, ...]:
    if not isinstance(given, list) or len(given) > MAX_STEPS:
        raise InvalidValue(
            branch, excerpt(str(given)), f"not a list of at most {MAX_STEPS} actions"
        )
    return tuple(_step(each, f"{branch}[{at}]", custom) for at, each in enumerate(given, start=1))


def _step(given: object, where: str, custom: Sequence[Known]) -> Step:
    if not isinstance(given, Mapping):
        raise InvalidValue(where, excerpt(str(given)), "not an action")
    do = _choice(given.get("do"), Do, f"{where}.do")
    known = ARGUMENTS[do]
    _only(given, ("do", *known), where)
    args: dict[str, Any] = {}
    for name, argument in known.items():
        value = given.get(name)
        if value is None or value == "":
            if argument.required:
                raise MissingField(f"{where}.{name}", f"{do.value} needs it")
            continue
        args[name] = _argument(argument, value, f"{where}.{name}", custom)
    if do is Do.DELAY and not any(args.values()):
        raise MissingField(where, "say how long to wait: days, hours or minutes")
    if do is Do.SEND_WEBHOOK:
        _check_webhook(args, where, custom)
    return Step(do, args)


def _check_webhook(args: Mapping[str, Any], where: str, custom: Sequence[Known]) -> None:
    """Raise InvalidValue for an address that no webhook goes to, or that fields could redirect."""
    field = f"{where}.url"
    first, *further = placeholders.parse(args["url"], custom)
    if not isinstance(first, str):
        raise InvalidValue(field, excerpt(args["url"]), "its host is not filled in by a field")
    check_url(first, field=field)
    if further and urlsplit(first)[2:4] == ("", ""):
        raise InvalidValue(field, excerpt(args["url"]), "fields come behind the host and a /")
    if "secret" in args:
        check_secret_name(args["secret"], field=f"{where}.secret")


def _argument(argument: Argument, value: object, where: str, custom: Sequence[Known]) -> object:
    match argument.kind:
        case "text":
            placeholders.parse(str(value), custom, field=where)
            return str(value)
        case "days":
            return _count(value, where)
        case _:
            return _id(value, where)


def _only(given: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    unknown = [str(key) for key in given if key not in known]
    if unknown:
        raise InvalidValue(where, unknown[0], "there is no such key", f"Known: {', '.join(known)}.")


def _choice(value: object, choices: type[ChoiceT], where: str) -> ChoiceT:
    try:
        return choices(str(value))
    except ValueError as error:
        named = ", ".join(choices)
        raise InvalidValue(where, value or "", f"not one of {named}") from error


def _id(value: object, where: str) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidValue(where, value, "not an id")
    return value


def _count(value: object, where: str, *, least: int = 0) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= DAYS_LIMIT:
        raise InvalidValue(where, value, f"not a whole number from {least} to {DAYS_LIMIT}")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise InvalidValue("enabled", value, "neither true nor false")
    return value


def _decimal(text: str, where: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise InvalidValue(where, text, "not a number", "Write it like 10000 or 99.50.")
    return number


# ── held against a deal ───────────────────────────────────────────────────────────────────────


def holds(test: Test, now: Facts, before: Facts, today: date) -> bool:
    """Return whether a rule's conditions hold; `before` are the facts before the change."""
    verdicts = (_true(each, now, before, today) for each in test.conditions)
    return any(verdicts) if test.need == "any" and test.conditions else all(verdicts)


def _true(condition: Condition, now: Facts, before: Facts, today: date) -> bool:
    value, was = now.get(condition.field), before.get(condition.field)
    match condition.how:
        case Is.EMPTY:
            return value in (None, "")
        case Is.NOT_EMPTY:
            return value not in (None, "")
        case Is.CHANGED_TO:
            return value != was and _same(value, condition.value, today)
        case Is.CHANGED_FROM:
            return value != was and _same(was, condition.value, today)
        case Is.IS:
            return _same(value, condition.value, today)
        case Is.IS_NOT:
            return not _same(value, condition.value, today)
        case Is.CONTAINS:
            return fold(condition.value) in fold(placeholders.raw(value))
        case Is.GREATER | Is.AFTER:
            return _order(value, condition.value, today) > 0
        case Is.LESS | Is.BEFORE:
            return _order(value, condition.value, today) < 0


_folded = lru_cache(1_024)(fold)
_number = lru_cache(256)(lambda text: _decimal(text, "value"))
_day = lru_cache(256)(parse_day)
"""The same few values are compared with the fields of many deals."""


def _same(value: Value, text: str, today: date) -> bool:
    if isinstance(value, str) or value is None:
        return _folded(value or "") == _folded(text)
    return _order(value, text, today) == 0


def _order(value: Value, text: str, today: date) -> int:
    """Return how a value lies to what was typed: before it, at it or after it; 0 for an empty one.

    An empty value is neither greater nor less than anything.
    """
    match value:
        case date():
            other: Any = _day(text, today)
        case Decimal() | int():
            other = _number(text)
        case _:
            return 0
    return bool(value > other) - bool(value < other)


def steps(given: object, custom: Sequence[Known] = ()) -> tuple[Step, ...]:
    """Return the steps that a list of JSON objects means. Raises InvalidValue."""
    return _steps(given, "steps", custom)


def parts_of(step: Step, name: str, custom: Iterable[Known] = ()) -> tuple[Part, ...]:
    """Return the text of a step's argument taken apart; nothing where it has none."""
    return placeholders.parse(str(step.args.get(name, "")), custom)
