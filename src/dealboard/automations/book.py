"""The rules that are in force, taken apart once: texts parsed, and which facts each one needs.

A workspace keeps one book; it is good until the rules, or the own fields of contacts, change.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

from dealboard.domain import placeholders, rules
from dealboard.domain.catalogue import Facts, Known
from dealboard.domain.placeholders import Part, Placeholder, Setting
from dealboard.domain.rules import ARGUMENTS, Do, Rule, Step, Test, Trigger
from dealboard.errors import InvalidValue
from dealboard.store.driver import Connection
from dealboard.store.reads import automations as reads

WRITES_DEALS = frozenset({Do.UPDATE_DEAL, Do.MOVE_STAGE, Do.ASSIGN_OWNER, Do.ADD_CONTACT})
"""Actions that change a deal which is there, and so may set off a rule again."""


class Deed(NamedTuple):
    """A step, its texts taken apart."""

    do: Do
    args: Mapping[str, Any]
    texts: Mapping[str, tuple[Part, ...]]

    def text(self, name: str, facts: Facts, setting: Setting) -> str | None:
        """Return an argument filled in; None if the step has none of that name."""
        parts = self.texts.get(name)
        return None if parts is None else placeholders.fill(parts, facts, setting)

    def filled(self, facts: Facts, setting: Setting) -> dict[str, str]:
        """Return all texts filled in, by name."""
        fill = placeholders.fill
        return {name: fill(parts, facts, setting) for name, parts in self.texts.items()}

    def address(self, facts: Facts, setting: Setting) -> str:
        """Return the address of a webhook; what is filled in cannot lead elsewhere."""
        parts = self.texts.get("url", ())
        return "".join(
            part if isinstance(part, str) else quote(_one(part, facts, setting), safe="")
            for part in parts
        )

    @property
    def wait(self) -> timedelta:
        """How long a delay is."""
        given = {unit: self.args.get(unit, 0) for unit in ("days", "hours", "minutes")}
        return timedelta(**given)

    @property
    def document(self) -> dict[str, Any]:
        """The step as JSON."""
        return {"do": self.do.value, **self.args}


def _one(part: Placeholder, facts: Facts, setting: Setting) -> str:
    return placeholders.fill((part,), facts, setting)


class Compiled(NamedTuple):
    """A rule as it runs. `broken` says why it cannot, if something it names is gone."""

    id: int
    name: str
    trigger: Trigger
    test: Test = Test()
    then: tuple[Deed, ...] = ()
    otherwise: tuple[Deed, ...] = ()
    wanted: frozenset[str] = frozenset()
    broken: str = ""

    def writes_deals(self, deeds: Iterable[Deed]) -> bool:
        """Return whether some of these steps change deals that are there."""
        return any(deed.do in WRITES_DEALS for deed in deeds)


class Book:
    """The rules in force; `locale` is how money is written in what they fill in."""

    def __init__(self, locale: str = "en_US") -> None:
        self.locale = locale
        self.rules: tuple[Compiled, ...] = ()
        self._key: object = None

    def refresh(self, connection: Connection, active: reads.Active) -> None:
        """Take the rules apart again if they, or the own fields of contacts, have changed."""
        fields = connection.execute("SELECT id, version FROM custom_field ORDER BY id").fetchall()
        key = active, tuple(fields)
        if key != self._key:
            custom = reads.known_fields(connection)
            found = (_kept(*row, custom) for row in reads.definitions(connection))
            self.rules = tuple(rule for rule in found if rule is not None)
            self._key = key


def compiled(rule_id: int, rule: Rule, custom: Sequence[Known]) -> Compiled:
    """Return a rule taken apart."""
    then, otherwise = deeds(rule.then, custom), deeds(rule.otherwise, custom)
    wanted = {condition.field for condition in rule.test.conditions}
    wanted |= set(_named((*then, *otherwise)))
    return Compiled(rule_id, rule.name, rule.trigger, rule.test, then, otherwise, frozenset(wanted))


def deeds(steps: Iterable[Step], custom: Sequence[Known]) -> tuple[Deed, ...]:
    """Return steps taken apart."""
    return tuple(Deed(step.do, step.args, _texts(step, custom)) for step in steps)


def from_documents(
    documents: Sequence[Mapping[str, Any]], custom: Sequence[Known]
) -> tuple[Deed, ...]:
    """Return what `Deed.document` wrote. Raises InvalidValue where a field is gone."""
    return deeds(rules.steps(list(documents), custom), custom)


def needed(some: Iterable[Deed]) -> frozenset[str]:
    """Return the facts that steps need."""
    return frozenset(_named(some))


def _kept(rule_id: int, name: str, definition: str, custom: Sequence[Known]) -> Compiled | None:
    document = json.loads(definition)
    try:
        return compiled(rule_id, rules.parse(document | {"name": name}, custom), custom)
    except InvalidValue as error:
        try:
            trigger = rules.trigger(document.get("trigger"))
        except InvalidValue:
            return None  # nobody knows any more when it should run
        return Compiled(rule_id, name, trigger, broken=error.sentence)


def _texts(step: Step, custom: Sequence[Known]) -> dict[str, tuple[Part, ...]]:
    return {
        name: placeholders.parse(str(step.args[name]), custom)
        for name, argument in ARGUMENTS[step.do].items()
        if argument.kind == "text" and name in step.args
    }


def _named(some: Iterable[Deed]) -> Iterator[str]:
    for deed in some:
        for parts in deed.texts.values():
            for part in parts:
                if isinstance(part, Placeholder) and part.name != "today":
                    yield part.name
                    if part.variant:
                        yield "deal.currency"
