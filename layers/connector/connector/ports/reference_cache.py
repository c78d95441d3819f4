"""Reference data of both vendors, cached between runs and shared by all functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from connector.domain.catalogue import Catalogue


class ReferenceCache(Protocol):
    """What was last read of reference data; how old it may be is for its reader to say."""

    def catalogue(self, company: str) -> Catalogue:
        """The cached catalogue of a company; an empty one where none was read."""

    def save_catalogue(self, company: str, catalogue: Catalogue) -> None:
        """Caches the catalogue of a company."""

    def locations(self) -> tuple[datetime, Mapping[str, str]] | None:
        """The cached names of the Rippling work locations, and when they were read."""

    def save_locations(self, read_at: datetime, names: Mapping[str, str]) -> None:
        """Caches the names of the Rippling work locations."""
