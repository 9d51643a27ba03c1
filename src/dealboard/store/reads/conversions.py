"""How the workspace sends its events to Meta, and what has become of them."""

from dealboard.domain.conversions import Setup, setup_of
from dealboard.store.driver import Connection
from dealboard.store.reads import settings


def setup(connection: Connection) -> Setup:
    """Return how the workspace sends events; as nothing ever was set up, if nothing was."""
    return setup_of(settings.setting(connection, settings.META))


def workspace_uid(connection: Connection) -> str:
    """Return the workspace's name across files; a copy of the file has the same."""
    return str(settings.setting(connection, settings.WORKSPACE_UID))
