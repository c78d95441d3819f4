"""The fake Rippling's App Shop: one app, an administrator who approves at once, and its tokens.

Knows codes and tokens, and nothing of the workforce behind them.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.simulator.messages import FORM, Request, Response, html_response, json_response

if TYPE_CHECKING:
    from tests.simulator.clock import Now
    from tests.simulator.control import Verb

AUTHORIZE_PATH, TOKEN_PATH = "/o/authorize", "/o/token"
DEMO_APP: dict[str, Any] = {
    "client_id": "demo-app",
    "client_secret": "demo-app-secret",
    "redirect_uri": "https://connector.example.no/v1/rippling/callback",
}


@dataclass(frozen=True)
class Code:
    """An approval that no one has exchanged yet."""

    redirect_uri: str
    until: datetime


class AppShop:
    """Hands out codes and tokens as strictly as the real one.

    Behaviour is set through attributes: `app` (id, secret and registered redirect), `rotates`
    (a refresh token dies with its use), `code_lifetime` and `token_lifetime` (seconds), and
    `echoes_state` (the redirect brings the state back).
    """

    def __init__(self, now: Now) -> None:
        self.app = dict(DEMO_APP)
        self.rotates = True
        self.code_lifetime = 300
        self.token_lifetime = 129_600
        self.echoes_state = True
        self._now = now
        self._lock = threading.Lock()
        self._codes: dict[str, Code] = {}
        self._access: dict[str, datetime] = {}
        self._refresh: set[str] = set()

    def verbs(self) -> dict[str, Verb]:
        """What an administrator of Rippling may do about the app."""
        own = (self.approve, self.end_installation, self.forget_access_tokens)
        return {verb.__name__: verb for verb in own}

    def approve(self) -> str:
        """An administrator approves the app; the code that the redirect would bring."""
        with self._lock:
            code = secrets.token_urlsafe(16)
            until = self._now() + timedelta(seconds=self.code_lifetime)
            self._codes[code] = Code(self.app["redirect_uri"], until)
            return code

    def end_installation(self) -> None:
        """The administrator leaves, or removes the app: nothing that was handed out is any good."""
        with self._lock:
            self._codes.clear()
            self._access.clear()
            self._refresh.clear()

    def forget_access_tokens(self) -> None:
        """Every access token is turned down from now on; refresh tokens stay good."""
        with self._lock:
            self._access.clear()

    def lets_in(self, bearer: str | None) -> bool:
        """Whether an access token is good."""
        with self._lock:
            until = self._access.get(bearer or "")
            return until is not None and self._now() < until

    def is_good(self, refresh_token: str | None) -> bool:
        """Whether a refresh token could be exchanged now."""
        with self._lock:
            return refresh_token in self._refresh

    def answer(self, request: Request) -> Response:
        """What the two addresses under `/o/` reply."""
        if (request.method, request.path) == ("GET", AUTHORIZE_PATH):
            return self._authorize(request.query)
        if request.path.rstrip("/") != TOKEN_PATH:
            return html_response(404, "Not Found!")
        form = request.body if isinstance(request.body, dict) else {}
        if request.method != "POST" or not request.headers.get("content-type", "").startswith(FORM):
            return _refusal("invalid_request")
        if _basic(request) != (self.app["client_id"], self.app["client_secret"]):
            return _refusal("invalid_client", 401)
        with self._lock:
            return self._exchange(form)

    def _authorize(self, query: dict[str, str]) -> Response:
        asked = query.get("response_type"), query.get("client_id"), query.get("redirect_uri")
        if asked != ("code", self.app["client_id"], self.app["redirect_uri"]):
            return html_response(400, "This application cannot be installed.")
        back = {
            "code": self.approve(),
            "buy": "false",
            "redirect_uri": "https://app.rippling.example/apps",
        }
        if self.echoes_state and "state" in query:
            back["state"] = query["state"]
        return Response(302, headers={"Location": f"{self.app['redirect_uri']}?{urlencode(back)}"})

    def _exchange(self, form: dict[str, str]) -> Response:
        match form.get("grant_type"):
            case "authorization_code":
                code = self._codes.pop(form.get("code", ""), None)
                if code is None or self._now() >= code.until:
                    return _refusal("invalid_grant")
                if form.get("redirect_uri") != code.redirect_uri:
                    return _refusal("invalid_grant")
                return self._granted(secrets.token_urlsafe(24))
            case "refresh_token":
                held = form.get("refresh_token", "")
                if held not in self._refresh:
                    return _refusal("invalid_grant")
                if self.rotates:
                    self._refresh.discard(held)
                return self._granted(secrets.token_urlsafe(24) if self.rotates else held)
        return _refusal("unsupported_grant_type")

    def _granted(self, refresh_token: str) -> Response:
        access_token = secrets.token_urlsafe(24)
        self._refresh.add(refresh_token)
        self._access[access_token] = self._now() + timedelta(seconds=self.token_lifetime)
        answer = {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": self.token_lifetime,
            "refresh_token": refresh_token,
            "scope": "workers.read users.read departments.read",
        }
        return json_response(200, answer, {"Cache-Control": "no-store"}, applied=True)


def _basic(request: Request) -> tuple[str, str]:
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    try:
        decoded = base64.b64decode(coded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    client_id, _, secret = decoded.partition(":")
    return (client_id, secret) if scheme.lower() == "basic" else ("", "")


def _refusal(error: str, status: int = 400) -> Response:
    return json_response(status, {"error": error})
