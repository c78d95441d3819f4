"""Putting an installation of the app into use, once an operator has said whose it is.

A link may reach somebody of another company: whoever approves it decides whose people the connector
sees. Until somebody here confirms, the tokens of before are used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from connector.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from connector.ports.clock import Clock
    from connector.ports.secrets import Owner, RipplingSecret

LIFETIME = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class InstallConfirmation:
    """The service behind `connector oauth confirm`; `owner_of` asks with an access token."""

    secrets: RipplingSecret
    owner_of: Callable[[str], Owner]
    clock: Clock

    def confirm(self, company: str) -> dict[str, Any]:
        """Shows whose the new installation is; with that company named, it is put into use.

        Raises:
            ConfigurationError: there is none, it is too old, or another company was named.
        """
        pending = self.secrets.pending()
        if pending is None:
            raise ConfigurationError(
                "no installation waits to be confirmed: begin with connector oauth start"
            )
        if self.clock.now() - pending.since > LIFETIME:
            raise ConfigurationError(
                "the installation was made more than a day ago and nobody confirmed it: begin"
                " again with connector oauth start"
            )
        company_id, name = self.owner_of(pending.access_token)
        in_use = self.secrets.rippling().company_id
        told = {
            "company_id": company_id,
            "company": name,
            "since": pending.since.isoformat(timespec="seconds"),
            "in_use": in_use,
            "is_another": in_use not in (None, company_id),
        }
        if not company:
            return {**told, "confirmed": False}
        if company.strip().casefold() not in (company_id.casefold(), name.casefold()):
            raise ConfigurationError(
                f"the installation is of {name} ({company_id}), not of {company}: nothing was"
                " changed. If it should not be there, begin again with connector oauth start"
            )
        self.secrets.confirm(pending, company_id)
        return {**told, "confirmed": True}
