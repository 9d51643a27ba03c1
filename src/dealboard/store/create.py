"""Making a new workspace: under another name until it is complete, then published in one step."""

import json
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from dealboard.domain.views import Role
from dealboard.errors import StorageFailed
from dealboard.store import backup, migrations, tables
from dealboard.store.engine import Writer
from dealboard.store.ids import new_uid


def workspace(
    path: Path, *, owner: str, currency: str, country: str, timeout: float, now: datetime
) -> None:
    """Create the file with its schema, its Account Owner and its settings; mode 0600.

    Raises StorageFailed, with nothing left behind, when the path is taken or cannot be written.
    """
    if path.exists():
        raise StorageFailed(f"{path} exists already.", "Open it, or choose another with --db.")
    unfinished = backup.private_file(path)
    try:
        migrations.upgrade(unfinished, timeout)
        writer = Writer(unfinished, timeout)
        with writer.session() as session, session.begin():
            _fill(session, owner, {"currency": currency, "country": country}, now)
        writer.close()
        backup.publish(unfinished, path)
    finally:
        for leftover in unfinished.parent.glob(f"{unfinished.name}*"):
            leftover.unlink()


def _fill(session: Session, owner: str, settings: dict[str, str], now: datetime) -> None:
    session.add(
        tables.User(
            uid=new_uid(now),
            created_at=now,
            updated_at=now,
            name=owner,
            role=Role.ACCOUNT_OWNER.value,
        )
    )
    session.add_all(
        tables.Setting(key=key, value=json.dumps(value)) for key, value in settings.items()
    )
