"""The mapping for whoever asks often: loaded again only once it is another one.

Every edit is announced by its digest before anyone is queued because of it, so one small read tells
whether the mapping at hand is still the one; a change that was queued under it needs not even that.
"""

from __future__ import annotations

from typing import Any

from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.rows import digest, to_rows
from connector.ports.state import Mappings, MappingVersions


class CurrentMappings:
    """A `Mappings` that keeps what it has loaded, for one warm process."""

    def __init__(self, mappings: Mappings, versions: MappingVersions) -> None:
        self._mappings = mappings
        self._versions = versions
        self._known: MappingFile | None = None
        self._digest = ""

    def load(self, good_enough: str = "") -> MappingFile:
        """See `Mappings`. What was announced last is as good as what stands in the table."""
        if self._known is not None and self._is_current(good_enough):
            return self._known
        self._known = self._mappings.load()
        self._digest = digest(to_rows(self._known))
        return self._known

    def _is_current(self, good_enough: str) -> bool:
        return self._digest == good_enough or self._digest == self._versions.announced()

    def rows(self) -> list[dict[str, Any]]:
        """See `Mappings`."""
        return self._mappings.rows()

    def replace(self, mapping: MappingFile) -> tuple[int, int]:
        """See `Mappings`."""
        return self._mappings.replace(mapping)
