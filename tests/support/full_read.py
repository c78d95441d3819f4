"""A full sweep in a process of its own, as a function would run it; prints what it took.

`python -m tests.support.full_read RIPPLING_URL TOKEN`. The adapters of AWS are loaded, as in the
function, but the ledger and the queue are in memory, so that only reading is measured.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import boto3

from connector.adapters.clock import SystemClock
from connector.adapters.http.client import HttpClient
from connector.adapters.memory import (
    InMemoryChangeQueue,
    InMemoryLedger,
    InMemoryMappings,
    InMemoryPollingPauses,
    InMemorySecrets,
    InMemoryWatermarks,
)
from connector.adapters.rippling.rest import RipplingRestSource
from connector.adapters.visma.client import VismaTargets
from connector.domain.mapping import file as mapping_file
from connector.services.find.changes import ChangeReader
from connector.services.find.comparison import WorkerComparison
from connector.services.find.poller import Poller
from connector.services.find.releaser import WaitingReleaser
from connector.services.find.review import DailyReview
from connector.services.find.sweep import SweepReader
from connector.services.shared.catalogues import Catalogues
from connector.services.shared.guarding import ChangeGuard
from connector.services.shared.location_names import LocationNames

MAPPING = """
companies:
  norway:
    legal_entities: ["*"]
    time_zone: Europe/Oslo
"""


class NoMetrics:
    """Counts nothing."""

    def count(self, name: str, value: float = 1) -> None:
        """Counts nothing."""


def main() -> None:
    """Reads everybody once."""
    url, token = sys.argv[1:]
    clock = SystemClock()
    watermarks = InMemoryWatermarks(clock)
    names = LocationNames(watermarks, clock)
    http = HttpClient("Rippling", url, authorization=lambda _: f"Bearer {token}")
    source = RipplingRestSource(http, location_names=names.names)
    names.read = source.locations
    targets = VismaTargets(InMemorySecrets(), "http://127.0.0.1:9", "http://127.0.0.1:9")
    ledger = InMemoryLedger(clock)
    catalogues = Catalogues(targets, watermarks, clock)
    guard = ChangeGuard(ledger, watermarks, watermarks, InMemoryChangeQueue(), clock)
    comparison = WorkerComparison(ledger, catalogues, guard)
    poller = Poller(
        cursors=watermarks,
        mappings=InMemoryMappings(mapping_file.parse(MAPPING)),
        changes=ChangeReader(source, comparison, clock, NoMetrics()),
        sweep=SweepReader(
            source=source,
            ledger=ledger,
            comparison=comparison,
            review=DailyReview(ledger, targets, guard),
            clock=clock,
            metrics=NoMetrics(),
        ),
        releaser=WaitingReleaser(ledger, watermarks, catalogues, guard, clock),
        guard=guard,
        pauses=InMemoryPollingPauses(clock),
        metrics=NoMetrics(),
    )
    summary = poller.run(full_sweep=True)
    answer = {"workers": summary.workers_read, "peak_kb": _peak_kb(), "boto3": boto3.__version__}
    sys.stdout.write(json.dumps(answer))


def _peak_kb() -> int:
    """The greatest resident size; not `ru_maxrss`, which counts the parent's before the exec."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])


if __name__ == "__main__":
    main()
