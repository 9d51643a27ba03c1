"""The demo workspace: the same deals on every run, with dates relative to the day it is made.

Its rows are what a user would have got by typing them in. The operation that makes them has no
actor, so that `u` takes back only what the user does.
"""

import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import resources
from itertools import islice
from math import log10
from pathlib import Path
from typing import NamedTuple, NotRequired, TypedDict, TypeVar, cast

from dealboard import actions
from dealboard.actions.placement import GAP
from dealboard.actions.rows import is_open, key, stages_of
from dealboard.demo_diary import (
    ChatWords,
    Diary,
    DiaryWords,
    FieldWords,
    Subject,
    add_fields,
    chat,
)
from dealboard.domain.money import exponent
from dealboard.domain.stages import NewStage, StageKind
from dealboard.domain.text import digits, fold
from dealboard.domain.views import Role
from dealboard.store import tables
from dealboard.store.batches import CHUNK, insert_bulk
from dealboard.store.columns import moment_text
from dealboard.store.transaction import Transaction
from dealboard.transfer.bulk import (
    ActivityRow,
    ContactRow,
    DealRow,
    LinkRow,
    contact_search,
    deal_search,
    uid7,
)
from dealboard.workspace import Workspace

_T = TypeVar("_T")

DEALS = 240
OLDEST = 270
"""Days ago that the first deal was created."""

GROWTH = 1.7
"""How much denser the deals of today are than those of long ago: 1 is even."""

CLOSED_BY_AGE = ((14, 0.06), (60, 0.15), (120, 0.35), (OLDEST, 0.82))
"""Share of the deals created within so many days that are closed by now."""

RECENT = 28
"""Days within which a third of the closed deals ended, so that a board has some to show."""

PER_COMPANY = 6
"""Deals per company: larger demos have more companies."""


def build(path: Path, *, deals: int = DEALS, now: datetime, events: bool = False) -> None:
    """Create a workspace with so many demo deals, as of the aware moment `now`.

    With `events` it is set up to tell Meta of its deals, as a dry run. Raises StorageFailed when
    something is at the path.
    """
    words = _words()
    owner = words["owners"][0]["name"]
    workspace = Workspace.create(path, owner=owner, currency="EUR", country="IT", clock=lambda: now)
    try:
        workspace.run(lambda tx: _fill(tx, words, deals), automations=False)
        if events:
            from dealboard.demo_events import add_events

            workspace.run(lambda tx: add_events(tx), automations=False, conversions=False)
    finally:
        workspace.close()


def _fill(tx: Transaction, words: "_Words", deals: int) -> None:
    tx.actor = None
    tx.operation.actor_id = None
    tx.describe("Demo data")
    owners = _team(tx, words["owners"])
    pipelines = [_pipeline(tx, pipeline) for pipeline in words["pipeline"]]
    maker = _Maker(words, tx.now, pipelines, owners, deals)
    diary = Diary(words["diary"], tx.now)
    made = maker.deals(diary)
    while chunk := list(islice(made, CHUNK)):
        insert_bulk(tx, tables.Contact, ContactRow._fields, maker.take_contacts())
        insert_bulk(tx, tables.Deal, DealRow._fields, (deal for deal, _ in chunk))
        insert_bulk(tx, tables.DealContact, LinkRow._fields, (r for _, rows in chunk for r in rows))
        insert_bulk(tx, tables.Activity, ActivityRow._fields, diary.take())
    chat(tx, words["chat"])
    add_fields(tx, words["field"])


# ── words ─────────────────────────────────────────────────────────────────────────────────────


class _Culture(TypedDict):
    """How people and projects are called somewhere, and what money they pay with."""

    share: int
    currency: str
    country: str
    first: list[str]
    last: list[str]
    cities: list[str]
    phone: NotRequired[str]
    projects: NotRequired[list[str]]


class _PipelineWords(TypedDict):
    name: str
    share: int
    stages: list[tuple[str, int] | tuple[str, int, int]]


