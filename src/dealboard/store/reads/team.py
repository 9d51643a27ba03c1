"""The users of the workspace, active or not."""

from typing import Any

from dealboard.domain.text import fold
from dealboard.domain.views import Role, User
from dealboard.errors import NotFound
from dealboard.store.driver import Connection

USER = '"user".id, "user".uid, "user".name, "user".email, "user".role, "user".active'
"""The columns that `user_of` takes."""


def user_of(row: tuple[Any, ...]) -> User:
    """Return a user from the columns USER."""
    row_id, uid, name, email, role, active = row
    return User(row_id, uid, name, email, Role(role), bool(active))


def users(connection: Connection, active_only: bool = False) -> tuple[User, ...]:
    """Return the users by name."""
    everybody = map(user_of, connection.execute(f'SELECT {USER} FROM "user"'))
    found = (each for each in everybody if each.active or not active_only)
    return tuple(sorted(found, key=lambda each: (fold(each.name), each.id)))


def user(connection: Connection, user_id: int) -> User:
    """Return a user. Raises NotFound."""
    row = connection.execute(
        f'SELECT {USER} FROM "user" WHERE id = :id',
        {"id": user_id},
    ).fetchone()
    if row is None:
        raise NotFound("user", f"#{user_id}")
    return user_of(row)


def open_deals(connection: Connection) -> dict[int, int]:
    """Return how many open deals each user owns, by user id; none for who owns none."""
    return dict(
        connection.execute(
            "SELECT deal.owner_id, count(*) FROM deal JOIN stage ON stage.id = deal.stage_id"
            " WHERE stage.kind = 'open' GROUP BY deal.owner_id"
        )
    )


def find_user(connection: Connection, text: str) -> User | None:
    """Return the user with this name or e-mail, case and accents ignored; None if there is none.

    Where several are called so, an e-mail goes before a name, an active user before an inactive
    one, and then the one who came first.
    """
    wanted = fold(text)
    named = [each for each in users(connection) if wanted in (_email(each), fold(each.name))]
    ranked = sorted(named, key=lambda each: (_email(each) != wanted, not each.active, each.id))
    return ranked[0] if wanted and ranked else None


def _email(user: User) -> str:
    return fold(user.email or "")
