"""Exports as WhatsApp writes them, made from messages."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from dealboard.chat.export import Said
from dealboard.domain.dates import Order


class Style(NamedTuple):
    """A locale's way to begin a message, and what ends one."""

    name: str
    order: Order
    begin: Callable[[datetime], str]
    end: str = "\n"
    seconds: bool = False


SPANISH = ("a.\u00a0m.", "p.\u00a0m.")


def after(at: datetime, am: str = "AM", pm: str = "PM", form: str = "%M") -> str:
    """Return a time with the half of the day behind it."""
    return f"{at.hour % 12 or 12}:{at:{form}}\u202f{pm if at.hour >= 12 else am}"


def before(at: datetime, am: str, pm: str) -> str:
    """Return a time with the half of the day before it."""
    return f"{pm if at.hour >= 12 else am}{at.hour % 12 or 12}:{at:%M}"


def android(name: str, order: Order, begin: Callable[[datetime], str]) -> Style:
    """Return a style without seconds that ends lines as Linux does."""
    return Style(name, order, lambda at: f"{begin(at)} - ")


def ios(name: str, order: Order, begin: Callable[[datetime], str], mark: str = "") -> Style:
    """Return a style with seconds, in brackets."""
    return Style(name, order, lambda at: f"{mark}[{begin(at)}] ", "\r\n", seconds=True)


STYLES = (
    android("android it", "dmy", lambda at: f"{at:%d/%m/%y, %H:%M}"),
    android("android fr", "dmy", lambda at: f"{at:%d/%m/%Y à %H:%M}"),
    android("android pt", "dmy", lambda at: f"{at:%d/%m/%Y %H:%M}"),
    android("android de", "dmy", lambda at: f"{at:%d.%m.%y, %H:%M}"),
    android("android sv", "ymd", lambda at: f"{at:%Y-%m-%d %H:%M}"),
    android("android hu", "ymd", lambda at: f"{at:%Y. %m. %d. %H:%M}"),
    android("android zh", "ymd", lambda at: f"{at:%Y/%m/%d} {before(at, '上午', '下午')}"),
    android("android us", "mdy", lambda at: f"{at.month}/{at.day}/{at:%y}, {after(at)}"),
    android("android es", "dmy", lambda at: f"{at.day}/{at.month}/{at:%y}, {after(at, *SPANISH)}"),
    ios("ios it", "dmy", lambda at: f"{at:%d/%m/%y, %H:%M:%S}"),
    ios("ios it, no comma", "dmy", lambda at: f"{at:%d/%m/%y %H:%M:%S}"),
    ios("ios us", "mdy", lambda at: f"{at.month}/{at.day}/{at:%y}, {after(at, form='%M:%S')}"),
    ios("ios de", "dmy", lambda at: f"{at:%d.%m.%y, %H:%M:%S}"),
    ios("ios marked", "dmy", lambda at: f"{at:%d/%m/%Y, %H:%M:%S}", "\u200e"),
)


def written(said: Iterable[Said], style: Style) -> bytes:
    """Return an export of messages."""
    lines = (
        f"{style.begin(each.at)}{each.sender}: {each.text}" if each.sender
        else f"{style.begin(each.at)}{each.text}"
        for each in said
    )  # fmt: skip
    return "".join(f"{line}{style.end}" for line in lines).encode()