class _Words(TypedDict):
    """demo.toml."""

    owners: list[dict[str, str]]
    lost_reasons: list[str]
    projects: list[str]
    odd: list[str]
    long: list[str]
    trades: list[str]
    diary: DiaryWords
    chat: list[ChatWords]
    field: list[FieldWords]
    pipeline: list[_PipelineWords]
    culture: dict[str, _Culture]
    company: list[dict[str, str]]


def _words() -> _Words:
    text = resources.files("dealboard").joinpath("demo.toml").read_text(encoding="utf-8")
    return cast("_Words", tomllib.loads(text))


# ── what the deals stand in ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Pipeline:
    """Ids of the stages that deals are put in, and how many of a hundred deals it takes."""

    share: int
    open: tuple[int, ...]
    won: int
    lost: int


def _team(tx: Transaction, owners: Sequence[dict[str, str]]) -> list[int]:
    """Complete the team and return the ids of those who may own deals."""
    first, *others = owners
    founder = tx.get(tables.User, 1)
    founder.email = first["email"]
    ids = [key(founder)]
    for person in others:
        user_id = actions.team.add(tx, person["name"], person["email"], person["role"])
        if person["role"] != Role.CHAT_OPERATOR:
            ids.append(user_id)
    return ids


def _pipeline(tx: Transaction, words: _PipelineWords) -> _Pipeline:
    stages = [NewStage(name, percent) for name, percent, *_ in words["stages"]]
    made = stages_of(tx, actions.pipelines.create(tx, words["name"], stages))
    for stage, (_, _, *days) in zip(made, words["stages"], strict=False):
        stage.rotting_days = days[0] if days else None
    fixed = {StageKind(stage.kind): key(stage) for stage in made if not is_open(stage)}
    return _Pipeline(
        words["share"],
        tuple(key(stage) for stage in made if is_open(stage)),
        fixed[StageKind.WON],
        fixed[StageKind.LOST],
    )


# ── deals ─────────────────────────────────────────────────────────────────────────────────────


class _Person(NamedTuple):
    """A contact that deals can have, and its parts of their search text."""

    id: int
    name: str
    phone: str
    called: str


@dataclass
class _Company:
    name: str
    short: str
    domain: str
    culture: _Culture
    people: dict[str, _Person] = field(default_factory=dict)


class _Place(NamedTuple):
    """Where a deal stands: columns of its row. `step` is its open stage's place in the pipeline."""

    stage_id: int
    entered_at: str
    closed_at: str | None
    close_date: str | None
    close_date_auto: int
    last_open_stage_id: int | None
    lost_reason: str | None
    step: int


