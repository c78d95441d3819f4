"""Making up for edits of the mapping: lost announcements, and writes that an edit has crossed.

The releaser handles an edit as soon as its announcement comes. Here a tick sees to it that none is
missed: a mapping that nobody has handled, or that was handled a moment ago, is looked at again.
So is the mapping of a new day, where its rows hold from that day on, or no longer do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

from connector.domain.changes import Cause
from connector.domain.mapping.impact import has_moved
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.naming.words import words_of
from connector.domain.mapping.rows import digest_of
from connector.domain.mapping.versions import HandledMapping
from connector.ports.clock import Clock
from connector.ports.ledger import Ledger
from connector.ports.reference_cache import ReferenceCache
from connector.ports.state import MappingVersions
from connector.services.find.batch import Batch
from connector.services.find.releaser import is_of
from connector.services.shared.guarding import ChangeGuard
from connector.services.shared.names import KnownNames

SETTLED_AFTER = timedelta(minutes=10)
"""By then every write is over that was decided under the mapping before."""


@dataclass(frozen=True, slots=True)
class MappingCatchUp:
    """Finds whom an edit touches that was not handled, or crossed a write."""

    versions: MappingVersions
    ledger: Ledger
    cache: ReferenceCache
    guard: ChangeGuard
    clock: Clock

    def read(self, mapping: MappingFile) -> tuple[Batch, HandledMapping | None]:
        """The people to look at, and what is handled once they are queued; usually nothing."""
        now, handled = self.clock.now(), self.versions.handled()
        if not handled.is_of(mapping):
            current = HandledMapping.of(mapping, now)
            self.versions.announce(digest_of(mapping.written))
            touched = {
                company
                for company, rules in current.whole.items()
                if handled.whole.get(company) != rules
            }
            return self._moved(mapping, touched), current
        if handled.is_settled or (handled.since and now - handled.since < SETTLED_AFTER):
            return Batch(), None
        return self._moved(mapping, set()), replace(handled, is_settled=True)

    def _moved(self, mapping: MappingFile, touched: set[str]) -> Batch:
        catalogue_of = cache(self.cache.catalogue)
        names = KnownNames(self.cache.names(), words_of(mapping))
        moved = [
            person
            for person in map(names.sees, self.ledger.persons())
            if person.facts
            and (
                is_of(person, touched)
                or has_moved(person, mapping, catalogue_of, by_rules_alone=True)
            )
        ]
        return Batch(tuple(self.guard.assess_known(moved, Cause.MAPPING, mapping)))
