"""An exported chat into the workspace: each message once, however often it is imported.

A message is recognised by its time, its sender, its words, and its number among those that are
equal in all three; so a newer export adds what is new, and one that was stopped goes on. Messages
are kept in portions, each whole: whoever waits for the writer gets in between.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, tzinfo
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from dealboard.chat import export
from dealboard.chat.export import Said
from dealboard.chat.keeping import IMPORTED, Keeper, add, settle
from dealboard.chat.source import Progress, nobody
from dealboard.domain.dates import Order
from dealboard.store.messages import Line

PORTION = 500
"""Messages that are kept in one transaction."""


class Reading(NamedTuple):
    """How a file is read: the order of its days, who in it is the user, and whose clock it was.

    `me` is empty where nobody in it is; `zone` None stands for this machine's.
    """

    order: Order
    me: str
    zone: tzinfo | None = None


class Import:
    """One file on its way into the chat with a contact; it knows how far it came."""

    def __init__(self, keeper: Keeper, contact_id: int, user_id: int, now: datetime) -> None:
        self._keeper = keeper
        self._contact_id, self._user_id, self._now = contact_id, user_id, now
        self.added = self.known = 0
        self.first: datetime | None = None
        self.last: datetime | None = None

    def run(self, path: Path, reading: Reading, progress: Progress = nobody) -> None:
        """Take the messages of a file. What `progress` raises stops it between two portions.

        Raises InvalidValue for what is no export, NotFound, Refused, NotPermitted, Busy.
        """
        lines = _lines(export.messages(path, reading.order, progress), reading)
        while portion := tuple(islice(lines, PORTION)):
            added = self._keeper.keep(add, self._contact_id, self._user_id, portion, self._now)
            self.added += added
            self.known += len(portion) - added
            self.first = self.first or portion[0].at
            self.last = portion[-1].at
        self._keeper.keep(settle, self._contact_id, reading.me)


def _lines(some: Iterable[Said], reading: Reading) -> Iterator[Line]:
    equal: Counter[bytes] = Counter()
    before: datetime | None = None
    for said in some:
        same = f"{said.at.isoformat()}\x1f{said.sender}\x1f{said.text}".encode()
        mark = sha256(same).digest()
        key = sha256(same + b"\x1f%d" % equal[mark]).hexdigest()
        equal[mark] += 1
        before = at = _moment(said.at, reading.zone, before)
        yield Line(at, _direction(said.sender, reading.me), said.sender, said.text, IMPORTED, key)


def _direction(sender: str, me: str) -> str:
    if not sender:
        return "none"
    return "out" if sender == me else "in"


def _moment(at: datetime, zone: tzinfo | None, before: datetime | None) -> datetime:
    """Return the moment of a local time.

    An hour that a clock ran through twice has two: an export is in order, and tells them apart.
    """
    first, second = (_aware(at.replace(fold=fold), zone) for fold in (0, 1))
    went_back = before is not None and first < before <= second
    return second if went_back else first


def _aware(at: datetime, zone: tzinfo | None) -> datetime:
    return (at if zone is None else at.replace(tzinfo=zone)).astimezone(UTC)