class _Maker:
    """Makes deals in the order of their creation, with contacts as they are needed."""

    def __init__(
        self,
        words: _Words,
        now: datetime,
        pipelines: Sequence[_Pipeline],
        owners: Sequence[int],
        deals: int,
    ) -> None:
        self._words = words
        self._now = moment_text(now)
        self._seconds = now.timestamp()
        self._pipelines = [each for each in pipelines for _ in range(each.share)]
        self._owners = [each for index, each in enumerate(owners) for _ in range(6 - index)]
        self._count = deals
        self._random = random.Random("dealboard")  # noqa: S311 -- the same on every run
        self._companies = [
            company
            for company in _companies(words, deals // PER_COMPANY)
            for _ in range(company.culture["share"])
        ]
        today, utc = now.astimezone().date(), now.astimezone(UTC).date()
        self._local = {ago: (today - timedelta(ago)).isoformat() for ago in range(-200, 2 * OLDEST)}
        self._utc = [(utc - timedelta(ago)).isoformat() for ago in range(OLDEST + 1)]
        self._ago = {day: ago for ago, day in enumerate(self._utc)}
        self._in_stage: Counter[int] = Counter()
        self._numbers: Counter[str] = Counter()
        self._contacts: list[ContactRow] = []
        self._last_contact = 0
        self._last_link = 0

    def deals(self, diary: Diary) -> Iterator[tuple[DealRow, list[LinkRow]]]:
        """Yield every deal with its links; their contacts wait in `take_contacts`."""
        for number in range(1, self._count + 1):
            age = int(OLDEST * ((self._count - number) / self._count) ** GROWTH)
            yield self._deal(number, age, diary)

    def take_contacts(self) -> list[ContactRow]:
        """Return the contacts made since the last call."""
        taken, self._contacts = self._contacts, []
        return taken

    def _deal(self, number: int, age: int, diary: Diary) -> tuple[DealRow, list[LinkRow]]:
        chance = self._random
        company = self._any(self._companies)
        created = self._moment(age)
        pipeline = self._any(self._pipelines)
        place = self._place(pipeline, age, created)
        self._in_stage[place.stage_id] += 1
        people = self._people(company, age, created)
        title = self._title(number, company)
        reference = f"PO-{2000 + number}" if chance.random() < 0.35 else None
        currency = self._currency(company, pipeline)
        deal = DealRow(
            number,
            self._uid(age),
            created,
            place.entered_at,
            1,
            title,
            place.stage_id,
            self._any(self._owners),
            self._amount(currency, place.step),
            currency,
            place.close_date,
            place.close_date_auto,
            reference,
            -GAP * self._in_stage[place.stage_id],
            place.entered_at,
            place.closed_at,
            place.last_open_stage_id,
            place.lost_reason,
            deal_search(title, reference, (part for p in people for part in (p.name, p.phone))),
        )
        idle = self._ago.get(place.entered_at[:10], 0)
        opened = place.closed_at is None
        diary.write(Subject(number, deal.owner_id, people[0].called, age, idle, opened))
        first = self._last_link + 1
        self._last_link += len(people)
        links = [
            LinkRow(first + index, number, person.id, index + 1)
            for index, person in enumerate(people)
        ]
        return deal, links

    def _place(self, pipeline: _Pipeline, age: int, created: str) -> _Place:
        """Return where a deal of so many days stands: the older, the further."""
        chance = self._random
        closed = chance.random() < next(share for days, share in CLOSED_BY_AGE if age <= days)
        steps = len(pipeline.open)
        reach = 0.4 + 0.8 * min(age / 60, 1)
        step = min(int(steps * chance.random() * reach), steps - 1)
        if closed:
            return self._closed(pipeline, age, step)
        entered = self._moment(int(age * chance.random())) if step else created
        close = self._expected(age, step / steps)
        return _Place(pipeline.open[step], entered, None, close, 0, None, None, step)

    def _closed(self, pipeline: _Pipeline, age: int, step: int) -> _Place:
        chance = self._random
        ago = int(min(age, RECENT if chance.random() < 0.35 else OLDEST) * chance.random())
        at = self._moment(ago)
        auto = chance.random() < 0.6
        close = self._local[ago if auto else ago + 20 - self._below(46)]
        won = chance.random() < 0.62
        stage_id = pipeline.won if won else pipeline.lost
        reason = None if won else self._any(self._words["lost_reasons"])
        return _Place(stage_id, at, at, close, int(auto), pipeline.open[step], reason, step)

    def _expected(self, age: int, progress: float) -> str | None:
        """Return an open deal's close date: none, overdue, today or to come."""
        chance = self._random
        draw = chance.random()
        if draw < 0.1:
            return None
        if draw < 0.29 and age > 1:
            return self._local[1 + self._below(min(age, 25))]
        if draw < 0.34:
            return self._local[0]
        return self._local[-1 - self._below(110 - int(80 * progress))]

    def _currency(self, company: _Company, pipeline: _Pipeline) -> str:
        """Return what a deal is paid in: yen not in the first pipeline, whose sums they would lead.

        Sums are ordered by their numbers, and ¥500k is a larger number than €168k.
        """
        currency = "USD" if self._random.random() < 0.05 else company.culture["currency"]
        return "EUR" if currency == "JPY" and pipeline is self._pipelines[0] else currency

    def _amount(self, currency: str, step: int) -> int | None:
        """Return minor units of a price with two leading digits, or sometimes none."""
        chance = self._random
        value = 10 ** min(max(chance.gauss(3.9, 0.42), 2.3), 5.6)
        if chance.random() < (0.06 if step else 0.2):
            return None
        if currency == "JPY":
            value *= 150
        minor = round(round(value, 1 - int(log10(value)))) * int(10 ** exponent(currency))
        return minor - 10 if currency != "JPY" and chance.random() < 0.03 else minor

    def _title(self, number: int, company: _Company) -> str:
        projects = company.culture.get("projects")
        if projects:
            return f"{company.short} {self._any(projects)}"
        if number % 17 == 4:
            return self._any(self._words["odd"]).format(company=company.short)
        if number % 61 == 7:
            return self._any(self._words["long"]).format(company=company.name)
        return f"{company.short} {self._any(self._words['projects'])}"

    def _people(self, company: _Company, age: int, created: str) -> tuple[_Person, ...]:
        """Return one to three contacts of a company, known ones or new."""
        chance = self._random
        draw = chance.random()
        found: dict[int, _Person] = {}
        for _ in range(1 + (draw < 0.3) + (draw < 0.1)):
            known = list(company.people.values())
            person = (
                self._any(known)
                if known and chance.random() < 0.4
                else self._new_person(company, age, created)
            )
            found[person.id] = person
        return tuple(found.values())

    def _new_person(self, company: _Company, age: int, created: str) -> _Person:
        culture = company.culture
        first, last = self._any(culture["first"]), self._any(culture["last"])
        full = f"{first} {last}"
        if full in company.people:
            return company.people[full]
        self._last_contact += 1
        email = f"{_handle(full) or f'office{self._last_contact}'}@{company.domain}"
        phone = self._phone(culture.get("phone"))
        person = _Person(self._last_contact, fold(full), digits(phone or ""), first)
        company.people[full] = person
        self._contacts.append(
            ContactRow(
                person.id,
                self._uid(age),
                created,
                created,
                1,
                first,
                last,
                phone,
                f"+{person.phone}" if phone else None,
                email,
                email,
                company.name,
                self._any(culture["cities"]),
                None,
                None,
                culture["country"],
                None,
                0,
                contact_search(person.name, person.phone, company.name, email),
            )
        )
        return person

    def _any(self, some: Sequence[_T]) -> _T:
        return some[int(self._random.random() * len(some))]

    def _below(self, limit: int) -> int:
        return int(self._random.random() * limit)

    def _phone(self, pattern: str | None) -> str | None:
        """Return the next number of a range, none once all are given out."""
        if pattern is None:
            return None
        places = pattern.count("#")
        self._numbers[pattern] += 1
        if self._numbers[pattern] > 10**places:
            return None
        for digit in f"{self._numbers[pattern] * 37 % 10**places:0{places}}":
            pattern = pattern.replace("#", digit, 1)
        return pattern

    def _moment(self, ago: int) -> str:
        """Return a working hour so many days ago, never one to come."""
        minute = self._below(8 * 60)
        moment = f"{self._utc[ago]}T{9 + minute // 60:02}:{minute % 60:02}:00.000000Z"
        return min(moment, self._now)

    def _uid(self, age: int) -> str:
        """Return a UUID version 7 of so many days ago."""
        milliseconds = int((self._seconds - age * 86_400) * 1000)
        return uid7(milliseconds, self._random.getrandbits(72))


def _companies(words: _Words, wanted: int) -> list[_Company]:
    """Return the companies of the words, and as many invented ones as are wanted beside them."""
    cultures = words["culture"]
    made = [
        _Company(
            company["name"],
            company["short"],
            f"{_handle(company['short']) or f'company{number}'}.example",
            cultures[company["culture"]],
        )
        for number, company in enumerate(words["company"], start=1)
    ]
    invented = (
        _Company(name, name, f"{_handle(name)}.example", culture)
        for trade in words["trades"]
        for culture in cultures.values()
        if "projects" not in culture
        for city in culture["cities"]
        if (name := f"{city} {trade}")
    )
    return made + list(islice(invented, max(wanted - len(made), 0)))


def _handle(name: str) -> str:
    return re.sub("[^a-z0-9]+", "-", fold(name)).strip("-")
