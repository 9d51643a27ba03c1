"""Requests that go where their address was checked to lead, and end when their time is up.

Imports httpx, which is why nothing imports this module before something is to be sent.
"""

import contextlib
import socket
import ssl
import threading
from typing import Any

import httpx

from dealboard.delivery.addresses import Addresses

MAX_ADDRESSES = 2
"""Addresses of one host that are tried: the second when the first cannot be reached."""


class Leash:
    """Holds a request, to cut it off: when its time is up, or when the process wants to go.

    `written` once the server may have had all of it.
    """

    def __init__(self) -> None:
        self.cut_off = False
        self.written = False
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    def follow(self, name: str, info: dict[str, Any]) -> None:
        """Learn of the request's socket: httpx calls this at every step (its extension `trace`)."""
        self.written = self.written or name == "http11.send_request_body.complete"
        if name not in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            return
        stream = info["return_value"]
        with self._lock:
            self._socket = stream.get_extra_info("socket")
        if self.cut_off:
            stream.close()
            raise httpx.ReadTimeout("cut off")

    def cut(self) -> None:
        """End the request: whoever waits for the server is told at once that it is gone."""
        with self._lock:
            self.cut_off = True
            if self._socket is not None:
                # Only the system call: what an SSLSocket does besides is not for other threads.
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class Pinned(httpx.BaseTransport):
    """Connects to checked addresses only, for every request anew.

    A connection is not kept: another host at the same address may not have it. The certificate is
    held against the host's name, which the server is told too (SNI and Host).
    """

    def __init__(self, addresses: Addresses, verify: ssl.SSLContext, seconds: float) -> None:
        self._addresses = addresses
        self._seconds = seconds
        self._inner = httpx.HTTPTransport(
            verify=verify, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises AddressRefused, Unresolved and what httpx raises."""
        host = request.url.raw_host.decode("ascii")
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        found = self._addresses.of(host, port, self._seconds)
        for address in found[: MAX_ADDRESSES - 1]:
            with contextlib.suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return self._inner.handle_request(_pinned(request, host, address))
        last = found[:MAX_ADDRESSES][-1]
        return self._inner.handle_request(_pinned(request, host, last))

    def close(self) -> None:
        """Close what is open."""
        self._inner.close()


def _pinned(request: httpx.Request, host: str, address: str) -> httpx.Request:
    """Return the request for an address of its host; the header Host is set already."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host.strip("[]")},
    )
