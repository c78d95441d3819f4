"""Signing in to Rippling: which token goes with each call."""

from __future__ import annotations

from connector.domain.errors import ConfigurationError
from connector.ports import Secrets


class RipplingSignIn:
    """The Authorization header for Rippling, made of the secret."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def authorization(self, renew: bool) -> str:
        """The header; with `renew` from the secret as it is now, in case it was changed."""
        credentials = self._secrets.rippling(fresh=renew)
        token = credentials.api_token or credentials.access_token
        if not token:
            raise ConfigurationError("the Rippling secret has no api_token: put one in it")
        return f"Bearer {token}"
