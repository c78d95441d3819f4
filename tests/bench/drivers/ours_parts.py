"""What the connector's services are joined from: both vendors over HTTP, tables in memory.

The state can be put into a file, so that each stage is a process of its own.
"""

from __future__ import annotations

import copyreg
import pickle
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, NoReturn

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
    InMemoryTables,
)
from connector.adapters.rippling.sign_in import RipplingSignIn
from connector.adapters.visma.targets import VismaTargets
from connector.bootstrap.parts import Adapters, Options
from connector.bootstrap.vendors import rippling_source, rippling_watch, visma_watch
from connector.domain.mapping import file as mapping_file
from connector.domain.records.digests import DigestKey
from connector.domain.records.mode import Mode, ModeName
from connector.ports.secrets import RipplingCredentials, VismaCredentials
from connector.services.shared.requirements import WatchedMappings
from connector.services.shared.shape_watch import ShapeWatches

NOT_KEPT = (SystemClock, type(Lock()))
"""What each process has for itself."""

OPTIONS = Options(mode=ModeName.LIVE, cost_allocation=False)


def _secret() -> bytes:
    return b"the key of a bench"


KEY = DigestKey(_secret)


def _key() -> DigestKey:
    return KEY


copyreg.pickle(DigestKey, lambda _: (_key, ()))  # it is the same in each stage


class TurnedClock(SystemClock):
    """The system's clock, turned instead of waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.turned = 0.0

    def now(self) -> datetime:
        """The present moment and what was turned."""
        return super().now() + timedelta(seconds=self.turned)

    def turn(self, seconds: float) -> None:
        """As if so long had been waited."""
        self.turned += seconds


class NoMetrics:
    """Counts nothing."""

    def count(self, name: str, value: float = 1) -> None:
        """Counts nothing."""

    def deviates(self, tenant: str, text: str) -> None:
        """Tells nobody."""

    def gauge(self, name: str, value: float, **dimensions: str) -> None:
        """Shows nothing."""


class Parts:
    """Adapters for one task of the bench; `tables` and `cursors` outlive a process."""

    def __init__(self, task: dict[str, Any]) -> None:
        self.clock = TurnedClock()
        self.queue = InMemoryChangeQueue()
        self._kept: dict[str, Any] = {
            "clock": self.clock,
            "tables": InMemoryTables(),
            "cursors": InMemoryCursors(self.clock),
            "versions": InMemoryMappingVersions(),
            "dialects": InMemoryDialects(self.clock),
            "cache": InMemoryReferenceCache(),
        }
        self._file = Path(task["folder"], "state.pickle")
        if self._file.exists():
            kept = pickle.loads(self._file.read_bytes())  # noqa: S301 - our own, of the stage before
            for name, attributes in kept.items():
                _set(self._kept[name], attributes)
        self.tables: InMemoryTables = self._kept["tables"]
        self.adapters = self._adapters(task)

    def save(self) -> None:
        """Keeps what the next stage builds on."""
        kept = {name: _attributes(part) for name, part in self._kept.items()}
        self._file.write_bytes(pickle.dumps(kept))

    def _adapters(self, task: dict[str, Any]) -> Adapters:
        clock, kept = self.clock, self._kept
        mappings = WatchedMappings(InMemoryMappings(mapping_file.parse(task["mapping"])), clock)
        watches = ShapeWatches(InMemoryShapeMemory(clock), NoMetrics())
        secrets = InMemorySecrets(
            RipplingCredentials(api_token=task["token"]),
            {key: VismaCredentials(**each) for key, each in task["companies"].items()},
        )
        http = HttpClient(
            "Rippling",
            task["url"],
            authorization=RipplingSignIn(secrets).authorization,
            watch=rippling_watch(watches, "rest"),
        )
        targets = VismaTargets(
            secrets,
            task["visma"],
            task["visma_token"],
            dialects=kept["dialects"],
            sleep=clock.turn,
            now=clock.now,
            watch=partial(visma_watch, watches),
        )
        return Adapters(
            clock=clock,
            mappings=mappings,
            ledger=InMemoryLedger(clock, self.tables, key=KEY),
            cache=kept["cache"],
            guard_log=InMemoryGuardLog(clock),
            queue=self.queue,
            queued=InMemoryQueuedChanges(),
            employments=InMemoryFoundEmployments(clock),
            mapping_versions=kept["versions"],
            metrics=NoMetrics(),
            secrets=secrets,
            source=rippling_source("rest", http, mappings, kept["cache"], kept["dialects"], clock),
            targets=targets,
            cursors=kept["cursors"],
            agreements=InMemoryAgreements(),
            pauses=InMemoryPollingPauses(clock),
            modes=InMemoryModes(Mode(ModeName.LIVE)),
            approvals=InMemoryApprovals(),
            watches=watches,
            attempts=InMemoryFailedAttempts(clock),
            payroll=_no_payroll,
        )


def _no_payroll() -> NoReturn:
    raise AssertionError("no one exports payroll runs here")


def _attributes(part: Any) -> dict[str, Any]:
    names = getattr(part, "__slots__", None) or list(vars(part))
    found = {name: getattr(part, name) for name in names}
    return {name: value for name, value in found.items() if not isinstance(value, NOT_KEPT)}


def _set(part: Any, attributes: dict[str, Any]) -> None:
    for name, value in attributes.items():
        setattr(part, name, value)
