"""Deals: what a user may do with a sales opportunity (guide, Deals).

Every verb needs full access. Moves, contact links and what is done to many deals at once have
modules of their own and are offered here too, so that callers write `actions.deals.move(tx, …)`.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import col, select

from dealboard.actions import access, edits, placement
from dealboard.actions import deal_values as values
from dealboard.actions.bulk import (
    assign_many,
    close_many,
    create_many,
    date_many,
    delete,
    edit_many,
    move_many,
    step_many,
)
from dealboard.actions.links import (
    add_contact,
    add_contacts,
    full_name,
    link,
    linked,
    people,
    remove_contact,
    set_contacts,
)
from dealboard.actions.moves import lose, move, place, reopen, reorder, win
from dealboard.actions.rows import is_open, key, quoted, required, stages_beside
from dealboard.domain.changes import DealChanges
from dealboard.domain.money import currency_code, decimal_string, from_decimal_string
from dealboard.domain.stages import StageKind
from dealboard.errors import InvalidValue
from dealboard.store.ids import new_uid
from dealboard.store.tables import Contact, Deal, Stage, User
from dealboard.store.transaction import Transaction

__all__ = [
    "add_contact",
    "add_contacts",
    "assign",
    "assign_many",
    "clone",
    "close_many",
    "create",
    "create_many",
    "date_many",
    "delete",
    "edit",
    "edit_many",
    "lose",
    "move",
    "move_many",
    "place",
    "remove_contact",
    "reopen",
    "reorder",
    "set_contacts",
    "shift_close_date",
    "step_many",
    "win",
]

COPY = " (copy)"


def create(
    tx: Transaction,
    *,
    contacts: Sequence[int],
    stage_id: int,
    title: str | None = None,
    owner_id: int | None = None,
    amount: int | None = None,
    currency: str | None = None,
    close_date: date | None = None,
    reference: str | None = None,
    uid: str | None = None,
    created_at: datetime | None = None,
) -> int:
    """Add a deal on top of a stage and return its id.

    `contacts` are ids, the primary contact first; without a `title` it bears that one's name.
    The owner is the acting user and the currency the workspace's unless given. A deal created in
    Won or Lost is closed now. With a `uid` that exists the deal that has it is returned unchanged,
    so that a command can be repeated.
    """
    access.full_access(tx)
    known = uid and tx.session.exec(select(Deal).where(Deal.uid == uid)).first()
    if known:
        tx.note(f"Deal #{known.id} with this uid exists already; nothing was created.")
        return key(known)
    linked_to = people(tx, contacts)
    closing = values.closing(tx, StageKind(tx.get(Stage, stage_id).kind), close_date)
    deal = Deal(
        uid=required(uid, "uid", "it needs a value", limit=values.UID_LIMIT)
        if uid
        else new_uid(tx.now),
        created_at=created_at or tx.now,
        updated_at=tx.now,
        title=values.title(
            full_name(linked_to[0])[: values.TITLE_LIMIT] if title is None else title
        ),
        stage_id=stage_id,
        owner_id=key(values.owner(tx, owner_id)),
        amount=values.amount(amount),
        currency=currency_code(currency or tx.setting("currency", "EUR")),
        close_date=closing.close_date,
        close_date_auto=closing.auto,
        closed_at=closing.closed_at,
        reference=values.reference(reference),
        rank=placement.rank_for(tx, placement.at(tx, stage_id, "top")),
        stage_entered_at=tx.now,
    )
    tx.add([deal])
    link(tx, deal, contacts)
    _warn_of_duplicate(tx, deal)
    tx.describe(f"Created {deal.title}")
    return key(deal)


def edit(
    tx: Transaction, deal_id: int, changes: DealChanges, *, base: DealChanges | None = None
) -> None:
    """Change fields of a deal; those that hold the value already are left alone.

    `base` are the values that the form was opened with: fields that others changed meanwhile keep
    their change, and one that both changed raises `edits.Conflict`. A changed currency keeps the
    number (decision 29); a changed stage is a move, after the other fields.
    """
    access.full_access(tx)
    deal = tx.get(Deal, deal_id)
    given = values.clean(changes)
    wanted = edits.effective(
        _current(tx, deal),
        given,
        base and values.clean(base),
        lambda *pair: _shown(tx, deal, *pair),
    )
    _check(tx, wanted)
    title = deal.title
    if "currency" in wanted:
        _keep_number(tx, deal, wanted, given="amount" in given)
    if "close_date" in wanted:
        deal.close_date_auto = False
    for field in ("title", "owner_id", "amount", "currency", "close_date", "reference"):
        if field in wanted:
            setattr(deal, field, wanted[field])
    if "contacts" in wanted:
        link(tx, deal, wanted["contacts"])
    if "reference" in wanted:
        _warn_of_duplicate(tx, deal)
    if wanted.keys() - {"stage_id"}:
        tx.describe(f"Edited {title}")
    if "stage_id" in wanted:
        move(tx, deal_id, stage_id=wanted["stage_id"])


def clone(tx: Transaction, deal_id: int) -> int:
    """Add a copy of a deal and return its id (decision 52).

    A copy of a closed deal starts in the first stage. The close date stays only if it is in the
    future; reference and history stay behind; an owner who left is replaced by the acting user.
    """
    access.full_access(tx)
    deal = tx.get(Deal, deal_id)
    beside = stages_beside(tx, deal.stage_id)
    stage = next((s for s in beside if s.id == deal.stage_id and is_open(s)), beside[0])
    tx.describe(f"Cloned {deal.title}")
    return create(
        tx,
        contacts=linked(tx, deal_id),
        stage_id=stage.id,
        title=deal.title[: values.TITLE_LIMIT - len(COPY)] + COPY,
        owner_id=deal.owner_id if tx.get(User, deal.owner_id).active else None,
        amount=deal.amount,
        currency=deal.currency,
        close_date=deal.close_date if deal.close_date and deal.close_date > tx.today else None,
    )


def assign(tx: Transaction, deal_id: int, owner_id: int) -> None:
    """Give a deal to another active user."""
    access.full_access(tx)
    deal = tx.get(Deal, deal_id)
    if deal.owner_id != owner_id:
        owner = values.owner(tx, owner_id)
        tx.describe(f"Assigned {deal.title} to {owner.name}")
        deal.owner_id = owner_id


def shift_close_date(tx: Transaction, deal_id: int, days: int) -> None:
    """Move a deal's close date by days; one without a date gets one, counted from today."""
    access.full_access(tx)
    deal = tx.get(Deal, deal_id)
    try:
        day = (deal.close_date or tx.today) + timedelta(days=days)
    except OverflowError as error:
        raise InvalidValue("close date", f"{days:+} days", "the calendar ends before") from error
    tx.describe(f"{deal.title}: close date {day.isoformat()}")
    if day != deal.close_date:
        deal.close_date = day
        deal.close_date_auto = False


