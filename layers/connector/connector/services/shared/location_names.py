"""The names of Rippling's work locations: a worker carries only an id, the mapping uses names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from connector.domain.facts import Named
from connector.ports.clock import Clock
from connector.ports.reference_cache import ReferenceCache

READ_AGAIN_SECONDS = 600.0
"""However many unknown ids turn up, the list is not read more often than this."""


class LocationNames:
    """Serves names from the cache that all functions share, and fills it when asked to."""

    def __init__(self, cache: ReferenceCache, clock: Clock) -> None:
        self._cache = cache
        self._clock = clock
        self._names: Mapping[str, str] | None = None
        self._read_at: datetime | None = None

    def names(self, read: Callable[[], list[Named]], read_fresh: bool = False) -> Mapping[str, str]:
        """Id to name. With `read_fresh` as `read` finds them, unless that was done a moment ago."""
        if self._names is None:
            cached = self._cache.locations()
            self._read_at, self._names = cached or (None, {})
        if self._read_at is None or (read_fresh and self._age() > READ_AGAIN_SECONDS):
            self._read_at = self._clock.now()
            self._names = {place.id or "": place.name or "" for place in read()}
            self._cache.save_locations(self._read_at, self._names)
        return self._names

    def _age(self) -> float:
        if self._read_at is None:
            return float("inf")
        return (self._clock.now() - self._read_at).total_seconds()
