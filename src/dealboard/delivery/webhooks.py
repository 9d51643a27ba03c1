"""Webhooks: a POST of frozen JSON over HTTPS, signed, to an address that was checked.

A row's payload is `{"url": …, "secret": name or null, "body": text}`; the body goes out byte for
byte as it was written. Headers of every request:

    Content-Type            application/json
    X-Dealboard-Event       the event's id: the same on every attempt, so that a receiver can tell
                            a repetition
    X-Dealboard-Timestamp   seconds since 1970 of this attempt
    X-Dealboard-Signature   sha256=… where the rule names a secret: the HMAC-SHA256 in hexadecimal
                            of the timestamp, a full stop and the body. A receiver that refuses old
                            timestamps cannot be sent a copy again.

Any 2xx is success; redirects are not followed. Proxies and passwords of the environment are not
used, because a proxy would resolve the name again; SSL_CERT_FILE and SSL_CERT_DIR are.
"""

import json
import threading
import time
from collections.abc import Callable, Generator, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from dealboard import __version__
from dealboard.delivery import backoff
from dealboard.delivery.addresses import Addresses, AddressRefused, Unresolved
from dealboard.delivery.secrets import Secret, SecretMissing, Secrets
from dealboard.domain.outbox import Outcome, Parcel, Verdict, check_secret_name, check_url
from dealboard.domain.text import excerpt, safe
from dealboard.errors import InvalidValue

if TYPE_CHECKING:
    import ssl

    import httpx

    from dealboard.delivery.pinned import Leash

TIMEOUT = 10.0
"""Seconds for all of a request: resolving, connecting, sending, and the reply."""

MAX_REPLY = 64 * 1024
"""Bytes of a reply that are read."""

EXCERPT = 200
"""Characters of a reply that are kept."""

QUIET_SECONDS = 60.0
"""How long a host that did not answer is not asked again: its other rows would only wait too."""

_TRANSIENT = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)


class Letter(NamedTuple):
    """A payload, read: where to, the name of its secret, and the body as bytes.

    `host` is what people are told; `server` is the host with its port.
    """

    url: str
    host: str
    server: str
    secret: str | None
    body: bytes


def letter(payload: str) -> Letter:
    """Return what a payload means. Raises InvalidValue."""
    try:
        kept = json.loads(payload)
        url, secret, body = kept["url"], kept.get("secret"), kept["body"].encode()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidValue("webhook", "…", "its row in the outbox cannot be read") from error
    name = check_secret_name(str(secret)) if secret else None
    return Letter(url, check_url(str(url)), urlsplit(url).netloc, name, body)


