"""Alembic's door: runs a step on the connection and transaction that `upgrade` hands it."""

from alembic import context
from sqlmodel import SQLModel

from dealboard.store import tables  # noqa: F401 -- fills the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
