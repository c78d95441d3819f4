"""Signing in to Visma: one token for one company, asked for early and kept in memory.

Knows the token endpoint and its refusals, and nothing of the ERP. No credential gets into an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connector.adapters.http.client import HttpClient, media_type, utc_now
from connector.adapters.http.oauth import refusal, url_without_query
from connector.domain.errors import ConfigurationError, NonsenseError

if TYPE_CHECKING:
    from requests import Response

    from connector.ports.secrets import VismaCredentials, VismaSecret

API = "vismanet_erp_service_api"
RIGHTS = ("read", "create", "update")
SCOPE = " ".join(f"{API}:{right}" for right in RIGHTS)
MARGIN_SECONDS, MARGIN_SHARE = 60.0, 0.1
SHORT_LIFE_SECONDS = 300.0
"""How long a token is trusted of which Visma does not say when it ends."""

LONGEST_TOKEN_SECONDS = 86_400.0


class VismaTokens:
    """The access token of one company."""

    def __init__(
        self,
        company: str,
        token_url: str,
        http: HttpClient,
        secrets: VismaSecret,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._company = company
        self._token_url = token_url
        self._http = http
        self._secrets = secrets
        self._now = now
        self._header: str | None = None
        self._good_until = datetime.min.replace(tzinfo=UTC)

    def authorization(self, renew: bool) -> str:
        """The Authorization header; with `renew` of a new token, the last one having been refused.

        Raises:
            ConfigurationError: Visma does not know the client or has not approved it.
            RetryableError: the sign-in did not answer.
        """
        if renew or self._header is None or self._now() >= self._good_until:
            self._header = None
            self._keep(self._sign_in())
        return self._header or ""

    def sign_in(self) -> tuple[str, ...]:
        """Fetches a new token; the rights that were asked for and not given.

        Visma need not say what a token may do: then nothing is known to be missing.
        Raises as `authorization` does.
        """
        granted = self._sign_in()
        self._keep(granted)
        scope = granted.get("scope")
        given = scope.split() if isinstance(scope, str) else []
        return tuple(right for right in RIGHTS if given and f"{API}:{right}" not in given)

    def headers(self) -> dict[str, str]:
        """What every call to the ERP carries besides the token."""
        company_id = self.credentials().company_id
        return {"ipp-company-id": company_id} if company_id else {}

    def credentials(self, *, fresh: bool = False) -> VismaCredentials:
        """How to sign in to the company.

        Raises:
            ConfigurationError: the secret has no such company, even read again.
        """
        found = self._secrets.visma_company(self._company, fresh=fresh)
        if found is None and not fresh:
            found = self._secrets.visma_company(self._company, fresh=True)
        if found is None:
            raise ConfigurationError(
                f"the Visma secret has no company {self._company}; add it there, or correct the"
                " key in the mapping"
            )
        return found

    def _sign_in(self) -> Mapping[str, Any]:
        credentials = self.credentials()
        response = self._ask(credentials)
        if refusal(response) is not None:
            renewed = self.credentials(fresh=True)
            # The same question again would only count against the limit for failing calls.
            response = self._ask(renewed) if renewed != credentials else response
        return self._granted(response)

    def _ask(self, credentials: VismaCredentials) -> Response:
        form = {
            "grant_type": "client_credentials",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "scope": SCOPE,
            "tenant_id": credentials.tenant_id,
        }
        return self._http.post_form(self._token_url, form)

    def _granted(self, response: Response) -> Mapping[str, Any]:
        code = refusal(response)
        if code is not None:
            where = url_without_query(self._token_url)
            raise ConfigurationError(
                f"Visma refuses the sign-in of company {self._company} at {where}"
                f" ({code}); check its client id, client secret and tenant id in the Visma"
                " secret, and that the company has approved the application with its scopes"
            )
        content = self._http.json_of(response) if response.ok else None
        if not isinstance(content, dict) or not isinstance(content.get("access_token"), str):
            raise NonsenseError(
                f"Visma's sign-in at {url_without_query(self._token_url)} gave no token for company"
                f" {self._company} (status {response.status_code}, {media_type(response)}); it will"
                " be tried again"
            )
        return content

    def _keep(self, granted: Mapping[str, Any]) -> None:
        life = granted.get("expires_in")
        is_usable = isinstance(life, int | float) and 0 < life < LONGEST_TOKEN_SECONDS
        seconds = float(life) if is_usable and life else SHORT_LIFE_SECONDS
        margin = min(MARGIN_SECONDS, MARGIN_SHARE * seconds)
        self._good_until = self._now() + timedelta(seconds=seconds - margin)
        self._header = f"Bearer {granted['access_token']}"
