"""What rules know of deals: the fields of the catalogue, as far as a rule names them."""

import json
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from dealboard.domain.catalogue import CUSTOM, FIELDS, Facts, Kind, Value
from dealboard.domain.money import exponent
from dealboard.domain.views import CustomField, Stage, User
from dealboard.store.driver import Connection
from dealboard.store.reads import fields, pipelines, team
from dealboard.store.reads.facts import Person, Subject, person, subjects
from dealboard.store.reads.values import day_or_none, full_name, moment


class Places:
    """The stages, pipelines, users and own fields of the workspace, read once per operation."""

    def __init__(self, connection: Connection) -> None:
        self.stages: dict[int, Stage] = {each.id: each for each in pipelines.all_stages(connection)}
        self.pipelines = {each.id: each.name for each in pipelines.pipelines(connection)}
        self.users: dict[int, User] = {each.id: each for each in team.users(connection)}
        self.custom: dict[str, CustomField] = {
            f"{CUSTOM}{each.name}": each for each in fields.fields(connection)
        }
        self.pipeline_of = {each.id: each.pipeline_id for each in self.stages.values()}


# ── facts ─────────────────────────────────────────────────────────────────────────────────────

_Maker = Callable[[Subject, Places], Value]


def _day(kept: str | None) -> date | None:
    return None if kept is None else moment(kept).astimezone().date()


def _amount(subject: Subject) -> Decimal | None:
    if subject.amount is None:
        return None
    return Decimal(subject.amount).scaleb(-exponent(subject.currency))


def _stage_name(stage_id: int | None, places: Places) -> str | None:
    stage = places.stages.get(stage_id or 0)
    return stage.name if stage else None


def _pipeline(subject: Subject, places: Places) -> str | None:
    return places.pipelines.get(places.pipeline_of.get(subject.stage_id, 0))


def _status(subject: Subject, places: Places) -> str | None:
    stage = places.stages.get(subject.stage_id)
    return stage.kind.value if stage else None


def _probability(subject: Subject, places: Places) -> int | None:
    stage = places.stages.get(subject.stage_id)
    return stage.probability if stage else None


def _owner(subject: Subject, places: Places) -> User | None:
    return places.users.get(subject.owner_id)


def _consent(contact: Person) -> str:
    return "unknown" if contact.consent is None else "yes" if contact.consent else "no"


_MAKERS: dict[str, _Maker] = {
    "deal.id": lambda subject, _: subject.id,
    "deal.title": lambda subject, _: subject.title,
    "deal.reference": lambda subject, _: subject.reference,
    "deal.amount": lambda subject, _: _amount(subject),
    "deal.currency": lambda subject, _: subject.currency,
    "deal.close_date": lambda subject, _: day_or_none(subject.close_date),
    "deal.created": lambda subject, _: _day(subject.created_at),
    "deal.closed": lambda subject, _: _day(subject.closed_at),
    "deal.status": _status,
    "deal.lost_reason": lambda subject, _: subject.lost_reason,
    "pipeline.name": _pipeline,
    "stage.name": lambda subject, places: _stage_name(subject.stage_id, places),
    "stage.probability": _probability,
    "stage.previous.name": lambda subject, places: _stage_name(subject.previous_stage, places),
    "owner.name": lambda subject, places: getattr(_owner(subject, places), "name", None),
    "owner.email": lambda subject, places: getattr(_owner(subject, places), "email", None),
}

_OF_CONTACT: dict[str, Callable[[Person], Value]] = {
    "contact.name": lambda contact: full_name(contact.first_name, contact.last_name),
    "contact.first_name": lambda contact: contact.first_name,
    "contact.last_name": lambda contact: contact.last_name,
    "contact.phone": lambda contact: contact.phone,
    "contact.email": lambda contact: contact.email,
    "contact.company": lambda contact: contact.company,
    "contact.city": lambda contact: contact.city,
    "contact.state": lambda contact: contact.state,
    "contact.zip": lambda contact: contact.zip,
    "contact.country": lambda contact: contact.country,
    "contact.consent": _consent,
}

assert _MAKERS.keys() | _OF_CONTACT.keys() == FIELDS.keys()  # noqa: S101 -- one list, two views


_COLUMNS = {
    **{f"deal.{name}": (name,) for name in ("id", "title", "reference", "currency", "close_date")},
    "deal.amount": ("amount", "currency"),
    "deal.created": ("created_at",),
    "deal.closed": ("closed_at",),
    "deal.lost_reason": ("lost_reason",),
    "deal.status": ("stage_id",),
    "pipeline.name": ("stage_id",),
    "stage.name": ("stage_id",),
    "stage.probability": ("stage_id",),
    "stage.previous.name": ("stage_id",),
    "owner.name": ("owner_id",),
    "owner.email": ("owner_id",),
}
"""The columns of a deal that its facts are made of."""

assert _COLUMNS.keys() == _MAKERS.keys()  # noqa: S101 -- one list, two views


def columns(wanted: Iterable[str]) -> frozenset[str]:
    """Return the columns of a deal whose change changes one of these facts."""
    return frozenset(column for name in wanted for column in _COLUMNS.get(name, ()))


def of(subject: Subject, wanted: Iterable[str], places: Places) -> Facts:
    """Return the wanted facts of a deal."""
    facts: dict[str, Value] = {}
    for name in wanted:
        maker = _MAKERS.get(name)
        if maker is not None:
            facts[name] = maker(subject, places)
        elif subject.contact is not None:
            facts[name] = _of_contact(name, subject.contact, places)
    return facts


def about(connection: Connection, contact_id: int, deal_id: int | None) -> Facts:
    """Return all that is known of a contact, and of a deal where one is meant.

    The contact need not be the deal's first one.
    """
    places = Places(connection)
    who = person(connection, contact_id)
    deals = [] if deal_id is None else [deal_id]
    found = subjects(connection, deals, ("stage.previous.name",)).values()
    facts = {} if not found else dict(of(next(iter(found)), _MAKERS, places))
    if who is not None:
        names = (*_OF_CONTACT, *places.custom)
        facts |= {name: _of_contact(name, who, places) for name in names}
    return facts


def _of_contact(name: str, contact: Person, places: Places) -> Value:
    maker = _OF_CONTACT.get(name)
    if maker is not None:
        return maker(contact)
    field = places.custom.get(name)
    kept = json.loads(contact.custom).get(str(field.id)) if field else None
    if kept is None or field is None:
        return None
    match Kind(field.kind.value):
        case Kind.NUMBER:
            return Decimal(kept)
        case Kind.DATE:
            return date.fromisoformat(kept)
    return str(kept)
