"""The HTTP machinery that both fakes stand on: sockets, journal, faults, contract checks.

Nothing here knows Rippling or Visma; a fake overrides `answer` and guards its own state.
"""

from __future__ import annotations

import json
import re
import socket
import socketserver
import struct
import sys
import threading
import time
import traceback
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar, Self

from tests.simulator.control import PREFIX, Verb, control_answer
from tests.simulator.faults import Fault, Faults
from tests.simulator.messages import JSON, Call, Request, Response, html_response, json_response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from tests.simulator.contracts import Contract, JointContract

__all__ = ["Call", "Request", "Response", "Server"]

CLOSE_SECONDS = 1.0


class Server:
    """A threaded HTTP/1.1 server on the loopback that journals every call it gets.

    `reshape` makes something else of what is answered at a path, and `more_headers` are sent along:
    so a vendor answers otherwise than it publishes.
    """

    def __init__(self, port: int = 0, contract: Contract | JointContract | None = None) -> None:
        self.faults = Faults()
        self.journal: list[Call] = []
        self.reshape: Callable[[str, Any], Any] | None = None
        self.more_headers: dict[str, str] = {}
        self._under_way: list[Request] = []
        self._port = port
        self._contract = contract
        self._http: _Listener | None = None
        self._stopping = threading.Event()

    def answer(self, request: Request) -> Response:
        """What the fake replies when no fault comes in between."""
        raise NotImplementedError

    def verbs(self) -> Mapping[str, Verb]:
        """The verbs that `/_control/` may run."""
        faults = self.faults
        orders: list[Verb] = [
            faults.fail, faults.reset, faults.lose_answer, faults.fail_after_apply,
            faults.slow, faults.late, faults.stale_page, faults.garbage, faults.clear,
            self.land, self.clear_journal,
        ]  # fmt: skip
        return {order.__name__: order for order in orders}

    @property
    def url(self) -> str:
        """The address without a trailing slash; known once the server has started."""
        if not self._port:
            raise RuntimeError("the server has no address before it has started")
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> Self:
        """Begins to listen; a server that is started again keeps its port."""
        if self._http is None:
            self._stopping.clear()
            self._http = _Listener(self._port, self)
            self._port = self._http.server_address[1]
            threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Stops listening and closes every open connection."""
        listener, self._http = self._http, None
        if listener is not None:
            self._stopping.set()
            listener.shutdown()
            listener.server_close()
            listener.close_connections()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def calls(self, method: str | None = None, path: str | None = None) -> list[Call]:
        """The journal's calls with this method and a path that this pattern matches in full."""
        pattern = re.compile(path) if path else None
        return [
            call
            for call in list(self.journal)
            if (method is None or call.method == method.upper())
            and (pattern is None or pattern.fullmatch(call.path))
        ]

    @property
    def is_at_work(self) -> bool:
        """Whether a `late` fault keeps a request under way."""
        return bool(self._under_way)

    def land(self) -> int:
        """Applies every request that a `late` fault kept under way, in order; how many."""
        landing, self._under_way = self._under_way, []
        for request in landing:
            self._safe_answer(request)
        return len(landing)

    def clear_journal(self) -> None:
        """Forgets every call so far."""
        self.journal.clear()

    def exchange(self, request: Request) -> Response:
        """Takes one request through faults, contract and fake, and journals it."""
        if request.path.startswith(PREFIX):
            return control_answer(request, self.verbs(), self.calls)
        at = datetime.now(UTC)
        request = self._checked(request)
        fault, delay = self.faults.strike(request.method, request.path)
        if delay:
            self._stopping.wait(delay)
        response = self._under(fault, request)
        # Journalled before it is sent, so that whoever has the answer also finds the call.
        self.journal.append(_call(at, request, response))
        return response

    def _checked(self, request: Request) -> Request:
        if self._contract is None:
            return request
        violations = self._contract.check(
            request.method, request.path, request.query, request.body, bool(request.raw)
        )
        return replace(request, violations=tuple(violations))

    def _under(self, fault: Fault | None, request: Request) -> Response:
        match fault.kind if fault else "":
            case "reset":
                return Response(0, is_abrupt=True)
            case "late":
                self._under_way.append(request)
                return Response(0, is_abrupt=True)
            case "fail" | "garbage":
                assert fault is not None
                return _faulty(fault)
            case "lose_answer":
                response = self._safe_answer(request)
                return Response(0, applied=response.applied, company=response.company)
            case "fail_after_apply":
                assert fault is not None
                response = self._safe_answer(request)
                return replace(_faulty(fault), applied=response.applied, company=response.company)
            case kind:
                return self._safe_answer(replace(request, is_stale=kind == "stale_page"))

    def _safe_answer(self, request: Request) -> Response:
        try:
            return self._reshaped(request, self.answer(request))
        except Exception:  # noqa: BLE001  (whatever it is, it must not pass for an outage)
            traceback.print_exc()
            return html_response(500, "The simulator itself has failed; see its error output.")

    def _reshaped(self, request: Request, response: Response) -> Response:
        if self.more_headers:
            response = replace(response, headers={**response.headers, **self.more_headers})
        if self.reshape is None or not response.payload or response.content_type != JSON:
            return response
        content = self.reshape(request.path, json.loads(response.payload))
        return replace(response, payload=json.dumps(content).encode())


def _faulty(fault: Fault) -> Response:
    if fault.kind == "garbage":
        return Response(200, b'{"results": [{"id": "5f', content_type=JSON)
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.body == "json":
        message = f"Injected fault {fault.status}"
        return json_response(fault.status, {"message": message, "detail": message}, headers)
    if fault.body == "html":
        return replace(html_response(fault.status, "Service unavailable"), headers=headers)
    return Response(fault.status, headers=headers)


def _call(at: datetime, request: Request, response: Response) -> Call:
    return Call(
        at=at,
        method=request.method,
        path=request.path,
        query=request.query,
        headers=request.headers_without_secrets(),
        body=request.body,
        status=response.status,
        bytes_out=len(response.payload),
        applied=response.applied,
        contract_errors=[str(one) for one in request.violations],
        company=response.company,
    )


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, fake: Server) -> None:
        self.fake = fake
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    def server_bind(self) -> None:
        # HTTPServer would look its own name up, which may ask a name server.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def opened(self, connection: socket.socket) -> None:
        self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        self._open.discard(connection)

    def close_connections(self) -> None:
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                self._open.discard(connection)
        deadline = time.monotonic() + CLOSE_SECONDS
        while self._open and time.monotonic() < deadline:
            time.sleep(0.002)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that has given up is part of the game; anything else is a defect.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave in one packet; two small writes would wait for a delayed ACK.
    wbufsize: ClassVar[int] = -1
    disable_nagle_algorithm = True
    server: _Listener

    def setup(self) -> None:
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        super().finish()
        self.server.closed(self.connection)

    def serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request.read(self.command, self.path, dict(self.headers.items()), raw)
        response = self.server.fake.exchange(request)
        if response.status:
            self._send(response)
        else:
            self._hang_up(response.is_abrupt)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the parent's name)
        """Says nothing: the journal is the log."""

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.content_type and response.payload:
            self.send_header("Content-Type", response.content_type)
        if response.status != 204:
            self.send_header("Content-Length", str(len(response.payload)))
        self.end_headers()
        self.wfile.write(response.payload)

    def _hang_up(self, is_abrupt: bool) -> None:
        self.close_connection = True
        if is_abrupt:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()


for _method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
    setattr(_Handler, f"do_{_method}", _Handler.serve)
