"""0002: activities, custom fields of contacts, saved views, chats; deals in any order."""

import sqlalchemy as sa
from alembic import op

from dealboard.store.columns import Day, Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OPEN_TASK = "kind = 'task' AND done_at IS NULL"
DEALS_OF_CHANGES = (
    "UPDATE change SET deal_id = row_id WHERE table_name = 'deal'",
    """UPDATE change SET deal_id = json_extract(coalesce("after", "before"), '$.deal_id')
       WHERE table_name = 'deal_contact'""",
    """UPDATE change SET deal_id = coalesce(
         (SELECT link.deal_id FROM deal_contact AS link WHERE link.id = change.row_id),
         (SELECT other.deal_id FROM change AS other WHERE other.table_name = 'deal_contact'
          AND other.row_id = change.row_id AND other.deal_id IS NOT NULL))
       WHERE table_name = 'deal_contact' AND deal_id IS NULL""",
)
"""Which deal each change is about; an image of a link that was only reordered does not say."""

FOLDED_TITLE = "substr(search, 1, instr(search || char(31), char(31)) - 1)"


def upgrade() -> None:
    """Create the tables, give contacts their custom values and the table of deals its orders."""
    op.add_column(
        "contact", sa.Column("custom", sa.Text(), server_default=sa.text("'{}'"), nullable=False)
    )
    op.create_table(
        "custom_field",
        *_row(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('text', 'number', 'date', 'choice')", name="kind"),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 60", name="name"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "saved_view",
        *_row(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 60", name="name"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    _activity()
    _message()
    op.create_index("deal_created", "deal", ["created_at"])
    op.create_index("deal_close", "deal", ["close_date"])
    op.create_index("deal_amount", "deal", ["currency", "amount"])
    op.create_index("deal_title", "deal", [sa.text(FOLDED_TITLE)])
    op.add_column("change", sa.Column("deal_id", sa.Integer()))
    for statement in DEALS_OF_CHANGES:
        op.execute(statement)
    op.create_index(
        "change_deal", "change", ["deal_id", "id"], sqlite_where=sa.text("deal_id IS NOT NULL")
    )


def _activity() -> None:
    op.create_table(
        "activity",
        *_row(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due", Day()),
        sa.Column("done_at", Moment()),
        sa.Column("deal_id", sa.Integer()),
        sa.Column("contact_id", sa.Integer()),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Integer()),
        sa.CheckConstraint("kind IN ('call', 'meeting', 'note', 'task')", name="kind"),
        sa.CheckConstraint("kind = 'task' OR (due IS NULL AND done_at IS NULL)", name="task"),
        sa.CheckConstraint("deal_id IS NOT NULL OR contact_id IS NOT NULL", name="subject"),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 20000", name="text"),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"]),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    for name, columns, condition in (
        ("activity_deal", ["deal_id"], "deal_id IS NOT NULL"),
        ("activity_contact", ["contact_id"], "contact_id IS NOT NULL"),
        ("activity_next", ["deal_id", "due", "id"], OPEN_TASK),
        ("activity_due", ["user_id", "due", "id"], OPEN_TASK),
        ("activity_batch", ["batch"], "batch IS NOT NULL"),
    ):
        op.create_index(name, "activity", columns, sqlite_where=sa.text(condition))


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.CheckConstraint("direction IN ('in', 'out', 'none')", name="direction"),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("message_contact", "message", ["contact_id", "at", "id"])
    op.create_index("message_key", "message", ["contact_id", "key"], unique=True)


def _row() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    """Refuse: a workspace goes forward only; its backup is the way back."""
    raise NotImplementedError
