"""The one place where services are joined from typed parts. Knows neither AWS nor HTTP.

Functions, tests and benchmarks call the same builders. Imports stand inside them, so that a cold
start loads only what its function needs.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.bootstrap.parts import (
        Adapters,
        Options,
        StateAdapters,
    )
    from connector.domain.checks import Check
    from connector.domain.mapping.model import MappingFile
    from connector.services.apply.applier import Applier
    from connector.services.apply.consumer import Consumer, EventLog
    from connector.services.find.absence import AbsenceCheck
    from connector.services.find.comparison import WorkerComparison
    from connector.services.find.poller import Poller
    from connector.services.find.recheck import Recheck
    from connector.services.find.releaser import MappingReleaser, WaitingReleaser
    from connector.services.find.review import CompanyReview
    from connector.services.shared.catalogues import Catalogues
    from connector.services.shared.guarding import ChangeGuard


@dataclass(frozen=True, slots=True)
class PollerServices:
    """What the poller function runs: a tick, a re-check, and what comes before a sweep."""

    poller: Poller
    recheck: Recheck
    check: Callable[[], MappingFile]
    missing_capabilities: Callable[[MappingFile], list[Check]]


@dataclass(frozen=True, slots=True)
class ReleaserServices:
    """What the releaser function runs; `load` waits for an import that is under way."""

    releaser: MappingReleaser
    load: Callable[[], MappingFile]


def poller(adapters: Adapters, options: Options) -> PollerServices:
    """The services behind the poller function."""
    from connector.services.find.catch_up import MappingCatchUp
    from connector.services.find.changes import ChangeReader
    from connector.services.find.comparison import WorkerComparison
    from connector.services.find.poller import Poller
    from connector.services.find.sweep import SweepReader
    from connector.services.shared.configuration import check_configuration, company_problems

    catalogues, guard = catalogues_of(adapters), guard_of(adapters)
    waiting = waiting_releaser(adapters, catalogues, guard)
    comparison = WorkerComparison(adapters.ledger, catalogues, guard)

    return PollerServices(
        Poller(
            cursors=adapters.cursors,
            mappings=adapters.mappings,
            changes=ChangeReader(adapters.source, comparison, adapters.clock, adapters.metrics),
            sweep=SweepReader(
                source=adapters.source,
                ledger=adapters.ledger,
                comparison=comparison,
                absence=absence_check(adapters, comparison),
                review=company_review(adapters, guard),
                cache=adapters.cache,
                clock=adapters.clock,
                metrics=adapters.metrics,
            ),
            releaser=waiting,
            catch_up=MappingCatchUp(
                adapters.mapping_versions, adapters.ledger, adapters.cache, guard, adapters.clock
            ),
            guard=guard,
            pauses=adapters.pauses,
            metrics=adapters.metrics,
            company_problems=partial(company_problems, adapters.secrets),
            stream=options.stream,
        ),
        recheck(adapters, guard, waiting),
        check=partial(check_configuration, adapters.secrets, adapters.mappings),
        missing_capabilities=partial(capabilities_missing, adapters, options),
    )


def absence_check(adapters: Adapters, comparison: WorkerComparison) -> AbsenceCheck:
    """What looks for whom a sweep in several runs did not show."""
    from connector.services.find.absence import AbsenceCheck

    return AbsenceCheck(
        adapters.source, adapters.ledger, comparison, adapters.clock, adapters.metrics
    )


def company_review(adapters: Adapters, guard: ChangeGuard) -> CompanyReview:
    """What a full sweep ends with, company by company."""
    from connector.services.find.review import CompanyReview

    return CompanyReview(
        adapters.ledger,
        adapters.targets,
        guard,
        adapters.clock,
        adapters.metrics,
        adapters.agreements,
    )


def capabilities_missing(adapters: Adapters, options: Options, mapping: MappingFile) -> list[Check]:
    """What Rippling does not let the token do; nothing while polling is paused."""
    from connector.services.operate.ping import capabilities

    if adapters.pauses.current():
        return []
    return capabilities.missing_capabilities(
        adapters.source,
        mapping,
        adapters.clock,
        adapters.metrics,
        cost_allocation=options.cost_allocation,
    )


def recheck(adapters: Adapters, guard: ChangeGuard, waiting: WaitingReleaser) -> Recheck:
    """What follows a notification of Visma, through the same guards as a tick."""
    from connector.services.find.recheck import Recheck

    return Recheck(
        targets=adapters.targets,
        ledger=adapters.ledger,
        mappings=adapters.mappings,
        guard=guard,
        releaser=waiting,
        pauses=adapters.pauses,
        metrics=adapters.metrics,
    )


def applier(adapters: Adapters, options: Options, believed_seconds: float | None = None) -> Applier:
    """What brings one person's employee up to date.

    For `believed_seconds` it is not asked again which mapping there is.
    """
    from connector.services.apply.applier import Applier
    from connector.services.apply.audit_scribe import AuditScribe
    from connector.services.apply.desired import EmployeeDesigner
    from connector.services.apply.employee_writer import EmployeeWriter
    from connector.services.apply.person_reader import PersonReader
    from connector.services.apply.recorder import Recorder
    from connector.services.shared.current_mapping import BELIEVED_SECONDS, CurrentMapping
    from connector.services.shared.guarding import GuardCheck

    ledger = adapters.ledger
    return Applier(
        reader=PersonReader(ledger, adapters.source, adapters.employments, adapters.clock),
        designer=EmployeeDesigner(catalogues_of(adapters)),
        employee_writer=EmployeeWriter(adapters.targets, ledger, adapters.clock),
        recorder=Recorder(
            ledger, AuditScribe(adapters.approvals), cost_allocation=options.cost_allocation
        ),
        guard_check=GuardCheck(ledger, adapters.guard_log, adapters.approvals, adapters.clock),
        mapping=CurrentMapping(
            adapters.mappings,
            adapters.mapping_versions,
            adapters.clock,
            BELIEVED_SECONDS if believed_seconds is None else believed_seconds,
            adapters.mappings.go_by,
        ),
        metrics=adapters.metrics,
    )


def writer(adapters: Adapters, options: Options, log: EventLog) -> Consumer:
    """The service behind the writer function."""
    from connector.services.apply.consumer import Consumer

    return Consumer(
        applier(adapters, options), adapters.queue, adapters.attempts, log, adapters.metrics
    )


def releaser(
    adapters: StateAdapters, sleep: Callable[[float], None] = time.sleep
) -> ReleaserServices:
    """The services behind the releaser function."""
    from connector.services.find.releaser import MappingReleaser, settled

    return ReleaserServices(
        MappingReleaser(
            adapters.ledger,
            adapters.cache,
            guard_of(adapters),
            adapters.mapping_versions,
            adapters.clock,
        ),
        load=partial(settled, adapters.mappings.load, sleep),
    )


def guard_of(adapters: StateAdapters) -> ChangeGuard:
    """The guards through which all that a run found goes to the queue."""
    from connector.services.shared.guarding import ChangeGuard

    return ChangeGuard(
        ledger=adapters.ledger,
        cache=adapters.cache,
        guard_log=adapters.guard_log,
        change_queue=adapters.queue,
        queued=adapters.queued,
        employments=adapters.employments,
        clock=adapters.clock,
    )


def waiting_releaser(
    adapters: Adapters, catalogues: Catalogues, guard: ChangeGuard
) -> WaitingReleaser:
    """What looks for people who need wait no longer."""
    from connector.services.find.releaser import WaitingReleaser

    return WaitingReleaser(
        adapters.ledger, adapters.cache, catalogues, guard, adapters.clock, adapters.metrics
    )


def catalogues_of(adapters: Adapters) -> Catalogues:
    """The catalogues of all companies, through the shared cache."""
    from connector.services.shared.catalogues import Catalogues

    return Catalogues(adapters.targets, adapters.cache, adapters.clock)
