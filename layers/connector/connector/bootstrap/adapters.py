"""The live parts: each port behind AWS or HTTP, for one warm process. No service is built here.

Imports stand inside the builders, so that a cold start loads only what its function needs, and a
client of AWS is made only where it is used.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from connector.bootstrap.parts import Adapters, OperatorAdapters, StateAdapters
from connector.bootstrap.shared import clock, rows_of, webhook_secrets
from connector.domain.records.mode import ModeName

if TYPE_CHECKING:
    from connector.adapters.aws.secrets import AwsSecrets
    from connector.adapters.aws.watermarks.table import WatermarksTable
    from connector.bootstrap.vendors import VendorParts
    from connector.domain.records.digests import DigestKey
    from connector.observability import EmfMetrics
    from connector.ports.approvals import Approvals
    from connector.ports.books.memory import BooksMemory
    from connector.ports.guard_log import GuardLog
    from connector.ports.ledger import Ledger
    from connector.ports.payroll.exports import ExportLog
    from connector.ports.queue import ChangeQueue, FailedAttempts
    from connector.ports.reports.bucket import ReportsBucket
    from connector.ports.state import Agreements, Modes, PollingPauses
    from connector.ports.telemetry import Alarms
    from connector.services.shared.requirements import WatchedMappings
    from connector.settings.releaser import ReleaserSettings
    from connector.settings.vendors import OperationsSettings, VendorSettings


POLLER_SECONDS = 260
"""Longer than the poller can run, and shorter than the operations function that waits for it."""


def modes(settings: VendorSettings | ReleaserSettings) -> Modes:
    """The mode, in one row."""
    from connector.adapters.aws.watermarks.modes import DynamoModes

    return DynamoModes(rows_of(settings.watermarks_table))


def state(settings: ReleaserSettings, mode: ModeName) -> StateAdapters:
    """The parts of the releaser."""
    from connector.adapters.aws.clients import client
    from connector.adapters.aws.mappings import DynamoMappings
    from connector.adapters.aws.watermarks.mappings.versions import DynamoMappingVersions
    from connector.adapters.aws.watermarks.queued import (
        DynamoFoundEmployments,
        DynamoQueuedChanges,
    )
    from connector.adapters.aws.watermarks.reference_cache import DynamoReferenceCache

    rows = rows_of(settings.watermarks_table)
    return StateAdapters(
        clock=clock(),
        mappings=DynamoMappings(clock(), client("dynamodb"), settings.mappings_table),
        mapping_versions=DynamoMappingVersions(rows),
        ledger=_ledger(settings, mode),
        cache=DynamoReferenceCache(rows),
        guard_log=_guard_log(rows, mode),
        queue=_queue(settings, "releaser"),
        queued=DynamoQueuedChanges(rows),
        employments=DynamoFoundEmployments(rows, clock()),
    )


def live(
    settings: VendorSettings, service: str, mode: ModeName, *, by_operator: bool = False
) -> Adapters:
    """The parts of the poller, the writer and the operations.

    The last calls of a vendor's window are left to the operator, who needs no pay unless a rule of
    the mapping asks for it.
    """
    from connector.adapters.aws.watermarks.cursors import DynamoCursors
    from connector.adapters.aws.watermarks.mappings.versions import DynamoMappingVersions
    from connector.adapters.aws.watermarks.queued import (
        DynamoFoundEmployments,
        DynamoQueuedChanges,
    )
    from connector.adapters.aws.watermarks.reference_cache import DynamoReferenceCache
    from connector.bootstrap import vendors
    from connector.observability import EmfMetrics

    rows, metrics = rows_of(settings.watermarks_table), EmfMetrics(service)
    cursors, reference_cache = DynamoCursors(rows, clock()), DynamoReferenceCache(rows)
    mappings = _mappings(settings, with_pay=settings.cost_allocation and not by_operator)
    parts = _vendor_parts(settings, rows, metrics, keeps_reserve=not by_operator)
    api, http = settings.rippling_api, vendors.rippling_http(parts, cursors)
    dialects, companies = parts.dialects, vendors.companies(parts)
    return Adapters(
        clock=clock(),
        mappings=mappings,
        mapping_versions=DynamoMappingVersions(rows),
        ledger=_ledger(settings, mode),
        cache=reference_cache,
        guard_log=_guard_log(rows, mode),
        queue=_queue(settings, service),
        queued=DynamoQueuedChanges(rows),
        employments=DynamoFoundEmployments(rows, clock()),
        metrics=metrics,
        secrets=parts.secrets,
        source=vendors.rippling_source(api, http, mappings, reference_cache, dialects, clock()),
        targets=vendors.targets(companies, mode),
        cursors=cursors,
        agreements=_agreements(rows),
        pauses=_pauses(settings),
        approvals=_approvals(settings),
        modes=modes(settings),
        watches=parts.watches,
        attempts=_attempts(rows),
        payroll=partial(vendors.payroll, api, http, companies, partial(_export_log, settings)),
    )


def _agreements(rows: WatermarksTable) -> Agreements:
    from connector.adapters.aws.watermarks.agreements import DynamoAgreements

    return DynamoAgreements(rows)


def _attempts(rows: WatermarksTable) -> FailedAttempts:
    from connector.adapters.aws.watermarks.attempts import DynamoFailedAttempts

    return DynamoFailedAttempts(rows, clock())


def _pauses(settings: VendorSettings) -> PollingPauses:
    from connector.adapters.aws.clients import client
    from connector.adapters.aws.watermarks.flags import DynamoPollingPauses

    return DynamoPollingPauses(clock(), client("dynamodb"), settings.watermarks_table)


def _vendor_parts(
    settings: VendorSettings, rows: WatermarksTable, metrics: EmfMetrics, *, keeps_reserve: bool
) -> VendorParts:
    """What the way to either vendor is made of."""
    from connector.adapters.aws.clients import client
    from connector.adapters.aws.watermarks.budgets import DynamoBudgets
    from connector.adapters.aws.watermarks.dialects import DynamoDialects
    from connector.adapters.aws.watermarks.shapes import DynamoShapeMemory
    from connector.bootstrap import vendors
    from connector.observability import Log, LoggedShapes
    from connector.services.shared.shape_watch import ShapeWatches

    budgets = DynamoBudgets(clock(), client("dynamodb"), settings.watermarks_table)
    shapes = DynamoShapeMemory(rows, clock())
    return vendors.VendorParts(
        settings=settings,
        secrets=_secrets(settings),
        metrics=metrics,
        budget=vendors.rate_budget(budgets, metrics, clock(), keeps_reserve=keeps_reserve),
        dialects=DynamoDialects(rows, clock()),
        watches=ShapeWatches(shapes, LoggedShapes(metrics, Log(metrics.service))),
        clock=clock(),
    )


def for_operator(settings: OperationsSettings) -> OperatorAdapters:
    """The parts that only the operations have."""
    from connector.adapters.aws.audit_log import DynamoAuditLog
    from connector.adapters.aws.clients import client, patient_client
    from connector.adapters.aws.poller_invoker import LambdaPollerRuns
    from connector.adapters.aws.watermarks.budgets import DynamoBudgets
    from connector.adapters.aws.watermarks.install_states import DynamoInstallStates
    from connector.adapters.aws.watermarks.mappings.history import DynamoMappingHistory
    from connector.bootstrap.later import later
    from connector.bootstrap.vendors import books, owner_of, token_advice
    from connector.observability import EmfMetrics

    table, dynamodb = settings.watermarks_table, client("dynamodb")
    metrics = EmfMetrics("operations")
    parts = _vendor_parts(settings, rows_of(table), metrics, keeps_reserve=False)
    return OperatorAdapters(
        audit_log=DynamoAuditLog(
            dynamodb,
            settings.audit_table,
            settings.people_table,
            digest_key(settings.digest_key_secret_arn),
            settings.audit_retention_days,
        ),
        mapping_history=DynamoMappingHistory(rows_of(table)),
        ledgers=later(lambda: books(parts)),
        books_memory=later(lambda: _books_memory(settings)),
        install_states=DynamoInstallStates(clock(), dynamodb, table),
        webhook_secrets=webhook_secrets(settings.webhook_secret_arn),
        budgets=DynamoBudgets(clock(), dynamodb, table),
        poller=LambdaPollerRuns(patient_client("lambda", POLLER_SECONDS), settings.poller_function),
        alarms=later(lambda: _alarms(settings)),
        reports=later(lambda: _reports(settings)),
        owner_of=partial(owner_of, settings),
        token_advice=partial(token_advice, settings.rippling_token_url, _secrets(settings)),
    )


def _books_memory(settings: OperationsSettings) -> BooksMemory:
    from connector.adapters.aws.reports.books import DynamoBooksMemory

    return DynamoBooksMemory(rows_of(settings.watermarks_table))


def _alarms(settings: OperationsSettings) -> Alarms:
    from connector.adapters.aws.alarms import CloudWatchAlarms
    from connector.adapters.aws.clients import client

    return CloudWatchAlarms(client("cloudwatch"), settings.alarm_prefix)


def _reports(settings: OperationsSettings) -> ReportsBucket:
    from connector.adapters.aws.clients import client
    from connector.adapters.aws.reports.bucket import S3ReportsBucket

    return S3ReportsBucket(client("s3"), settings.reports_bucket)


@cache
def digest_key(arn: str) -> DigestKey:
    """The key of the stack's digests, read once a process."""
    from connector.adapters.aws.clients import client
    from connector.adapters.aws.keys.digest_key import digest_key

    return digest_key(client("secretsmanager"), arn)


