"""What the mapping asks of Rippling beyond the usual: custom fields, pay, and its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from connector.domain.errors import ConfigurationError
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.naming.bindings import Words
from connector.domain.mapping.naming.memory import NameMemory
from connector.domain.mapping.naming.words import words_of
from connector.ports.clock import Clock
from connector.ports.state import Mappings, nothing


@dataclass(frozen=True, slots=True)
class Requirements:
    """Which custom fields matter, by name, whether pay does, and how things are called."""

    custom_fields: frozenset[str] = frozenset()
    pay: bool = False
    words: Words = field(default_factory=dict)

    @classmethod
    def of(cls, mapping: MappingFile) -> Requirements:
        """What the rules of a mapping ask for."""
        named = (rules.department_custom_field for rules in mapping.companies.values())
        return cls(frozenset(name for name in named if name), mapping.uses_pay, words_of(mapping))


class WatchedMappings:
    """Mappings that say what the one loaded last asks for; where none was, one is loaded for it.

    Pay is wanted wherever a rule asks for it, and always where `with_pay` is said.
    """

    def __init__(self, mappings: Mappings, clock: Clock, *, with_pay: bool = False) -> None:
        self._mappings = mappings
        self._clock = clock
        self._with_pay = with_pay
        self._requirements: Requirements | None = None
        self._watched: MappingFile | None = None
        self._tried: NameMemory | None = None

    def custom_fields(self) -> frozenset[str]:
        """The names of the custom fields that matter."""
        return self._current().custom_fields

    def wants_pay(self) -> bool:
        """Whether pay is to be read."""
        return self._with_pay or self._current().pay

    def words(self) -> Words:
        """The words by which the mapping names things in Rippling."""
        return self._current().words

    def tried(self) -> NameMemory | None:
        """What the names would mean under a mapping that is not in use; None where it is."""
        return self._tried

    def load(self) -> MappingFile:
        """The mapping as it holds today; from here on its rules decide what is asked for."""
        mapping = self._mappings.load().in_force(self._clock.now())
        if mapping is not self._watched or self._tried is not None:
            self.watch(mapping)
        return mapping

    def go_by(self, mapping: MappingFile) -> None:
        """Lets the rules of a mapping decide that was loaded before, unless one is tried."""
        if mapping is not self._watched and self._tried is None:
            self.watch(mapping)

    def watch(self, mapping: MappingFile, tried: NameMemory | None = None) -> None:
        """Lets a mapping decide what is asked for before it is in the table.

        With `tried` its words mean what that memory says, and nothing is learned from a look by it.
        """
        self._watched, self._requirements = mapping, Requirements.of(mapping)
        self._tried = tried

    def rows(self) -> list[dict[str, Any]]:
        """The rows as they are stored."""
        return self._mappings.rows()

    def replace(
        self, mapping: MappingFile, seen: str | None = None, first: Callable[[], None] = nothing
    ) -> tuple[int, int]:
        """Makes the table hold exactly this mapping; how many rows were written and removed."""
        return self._mappings.replace(mapping, seen, first)

    def _current(self) -> Requirements:
        if self._requirements is None:
            try:
                mapping = self._mappings.load().in_force(self._clock.now())
                self._requirements = Requirements.of(mapping)
            except ConfigurationError:  # without a mapping nothing is decided that could need them
                self._requirements = Requirements()
        return self._requirements
