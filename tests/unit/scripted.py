"""A real HTTP server on the loopback that answers as a test lays down, and a client to go with it.

Nothing here knows Rippling or Visma.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from connector.adapters.http.client import HttpClient
from tests.simulator.messages import Request, Response, json_response
from tests.simulator.server import Server

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OK = json_response(200, {"fine": True})
SECRET = "kari.testmann@example.com"


class Scripted(Server):
    """Answers by method and path, else from the common script; the last answer stays."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, list[Response]] = {}
        self.script = [json_response(404, {"detail": "Not found."})]
        self.authorizations: list[str | None] = []

    def answer(self, request: Request) -> Response:
        self.authorizations.append(request.headers.get("authorization"))
        answers = self.answers.get(f"{request.method} {request.path}") or self.script
        return answers.pop(0) if len(answers) > 1 else answers[0]


class ClientBench:
    """A client of a vendor, with a clock that stands still and sleeps that only add up."""

    def __init__(self, vendor: Scripted) -> None:
        self.vendor = vendor
        vendor.script = [OK]
        self.now = NOW
        self.naps: list[float] = []
        self.counted: list[tuple[str, int]] = []

    def client(self, **changes: Any) -> HttpClient:
        settings: dict[str, Any] = {
            "sleep": self.naps.append,
            "now": lambda: self.now,
            "on_call": lambda vendor, status: self.counted.append((vendor, status)),
        }
        base_url = changes.pop("base_url", None) or self.vendor.url
        return HttpClient("Vendor", base_url, **{**settings, **changes})

    def statuses(self) -> list[int]:
        return [call.status for call in self.vendor.journal]


def failing(status: int, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return json_response(status, {"message": SECRET}, named)


@contextmanager
def raw_server(answer: bytes, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server that sends these bytes to whoever asks, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        stopping = threading.Event()

        def serve() -> None:
            while not stopping.is_set():
                try:
                    connection, _ = listener.accept()
                    with connection if context is None else _secured(context, connection) as peer:
                        peer.recv(65_536)
                        peer.sendall(answer)
                except OSError:
                    continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            stopping.set()
            thread.join()


def _secured(context: ssl.SSLContext, connection: socket.socket) -> socket.socket:
    return context.wrap_socket(connection, server_side=True)


def everything_in(error: BaseException | None) -> str:
    """All that a log could show of an error: the chain is cut, so what follows it is, too."""
    if error is None:
        return ""
    shown = None if error.__suppress_context__ else error.__context__
    return f"{error} {error!r} {error.args} {everything_in(error.__cause__ or shown)}"
