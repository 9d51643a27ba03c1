"""A real HTTPS server on loopback that does what it is told, and remembers what it was told."""

import socket
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""For localhost and hooks.test, until 2120, with its key: trusted where a test says so."""


class Received(NamedTuple):
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


Behaviour = Callable[[BaseHTTPRequestHandler, Received], None]


def reply(status: int = 200, body: bytes = b"ok", **headers: str) -> Behaviour:
    """Answer so."""

    def behave(handler: BaseHTTPRequestHandler, _request: Received) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def drop(handler: BaseHTTPRequestHandler, _request: Received) -> None:
    """Take the request and say nothing."""
    handler.connection.close()


class Server:
    """Listens while it is entered; `behave` is what it does with each request."""

    def __init__(self) -> None:
        self.behave: Behaviour = reply()
        self.received: list[Received] = []
        self.names: list[str | None] = []
        self.over = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Received(self.path, headers, body)
                outer.received.append(request)
                outer.behave(self, request)

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 32

            def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
                connection, address = super().get_request()
                return context.wrap_socket(
                    connection, server_side=True, do_handshake_on_connect=False
                ), address

            def handle_error(self, *_args: object) -> None:
                """Say nothing either: clients that go away are what is tested here."""

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self._http = Quiet(("127.0.0.1", 0), Handler)
        self.port = self._http.server_address[1]
        self.thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    def url(self, host: str = "hooks.test", path: str = "/deals") -> str:
        return f"https://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        self._http.shutdown()
        self._http.server_close()
