"""When to try again: exponential backoff with full jitter, and what the server asked for."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from dealboard.domain.outbox import LONGEST_WAIT

LEAST_SECONDS = 1.0


class Pace(NamedTuple):
    """How a channel tries again.

    `seconds` is the most that is waited after the first attempt; it doubles with each, up to
    LONGEST_WAIT. After so many `tries` a row is given up, None for never.
    """

    seconds: float
    tries: int | None = None

    def wait(self, tries: int, asked: float | None, draw: Callable[[], float]) -> timedelta:
        """Return how long to wait after so many attempts; `draw` gives numbers from 0 to 1.

        Full jitter: anything up to the limit is as likely, so that many rows do not come back at
        once. Never less than the server asked for, and never more than LONGEST_WAIT.
        """
        longest = LONGEST_WAIT.total_seconds()
        limit = min(longest, self.seconds * 2.0 ** min(tries - 1, 20))
        seconds = max(LEAST_SECONDS, draw() * limit, asked or 0.0)
        return timedelta(seconds=min(longest, seconds))


def retry_after(header: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for; None where it asks nothing clear."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
