"""Signing in to Rippling with an API token: which token goes with each call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from connector.ports.secrets import RipplingSecret


class RipplingSignIn:
    """The Authorization header for Rippling, made of the API token in the secret."""

    def __init__(self, secrets: RipplingSecret) -> None:
        self._secrets = secrets

    def authorization(self, renew: bool) -> str:
        """The header; with `renew` from the secret as it is now, in case it was changed."""
        token = self._secrets.rippling(fresh=renew).api_token
        if not token:
            raise ConfigurationError(
                "the Rippling secret has no api_token: put one in it, or deploy with"
                " RipplingAuth=oauth"
            )
        return f"Bearer {token}"
