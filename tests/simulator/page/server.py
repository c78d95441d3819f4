"""Serves the page, its state as JSON, and its buttons, on loopback and to no one else."""

from __future__ import annotations

import base64
import hashlib
import inspect
import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.simulator.messages import HTML, JSON, Request, Response, json_response
from tests.simulator.page import view
from tests.simulator.page.actions import Actions
from tests.simulator.page.connection import Connection, StackError, told
from tests.simulator.server import Server

if TYPE_CHECKING:
    from tests.simulator.rippling import Rippling
    from tests.simulator.visma import Visma

PAGE = Path(__file__).parent / "page.html"
DO = "/do/"
INLINE = {
    "script-src": re.compile(rb"<script>(.*?)</script>", re.DOTALL),
    "style-src": re.compile(rb"<style>(.*?)</style>", re.DOTALL),
}
PLAIN = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
SHOWN_OF_A_ROW = ("time", "outcome", "message", "company")


class PageServer(Server):
    """The page over two fakes and a connector. Only pages that it has served may press a button."""

    def __init__(
        self, rippling: Rippling, visma: Visma, connection: Connection, port: int = 0
    ) -> None:
        super().__init__(port)
        self.rippling = rippling
        self.visma = visma
        self.connection = connection
        self.actions = Actions(rippling, visma)
        self._one_tick = threading.Lock()

    def exchange(self, request: Request) -> Response:
        """Answers without a journal: the page asks every second."""
        if not self._is_ours(request):
            return _refused(403, "Only the page itself may ask.")
        return self._safe_answer(request)

    def answer(self, request: Request) -> Response:
        """The page, its state, or what came of a button."""
        match request.method, request.path:
            case "GET", "/":
                return page_response(PAGE.read_bytes())
            case "GET", "/state":
                return json_response(200, self.state(), PLAIN)
            case "POST", path if path.startswith(DO):
                return self._done(path.removeprefix(DO), request)
        return _refused(404, "There is nothing here; the page is at /.")

    def state(self) -> dict[str, Any]:
        """All that the page shows."""
        standing = self.connection.standing()
        people = view.addresses(self.rippling)
        audit, problem = self._audit() if standing.state in ("empty", "ready") else ([], "")
        return {
            "rippling": view.rippling_seen(self.rippling),
            "visma": view.visma_seen(self.visma, self.actions, people),
            "stack": {
                "state": standing.state,
                "message": standing.message,
                "commands": list(standing.commands),
                "underWay": standing.under_way,
            },
            "audit": audit,
            "problem": problem,
        }

    def tick(self) -> str:
        """Runs the poller once."""
        if not self._one_tick.acquire(blocking=False):
            raise ValueError("A tick is under way.")
        try:
            return told(self.connection.tick())
        finally:
            self._one_tick.release()

    def approve(self) -> str:
        """Approves what is held."""
        count = self.connection.approve()
        return f"Approved the changes of {count} people." if count else "Nothing is held."

    def set_up(self) -> str:
        """Makes the stack ready."""
        self.connection.set_up()
        return "The stack has its credentials and the mapping, and is live. Tick now."

    def buttons(self) -> Mapping[str, Callable[..., str]]:
        """Whatever the page can have done, by name."""
        return {
            **self.actions.all(),
            "tick": self.tick,
            "approve": self.approve,
            "set_up": self.set_up,
        }

    def _audit(self) -> tuple[list[dict[str, Any]], str]:
        try:
            rows = self.connection.audit()
        except StackError as error:
            return [], f"The audit cannot be read: {error}"
        names = view.persons(self.rippling)
        return [_audit_row(row, names) for row in rows], ""

    def _is_ours(self, request: Request) -> bool:
        """Whether it came to this address by name, and from no other site.

        Another site can have a browser send a request here, or give its own name to 127.0.0.1.
        """
        hosts = {self.url.removeprefix("http://")}
        hosts |= {host.replace("127.0.0.1", "localhost") for host in hosts}
        origins = {f"http://{host}" for host in hosts}
        is_json = request.headers.get("content-type", "").startswith(JSON)
        return (
            request.headers.get("host") in hosts
            and request.headers.get("origin") in {None, *origins}
            and (request.method == "GET" or is_json)
        )

    def _done(self, name: str, request: Request) -> Response:
        button = self.buttons().get(name)
        if button is None:
            return _refused(404, f"There is no button {name}.")
        arguments = request.body if request.raw else {}
        if not _fits(button, arguments):
            return _refused(400, f"{name} takes texts: {inspect.signature(button)}.")
        try:
            return json_response(200, {"message": button(**arguments)}, PLAIN)
        except ValueError as error:
            return _refused(400, str(error))
        except StackError as error:
            return _refused(502, str(error))


def page_response(page: bytes) -> Response:
    """The page, with a policy under which nothing but its own script and style has any effect."""
    allowed = [
        f"{directive} {' '.join(_hash(found) for found in pattern.findall(page))}"
        for directive, pattern in INLINE.items()
    ]
    policy = [
        "default-src 'none'", "connect-src 'self'", "img-src data:", "base-uri 'none'",
        "form-action 'none'", "frame-ancestors 'none'", *allowed,
    ]  # fmt: skip
    headers = {
        **PLAIN,
        "Content-Security-Policy": "; ".join(policy),
        "Referrer-Policy": "no-referrer",
    }
    return Response(200, page, headers, content_type=HTML)


def _hash(text: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'"


def _fits(button: Callable[..., str], arguments: Any) -> bool:
    if not isinstance(arguments, dict):
        return False
    names = set(inspect.signature(button).parameters)
    return set(arguments) <= names and all(isinstance(each, str) for each in arguments.values())


def _audit_row(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    shown = {name: str(row.get(name, "")) for name in SHOWN_OF_A_ROW}
    person = str(row["person"])
    return {
        **shown,
        "key": f"{person}/{row['time']}",
        "person": person,
        "who": "an operator" if "operator" in row else names.get(person, ""),
        "isPlanned": bool(row.get("planned")),
    }


def _refused(status: int, message: str) -> Response:
    return json_response(status, {"error": message}, PLAIN)
