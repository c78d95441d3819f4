"""The readers of services/find over a scripted source and tables in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.adapters.memory import (
    InMemoryAgreements,
    InMemoryApprovals,
    InMemoryChangeQueue,
    InMemoryCursors,
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
from connector.bootstrap import services
from connector.bootstrap.parts import Adapters, Options
from connector.domain.changes import Change
from connector.domain.checks import Check
from connector.domain.cursors import Cursor
from connector.domain.errors import RetryableError, UpstreamUnavailableError
from connector.domain.facts import Named
from connector.domain.people import Worker
from connector.domain.planning import Outcome
from connector.domain.records.ledger import EmployeeLink, Person
from connector.domain.records.mode import ModeName
from connector.ports.rippling import Page
from connector.ports.visma import Target, Targets
from connector.services.shared.requirements import WatchedMappings
from connector.services.shared.shape_watch import ShapeWatches
from tests.support.clock import HandClock
from tests.support.payroll import no_payroll
from tests.support.world import CountedMetrics
from tests.unit.builders import NOW, a_catalogue, a_mapping, a_worker

HOUR_AGO = NOW - timedelta(hours=1)


def worker(number: int, seconds: int | None = 0) -> Worker:
    """A worker who was changed so many seconds after `HOUR_AGO`."""
    changed = None if seconds is None else HOUR_AGO + timedelta(seconds=seconds)
    plain = a_worker(f"w{number}", f"p{number}")
    return Worker(plain.id, plain.person_id, plain.facts, plain.personal, changed)


@dataclass(frozen=True)
class Asked:
    """A read that was asked for."""

    cutoff: datetime | None
    page_token: str | None


class ScriptedSource:
    """Gives pages from a list; page tokens are places in it. An error in it is raised."""

    def __init__(self, pages: Sequence[Sequence[Worker] | Exception] = ()) -> None:
        self.pages = pages
        self.reads_increments = True
        self.asked: list[Asked] = []
        self.unusable: set[str] = set()

    def changed_since(self, cutoff: datetime, page_token: str | None = None) -> Iterator[Page]:
        return self._from(cutoff, page_token)

    def everyone(self, page_token: str | None = None) -> Iterator[Page]:
        return self._from(None, page_token)

    def _from(self, cutoff: datetime | None, page_token: str | None) -> Iterator[Page]:
        self.asked.append(Asked(cutoff, page_token))
        if page_token in self.unusable:
            raise UpstreamUnavailableError("the page token is unusable")
        for place in range(int(page_token or 0), len(self.pages)):
            page = self.pages[place]
            if isinstance(page, Exception):
                raise page
            yield Page(page, None if place + 1 == len(self.pages) else str(place + 1))

    def person_of(self, worker_id: str) -> str | None:
        return None

    def employments(
        self,
        worker_id: str,
        person_id: str,
        known: Iterable[str] = (),
        found: Iterable[str] = (),
    ) -> list[Worker]:
        return []

    def departments(self) -> list[Named]:
        return []

    def locations(self) -> list[Named]:
        return []

    def checks(self, now: datetime, needs: Collection[str]) -> Iterator[Check]:
        return iter(())


class NoVisma:
    """Companies that cannot be reached."""

    def company(self, key: str) -> Target:
        raise UpstreamUnavailableError("Visma does not answer")


class Queue(InMemoryChangeQueue):
    """A queue that can fail."""

    is_down = False

    def send(self, changes: Iterable[Change]) -> int:
        if self.is_down:
            raise RetryableError("SQS does not answer")
        return super().send(changes)


class NoReports:
    """Tells nobody."""

    def deviates(self, tenant: str, text: str) -> None:
        """Tells nobody."""


class FindBench:
    """The readers and the poller that joins them."""

    def __init__(
        self,
        pages: Sequence[Sequence[Worker] | Exception] = (),
        targets: Targets | None = None,
    ) -> None:
        self.clock = HandClock(NOW)
        self.source = ScriptedSource(pages)
        self.tables = InMemoryTables()
        self.cursors = InMemoryCursors(self.clock)
        self.queue = Queue()
        self.metrics = CountedMetrics()
        self.mapping = a_mapping()
        cache = InMemoryReferenceCache()
        cache.save_catalogue("norway", a_catalogue())
        self.guard_log = InMemoryGuardLog(self.clock)
        self.versions = InMemoryMappingVersions()
        adapters = Adapters(
            clock=self.clock,
            mappings=WatchedMappings(InMemoryMappings(self.mapping), self.clock),
            ledger=InMemoryLedger(self.clock, self.tables),
            cache=cache,
            guard_log=self.guard_log,
            queue=self.queue,
            queued=InMemoryQueuedChanges(),
            employments=InMemoryFoundEmployments(self.clock),
            mapping_versions=self.versions,
            metrics=self.metrics,
            secrets=InMemorySecrets(),
            source=self.source,
            targets=targets or NoVisma(),
            cursors=self.cursors,
            agreements=InMemoryAgreements(),
            pauses=InMemoryPollingPauses(self.clock),
            modes=InMemoryModes(),
            approvals=InMemoryApprovals(),
            watches=ShapeWatches(InMemoryShapeMemory(self.clock), NoReports()),
            attempts=InMemoryFailedAttempts(self.clock),
            payroll=no_payroll,
        )
        options = Options(mode=ModeName.LIVE, cost_allocation=False)
        self.poller = services.poller(adapters, options).poller
        self.changes, self.sweep = self.poller.changes, self.poller.sweep

    def employ(self, *person_ids: str) -> None:
        """Lets the ledger know that people are employed."""
        for id_ in person_ids:
            self.tables.persons[id_] = Person(id_, version=1, active_in=("norway",))
            link = EmployeeLink(id_, "norway", Outcome.CREATED, NOW, employee_code=f"E-{id_}")
            self.tables.links[id_] = {"norway": link}

    def queued(self) -> list[str]:
        """The workers who were queued."""
        return [change.worker_id for change in self.queue.changes]


def a_cursor(page_token: str | None = None) -> Cursor:
    """A stream that has been read until an hour ago."""
    return Cursor("workers", HOUR_AGO, page_token, ended=HOUR_AGO)
