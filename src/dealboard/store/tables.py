"""The SQLModel tables: the only definition of the schema.

Table models do not validate (SQLModel): input is checked where it enters, in the actions. Keys are
AUTOINCREMENT, so that an id in the journal never comes to mean another row, and nothing cascades.
`search`, `version` and `updated_at` are derived: neither journalled nor compared by undo.
`batch` is the operation that inserted a row in bulk; such rows have no image in the journal.
"""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Column, Index, Text, text
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from dealboard.store.columns import Day, Flag, Minor, Moment

DERIVED = frozenset({"search", "version", "updated_at", "trips", "suspended_at"})
"""Columns that follow from others, from the writing itself, or from what the guard saw."""

_SQLITE = {"sqlite_strict": True, "sqlite_autoincrement": True}


def _reference(table: str) -> Any:
    return Field(foreign_key=f"{table}.id")


class Table(SQLModel):
    """What every table is: as none validates, no validator is built for it."""

    model_config: ClassVar[Any] = {"defer_build": True}


class Row(Table):
    """What every journalled row has: a key, a name across files, and when it was written."""

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(sa_type=Text, unique=True)
    created_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)
    version: int = 1

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        """Count versions in SQLAlchemy: a write over a row changed meanwhile fails."""
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]


class User(Row, table=True):
    """A profile of this workspace; deactivated, never deleted."""

    __tablename__: ClassVar[Any] = "user"
    __table_args__ = (
        CheckConstraint("role IN ('account_owner', 'administrator', 'chat_operator')", name="role"),
        CheckConstraint("length(name) BETWEEN 1 AND 60", name="name"),
        _SQLITE,
    )

    name: str = Field(sa_type=Text)
    email: str | None = Field(default=None, sa_type=Text)
    role: str = Field(sa_type=Text)
    active: bool = Field(default=True, sa_type=Flag)
    batch: int | None = None


class Pipeline(Row, table=True):
    """A sales process."""

    __tablename__: ClassVar[Any] = "pipeline"
    __table_args__ = (CheckConstraint("length(name) BETWEEN 1 AND 60", name="name"), _SQLITE)

    name: str = Field(sa_type=Text)
    position: int


class Stage(Row, table=True):
    """A phase of a pipeline."""

    __tablename__: ClassVar[Any] = "stage"
    __table_args__ = (
        CheckConstraint("kind IN ('open', 'won', 'lost')", name="kind"),
        CheckConstraint("probability BETWEEN 0 AND 100", name="probability"),
        CheckConstraint(
            "kind = 'open' OR probability = CASE kind WHEN 'won' THEN 100 ELSE 0 END",
            name="fixed_probability",
        ),
        CheckConstraint("length(name) BETWEEN 1 AND 60", name="name"),
        CheckConstraint("rotting_days BETWEEN 1 AND 999", name="rotting_days"),
        Index("stage_pipeline", "pipeline_id", "position"),
        _SQLITE,
    )

    pipeline_id: int = _reference("pipeline")
    name: str = Field(sa_type=Text)
    probability: int
    kind: str = Field(sa_type=Text)
    position: int
    rotting_days: int | None = None


class Contact(Row, table=True):
    """A person or company; phone and e-mail as typed, and normalised for matching.

    `custom` is a JSON object: the id of a custom field to its value as text. `fbc`, `fbp`,
    `lead_id` and `ctwa_clid` are Meta's own ids of whom its ads brought here.
    """

    __tablename__: ClassVar[Any] = "contact"
    __table_args__ = (
        CheckConstraint("length(first_name) + length(last_name) BETWEEN 1 AND 401", name="name"),
        Index("contact_phone", "phone_key", sqlite_where=text("phone_key IS NOT NULL")),
        Index("contact_email", "email_key", sqlite_where=text("email_key IS NOT NULL")),
        Index("contact_batch", "batch", sqlite_where=text("batch IS NOT NULL")),
        _SQLITE,
    )

    first_name: str = Field(default="", sa_type=Text)
    last_name: str = Field(default="", sa_type=Text)
    phone: str | None = Field(default=None, sa_type=Text)
    phone_key: str | None = Field(default=None, sa_type=Text)
    email: str | None = Field(default=None, sa_type=Text)
    email_key: str | None = Field(default=None, sa_type=Text)
    company: str | None = Field(default=None, sa_type=Text)
    city: str | None = Field(default=None, sa_type=Text)
    state: str | None = Field(default=None, sa_type=Text)
    zip: str | None = Field(default=None, sa_type=Text)
    country: str | None = Field(default=None, sa_type=Text)
    external_id: str | None = Field(default=None, sa_type=Text)
    consent: bool | None = Field(default=None, sa_type=Flag)
    consent_at: datetime | None = Field(default=None, sa_type=Moment)
    consent_source: str | None = Field(default=None, sa_type=Text)
    forgotten: bool = Field(default=False, sa_type=Flag)
    custom: str = Field(
        default="{}", sa_type=Text, sa_column_kwargs={"server_default": text("'{}'")}
    )
    search: str = Field(default="", sa_type=Text)
    batch: int | None = None
    fbc: str | None = Field(default=None, sa_type=Text)
    fbp: str | None = Field(default=None, sa_type=Text)
    lead_id: str | None = Field(default=None, sa_type=Text)
    ctwa_clid: str | None = Field(default=None, sa_type=Text)


