"""What an answer of the Graph API means: by the code in its JSON first, by its status second.

Success is one shape only: 200, JSON, and as many events received as were sent. Everything else that
is no error of Meta's own, a portal's page, a redirect, an empty or a broken answer, has delivered
nothing. The texts of errors are in whatever language; only codes decide. Pure.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any, NamedTuple

from dealboard.delivery.backoff import retry_after
from dealboard.delivery.exchange import Reply
from dealboard.domain.text import excerpt, safe

BLOCKED_SECONDS = timedelta(hours=24).total_seconds()
"""How long nothing is sent after Meta blocked it for its policies."""

MOST_SKEW = timedelta(minutes=2)
"""How far this clock may be from the server's before it is said."""

EXCERPT = 200
"""Characters of a title, or of an answer that is not Meta's, that are kept."""


class Meaning(StrEnum):
    """What an answer means for what was sent.

    TAKEN: done. LATER: the same again. THROTTLED, BLOCKED: again when the server's time is over.
    REFUSED: a person has to do something first. BAD: an event is wrong, at least one.
    """

    TAKEN = "taken"
    LATER = "later"
    THROTTLED = "throttled"
    BLOCKED = "blocked"
    REFUSED = "refused"
    BAD = "bad"


class Answer(NamedTuple):
    """An answer, understood.

    `said` is a sentence for people, with code and trace id; `title` what Meta says beside it, in
    its words. `wait` are the seconds that it asks for. `doubt`: it may have taken the events.
    """

    meaning: Meaning
    said: str
    status: int
    title: str = ""
    wait: float | None = None
    doubt: bool = False


class _Error(NamedTuple):
    """The error object of an answer."""

    code: int
    subcode: int
    transient: bool
    title: str
    trace: str

    @property
    def named(self) -> str:
        """Code and subcode as people look them up, with the trace id that Meta's support wants."""
        code = f"{self.code}/{self.subcode}" if self.subcode else str(self.code)
        return f"error {code}" + (f", trace {self.trace}" if self.trace else "")


_THROTTLED = {4, 17, 32, 341, 613} | {*range(80000, 80015)}
_BLOCKED = {368}
_CREDENTIAL = {102, 104, 190}
_PERMISSION = {3, 10, 803} | {*range(200, 300)}
_OUTDATED = {2500, 2635}
_TEMPORARY = {1, 2}
_INVALID = 100
_NO_OBJECT = 33
"""The subcode of a data set that is not there, or not for this token."""

_WHY = {
    2804003: "it is older than seven days",
    2804004: "its moment is in the future",
    2804008: "its contents lack an id",
    2804009: "its value is missing or no number",
    2804019: "one of its fields is not as it should be",
    2804023: "its currency is missing or unknown",
    2804036: "its lead id is not one of Meta's",
    2804043: "it says nothing about the app",
    2804050: "what it says of the customer fits too many people",
    2804066: "such an event cannot come from a conversation",
    2804069: "its page or WhatsApp account is wrong",
    2804079: "its Instagram account is wrong",
    2804087: "its ad click is not one of Meta's",
    2804116: "its page or WhatsApp account is wrong",
    2804132: "the data set is not that of the WhatsApp account",
}
"""What the subcodes of bad events mean (specification, §6)."""


def read(reply: Reply, count: int, now: datetime) -> Answer:
    """Return what an answer to a batch of `count` events means; its text is shown nowhere as is."""
    answer = _understood(reply, count, now)
    skew = _skew(reply.headers, now)
    return answer._replace(said=f"{answer.said} {skew}") if skew else answer


def _understood(reply: Reply, count: int, now: datetime) -> Answer:
    found = _json(reply.text)
    wait = _asked(reply.headers, now)
    error = _error(found)
    if error is not None:
        return _explained(error, reply.status, wait)
    if reply.status == HTTPStatus.OK and _received(found) == count:
        trace = _trace(found)
        said = "Meta took it." + (f" Trace {trace}." if trace else "")
        return Answer(Meaning.TAKEN, said, reply.status)
    return _not_understood(reply, found, wait)


def _explained(error: _Error, status: int, wait: float | None) -> Answer:
    meaning = _meaning(error, status)
    if meaning is Meaning.BLOCKED:
        wait = max(BLOCKED_SECONDS, wait or 0.0)
    return Answer(meaning, _sentence(meaning, error), status, error.title, wait)


