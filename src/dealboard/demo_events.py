"""The demo's events for Meta: what two weeks of a dry run would have left, and what came before it.

Written as the write path would, but for phone numbers: those are known here as they are sent, and
the library that reads them would keep the demo waiting.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from dealboard.conversions import identity, payload
from dealboard.conversions.identity import Value
from dealboard.conversions.judge import Judge
from dealboard.conversions.payload import Draft, Money
from dealboard.domain import conversions as rules
from dealboard.domain.conversions import SOURCES, EventName, Payload, Setup
from dealboard.domain.outbox import State, Verdict
from dealboard.store import tables
from dealboard.store.columns import moment_text
from dealboard.store.reads import conversions as reads
from dealboard.store.reads.conversions import Customer
from dealboard.store.reads.settings import META
from dealboard.store.transaction import Transaction

DATASET = "100000000000001"
"""No data set of anybody's: a demo sends nothing."""

DAYS = 12
"""How far back the events go."""

LEADS = 44
"""Leads at most, the newest."""

EVERY = 4
"""Of so many leads one is about somebody whom nobody asked."""

TOO_OLD = "Older than the seven days that Meta takes."

_WON = (
    "SELECT deal.id, closed_at, contact_id FROM deal JOIN stage ON stage.id = deal.stage_id"
    " JOIN deal_contact ON deal_contact.deal_id = deal.id AND deal_contact.position = 1"
    " WHERE stage.kind = 'won' AND closed_at > :since ORDER BY closed_at DESC"
)
_NEW = (
    "SELECT deal.id, deal.created_at, contact_id FROM deal"
    " JOIN deal_contact ON deal_contact.deal_id = deal.id AND deal_contact.position = 1"
    " WHERE deal.created_at > :since ORDER BY deal.created_at DESC LIMIT :leads"
)


class _Meant(NamedTuple):
    """An event: about a contact of a deal, or about the deal (None)."""

    name: EventName
    kind: str
    at: datetime
    deal_id: int
    contact_id: int
    agreed: bool


def add_events(tx: Transaction) -> None:
    """Set up a dry run, and write the leads and purchases of the last days."""
    setup = Setup(DATASET, enabled=True)
    tx.add([tables.Setting(key=META, value=json.dumps(setup._asdict()))])
    meant = sorted((*_leads(tx), *_purchases(tx)), key=lambda each: each.at)
    agreed = {each.contact_id for each in meant if each.agreed}
    since = moment_text(tx.now - timedelta(days=60))
    tx.connection.executemany(
        "UPDATE contact SET consent = 1, consent_at = ?, consent_source = 'web form' WHERE id = ?",
        [(since, contact_id) for contact_id in sorted(agreed)],
    )
    judge = Judge(tx.connection, setup)
    judge.read([each.deal_id for each in meant], agreed)
    places = tx.read(reads.places)
    tx.add([_row(tx, judge, places, each, number) for number, each in enumerate(meant)])


def _leads(tx: Transaction) -> Iterator[_Meant]:
    rows = tx.connection.execute(
        _NEW, {"since": moment_text(tx.now - timedelta(days=DAYS)), "leads": LEADS}
    )
    seen: set[int] = set()
    for number, (deal_id, at, contact_id) in enumerate(rows.fetchall()):
        if contact_id not in seen:
            seen.add(contact_id)
            asked = number % EVERY != EVERY - 1
            yield _Meant(EventName.LEAD, "lead", _moment(at), deal_id, contact_id, asked)


def _purchases(tx: Transaction) -> Iterator[_Meant]:
    rows = tx.connection.execute(_WON, {"since": moment_text(tx.now - timedelta(days=DAYS))})
    for deal_id, at, contact_id in rows.fetchall():
        yield _Meant(EventName.PURCHASE, "purchase", _moment(at), deal_id, contact_id, agreed=True)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _row(
    tx: Transaction, judge: Judge, places: dict[int, reads.Place], each: _Meant, number: int
) -> tables.Outbox:
    deal, lead = judge.deals[each.deal_id], each.name is EventName.LEAD
    customer = judge.customers[each.contact_id]
    uid = rules.event_id(judge.workspace, deal.uid, each.kind, customer.uid if lead else 1)
    place = places[deal.stage_id]
    draft = Draft(
        each.name,
        int(each.at.timestamp()),
        uid,
        SOURCES[0],
        payload.product(place),
        payload.category(place),
    )
    state, reason = _state(tx, each, deal.amount)
    known = _known(tx, judge, customer)
    money = Money(deal.amount, deal.currency) if deal.amount else None
    told = draft.text({}) if state is State.HELD else draft.text(identity.user_data([known]), money)
    gone = each.at + timedelta(minutes=11)
    settled = {State.SENT: gone, State.EXPIRED: each.at + rules.WINDOW}.get(state)
    return tables.Outbox(
        uid=uid,
        kind=rules.KIND,
        state=state.value,
        key=rules.row_key(DATASET, each.name, uid),
        payload=rules.dump(Payload(DATASET, SOURCES[0], told)),
        created_at=each.at,
        due_at=each.at + rules.Setup().grace,
        operation_seq=None,
        deal_id=each.deal_id,
        contact_id=each.contact_id if lead else None,
        tries=int(state is State.SENT),
        settled_at=settled,
        reason=reason,
        log=_log(gone, number) if state is State.SENT else "[]",
    )


def _state(tx: Transaction, each: _Meant, amount: int | None) -> tuple[State, str]:
    """Return what became of an event: the dry run began five days ago, before that it was live."""
    age = tx.now - each.at
    waits = age <= timedelta(days=5)
    if each.name is EventName.PURCHASE and amount is None:
        held = rules.NO_AMOUNT
    else:
        held = "" if each.agreed else rules.CONSENT_UNKNOWN
    if held:
        return (State.HELD, held) if age < rules.WINDOW else (State.EXPIRED, TOO_OLD)
    return (State.PENDING, "") if waits else (State.SENT, "")


def _known(tx: Transaction, judge: Judge, customer: Customer) -> tuple[Value, ...]:
    known = identity.values(customer._replace(phone=None), judge.workspace, "")
    key = tx.connection.execute(
        "SELECT phone_key FROM contact WHERE id = :id", {"id": customer.id}
    ).fetchone()[0]
    if not key:
        return known
    digits = key.lstrip("+")
    phone = Value("ph", customer.phone or "", digits, identity.sha256(digits))
    return (*known[:1], phone, *known[1:])


def _log(at: datetime, number: int) -> str:
    said = f"Meta took it. Trace ADemo{number:02}xW3bQ7."
    return json.dumps(
        [{"at": moment_text(at), "verdict": Verdict.SENT.value, "said": said, "status": 200}]
    )