class Deal(Row, table=True):
    """A sales opportunity. `rank` orders the stage by hand, smallest on top."""

    __tablename__: ClassVar[Any] = "deal"
    __table_args__ = (
        CheckConstraint("length(title) BETWEEN 1 AND 200", name="title"),
        CheckConstraint("amount BETWEEN 0 AND 1000000000000000000", name="amount"),
        CheckConstraint("length(currency) = 3", name="currency"),
        CheckConstraint("length(reference) BETWEEN 1 AND 120", name="reference"),
        # All that a stage is filtered and sorted by, so that its rows need not be visited. A
        # PostgreSQL entry could not hold `search`; that engine has its own indexes for text.
        Index(
            "deal_lane",
            *("stage_id", "rank", "id", "closed_at", "owner_id", "currency", "amount"),
            *("close_date", "created_at", "search"),
        ).ddl_if(dialect="sqlite"),
        Index("deal_totals", "stage_id", "currency", "amount", "closed_at", "owner_id"),
        # The orders of all deals: see `reads.order.stretches`.
        Index("deal_created", "created_at"),
        Index("deal_close", "close_date"),
        Index("deal_amount", "currency", "amount"),
        Index(
            "deal_title", text("substr(search, 1, instr(search || char(31), char(31)) - 1)")
        ).ddl_if(dialect="sqlite"),
        Index("deal_reference", "reference", sqlite_where=text("reference IS NOT NULL")),
        Index("deal_batch", "batch", sqlite_where=text("batch IS NOT NULL")),
        _SQLITE,
    )

    title: str = Field(sa_type=Text)
    stage_id: int = _reference("stage")
    owner_id: int = _reference("user")
    amount: int | None = Field(default=None, sa_type=Minor)
    currency: str = Field(sa_type=Text)
    close_date: date | None = Field(default=None, sa_type=Day)
    close_date_auto: bool = Field(default=False, sa_type=Flag)
    reference: str | None = Field(default=None, sa_type=Text)
    rank: int = Field(sa_type=Minor)
    stage_entered_at: datetime = Field(sa_type=Moment)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    last_open_stage_id: int | None = Field(default=None)
    lost_reason: str | None = Field(default=None, sa_type=Text)
    search: str = Field(default="", sa_type=Text)
    batch: int | None = None


class DealContact(Table, table=True):
    """A contact of a deal; the one with the smallest position is the primary contact."""

    __tablename__: ClassVar[Any] = "deal_contact"
    __table_args__ = (
        Index("deal_contact_pair", "deal_id", "contact_id", unique=True),
        Index("deal_contact_contact", "contact_id"),
        Index("deal_contact_batch", "batch", sqlite_where=text("batch IS NOT NULL")),
        _SQLITE,
    )

    id: int | None = Field(default=None, primary_key=True)
    deal_id: int = _reference("deal")
    contact_id: int = _reference("contact")
    position: int
    batch: int | None = None


class CustomField(Row, table=True):
    """A field of contacts that this workspace added; `choices`, a JSON list, for that kind only."""

    __tablename__: ClassVar[Any] = "custom_field"
    __table_args__ = (
        CheckConstraint("kind IN ('text', 'number', 'date', 'choice')", name="kind"),
        CheckConstraint("length(name) BETWEEN 1 AND 60", name="name"),
        _SQLITE,
    )

    name: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    choices: str = Field(default="[]", sa_type=Text)
    position: int