def signature(secret: Secret, timestamp: str, body: bytes) -> str:
    """Return the value of X-Dealboard-Signature."""
    return f"sha256={secret.signature(timestamp.encode() + b'.' + body)}"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Webhooks:
    """The channel of webhooks. One request at a time; `cut` is for other threads."""

    kind = "webhook"
    batch = 20

    def __init__(
        self,
        addresses: Addresses,
        secrets: Secrets,
        *,
        seconds: float = TIMEOUT,
        verify: "ssl.SSLContext | None" = None,
        transport: "httpx.BaseTransport | None" = None,
        clock: Callable[[], datetime] = _utc_now,
        pulse: Callable[[], float] = time.monotonic,
    ) -> None:
        self.patience = 2.5 * seconds
        self._addresses = addresses
        self._secrets = secrets
        self._seconds = seconds
        self._verify = verify
        self._transport = transport
        self._clock = clock
        self._pulse = pulse
        self._client: httpx.Client | None = None
        self._leash: Leash | None = None
        self._quiet: dict[str, tuple[float, Outcome]] = {}

    def send(self, parcels: Sequence[Parcel]) -> Generator[tuple[Parcel, Outcome], None, None]:
        """Send each row as a request of its own."""
        self._secrets.forget()
        for parcel in parcels:
            yield parcel, self._outcome(parcel)

    def cut(self) -> None:
        """End the request that is under way."""
        if self._leash is not None:
            self._leash.cut()

    def close(self) -> None:
        """Close the client."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _outcome(self, parcel: Parcel) -> Outcome:
        try:
            post = letter(parcel.payload)
            secret = None if post.secret is None else self._secrets.find(post.secret)
        except SecretMissing as error:
            return Outcome(Verdict.HELD, f"{error.sentence} {error.hint}".strip())
        except InvalidValue as error:
            return Outcome(Verdict.FAILED, f"The webhook's {error.field}: {error.reason}.")
        until, last = self._quiet.get(post.server, (0.0, None))
        if last is not None and self._pulse() < until:
            return last
        outcome, silent = self._post(parcel, post, secret)
        if silent or outcome.wait:
            pause = min(outcome.wait or QUIET_SECONDS, QUIET_SECONDS)
            self._quiet[post.server] = self._pulse() + pause, outcome
        return outcome

    def _post(self, parcel: Parcel, post: Letter, secret: Secret | None) -> tuple[Outcome, bool]:
        """Return what came of a request, and whether the host as a whole is silent."""
        import httpx

        from dealboard.delivery.pinned import Leash

        self._leash = leash = Leash()
        timer = threading.Timer(self._seconds, leash.cut)
        timer.daemon = True
        timer.start()
        try:
            return self._asked(parcel, post, secret, leash), False
        except AddressRefused as error:
            # What a resolver says may be a hotel's; what the rule says is for good.
            verdict = Verdict.FAILED if error.final else Verdict.AGAIN
            return Outcome(verdict, f"{error.sentence} {error.hint}"), True
        except Unresolved as error:
            return Outcome(Verdict.AGAIN, error.sentence), True
        except httpx.InvalidURL:
            return Outcome(Verdict.FAILED, f"The address at {post.host} is not valid."), False
        except httpx.TransportError as error:
            late = leash.cut_off or isinstance(error, httpx.TimeoutException)
            return Outcome(Verdict.AGAIN, _trouble(post.host, error, late=late)), (
                late or isinstance(error, httpx.ConnectError)
            )
        finally:
            timer.cancel()
            self._leash = None

    def _asked(
        self, parcel: Parcel, post: Letter, secret: Secret | None, leash: "Leash"
    ) -> Outcome:
        timestamp = str(int(self._clock().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"dealboard/{__version__}",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
            "X-Dealboard-Event": parcel.uid,
            "X-Dealboard-Timestamp": timestamp,
        }
        if secret is not None:
            headers["X-Dealboard-Signature"] = signature(secret, timestamp, post.body)
        client = self._opened()
        client.cookies.clear()
        with client.stream(
            "POST",
            post.url,
            content=post.body,
            headers=headers,
            extensions={"trace": leash.follow},
        ) as response:
            reply = _beginning(response)
            shown = reply if secret is None else secret.struck_out(reply)
            asked = backoff.retry_after(response.headers.get("Retry-After"), self._clock())
            return _answered(post.host, response.status_code, shown, asked)

    def _opened(self) -> "httpx.Client":
        import httpx

        if self._client is None:
            self._client = httpx.Client(
                transport=self._transport or self._pinned(),
                trust_env=False,
                follow_redirects=False,
                timeout=self._seconds,
            )
        return self._client

    def _pinned(self) -> "httpx.BaseTransport":
        import httpx

        from dealboard.delivery.pinned import Pinned

        verify = self._verify or httpx.create_ssl_context()
        return Pinned(self._addresses, verify, self._seconds)


def _beginning(response: "httpx.Response") -> str:
    """Return the beginning of a reply on one line; what breaks off on the way is as long as it is.

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


def _answered(host: str, status: int, reply: str, asked: float | None) -> Outcome:
    said = f"{host} answered {_named(status)}."
    shown = excerpt(safe(reply.strip()), EXCERPT)
    if 200 <= status < 300:
        return Outcome(Verdict.SENT, said, status, shown)
    if status >= 500 or status in _TRANSIENT:
        return Outcome(Verdict.AGAIN, said, status, shown, asked)
    if 300 <= status < 400:
        said = f"{said} Redirects are not followed: the rule needs the address it leads to."
    return Outcome(Verdict.FAILED, said, status, shown)


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


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
