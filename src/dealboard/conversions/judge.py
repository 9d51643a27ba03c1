"""Whether an event may go: consent, somebody to recognise, and an amount (decisions 38, 40).

Asked when an event is written, and again whenever what it lacks may have come. What may go has the
people and the money in it, and is frozen; what may not has neither.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from dealboard.conversions import identity
from dealboard.conversions.identity import Value
from dealboard.conversions.payload import Draft, Money
from dealboard.domain import conversions as rules
from dealboard.domain.conversions import EventName, Setup
from dealboard.domain.outbox import State
from dealboard.store.driver import Connection
from dealboard.store.reads import conversions as reads
from dealboard.store.reads.conversions import Customer, Subject


class Verdict(NamedTuple):
    """Whether an event is pending, held or cancelled, why, and its JSON."""

    state: State
    reason: str
    event: str


class Judge:
    """Knows some deals with their contacts, each normalised once."""

    def __init__(self, connection: Connection, setup: Setup) -> None:
        self.setup = setup
        self.workspace = reads.workspace_uid(connection)
        self.deals: dict[int, Subject] = {}
        self.customers: dict[int, Customer] = {}
        self._connection = connection
        self._country = reads.country(connection)
        self._linked: dict[int, list[int]] = {}
        self._values: dict[int, tuple[Value, ...]] = {}

    def read(self, deal_ids: Iterable[int], contact_ids: Iterable[int] = ()) -> None:
        """Read deals with their contacts, and some contacts beside them."""
        wanted = [*dict.fromkeys(deal_ids)]
        self.deals |= reads.subjects(self._connection, wanted)
        self._linked |= reads.linked(self._connection, wanted)
        people = {each for some in self._linked.values() for each in some} | {*contact_ids}
        self.customers |= reads.customers(self._connection, people - self.customers.keys())

    def judge(self, draft: Draft, deal_id: int, contact_id: int | None) -> Verdict:
        """Say what becomes of an event about a contact, or about all contacts of its deal.

        Nothing is told of a deal that is gone, nor that one was bought that is not (any more).
        """
        deal = self.deals.get(deal_id)
        if deal is None:
            return Verdict(State.CANCELLED, rules.DEAL_GONE, draft.text({}))
        if draft.name is EventName.PURCHASE and not deal.certain:
            return Verdict(State.CANCELLED, rules.LEFT, draft.text({}))
        people = self.people(deal_id, contact_id)
        agreeing = [each for each in people if self.agrees(each)]
        if not agreeing:
            if any(each.consent is None and not each.forgotten for each in people):
                return Verdict(State.HELD, rules.CONSENT_UNKNOWN, draft.text({}))
            return Verdict(State.CANCELLED, rules.WITHDRAWN, draft.text({}))
        known = [self.known(each) for each in agreeing]
        if not any(map(identity.recognises, known)):
            return Verdict(State.HELD, rules.NO_IDENTIFIER, draft.text({}))
        money = _money(draft.name, deal)
        if money is None and draft.name is EventName.PURCHASE:
            return Verdict(State.HELD, rules.NO_AMOUNT, draft.text({}))
        return Verdict(State.PENDING, "", draft.text(identity.user_data(known), money))

    def objects(self, event: str, deal_id: int, contact_id: int | None) -> bool:
        """Return whether a frozen event names somebody who does not agree, or not any more."""
        people = self.people(deal_id, contact_id)
        return any(not self.agrees(each) and self.name(each) in event for each in people)

    def name(self, customer: Customer) -> str:
        """Return the hash that a contact goes out under."""
        return rules.external_id(self.workspace, customer.uid)

    def agrees(self, customer: Customer) -> bool:
        """Return whether Meta may be told of a contact (decision 40)."""
        unknown = customer.consent is None and self.setup.unknown_consent
        return not customer.forgotten and (bool(customer.consent) or unknown)

    def people(self, deal_id: int, contact_id: int | None) -> Sequence[Customer]:
        """Return whom an event is about."""
        ids = self._linked.get(deal_id, ()) if contact_id is None else (contact_id,)
        return [self.customers[each] for each in ids if each in self.customers]

    def known(self, customer: Customer) -> tuple[Value, ...]:
        """Return all that Meta is told of a contact who agrees."""
        if customer.id not in self._values:
            found = identity.values(customer, self.workspace, self._country)
            self._values[customer.id] = found
        return self._values[customer.id]


def _money(name: EventName, deal: Subject) -> Money | None:
    """Return what a deal is worth; of a purchase it may be nothing, if somebody said so."""
    if deal.amount is None or not (deal.amount or name is EventName.PURCHASE):
        return None
    return Money(deal.amount, deal.currency)
