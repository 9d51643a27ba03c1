"""What the journal's images of a deal and a contact say, as sentences whose subject is who did it.

"Ada" comes before them: "moved it from Lead to Proposal". Pure: the caller brings the names that
ids have, or had when their row was deleted, and the currency where an image does not tell it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol

from dealboard.domain.dates import MONTHS
from dealboard.domain.money import format_amount
from dealboard.domain.outbox import State
from dealboard.domain.stages import StageKind
from dealboard.domain.text import excerpt
from dealboard.domain.views import ActivityKind, EventKind

Image = Mapping[str, Any]
"""Columns with JSON values, as the journal keeps them: the changed ones, or all of a row."""

Sentence = tuple[EventKind, str]


class Place(NamedTuple):
    """A stage and its pipeline, by the names they have or last had."""

    stage: str
    kind: StageKind
    pipeline: str


class Names(Protocol):
    """What ids are called, also those of rows that are gone."""

    def place(self, stage_id: int) -> Place: ...  # noqa: D102
    def user(self, user_id: int) -> str: ...  # noqa: D102
    def contact(self, contact_id: int) -> str: ...  # noqa: D102


WRITTEN = {
    ActivityKind.CALL: "logged a call",
    ActivityKind.MEETING: "logged a meeting",
    ActivityKind.NOTE: "wrote a note",
    ActivityKind.TASK: "added a task",
}
"""What somebody did who added an activity."""

FINISHED = "finished a task"


# ── deals ─────────────────────────────────────────────────────────────────────────────────────


def of_deal(
    before: Image | None, after: Image | None, names: Names, currency: str, locale: str
) -> Iterator[Sentence]:
    """Yield what one change of a deal says; nothing for its place among others.

    `currency` is what the deal was in at the time, for a change that left it alone.
    """
    if after is None:
        yield EventKind.DELETED, "deleted it"
    elif before is None:
        yield EventKind.CREATED, f"created it in {names.place(after['stage_id']).stage}"
    else:
        if "stage_id" in after:
            yield _moved(before, after, names)
        elif after.get("lost_reason"):
            yield EventKind.EDITED, f"said why it was lost: {excerpt(after['lost_reason'])}"
        for told in _edited(before, after, names, currency, locale):
            yield EventKind.EDITED, told


def _moved(before: Image, after: Image, names: Names) -> Sentence:
    was, now = names.place(before["stage_id"]), names.place(after["stage_id"])
    if was.pipeline != now.pipeline:
        told = f"from {was.pipeline} / {was.stage} to {now.pipeline} / {now.stage}"
    else:
        told = f"from {was.stage} to {now.stage}"
    if was.kind is now.kind:
        return EventKind.MOVED, f"moved it {told}"
    if now.kind is StageKind.WON:
        return EventKind.WON, f"won it ({told})"
    if now.kind is StageKind.LOST:
        reason = after.get("lost_reason")
        because = f": {excerpt(reason)}" if reason else ""
        return EventKind.LOST, f"lost it ({told}){because}"
    return EventKind.REOPENED, f"reopened it ({told})"


def _edited(before: Image, after: Image, names: Names, currency: str, locale: str) -> Iterator[str]:
    if "title" in after:
        yield f"renamed it from “{excerpt(before['title'])}” to “{excerpt(after['title'])}”"
    if "owner_id" in after:
        yield _change("owner", names.user(before["owner_id"]), names.user(after["owner_id"]))
    yield from _money(before, after, currency, locale)
    # What closing and reopening do to it by themselves is no news of its own.
    if "close_date" in after and not ("stage_id" in after and "close_date_auto" in after):
        yield _change("close date", _day(before["close_date"]), _day(after["close_date"]))
    if "reference" in after:
        yield _change("reference", before["reference"], after["reference"])


def _money(before: Image, after: Image, currency: str, locale: str) -> Iterator[str]:
    was, now = before.get("currency", currency), after.get("currency", currency)
    if "amount" in after:
        old, new = before["amount"], after["amount"]
        yield _change(
            "amount",
            None if old is None else format_amount(old, was, locale),
            None if new is None else format_amount(new, now, locale),
        )
    elif was != now:
        yield _change("currency", was, now)


def _change(field: str, old: str | None, new: str | None) -> str:
    if old is None:
        return f"set the {field} to {new}"
    if new is None:
        return f"removed the {field} {old}"
    return f"changed the {field} from {old} to {new}"


def _day(kept: str | None) -> str | None:
    return None if kept is None else day_in_full(date.fromisoformat(kept))


def day_in_full(day: date) -> str:
    """Return a day as it is understood in any year: "3 Mar 2026"."""
    return f"{day.day} {MONTHS[day.month - 1][:3].title()} {day.year:04}"


def of_links(
    changes: Sequence[tuple[Image | None, Image | None]], names: Names
) -> Iterator[Sentence]:
    """Yield what one operation did to the contacts of a deal."""
    told = [sentence for change in changes if (sentence := _linked(*change, names))]
    for sentence in told or (["changed the order of its contacts"] if changes else []):
        yield EventKind.CONTACT, sentence


def _linked(before: Image | None, after: Image | None, names: Names) -> str:
    if before is None:
        return f"added contact {names.contact(after['contact_id'])}" if after else ""
    if after is None:
        return f"removed contact {names.contact(before['contact_id'])}"
    if "contact_id" in after:
        new = names.contact(after["contact_id"])
        return f"merged contact {names.contact(before['contact_id'])} into {new}"
    return ""


def of_undo(kind: str, label: str) -> Sentence:
    """Return what an undo or a redo of the operation of that label says."""
    return EventKind.UNDO, f"{'undid' if kind == 'undo' else 'redid'}: {label}"


def by_rule(name: str) -> str:
    """Return what follows a sentence whose change an automation made."""
    return f" by the automation “{excerpt(name)}”"


def told_meta(name: str, state: State, reason: str) -> Sentence:
    """Return what became of an event for Meta: sent, held, refused, too late, in doubt."""
    why = f": {excerpt(reason)}" if reason else ""
    match state:
        case State.SENT:
            told = f"sent {name} to Meta"
        case State.HELD:
            told = f"holds {name} for Meta{why}"
        case State.EXPIRED:
            told = f"could not send {name} to Meta in time"
        case State.UNKNOWN:
            told = f"may have sent {name} to Meta{why}"
        case _:
            told = f"could not send {name} to Meta{why}"
    return EventKind.SENT, told


def imported(batch_day: date) -> Sentence:
    """Return what is known of the beginning of a deal that came in bulk."""
    return EventKind.CREATED, f"created it (imported on {day_in_full(batch_day)})"


# ── contacts ──────────────────────────────────────────────────────────────────────────────────

_CONTACT_FIELDS = {
    "first_name": "name",
    "last_name": "name",
    "phone": "phone",
    "email": "e-mail",
    "company": "company",
    "city": "address",
    "state": "address",
    "zip": "address",
    "country": "address",
    "external_id": "external id",
    "consent": "consent",
    "custom": "own fields",
    "fbc": "Meta ids",
    "fbp": "Meta ids",
    "lead_id": "Meta ids",
    "ctwa_clid": "Meta ids",
}


def of_contact(before: Image | None, after: Image | None) -> Iterator[Sentence]:
    """Yield what one change of a contact says: which fields, never what was in them.

    Values stay out because a forgotten contact's would come back here.
    """
    if after is None:
        yield EventKind.DELETED, "deleted the contact"
    elif before is None:
        yield EventKind.CREATED, "added the contact"
    elif after.get("forgotten"):
        yield EventKind.DELETED, "forgot the contact"
    else:
        fields = dict.fromkeys(shown for field, shown in _CONTACT_FIELDS.items() if field in after)
        if fields:
            yield EventKind.EDITED, f"changed {_and(tuple(fields))}"


def _and(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
