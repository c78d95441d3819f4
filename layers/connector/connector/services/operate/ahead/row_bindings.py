"""Which things in Rippling the rows of a file would mean once it is imported.

Rippling is asked what departments and locations are called now; what it gives no list of, and a
list that cannot be read, is left to be seen when its people are read next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from connector.domain.errors import ConfigurationError, RetryableError
from connector.domain.facts import Named
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.naming.apart import Apart, all_apart
from connector.domain.mapping.naming.bindings import NO_WORDS, NamedKind, Words, brought_back
from connector.domain.mapping.naming.memory import NameMemory
from connector.domain.mapping.naming.settling import (
    Lists,
    Rebound,
    Unclear,
    returned,
    settled,
    unclear,
)
from connector.domain.mapping.naming.words import words_of
from connector.ports.clock import Clock
from connector.ports.reference_cache import ReferenceCache
from connector.ports.rippling import Source
from connector.services.shared.names import KnownNames
from connector.services.shared.requirements import WatchedMappings


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the words of a mapping would mean, and which of them mean something else than now.

    Of the mapping `is_in_use` it says what they mean. An import does not settle what is `unclear`.
    """

    mapping: MappingFile
    words: Words
    memory: NameMemory
    rebound: Sequence[Rebound] = ()
    unclear: Sequence[Unclear] = ()
    lists: Lists = field(default_factory=dict)
    is_in_use: bool = False

    @property
    def told(self) -> list[str]:
        """Each word that means something else, as a sentence."""
        return [each.message for each in self.rebound]

    @property
    def apart(self) -> list[Apart]:
        """The words whose rows mean something that is called otherwise now, or none any more."""
        return list(all_apart(self.memory, self.mapping))

    @property
    def names(self) -> KnownNames:
        """The people of the ledger as the mapping would see them, by the names of today."""
        return KnownNames(self.memory, self.words)

    def named(
        self, kind: NamedKind, read: Callable[[], Iterable[Named]], *besides: Named
    ) -> tuple[Named, ...]:
        """Things of Rippling with the words that mean them; read, unless that was just done."""
        words, things = self.words.get(kind, NO_WORDS), self.lists.get(kind)
        having = (*(read() if things is None else things), *besides)
        return tuple(self.memory.recalled(kind, thing, words) for thing in having)


@dataclass(frozen=True, slots=True)
class RowBindings:
    """Settles what rows mean; nothing is stored before `keep`."""

    source: Source
    mappings: WatchedMappings
    cache: ReferenceCache
    clock: Clock

    def settle(self, mapping: MappingFile) -> Settlement:
        """What the words of a mapping would mean if it were imported now.

        Raises:
            ConfigurationError: with every word of which nobody can tell what it means.
        """
        settlement = self._settled(mapping)
        if settlement.unclear:
            raise ConfigurationError(each.message for each in settlement.unclear)
        return settlement

    def _settled(self, mapping: MappingFile) -> Settlement:
        in_use, words, lists = self._words_in_use(), words_of(mapping), self._lists()
        before = self.cache.names()
        memory, rebound = settled(before, in_use, words, lists, self.clock.now())
        open_words = list(unclear(before, in_use, words, lists))
        return Settlement(mapping, words, memory, rebound, open_words, lists)

    def known(self, mapping: MappingFile) -> Settlement:
        """What the words of the mapping in use mean; Rippling is not asked."""
        return Settlement(mapping, words_of(mapping), self.cache.names(), is_in_use=True)

    def brought_back(self, mapping: MappingFile) -> Settlement:
        """What the words of a mapping meant when it was in use before; Rippling is not asked."""
        words, memory = words_of(mapping), self.cache.names()
        today = self.clock.now().date().isoformat()
        memory = replace(memory, bindings=brought_back(memory.bindings, words, today))
        rebound = list(returned(memory, self._words_in_use(), words))
        return Settlement(mapping, words, memory, rebound)

    def keep(self, settlement: Settlement) -> None:
        """Stores it, before the mapping is in force: nobody works by it until then."""
        self.cache.share(settlement.memory)

    def watch(self, mapping: MappingFile, *, is_check: bool = False) -> Settlement:
        """Has Rippling read by a mapping, its words as they are, or would be after an import.

        A check learns as well what an import of the mapping in use would not settle.
        """
        is_in_use = self._words_in_use() == words_of(mapping)
        found = self.known(mapping)
        if is_check or not is_in_use:
            after = self._settled(mapping)
            found = replace(found, unclear=after.unclear, lists=after.lists) if is_in_use else after
        self.mappings.watch(mapping, None if is_in_use else found.memory)
        return found

    def _words_in_use(self) -> Words:
        try:
            return words_of(self.mappings.load())
        except ConfigurationError:
            return {}

    def _lists(self) -> dict[NamedKind, Sequence[Named]]:
        found = (
            (NamedKind.DEPARTMENT, listed(self.source.departments)),
            (NamedKind.LOCATION, listed(self.source.locations)),
        )
        return {kind: things for kind, things in found if things is not None}


def listed(read: Callable[[], Iterable[Named]]) -> list[Named] | None:
    """All of a list; None where it cannot be read now."""
    try:
        return list(read())
    except (ConfigurationError, RetryableError):
        return None
