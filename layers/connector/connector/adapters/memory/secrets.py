"""The secrets in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from connector.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from connector.ports.secrets import Pending, RipplingCredentials, VismaCredentials


class InMemorySecrets:
    """The two secrets in memory; one that is None is empty."""

    def __init__(
        self,
        rippling: RipplingCredentials | None = None,
        visma: Mapping[str, VismaCredentials] | None = None,
    ) -> None:
        self._rippling = rippling
        self._visma = visma
        self._pending: Pending | None = None

    def rippling(self, *, fresh: bool = False) -> RipplingCredentials:
        if self._rippling is None:
            raise ConfigurationError("the Rippling secret is empty")
        return self._rippling

    def visma(self, *, fresh: bool = False) -> Mapping[str, VismaCredentials]:
        if self._visma is None:
            raise ConfigurationError("the Visma secret is empty")
        return self._visma

    def visma_company(self, company: str, *, fresh: bool = False) -> VismaCredentials | None:
        return self.visma().get(company)

    def store_rippling_tokens(
        self, access_token: str, refresh_token: str | None, expires_at: datetime
    ) -> None:
        held = self.rippling()
        self._rippling = replace(
            held,
            access_token=access_token,
            refresh_token=refresh_token or held.refresh_token,
            expires_at=expires_at,
        )

    def store_pending(self, pending: Pending) -> None:
        self.rippling()
        self._pending = pending

    def pending(self) -> Pending | None:
        self.rippling()
        return self._pending

    def confirm(self, pending: Pending, company_id: str) -> None:
        self._rippling = replace(
            self.rippling(),
            access_token=pending.access_token,
            refresh_token=pending.refresh_token,
            expires_at=pending.expires_at,
            company_id=company_id,
        )
        self._pending = None


@dataclass
class InMemoryWebhookSecrets:
    """Who may knock at the public doors."""

    tokens: tuple[str, ...] = ()
    company_id: str | None = None
    keys: dict[str, str] = field(default_factory=dict)

    def webhook_tokens(self) -> tuple[str, ...]:
        return self.tokens

    def webhook_company(self) -> str | None:
        return self.company_id

    def notification_keys(self) -> dict[str, str]:
        return self.keys

    def problems(self) -> list[str] | None:
        return [] if self.tokens or self.keys else None
