"""An automation while it is edited: what stands in its parts, what that means, and what is wrong.

Pure: no Textual here, no clock. The draft is a `Rule` all the time, also while parts of it are not
chosen yet; what is typed and means nothing is kept beside it until it does, or is given up.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, cast

from dealboard.domain import catalogue, rules
from dealboard.domain.catalogue import Kind, Known
from dealboard.domain.dates import Order, describe_day, parse_day
from dealboard.domain.durations import (
    format_due,
    format_offset,
    format_wait,
    parse_due,
    parse_offset,
    parse_wait,
)
from dealboard.domain.money import decimal_string, parse_amount, parse_decimal
from dealboard.domain.placeholders import Setting
from dealboard.domain.rule_fields import example
from dealboard.domain.rule_words import Manner, Names
from dealboard.domain.rules import (
    ARGUMENTS,
    OPERATORS,
    WITHOUT_VALUE,
    Condition,
    Do,
    Is,
    On,
    Rule,
    Step,
    Trigger,
)
from dealboard.domain.views import Pipeline, Stage, User
from dealboard.errors import InvalidValue
from dealboard.widgets.deal_form import in_place

Branch = Literal["then", "else"]
BRANCHES: tuple[Branch, ...] = ("then", "else")

ADD = "add"
"""The argument of the line that adds a condition or an action."""

WAIT = "wait"
"""The argument that stands for days, hours and minutes of a delay together."""

NAME_LIMIT = 120


class Spot(NamedTuple):
    """A place of the form: a part of the rule, of several the how-many-eth, and its argument."""

    part: str
    at: int = -1
    arg: str = ""


NAME, ENABLED, ON, PIPELINE = Spot("name"), Spot("enabled"), Spot("on"), Spot("pipeline")
FROM, TO, FIELDS, DAYS, NEED = Spot("from"), Spot("to"), Spot("fields"), Spot("days"), Spot("need")

DETAILS: Mapping[On, tuple[Spot, ...]] = {
    On.STAGE: (PIPELINE, FROM, TO),
    On.UPDATED: (FIELDS, PIPELINE),
    On.CLOSE_DATE: (DAYS, PIPELINE),
}
"""What is asked about a trigger; about the others the pipeline only."""

SHOWN: Mapping[Do, tuple[str, ...]] = {
    Do.CREATE_DEAL: (
        *("pipeline", "stage", "title", "amount", "currency", "close_date", "reference", "owner"),
    ),
    Do.UPDATE_DEAL: (
        *("find_reference", "stage", "owner", "title", "amount", "currency", "close_date"),
        "reference",
    ),
    Do.DELAY: (WAIT,),
}
"""The arguments of actions in the order of the form, where that is another than the domain's."""


class Stock(NamedTuple):
    """What the workspace has that a rule can name, and how its user writes."""

    pipelines: tuple[Pipeline, ...] = ()
    stages: tuple[Stage, ...] = ()
    users: tuple[User, ...] = ()
    custom: tuple[Known, ...] = ()
    currency: str = "EUR"
    setting: Setting | None = None
    order: Order = "dmy"

    @property
    def manner(self) -> Manner:
        """How a rule is put into words here."""
        names = Names.of(self.pipelines, self.stages, self.users)
        locale = self.setting.locale if self.setting else "en_US"
        return Manner(names, self.custom, self.currency, locale)

    def known(self, name: str) -> Known | None:
        """Return a field of the catalogue or of the workspace."""
        own = (each for each in self.custom if each.name == name)
        return catalogue.FIELDS.get(name) or next(own, None)

    def stages_of(self, pipeline_id: int | None) -> tuple[Stage, ...]:
        """Return the stages of a pipeline, or all."""
        return tuple(each for each in self.stages if pipeline_id in (None, each.pipeline_id))


