"""An App Shop app over the fake Rippling: one secret, one lease, any number of functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from connector.adapters.http.client import HttpClient
from connector.adapters.memory import InMemoryCursors, InMemorySecrets
from connector.adapters.rippling.app_sign_in import RipplingOAuthSignIn
from connector.adapters.rippling.oauth import RipplingInstallation, RipplingTokenEndpoint
from connector.domain.errors import RetryableError
from connector.ports.secrets import Pending, RipplingCredentials
from tests.simulator import Rippling
from tests.simulator.rippling_oauth import DEMO_APP, TOKEN_PATH
from tests.support.clock import HandClock
from tests.support.world import CountedMetrics


class Vault(InMemorySecrets):
    """The secrets, which can be busy, and which say what they were told to store."""

    def __init__(self, credentials: RipplingCredentials) -> None:
        super().__init__(credentials)
        self.stored: list[str | None] = []
        self.busy = 0

    def store_rippling_tokens(
        self, access_token: str, refresh_token: str | None, expires_at: datetime
    ) -> None:
        if self.busy:
            self.busy -= 1
            raise RetryableError("Secrets Manager is busy")
        super().store_rippling_tokens(access_token, refresh_token, expires_at)
        self.stored.append(refresh_token)

    def confirm(self, pending: Pending, company_id: str) -> None:
        super().confirm(pending, company_id)
        self.stored.append(pending.refresh_token)


class Bench:
    """One secret, one table of leases, and as many functions as a test wants."""

    def __init__(self, rippling: Rippling, clock: HandClock) -> None:
        self.rippling, self.clock = rippling, clock
        self.vault = Vault(RipplingCredentials(**DEMO_APP))
        self.leases = InMemoryCursors(clock)
        self.metrics: Counter[str] = Counter()
        self.naps: list[float] = []
        self.nap: Callable[[float], None] = self.naps.append

    def installation(self, token_url: str | None = None) -> RipplingInstallation:
        counted = CountedMetrics()
        counted.counts = self.metrics
        endpoint = RipplingTokenEndpoint(
            token_url or self.rippling.token_url,
            self.vault,
            sleep=self.nap,
            now=self.clock.now,
        )
        return RipplingInstallation(endpoint, self.vault, self.leases, counted, sleep=self.nap)

    def installed(self) -> Bench:
        self.installation().install(self.rippling.app_shop.approve())
        pending = self.vault.pending()
        assert pending is not None
        self.vault.confirm(pending, "company")
        return self

    def sign_in(self) -> RipplingOAuthSignIn:
        return RipplingOAuthSignIn(self.installation(), self.vault, now=self.clock.now)

    def client(self, sign_in: RipplingOAuthSignIn | None = None) -> HttpClient:
        sign_in = sign_in or self.sign_in()
        return HttpClient(
            "Rippling",
            self.rippling.url,
            authorization=sign_in.authorization,
            sleep=self.nap,
        )

    def token_calls(self) -> list[str]:
        calls = self.rippling.calls("POST", TOKEN_PATH)
        return [call.body["grant_type"] for call in calls]

    @property
    def held(self) -> RipplingCredentials:
        return self.vault.rippling()
