"""Where everything is built, and nowhere else: settings in, ready services out.

Imports stand inside the builders, so that a cold start loads only what its function needs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connector.adapters.aws.secrets import AwsSecrets
    from connector.adapters.aws.watermarks import DynamoWatermarks
    from connector.adapters.clock import SystemClock
    from connector.adapters.rippling.oauth import RipplingInstallation
    from connector.adapters.rippling.platform import RipplingPlatformSource
    from connector.adapters.rippling.rest import RipplingRestSource
    from connector.domain.checks import Check
    from connector.domain.mapping.model import MappingFile
    from connector.observability import EmfMetrics
    from connector.ports.cursors import Leases
    from connector.ports.ledger import Ledger
    from connector.ports.rippling import Source
    from connector.ports.visma import Targets
    from connector.services.apply.consumer import Consumer
    from connector.services.find.poller import Poller
    from connector.services.find.recheck import Recheck
    from connector.services.find.releaser import MappingReleaser
    from connector.services.inbound.install import Installer
    from connector.services.inbound.rippling_webhook import RipplingWebhook
    from connector.services.inbound.visma_webhook import VismaWebhook
    from connector.services.operate.operator import Operator
    from connector.settings import (
        OperationsSettings,
        PollerSettings,
        ReleaserSettings,
        VendorSettings,
        WebhookSettings,
        WriterSettings,
    )


@dataclass(frozen=True, slots=True)
class PollerParts:
    """What the poller function runs on."""

    poller: Poller
    recheck: Recheck
    clock: SystemClock
    check: Callable[[], MappingFile]
    probe: Callable[[MappingFile], list[Check]]


@dataclass(frozen=True, slots=True)
class WriterParts:
    """What the writer function runs on."""

    consumer: Consumer
    clock: SystemClock


@dataclass(frozen=True, slots=True)
class ReleaserParts:
    """What the releaser function runs on."""

    releaser: MappingReleaser
    load: Callable[[], MappingFile]


@dataclass(frozen=True, slots=True)
class OperationsParts:
    """What the operations function runs on."""

    operator: Operator
    clock: SystemClock


def rippling_webhook(settings: WebhookSettings) -> RipplingWebhook:
    """The service behind the webhook; loads neither HTTP, retries nor the mapping."""
    from connector.adapters.aws.flags import DynamoPollingPauses
    from connector.adapters.aws.secrets import AwsSecrets
    from connector.adapters.aws.sqs import SqsChangeQueue
    from connector.adapters.clock import SystemClock
    from connector.services.inbound.rippling_webhook import Access, RipplingWebhook

    clock = SystemClock()
    secrets = AwsSecrets(_client("secretsmanager"), settings.rippling_secret_arn, "", clock.now)

    def access() -> Access:
        return Access(secrets.webhook_tokens(), secrets.webhook_company())

    queue = SqsChangeQueue(_client("sqs"), settings.changes_queue_url)
    pauses = DynamoPollingPauses(clock, _client("dynamodb"), settings.watermarks_table)
    return RipplingWebhook(access, queue, pauses)


def visma_webhook(settings: WebhookSettings) -> VismaWebhook | None:
    """The service behind Visma's webhook, or None where it is off; it stays light."""
    if not settings.visma_secret_arn:
        return None
    from connector.adapters.aws.flags import DynamoNotifications
    from connector.adapters.aws.poller_invoker import PollerInvoker
    from connector.adapters.aws.secrets import AwsSecrets
    from connector.adapters.clock import SystemClock
    from connector.services.inbound.visma_webhook import VismaWebhook

    clock = SystemClock()
    secrets = AwsSecrets(_client("secretsmanager"), "", settings.visma_secret_arn, clock.now)
    return VismaWebhook(
        secrets.notification_keys,
        settings.visma_signature_header,
        DynamoNotifications(clock, _client("dynamodb"), settings.watermarks_table),
        PollerInvoker(_client("lambda"), settings.poller_function),
        clock,
    )


def installer(settings: WebhookSettings) -> Installer:
    """The service behind the install routes; HTTP and retries are loaded with the first code."""
    from connector.adapters.aws.install_states import DynamoInstallStates
    from connector.adapters.aws.secrets import AwsSecrets
    from connector.adapters.clock import SystemClock
    from connector.services.inbound.install import Installer

    clock, dynamodb = SystemClock(), _client("dynamodb")
    secrets = AwsSecrets(
        _client("secretsmanager"), settings.rippling_secret_arn, "", clock.now, max_age=0
    )

    def exchange(code: str) -> None:
        from connector.adapters.aws.watermarks import DynamoWatermarks
        from connector.observability import EmfMetrics

        watermarks = DynamoWatermarks(clock, dynamodb, settings.watermarks_table)
        metrics = EmfMetrics("webhook")
        _installation(settings.rippling_token_url, secrets, watermarks, metrics).install(code)

    states = DynamoInstallStates(clock, dynamodb, settings.watermarks_table)
    return Installer(states, secrets.rippling, settings.rippling_authorize_url, exchange)


