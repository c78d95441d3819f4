"""Both vendors over HTTP: sign-in, budget and API, the same in a function and against the fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.adapters.dialect import Dialect
from connector.adapters.http.budget import RateBudget
from connector.adapters.http.client import HttpClient
from connector.adapters.rehearsal import RehearsalTargets
from connector.adapters.rippling.oauth import RipplingInstallation, RipplingTokenEndpoint
from connector.adapters.rippling.platform import RipplingPlatformSource
from connector.adapters.rippling.responses import PENALTY_SECONDS
from connector.adapters.rippling.rest import RipplingRestSource
from connector.adapters.rippling.sign_in import RipplingOAuthSignIn, RipplingSignIn
from connector.adapters.visma.targets import VismaTargets
from connector.domain.records.mode import ModeName
from connector.observability import BudgetReports, EmfMetrics, Log
from connector.services.shared.names import Names, RememberingSource

if TYPE_CHECKING:
    from typing import Literal

    from connector.ports.clock import Clock
    from connector.ports.cursors import Leases
    from connector.ports.dialects import Dialects
    from connector.ports.reference_cache import ReferenceCache
    from connector.ports.rippling import Source
    from connector.ports.secrets import Secrets
    from connector.ports.state import Budgets
    from connector.ports.visma import Targets
    from connector.services.shared.requirements import WatchedMappings
    from connector.settings import VendorSettings


def rippling_source(
    api: Literal["rest", "platform"],
    http: HttpClient,
    mappings: WatchedMappings,
    cache: ReferenceCache,
    dialects: Dialects,
    clock: Clock,
) -> Source:
    """Rippling behind one of its APIs, asked for what the watched mapping wants."""
    names = Names(cache, clock, mappings.words)
    if api == "platform":
        source: Source = RipplingPlatformSource(
            http,
            location_names=names.locations,
            custom_fields=mappings.custom_fields,
            compensation=mappings.wants_pay,
        )
    else:
        source = RipplingRestSource(
            http,
            location_names=names.locations,
            custom_fields=mappings.custom_fields,
            compensation=mappings.wants_pay,
            dialect=Dialect("rippling", dialects),
        )
    return RememberingSource(source, names)


def rippling_http(
    settings: VendorSettings,
    secrets: Secrets,
    leases: Leases,
    metrics: EmfMetrics,
    budget: RateBudget,
    clock: Clock,
) -> HttpClient:
    """The way to Rippling, signed in as the stack is deployed."""
    sign_in: RipplingSignIn | RipplingOAuthSignIn = RipplingSignIn(secrets)
    if settings.rippling_auth == "oauth":
        app = installation(settings.rippling_token_url, secrets, leases, metrics)
        sign_in = RipplingOAuthSignIn(app, secrets)
    return HttpClient(
        "Rippling",
        settings.rippling_base_url,
        authorization=sign_in.authorization,
        on_call=metrics.call,
        limits=budget.limits("Rippling", penalty=PENALTY_SECONDS),
        time_left=clock.remaining_seconds,
    )


def rippling_of(settings: VendorSettings, authorization: str) -> HttpClient:
    """The way to Rippling with a token that is not in use yet."""
    return HttpClient("Rippling", settings.rippling_base_url, authorization=lambda _: authorization)


def installation(
    token_url: str, secrets: Secrets, leases: Leases, metrics: EmfMetrics
) -> RipplingInstallation:
    """The installation of the App Shop app."""
    endpoint = RipplingTokenEndpoint(token_url, secrets, on_call=metrics.call)
    return RipplingInstallation(endpoint, secrets, leases, metrics)


def targets(
    settings: VendorSettings,
    secrets: Secrets,
    metrics: EmfMetrics,
    budget: RateBudget,
    dialects: Dialects,
    mode: ModeName,
    clock: Clock,
) -> Targets:
    """The companies of Visma; only a live connector can write to them."""
    companies = VismaTargets(
        secrets,
        settings.visma_base_url,
        settings.visma_token_url,
        on_call=metrics.call,
        limits=budget.limits,
        dialects=dialects,
        time_left=clock.remaining_seconds,
    )
    return companies if mode is ModeName.LIVE else RehearsalTargets(companies)


def rate_budget(
    budgets: Budgets, metrics: EmfMetrics, clock: Clock, *, keeps_reserve: bool
) -> RateBudget:
    """The budgets of both vendors, shown on the dashboard of a function."""
    reports = BudgetReports(metrics, Log(metrics.service))
    return RateBudget(budgets, reports, clock.now, keeps_reserve=keeps_reserve)