class Draft:
    """A rule as it is edited; `opened` is what it was when the form was opened."""

    def __init__(self, rule: Rule, stock: Stock) -> None:
        self.rule = self.opened = rule
        self.stock = stock
        self.complaints: dict[Spot, str] = {}
        self._unread: dict[Spot, str] = {}

    @property
    def dirty(self) -> bool:
        """Whether leaving would lose something."""
        return self.rule != self.opened or bool(self._unread)

    # ── what there is ─────────────────────────────────────────────────────────────────────────

    @property
    def details(self) -> tuple[Spot, ...]:
        """What is asked about the trigger."""
        return DETAILS.get(self.rule.trigger.on, (PIPELINE,))

    def steps(self, branch: Branch) -> tuple[Step, ...]:
        """Return the actions of a branch."""
        return self.rule.then if branch == "then" else self.rule.otherwise

    def step(self, spot: Spot) -> Step:
        """Return the action that a place is about."""
        return self.steps(cast("Branch", spot.part))[spot.at]

    def arguments(self, do: Do) -> tuple[str, ...]:
        """Return what an action takes, in the order of the form."""
        return SHOWN.get(do, tuple(ARGUMENTS[do]))

    def kind(self, spot: Spot) -> str:
        """Return what an action takes at a place: "text", "days", "stage", …; or "wait"."""
        return WAIT if spot.arg == WAIT else ARGUMENTS[self.step(spot).do][spot.arg].kind

    def is_typed(self, spot: Spot) -> bool:
        """Return whether a text is typed at a place; else something is chosen."""
        if spot.arg == ADD:
            return False
        if spot.part == "if":
            return self.has_value(spot.at) and not self.values(spot.at)
        if spot.part in BRANCHES:
            return bool(spot.arg) and self.kind(spot) in ("text", "days", WAIT)
        return spot in (NAME, DAYS)

    def takes_fields(self, spot: Spot) -> bool:
        """Return whether dynamic fields can be typed at a place."""
        return spot.part in BRANCHES and spot.arg not in ("", ADD, "secret") and (
            self.kind(spot) == "text"
        )  # fmt: skip

    def has_value(self, at: int) -> bool:
        """Return whether a condition compares with a value."""
        return self.rule.test.conditions[at].how not in WITHOUT_VALUE

    def values(self, at: int) -> tuple[str, ...]:
        """Return what a condition can be compared with, empty where that is typed."""
        condition = self.rule.test.conditions[at]
        known = self.stock.known(condition.field)
        if known is None or condition.how in (*WITHOUT_VALUE, Is.CONTAINS):
            return ()
        if known.choices:
            return known.choices
        stages = tuple(each.name for each in self.stock.stages)
        names = {
            "pipeline.name": tuple(each.name for each in self.stock.pipelines),
            "stage.name": stages,
            "stage.previous.name": stages,
            "owner.name": tuple(each.name for each in self.stock.users),
        }
        return tuple(dict.fromkeys(names.get(known.name, ())))

    def operators(self, at: int) -> tuple[Is, ...]:
        """Return how the field of a condition can be compared."""
        known = self.stock.known(self.rule.test.conditions[at].field)
        return OPERATORS[known.kind] if known else tuple(Is)

    def text(self, spot: Spot) -> str:
        """Return what is typed at a place."""
        if spot in self._unread:
            return self._unread[spot]
        if spot == NAME:
            return self.rule.name
        if spot == DAYS:
            return format_offset(self.rule.trigger.days)
        if spot.part == "if":
            return self.rule.test.conditions[spot.at].value
        args = self.step(spot).args
        match self.kind(spot):
            case "wait":
                return format_wait(args)
            case "days":
                return format_due(args.get(spot.arg))
        return str(args.get(spot.arg, ""))

    def understood(self, spot: Spot) -> str:
        """Return what a typed text means, where that is not plain."""
        setting = self.stock.setting
        if spot in self._unread or setting is None:
            return ""
        if self.takes_fields(spot):
            text = self.text(spot)
            filled = example(text, self.stock.custom, setting)
            return f"such as: {filled}" if filled not in ("", text) else ""
        if spot.part == "if" and self._kind_of(spot.at) is Kind.DATE and self.text(spot):
            return describe_day(parse_day(self.text(spot), setting.today), setting.today)
        return ""

    # ── what is changed ───────────────────────────────────────────────────────────────────────

    def put(self, spot: Spot, text: str) -> None:
        """Type a text at a place; what means nothing is complained about."""
        self._unread.pop(spot, None)
        self.complaints.pop(spot, None)
        try:
            self._put(spot, text)
        except InvalidValue as error:
            self._unread[spot] = text
            self.complaints[spot] = in_place(error)

    def _put(self, spot: Spot, text: str) -> None:
        if spot == NAME:
            self.rule = self.rule._replace(name=text.strip())
        elif spot == DAYS:
            self.detail(days=parse_offset(text))
        elif spot.part == "if":
            value = self._value(spot.at, text)
            self._condition(spot.at, value=value)
        elif spot.arg == WAIT:
            self._args(spot, dict(parse_wait(text)))
        elif self.kind(spot) == "days":
            self.argue(spot, parse_due(text))
        else:
            self.argue(spot, text)

    def _kind_of(self, at: int) -> Kind | None:
        known = self.stock.known(self.rule.test.conditions[at].field)
        return known.kind if known else None

    def _value(self, at: int, text: str) -> str:
        """Return a typed value as rules keep it: numbers plain, days that stay what they are."""
        setting = self.stock.setting
        locale = setting.locale if setting else "en_US"
        text = " ".join(text.split())
        match self._kind_of(at):
            case Kind.MONEY if text:
                amount = parse_amount(text, self.stock.currency, locale)
                exact = "" if amount is None else decimal_string(amount, self.stock.currency)
                return parse_decimal(exact)
            case Kind.NUMBER if text:
                return parse_decimal(text, locale)
            case Kind.DATE if text and setting:
                day = parse_day(text, setting.today, order=self.stock.order, field="value")
                return day.isoformat() if text[0].isdigit() else text
        return text

    def name(self, text: str) -> None:
        """Call the rule something, unless it has a name."""
        if not self.rule.name:
            self.rule = self.rule._replace(name=text)

    def enable(self, *, enabled: bool) -> None:
        """Switch the rule on or off."""
        self.rule = self.rule._replace(enabled=enabled)

    def fire_on(self, on: On) -> None:
        """Choose another trigger; the pipeline stays."""
        if on is not self.rule.trigger.on:
            self._forget(*DETAILS.get(on, ()), *self.details)
            trigger = Trigger(on, pipeline=self.rule.trigger.pipeline)
            self.rule = self.rule._replace(trigger=trigger)
        self.complaints.pop(ON, None)

    def detail(self, **parts: Any) -> None:
        """Change details of the trigger; stages of another pipeline go."""
        trigger = self.rule.trigger._replace(**parts)
        if parts.get("pipeline") is not None:
            here = {each.id for each in self.stock.stages_of(parts["pipeline"])}
            trigger = trigger._replace(
                from_stage=trigger.from_stage if trigger.from_stage in here else None,
                to_stage=trigger.to_stage if trigger.to_stage in here else None,
            )
        self.rule = self.rule._replace(trigger=trigger)
        self._forget(*self.details)

    # conditions

    def need(self, need: Literal["all", "any"]) -> None:
        """Choose whether all conditions must hold, or any."""
        self.rule = self.rule._replace(test=self.rule.test._replace(need=need))

    def add_condition(self, field: str) -> int:
        """Add a condition on a field behind the others, and return its place."""
        known = self.stock.known(field)
        how = Is.GREATER if known and known.kind is Kind.MONEY else Is.IS
        self._conditions((*self.rule.test.conditions, Condition(field, how)))
        return len(self.rule.test.conditions) - 1

    def compare(self, at: int, *, field: str | None = None, how: Is | None = None) -> None:
        """Choose another field or comparison for a condition; a value that no longer fits goes."""
        before = self._kind_of(at)
        if field is not None:
            self._condition(at, field=field)
            if self._kind_of(at) is not before:
                self._condition(at, value="")
            if self.rule.test.conditions[at].how not in self.operators(at):
                self._condition(at, how=Is.IS)
        if how is not None:
            self._condition(at, how=how)
        choices, value = self.values(at), self.rule.test.conditions[at].value
        if not self.has_value(at) or (choices and value not in choices):
            self._condition(at, value="")
        self._forget(Spot("if", at))

    def set_value(self, at: int, value: str) -> None:
        """Choose what a condition is compared with."""
        self._condition(at, value=value)
        self._forget(Spot("if", at))

    def _condition(self, at: int, **parts: Any) -> None:
        some = list(self.rule.test.conditions)
        some[at] = some[at]._replace(**parts)
        self._conditions(some)

    def _conditions(self, some: Sequence[Condition]) -> None:
        self.rule = self.rule._replace(test=self.rule.test._replace(conditions=tuple(some)))

    # actions

    def add_step(self, branch: Branch, do: Do) -> int:
        """Add an action behind the others, and return its place."""
        self._put_steps(branch, (*self.steps(branch), Step(do, {})))
        return len(self.steps(branch)) - 1

    def change_step(self, spot: Spot, do: Do) -> None:
        """Do something else at a place; the arguments that it takes too stay."""
        step = self.step(spot)
        if step.do is not do:
            kept = {name: value for name, value in step.args.items() if name in ARGUMENTS[do]}
            self._put_step(spot, Step(do, kept))
            self._forget_from(spot.part)

    def argue(self, spot: Spot, value: object) -> None:
        """Give an action an argument; None or nothing takes it away."""
        args = {**self.step(spot).args, spot.arg: value}
        if spot.arg == "pipeline" and value != self.step(spot).args.get("pipeline"):
            args.pop("stage", None)
        self._args(spot, args)
        self._forget(spot)

    def _args(self, spot: Spot, args: Mapping[str, object]) -> None:
        given = {name: value for name, value in args.items() if value not in (None, "")}
        self._put_step(spot, Step(self.step(spot).do, given))

    def _put_step(self, spot: Spot, step: Step) -> None:
        branch = cast("Branch", spot.part)
        some = list(self.steps(branch))
        some[spot.at] = step
        self._put_steps(branch, some)

    def _put_steps(self, branch: Branch, some: Sequence[Step]) -> None:
        if branch == "then":
            self.rule = self.rule._replace(then=tuple(some))
        else:
            self.rule = self.rule._replace(otherwise=tuple(some))
        self._forget(Spot(branch, arg=ADD))

    # both

    def remove(self, spot: Spot) -> None:
        """Take out the condition or the action that a place is about."""
        if spot.part == "if":
            some = self.rule.test.conditions
            self._conditions((*some[: spot.at], *some[spot.at + 1 :]))
        else:
            branch = cast("Branch", spot.part)
            steps = self.steps(branch)
            self._put_steps(branch, (*steps[: spot.at], *steps[spot.at + 1 :]))
        self._forget_from(spot.part)

    def shift(self, spot: Spot, by: int) -> int:
        """Move a condition or an action by so many places, and return where it is then."""
        some: list[Any] = list(
            self.rule.test.conditions
            if spot.part == "if"
            else self.steps(cast("Branch", spot.part))
        )
        to = min(max(spot.at + by, 0), len(some) - 1)
        some.insert(to, some.pop(spot.at))
        if spot.part == "if":
            self._conditions(some)
        else:
            self._put_steps(cast("Branch", spot.part), some)
        self._forget_from(spot.part)
        return to

    def _forget(self, *spots: Spot) -> None:
        for spot in spots:
            self._unread.pop(spot, None)
            self.complaints.pop(spot, None)

    def _forget_from(self, part: str) -> None:
        """Forget what is said about numbered places: they have moved."""
        self._forget(*(each for each in (*self.complaints, *self._unread) if each.part == part))

    # ── what it means ─────────────────────────────────────────────────────────────────────────

    def check(self, spot: Spot) -> None:
        """Complain about the part at a place, if it is wrong as far as it is filled in."""
        if spot not in self._unread and spot.part in BRANCHES and spot.arg not in ("", ADD):
            wrong = dict(self._wrong_step(spot.part, spot.at))
            if spot in wrong and self.text(spot):
                self.complaints[spot] = wrong[spot]

    def checked(self) -> Rule | None:
        """Return the rule; None, with a complaint beside each part that is wrong, if one is."""
        kept = {spot: said for spot, said in self.complaints.items() if spot in self._unread}
        wrong = dict(self._wrong())
        self.complaints = wrong | kept
        return None if self.complaints else self.rule

    def blame(self, field: str, sentence: str) -> bool:
        """Say what the workspace refused beside the part that an error names, if it names one."""
        if field == "name":
            self.complaints[NAME] = sentence
            return True
        if field in ("stage", "pipeline", "user"):
            arg = "owner" if field == "user" else field
            for branch in BRANCHES:
                for at, step in enumerate(self.steps(branch)):
                    if step.args.get(arg):
                        self.complaints[Spot(branch, at, arg)] = sentence
                        return True
        return False

    def _wrong(self) -> Iterator[tuple[Spot, str]]:
        rule = self.rule
        if not rule.name.strip():
            yield NAME, "An automation needs a name."
        elif len(rule.name) > NAME_LIMIT:
            yield NAME, f"At most {NAME_LIMIT} characters."
        for at, condition in enumerate(rule.test.conditions):
            yield from self._wrong_condition(at, condition)
        if not rule.then:
            yield Spot("then", arg=ADD), "Add at least one action."
        for branch in BRANCHES:
            for at in range(len(self.steps(branch))):
                yield from self._wrong_step(branch, at)

    def _wrong_condition(self, at: int, condition: Condition) -> Iterator[tuple[Spot, str]]:
        if self.has_value(at) and not condition.value:
            yield Spot("if", at), "Say what it is compared with."
            return
        alone = Rule(
            "-",
            Trigger(On.CREATED),
            rules.Test("all", (condition,)),
            (Step(Do.ADD_NOTE, {"text": "-"}),),
        )
        try:
            rules.parse(rules.document(alone), self.stock.custom)
        except InvalidValue as error:
            yield Spot("if", at), in_place(error)

    def _wrong_step(self, branch: Branch, at: int) -> Iterator[tuple[Spot, str]]:
        step = self.steps(branch)[at]
        missing = tuple(self._missing(branch, at, step))
        if missing:
            yield from missing
            return
        try:
            rules.steps([{"do": step.do.value, **step.args}], self.stock.custom)
        except InvalidValue as error:
            _, _, arg = error.field.partition(".")
            known = arg if arg in self.arguments(step.do) else ""
            yield Spot(branch, at, known), in_place(error)

    def _missing(self, branch: Branch, at: int, step: Step) -> Iterator[tuple[Spot, str]]:
        for name, argument in ARGUMENTS[step.do].items():
            if argument.required and not str(step.args.get(name, "")).strip():
                said = "It needs a text." if argument.kind == "text" else f"Choose a {name}."
                yield Spot(branch, at, name), said
        if step.do is Do.DELAY and not step.args:
            yield Spot(branch, at, WAIT), "Say how long: 2d, 3 hours, 30 min."
        if step.do is Do.UPDATE_DEAL and not step.args.keys() - {"find_reference"}:
            yield Spot(branch, at), "Fill in what is to be changed."
