"""The one request to Meta's Graph API: POST {base}/{version}/{data set}/events.

The token goes in a header, never in the address, which ends up in logs. HTTPS with the certificate
checked, or plain HTTP on this machine (`config` sees to it); ten seconds to connect, thirty for all
of it; the address is resolved within that time, too.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from dealboard.delivery.addresses import Addresses
from dealboard.delivery.exchange import Exchange, Reply
from dealboard.delivery.meta import batches
from dealboard.delivery.meta.batches import Event
from dealboard.delivery.secrets import Secret

SECONDS = 30.0
CONNECTING_SECONDS = 10.0

ANYWHERE = ("0.0.0.0/0", "::/0")
"""The address is the user's own setting and not a rule's: it may lead into a network of theirs."""


class Endpoint(NamedTuple):
    """Where the Graph API is, and the code that shows events among the test events, if any."""

    base_url: str
    version: str
    test_code: str | None = None

    @property
    def host(self) -> str:
        """What people are told."""
        return urlsplit(self.base_url).hostname or ""

    def url(self, dataset: str) -> str:
        """Return where the events of a data set go."""
        return f"{self.base_url}/{self.version}/{dataset}/events"


class Graph(Protocol):
    """Sends a batch; a test may put something else in its place."""

    def post(self, batch: Sequence[Event], token: Secret) -> Reply:
        """Send events that go together. Raises Unanswered."""

    def cut(self) -> None:
        """End the request that is under way, from another thread."""

    def close(self) -> None:
        """Give back what it holds."""


class Client:
    """Asks the Graph API, one request at a time."""

    def __init__(
        self,
        endpoint: Endpoint,
        seconds: float = SECONDS,
        connecting: float = CONNECTING_SECONDS,
    ) -> None:
        self._endpoint = endpoint
        self._exchange = Exchange(Addresses(ANYWHERE), seconds, connecting)
        self.cut = self._exchange.cut
        self.close = self._exchange.close

    def post(self, batch: Sequence[Event], token: Secret) -> Reply:
        """Send events that go together, and return the answer. Raises Unanswered."""
        return self._exchange.post(
            self._endpoint.url(batch[0].dataset),
            self._endpoint.host,
            batches.body(batch, self._endpoint.test_code),
            {},
            token.authorize,
        )
