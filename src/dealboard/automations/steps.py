"""What the steps of a rule do, to all deals it runs for at once: the actions that people use.

Each step is handed the deals with what the rule knows of them. Texts are filled in with what a
deal was when the rule began. Whatever cannot be done raises; who runs the rule decides what then.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from dealboard.actions import activities, contacts, deals
from dealboard.actions.bulk import Draft
from dealboard.automations.book import Compiled, Deed, needed
from dealboard.automations.events import Event
from dealboard.automations.facts import Places
from dealboard.domain.catalogue import Facts, Value
from dealboard.domain.changes import DealChanges
from dealboard.domain.dates import parse_day, shift
from dealboard.domain.money import currency_code, from_decimal_string, parse_amount
from dealboard.domain.outbox import State
from dealboard.domain.placeholders import Setting, fill
from dealboard.domain.rules import Do
from dealboard.domain.stages import StageKind
from dealboard.domain.views import ActivityKind, Deal
from dealboard.errors import InvalidValue, MissingField, NotFound
from dealboard.store import driver
from dealboard.store.ids import new_uids
from dealboard.store.images import in_order
from dealboard.store.reads import deals as deal_reads
from dealboard.store.reads.contacts import by_ids as contacts_by_ids
from dealboard.store.reads.facts import Subject
from dealboard.store.reads.links import contacts_of
from dealboard.store.reads.values import moment_text
from dealboard.store.transaction import Transaction
from dealboard.transfer import documents

_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")


class Target(NamedTuple):
    """A deal that a rule runs for: what happened to it, its row, and the facts that are needed."""

    event: Event
    subject: Subject
    facts: Facts


class Hands:
    """What does the steps in one transaction; `began` says what led to the change of a deal.

    Its keys are the rule and the deal that it changed or created.
    """

    def __init__(self, tx: Transaction, places: Places, locale: str) -> None:
        self.tx = tx
        self.places = places
        self.setting = Setting(tx.today, locale)
        self.began: dict[tuple[int, int], Event] = {}
        self._days: dict[str, date] = {}

    def do(self, rule: Compiled, some: Sequence[Deed], targets: Sequence[Target]) -> None:
        """Do steps in order; what follows a delay is put off."""
        if rule.writes_deals(some):
            for target in targets:
                self.began.setdefault((rule.id, target.event.deal_id), target.event)
        for at, deed in enumerate(some):
            if deed.do is Do.DELAY:
                self._put_off(rule, deed, some[at + 1 :], targets)
                return
            _DO[deed.do](self, rule, deed, targets)

    # ── deals ─────────────────────────────────────────────────────────────────────────────────

    def create_deal(self, rule: Compiled, deed: Deed, targets: Sequence[Target]) -> None:
        """Add a deal with the contacts of each one that fired (decision 59)."""
        self.tx.flush()
        linked = contacts_of(self.tx.connection, _ids(targets), "contact.id", int)
        stage_id, drafts = self._stage(deed), []
        for target in targets:
            said = deed.filled(target.facts, self.setting)
            code = said.get("currency")
            currency = currency_code(code) if code else target.subject.currency
            drafts.append(
                Draft(
                    contacts=_first(target.event.contact_id, linked.get(target.event.deal_id, ())),
                    stage_id=stage_id,
                    title=said.get("title") or None,
                    owner_id=deed.args.get("owner") or self._owner(target),
                    amount=self._amount(said.get("amount", ""), currency),
                    currency=currency,
                    close_date=self._day(said.get("close_date", "")),
                    reference=said.get("reference"),
                )
            )
        made = deals.create_many(self.tx, drafts)
        self.began |= {
            (rule.id, each): target.event for each, target in zip(made, targets, strict=True)
        }

    def update_deal(self, rule: Compiled, deed: Deed, targets: Sequence[Target]) -> None:
        """Change fields of the deal that fired, or of the one with a reference (decision 60)."""
        changes: dict[int, DealChanges] = {}
        alike: dict[tuple[Value, ...], tuple[int | None, DealChanges]] = {}
        names = needed([deed])
        for target in targets:
            asked = (target.subject.currency, *map(target.facts.get, names))
            if asked not in alike:  # many deals are often told the same
                alike[asked] = self._update(deed, target)
            found, given = alike[asked]
            if found is not None:
                self.began.setdefault((rule.id, found), target.event)
            changes[found or target.event.deal_id] = given
        deals.edit_many(self.tx, changes)
        if "stage" in deed.args:
            deals.move_many(self.tx, changes, deed.args["stage"])

    def move_stage(self, _rule: Compiled, deed: Deed, targets: Sequence[Target]) -> None:
        """Move the deal."""
        deals.move_many(self.tx, _ids(targets), deed.args["stage"])

    def assign_owner(self, _rule: Compiled, deed: Deed, targets: Sequence[Target]) -> None:
        """Give the deal to a user."""
        deals.assign_many(self.tx, _ids(targets), deed.args["owner"])

    def add_contact(self, _rule: Compiled, deed: Deed, targets: Sequence[Target]) -> None:
        """Link a contact, who is added if nobody is called so and it says how to reach them."""
        known: dict[str, int] = {}
        added = []
        for target in targets:
            who = deed.text("contact", target.facts, self.setting) or ""
            if not who.strip():
                raise MissingField("contact", "there is nobody to add")
            if who not in known:
                known[who] = contacts.resolve(self.tx, who)
            added.append((target.event.deal_id, known[who]))
        deals.add_contacts(self.tx, added)

    def _update(self, deed: Deed, target: Target) -> tuple[int | None, DealChanges]:
        """Return the deal that an update finds by its reference, if by one, and what it changes."""
        said = deed.filled(target.facts, self.setting)
        if "find_reference" not in said:
            return None, self._changes(deed, said, target.subject.currency)
        reference = said["find_reference"].strip()
        if not reference:
            raise MissingField("reference", "there is none to find a deal by")
        found = self.tx.read(deal_reads.find, reference=reference)
        return found.id, self._changes(deed, said, found.currency)

    def _changes(self, deed: Deed, said: Mapping[str, str], currency: str) -> DealChanges:
        changes = DealChanges()
        if "title" in said:
            changes["title"] = said["title"]
        if said.get("currency"):
            currency = changes["currency"] = currency_code(said["currency"])
        if "amount" in said:
            changes["amount"] = self._amount(said["amount"], currency)
        if "close_date" in said:
            changes["close_date"] = self._day(said["close_date"])
        if "reference" in said:
            changes["reference"] = said["reference"]
        if "owner" in deed.args:
            changes["owner_id"] = deed.args["owner"]
        return changes

    def _amount(self, text: str, currency: str) -> int | None:
        text = text.strip()
        if _PLAIN.fullmatch(text):
            return from_decimal_string(text, currency)
        return parse_amount(text, currency, self.setting.locale)

    def _day(self, text: str) -> date | None:
        text = text.strip()
        if text and text not in self._days:  # most deals get the same one
            self._days[text] = parse_day(text, self.setting.today, field="close date")
        return self._days.get(text)

    def _stage(self, deed: Deed) -> int:
        """Return where a new deal begins: the stage named, else the pipeline's first."""
        pipeline_id: int = deed.args["pipeline"]
        stage_id: int | None = deed.args.get("stage")
        stages = self.places.stages
        if stage_id is None:
            for each in stages.values():
                if each.pipeline_id == pipeline_id and each.kind is StageKind.OPEN:
                    return each.id
            raise NotFound("pipeline", f"#{pipeline_id}")
        if stage_id not in stages:
            raise NotFound("stage", f"#{stage_id}")
        if stages[stage_id].pipeline_id != pipeline_id:
            named = self.places.pipelines.get(pipeline_id, f"#{pipeline_id}")
            reason = f"it is not in pipeline “{named}”"
            raise InvalidValue("stage", stages[stage_id].name, reason)
        return stage_id

    def _owner(self, target: Target) -> int | None:
        """Return who gets what comes of a deal: its owner, unless they left; else who acts."""
        owner = self.places.users.get(target.subject.owner_id)
        if owner is not None and owner.active:
            return owner.id
        return None if self.tx.actor is None else self.tx.actor.id

    # ── activities ────────────────────────────────────────────────────────────────────────────

    def add_task(self, _rule: Compiled, deed: Deed, targets: Sequence[Target]) -> None:
        """Add a task for the deal's owner, due in some days; without days it has no day."""
        days = deed.args.get("days")
        due = None if days is None else shift(self.tx.today, days, field="due")
        self._write(ActivityKind.TASK, deed, targets, due)

    def add_note(self, _rule: Compiled, deed: Deed, targets: Sequence[Target]) -> None:
        """Write a note."""
        self._write(ActivityKind.NOTE, deed, targets, None)

    def _write(
        self, kind: ActivityKind, deed: Deed, targets: Sequence[Target], due: date | None
    ) -> None:
        named, parts = deed.args.get("owner"), deed.texts.get("text", ())
        drafts = [
            activities.Draft(
                target.event.deal_id,
                fill(parts, target.facts, self.setting),
                named or self._owner(target),
            )
            for target in targets
        ]
        activities.add_many(self.tx, kind, drafts, due)

    # ── what leaves, or waits ─────────────────────────────────────────────────────────────────

    def send_webhook(self, rule: Compiled, deed: Deed, targets: Sequence[Target]) -> None:
        """Put a webhook into the outbox, what it will say frozen."""
        now = moment_text(self.tx.now)
        views = {each.id: each for each in self.tx.read(deal_reads.by_ids, _ids(targets))}
        self._queue(
            "webhook",
            rule,
            now,
            ((target, self._letter(rule, deed, target, views[target.event.deal_id], now))
             for target in targets if target.event.deal_id in views),
        )  # fmt: skip

    def _letter(
        self, rule: Compiled, deed: Deed, target: Target, view: Deal, now: str
    ) -> dict[str, Any]:
        body = {
            "event": target.event.kind().value,
            "rule": {"id": rule.id, "name": rule.name},
            "deal": documents.deal(view),
            "contact": self._contact(view, target.event.contact_id),
            "at": now,
            "operation": self.tx.operation.uid,
        }
        return {
            "url": deed.address(target.facts, self.setting),
            "secret": deed.args.get("secret"),
            "body": in_order(body),
        }

    def _contact(self, view: Deal, contact_id: int | None) -> dict[str, Any] | None:
        for each in view.contacts:
            if contact_id in (None, each.id):
                return documents.person(each)
        gone = () if contact_id is None else self.tx.read(contacts_by_ids, [contact_id])
        for contact in gone:
            return {
                "id": contact.id,
                "name": contact.name,
                "phone": contact.phone_key or contact.phone,
                "email": contact.email,
            }
        return None

    def _put_off(
        self, rule: Compiled, deed: Deed, rest: Sequence[Deed], targets: Sequence[Target]
    ) -> None:
        """Keep what is left of a rule until its time has come."""
        if rest:
            due = moment_text(self.tx.now + deed.wait)
            left = [each.document for each in rest]
            self._queue("step", rule, due, ((each, _left(rule, left, each)) for each in targets))

    def _queue(
        self, kind: str, rule: Compiled, due: str, rows: Iterable[tuple[Target, dict[str, Any]]]
    ) -> None:
        tx = self.tx
        tx.flush()
        tx.journal.kept = True  # an operation that is named in the outbox stays
        letters = list(rows)
        queued = []
        for uid, (target, payload) in zip(new_uids(tx.now, len(letters)), letters, strict=True):
            contact_id = target.event.contact_id or _primary(target)
            queued.append((uid, in_order(payload), target.event.deal_id, contact_id))
        columns = "uid", "payload", "deal_id", "contact_id"
        same = {
            "kind": kind,
            "state": State.PENDING.value,
            "tries": 0,
            "reason": "",
            "log": "[]",
            "created_at": moment_text(tx.now),
            "due_at": due,
            "operation_seq": tx.operation.seq,
            "automation_id": rule.id,
        }
        driver.insert(tx.connection, "INSERT INTO outbox", columns, queued, same)


