"""WhatsApp's Cloud API on loopback: it remembers what it was asked, and answers as it is told."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self

TOKEN = "EAAcanaryWhatsAppTokenThatIsNobodys0042"


class Asked(NamedTuple):
    """A request as it arrived."""

    path: str
    authorization: str | None
    message: dict[str, Any]


Answer = tuple[int, bytes] | Callable[[BaseHTTPRequestHandler], None]
"""A status and a body, or what is done instead."""


def accepted(wamid: str = "wamid.1") -> Answer:
    """Accept a message."""
    contacts = [{"input": "+39", "wa_id": "39"}]
    told = {"messaging_product": "whatsapp", "contacts": contacts, "messages": [{"id": wamid}]}
    return 200, json.dumps(told).encode()


def error(code: int, status: int = 400) -> Answer:
    """Refuse one."""
    told = {"message": f"(#{code}) \x1b[31m {TOKEN}", "type": "OAuthException", "code": code}
    return status, json.dumps({"error": told}).encode()


def drop(handler: BaseHTTPRequestHandler) -> None:
    """Take the request and break off."""
    handler.connection.close()


class Cloud:
    """Listens while it is entered."""

    def __init__(self) -> None:
        self.answer: Answer = accepted()
        self.asked: list[Asked] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                heard = Asked(self.path, self.headers["Authorization"], json.loads(body))
                outer.asked.append(heard)
                if callable(outer.answer):
                    outer.answer(self)
                    return
                status, said = outer.answer
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_args: object) -> None:
                """Clients that go away are what is tested here."""

        self._http = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Listen no more."""
        self._http.shutdown()
        self._http.server_close()
