"""The JSON of each noun, as specs and scripts know it: keys are added, never changed.

Amounts are decimal strings beside integer minor units, days YYYY-MM-DD, moments ISO 8601 with Z.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from dealboard.domain.automations import Automation, Preview, Run
from dealboard.domain.changes import META_IDS
from dealboard.domain.conversions import Told
from dealboard.domain.money import decimal_string
from dealboard.domain.outbox import Attempt, Delivery
from dealboard.domain.views import (
    Activity,
    Contact,
    CustomField,
    Deal,
    Operation,
    Person,
    Pipeline,
    Stage,
    StageTotals,
    User,
)
from dealboard.store.reads.values import moment_text

Document = dict[str, Any]


def deal(view: Deal) -> Document:
    """Return a deal."""
    stage = view.stage
    return {
        "id": view.id,
        "uid": view.uid,
        "title": view.title,
        "pipeline": {"id": view.pipeline.id, "name": view.pipeline.name},
        "stage": {
            "id": stage.id,
            "name": stage.name,
            "kind": stage.kind.value,
            "probability": stage.probability,
        },
        "owner": {"id": view.owner.id, "name": view.owner.name},
        "amount": None if view.amount is None else decimal_string(view.amount, view.currency),
        "amount_minor": view.amount,
        "currency": view.currency,
        "close_date": day(view.close_date),
        "reference": view.reference,
        "created_at": moment(view.created_at),
        "updated_at": moment(view.updated_at),
        "closed_at": moment(view.closed_at),
        "stage_entered_at": moment(view.stage_entered_at),
        "lost_reason": view.lost_reason,
        "contacts": [person(each) for each in view.contacts],
        "version": view.version,
    }


def person(view: Person) -> Document:
    """Return a contact as a deal shows it."""
    return {"id": view.id, "name": view.name, "phone": phone(view), "email": view.email}


def pipeline(view: Pipeline, deals: int, stages: int) -> Document:
    """Return a pipeline with the number of its deals and stages."""
    return {
        "id": view.id,
        "name": view.name,
        "position": view.position,
        "deals": deals,
        "stages": stages,
    }


def stage(view: Stage, totals: StageTotals) -> Document:
    """Return a stage with its deals and money."""
    return {
        "id": view.id,
        "name": view.name,
        "kind": view.kind.value,
        "probability": view.probability,
        "position": view.position,
        "rotting_days": view.rotting_days,
        "deals": totals.deals,
        "totals": [
            {
                "currency": each.currency,
                "amount": decimal_string(each.amount, each.currency),
                "amount_minor": each.amount,
                "weighted": decimal_string(each.weighted, each.currency),
            }
            for each in totals.totals
        ],
    }


def contact(view: Contact, fields: Sequence[CustomField]) -> Document:
    """Return a contact, without its deals; `custom` holds the values it has in `fields`."""
    return {
        "id": view.id,
        "uid": view.uid,
        "name": view.name,
        "first_name": view.first_name,
        "last_name": view.last_name,
        "phone": phone(view),
        "email": view.email,
        "company": view.company,
        "city": view.city,
        "state": view.state,
        "zip": view.zip,
        "country": view.country,
        "external_id": view.external_id,
        "consent": view.consent,
        "consent_at": moment(view.consent_at),
        "consent_source": view.consent_source,
        **{name: getattr(view, name) for name in META_IDS},
        "custom": {
            field.name: view.custom[field.id] for field in fields if field.id in view.custom
        },
        "created_at": moment(view.created_at),
        "updated_at": moment(view.updated_at),
        "version": view.version,
    }


def phone(view: Contact | Person) -> str | None:
    """Return a phone number as E.164 if it is one valid number, else as typed (decision 72)."""
    return view.phone_key or view.phone


def field(view: CustomField, contacts: int) -> Document:
    """Return a custom field of contacts, with how many of them have a value in it."""
    return {
        "id": view.id,
        "uid": view.uid,
        "name": view.name,
        "kind": view.kind.value,
        "choices": list(view.choices),
        "position": view.position,
        "contacts": contacts,
    }


def user(view: User) -> Document:
    """Return a user."""
    return {
        "id": view.id,
        "uid": view.uid,
        "name": view.name,
        "email": view.email,
        "role": view.role.value,
        "active": view.active,
    }


def activity(view: Activity) -> Document:
    """Return a call, a meeting, a note or a task."""
    return {
        "id": view.id,
        "uid": view.uid,
        "kind": view.kind.value,
        "text": view.text,
        "due": day(view.due),
        "done_at": moment(view.done_at),
        "deal_id": view.deal_id,
        "contact_id": view.contact_id,
        "user": {"id": view.user_id, "name": view.user},
        "created_at": moment(view.created_at),
        "version": view.version,
    }


def operation(view: Operation) -> Document:
    """Return an entry of the history."""
    return {
        "seq": view.seq,
        "at": moment(view.at),
        "actor": view.actor,
        "kind": view.kind,
        "label": view.label,
        "cause": view.cause,
        "undone": view.undone,
    }


def automation(view: Automation, rule: Document) -> Document:
    """Return an automation: its `rule` as a file has it, and what came of it."""
    return {
        "id": view.id,
        "uid": view.uid,
        **rule,
        "position": view.position,
        "problem": view.problem or None,
        "runs": view.runs,
        "failures": view.failures,
        "last_run": moment(view.last_run),
        "last_outcome": view.last_outcome,
        "waiting": view.waiting,
        "trips": view.trips,
        "suspended_at": moment(view.suspended_at),
        "version": view.version,
    }


def automation_run(view: Run) -> Document:
    """Return an entry of the run log."""
    return {
        "id": view.id,
        "at": moment(view.at),
        "automation": {"id": view.automation_id, "name": view.automation},
        "deal": {"id": view.deal_id, "title": view.deal},
        "event": view.event,
        "outcome": view.outcome,
        "reason": view.reason or None,
        "did": list(view.did),
        "chain": list(view.chain),
        "operation": view.operation,
        "undone": view.undone,
    }


def automation_preview(view: Preview) -> Document:
    """Return what a dry run found."""
    return {
        "assumed": view.assumed or None,
        "checks": [
            {
                "field": each.condition.field,
                "is": each.condition.how,
                "value": each.condition.value,
                "holds": each.holds,
            }
            for each in view.checks
        ],
        "branch": view.branch,
        "changes": list(view.lines),
        "problem": view.problem or None,
    }


def delivery(view: Delivery) -> Document:
    """Return a row of the outbox; of where it goes, the host."""
    return {
        "id": view.id,
        "uid": view.uid,
        "kind": view.kind,
        "target": view.target,
        "state": view.state,
        "sending": view.sending,
        "reason": view.reason or None,
        "tries": view.tries,
        "created_at": moment(view.created_at),
        "due_at": moment(view.due_at),
        "settled_at": moment(view.settled_at),
        "automation": {"id": view.automation_id, "name": view.automation},
        "deal": {"id": view.deal_id, "title": view.deal},
        "operation": view.operation,
    }


def attempt(view: Attempt) -> Document:
    """Return one attempt to send a row of the outbox."""
    return {
        "at": moment(view.at),
        "verdict": view.verdict,
        "said": view.said,
        "status": view.status,
        "reply": view.reply or None,
    }


def told(view: Told) -> Document:
    """Return an event for Meta."""
    return {
        "id": view.id,
        "event_id": view.uid,
        "name": view.name,
        "dataset": view.dataset,
        "state": view.state,
        "sending": view.sending,
        "reason": view.reason or None,
        "tries": view.tries,
        "event_time": moment(view.moment),
        "due_at": moment(view.due_at),
        "expires_at": moment(view.expires_at),
        "settled_at": moment(view.settled_at),
        "deal": None if view.deal_id is None else {"id": view.deal_id, "title": view.deal},
        "contact": None
        if view.contact_id is None
        else {"id": view.contact_id, "name": view.contact},
        "operation": view.operation,
    }


def day(value: date | None) -> str | None:
    """Return a day as YYYY-MM-DD."""
    return None if value is None else value.isoformat()


def moment(value: datetime | None) -> str | None:
    """Return a moment as ISO 8601 in UTC."""
    return None if value is None else moment_text(value)