def poller(settings: PollerSettings) -> PollerParts:
    """The service behind the poller."""
    from connector.adapters.aws.flags import DynamoPollingPauses
    from connector.adapters.aws.sqs import SqsChangeQueue
    from connector.observability import EmfMetrics
    from connector.services.find.changes import ChangeReader
    from connector.services.find.comparison import WorkerComparison
    from connector.services.find.poller import Poller
    from connector.services.find.recheck import Recheck
    from connector.services.find.releaser import WaitingReleaser
    from connector.services.find.review import DailyReview
    from connector.services.find.sweep import SweepReader
    from connector.services.operate.ping import missing_capabilities
    from connector.services.shared.catalogues import Catalogues
    from connector.services.shared.configuration import check_configuration
    from connector.services.shared.guarding import ChangeGuard

    metrics = EmfMetrics("poller")
    parts = _Vendors(settings, metrics, reads_pay=settings.cost_allocation)
    pauses = DynamoPollingPauses(parts.clock, _client("dynamodb"), settings.watermarks_table)
    queue = SqsChangeQueue(_client("sqs"), settings.changes_queue_url)
    ledger = _ledger(settings, parts.clock)
    catalogues = Catalogues(parts.targets, parts.watermarks, parts.clock)
    guard = ChangeGuard(ledger, parts.watermarks, parts.watermarks, queue, parts.clock)
    waiting = WaitingReleaser(ledger, parts.watermarks, catalogues, guard, parts.clock)
    comparison = WorkerComparison(ledger, catalogues, guard)

    def probe(mapping: MappingFile) -> list[Check]:
        if pauses.current():  # then Rippling is left alone
            return []
        return missing_capabilities(
            parts.source, mapping, parts.clock, metrics, cost_allocation=settings.cost_allocation
        )

    return PollerParts(
        Poller(
            cursors=parts.watermarks,
            mappings=parts.mappings,
            changes=ChangeReader(parts.source, comparison, parts.clock, metrics),
            sweep=SweepReader(
                source=parts.source,
                ledger=ledger,
                comparison=comparison,
                review=DailyReview(ledger, parts.targets, guard),
                clock=parts.clock,
                metrics=metrics,
            ),
            releaser=waiting,
            guard=guard,
            pauses=pauses,
            metrics=metrics,
            stream=_stream(settings),
        ),
        Recheck(
            targets=parts.targets,
            ledger=ledger,
            mappings=parts.mappings,
            guard=guard,
            releaser=waiting,
            pauses=pauses,
            metrics=metrics,
        ),
        parts.clock,
        check=lambda: check_configuration(parts.secrets, parts.mappings),
        probe=probe,
    )


def writer(settings: WriterSettings) -> WriterParts:
    """The service behind the writer."""
    from connector.adapters.aws.sqs import SqsChangeQueue
    from connector.observability import EmfMetrics, Log
    from connector.services.apply.applier import Applier
    from connector.services.apply.consumer import Consumer
    from connector.services.apply.employee_writer import EmployeeWriter
    from connector.services.apply.recorder import Recorder
    from connector.services.shared.catalogues import Catalogues
    from connector.services.shared.guarding import GuardCheck

    metrics = EmfMetrics("writer")
    parts = _Vendors(settings, metrics, reads_pay=settings.cost_allocation)
    ledger = _ledger(settings, parts.clock, settings.audit_table, settings.audit_retention_days)
    applier = Applier(
        source=parts.source,
        ledger=ledger,
        mappings=parts.mappings,
        catalogues=Catalogues(parts.targets, parts.watermarks, parts.clock),
        clock=parts.clock,
        metrics=metrics,
        guard_check=GuardCheck(ledger, parts.watermarks, parts.clock),
        employee_writer=EmployeeWriter(parts.targets, ledger),
        recorder=Recorder(ledger, cost_allocation=settings.cost_allocation),
    )
    queue = SqsChangeQueue(
        _client("sqs"), settings.changes_queue_url, settings.dead_letter_queue_url
    )
    return WriterParts(Consumer(applier, queue, Log("writer"), metrics), parts.clock)