class Activity(Row, table=True):
    """A call, a meeting, a note or a task, of a deal or of a contact.

    A task is open until `done_at`; only tasks have a `due` day. `user_id` wrote it or is to do it.
    `automation_id` is the rule that wrote it for them.
    """

    __tablename__: ClassVar[Any] = "activity"
    __table_args__ = (
        CheckConstraint("kind IN ('call', 'meeting', 'note', 'task')", name="kind"),
        CheckConstraint("kind = 'task' OR (due IS NULL AND done_at IS NULL)", name="task"),
        CheckConstraint("deal_id IS NOT NULL OR contact_id IS NOT NULL", name="subject"),
        CheckConstraint("length(text) BETWEEN 1 AND 20000", name="text"),
        Index("activity_deal", "deal_id", sqlite_where=text("deal_id IS NOT NULL")),
        Index("activity_contact", "contact_id", sqlite_where=text("contact_id IS NOT NULL")),
        # The next step of the deals in view, and the day's tasks.
        Index(
            "activity_next",
            *("deal_id", "due", "id"),
            sqlite_where=text("kind = 'task' AND done_at IS NULL"),
        ),
        Index(
            "activity_due",
            *("user_id", "due", "id"),
            sqlite_where=text("kind = 'task' AND done_at IS NULL"),
        ),
        Index("activity_batch", "batch", sqlite_where=text("batch IS NOT NULL")),
        _SQLITE,
    )

    kind: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    due: date | None = Field(default=None, sa_type=Day)
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    deal_id: int | None = Field(default=None, foreign_key="deal.id")
    contact_id: int | None = Field(default=None, foreign_key="contact.id")
    user_id: int = _reference("user")
    batch: int | None = None
    automation_id: int | None = None


class SavedView(Row, table=True):
    """A filter, an order and a way to look at deals, under a name; `query` is a JSON object."""

    __tablename__: ClassVar[Any] = "saved_view"
    __table_args__ = (CheckConstraint("length(name) BETWEEN 1 AND 60", name="name"), _SQLITE)

    name: str = Field(sa_type=Text)
    query: str = Field(sa_type=Text)
    position: int


class Message(Table, table=True):
    """A line of the chat with a contact. Not journalled; `key` makes importing twice harmless."""

    __tablename__: ClassVar[Any] = "message"
    __table_args__ = (
        CheckConstraint("direction IN ('in', 'out', 'none')", name="direction"),
        Index("message_contact", "contact_id", "at", "id"),
        Index("message_key", "contact_id", "key", unique=True),
        _SQLITE,
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(sa_type=Text, unique=True)
    contact_id: int = _reference("contact")
    at: datetime = Field(sa_type=Moment)
    direction: str = Field(sa_type=Text)
    author: str = Field(default="", sa_type=Text)
    text: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)
    key: str = Field(sa_type=Text)


class Automation(Row, table=True):
    """A rule: its trigger, conditions and steps are a JSON object, `definition` (domain.rules).

    `trips` counts how often the guard had to stop it; a suspended rule runs no more. Both are the
    guard's own: neither journalled nor compared.
    """

    __tablename__: ClassVar[Any] = "automation"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 120", name="name"),
        # All that every write asks of the rules: whether there are any, and which.
        Index(
            "automation_active",
            *("position", "id", "version"),
            sqlite_where=text("enabled = 1 AND suspended_at IS NULL"),
        ),
        _SQLITE,
    )

    name: str = Field(sa_type=Text)
    enabled: bool = Field(default=True, sa_type=Flag)
    position: int
    definition: str = Field(sa_type=Text)
    trips: int = 0
    suspended_at: datetime | None = Field(default=None, sa_type=Moment)


class AutomationRun(Table, table=True):
    """What came of a rule for a deal, once. Not journalled.

    `occurrence` names what the clock fired for, so that it fires once; `detail` is a JSON object.
    """

    __tablename__: ClassVar[Any] = "automation_run"
    __table_args__ = (
        CheckConstraint("outcome IN ('ran', 'otherwise', 'failed', 'stopped')", name="outcome"),
        Index("automation_run_rule", "automation_id", "id"),
        Index("automation_run_deal", "deal_id", "id"),
        Index(
            "automation_run_once",
            *("automation_id", "deal_id", "occurrence"),
            unique=True,
            sqlite_where=text("occurrence IS NOT NULL"),
        ),
        _SQLITE,
    )

    id: int | None = Field(default=None, primary_key=True)
    automation_id: int
    deal_id: int | None = None
    operation_seq: int | None = None
    at: datetime = Field(sa_type=Moment)
    outcome: str = Field(sa_type=Text)
    occurrence: str | None = Field(default=None, sa_type=Text)
    detail: str = Field(default="{}", sa_type=Text)


