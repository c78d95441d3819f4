"""Which custom fields of Rippling the mapping asks for: the others are never kept."""

from __future__ import annotations

from typing import Any

from connector.domain.mapping import MappingFile
from connector.ports import Mappings


class WatchedMappings:
    """Mappings that remember which custom fields the last one loaded names."""

    def __init__(self, mappings: Mappings) -> None:
        self._mappings = mappings
        self._names: frozenset[str] = frozenset()

    def custom_fields(self) -> frozenset[str]:
        """The names of the custom fields that matter."""
        return self._names

    def load(self) -> MappingFile:
        """The mapping as it is now."""
        mapping = self._mappings.load()
        self.watch(mapping)
        return mapping

    def watch(self, mapping: MappingFile) -> None:
        """Has this mapping decide, before it is in the table."""
        named = (rules.department_custom_field for rules in mapping.companies.values())
        self._names = frozenset(name for name in named if name)

    def rows(self) -> list[dict[str, Any]]:
        """The rows as they rest."""
        return self._mappings.rows()

    def replace(self, mapping: MappingFile) -> tuple[int, int]:
        """Makes the table hold exactly this mapping."""
        return self._mappings.replace(mapping)
