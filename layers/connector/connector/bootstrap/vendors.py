"""Both vendors over HTTP: sign-in, budget and API, the same in a function and against the fakes.

What only one way of deploying the stack needs is imported in the builder of that way.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from connector.adapters.dialect import Dialect
from connector.adapters.http.budget import RateBudget
from connector.adapters.http.client import HttpClient
from connector.adapters.rehearsal import RehearsalTargets
from connector.adapters.rippling.responses import PENALTY_SECONDS
from connector.adapters.rippling.sign_in import RipplingSignIn
from connector.adapters.shapes.tables import contract_of
from connector.adapters.visma.targets import VismaTargets
from connector.domain.records.mode import ModeName
from connector.observability import BudgetReports, EmfMetrics, Log
from connector.services.shared.names import Names, RememberingSource

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Literal

    from connector.adapters.aws.secrets import AwsSecrets
    from connector.adapters.rippling.oauth import RipplingInstallation
    from connector.bootstrap.parts import PayrollAdapters
    from connector.ports.books.general_ledger import GeneralLedgers
    from connector.ports.clock import Clock
    from connector.ports.cursors import Leases
    from connector.ports.dialects import Dialects
    from connector.ports.payroll.exports import ExportLog
    from connector.ports.reference_cache import ReferenceCache
    from connector.ports.rippling import Source
    from connector.ports.secrets import Owner, Secrets
    from connector.ports.state import Budgets
    from connector.ports.visma import Targets
    from connector.services.shared.requirements import WatchedMappings
    from connector.services.shared.shape_watch import ShapeWatch, ShapeWatches
    from connector.settings.vendors import VendorSettings


def rippling_source(
    api: Literal["rest", "platform"],
    http: HttpClient,
    mappings: WatchedMappings,
    cache: ReferenceCache,
    dialects: Dialects,
    clock: Clock,
) -> Source:
    """Rippling behind one of its APIs, asked for what the watched mapping wants."""
    names = Names(cache, clock, mappings.words, mappings.tried)
    if api == "platform":
        from connector.adapters.rippling.platform import RipplingPlatformSource

        source: Source = RipplingPlatformSource(
            http,
            location_names=names.locations,
            custom_fields=mappings.custom_fields,
            compensation=mappings.wants_pay,
        )
    else:
        from connector.adapters.rippling.rest import RipplingRestSource

        source = RipplingRestSource(
            http,
            location_names=names.locations,
            custom_fields=mappings.custom_fields,
            compensation=mappings.wants_pay,
            dialect=Dialect("rippling", dialects),
        )
    return RememberingSource(source, names)


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorParts:
    """What the way to either vendor is made of."""

    settings: VendorSettings
    secrets: Secrets
    metrics: EmfMetrics
    budget: RateBudget
    dialects: Dialects
    watches: ShapeWatches
    clock: Clock


def rippling_http(parts: VendorParts, leases: Leases) -> HttpClient:
    """The way to Rippling, signed in as the stack is deployed."""
    settings, secrets, metrics = parts.settings, parts.secrets, parts.metrics
    authorization = RipplingSignIn(secrets).authorization
    if settings.rippling_auth == "oauth":
        from connector.adapters.rippling.app_sign_in import RipplingOAuthSignIn

        app = installation(settings.rippling_token_url, secrets, leases, metrics)
        authorization = RipplingOAuthSignIn(app, secrets).authorization
    return HttpClient(
        "Rippling",
        settings.rippling_base_url,
        authorization=authorization,
        on_call=metrics.call,
        limits=parts.budget.limits("Rippling", penalty=PENALTY_SECONDS),
        time_left=parts.clock.remaining_seconds,
        watch=rippling_watch(parts.watches, settings.rippling_api),
    )


def rippling_watch(watches: ShapeWatches, api: Literal["rest", "platform"]) -> ShapeWatch:
    """Who is shown the answers of Rippling."""
    if api == "platform":
        return watches.of("rippling", lambda: contract_of("rippling-platform"))
    return watches.of("rippling", lambda: contract_of("rippling-rest"), _withheld)


def _withheld(content: Any) -> frozenset[str]:
    from connector.adapters.rippling.rest_wire import withheld_fields

    return withheld_fields(content) if isinstance(content, dict) else frozenset()


def visma_watch(watches: ShapeWatches, company: str) -> ShapeWatch:
    """Who is shown the answers of one company of Visma."""
    return watches.of(f"visma {company}", lambda: contract_of("visma"))


def owner_of(settings: VendorSettings, authorization: str) -> Owner:
    """Who a token of Rippling that is not in use yet belongs to."""
    from connector.adapters.rippling.owner import owner_of

    def way(authorization: str) -> HttpClient:
        address = settings.rippling_base_url
        return HttpClient("Rippling", address, authorization=lambda _: authorization)

    return owner_of(settings.rippling_api, way, authorization)


def token_advice(token_url: str, secrets: AwsSecrets) -> str:
    """What to say of the address at which tokens are asked for."""
    from connector.adapters.rippling.oauth import RipplingTokenEndpoint
    from connector.adapters.rippling.token_doors import advice

    return advice(token_url, lambda url: RipplingTokenEndpoint(url, secrets))


def installation(
    token_url: str, secrets: Secrets, leases: Leases, metrics: EmfMetrics
) -> RipplingInstallation:
    """The installation of the App Shop app."""
    from connector.adapters.rippling.oauth import RipplingInstallation, RipplingTokenEndpoint

    endpoint = RipplingTokenEndpoint(token_url, secrets, on_call=metrics.call)
    return RipplingInstallation(endpoint, secrets, leases, metrics)


def books_watch(watches: ShapeWatches, company: str) -> ShapeWatch:
    """Who is shown the books of one company of Visma."""
    return watches.of(f"visma {company} books", lambda: contract_of("visma-books"))


def books(parts: VendorParts) -> GeneralLedgers:
    """The general ledgers of Visma; they are read in every mode, and written in none."""
    from connector.adapters.visma.books.ledger import VismaBooks

    return VismaBooks(companies(parts), partial(books_watch, parts.watches))


def payroll(
    api: Literal["rest", "platform"],
    http: HttpClient,
    companies: VismaTargets,
    exports: Callable[[], ExportLog],
) -> PayrollAdapters:
    """Rippling's payroll runs behind one of its APIs, and Visma's journals."""
    from connector.adapters.rippling.payroll.platform import PlatformPayrollRuns
    from connector.adapters.rippling.payroll.rest import RestPayrollRuns
    from connector.adapters.visma.journal.companies import VismaJournals
    from connector.bootstrap.parts import PayrollAdapters

    return PayrollAdapters(
        runs=PlatformPayrollRuns(http) if api == "platform" else RestPayrollRuns(http),
        journals=VismaJournals(companies),
        exports=exports(),
    )


def targets(companies: VismaTargets, mode: ModeName) -> Targets:
    """The companies of Visma as the mode has them; only a live connector can write to them."""
    return companies if mode is ModeName.LIVE else RehearsalTargets(companies)


def companies(parts: VendorParts) -> VismaTargets:
    """The companies of Visma, each over a way of its own."""
    return VismaTargets(
        parts.secrets,
        parts.settings.visma_base_url,
        parts.settings.visma_token_url,
        on_call=parts.metrics.call,
        limits=parts.budget.limits,
        dialects=parts.dialects,
        watch=partial(visma_watch, parts.watches),
        time_left=parts.clock.remaining_seconds,
    )


def rate_budget(
    budgets: Budgets, metrics: EmfMetrics, clock: Clock, *, keeps_reserve: bool
) -> RateBudget:
    """The budgets of both vendors, shown on the dashboard of a function."""
    reports = BudgetReports(metrics, Log(metrics.service))
    return RateBudget(budgets, reports, clock.now, keeps_reserve=keeps_reserve)
