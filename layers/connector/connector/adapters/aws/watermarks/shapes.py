"""What each tenant's answers do otherwise than published, in the `WatermarksTable`.

A row for each tenant, readable in the console. Two functions that see something at the same moment
may overwrite each other; the next process that sees it notes it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.shapes.sightings import Sighting, known, noted

if TYPE_CHECKING:
    from collections.abc import Collection

    from connector.adapters.aws.watermarks.table import WatermarksTable
    from connector.domain.shapes.deviation import Deviation
    from connector.domain.shapes.sightings import Sightings
    from connector.ports.clock import Clock


class DynamoShapeMemory:
    """The deviations of each tenant."""

    def __init__(self, rows: WatermarksTable, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock

    def seen(self, tenant: str) -> list[Sighting]:
        return sorted(self._known(tenant).values(), key=lambda each: each.deviation)

    def note(self, tenant: str, deviations: Collection[Deviation]) -> Collection[Deviation]:
        before = self._known(tenant)
        after = noted(before, deviations, self._clock.now())
        if after is not None:
            self._rows.put(_key(tenant), {"sightings": [each.to_row() for each in after.values()]})
        return [each for each in deviations if each not in before]

    def _known(self, tenant: str) -> Sightings:
        return known(self._rows.read(_key(tenant)).get("sightings", ()), self._clock.now())


def _key(tenant: str) -> str:
    return f"shapes {tenant}"
