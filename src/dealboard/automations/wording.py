"""What a rule changed, line by line, for a dry run: fields with old and new values, what is new."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from dealboard.automations.facts import Places
from dealboard.domain.money import format_amount
from dealboard.domain.rules import Do
from dealboard.domain.text import excerpt
from dealboard.domain.timeline import day_in_full
from dealboard.domain.views import ActivityKind
from dealboard.store.changes import folded
from dealboard.store.driver import Connection
from dealboard.store.journal import Noticed
from dealboard.store.reads.values import full_name
from dealboard.store.transaction import Touched

Image = Mapping[str, Any]

NOTHING = "–"
_ARROW = " → "

_NEW = {
    ActivityKind.TASK: "New task",
    ActivityKind.NOTE: "New note",
    ActivityKind.CALL: "New call",
    ActivityKind.MEETING: "New meeting",
}

_SAID = {
    Do.CREATE_DEAL: "create a deal",
    Do.UPDATE_DEAL: "update the deal",
    Do.MOVE_STAGE: "move it",
    Do.ASSIGN_OWNER: "give it to somebody",
    Do.ADD_CONTACT: "add a contact",
    Do.ADD_TASK: "add a task",
    Do.ADD_NOTE: "add a note",
    Do.SEND_WEBHOOK: "send a webhook",
    Do.DELAY: "wait again",
}


class Words:
    """Puts changes into words; `subject` is the deal that everything is about."""

    def __init__(
        self, connection: Connection, places: Places, subject: int, locale: str = "en_US"
    ) -> None:
        self._connection = connection
        self._places = places
        self._subject = subject
        self._locale = locale

    def lines(self, noticed: Sequence[Noticed], rules: Mapping[int, str]) -> Iterator[str]:
        """Yield a line for each change; `rules` names those that are not the one asked about."""
        for cause in dict.fromkeys(each.cause for each in noticed):
            by = rules.get(cause or 0)
            suffix = f" (by the automation “{excerpt(by)}”)" if by else ""
            some = folded(each.touched for each in noticed if each.cause == cause)
            owners = {
                (each.touched.table, each.touched.row_id): each.deal_id
                for each in noticed
                if each.cause == cause
            }
            for touched in some:
                deal_id = owners.get((touched.table, touched.row_id))
                for line in self._line(touched, some):
                    yield f"{self._about(deal_id, touched)}{line}{suffix}"

    def queued(self, rows: Iterable[tuple[str, str, str, str]], now: str) -> Iterator[str]:
        """Yield a line for each row of the outbox: kind, payload, and when it is due."""
        for kind, payload, due, _uid in rows:
            kept = json.loads(payload)
            if kind == "webhook":
                yield f"Webhook to {excerpt(_shown(kept['url']))}"
            else:
                steps = ", ".join(_SAID[Do(step["do"])] for step in kept["steps"])
                yield f"Later, {_distance(now, due)}: {steps}"

    def _about(self, deal_id: int | None, touched: Touched) -> str:
        """Return what a line begins with if it is about another deal."""
        is_new = touched.table == "deal" and touched.before is None
        if is_new or deal_id in (None, self._subject):
            return ""
        row = self._connection.execute(
            "SELECT title FROM deal WHERE id = :id", {"id": deal_id}
        ).fetchone()
        return f"“{excerpt(row[0])}”: " if row else ""

    def _line(self, touched: Touched, beside: Sequence[Touched]) -> Iterator[str]:
        before, after = touched.before, touched.after
        match touched.table:
            case "deal" if before is None and after is not None:
                yield self._created(touched.row_id, after, beside)
            case "deal" if before is not None and after is not None:
                yield from self._edited(touched.row_id, before, after)
            case "deal_contact" if before is None and after is not None:
                if not _new_deal(after["deal_id"], beside):
                    yield f"New contact: {excerpt(self._contact(after['contact_id']))}"
            case "activity" if before is None and after is not None:
                yield self._written(after)
            case "contact" if before is None and after is not None:
                name = full_name(after["first_name"], after["last_name"])
                yield f"New in the contacts: {excerpt(name)}"

    def _created(self, deal_id: int, image: Image, beside: Sequence[Touched]) -> str:
        parts = [f"New deal “{excerpt(image['title'])}” in {self._place(image['stage_id'])}"]
        parts.append(f"owner {self._user(image['owner_id'])}")
        if image["amount"] is not None:
            parts.append(format_amount(image["amount"], image["currency"], self._locale))
        if image["close_date"]:
            parts.append(f"closes {_day(image['close_date'])}")
        if image["reference"]:
            parts.append(f"reference {excerpt(image['reference'])}")
        people = [
            excerpt(self._contact(each.after["contact_id"]))
            for each in beside
            if each.table == "deal_contact" and each.after and each.after["deal_id"] == deal_id
        ]
        return ", ".join([*parts, f"with {' and '.join(people)}"] if people else parts)

    def _edited(self, deal_id: int, before: Image, after: Image) -> Iterator[str]:
        def differs(name: str) -> bool:
            return name in after and before[name] != after[name]

        if differs("stage_id"):
            yield f"Stage: {self._place(before['stage_id'], after['stage_id'])}"
        if differs("title"):
            yield f"Title: {excerpt(before['title'])}{_ARROW}{excerpt(after['title'])}"
        if differs("owner_id"):
            pair = self._user(before["owner_id"]), self._user(after["owner_id"])
            yield f"Owner: {_ARROW.join(pair)}"
        if differs("amount") or differs("currency"):
            yield f"Amount: {self._money(deal_id, before)}{_ARROW}{self._money(deal_id, after)}"
        if differs("close_date"):
            yield f"Close date: {_day(before['close_date'])}{_ARROW}{_day(after['close_date'])}"
        if differs("reference"):
            pair = before["reference"] or NOTHING, after["reference"] or NOTHING
            yield f"Reference: {_ARROW.join(map(excerpt, pair))}"

    def _money(self, deal_id: int, image: Image) -> str:
        amount, currency = self._connection.execute(
            "SELECT amount, currency FROM deal WHERE id = :id", {"id": deal_id}
        ).fetchone()
        amount, currency = image.get("amount", amount), image.get("currency", currency)
        return NOTHING if amount is None else format_amount(amount, currency, self._locale)

    def _written(self, image: Image) -> str:
        kind = ActivityKind(image["kind"])
        who = f" for {self._user(image['user_id'])}" if kind is ActivityKind.TASK else ""
        due = f", due {_day(image['due'])}" if image["due"] else ""
        return f"{_NEW[kind]}{who}{due}: {excerpt(image['text'])}"

    def _place(self, *stage_ids: int) -> str:
        """Return stages by name, with their pipelines where they differ from the subject's."""
        stages = [self._places.stages[stage_id] for stage_id in stage_ids]
        home = {stage.pipeline_id for stage in stages}
        if len(stages) > 1 and len(home) == 1:
            return _ARROW.join(stage.name for stage in stages)
        names = self._places.pipelines
        return _ARROW.join(f"{names[stage.pipeline_id]} / {stage.name}" for stage in stages)

    def _user(self, user_id: int) -> str:
        user = self._places.users.get(user_id)
        return user.name if user else f"#{user_id}"

    def _contact(self, contact_id: int) -> str:
        row = self._connection.execute(
            "SELECT first_name, last_name FROM contact WHERE id = :id", {"id": contact_id}
        ).fetchone()
        return full_name(*row) if row else f"#{contact_id}"


def _new_deal(deal_id: int, beside: Sequence[Touched]) -> bool:
    return any(
        each.table == "deal" and each.row_id == deal_id and each.before is None for each in beside
    )


def _shown(url: str) -> str:
    """Return an address without what may be secret in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"


def _day(kept: str | None) -> str:
    return NOTHING if kept is None else day_in_full(date.fromisoformat(kept))


def _distance(now: str, due: str) -> str:
    wait = datetime.fromisoformat(due) - datetime.fromisoformat(now)
    minutes = round(wait.total_seconds() / 60)
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= size and minutes % size == 0:
            return _counted(minutes // size, unit)
    return _counted(minutes, "minute")


def _counted(number: int, unit: str) -> str:
    return f"in {number:,} {unit}{'' if number == 1 else 's'}"
