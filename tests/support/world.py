"""Nordfab in memory: the real services and HTTP adapters, the fakes on loopback, no AWS.

Fast enough for thousands of people and for property tests. The queue keeps groups in order, counts
deliveries and sets messages aside that failed, as SQS would; waiting times are skipped.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from copy import copy
from dataclasses import asdict, dataclass, field, fields, replace
from functools import partial
from typing import Any, Literal

from connector.adapters.http.budget import RateBudget
from connector.adapters.http.client import HttpClient
from connector.adapters.memory import (
    InMemoryAgreements,
    InMemoryAlarms,
    InMemoryApprovals,
    InMemoryAuditLog,
    InMemoryBudgets,
    InMemoryChangeQueue,
    InMemoryCursors,
    InMemoryDialects,
    InMemoryExportLog,
    InMemoryFailedAttempts,
    InMemoryFoundEmployments,
    InMemoryGuardLog,
    InMemoryInstallStates,
    InMemoryLedger,
    InMemoryMappingHistory,
    InMemoryMappings,
    InMemoryMappingVersions,
    InMemoryModes,
    InMemoryPollingPauses,
    InMemoryQueuedChanges,
    InMemoryReferenceCache,
    InMemoryReportsBucket,
    InMemorySecrets,
    InMemoryShapeMemory,
    InMemoryTables,
    InMemoryWebhookSecrets,
)
from connector.adapters.memory.books import InMemoryBooksMemory
from connector.adapters.memory.ledger import KEY
from connector.adapters.rippling.responses import PENALTY_SECONDS
from connector.adapters.rippling.sign_in import RipplingSignIn
from connector.adapters.visma.books.ledger import VismaBooks
from connector.adapters.visma.targets import VismaTargets
from connector.bootstrap import operating, services
from connector.bootstrap.later import itself
from connector.bootstrap.parts import Adapters, OperatorAdapters, OperatorOptions
from connector.bootstrap.vendors import (
    books_watch,
    payroll,
    rippling_source,
    rippling_watch,
    visma_watch,
)
from connector.domain.changes import Cause, Change
from connector.domain.errors import ConfigurationError, RetryableError
from connector.domain.mapping import file as mapping_file
from connector.domain.records.digests import DigestKey
from connector.domain.records.ledger import INTENT_SECONDS
from connector.domain.records.mode import Mode, ModeName
from connector.ports.payroll.exports import ExportLog
from connector.ports.secrets import RipplingCredentials, VismaCredentials
from connector.ports.state import Budgets
from connector.services.find.batch import Summary, off_in
from connector.services.operate.desk import Desk
from connector.services.operate.mapping_check import Finding
from connector.services.shared.requirements import WatchedMappings
from connector.services.shared.shape_watch import ShapeWatches
from tests.simulator import (
    Rippling,
    RipplingPlatform,
    Visma,
    credentials,
    nordfab_rippling,
    nordfab_visma,
)
from tests.simulator.nordfab import WEBHOOK_TOKENS, nordfab_mapping
from tests.support.clock import HandClock
from tests.support.direct import answering, connected

MOST_DELIVERIES = 10

NEW_COLLEAGUE = {
    "department": "Sales",
    "location": "Oslo",
    "employment_type": "Salaried full-time",
}


class CountedMetrics:
    """Counters that tests look at."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.gauges: dict[tuple[str, str], float] = {}

    def count(self, name: str, value: float = 1) -> None:
        """Adds to a counter."""
        self.counts[name] += int(value)

    def gauge(self, name: str, value: float, **dimensions: str) -> None:
        """Remembers the last value of a gauge, by its name and its company."""
        self.gauges[name, dimensions["Company"]] = value