def _meaning(error: _Error, status: int) -> Meaning:
    code = error.code
    if code in _THROTTLED:
        return Meaning.THROTTLED
    if code in _BLOCKED:
        return Meaning.BLOCKED
    if code in _CREDENTIAL | _PERMISSION | _OUTDATED:
        return Meaning.REFUSED
    if error.transient or code in _TEMPORARY:
        return Meaning.LATER
    if code == _INVALID:
        return Meaning.REFUSED if error.subcode == _NO_OBJECT else Meaning.BAD
    return _by_status(status)


def _by_status(status: int) -> Meaning:
    """Return what an error means whose code nobody knows."""
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return Meaning.REFUSED
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Meaning.THROTTLED
    return Meaning.BAD if 400 <= status < 500 else Meaning.LATER


def _sentence(meaning: Meaning, error: _Error) -> str:
    match meaning:
        case Meaning.THROTTLED:
            what = "Meta wants fewer requests"
        case Meaning.BLOCKED:
            what = "Meta blocked this for its policies: see the Events Manager"
        case Meaning.LATER:
            what = "Meta has trouble of its own"
        case Meaning.BAD:
            why = _WHY.get(error.subcode, "it is not as it should be")
            what = f"Meta refuses the event: {why}"
        case _:
            what = _refusal(error)
    return f"{what} ({error.named})."


def _refusal(error: _Error) -> str:
    if error.code in _CREDENTIAL:
        return "Meta does not accept the token: set another one"
    if error.code in _OUTDATED:
        return "Meta does not know this version of its interface: see meta_api_version"
    return "The token may not send to this data set, or there is none of that id"


def _not_understood(reply: Reply, found: object, wait: float | None) -> Answer:
    """Return what it means that Meta's own answer did not come."""
    status = reply.status
    shown = excerpt(safe(reply.text.strip()), EXCERPT)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Answer(Meaning.THROTTLED, "Meta wants fewer requests.", status, shown, wait)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Answer(Meaning.BAD, "The request is too large for Meta.", status, shown)
    received = _received(found)
    if received is not None:
        said = f"Meta says that it received {received} events."
    else:
        said = f"What answered was not Meta: {status}, and nothing was delivered."
    doubt = 200 <= status < 300 or status >= 500
    return Answer(Meaning.LATER, said, status, shown, wait, doubt)


# ── the parts of an answer ────────────────────────────────────────────────────────────────────


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _received(found: object) -> int | None:
    received = found.get("events_received") if isinstance(found, dict) else None
    return received if isinstance(received, int) and not isinstance(received, bool) else None


def _error(found: object) -> _Error | None:
    error = found.get("error") if isinstance(found, dict) else None
    if not isinstance(error, dict) or not isinstance(error.get("code"), int):
        return None
    subcode = error.get("error_subcode")
    title = error.get("error_user_title") or error.get("message")
    return _Error(
        error["code"],
        subcode if isinstance(subcode, int) else 0,
        error.get("is_transient") is True,
        excerpt(safe(title), EXCERPT) if isinstance(title, str) else "",
        _trace(error),
    )


def _trace(found: object) -> str:
    trace = found.get("fbtrace_id") if isinstance(found, dict) else None
    return excerpt(safe(trace), 40) if isinstance(trace, str) else ""


def _skew(headers: Mapping[str, str], now: datetime) -> str:
    """Return a warning where the server's clock shows that this one is wrong."""
    try:
        theirs = parsedate_to_datetime(headers.get("Date") or "")
    except ValueError:
        return ""
    off = now - (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC))
    if abs(off) <= MOST_SKEW:
        return ""
    minutes = round(abs(off).total_seconds() / 60)
    return f"This clock is {minutes:,} minutes {'fast' if off > MOST_SKEW else 'slow'}."


def _asked(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that headers ask for: the longest of what they say."""
    told = [retry_after(headers.get("Retry-After"), now), *_regained(headers)]
    return max((each for each in told if each), default=None)


def _regained(headers: Mapping[str, str]) -> list[float]:
    """Return after how many seconds Meta expects its limits to be free again."""
    usage = _json(headers.get("X-Business-Use-Case-Usage") or "")
    cases: list[Any] = []
    for some in usage.values() if isinstance(usage, dict) else ():
        cases += some if isinstance(some, list) else []
    minutes = (
        each.get("estimated_time_to_regain_access") for each in cases if isinstance(each, dict)
    )
    return [60.0 * each for each in minutes if isinstance(each, int | float) and each > 0]
