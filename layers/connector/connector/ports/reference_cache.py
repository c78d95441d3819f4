"""Reference data of both vendors, cached between runs and shared by all functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from connector.domain.catalogue import Catalogue
    from connector.domain.mapping.naming.memory import NameMemory


class ReferenceCache(Protocol):
    """What was last read of reference data; how old it may be is for its reader to say.

    Something too large to be cached is forgotten, and read again by whoever asks.
    """

    def catalogue(self, company: str) -> Catalogue:
        """The cached catalogue of a company; an empty one where none was read."""

    def save_catalogue(self, company: str, catalogue: Catalogue) -> None:
        """Caches the catalogue of a company."""

    def names(self) -> NameMemory:
        """The remembered names of things in Rippling; an empty memory where none was saved."""

    def share(self, memory: NameMemory) -> NameMemory:
        """Adds what a memory knows to the remembered names; what is remembered then.

        What others share at the same moment is kept.
        """
