"""Installing the App Shop app: only what an operator has started here may bring tokens.

Loaded by the webhook function, so it must not pull in HTTP, retries or the mapping.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from connector.domain.errors import ConfigurationError, ConnectorError
from connector.ports.clock import Clock
from connector.ports.secrets import RipplingCredentials
from connector.ports.state import InstallStates
from connector.services.inbound.rippling_webhook import Answer

LIFETIME = timedelta(minutes=10)
CALLBACK, INSTALL = "/rippling/callback", "/rippling/install"
COOKIE = "__Host-oauth_state"
_STATE = re.compile(r"[A-Za-z0-9_-]{43}")
_CODE = re.compile(r"[\x21-\x7e]{1,1024}")

REFUSED = (
    "This installation was not started here, or its time is over."
    " Start it with: connector oauth start"
)
FAILED = (
    "Rippling did not hand out a token; the log of the webhook function says why."
    " Start again with: connector oauth start"
)
INSTALLED = (
    "Received. You can close this page. The installation is used as soon as an operator has"
    " confirmed it: connector oauth confirm"
)

PAGE = {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address of the page has the code in it
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class InstallStarter:
    """The service behind `connector oauth start`."""

    states: InstallStates
    credentials: Callable[[], RipplingCredentials]
    authorize_url: str
    clock: Clock
    is_oauth: bool
    advice: Callable[[], str] = str
    """What to change about the token endpoint, if another one answers."""

    def start(self, _: Mapping[str, Any]) -> dict[str, Any]:
        """A new state, and the links that carry it.

        Raises:
            ConfigurationError: the stack signs in with an API token, or the secret has no client.
        """
        if not self.is_oauth:
            raise ConfigurationError(
                "this stack signs in with an API token: deploy it with RipplingAuth=oauth first"
            )
        app = self.credentials()
        if not app.is_app:
            raise ConfigurationError(
                "the Rippling secret lacks client_id, client_secret or redirect_uri: put them in it"
            )
        state, until = token_urlsafe(32), self.clock.now() + LIFETIME
        self.states.remember(state, until)
        return {
            "link": authorize_link(self.authorize_url, app, state),
            "install_link": _install_link(app.redirect_uri or "", state),
            "expires_at": until.isoformat(timespec="seconds"),
            "advice": self.advice(),
        }


@dataclass(frozen=True, slots=True)
class Installer:
    """The service behind the two routes of the install.

    `exchange` puts a code's tokens into the secret, where they wait to be confirmed. Of what
    Rippling's redirect brings, only code and state are looked at; no one is ever sent to an address
    that stands in a request.
    """

    states: InstallStates
    credentials: Callable[[], RipplingCredentials]
    authorize_url: str
    exchange: Callable[[str], None]

    def begin(self, query: Mapping[str, str]) -> Answer:
        """Sends a browser with a valid state to Rippling, and has it remember the state."""
        state = query.get("state", "")
        if not (_STATE.fullmatch(state) and self.states.is_open(state)):
            return _refused()
        cookie = f"{COOKIE}={state}; Max-Age={LIFETIME.seconds}; Path=/"
        headers = {
            "Location": authorize_link(self.authorize_url, self.credentials(), state),
            "Set-Cookie": f"{cookie}; HttpOnly; Secure; SameSite=Lax",
        }
        return Answer(302, "InstallStarted", headers={**PAGE, **headers})

    def finish(self, query: Mapping[str, str], cookies: str) -> Answer:
        """Takes a code that comes with a valid state, which is then used up."""
        code = query.get("code", "")
        # Rippling does not promise to hand the state back; then the browser's own stands in.
        state = query.get("state") or _cookie(cookies)
        if not (_CODE.fullmatch(code) and _STATE.fullmatch(state) and self.states.use_up(state)):
            return _refused()
        try:
            self.exchange(code)
        except ConnectorError as error:
            return Answer(502, "InstallFailed", FAILED, PAGE, reason=str(error))
        return Answer(200, "Installed", INSTALLED, PAGE)


def authorize_link(authorize_url: str, app: RipplingCredentials, state: str) -> str:
    """Where an administrator of Rippling approves the app; what the address has already stays."""
    parts = urlsplit(authorize_url)
    own = {
        "response_type": "code",
        "client_id": app.client_id or "",
        "redirect_uri": app.redirect_uri or "",
        "state": state,
    }
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *own.items()])
    return urlunsplit(parts._replace(query=query, fragment=""))


def _install_link(redirect_uri: str, state: str) -> str | None:
    """Our own way to the authorize link, where the redirect leads to us directly."""
    parts = urlsplit(redirect_uri)
    if not parts.path.endswith(CALLBACK):
        return None
    path = parts.path.removesuffix(CALLBACK) + INSTALL
    return urlunsplit(parts._replace(path=path, query=urlencode({"state": state}), fragment=""))


def _cookie(header: str) -> str:
    pairs = (pair.strip().partition("=") for pair in header.split(";"))
    return next((value for name, _, value in pairs if name == COOKIE), "")


def _refused() -> Answer:
    return Answer(400, "InstallRefused", REFUSED, PAGE)
