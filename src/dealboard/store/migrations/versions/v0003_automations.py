"""0003: automations, what came of them, what they changed, and the outbox."""

import sqlalchemy as sa
from alembic import op

from dealboard.store.columns import Flag, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and let a change say which rule made it."""
    op.add_column("change", sa.Column("cause_automation", sa.Integer()))
    op.add_column("activity", sa.Column("automation_id", sa.Integer()))
    op.create_table(
        "automation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enabled", Flag(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("trips", sa.Integer(), nullable=False),
        sa.Column("suspended_at", Moment()),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 120", name="name"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        "automation_active",
        "automation",
        ["position", "id", "version"],
        sqlite_where=sa.text("enabled = 1 AND suspended_at IS NULL"),
    )
    op.create_table(
        "automation_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("automation_id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer()),
        sa.Column("operation_seq", sa.Integer()),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Text()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.CheckConstraint("outcome IN ('ran', 'otherwise', 'failed', 'stopped')", name="outcome"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("automation_run_rule", "automation_run", ["automation_id", "id"])
    op.create_index("automation_run_deal", "automation_run", ["deal_id", "id"])
    op.create_index(
        "automation_run_once",
        "automation_run",
        ["automation_id", "deal_id", "occurrence"],
        unique=True,
        sqlite_where=sa.text("occurrence IS NOT NULL"),
    )
    _outbox()


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("key", sa.Text()),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("operation_seq", sa.Integer()),
        sa.Column("automation_id", sa.Integer()),
        sa.Column("deal_id", sa.Integer()),
        sa.Column("contact_id", sa.Integer()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.Text()),
        sa.Column("lease_until", Moment()),
        sa.Column("settled_at", Moment()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("log", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('meta', 'webhook', 'step')", name="kind"),
        sa.CheckConstraint(
            "state IN ('pending', 'held', 'sent', 'failed', 'expired', 'cancelled', 'unknown')",
            name="state",
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        "outbox_due", "outbox", ["kind", "due_at", "id"], sqlite_where=sa.text("state = 'pending'")
    )
    op.create_index("outbox_state", "outbox", ["kind", "state", "id"])
    op.create_index("outbox_operation", "outbox", ["operation_seq"])
    op.create_index("outbox_deal", "outbox", ["deal_id", "id"])
    op.create_index(
        "outbox_key", "outbox", ["key"], unique=True, sqlite_where=sa.text("key IS NOT NULL")
    )


def downgrade() -> None:
    """Refuse: a workspace goes forward only; its backup is the way back."""
    raise NotImplementedError
