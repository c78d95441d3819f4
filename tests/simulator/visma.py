"""The fake Visma.net: token endpoint, the ERP API behind it, and its hourly limit.

The door is here: tokens, scopes, limits. The endpoints are in `visma_api`, the companies'
state and rules in `company`, their finance people in `finance`, their books in `books`.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.simulator.books.api import BOOK_ROUTES
from tests.simulator.books.bookkeeping import Bookkeeping
from tests.simulator.clock import Clock, Now
from tests.simulator.contracts import contracts_in
from tests.simulator.messages import FORM, Request, Response, json_response
from tests.simulator.server import Server
from tests.simulator.visma_api import Manners, Visit, serve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.simulator.control import Verb

CONTRACTS = Path(__file__).parent.parent / "contracts"
CONTRACT = CONTRACTS / "visma.yaml"
# Where both know an operation, the one of the general ledger is the newer.
CONTRACT_FILES = (CONTRACTS / "visma-gl.yaml", CONTRACT)
TOKEN_PATH = "/connect/token"
API = "vismanet_erp_service_api"
SCOPE_OF = {"GET": f"{API}:read", "POST": f"{API}:create", "PUT": f"{API}:update"}
SCOPES = frozenset({*SCOPE_OF.values(), f"{API}:delete"})
POLICY = "4-fixed-window"
WINDOW = timedelta(hours=1)


@dataclass(frozen=True)
class Grant:
    """What a token opens: one company, or none when a customer tenant was named."""

    company: str | None
    scopes: frozenset[str]
    until: datetime


@dataclass
class Window:
    """The calls that a company has made in the running hour."""

    began: datetime
    used: int = 0


def odd_rows(content: Any, odd: Mapping[tuple[str, str], Mapping[str, Any]]) -> Any:
    """An answer whose rows have some members otherwise, wherever in it they are."""
    if isinstance(content, list):
        return [odd_rows(each, odd) for each in content]
    if not isinstance(content, dict):
        return content
    found = [members for (name, value), members in odd.items() if content.get(name) == value]
    plain = {name: odd_rows(each, odd) for name, each in content.items()}
    return {**plain, **{name: value for members in found for name, value in members.items()}}


class Visma(Bookkeeping, Manners, Server):
    """A simulated Visma.net that answers over HTTP as strictly as the real one.

    Behaviour is set through attributes: those of `Manners`, and `token_lifetime` (seconds),
    `calls_per_hour` (for each company), `customer_tenants` (tenant ids that get a token which
    opens nothing), `unapproved` (rights that a company has not approved, so that its tokens come
    without them), `names_scopes` (whether the answer says what a token may do) and `odd` (the name
    of a member and the value it has in a row, to members that this row is answered with instead).
    """

    def __init__(self, clock: Now | None = None, port: int = 0) -> None:
        Bookkeeping.__init__(self, clock)
        Manners.__init__(self)
        Server.__init__(self, port, contracts_in(*CONTRACT_FILES))
        self.clock = Clock(clock)
        self.token_lifetime = 3600
        self.calls_per_hour = 15_000
        self.customer_tenants: set[str] = set()
        self.unapproved: dict[str, set[str]] = {}
        self.names_scopes = True
        self.odd: dict[tuple[str, str], dict[str, Any]] = {}
        self._grants: dict[str, Grant] = {}
        self._windows: dict[str, Window] = {}

    @property
    def token_url(self) -> str:
        """The address of the token endpoint."""
        return self.url + TOKEN_PATH

    def verbs(self) -> Mapping[str, Verb]:
        """The verbs of a finance department, and the faults."""
        own = {"revoke_tokens": self.revoke_tokens, "start_new_hour": self.start_new_hour}
        return {**super().verbs(), **self.finance_verbs(), **self.book_verbs(), **own}

    def revoke_tokens(self) -> None:
        """Makes every token worthless at once."""
        with self.state_lock:
            self._grants.clear()

    def start_new_hour(self) -> None:
        """Begins a fresh limit window for every company."""
        with self.state_lock:
            self._windows.clear()

    def answer(self, request: Request) -> Response:
        """What Visma replies to one request."""
        with self.state_lock:
            if request.path == TOKEN_PATH:
                return self._token(request)
            grant = self._grants.get(request.bearer() or "")
            if grant is None or grant.until <= self.clock.now() or grant.company is None:
                return _gateway_error(401, "Unauthorized.", "401")
            return self._counted(grant, grant.company, request)

    def _checked(self, request: Request) -> Request:
        return request if request.path == TOKEN_PATH else super()._checked(request)

    def _counted(self, grant: Grant, key: str, request: Request) -> Response:
        window = self._windows.get(key)
        now = self.clock.now()
        if window is None or now >= window.began + WINDOW:
            window = self._windows[key] = Window(now)
        is_over = window.used >= self.calls_per_hour
        window.used += not is_over
        wait = max(1, round((window.began + WINDOW - now).total_seconds()))
        headers = {
            "X-RateLimit-Limit": str(self.calls_per_hour),
            "X-RateLimit-Remaining": str(max(0, self.calls_per_hour - window.used)),
            "X-RateLimit-Reset": str(wait),
            "X-RateLimit-Policy": POLICY,
        }
        if is_over:
            response = json_response(429, {"message": "Too many requests in this hour."})
            headers["Retry-After"] = str(wait)
        elif SCOPE_OF.get(request.method, "") not in grant.scopes:
            response = _gateway_error(403, "The scope of the token does not allow this.", "403")
        else:
            visit = Visit(self.companies[key], request, self, self.url)
            response = self._made_odd(serve(visit, BOOK_ROUTES))
        return replace(response, headers={**response.headers, **headers}, company=key)

    def _made_odd(self, response: Response) -> Response:
        if not self.odd or not response.payload or response.status != HTTPStatus.OK:
            return response
        content = odd_rows(json.loads(response.payload), self.odd)
        return replace(response, payload=json.dumps(content).encode())

    def _token(self, request: Request) -> Response:
        form = request.body if isinstance(request.body, dict) else {}
        client_id, secret = _client(request, form)
        tenant, scopes = form.get("tenant_id", ""), frozenset(form.get("scope", "").split())
        if request.method != "POST" or not request.headers.get("content-type", "").startswith(FORM):
            return _oauth_error("invalid_request", "POST a form.")
        if form.get("grant_type") != "client_credentials":
            return _oauth_error("unsupported_grant_type", "Use client_credentials.")
        if not self._knows(client_id, secret):
            return _oauth_error("invalid_client", "Unknown client or wrong secret.")
        if not scopes or not scopes <= SCOPES:
            return _oauth_error("invalid_scope", "Unknown or missing scope.")
        company = self._approved(client_id, tenant)
        if company is None and tenant not in self.customer_tenants:
            return _oauth_error("invalid_request", "The tenant has not approved this client.")
        left_out = {f"{API}:{right}" for right in self.unapproved.get(company or "", ())}
        return self._granted(company, scopes - left_out)

    def _granted(self, company: str | None, scopes: frozenset[str]) -> Response:
        token = secrets.token_urlsafe(24)
        until = self.clock.now() + timedelta(seconds=self.token_lifetime)
        self._grants[token] = Grant(company, scopes, until)
        answer = {
            "access_token": token,
            "expires_in": self.token_lifetime,
            "token_type": "Bearer",
        }
        if self.names_scopes:
            answer["scope"] = " ".join(sorted(scopes))
        return json_response(200, answer, {"Cache-Control": "no-store"})

    def _knows(self, client_id: str, secret: str) -> bool:
        known = ((one.client_id, one.client_secret) for one in self.companies.values())
        return (client_id, secret) in known

    def _approved(self, client_id: str, tenant: str) -> str | None:
        for company in self.companies.values():
            if (company.client_id, company.tenant_id) == (client_id, tenant):
                return company.key
        return None


def _client(request: Request, form: Mapping[str, str]) -> tuple[str, str]:
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(coded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client_id, secret


def _oauth_error(error: str, description: str) -> Response:
    return json_response(400, {"error": error, "error_description": description})


def _gateway_error(status: int, message: str, fault_code: str) -> Response:
    return json_response(
        status,
        {
            "ExceptionType": "IPPException",
            "ExceptionMessage": message,
            "ExceptionFaultCode": fault_code,
            "ExceptionMessageID": f"{fault_code}_{uuid4()}",
            "ExceptionDetails": "",
        },
    )