def _first(contact_id: int | None, linked: tuple[int, ...]) -> tuple[int, ...]:
    """Return the contacts of a deal, the one that its event is about first."""
    if contact_id not in linked:
        return linked
    return contact_id, *(each for each in linked if each != contact_id)


def _left(rule: Compiled, steps: Sequence[dict[str, Any]], target: Target) -> dict[str, Any]:
    event = target.event
    return {
        "rule": {"id": rule.id, "name": rule.name},
        "event": event.kind().value,
        "steps": steps,
        "contact": event.contact_id,
        "root": event.root,
        "path": [*event.path],
        "previous_stage": target.subject.previous_stage,
    }


def _primary(target: Target) -> int | None:
    return None if target.subject.contact is None else target.subject.contact.id


def _ids(targets: Iterable[Target]) -> list[int]:
    return [target.event.deal_id for target in targets]


_DO: dict[Do, Callable[[Hands, Compiled, Deed, Sequence[Target]], None]] = {
    Do.CREATE_DEAL: Hands.create_deal,
    Do.UPDATE_DEAL: Hands.update_deal,
    Do.MOVE_STAGE: Hands.move_stage,
    Do.ASSIGN_OWNER: Hands.assign_owner,
    Do.ADD_CONTACT: Hands.add_contact,
    Do.ADD_TASK: Hands.add_task,
    Do.ADD_NOTE: Hands.add_note,
    Do.SEND_WEBHOOK: Hands.send_webhook,
}
