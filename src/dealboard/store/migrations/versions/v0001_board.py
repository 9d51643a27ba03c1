"""0001: users, pipelines, stages, contacts, deals, the journal and settings."""

import sqlalchemy as sa
from alembic import op

from dealboard.store.columns import Day, Flag, Minor, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text()),
        sa.Column("phone_key", sa.Text()),
        sa.Column("email", sa.Text()),
        sa.Column("email_key", sa.Text()),
        sa.Column("company", sa.Text()),
        sa.Column("city", sa.Text()),
        sa.Column("state", sa.Text()),
        sa.Column("zip", sa.Text()),
        sa.Column("country", sa.Text()),
        sa.Column("external_id", sa.Text()),
        sa.Column("consent", Flag()),
        sa.Column("consent_at", Moment()),
        sa.Column("consent_source", sa.Text()),
        sa.Column("forgotten", Flag(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("batch", sa.Integer()),
        sa.CheckConstraint("length(first_name) + length(last_name) BETWEEN 1 AND 401", name="name"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        "contact_batch", "contact", ["batch"], sqlite_where=sa.text("batch IS NOT NULL")
    )
    op.create_index(
        "contact_email", "contact", ["email_key"], sqlite_where=sa.text("email_key IS NOT NULL")
    )
    op.create_index(
        "contact_phone", "contact", ["phone_key"], sqlite_where=sa.text("phone_key IS NOT NULL")
    )
    op.create_table(
        "pipeline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 60", name="name"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sqlite_strict=True,
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("active", Flag(), nullable=False),
        sa.Column("batch", sa.Integer()),
        sa.CheckConstraint(
            "role IN ('account_owner', 'administrator', 'chat_operator')", name="role"
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 60", name="name"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "operation",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Integer()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("cause", sa.Integer()),
        sa.Column("undone_by", sa.Integer()),
        sa.CheckConstraint("kind IN ('do', 'undo', 'redo')", name="kind"),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"]),
        sa.ForeignKeyConstraint(["cause"], ["operation.seq"]),
        sa.ForeignKeyConstraint(["undone_by"], ["operation.seq"]),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("operation_actor", "operation", ["actor_id", "kind", "seq"])
    op.create_table(
        "stage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pipeline_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("probability", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rotting_days", sa.Integer()),
        sa.CheckConstraint(
            "kind = 'open' OR probability = CASE kind WHEN 'won' THEN 100 ELSE 0 END",
            name="fixed_probability",
        ),
        sa.CheckConstraint("kind IN ('open', 'won', 'lost')", name="kind"),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 60", name="name"),
        sa.CheckConstraint("probability BETWEEN 0 AND 100", name="probability"),
        sa.CheckConstraint("rotting_days BETWEEN 1 AND 999", name="rotting_days"),
        sa.ForeignKeyConstraint(["pipeline_id"], ["pipeline.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("stage_pipeline", "stage", ["pipeline_id", "position"])
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operation_seq", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text()),
        sa.Column("after", sa.Text()),
        sa.ForeignKeyConstraint(["operation_seq"], ["operation.seq"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("change_operation", "change", ["operation_seq"])
    op.create_index("change_row", "change", ["table_name", "row_id"])
    op.create_table(
        "deal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("amount", Minor),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("close_date", Day()),
        sa.Column("close_date_auto", Flag(), nullable=False),
        sa.Column("reference", sa.Text()),
        sa.Column("rank", Minor, nullable=False),
        sa.Column("stage_entered_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment()),
        sa.Column("last_open_stage_id", sa.Integer()),
        sa.Column("lost_reason", sa.Text()),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("batch", sa.Integer()),
        sa.CheckConstraint("amount BETWEEN 0 AND 1000000000000000000", name="amount"),
        sa.CheckConstraint("length(currency) = 3", name="currency"),
        sa.CheckConstraint("length(reference) BETWEEN 1 AND 120", name="reference"),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 200", name="title"),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"]),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("deal_batch", "deal", ["batch"], sqlite_where=sa.text("batch IS NOT NULL"))
    op.create_index(
        "deal_lane",
        "deal",
        [
            "stage_id",
            "rank",
            "id",
            "closed_at",
            "owner_id",
            "currency",
            "amount",
            "close_date",
            "created_at",
            "search",
        ],
    )
    op.create_index(
        "deal_reference", "deal", ["reference"], sqlite_where=sa.text("reference IS NOT NULL")
    )
    op.create_index(
        "deal_totals", "deal", ["stage_id", "currency", "amount", "closed_at", "owner_id"]
    )
    op.create_table(
        "deal_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Integer()),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        "deal_contact_batch", "deal_contact", ["batch"], sqlite_where=sa.text("batch IS NOT NULL")
    )
    op.create_index("deal_contact_contact", "deal_contact", ["contact_id"])
    op.create_index("deal_contact_pair", "deal_contact", ["deal_id", "contact_id"], unique=True)


def downgrade() -> None:
    """Refuse: a workspace goes forward only; its backup is the way back."""
    raise NotImplementedError
