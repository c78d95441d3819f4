"""What services are built from: the adapters behind their ports, and how the stack is deployed.

Only types stand here. `adapters.py` fills them with AWS and HTTP, tests with what is in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.domain.records.mode import STREAMS, ModeName

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.ports.approvals import Approvals
    from connector.ports.books.general_ledger import GeneralLedgers
    from connector.ports.books.memory import BooksMemory
    from connector.ports.clock import Clock
    from connector.ports.cursors import Cursors
    from connector.ports.guard_log import GuardLog
    from connector.ports.ledger import AuditLog, Ledger
    from connector.ports.payroll.exports import ExportLog
    from connector.ports.payroll.journal import Journals
    from connector.ports.payroll.runs import PayrollRuns
    from connector.ports.queue import (
        ChangeQueue,
        FailedAttempts,
        FoundEmployments,
        QueuedChanges,
    )
    from connector.ports.recheck import PollerRuns
    from connector.ports.reference_cache import ReferenceCache
    from connector.ports.reports.bucket import ReportsBucket
    from connector.ports.rippling import Source
    from connector.ports.secrets import Owner, Secrets, WebhookSecrets
    from connector.ports.state import (
        Agreements,
        Budgets,
        InstallStates,
        MappingHistory,
        Mappings,
        MappingVersions,
        Modes,
        PollingPauses,
    )
    from connector.ports.telemetry import Alarms, Metrics
    from connector.ports.visma import Targets
    from connector.services.shared.requirements import WatchedMappings
    from connector.services.shared.shape_watch import ShapeWatches


@dataclass(frozen=True, slots=True, kw_only=True)
class StateAdapters:
    """The connector's own tables and queue: all that the releaser needs."""

    clock: Clock
    mappings: Mappings
    mapping_versions: MappingVersions
    ledger: Ledger
    cache: ReferenceCache
    guard_log: GuardLog
    queue: ChangeQueue
    queued: QueuedChanges
    employments: FoundEmployments


@dataclass(frozen=True, slots=True, kw_only=True)
class PayrollAdapters:
    """What the export of payroll runs uses besides."""

    runs: PayrollRuns
    journals: Journals
    exports: ExportLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters(StateAdapters):
    """The same and both vendors; `source` asks for what the watched mapping wants."""

    mappings: WatchedMappings
    metrics: Metrics
    secrets: Secrets
    source: Source
    targets: Targets
    cursors: Cursors
    agreements: Agreements
    pauses: PollingPauses
    approvals: Approvals
    modes: Modes
    watches: ShapeWatches
    attempts: FailedAttempts
    payroll: Callable[[], PayrollAdapters]
    """Made where they are used: only operations export payroll runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorAdapters:
    """What only the operator's verbs use besides."""

    audit_log: AuditLog
    mapping_history: MappingHistory
    ledgers: GeneralLedgers
    books_memory: BooksMemory
    install_states: InstallStates
    webhook_secrets: WebhookSecrets
    budgets: Budgets
    poller: PollerRuns
    alarms: Alarms
    reports: ReportsBucket
    owner_of: Callable[[str], Owner]
    token_advice: Callable[[], str] = str


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the stack is deployed and runs, as far as a service does its work by it."""

    mode: ModeName
    cost_allocation: bool

    @property
    def stream(self) -> str:
        """The name of the poller's cursor: a rehearsal does not touch that of the live one."""
        return STREAMS.get(self.mode, STREAMS[ModeName.LIVE])


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorOptions(Options):
    """The same, and what only the operator is told."""

    is_oauth: bool
    authorize_url: str
    stack: str = ""
