"""A full sweep in a process of its own, as a function would run it; prints what it took.

`python -m tests.support.full_read RIPPLING_URL TOKEN`. The adapters of AWS are loaded, as in the
function, but the ledger and the queue are in memory, so that only reading is measured.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NoReturn

import boto3

from connector.adapters.clock import SystemClock
from connector.adapters.http.client import HttpClient
from connector.adapters.memory import (
    InMemoryAgreements,
    InMemoryApprovals,
    InMemoryChangeQueue,
    InMemoryCursors,
    InMemoryDialects,
    InMemoryFailedAttempts,
    InMemoryFoundEmployments,
    InMemoryGuardLog,
    InMemoryLedger,
    InMemoryMappings,
    InMemoryMappingVersions,
    InMemoryModes,
    InMemoryPollingPauses,
    InMemoryQueuedChanges,
    InMemoryReferenceCache,
    InMemorySecrets,
    InMemoryShapeMemory,
)
from connector.adapters.visma.targets import VismaTargets
from connector.bootstrap import services
from connector.bootstrap.parts import Adapters, Options
from connector.bootstrap.vendors import rippling_source, rippling_watch
from connector.domain.mapping import file as mapping_file
from connector.domain.records.mode import ModeName
from connector.services.shared.requirements import WatchedMappings
from connector.services.shared.shape_watch import ShapeWatches

MAPPING = """
companies:
  norway:
    legal_entities: ["*"]
    time_zone: Europe/Oslo
"""


def _no_payroll() -> NoReturn:
    raise AssertionError("no one exports payroll runs here")


class NoMetrics:
    """Counts nothing."""

    def count(self, name: str, value: float = 1) -> None:
        """Counts nothing."""

    def deviates(self, tenant: str, text: str) -> None:
        """Tells nobody."""

    def gauge(self, name: str, value: float, **dimensions: str) -> None:
        """Shows nothing."""


def main() -> None:
    """Reads everyone once."""
    url, token = sys.argv[1:]
    clock, cache, secrets = SystemClock(), InMemoryReferenceCache(), InMemorySecrets()
    mappings = WatchedMappings(InMemoryMappings(mapping_file.parse(MAPPING)), clock)
    watches = ShapeWatches(InMemoryShapeMemory(clock), NoMetrics())
    http = HttpClient(
        "Rippling",
        url,
        authorization=lambda _: f"Bearer {token}",
        watch=rippling_watch(watches, "rest"),
    )
    adapters = Adapters(
        clock=clock,
        mappings=mappings,
        ledger=InMemoryLedger(clock),
        cache=cache,
        guard_log=InMemoryGuardLog(clock),
        queue=InMemoryChangeQueue(),
        queued=InMemoryQueuedChanges(),
        employments=InMemoryFoundEmployments(clock),
        mapping_versions=InMemoryMappingVersions(),
        metrics=NoMetrics(),
        secrets=secrets,
        source=rippling_source("rest", http, mappings, cache, InMemoryDialects(clock), clock),
        targets=VismaTargets(secrets, "http://127.0.0.1:9", "http://127.0.0.1:9"),
        cursors=InMemoryCursors(clock),
        agreements=InMemoryAgreements(),
        pauses=InMemoryPollingPauses(clock),
        modes=InMemoryModes(),
        approvals=InMemoryApprovals(),
        watches=watches,
        attempts=InMemoryFailedAttempts(clock),
        payroll=_no_payroll,
    )
    options = Options(mode=ModeName.LIVE, cost_allocation=False)
    poller = services.poller(adapters, options).poller
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