def releaser(settings: ReleaserSettings) -> ReleaserParts:
    """The service behind the releaser."""
    from connector.adapters.aws.mappings import DynamoMappings
    from connector.adapters.aws.sqs import SqsChangeQueue
    from connector.adapters.aws.watermarks import DynamoWatermarks
    from connector.adapters.clock import SystemClock
    from connector.services.find.releaser import MappingReleaser, settled
    from connector.services.shared.guarding import ChangeGuard

    clock, dynamodb = SystemClock(), _client("dynamodb")
    ledger = _ledger(settings, clock)
    watermarks = DynamoWatermarks(clock, dynamodb, settings.watermarks_table)
    queue = SqsChangeQueue(_client("sqs"), settings.changes_queue_url)
    guard = ChangeGuard(ledger, watermarks, watermarks, queue, clock)
    service = MappingReleaser(ledger, watermarks, guard)
    mappings = DynamoMappings(clock, dynamodb, settings.mappings_table)
    return ReleaserParts(service, lambda: settled(mappings.load, time.sleep))


def operations(settings: OperationsSettings) -> OperationsParts:
    """The service behind the operations function."""
    from connector.adapters.aws.audit_log import DynamoAuditLog
    from connector.adapters.aws.flags import DynamoPollingPauses
    from connector.adapters.aws.install_states import DynamoInstallStates
    from connector.adapters.aws.sqs import SqsChangeQueue
    from connector.observability import EmfMetrics
    from connector.services.inbound.install import InstallStarter
    from connector.services.operate.held import HeldPeople
    from connector.services.operate.identity import Identity
    from connector.services.operate.mapping_diff import MappingDiff
    from connector.services.operate.mapping_import import MappingImport
    from connector.services.operate.operator import Operator
    from connector.services.operate.ping import Deployment, Ping
    from connector.services.shared.catalogues import Catalogues

    parts = _Vendors(settings, EmfMetrics("operations"), reads_pay=False, keeps_reserve=False)
    ledger = _ledger(settings, parts.clock, settings.audit_table, settings.audit_retention_days)
    queue = SqsChangeQueue(
        _client("sqs"), settings.changes_queue_url, settings.dead_letter_queue_url
    )
    deployment = Deployment(
        is_oauth=settings.rippling_auth == "oauth",
        dry_run=settings.dry_run,
        polling_enabled=settings.polling_enabled,
        cost_allocation=settings.cost_allocation,
        stream=_stream(settings),
    )
    imports = MappingImport(parts.mappings, parts.watermarks, parts.watermarks, parts.clock)
    pauses = DynamoPollingPauses(parts.clock, _client("dynamodb"), settings.watermarks_table)
    service = Operator(
        source=parts.source,
        ledger=ledger,
        mappings=parts.mappings,
        audit=DynamoAuditLog(_client("dynamodb"), settings.audit_table),
        queue=queue,
        catalogues=Catalogues(parts.targets, parts.watermarks, parts.clock),
        secrets=parts.secrets,
        clock=parts.clock,
        held=HeldPeople(ledger, parts.mappings, queue),
        identity=Identity(
            ledger, parts.mappings, parts.targets, queue, parts.clock, settings.dry_run
        ),
        imports=imports,
        diff=MappingDiff(ledger, imports),
        pauses=pauses,
        installation=InstallStarter(
            states=DynamoInstallStates(parts.clock, _client("dynamodb"), settings.watermarks_table),
            credentials=lambda: parts.secrets.rippling(fresh=True),
            authorize_url=settings.rippling_authorize_url,
            clock=parts.clock,
            is_oauth=deployment.is_oauth,
        ),
        probe=Ping(
            deployment,
            parts.source,
            parts.targets,
            ledger,
            parts.watermarks,
            parts.mappings,
            parts.secrets,
            queue,
            pauses,
            parts.clock,
        ),
        watch=parts.mappings.watch,
    )
    return OperationsParts(service, parts.clock)


