"""The mapping for whoever asks often: loaded again only once it is another one.

Every edit is announced by its digest before anyone is queued because of it, so one small read tells
whether the mapping at hand is still the one. Whatever the size of the mapping, that read is small.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from connector.domain.errors import ConnectorError
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
        self._is_settled = False

    def load(self) -> MappingFile:
        """See `Mappings`. What was announced last is as good as what stands in the table."""
        if self._known is not None and (
            self._is_settled or self._digest == self._versions.announced()
        ):
            return self._known
        self._known = self._mappings.load()
        self._digest = digest(to_rows(self._known))
        return self._known

    @contextmanager
    def settled(self) -> Iterator[None]:
        """Within, no one asks again: for the messages of one batch, which were queued before it.

        A mapping that cannot be loaded now is asked for by each of them.
        """
        try:
            self._is_settled = self._has_loaded()
            yield
        finally:
            self._is_settled = False

    def rows(self) -> list[dict[str, Any]]:
        """See `Mappings`."""
        return self._mappings.rows()

    def replace(self, mapping: MappingFile) -> tuple[int, int]:
        """See `Mappings`."""
        return self._mappings.replace(mapping)

    def _has_loaded(self) -> bool:
        try:
            self.load()
        except ConnectorError:
            return False
        return True
