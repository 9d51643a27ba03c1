"""The users of the workspace: profiles that own deals and act; deactivated, never deleted."""

from typing import Unpack

from sqlmodel import col, select

from dealboard.actions import access
from dealboard.actions.rows import counted, key, unique_name
from dealboard.domain.changes import UserChanges
from dealboard.domain.stages import StageKind
from dealboard.domain.text import one_line
from dealboard.domain.views import Role
from dealboard.errors import InvalidValue, Refused
from dealboard.store.ids import new_uid
from dealboard.store.tables import Deal, Stage, User
from dealboard.store.transaction import Transaction

EMAIL_LIMIT = 254


def add(
    tx: Transaction, name: str, email: str | None = None, role: str = Role.ADMINISTRATOR
) -> int:
    """Add an active user and return the id. Names and e-mail addresses are unique."""
    access.full_access(tx)
    granted = _role(role)
    if granted is Role.ACCOUNT_OWNER:
        access.account_owner(tx, "make somebody an Account Owner")
    others = list(tx.session.exec(select(User)))
    name = _name(name, others)
    user = User(
        uid=new_uid(tx.now),
        created_at=tx.now,
        updated_at=tx.now,
        name=name,
        email=_email(email, others),
        role=granted.value,
    )
    tx.add([user])
    tx.describe(f"Added user {name}")
    return key(user)


def edit(
    tx: Transaction, user_id: int, *, reassign_to: int | None = None, **changes: Unpack[UserChanges]
) -> None:
    """Change a user; with `reassign_to` their open deals go to that active user.

    An Account Owner's role is changed by Account Owners only; the last active one keeps the role
    and stays active (decision 24). Deals stay with a deactivated user unless reassigned.
    """
    access.full_access(tx)
    user = tx.get(User, user_id)
    others = list(tx.session.exec(select(User).where(User.id != user_id)))
    label = f"Edited user {user.name}"
    if "role" in changes:
        _set_role(tx, user, _role(changes["role"]), others)
    if "active" in changes and changes["active"] != user.active:
        label = f"{'Reactivated' if changes['active'] else 'Deactivated'} user {user.name}"
        _set_active(tx, user, others, active=changes["active"])
    if "name" in changes:
        user.name = _name(changes["name"], others)
    if "email" in changes:
        user.email = _email(changes["email"], others)
    tx.describe(label)
    if reassign_to is not None:
        _reassign(tx, user, tx.get(User, reassign_to))


def _set_role(tx: Transaction, user: User, role: Role, others: list[User]) -> None:
    if role == user.role:
        return
    if role == Role.ACCOUNT_OWNER:
        access.account_owner(tx, "make somebody an Account Owner")
    if user.role == Role.ACCOUNT_OWNER:
        access.account_owner(tx, "change the role of an Account Owner")
        _keep_one_owner(user, others)
    user.role = role.value


def _set_active(tx: Transaction, user: User, others: list[User], *, active: bool) -> None:
    if not active and user.role == Role.ACCOUNT_OWNER and not _owners(others):
        access.account_owner(tx, "deactivate the last Account Owner")
        _keep_one_owner(user, others)
    user.active = active


def _keep_one_owner(user: User, others: list[User]) -> None:
    if user.active and not _owners(others):
        raise Refused(
            f"{user.name} is the last Account Owner.", "Make somebody else an Account Owner first."
        )


def _owners(users: list[User]) -> list[User]:
    return [user for user in users if user.active and user.role == Role.ACCOUNT_OWNER]


def _reassign(tx: Transaction, user: User, heir: User) -> None:
    if heir.id == user.id or not heir.active:
        reason = "deals are reassigned to another, active user"
        raise InvalidValue("reassign to", heir.name, reason)
    query = (
        select(Deal)
        .join(Stage, col(Stage.id) == col(Deal.stage_id))
        .where(Deal.owner_id == user.id, Stage.kind == StageKind.OPEN.value)
    )
    deals = tx.session.exec(query).all()
    for deal in deals:
        deal.owner_id = key(heir)
    if deals:
        tx.note(f"{heir.name} took over {counted(len(deals), 'open deal')} of {user.name}.")


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise InvalidValue(
            "role", text, "unknown role", f"Known: {', '.join(role.value for role in Role)}."
        ) from None


def _name(text: str, others: list[User]) -> str:
    return unique_name(text, "user", (other.name for other in others))


def _email(text: str | None, others: list[User]) -> str | None:
    email = one_line(text or "", "email", limit=EMAIL_LIMIT) or None
    if email and email.casefold() in {(other.email or "").casefold() for other in others}:
        raise InvalidValue("email", email, "another user has that address")
    return email
