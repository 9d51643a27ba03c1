"""A strict Graph endpoint of one's own on loopback: it refuses what Meta would, and remembers.

It checks the request (path, token, headers), the body's shape, every event's fields and hashes, and
that an id never comes back with other bytes. `answers` are what it says first, one after the other;
after them it takes everything.
"""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self

TOKEN = "EAAcanary8f2bZCv1TestTokenThatIsNobodys0042"

_HASHED = ("em", "ph", "fn", "ln", "ct", "st", "zp", "country", "external_id")
_SOURCES = {
    *("email", "website", "app", "phone_call", "chat", "physical_store"),
    *("system_generated", "business_messaging", "other"),
}


class Said(NamedTuple):
    """What the endpoint answers; `taken`: it took the events all the same, `heard` alone reads."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = {}  # noqa: RUF012
    taken: bool = False


def error(code: int, subcode: int = 0, *, status: int = 400, **more: Any) -> Said:
    """Answer with an error as Meta writes them."""
    told = {
        "message": f"Il parametro non è valido EAAleakedTokenOfSomebody1 {code}",
        "type": "OAuthException",
        "code": code,
        **({"error_subcode": subcode} if subcode else {}),
        "is_transient": False,
        "error_user_title": "Il valore è\x1b[31m sbagliato",
        "fbtrace_id": "AtraceXyz",
    } | {key: value for key, value in more.items() if key != "headers"}
    return Said(status, json.dumps({"error": told}).encode(), more.get("headers", {}))


Answer = Said | Callable[[BaseHTTPRequestHandler, list[dict[str, Any]]], "Said | None"]
"""An answer, or what decides on it once the events are known; None where nothing is said."""


def drop(handler: BaseHTTPRequestHandler, _events: list[dict[str, Any]]) -> None:
    """Take the request and break off."""
    handler.connection.close()


class Graph:
    """Listens while it is entered."""

    def __init__(self, port: int = 0) -> None:
        self.answers: list[Answer] = []
        self.always: Answer | None = None
        self.poisoned: dict[str, Said] = {}
        self.tokens = {TOKEN}
        self.date = ""
        self.requests = 0
        self.batches: list[list[str]] = []
        self.test_codes: set[str | None] = set()
        self.versions: set[str] = set()
        self.accepted: Counter[str] = Counter()
        self.events: dict[str, bytes] = {}
        self.wrong: list[str] = []
        self.over = threading.Event()
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                said = outer._said(self, body)
                if said is None:
                    self.close_connection = True
                    return
                self.send_response(said.status)
                for name, value in said.headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in said.headers:
                    self.send_header("Content-Length", str(len(said.body)))
                self.end_headers()
                self.wfile.write(said.body)

            def date_time_string(self, timestamp: float | None = None) -> str:
                return outer.date

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 32

            def handle_error(self, *_args: object) -> None:
                """Clients that go away are what is tested here."""

        self._http = Quiet(("127.0.0.1", port), Handler)
        self.port = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    def _said(self, handler: BaseHTTPRequestHandler, body: bytes) -> Said | None:
        with self._lock:
            self.requests += 1
            events = self._checked(handler, body)
            told = self.answers.pop(0) if self.answers else self.always
        if callable(told):
            told = told(handler, events)
            if told is None:
                return None
        with self._lock:
            if told is not None:
                if told.taken:
                    self._take(events)
                return told
            if handler.headers["Authorization"] not in {f"Bearer {each}" for each in self.tokens}:
                return error(190, 463, status=401)
            bad = [
                self.poisoned[event["event_id"]]
                for event in events
                if event["event_id"] in self.poisoned
            ]
            if bad:
                return bad[0]
            self._take(events)
            return self.success(len(events))

    @staticmethod
    def success(count: int) -> Said:
        told = {"events_received": count, "messages": [], "fbtrace_id": "AgoodTrace"}
        return Said(200, json.dumps(told).encode())

    def _take(self, events: list[dict[str, Any]]) -> None:
        self.accepted.update(event["event_id"] for event in events)

    def _checked(self, handler: BaseHTTPRequestHandler, body: bytes) -> list[dict[str, Any]]:
        """Return the events of a request, and remember all that is wrong with it."""
        found = re.fullmatch(r"/(v\d+\.\d)/(\d+)/events", handler.path)
        self._demand(found is not None, f"path {handler.path}")
        self._demand(handler.headers["Content-Type"] == "application/json", "content type")
        self._demand("authorization" in {name.lower() for name in handler.headers}, "no token")
        sent = json.loads(body)
        self._demand(set(sent) <= {"data", "test_event_code"}, f"fields {set(sent)}")
        self._demand(1 <= len(sent["data"]) <= 100, f"{len(sent['data'])} events")
        self.test_codes.add(sent.get("test_event_code"))
        if found:
            self.versions.add(found[1])
        events: list[dict[str, Any]] = sent["data"]
        self.batches.append([event["event_id"] for event in events])
        self._demand(len({event["action_source"] for event in events}) == 1, "mixed sources")
        for event in events:
            self._check_event(event)
            text = _text_of(event, body)
            known = self.events.setdefault(event["event_id"], text)
            self._demand(known == text, f"{event['event_id']} came with other bytes")
        return events

    def _check_event(self, event: dict[str, Any]) -> None:
        self._demand(event["action_source"] in _SOURCES, "action_source")
        self._demand(
            type(event["event_time"]) is int and event["event_time"] < 10**11, "event_time"
        )
        user_data = event["user_data"]
        self._demand(bool(user_data), "nobody")
        for key in _HASHED:
            values = user_data.get(key, [])
            for value in values if isinstance(values, list) else [values]:
                self._demand(re.fullmatch("[0-9a-f]{64}", value) is not None, f"{key} not hashed")
        custom = event.get("custom_data", {})
        if event["event_name"] == "Purchase":
            self._demand({"value", "currency"} <= set(custom), "a purchase without value")
            self._demand(not isinstance(custom["value"], str), "value is text")

    def _demand(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.wrong.append(otherwise)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        trouble: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        self._http.shutdown()
        self._http.server_close()


def _text_of(event: dict[str, Any], body: bytes) -> bytes:
    """Return the bytes that an event came in: its braces are those of objects, here at least."""
    mark = f'"event_id":"{event["event_id"]}"'.encode()
    start = end = body.rindex(b'{"event_name"', 0, body.index(mark))
    depth = 0
    while depth or end == start:
        depth += (body[end : end + 1] == b"{") - (body[end : end + 1] == b"}")
        end += 1
    return body[start:end]
