"""Write the tables of docs/automations.md from the code: `python scripts/tables.py`.

Each stands between `<!-- table: NAME -->` and `<!-- end -->`; what is between is replaced.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from dealboard.domain.catalogue import CUSTOM, FIELDS, Kind, Known
from dealboard.domain.rule_terms import ACTIONS, COMPARISONS, DEAL_FIELDS
from dealboard.domain.rules import ARGUMENTS, OPERATORS, UPDATED_FIELDS, Do

PAGE = Path(__file__).parents[1] / "docs" / "automations.md"

MARKED = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

HOLDS = {
    Kind.TEXT: "text",
    Kind.NUMBER: "number",
    Kind.MONEY: "amount",
    Kind.DATE: "day",
}

VALUES = {
    Kind.TEXT: "text; case and accents do not matter",
    Kind.NUMBER: "a number such as 50 or 99.50",
    Kind.MONEY: "a number in units of the deal's currency, such as 10000 or 99.50",
    Kind.DATE: "a day: 2026-12-31, today, +2w, -30d, next fri",
    Kind.CHOICE: "one of the choices",
}

VARIANTS = {Kind.MONEY: "formatted", Kind.DATE: "local"}


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [[*headings], *([*row] for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _codes(names: Iterable[str]) -> str:
    return " ".join(f"`{name}`" for name in names)


def fields() -> str:
    """Return the dynamic fields."""
    own = (
        Known(f"{CUSTOM}NAME", Kind.TEXT, "Any contact field of your own, by its name"),
        Known(
            "today", Kind.DATE, "The day it runs; `today+7d`, `today-2w`, `today+1m`, `today+1y`"
        ),
    )
    return _table(
        ("field", "what it is", "holds", "in a text"), map(_field, (*FIELDS.values(), *own))
    )


def _field(known: Known) -> tuple[str, ...]:
    written = [known.name]
    if known.kind in VARIANTS:
        written.append(f"{known.name}.{VARIANTS[known.kind]}")
    holds = "its kind" if known.name.startswith(CUSTOM) else HOLDS.get(known.kind, "")
    return (
        f"`{known.name}`",
        known.title,
        " · ".join(known.choices) or holds,
        _codes(f"{{{{{name}}}}}" for name in written),
    )


def operators() -> str:
    """Return how each kind of field can be compared."""
    return _table(
        ("a field that holds", "is compared by `is`", "with a `value` that is"),
        (
            (HOLDS.get(kind, "one of some choices"), _codes(OPERATORS[kind]), VALUES[kind])
            for kind in Kind
        ),
    )


def comparisons() -> str:
    """Return what each comparison is called in the sentence of a rule."""
    return _table(("`is`", "in words"), ((f"`{how}`", words) for how, words in COMPARISONS.items()))


def updated() -> str:
    """Return the fields that a `deal_updated` trigger can ask for."""
    return _table(
        ("in `fields`", "what it is"), ((f"`{name}`", DEAL_FIELDS[name]) for name in UPDATED_FIELDS)
    )


def actions() -> str:
    """Return what each action takes."""
    return _table(
        ("`do`", "what it does", "needs", "can take"),
        (
            (f"`{do}`", ": ".join(filter(None, ACTIONS[do])), *map(_codes, _arguments(do)))
            for do in Do
        ),
    )


def _arguments(do: Do) -> Iterator[list[str]]:
    for required in (True, False):
        yield [name for name, each in ARGUMENTS[do].items() if each.required is required]


TABLES: dict[str, Callable[[], str]] = {
    each.__name__: each for each in (fields, operators, comparisons, updated, actions)
}


def page(text: str) -> str:
    """Return the page with its tables as the code has them now."""
    return MARKED.sub(lambda mark: f"{mark[1]}{TABLES[mark[2]]()}{mark[3]}", text)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
