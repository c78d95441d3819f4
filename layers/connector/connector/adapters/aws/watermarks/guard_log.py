"""What guards have found, in the `WatermarksTable`: the breaches of runs, and hourly counters."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from connector.domain.guards import Run

if TYPE_CHECKING:
    from connector.adapters.aws.watermarks.table import WatermarksTable
    from connector.ports.clock import Clock

COUNTED_FOR = timedelta(days=2)
"""A counter is for one hour, and no one looks at it later."""


class DynamoGuardLog:
    """A row for each run that a guard held, and one for each counter."""

    def __init__(self, rows: WatermarksTable, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock

    def run(self, run: str) -> Run:
        return Run.from_json(run, self._rows.read(f"run {run}"))

    def save_run(self, run: Run) -> None:
        self._rows.put(f"run {run.id}", run.to_json())

    def count_up(self, counter: str) -> int:
        """Adds one to a counter and says what it comes to; the table forgets it in two days."""
        then = int((self._clock.now() + COUNTED_FOR).timestamp())
        counted = self._rows.update(
            f"counter {counter}",
            "ADD #count :one SET #expires_at = :then",
            {":one": 1, ":then": then},
        )
        return int(counted["count"])
