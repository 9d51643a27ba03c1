"""The ways out that this dealboard knows, set up as the user wants them."""

from typing import TYPE_CHECKING

from dealboard.delivery.addresses import Addresses
from dealboard.delivery.meta.channel import Meta
from dealboard.delivery.meta.graph import Client, Endpoint
from dealboard.delivery.secrets import beside
from dealboard.delivery.webhooks import Webhooks

if TYPE_CHECKING:
    from dealboard.config import Config
    from dealboard.delivery.courier import Channel, Clock


def every(config: "Config", clock: "Clock") -> "tuple[Channel, ...]":
    """Return a channel for each of `domain.outbox.KINDS`."""
    return webhooks(config), meta(config, clock)


def webhooks(config: "Config") -> Webhooks:
    """Return the channel of webhooks."""
    return Webhooks(Addresses(config.webhook_allow), beside(config))


def meta(config: "Config", clock: "Clock") -> Meta:
    """Return the channel of events for Meta."""
    where = Endpoint(config.meta_base_url, config.meta_api_version, config.meta_test_event_code)
    return Meta(Client(where), beside(config), clock)
