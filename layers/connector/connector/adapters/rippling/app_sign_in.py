"""Signing in to Rippling with an App Shop app: which token goes with each call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from connector.adapters.http.client import utc_now
from connector.adapters.rippling.oauth import RipplingInstallation, app_of
from connector.domain.errors import ConfigurationError, RetryableError

if TYPE_CHECKING:
    from connector.ports.secrets import RipplingCredentials, RipplingSecret

AHEAD = timedelta(hours=2)
MARGIN = timedelta(minutes=1)
BREATHER = timedelta(minutes=5)
"""How long a token that still is good is used on after an attempt to renew it."""

JUST_NOW = timedelta(minutes=1)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class RipplingOAuthSignIn:
    """The Authorization header for Rippling, made of an App Shop installation's access token.

    The token is renewed two hours before it ends, and once where Rippling turns it down. One that
    still is good is used on while it cannot be renewed.
    """

    def __init__(
        self,
        installation: RipplingInstallation,
        secrets: RipplingSecret,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._installation = installation
        self._secrets = secrets
        self._now = now
        self._used: str | None = None
        self._tried_at = self._renewed_at = LONG_AGO
        self._uses = 0

    def authorization(self, renew: bool) -> str:
        """The header; with `renew` of another token, the last one having been turned down.

        Raises:
            ConfigurationError: the app is not installed, or not any more.
            RetryableError: a token is needed, and the sign-in does not answer.
        """
        self._uses += not renew
        held = self._after_a_refusal() if renew else self._ahead_of_time(self._held())
        self._used = _installed(held).access_token
        return f"Bearer {self._used}"

    def _held(self) -> RipplingCredentials:
        held = app_of(self._secrets.rippling())
        is_installed = held.access_token or held.refresh_token
        return held if is_installed else _installed(self._secrets.rippling(fresh=True))

    def _ahead_of_time(self, held: RipplingCredentials) -> RipplingCredentials:
        now = self._now()
        left = held.expires_at - now if held.access_token and held.expires_at else timedelta()
        is_good = left > MARGIN
        if left > AHEAD or (is_good and now < self._tried_at + BREATHER):
            return held
        self._tried_at = now
        try:
            return self._installation.renew(held, waits=not is_good)
        except (ConfigurationError, RetryableError):
            if not is_good:
                raise
            return held

    def _after_a_refusal(self) -> RipplingCredentials:
        held, now = _installed(self._secrets.rippling(fresh=True)), self._now()
        if held.access_token and held.access_token != self._used:
            return held
        if self._uses <= 1 and now < self._renewed_at + JUST_NOW:
            return held  # so new that the call it was renewed for is being repeated: not its fault
        renewed = self._installation.renew(held, waits=True)
        self._renewed_at, self._uses = now, 0
        return renewed


def _installed(held: RipplingCredentials) -> RipplingCredentials:
    if not (held.access_token or held.refresh_token):
        raise ConfigurationError(
            "the app is not installed in Rippling yet: run connector oauth start"
        )
    return held
