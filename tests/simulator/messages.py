"""What goes in and out of a fake server: requests, responses, and the journal's entries.

Plain values only; no sockets and no state.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from tests.simulator.contracts import Violation

Json = Any
JSON = "application/json"
HTML = "text/html; charset=utf-8"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Call:
    """One request as the journal remembers it, with what became of it.

    `status` is 0 when no answer was sent, `applied` says whether state changed, and
    `company` names the Visma company whose token was used.
    """

    at: datetime
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Json
    status: int
    bytes_out: int
    applied: bool
    contract_errors: list[str] = field(default_factory=list)
    company: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came off the wire; `body` is None when it was empty or unreadable."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes = b""
    body: Json = None
    is_stale: bool = False
    violations: tuple[Violation, ...] = ()

    @classmethod
    def read(cls, method: str, target: str, headers: Mapping[str, str], raw: bytes) -> Request:
        """Takes a request line, headers and bytes apart."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        lowered = {name.lower(): value for name, value in headers.items()}
        body = _parsed(raw, lowered.get("content-type", ""))
        return cls(method, parts.path, query, lowered, raw, body)

    def bearer(self) -> str | None:
        """The bearer token that came along, if any."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None

    def headers_without_secrets(self) -> dict[str, str]:
        """The headers as the journal may keep them."""
        shown = dict(self.headers)
        if "authorization" in shown:
            shown["authorization"] = shown["authorization"].partition(" ")[0] + " ***"
        return shown


@dataclass(frozen=True, slots=True)
class Response:
    """One answer; status 0 means that the connection is closed instead of answering."""

    status: int
    payload: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str | None = None
    applied: bool = False
    company: str = ""
    is_abrupt: bool = False


def json_response(
    status: int,
    content: Json,
    headers: Mapping[str, str] | None = None,
    *,
    applied: bool = False,
    company: str = "",
    default: Callable[[Any], Json] | None = None,
) -> Response:
    """A response whose body is this content as JSON."""
    payload = json.dumps(content, separators=(",", ":"), ensure_ascii=False, default=default)
    return Response(
        status,
        payload.encode("utf-8", "backslashreplace"),
        dict(headers or {}),
        JSON,
        applied=applied,
        company=company,
    )


def html_response(status: int, text: str) -> Response:
    """A response with an HTML page, as gateways send them."""
    page = f"<!DOCTYPE html><html><body><h1>{text}</h1></body></html>"
    return Response(status, page.encode(), content_type=HTML)


def _parsed(raw: bytes, content_type: str) -> Json:
    if not raw:
        return None
    try:
        if content_type.startswith(FORM):
            return dict(parse_qsl(raw.decode(), keep_blank_values=True, strict_parsing=True))
        return json.loads(raw)
    except ValueError:
        return None