# ── fields ────────────────────────────────────────────────────────────────────────────────────


def _check(tx: Transaction, wanted: Mapping[str, Any]) -> None:
    """Make sure that the rows which an edit names are there."""
    if "owner_id" in wanted:
        values.owner(tx, wanted["owner_id"])
    if "stage_id" in wanted:
        tx.get(Stage, wanted["stage_id"])
    if "contacts" in wanted:
        people(tx, wanted["contacts"])


def _current(tx: Transaction, deal: Deal) -> dict[str, Any]:
    """Return the fields of a deal as `DealChanges` names them."""
    return {
        "title": deal.title,
        "stage_id": deal.stage_id,
        "owner_id": deal.owner_id,
        "amount": deal.amount,
        "currency": deal.currency,
        "close_date": deal.close_date,
        "reference": deal.reference,
        "contacts": linked(tx, key(deal)),
    }


def _shown(tx: Transaction, deal: Deal, field: str, value: Any) -> str:
    """Put a field's value into words."""
    if value is None:
        return "–"
    match field:
        case "stage_id":
            return tx.get(Stage, value).name
        case "owner_id":
            return tx.get(User, value).name
        case "amount":
            return decimal_string(value, deal.currency)
        case "contacts":
            return ", ".join(full_name(tx.get(Contact, contact_id)) for contact_id in value)
    return str(value)


def _keep_number(tx: Transaction, deal: Deal, wanted: dict[str, Any], *, given: bool) -> None:
    """Keep the number of a priced deal whose currency changes, if no other one is `given`."""
    if deal.amount is None or "amount" in wanted:
        return
    number, currency = decimal_string(deal.amount, deal.currency), wanted["currency"]
    if not given:
        wanted["amount"] = from_decimal_string(number, currency)
    tx.note(f"{number} {deal.currency} is now {number} {currency}: the number was kept.")


def _warn_of_duplicate(tx: Transaction, deal: Deal) -> None:
    """Say that another deal has the same reference, which is allowed (decision 41)."""
    if deal.reference is None:
        return
    query = select(Deal).where(Deal.reference == deal.reference, Deal.id != deal.id)
    other = tx.session.exec(query.order_by(col(Deal.id))).first()
    if other is not None:
        told = f"Reference {quoted(deal.reference)} is also that of deal #{other.id}"
        tx.note(f"{told}, {quoted(other.title)}.")