class _Vendors:
    """Both vendors and what they need, for one warm environment.

    Pay is read where `reads_pay`, and wherever a rule of the mapping asks for it. With
    `keeps_reserve` the last calls of a vendor's window are left to the operator.
    """

    def __init__(
        self,
        settings: VendorSettings,
        metrics: EmfMetrics,
        *,
        reads_pay: bool,
        keeps_reserve: bool = True,
    ) -> None:
        from connector.adapters.aws.budgets import DynamoBudgets
        from connector.adapters.aws.mappings import DynamoMappings
        from connector.adapters.aws.secrets import AwsSecrets
        from connector.adapters.aws.watermarks import DynamoWatermarks
        from connector.adapters.clock import SystemClock
        from connector.adapters.http.budget import RateBudget
        from connector.observability import BudgetReports, Log
        from connector.services.shared.requirements import WatchedMappings

        dynamodb = _client("dynamodb")
        self.metrics = metrics
        self.reads_pay = reads_pay
        self.clock: SystemClock = SystemClock()
        self.mappings = WatchedMappings(
            DynamoMappings(self.clock, dynamodb, settings.mappings_table)
        )
        self.watermarks: DynamoWatermarks = DynamoWatermarks(
            self.clock, dynamodb, settings.watermarks_table
        )
        self.secrets: AwsSecrets = AwsSecrets(
            _client("secretsmanager"),
            settings.rippling_secret_arn,
            settings.visma_secret_arn,
            self.clock.now,
        )
        self._rate_budget = RateBudget(
            DynamoBudgets(self.clock, dynamodb, settings.watermarks_table),
            BudgetReports(metrics, Log(metrics.service)),
            self.clock.now,
            keeps_reserve=keeps_reserve,
        )
        self.source: Source = self._source(settings)
        self.targets: Targets = self._targets(settings)

    def _source(self, settings: VendorSettings) -> Source:
        from connector.adapters.http.client import HttpClient
        from connector.adapters.rippling.platform import RipplingPlatformSource
        from connector.adapters.rippling.rest import RipplingRestSource
        from connector.services.shared.location_names import LocationNames

        names = LocationNames(self.watermarks, self.clock)
        http = HttpClient(
            "Rippling",
            settings.rippling_base_url,
            authorization=self._authorization(settings),
            on_call=self.metrics.call,
            limits=self._rate_budget.limits("Rippling"),
        )
        source: RipplingRestSource | RipplingPlatformSource
        if settings.rippling_api == "platform":
            source = RipplingPlatformSource(
                http,
                location_names=names.names,
                custom_fields=self.mappings.custom_fields,
                compensation=self._wants_pay,
            )
        else:
            source = RipplingRestSource(
                http,
                location_names=names.names,
                custom_fields=self.mappings.custom_fields,
                compensation=self._wants_pay,
            )
        names.read = source.locations
        return source

    def _wants_pay(self) -> bool:
        return self.reads_pay or self.mappings.uses_pay()

    def _authorization(self, settings: VendorSettings) -> Callable[[bool], str]:
        from connector.adapters.rippling.sign_in import RipplingOAuthSignIn, RipplingSignIn

        if settings.rippling_auth == "api_token":
            return RipplingSignIn(self.secrets).authorization
        installation = _installation(
            settings.rippling_token_url, self.secrets, self.watermarks, self.metrics
        )
        return RipplingOAuthSignIn(installation, self.secrets).authorization

    def _targets(self, settings: VendorSettings) -> Targets:
        from connector.adapters.dry_run import DryRunTargets
        from connector.adapters.visma.client import VismaTargets

        targets = VismaTargets(
            self.secrets,
            settings.visma_base_url,
            settings.visma_token_url,
            on_call=self.metrics.call,
            limits=self._rate_budget.limits,
        )
        return DryRunTargets(targets) if settings.dry_run else targets


def _stream(settings: VendorSettings) -> str:
    """Where the poller keeps its watermark: a dry run does not touch that of the live one."""
    return "workers (dry run)" if settings.dry_run else "workers"


def _installation(
    token_url: str, secrets: AwsSecrets, leases: Leases, metrics: EmfMetrics
) -> RipplingInstallation:
    from connector.adapters.rippling.oauth import RipplingInstallation, RipplingTokenEndpoint

    endpoint = RipplingTokenEndpoint(token_url, secrets, on_call=metrics.call)
    return RipplingInstallation(endpoint, secrets, leases, metrics)


def _ledger(
    settings: VendorSettings | ReleaserSettings,
    clock: SystemClock,
    audit_table: str = "",
    retention_days: int = 0,
) -> Ledger:
    from connector.adapters.aws.ledger import DynamoLedger
    from connector.adapters.dry_run import DryRunLedger

    ledger = DynamoLedger(
        clock,
        _client("dynamodb"),
        settings.people_table,
        audit_table,
        retention_days,
        planned=settings.dry_run,
    )
    return DryRunLedger(ledger) if settings.dry_run else ledger


@cache
def _client(service: str) -> Any:
    """A client that gives up early: the queue is the better place to wait."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4}
    )
    session: Any = boto3.Session()
    return session.client(service, config=config)
