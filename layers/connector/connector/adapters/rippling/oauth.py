"""The tokens of an App Shop installation: fetched from Rippling, kept in the secret.

Only this file changes them, under a lease, so that two functions end with one valid pair. The
newest refresh token is always stored before the access token that came with it is used.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from connector.adapters.http.client import HttpClient, OnCall, media_type, utc_now
from connector.adapters.http.oauth import refusal, url_without_query
from connector.domain.errors import (
    ConfigurationError,
    NonsenseError,
    RetryableError,
)
from connector.ports.secrets import Pending

if TYPE_CHECKING:
    from requests import Response

    from connector.ports.cursors import Leases
    from connector.ports.secrets import RipplingCredentials, RipplingSecret
    from connector.ports.telemetry import Metrics

LEASE = "oauth"
RENEWAL_LEASE_SECONDS = 60.0
PAUSES = (0.25, 0.5, 1.0, 2.0, 4.0)
"""How long someone waits for the lease who cannot do without a new token."""

SHORT_PAUSES = PAUSES[:4]

TIMEOUTS = (2.0, 5.0)
"""Three attempts with these fit into the 29 seconds that API Gateway gives the callback."""

USUAL_LIFE_SECONDS = 129_600.0
LONGEST_LIFE_SECONDS = 31_536_000.0


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the token endpoint handed out; without a refresh token the last one stays in use."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime


class GrantRefusedError(ConfigurationError):
    """The token endpoint does not take this code or refresh token, or not any more."""


class RipplingTokenEndpoint:
    """Exchanges a code or a refresh token for tokens, signed with the client's id and secret."""

    def __init__(
        self,
        token_url: str,
        secrets: RipplingSecret,
        *,
        on_call: OnCall | None = None,
        timeouts: tuple[float, float] = TIMEOUTS,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._token_url = token_url
        self._secrets = secrets
        self.now = now
        self._http = HttpClient(
            "Rippling",
            token_url,
            authorization=self._basic,
            on_call=on_call,
            timeouts=timeouts,
            sleep=sleep,
            now=now,
        )

    def exchange(self, code: str) -> Tokens:
        """The first tokens of an installation.

        Raises:
            GrantRefusedError: the code is unknown, used or too old.
            ConfigurationError: Rippling does not know the client.
            RetryableError: the endpoint did not answer, or not sensibly.
        """
        redirect_uri = app_of(self._secrets.rippling()).redirect_uri or ""
        return self._ask(
            {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        )

    def refresh(self, refresh_token: str) -> Tokens:
        """The next tokens of an installation; raises as `exchange` does."""
        return self._ask({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def _basic(self, renew: bool) -> str:
        app = app_of(self._secrets.rippling(fresh=renew))
        pair = f"{app.client_id}:{app.client_secret}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"

    def _ask(self, form: Mapping[str, str]) -> Tokens:
        asked_at = self.now()
        content = self._granted(self._http.post_form(self._token_url, form))
        refresh_token = content.get("refresh_token")
        return Tokens(
            content["access_token"],
            refresh_token if isinstance(refresh_token, str) and refresh_token else None,
            asked_at + timedelta(seconds=_life(content.get("expires_in"))),
        )

    def _granted(self, response: Response) -> Mapping[str, Any]:
        code, where = refusal(response), url_without_query(self._token_url)
        if code == "invalid_grant":
            raise GrantRefusedError(f"Rippling's sign-in at {where} does not take it ({code})")
        if code is not None:
            raise ConfigurationError(
                f"Rippling refuses the sign-in at {where} ({code}); check client id, client secret"
                " and redirect URI in the Rippling secret"
            )
        content = self._http.json_of(response) if response.ok else None
        token = content.get("access_token") if isinstance(content, dict) else None
        if not isinstance(content, dict) or not isinstance(token, str) or not token:
            raise NonsenseError(
                f"Rippling's sign-in at {where} gave no token (status {response.status_code},"
                f" {media_type(response)}); it will be tried again"
            )
        return content


class RipplingInstallation:
    """One installation of the app: puts its tokens into the secret, and renews them."""

    def __init__(
        self,
        endpoint: RipplingTokenEndpoint,
        secrets: RipplingSecret,
        leases: Leases,
        metrics: Metrics,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._endpoint = endpoint
        self._secrets = secrets
        self._leases = leases
        self._metrics = metrics
        self._sleep = sleep
        self._unstored: tuple[str, Tokens] | None = None

    def install(self, code: str) -> None:
        """Keeps the tokens of a code's installation until somebody confirms whose it is.

        Raises as the endpoint does.
        """
        # A code lives for minutes, so this waits for a renewal and does not insist: what is renewed
        # meanwhile gives way to what is installed.
        for pause in (0.0, *SHORT_PAUSES):
            self._sleep(pause)
            with self._leases.lease(LEASE, RENEWAL_LEASE_SECONDS) as is_ours:
                if is_ours or pause == SHORT_PAUSES[-1]:
                    self._keep(self._endpoint.exchange(code))
                    return

    def renew(self, worn: RipplingCredentials, *, waits: bool) -> RipplingCredentials:
        """Credentials with another access token than the worn one, whoever has fetched it.

        Raises:
            ConfigurationError: the installation has ended, or the client is not known.
            RetryableError: the endpoint does not answer, or someone else is at it; with `waits`
                only if they are at it for long.
        """
        for pause in (0.0, *(PAUSES if waits else ())):
            self._sleep(pause)
            with self._leases.lease(LEASE, RENEWAL_LEASE_SECONDS) as is_ours:
                current = self._secrets.rippling(fresh=True)
                if current.access_token != worn.access_token:
                    return current
                if is_ours:
                    return self._refreshed(current)
        raise RetryableError(
            "another function is renewing the sign-in to Rippling",
            retry_after=RENEWAL_LEASE_SECONDS,
        )

    def _refreshed(self, current: RipplingCredentials) -> RipplingCredentials:
        spent = current.refresh_token
        if spent is None:
            raise self._ended()
        # Kept in hand until they are stored: the spent refresh token may be worth nothing by then.
        if self._unstored is None or self._unstored[0] != spent:
            try:
                self._unstored = (spent, self._endpoint.refresh(spent))
            except GrantRefusedError:
                latest = self._secrets.rippling(fresh=True)
                if latest.refresh_token == spent:
                    raise self._ended() from None
                return latest
        latest = self._secrets.rippling(fresh=True)
        if latest.refresh_token == spent:
            self._store(self._unstored[1])
        self._unstored = None
        return self._secrets.rippling()

    def _keep(self, tokens: Tokens) -> None:
        pending = Pending(
            tokens.access_token, tokens.refresh_token, tokens.expires_at, self._endpoint.now()
        )
        self._secrets.store_pending(pending)

    def _store(self, tokens: Tokens) -> None:
        self._secrets.store_rippling_tokens(
            tokens.access_token, tokens.refresh_token, tokens.expires_at
        )

    def _ended(self) -> ConfigurationError:
        self._metrics.count("InstallationEnded")
        return ConfigurationError(
            "the installation has ended (the administrator who installed the app has left, or it"
            " was removed): install again with connector oauth start"
        )


def app_of(credentials: RipplingCredentials) -> RipplingCredentials:
    """The same credentials, if the client of an App Shop app is in them.

    Raises:
        ConfigurationError: it is not.
    """
    if not credentials.is_app:
        raise ConfigurationError(
            "RipplingAuth is oauth, but the Rippling secret lacks client_id, client_secret or"
            " redirect_uri: put them in it, or deploy with RipplingAuth=api_token"
        )
    return credentials


def _life(seconds: object) -> float:
    is_usable = isinstance(seconds, int | float) and 0 < seconds < LONGEST_LIFE_SECONDS
    return float(seconds) if is_usable and isinstance(seconds, int | float) else USUAL_LIFE_SECONDS