def _ledger(settings: VendorSettings | ReleaserSettings, mode: ModeName) -> Ledger:
    """The ledger; only a function that writes outcomes has an audit table."""
    from connector.adapters.aws.clients import client
    from connector.adapters.aws.keys.pay_cipher import PayCipher
    from connector.adapters.aws.ledger import DynamoLedger
    from connector.adapters.rehearsal import RehearsalLedger
    from connector.domain.records.digests import NO_KEY
    from connector.settings.vendors import AuditedSettings, VendorSettings

    audited = settings if isinstance(settings, AuditedSettings) else None
    ledger = DynamoLedger(
        clock(),
        client("dynamodb"),
        settings.people_table,
        audited.audit_table if audited else "",
        audited.audit_retention_days if audited else 0,
        key=(
            digest_key(settings.digest_key_secret_arn)
            if isinstance(settings, VendorSettings)
            else NO_KEY
        ),
        cipher=PayCipher(client("kms"), audited.pay_key_arn) if audited else None,
        planned=mode is ModeName.REHEARSAL,
    )
    return RehearsalLedger(ledger) if mode is ModeName.REHEARSAL else ledger


def _mappings(settings: VendorSettings, *, with_pay: bool) -> WatchedMappings:
    from connector.adapters.aws.clients import client
    from connector.adapters.aws.mappings import DynamoMappings
    from connector.services.shared.requirements import WatchedMappings

    mappings = DynamoMappings(clock(), client("dynamodb"), settings.mappings_table)
    return WatchedMappings(mappings, clock(), with_pay=with_pay)


