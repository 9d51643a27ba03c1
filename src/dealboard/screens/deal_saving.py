"""Saving what stands in the fields of a deal, contacts that are made with it included."""

from typing import TYPE_CHECKING

from dealboard import actions
from dealboard.domain.changes import DealChanges
from dealboard.widgets.chosen import Chosen, NewContact
from dealboard.widgets.deal_form import Values

if TYPE_CHECKING:
    from collections.abc import Callable

    from dealboard.store.transaction import Transaction


def saving(
    values: Values, deal_id: int | None = None, base: Values | None = None
) -> "Callable[[Transaction], int]":
    """Return what saves values in one operation and answers the deal's id: a new one, or `deal_id`.

    `base` is what the form was opened with, as `deals.edit` wants it.
    """

    def save(tx: "Transaction") -> int:
        if any(isinstance(each, NewContact) for each in values.contacts):
            tx.describe(f"{'Created' if deal_id is None else 'Edited'} {values.title}")
        changes = changes_of(values, [_keep(tx, each) for each in values.contacts])
        if deal_id is None:
            return actions.deals.create(tx, **changes)
        given = None if base is None else changes_of(base, _ids(base))
        actions.deals.edit(tx, deal_id, changes, base=given)
        return deal_id

    return save


def changes_of(values: Values, contact_ids: list[int]) -> DealChanges:
    """Return values as an action takes them."""
    return DealChanges(
        contacts=contact_ids,
        title=values.title,
        stage_id=values.stage_id,
        owner_id=values.owner_id,
        amount=values.amount,
        currency=values.currency,
        close_date=values.close_date,
        reference=values.reference,
    )


def _keep(tx: "Transaction", contact: Chosen) -> int:
    """Return the id of a contact, which is added if it is new."""
    if not isinstance(contact, NewContact):
        return contact.id
    return actions.contacts.add(
        tx, name=contact.name, phone=contact.phone or None, email=contact.email or None
    )


def _ids(values: Values) -> list[int]:
    return [each.id for each in values.contacts if not isinstance(each, NewContact)]