@dataclass
class Reported:
    """What the rate budget has shown: the last share used of each budget, and what went wrong."""

    percent: dict[tuple[str, str], float] = field(default_factory=dict)
    left: dict[tuple[str, str], int] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def used(self, vendor: str, company: str, percent: float, left: int) -> None:
        """The share of a budget that has been used, and the calls that are left."""
        self.percent[vendor, company] = percent
        self.left[vendor, company] = left

    def not_shared(self, name: str, reason: str) -> None:
        """A budget could not be shared."""
        self.troubles.append(f"{name}: {reason}")


@dataclass
class World:
    """Everything a story needs; `tick` polls, `drain` lets the writer work until all is quiet.

    With a `platform`, that API is read instead of the REST API.
    """

    rippling: Rippling
    visma: Visma
    clock: HandClock
    companies: int = 1
    tables: InMemoryTables = field(default_factory=InMemoryTables)
    queue: InMemoryChangeQueue = field(default_factory=InMemoryChangeQueue)
    metrics: CountedMetrics = field(default_factory=CountedMetrics)
    buried: list[Change] = field(default_factory=list)
    mapping_text: str = ""
    cost_allocation: bool = True
    platform: RipplingPlatform | None = None
    reported: Reported = field(default_factory=Reported)
    keeps_reserve: bool = True
    key: DigestKey = KEY

    def __post_init__(self) -> None:
        self.mapping_text = self.mapping_text or nordfab_mapping(self.companies)
        self.budgets: Budgets = InMemoryBudgets(self.clock)
        self.cursors = InMemoryCursors(self.clock)
        self.agreements = InMemoryAgreements()
        self.cache = InMemoryReferenceCache()
        self.dialects = InMemoryDialects(self.clock)
        self.shapes = InMemoryShapeMemory(self.clock)
        self.deviations: list[tuple[str, str]] = []
        self.mapping_versions = InMemoryMappingVersions()
        self.queued = InMemoryQueuedChanges()
        self.employments = InMemoryFoundEmployments(self.clock)
        self.attempts = InMemoryFailedAttempts(self.clock)
        self.approvals = InMemoryApprovals()
        self.guard_log = InMemoryGuardLog(self.clock)
        self.mapping_history = InMemoryMappingHistory()
        self.books_memory = InMemoryBooksMemory()
        self.pauses = InMemoryPollingPauses(self.clock)
        self.alarms = InMemoryAlarms()
        self.reports = InMemoryReportsBucket()
        self.exports: ExportLog = InMemoryExportLog()
        self.modes = InMemoryModes(Mode(ModeName.LIVE))
        self.mappings = InMemoryMappings(mapping_file.parse(self.mapping_text))
        rippling, visma = credentials(self.companies)
        self.secrets = InMemorySecrets(
            RipplingCredentials(api_token=rippling["api_token"]),
            {key: VismaCredentials(**values) for key, values in visma["companies"].items()},
        )
        self.webhook_secrets = InMemoryWebhookSecrets(WEBHOOK_TOKENS)
        self.build()

    def build(self) -> None:
        """Builds all services again, as a cold start would; only tables and queue stay."""
        self.adapters = self._adapters()
        self.source, self.ledger = self.adapters.source, self.adapters.ledger
        self.options = OperatorOptions(
            mode=ModeName.LIVE,
            cost_allocation=self.cost_allocation,
            is_oauth=False,
            authorize_url=self.rippling.authorize_url,
        )
        find = services.poller(self.adapters, self.options)
        self.poller, self.recheck = find.poller, find.recheck
        self.applier = services.applier(self.adapters, self.options, believed_seconds=0)
        self.releaser = services.releaser(self.adapters).releaser
        operator_adapters = OperatorAdapters(
            audit_log=InMemoryAuditLog(self.tables),
            mapping_history=self.mapping_history,
            ledgers=VismaBooks(self.targets, partial(books_watch, self.adapters.watches)),
            books_memory=self.books_memory,
            install_states=InMemoryInstallStates(self.clock),
            webhook_secrets=self.webhook_secrets,
            budgets=self.budgets,
            poller=PollerOf(self),
            alarms=self.alarms,
            reports=self.reports,
            owner_of=lambda _: ("company", "Nordfab"),
        )
        operator = operating.operations(
            self.adapters, operator_adapters, self.options, sleep=no_sleep
        )
        built = {each.name: itself(getattr(operator.desk, each.name)) for each in fields(Desk)}
        self.operator = replace(operator, desk=replace(operator.desk, **built))

    def _adapters(self) -> Adapters:
        watched = WatchedMappings(self.mappings, self.clock, with_pay=self.cost_allocation)
        budget = RateBudget(
            self.budgets, self.reported, self.clock.now, keeps_reserve=self.keeps_reserve
        )
        watches = ShapeWatches(self.shapes, self)
        api: Literal["platform", "rest"] = "platform" if self.platform else "rest"
        http = HttpClient(
            "Rippling",
            (self.platform or self.rippling).url,
            authorization=RipplingSignIn(self.secrets).authorization,
            limits=budget.limits("Rippling", penalty=PENALTY_SECONDS),
            sleep=no_sleep,
            watch=rippling_watch(watches, api),
        )
        self.targets = VismaTargets(
            self.secrets,
            self.visma.url,
            self.visma.token_url,
            limits=budget.limits,
            dialects=self.dialects,
            watch=partial(visma_watch, watches),
            sleep=no_sleep,
            now=self.clock.now,
        )
        return Adapters(
            clock=self.clock,
            mappings=watched,
            mapping_versions=self.mapping_versions,
            ledger=InMemoryLedger(self.clock, self.tables, key=self.key),
            cache=self.cache,
            guard_log=self.guard_log,
            queue=self.queue,
            queued=self.queued,
            employments=self.employments,
            metrics=self.metrics,
            secrets=self.secrets,
            source=rippling_source(api, http, watched, self.cache, self.dialects, self.clock),
            targets=self.targets,
            cursors=self.cursors,
            agreements=self.agreements,
            pauses=self.pauses,
            approvals=self.approvals,
            modes=self.modes,
            watches=watches,
            attempts=self.attempts,
            payroll=partial(payroll, api, http, self.targets, lambda: self.exports),
        )

    def deviates(self, tenant: str, text: str) -> None:
        """A tenant's answers do something otherwise than published, and that is news."""
        self.metrics.count("ShapeDeviations")
        self.deviations.append((tenant, text))

    def another(self, *, keeps_reserve: bool = True) -> World:
        """A cold environment beside this one, over the same tables, queue and vendors."""
        other = copy(self)
        other.keeps_reserve = keeps_reserve
        other.build()
        return other

    def hire(self, person: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        """A new salaried colleague in Sales in Oslo, but for the fields given."""
        return self.rippling.hire(person, **{**NEW_COLLEAGUE, **fields})

    def tick(self, *, full_sweep: bool = False) -> Summary:
        """One run of the poller, a second later."""
        self.clock.turn(seconds=1)
        return self.poller.run(full_sweep=full_sweep)

    def drain(self) -> Counter[str]:
        """Lets the writer work until the queue is empty; the outcomes."""
        outcomes: Counter[str] = Counter()
        deliveries: Counter[int] = Counter()
        while self.queue.changes:
            change = self.queue.changes.pop(0)
            deliveries[id(change)] += 1
            try:
                outcome = self.applier.apply(change, delivery=deliveries[id(change)])
            except (RetryableError, ConfigurationError) as error:
                self._again(change, deliveries, getattr(error, "retry_after", None))
            else:
                outcomes[outcome.value] += 1
        return outcomes

    def _again(self, change: Change, deliveries: Counter[int], wait: float | None) -> None:
        if deliveries[id(change)] >= MOST_DELIVERIES:
            self.buried.append(change)
            return
        self.clock.turn(seconds=max(INTENT_SECONDS + 1, wait or 0))
        behind = [
            place for place, other in enumerate(self.queue.changes) if other.group == change.group
        ]
        self.queue.changes.insert(behind[0] if behind else len(self.queue.changes), change)

    def settle(self) -> Counter[str]:
        """A tick and what follows from it."""
        self.tick()
        return self.drain()

    def first_load(self) -> Counter[str]:
        """Everyone for the first time."""
        return self.settle()

    def notice(self, worker_id: str) -> Counter[str]:
        """A webhook about one worker, and what follows from it."""
        self.queue.send([Change(worker_id, Cause.WEBHOOK, f"webhook-{worker_id}")])
        return self.drain()

    def edit_mapping_unheard(self, text: str) -> None:
        """The controller imports a mapping, and no one is told."""
        self.mappings.replace(mapping_file.parse(text))
        self.mapping_text = text

    def edit_mapping(self, text: str) -> int:
        """The controller imports a mapping; the stream tells the releaser. How many were queued."""
        before = {_key(row): row for row in self.mappings.rows()}
        self.mappings.replace(mapping_file.parse(text))
        after = {_key(row): row for row in self.mappings.rows()}
        edited = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
        self.mapping_text = text
        return self.releaser.release(self.mappings.load(), edited)

    def audit_of(self, person_id: str) -> list[dict[str, Any]]:
        """The audit rows of a person, oldest first."""
        return self.tables.audit.get(person_id, [])

    def employee_of(self, worker: dict[str, Any], company: str = "norway") -> dict[str, Any]:
        """What Visma holds of a worker, found by the worker's number."""
        return self.visma.employee(str(worker["number"]), company=company)

    def vendor_calls(self) -> tuple[int, int]:
        """How many calls Rippling and Visma saw since the journals were cleared."""
        rippling = self.platform or self.rippling
        return len(rippling.calls(path="/.*")), len(self.visma.calls(path="/v1/.*"))

    def clear_journals(self) -> None:
        """Starts counting again."""
        self.rippling.clear_journal()
        self.visma.clear_journal()

    def everything_stored(self) -> str:
        """All that is in tables and queue, as text, to look for what must not be there."""
        rows = [
            [repr(person) for person in self.tables.persons.values()],
            [repr(row) for rows in self.tables.links.values() for row in rows.values()],
            self.tables.audit,
            [change.to_body() for change in self.queue.changes],
        ]
        return json.dumps(rows, default=str, ensure_ascii=False)


@dataclass(frozen=True)
class PollerOf:
    """The poller function of a world, as far as an operator sees it."""

    world: World

    def run(self, *, full_sweep: bool) -> dict[str, Any]:
        now = self.world.modes.current()
        summary = off_in(now) if now.is_off else self.world.tick(full_sweep=full_sweep)
        return {**asdict(summary), "mode": now.name.value}


def no_sleep(_: float) -> None:
    """Waits for nothing."""


def _key(row: dict[str, Any]) -> tuple[str, str]:
    return row["company"], row["rule"]


@contextmanager
def a_world(
    people: int = 60,
    companies: int = 1,
    prepare: Callable[[World], None] | None = None,
    *,
    by_platform: bool = False,
    mapping_text: str = "",
) -> Iterator[World]:
    """Nordfab with that many people, the fakes listening; read `by_platform` if that is said."""
    clock = HandClock()
    rippling = nordfab_rippling(clock=clock, people=people, companies=companies)
    visma = nordfab_visma(companies=companies, clock=clock)
    platform = RipplingPlatform(rippling) if by_platform else None
    with listening(rippling, visma, platform):
        world = World(
            rippling, visma, clock, companies, mapping_text=mapping_text, platform=platform
        )
        if prepare:
            prepare(world)
        yield world


@contextmanager
def listening(
    rippling: Rippling, visma: Visma, platform: RipplingPlatform | None
) -> Iterator[None]:
    """The fakes have addresses, and whatever is built meanwhile asks them without a socket."""
    with rippling, visma, platform or nullcontext():
        fakes = {fake.url: fake for fake in (rippling, visma, platform) if fake}
        with connected(answering(fakes)):
            yield


__all__ = ["Finding", "World", "a_world", "listening"]
