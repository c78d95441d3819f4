"""What the vendors' answers do otherwise than published, in memory, stored as rows all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.domain.shapes.sightings import Sighting, known, noted

if TYPE_CHECKING:
    from collections.abc import Collection

    from connector.domain.shapes.deviation import Deviation
    from connector.domain.shapes.sightings import Sightings
    from connector.ports.clock import Clock


class InMemoryShapeMemory:
    """The deviations of each tenant."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rows: dict[str, list[dict[str, Any]]] = {}

    def seen(self, tenant: str) -> list[Sighting]:
        return sorted(self._known(tenant).values(), key=lambda each: each.deviation)

    def note(self, tenant: str, deviations: Collection[Deviation]) -> Collection[Deviation]:
        before = self._known(tenant)
        after = noted(before, deviations, self._clock.now())
        if after is not None:
            self._rows[tenant] = [each.to_row() for each in after.values()]
        return [each for each in deviations if each not in before]

    def _known(self, tenant: str) -> Sightings:
        return known(self._rows.get(tenant, ()), self._clock.now())
