"""Where everything is built, and nowhere else: settings in, ready services out.

`adapters` and `vendors` build the live parts, `parts` types what goes between. `services` joins
them for poller, writer and releaser, `operating` for the verbs, which take `foresight` (plan and
explain), `reporting` (the month-end report) and `payroll`; `later` puts a build off until its first
use. `inbound` builds the public functions, whole, and `shared` has what they share with the rest.
Imports stand inside the builders, so that a cold start loads only what its function needs.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.adapters.clock import SystemClock
    from connector.bootstrap.services import PollerServices, ReleaserServices
    from connector.domain.records.mode import ModeName
    from connector.services.apply.consumer import Consumer
    from connector.services.inbound.install import Installer
    from connector.services.inbound.rippling_webhook import RipplingWebhook
    from connector.services.inbound.visma_webhook import VismaWebhook
    from connector.services.operate.operator import Operator
    from connector.services.shared.current_mode import CurrentMode
    from connector.settings.inbound import InstallSettings, NotificationSettings, WebhookSettings
    from connector.settings.releaser import ReleaserSettings
    from connector.settings.vendors import (
        OperationsSettings,
        PollerSettings,
        VendorSettings,
        WriterSettings,
    )


def build_ahead(build: Callable[[], object], *services: str) -> None:
    """Builds what every invocation needs as a function is loaded; nothing is sent.

    Lambda gives a whole core for that, and a share of one afterwards. `services` are those of AWS
    that every invocation calls. Whatever fails here is built again by the first invocation, which
    fails as well and has the means to tell of it: a line in the log, a metric, an answer.
    """
    from connector.adapters.aws.clients import client

    with suppress(Exception):
        build()
        for service in services:
            client(service).get_ready()


def clock() -> SystemClock:
    """The clock that all services of this process share."""
    from connector.bootstrap.shared import clock

    return clock()


def rippling_webhook(settings: WebhookSettings) -> RipplingWebhook:
    """The service behind the webhook; loads neither HTTP, retries nor the mapping."""
    from connector.bootstrap import inbound

    return inbound.rippling_webhook(settings)


def visma_webhook(settings: NotificationSettings) -> VismaWebhook:
    """The service behind Visma's webhook; it stays light."""
    from connector.bootstrap import inbound

    return inbound.visma_webhook(settings)


def installer(settings: InstallSettings) -> Installer:
    """The service behind the install routes; HTTP and retries are loaded with the first code."""
    from connector.bootstrap import inbound

    return inbound.installer(settings)


def mode(settings: VendorSettings | ReleaserSettings, believed_seconds: float = 0) -> CurrentMode:
    """What every invocation asks which mode it is: a service is built for one of them."""
    from connector.bootstrap import adapters
    from connector.services.shared.current_mode import CurrentMode

    return CurrentMode(adapters.modes(settings), clock(), believed_seconds)


def poller(settings: PollerSettings, in_mode: ModeName) -> PollerServices:
    """The services behind the poller."""
    from connector.bootstrap import adapters, services
    from connector.bootstrap.parts import Options

    options = Options(mode=in_mode, cost_allocation=settings.cost_allocation)
    return services.poller(adapters.live(settings, "poller", in_mode), options)


def writer(settings: WriterSettings, in_mode: ModeName) -> Consumer:
    """The service behind the writer."""
    from connector.bootstrap import adapters, services
    from connector.bootstrap.parts import Options
    from connector.observability import Log

    options = Options(mode=in_mode, cost_allocation=settings.cost_allocation)
    return services.writer(adapters.live(settings, "writer", in_mode), options, Log("writer"))


def releaser(settings: ReleaserSettings, in_mode: ModeName) -> ReleaserServices:
    """The services behind the releaser."""
    from connector.bootstrap import adapters, services

    return services.releaser(adapters.state(settings, in_mode))


def operations(settings: OperationsSettings, in_mode: ModeName) -> Operator:
    """The service behind the operations function."""
    from connector.bootstrap import adapters, operating
    from connector.bootstrap.parts import OperatorOptions

    options = OperatorOptions(
        mode=in_mode,
        cost_allocation=settings.cost_allocation,
        is_oauth=settings.rippling_auth == "oauth",
        authorize_url=settings.rippling_authorize_url,
        stack=settings.alarm_prefix.removesuffix("-"),
    )
    parts = adapters.live(settings, "operations", in_mode, by_operator=True)
    return operating.operations(parts, adapters.for_operator(settings), options)
