"""What runs have found, in the `WatermarksTable`: what they put on the queue, and new employments.

One row each, whatever the number of people.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from connector.adapters.found_employments import KEPT, minute_of, with_found

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from connector.adapters.aws.dynamodb import Item
    from connector.adapters.aws.watermarks.table import WatermarksTable
    from connector.ports.clock import Clock

QUEUED = "queued"
EMPLOYMENTS = "employments"


class DynamoQueuedChanges:
    """For each worker a digest of why they were queued, and the minute."""

    def __init__(self, rows: WatermarksTable) -> None:
        self._rows = rows

    def load(self) -> dict[str, tuple[str, datetime]]:
        queued = self._rows.read(QUEUED).get("workers", {})
        return {
            worker: (str(digest), datetime.fromtimestamp(int(minute) * 60, UTC))
            for worker, (digest, minute) in queued.items()
        }

    def save(self, queued: Mapping[str, tuple[str, datetime]]) -> None:
        workers = {worker: [digest, minute_of(at)] for worker, (digest, at) in queued.items()}
        self._rows.put_of_any_size(QUEUED, {"workers": workers})


class DynamoFoundEmployments:
    """For each person the employments that were found, and the minute."""

    def __init__(self, rows: WatermarksTable, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock

    def note(self, found: Mapping[str, Collection[str]]) -> None:
        now = self._clock.now()

        def changed(item: Item) -> dict[str, object]:
            before = {
                person: {worker: int(minute) for worker, minute in workers.items()}
                for person, workers in item.get("people", {}).items()
            }
            people = with_found(before, found, now)
            return {"people": people, "expires_at": int((now + KEPT).timestamp())}

        self._rows.change(EMPLOYMENTS, changed)

    def of(self, person_id: str) -> list[str]:
        people = self._rows.read(EMPLOYMENTS).get("people", {})
        return list(people.get(person_id, {}))
