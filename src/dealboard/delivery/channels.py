"""The ways out that this dealboard knows, set up as the user wants them."""

from typing import TYPE_CHECKING

from dealboard.delivery.addresses import Addresses
from dealboard.delivery.secrets import Secrets
from dealboard.delivery.webhooks import Webhooks

if TYPE_CHECKING:
    from dealboard.config import Config
    from dealboard.delivery.courier import Channel


def every(config: "Config") -> "tuple[Channel, ...]":
    """Return a channel for each of `domain.outbox.KINDS`."""
    return (webhooks(config),)


def webhooks(config: "Config") -> Webhooks:
    """Return the channel of webhooks."""
    return Webhooks(Addresses(config.webhook_allow), secrets_of(config))


def secrets_of(config: "Config") -> Secrets:
    """Return where secrets are looked up: the files are beside the configuration."""
    return Secrets(config.file.parent / "secrets")
