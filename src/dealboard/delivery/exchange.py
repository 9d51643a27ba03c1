"""One request at a time to a server, and its answer or why there is none.

What webhooks and Meta have in common: addresses that were checked, a limit for all of it, redirects
that are not followed, an answer of which the beginning is read as it comes, cookies and proxies
that are not used, and a way to end it from another thread. Imports httpx when something is sent.
"""

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from dealboard import __version__
from dealboard.delivery.addresses import Addresses, AddressRefused, Unresolved

if TYPE_CHECKING:
    import ssl

    import httpx

    from dealboard.delivery.pinned import Leash

MAX_REPLY = 64 * 1024
"""Bytes of a reply that are read."""


Authorize = Callable[[Any], Any]
"""Gives a request of httpx what proves who asks."""


class Reply(NamedTuple):
    """What a server answered: its text may break off, and says nothing about itself then."""

    status: int
    headers: Mapping[str, str]
    text: str


class Unanswered(Exception):
    """There was no answer. `said` is why, in a sentence that repeats nothing of the request.

    `arrived`: the request was written, so that the server may have taken it all the same. `silent`:
    the server as a whole does not answer. `final`: it never will at this address.
    """

    def __init__(
        self, said: str, *, arrived: bool = False, silent: bool = True, final: bool = False
    ) -> None:
        super().__init__(said)
        self.said = said
        self.arrived = arrived
        self.silent = silent
        self.final = final


class Exchange:
    """Asks servers. One request at a time; `cut` is for other threads.

    `seconds` are for all of a request and its reply, `connecting` for reaching the server.
    """

    def __init__(
        self,
        addresses: Addresses,
        seconds: float,
        connecting: float | None = None,
        *,
        verify: "ssl.SSLContext | None" = None,
        transport: "httpx.BaseTransport | None" = None,
    ) -> None:
        self._addresses = addresses
        self._seconds = seconds
        self._connecting = connecting or seconds
        self._verify = verify
        self._transport = transport
        self._client: httpx.Client | None = None
        self._leash: Leash | None = None

    def cut(self) -> None:
        """End the request that is under way."""
        if self._leash is not None:
            self._leash.cut()

    def close(self) -> None:
        """Close the client."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def post(
        self,
        url: str,
        host: str,
        body: bytes,
        headers: Mapping[str, str],
        auth: Authorize | None = None,
    ) -> Reply:
        """Send JSON and return the answer; `host` is what people are told. Raises Unanswered."""
        import httpx

        from dealboard.delivery.pinned import Leash

        self._leash = leash = Leash()
        timer = threading.Timer(self._seconds, leash.cut)
        timer.daemon = True
        timer.start()
        try:
            return self._asked(url, body, headers, auth, leash)
        except AddressRefused as error:
            # What a resolver says may be a hotel's; what an address says itself is for good.
            raise Unanswered(error.whole, final=error.final) from None
        except Unresolved as error:
            raise Unanswered(error.sentence) from None
        except httpx.InvalidURL:
            said = f"The address at {host} is not valid."
            raise Unanswered(said, silent=False, final=True) from None
        except httpx.TransportError as error:
            late = leash.cut_off or isinstance(error, httpx.TimeoutException)
            raise Unanswered(
                _trouble(host, error, late=late),
                arrived=leash.written or not isinstance(error, _unsent()),
                silent=late or isinstance(error, httpx.ConnectError),
            ) from None
        finally:
            timer.cancel()
            self._leash = None

    def _asked(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        auth: Authorize | None,
        leash: "Leash",
    ) -> Reply:
        client = self._opened()
        client.cookies.clear()
        with client.stream(
            "POST",
            url,
            content=body,
            headers={**_HEADERS, **headers},
            auth=auth,
            extensions={"trace": leash.follow},
        ) as response:
            return Reply(response.status_code, response.headers, _beginning(response))

    def _opened(self) -> "httpx.Client":
        import httpx

        if self._client is None:
            self._client = httpx.Client(
                transport=self._transport or self._pinned(),
                trust_env=False,
                follow_redirects=False,
                timeout=httpx.Timeout(self._seconds, connect=self._connecting),
            )
        return self._client

    def _pinned(self) -> "httpx.BaseTransport":
        import httpx

        from dealboard.delivery.pinned import Pinned

        verify = self._verify or httpx.create_ssl_context()
        return Pinned(self._addresses, verify, self._connecting)


_HEADERS = {
    "Content-Type": "application/json",
    "User-Agent": f"dealboard/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


def _beginning(response: "httpx.Response") -> str:
    """Return the beginning of a reply; what breaks off on the way is as long as it is.

    Its bytes are taken as they come: nothing is unpacked.
    """
    import httpx

    reply = b""
    try:
        for chunk in response.iter_raw():
            reply += chunk
            if len(reply) >= MAX_REPLY:
                break
    except httpx.TransportError:
        pass
    return reply[:MAX_REPLY].decode(errors="replace")


def _unsent() -> tuple[type["httpx.TransportError"], ...]:
    """Return the errors after which a server cannot have had the whole request."""
    import httpx

    return httpx.ConnectError, httpx.ConnectTimeout, httpx.WriteError, httpx.WriteTimeout


def _trouble(host: str, error: "httpx.TransportError", *, late: bool) -> str:
    """Return in one sentence why there was no answer; nothing of the request is repeated."""
    import httpx

    if late:
        return f"{host} did not answer in time."
    if isinstance(error, httpx.ConnectError):
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return f"The certificate of {host} is not trusted."
        return f"{host} cannot be reached."
    return f"{host} broke off without an answer."