class Outbox(Table, table=True):
    """What is to leave the machine, or to happen later; written in the change's own transaction.

    `payload` is frozen JSON. `key` names what may be sent only once. A courier holds a row by
    `lease_owner` until `lease_until`. `log` is a JSON list of what was tried. Not journalled.
    An event for Meta has the moment that it is about as its `created_at`.
    """

    __tablename__: ClassVar[Any] = "outbox"
    __table_args__ = (
        CheckConstraint("kind IN ('meta', 'webhook', 'step')", name="kind"),
        CheckConstraint(
            "state IN ('pending', 'held', 'sent', 'failed', 'expired', 'cancelled', 'unknown')",
            name="state",
        ),
        Index(
            "outbox_due",
            *("kind", "due_at", "id"),
            sqlite_where=text("state = 'pending'"),
        ),
        Index("outbox_state", "kind", "state", "id"),
        Index("outbox_operation", "operation_seq"),
        Index("outbox_deal", "deal_id", "id"),
        Index("outbox_contact", "contact_id", sqlite_where=text("contact_id IS NOT NULL")),
        Index("outbox_key", "key", unique=True, sqlite_where=text("key IS NOT NULL")),
        _SQLITE,
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(sa_type=Text, unique=True)
    kind: str = Field(sa_type=Text)
    state: str = Field(default="pending", sa_type=Text)
    key: str | None = Field(default=None, sa_type=Text)
    payload: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    operation_seq: int | None = None
    automation_id: int | None = None
    deal_id: int | None = None
    contact_id: int | None = None
    tries: int = 0
    lease_owner: str | None = Field(default=None, sa_type=Text)
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    settled_at: datetime | None = Field(default=None, sa_type=Moment)
    reason: str = Field(default="", sa_type=Text)
    log: str = Field(default="[]", sa_type=Text)


class Operation(Table, table=True):
    """What somebody did in one step. `undone_by` is the operation that took it back."""

    __tablename__: ClassVar[Any] = "operation"
    __table_args__ = (
        CheckConstraint("kind IN ('do', 'undo', 'redo')", name="kind"),
        Index("operation_actor", "actor_id", "kind", "seq"),
        _SQLITE,
    )

    seq: int | None = Field(default=None, primary_key=True)
    uid: str = Field(sa_type=Text, unique=True)
    actor_id: int | None = Field(default=None, foreign_key="user.id")
    kind: str = Field(default="do", sa_type=Text)
    label: str = Field(default="", sa_type=Text)
    at: datetime = Field(sa_type=Moment)
    cause: int | None = Field(default=None, foreign_key="operation.seq")
    undone_by: int | None = Field(default=None, foreign_key="operation.seq")


class Change(Table, table=True):
    """One row that an operation changed: JSON of the changed columns (all, when new or deleted).

    `deal_id` is the deal it is about: the row itself, or what the link or activity belongs to.
    `cause_automation` is the rule that made the change; what a person did has none. What several
    causes did to a row are rows of their own, in order.
    """

    __tablename__: ClassVar[Any] = "change"
    __table_args__ = (
        Index("change_operation", "operation_seq"),
        Index("change_row", "table_name", "row_id"),
        Index("change_deal", "deal_id", "id", sqlite_where=text("deal_id IS NOT NULL")),
        _SQLITE,
    )

    id: int | None = Field(default=None, primary_key=True)
    operation_seq: int = Field(foreign_key="operation.seq")
    table_name: str = Field(sa_type=Text)
    row_id: int
    before: str | None = Field(default=None, sa_type=Text)
    after: str | None = Field(default=None, sa_type=Text)
    deal_id: int | None = None
    cause_automation: int | None = None


class Setting(Table, table=True):
    """What the workspace remembers: currency, country, cursor, last view. Not journalled."""

    __tablename__: ClassVar[Any] = "setting"
    __table_args__ = {"sqlite_strict": True}

    key: str = Field(sa_column=Column(Text, primary_key=True))
    value: str = Field(sa_column=Column(Text, nullable=False))


JOURNALLED: tuple[type[SQLModel], ...] = (
    *(User, Pipeline, Stage, CustomField, SavedView, Automation),
    *(Contact, Deal, DealContact, Activity),
)
"""Tables whose changes the journal records, parents before children."""
