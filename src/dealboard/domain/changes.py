"""What a person may change of a deal, contact, stage or user: only the keys given are changed.

Forms and command options fill these in; the actions check them. Money is integer minor units.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypedDict


class DealChanges(TypedDict, total=False):
    """Fields of a deal. `contacts` are ids, the primary contact first."""

    title: str
    stage_id: int
    owner_id: int
    amount: int | None
    currency: str
    close_date: date | None
    reference: str | None
    contacts: Sequence[int]


META_IDS = ("fbc", "fbp", "lead_id", "ctwa_clid")
"""Meta's own ids of a contact, which go out to it as they are."""


class ContactChanges(TypedDict, total=False):
    """Fields of a contact. `name` is the whole name of those who do not tell first from last.

    `consent_source` says how the consent, or the refusal, came about. `custom` holds values by the
    id of their field, in the form in which they are kept; only the fields given are changed.
    `fbc`, `fbp`, `lead_id` and `ctwa_clid` are Meta's own ids of a person.
    """

    name: str
    first_name: str
    last_name: str
    phone: str | None
    email: str | None
    company: str | None
    city: str | None
    state: str | None
    zip: str | None
    country: str | None
    external_id: str | None
    consent: bool | None
    consent_source: str | None
    fbc: str | None
    fbp: str | None
    lead_id: str | None
    ctwa_clid: str | None
    custom: Mapping[int, str | None]


class FieldChanges(TypedDict, total=False):
    """Fields of a custom field of contacts; `choices` for those that have some."""

    name: str
    choices: Sequence[str]


class ActivityChanges(TypedDict, total=False):
    """Fields of an activity. Only a task has a `due` day; `kind` is a value of `ActivityKind`."""

    kind: str
    text: str
    due: date | None
    user_id: int
    contact_id: int | None


class StageChanges(TypedDict, total=False):
    """Fields of a stage. `probability` in percent; `rotting_days` None: deals never rot."""

    name: str
    probability: int
    rotting_days: int | None


class UserChanges(TypedDict, total=False):
    """Fields of a user. `role` is a value of `views.Role`."""

    name: str
    email: str | None
    role: str
    active: bool
