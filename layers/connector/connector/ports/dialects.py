"""What a vendor's tenant has been seen to understand, where the published word is open."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


BELIEVED = timedelta(days=1)
"""After so long a habit is found out again: a new token may speak otherwise."""


class Dialects(Protocol):
    """The dialect of each tenant, shared by all functions; what was learnt counts for a day."""

    def known(self, tenant: str) -> Mapping[str, str]:
        """What has been learnt of a tenant: habit to word."""

    def learn(self, tenant: str, habit: str, word: str) -> None:
        """Remembers one habit of a tenant."""
