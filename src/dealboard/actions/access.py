"""Who may do what (guide, User permissions; decisions 23–25)."""

from dealboard.domain.views import Role, User
from dealboard.errors import NotPermitted
from dealboard.store.transaction import Transaction


def full_access(tx: Transaction) -> None:
    """Let Account Owners, Administrators and the clock pass; raise NotPermitted for others."""
    active(tx)
    if tx.actor is not None and tx.actor.role == Role.CHAT_OPERATOR:
        raise NotPermitted(
            "As Chat Operator you have no access to deals.", "Contacts and chats stay usable."
        )


def active(tx: Transaction) -> None:
    """Let every active user pass, whatever the role: contacts are open to all."""
    if tx.actor is not None:
        check_active(tx.actor)


def check_active(user: User) -> None:
    """Raise NotPermitted for a deactivated user."""
    if not user.active:
        raise NotPermitted(
            f"{user.name} is deactivated and cannot change anything.",
            "Act as another user with --as.",
        )


def account_owner(tx: Transaction, what: str) -> None:
    """Let Account Owners and the clock pass; `what` completes "Only an Account Owner can …"."""
    full_access(tx)
    if tx.actor is not None and tx.actor.role != Role.ACCOUNT_OWNER:
        raise NotPermitted(f"Only an Account Owner can {what}.")