def _secrets(settings: VendorSettings) -> AwsSecrets:
    from connector.adapters.aws.clients import client
    from connector.adapters.aws.secrets import AwsSecrets

    arns = settings.rippling_secret_arn, settings.visma_secret_arn
    return AwsSecrets(client("secretsmanager"), *arns, clock().now)


def _guard_log(rows: WatermarksTable, mode: ModeName) -> GuardLog:
    from connector.adapters.aws.watermarks.guard_log import DynamoGuardLog
    from connector.adapters.rehearsal import RehearsalGuardLog

    guard_log = DynamoGuardLog(rows, clock())
    return RehearsalGuardLog(guard_log) if mode is ModeName.REHEARSAL else guard_log


def _approvals(settings: VendorSettings) -> Approvals:
    """The operator's decisions; the poller has no use for them, and no table."""
    from connector.adapters.aws.approvals import DynamoApprovals
    from connector.adapters.aws.clients import client
    from connector.settings.vendors import AuditedSettings

    table = settings.approvals_table if isinstance(settings, AuditedSettings) else ""
    return DynamoApprovals(client("dynamodb"), table)


def _export_log(settings: VendorSettings) -> ExportLog:
    """What was exported of payroll runs: it outlives the stack, as the ledger does."""
    from connector.adapters.aws.clients import client
    from connector.adapters.aws.payroll.exports import DynamoExportLog

    return DynamoExportLog(client("dynamodb"), settings.people_table)


def _queue(settings: VendorSettings | ReleaserSettings, service: str) -> ChangeQueue:
    from connector.adapters.aws.clients import client
    from connector.adapters.aws.sqs import SqsChangeQueue
    from connector.observability import LoggedChanges
    from connector.settings.vendors import AuditedSettings

    dead_letters = settings.dead_letter_queue_url if isinstance(settings, AuditedSettings) else ""
    return SqsChangeQueue(
        client("sqs"),
        settings.changes_queue_url,
        dead_letters,
        on_queued=LoggedChanges(service).queued,
    )
