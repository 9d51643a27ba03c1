"""The values that are asked for by themselves: a close date, an amount."""

from datetime import date

from textual.dom import DOMNode

from dealboard.domain.dates import describe_day, parse_day
from dealboard.domain.money import format_amount, parse_amount
from dealboard.screens.saving import writing
from dealboard.screens.typed import Typed

NO_DAY = frozenset({"", "-", "none", "clear"})
"""What takes a date away."""


def ask_day(node: DOMNode, title: str, *, initial: str = "") -> Typed[date | None]:
    """Return the question for a day; an empty answer means none."""
    how = writing(node)

    def parse(text: str) -> date | None:
        if text.strip().lower() in NO_DAY:
            return None
        return parse_day(text, how.today, order=how.order, first_weekday=how.first_weekday)

    def describe(day: date | None) -> str:
        return "no close date" if day is None else describe_day(day, how.today)

    hint = "⏎ done · empty: no date · esc leaves"
    placeholder = "fri, +2w, eom, 31/12"
    return Typed(title, parse, describe, placeholder=placeholder, initial=initial, hint=hint)


def ask_amount(node: DOMNode, title: str, currency: str) -> Typed[int | None]:
    """Return the question for an amount in minor units of a currency."""
    locale = writing(node).locale

    def parse(text: str) -> int | None:
        return parse_amount(text, currency, locale)

    def describe(amount: int | None) -> str:
        return "" if amount is None else format_amount(amount, currency, locale)

    return Typed(title, parse, describe, placeholder="12k", hint="⏎ done · esc leaves it open")
