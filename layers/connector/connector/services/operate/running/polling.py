"""Running the poller by hand: one tick, or a full sweep to its end.

Nothing is decided here. The poller does what it does by itself, under its own lease and guards, and
what it answers is shown; a sweep that ran out of time goes on with the next run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.domain.records.times import timestamp
from connector.ports.clock import Clock
from connector.ports.recheck import PollerRuns
from connector.services.operate.json_types import JsonObject

LOOK_SECONDS = 5.0
"""So long after it met another run, a sweep tries again."""

PATIENCE = timedelta(minutes=10)
"""So long a sweep waits for another run: longer than a run and its lease can last."""


@dataclass(frozen=True, slots=True)
class Polling:
    """The service behind `connector tick` and `sweep`."""

    poller: PollerRuns
    clock: Clock
    sleep: Callable[[float], None] = time.sleep

    def tick(self) -> JsonObject:
        """One run, as the schedule has it.

        Raises:
            ConfigurationError: the poller refused to run.
            RetryableError: the poller did not answer; it may be running all the same.
        """
        return self._ran(self.poller.run(full_sweep=False), is_over=True)

    def sweep(self, started: str, *, is_first: bool) -> JsonObject:
        """A run of a full sweep: the first begins it, the others go on with it.

        Where another run is under way, the poller leaves the sweep to the next run.
        Raises as `tick` does.
        """
        began = started or timestamp(self.clock.now())
        result = self._ran(self.poller.run(full_sweep=is_first), is_over=False)
        is_met = result["skipped"] and not result["problems"]
        waited = self.clock.now() - datetime.fromisoformat(began)
        is_cut = result["sweep"] == "cut short" and not result.get("goes_nowhere")
        goes_on = is_cut or (is_met and waited < PATIENCE)
        if is_met and goes_on:
            self.sleep(LOOK_SECONDS)
        return {**result, "started": began, "is_over": not goes_on or result["postponed"]}

    def _ran(self, summary: JsonObject, *, is_over: bool) -> JsonObject:
        return {**summary, "runs": 1, "is_over": is_over}
