"""0004: Meta's ids of a contact, and the workspace's own name."""

import json
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, name the workspace, and let rows of the outbox be found by contact."""
    for name in ("fbc", "fbp", "lead_id", "ctwa_clid"):
        op.add_column("contact", sa.Column(name, sa.Text()))
    op.create_index(
        "outbox_contact",
        "outbox",
        ["contact_id"],
        sqlite_where=sa.text("contact_id IS NOT NULL"),
    )
    setting = sa.table("setting", sa.column("key"), sa.column("value"))
    op.execute(setting.insert().values(key="workspace_uid", value=json.dumps(str(uuid.uuid4()))))


def downgrade() -> None:
    """Refuse: a workspace goes forward only; its backup is the way back."""
    raise NotImplementedError
