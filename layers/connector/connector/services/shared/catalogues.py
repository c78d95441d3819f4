"""The cached catalogue of each company: read from Visma when too old, shared by all functions."""

from __future__ import annotations

from collections.abc import Iterable

from connector.domain.catalogue import Catalogue, Part
from connector.domain.mapping.model import CompanyRules
from connector.ports.clock import Clock
from connector.ports.reference_cache import ReferenceCache
from connector.ports.visma import Targets

FRESH_SECONDS = 900.0
"""A catalogue younger than this is believed as long as nothing seems to be missing."""

RECHECK_SECONDS = 10.0
"""Before a person has to wait, the parts in question are read again if older than this."""


class Catalogues:
    """Serves catalogues from the cache, and asks Visma no more than it must."""

    def __init__(self, targets: Targets, cache: ReferenceCache, clock: Clock) -> None:
        self._targets = targets
        self._cache = cache
        self._clock = clock
        self._cached: dict[str, Catalogue] = {}

    def current(self, company: str, rules: CompanyRules) -> Catalogue:
        """The catalogue of a company, no part of it older than `FRESH_SECONDS`."""
        cached = self._cached.get(company, Catalogue())
        if not cached.stale_parts(self._clock.now(), older_than=FRESH_SECONDS):
            return cached
        return self.checked(company, rules, tuple(Part), older_than=FRESH_SECONDS)

    def checked(
        self,
        company: str,
        rules: CompanyRules,
        parts: Iterable[Part],
        *,
        older_than: float = RECHECK_SECONDS,
    ) -> Catalogue:
        """The catalogue as all functions share it now, with none of `parts` older than that."""
        catalogue = self._cache.catalogue(company)
        now = self._clock.now()
        stale = catalogue.stale_parts(now, older_than=older_than, of=parts)
        if stale:
            read = self._targets.company(company).catalogue(stale, rules.cost_centre_segment)
            catalogue = catalogue.merged(read, now)
            self._cache.save_catalogue(company, catalogue)
        self._cached[company] = catalogue
        return catalogue

    def read_fresh(self, company: str, rules: CompanyRules) -> Catalogue:
        """The whole catalogue as Visma has it at this moment."""
        return self.checked(company, rules, tuple(Part), older_than=0)
