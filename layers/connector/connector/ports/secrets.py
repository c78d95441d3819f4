"""The credentials of both vendors, and who may knock at the public doors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeAlias

UNSAID = "unsaid"
"""Stands for a company where Rippling does not say which one it is."""

Owner: TypeAlias = tuple[str, str]
"""A company of Rippling: its id and its name."""


@dataclass(frozen=True, slots=True)
class RipplingCredentials:
    """How to sign in to Rippling."""

    api_token: str | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    redirect_uri: str | None = None
    access_token: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    company_id: str | None = None
    """The Rippling company whose installation is in use, once somebody has confirmed one."""

    @property
    def is_app(self) -> bool:
        """Whether the OAuth client of an App Shop app is there."""
        return bool(self.client_id and self.client_secret and self.redirect_uri)


@dataclass(frozen=True, slots=True)
class Pending:
    """An installation that is not in use: nobody has confirmed whose it is."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime
    since: datetime


@dataclass(frozen=True, slots=True)
class VismaCredentials:
    """How to sign in to one Visma company."""

    client_id: str
    client_secret: str = field(repr=False)
    tenant_id: str
    company_id: str | None = None


class WebhookSecrets(Protocol):
    """The webhook secret: what lets a sender in. An empty one lets nobody in.

    Raises:
        ConfigurationError: the part that is asked for is unusable.
    """

    def webhook_tokens(self) -> Sequence[str]:
        """The bearer tokens that Rippling's webhook may carry."""

    def webhook_company(self) -> str | None:
        """The Rippling company that a webhook must be about, if that is to be checked."""

    def notification_keys(self) -> Mapping[str, str]:
        """The keys by which Visma signs its notifications, by company."""

    def problems(self) -> list[str] | None:
        """Everything that is wrong with the secret, read afresh; None where it is empty."""


class RipplingSecret(Protocol):
    """The Rippling secret. Its value is cached for minutes; `fresh` reads it again.

    Raises:
        ConfigurationError: the secret is empty or unusable; with every problem in it.
    """

    def rippling(self, *, fresh: bool = False) -> RipplingCredentials:
        """How to sign in to Rippling."""

    def store_rippling_tokens(
        self, access_token: str, refresh_token: str | None, expires_at: datetime
    ) -> None:
        """Puts an installation's newest tokens into the Rippling secret; all else in it stays.

        Without a new refresh token the one that is there stays, too.
        """

    def store_pending(self, pending: Pending) -> None:
        """Puts the tokens of a new installation beside those in use, in place of an older one."""

    def pending(self) -> Pending | None:
        """The installation that nobody has confirmed yet, read afresh."""

    def confirm(self, pending: Pending, company_id: str) -> None:
        """Puts a new installation into use, and remembers whose it is."""


class VismaSecret(Protocol):
    """The Visma secret. Its value is cached for minutes; `fresh` reads it again.

    Raises:
        ConfigurationError: the secret is empty or unusable; with every problem in it.
    """

    def visma(self, *, fresh: bool = False) -> Mapping[str, VismaCredentials]:
        """How to sign in to each Visma company, by company key."""

    def visma_company(self, company: str, *, fresh: bool = False) -> VismaCredentials | None:
        """The same for one company, whatever is wrong with the others; None where it is missing."""


class Secrets(RipplingSecret, VismaSecret, Protocol):
    """Both secrets, for whoever talks to both vendors."""
