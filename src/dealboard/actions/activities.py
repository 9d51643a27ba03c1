"""Activities: calls, meetings and notes that were, and tasks that are to be done.

What belongs to a deal needs full access; what belongs to a contact alone is open to Chat Operators
too (decision 23). Activities of a deal go with it and come back with undo (decision 51).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any, NamedTuple

from dealboard.actions import access, edits
from dealboard.actions.links import full_name
from dealboard.actions.rows import counted, key
from dealboard.domain.changes import ActivityChanges
from dealboard.domain.text import excerpt, first_line, storable
from dealboard.domain.views import ActivityKind
from dealboard.errors import InvalidValue, MissingField, Refused
from dealboard.store.batches import insert_bulk
from dealboard.store.columns import moment_text
from dealboard.store.ids import new_uid, new_uids
from dealboard.store.images import encode
from dealboard.store.tables import Activity, Contact, Deal, User
from dealboard.store.transaction import Transaction

TEXT_LIMIT = 20_000
"""Characters of an activity's text, which may have many lines."""

_ADDED = {
    ActivityKind.CALL: "Call on {}",
    ActivityKind.MEETING: "Meeting on {}",
    ActivityKind.NOTE: "Noted on {}",
    ActivityKind.TASK: "Task for {}: {}",
}


class Draft(NamedTuple):
    """An activity that is to be added to a deal; `user_id` as in `add`."""

    deal_id: int
    text: str
    user_id: int | None = None


_DRAFTED = ("uid", "deal_id", "text", "user_id")
"""What differs from one draft to the next."""

BULK = 50
"""Activities from which on they are written as a batch, without an image of each."""


def add(
    tx: Transaction,
    kind: ActivityKind | str,
    text: str,
    *,
    deal_id: int | None = None,
    contact_id: int | None = None,
    due: date | None = None,
    user_id: int | None = None,
) -> int:
    """Add an activity to a deal, a contact, or a contact of a deal, and return its id.

    A task may have a `due` day, nothing else has one. `user_id` is who is to do it or did it: by
    default who acts, else the deal's owner.
    """
    _permit(tx, deal_id)
    kind = _kind(kind)
    deal = None if deal_id is None else tx.get(Deal, deal_id)
    contact = _contact(tx, contact_id)
    activity = Activity(
        uid=new_uid(tx.now),
        created_at=tx.now,
        updated_at=tx.now,
        kind=kind.value,
        text=_text(text),
        due=_due(kind, due),
        deal_id=deal_id,
        contact_id=contact_id,
        user_id=key(_user(tx, user_id, deal)),
    )
    if deal is None and contact is None:
        raise MissingField("subject", "an activity belongs to a deal or a contact")
    tx.add([activity])
    tx.describe(_ADDED[kind].format(_subject(tx, activity), _brief(activity.text)))
    return key(activity)


def add_many(
    tx: Transaction, kind: ActivityKind | str, drafts: Sequence[Draft], due: date | None = None
) -> None:
    """Add an activity to each of many deals, as `add` does; the deals are there already.

    A few statements write all of them.
    """
    access.full_access(tx)
    kind, now, cause = _kind(kind), moment_text(tx.now), tx.journal.cause
    asked = {draft.user_id for draft in drafts}
    users = {user_id: key(_user(tx, user_id, None)) for user_id in asked}
    uids = new_uids(tx.now, len(drafts))
    rows = [
        (uid, deal_id, _text(text), users[user_id])
        for uid, (deal_id, text, user_id) in zip(uids, drafts, strict=True)
    ]
    same = {"created_at": now, "updated_at": now, "version": 1, "automation_id": cause}
    same |= {"kind": kind.value, "due": encode(_due(kind, due))}
    tx.describe(f"Added {counted(len(rows), kind.value)}")
    write = tx.insert_many if len(rows) < BULK else partial(insert_bulk, tx)
    write(Activity, _DRAFTED, rows, same)


def edit(
    tx: Transaction,
    activity_id: int,
    changes: ActivityChanges,
    *,
    base: ActivityChanges | None = None,
) -> None:
    """Change fields of an activity; `base` as in `deals.edit`.

    A task that becomes something else loses its day, and that it was done.
    """
    activity = _known(tx, activity_id)
    current = {name: getattr(activity, name) for name in ActivityChanges.__annotations__}
    wanted = edits.effective(
        current, _clean(changes), base and _clean(base), lambda *pair: _shown(tx, *pair)
    )
    kind = _kind(wanted.get("kind", activity.kind))
    _due(kind, wanted.get("due"))
    if "user_id" in wanted:
        _user(tx, wanted["user_id"], None)
    if _contact(tx, wanted.get("contact_id")) is None and "contact_id" in wanted:
        _keep_subject(activity)
    if wanted:
        tx.describe(f"Edited the {activity.kind} on {_subject(tx, activity)}")
    for field, value in wanted.items():
        setattr(activity, field, value)
    if kind is not ActivityKind.TASK:
        activity.due = activity.done_at = None


