"""What the mapping asks of Rippling beyond the usual: custom fields, and pay."""

from __future__ import annotations

from typing import Any

from connector.domain.mapping.model import MappingFile
from connector.ports.state import Mappings


class WatchedMappings:
    """Mappings that remember which custom fields the last one loaded names, and whether pay."""

    def __init__(self, mappings: Mappings) -> None:
        self._mappings = mappings
        self._names: frozenset[str] = frozenset()
        self._uses_pay = False

    def custom_fields(self) -> frozenset[str]:
        """The names of the custom fields that matter."""
        return self._names

    def uses_pay(self) -> bool:
        """Whether any rule asks for pay."""
        return self._uses_pay

    def load(self) -> MappingFile:
        """The mapping as it is now."""
        mapping = self._mappings.load()
        self.watch(mapping)
        return mapping

    def watch(self, mapping: MappingFile) -> None:
        """Has this mapping decide, before it is in the table."""
        named = (rules.department_custom_field for rules in mapping.companies.values())
        self._names = frozenset(name for name in named if name)
        self._uses_pay = mapping.uses_pay

    def rows(self) -> list[dict[str, Any]]:
        """The rows as they rest."""
        return self._mappings.rows()

    def replace(self, mapping: MappingFile) -> tuple[int, int]:
        """Makes the table hold exactly this mapping."""
        return self._mappings.replace(mapping)
