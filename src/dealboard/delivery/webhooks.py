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
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from dealboard.delivery import backoff
from dealboard.delivery.addresses import Addresses
from dealboard.delivery.backoff import Pace
from dealboard.delivery.exchange import Exchange, Unanswered
from dealboard.delivery.secrets import Secret, SecretMissing, Secrets
from dealboard.domain.outbox import Outcome, Parcel, Verdict, check_secret_name, check_url
from dealboard.domain.text import excerpt, safe
from dealboard.errors import InvalidValue
from dealboard.store import outbox

if TYPE_CHECKING:
    import ssl

    import httpx

    from dealboard.delivery.courier import Answers
    from dealboard.store.driver import Connection

TIMEOUT = 10.0
"""Seconds for all of a request: resolving, connecting, sending, and the reply."""

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
    pace = Pace(10.0, tries=150)
    """Given up after about three days of an app that is always open."""

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
        self._secrets = secrets
        self._exchange = Exchange(addresses, seconds, verify=verify, transport=transport)
        self._clock = clock
        self._pulse = pulse
        self._quiet: dict[str, tuple[float, Outcome]] = {}

    def prepare(
        self, connection: "Connection", now: datetime, *, due_by: datetime, afresh: bool
    ) -> int:
        """Let what is held be tried once it is time to look again; no webhook is ever too old."""
        outbox.wake(connection, self.kind, now=now, due_by=due_by, afresh=afresh)
        return 0

    def begin(self) -> str:
        """Look every secret up again; each row has one of its own."""
        self._secrets.forget()
        return ""

    def send(self, parcels: Sequence[Parcel]) -> "Answers":
        """Send each row as a request of its own."""
        for parcel in parcels:
            yield (parcel,), self._outcome(parcel)

    def cut(self) -> None:
        """End the request that is under way."""
        self._exchange.cut()

    def close(self) -> None:
        """Close the client."""
        self._exchange.close()

    def _outcome(self, parcel: Parcel) -> Outcome:
        try:
            post = letter(parcel.payload)
            secret = None if post.secret is None else self._secrets.find(post.secret)
        except SecretMissing as error:
            return Outcome(Verdict.HELD, error.whole, counted=False)
        except InvalidValue as error:
            return Outcome(Verdict.FAILED, f"The webhook's {error.field}: {error.reason}.")
        until, last = self._quiet.get(post.server, (0.0, None))
        if last is not None and self._pulse() < until:
            return last._replace(doubt=False)
        outcome, silent = self._post(parcel, post, secret)
        if silent or outcome.wait:
            pause = min(outcome.wait or QUIET_SECONDS, QUIET_SECONDS)
            self._quiet[post.server] = self._pulse() + pause, outcome
        return outcome

    def _post(self, parcel: Parcel, post: Letter, secret: Secret | None) -> tuple[Outcome, bool]:
        """Return what came of a request, and whether the host as a whole is silent."""
        timestamp = str(int(self._clock().timestamp()))
        headers = {"X-Dealboard-Event": parcel.uid, "X-Dealboard-Timestamp": timestamp}
        if secret is not None:
            headers["X-Dealboard-Signature"] = signature(secret, timestamp, post.body)
        try:
            reply = self._exchange.post(post.url, post.host, post.body, headers)
        except Unanswered as error:
            verdict = Verdict.FAILED if error.final else Verdict.AGAIN
            return Outcome(verdict, error.said, doubt=error.arrived), error.silent
        shown = reply.text if secret is None else secret.struck_out(reply.text)
        asked = backoff.retry_after(reply.headers.get("Retry-After"), self._clock())
        return _answered(post.host, reply.status, shown, asked), False


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