def done(tx: Transaction, activity_id: int) -> None:
    """Mark a task as done now; one that is done stays so."""
    task = _task(tx, activity_id)
    if task.done_at is None:
        tx.describe(f"Done: {_brief(task.text)}")
        task.done_at = tx.now


def reopen(tx: Transaction, activity_id: int) -> None:
    """Mark a task as still to be done."""
    task = _task(tx, activity_id)
    if task.done_at is not None:
        tx.describe(f"To do again: {_brief(task.text)}")
        task.done_at = None


def snooze(tx: Transaction, activity_id: int, days: int) -> None:
    """Put an open task off by days, counted from today if it has no day or is overdue."""
    task = _task(tx, activity_id)
    if task.done_at is not None:
        raise Refused("That task is done already.", "Reopen it first.")
    try:
        day = max(task.due or tx.today, tx.today) + timedelta(days=days)
    except OverflowError as error:
        raise InvalidValue("due", f"{days:+} days", "the calendar ends before") from error
    if day != task.due:
        tx.describe(f"{_brief(task.text)}: due {day.isoformat()}")
        task.due = day


def delete(tx: Transaction, activity_id: int) -> None:
    """Delete an activity."""
    activity = _known(tx, activity_id)
    what = f": {_brief(activity.text)}" if activity.kind == ActivityKind.TASK else ""
    tx.describe(f"Deleted the {activity.kind} on {_subject(tx, activity)}{what}")
    tx.session.delete(activity)
    tx.session.flush()


# ── rules ─────────────────────────────────────────────────────────────────────────────────────


def _permit(tx: Transaction, deal_id: int | None) -> None:
    if deal_id is None:
        access.active(tx)
    else:
        access.full_access(tx)


def _known(tx: Transaction, activity_id: int) -> Activity:
    """Return an activity that who acts may change."""
    access.active(tx)
    activity = tx.get(Activity, activity_id)
    _permit(tx, activity.deal_id)
    return activity


def _task(tx: Transaction, activity_id: int) -> Activity:
    activity = _known(tx, activity_id)
    if activity.kind != ActivityKind.TASK:
        raise Refused(f"A {activity.kind} is nothing that is still to be done; a task is.")
    return activity


def _kind(kind: str) -> ActivityKind:
    try:
        return ActivityKind(kind)
    except ValueError as error:
        known = ", ".join(each.value for each in ActivityKind)
        raise InvalidValue("kind", excerpt(kind), "no such activity", f"Known: {known}.") from error


def _text(text: str) -> str:
    stored = storable(text.replace("\r\n", "\n"), "text", limit=TEXT_LIMIT)
    if not stored:
        raise MissingField("text", "an activity says what it is about")
    return stored


def _due(kind: ActivityKind, due: date | None) -> date | None:
    if due is not None and kind is not ActivityKind.TASK:
        raise InvalidValue("due", due.isoformat(), f"a {kind} has no due day; a task has")
    return due


def _user(tx: Transaction, user_id: int | None, deal: Deal | None) -> User:
    """Return the active user who shall do it: the acting one if none is named, else the owner."""
    if user_id is None and tx.actor is not None:
        user_id = tx.actor.id
    if user_id is None and deal is not None:
        user_id = deal.owner_id
    if user_id is None:
        raise MissingField("user", "nobody is acting who could do it")
    user = tx.get(User, user_id)
    if not user.active:
        raise InvalidValue("user", user.name, "deactivated users get nothing more to do")
    return user


def _contact(tx: Transaction, contact_id: int | None) -> Contact | None:
    if contact_id is None:
        return None
    contact = tx.get(Contact, contact_id)
    if contact.forgotten:
        raise Refused(f"Contact #{contact_id} was forgotten and takes no new data.")
    return contact


def _keep_subject(activity: Activity) -> None:
    if activity.deal_id is None:
        raise MissingField("contact", "an activity belongs to a deal or a contact")


# ── fields ────────────────────────────────────────────────────────────────────────────────────


def _clean(changes: ActivityChanges) -> dict[str, Any]:
    """Return given fields in the form in which they are stored."""
    cleaned: dict[str, Any] = dict(changes)
    if "text" in cleaned:
        cleaned["text"] = _text(cleaned["text"])
    if "kind" in cleaned:
        cleaned["kind"] = _kind(cleaned["kind"]).value
    return cleaned


def _shown(tx: Transaction, field: str, value: Any) -> str:
    """Put a field's value into words."""
    if value is None:
        return "–"
    match field:
        case "user_id":
            return tx.get(User, value).name
        case "contact_id":
            return full_name(tx.get(Contact, value))
        case "text":
            return _brief(value)
    return str(value)


def _subject(tx: Transaction, activity: Activity) -> str:
    """Return the title of the deal that an activity is on, else its contact's name."""
    if activity.deal_id is not None:
        return tx.get(Deal, activity.deal_id).title
    assert activity.contact_id is not None  # noqa: S101 -- the table's check
    return full_name(tx.get(Contact, activity.contact_id))


def _brief(text: str) -> str:
    """Return the beginning of a text's first line, for a sentence."""
    return excerpt(first_line(text))
