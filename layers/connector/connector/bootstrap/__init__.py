"""Where everything is built, and nowhere else: settings in, ready services out.

`adapters` and `vendors` build the live parts, `services` joins parts into services, `parts` types
what goes between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.bootstrap import adapters, services
from connector.bootstrap.parts import OperatorOptions, Options

if TYPE_CHECKING:
    from connector.adapters.clock import SystemClock
    from connector.bootstrap.services import PollerServices, ReleaserServices
    from connector.services.apply.consumer import Consumer
    from connector.services.inbound.install import Installer
    from connector.services.inbound.rippling_webhook import RipplingWebhook
    from connector.services.inbound.visma_webhook import VismaWebhook
    from connector.services.operate.operator import Operator
    from connector.settings import (
        OperationsSettings,
        PollerSettings,
        ReleaserSettings,
        WebhookSettings,
        WriterSettings,
    )


def clock() -> SystemClock:
    """The clock that all services of this process share."""
    return adapters.clock()


def rippling_webhook(settings: WebhookSettings) -> RipplingWebhook:
    """The service behind the webhook; loads neither HTTP, retries nor the mapping."""
    return services.rippling_webhook(adapters.rippling_inbound(settings))


def visma_webhook(settings: WebhookSettings) -> VismaWebhook | None:
    """The service behind Visma's webhook, or None where it is off; it stays light."""
    if not settings.visma_secret_arn:
        return None
    inbound = adapters.visma_inbound(settings)
    return services.visma_webhook(inbound, settings.visma_signature_header)


def installer(settings: WebhookSettings) -> Installer:
    """The service behind the install routes; HTTP and retries are loaded with the first code."""
    return services.installer(adapters.install(settings), settings.rippling_authorize_url)


def poller(settings: PollerSettings) -> PollerServices:
    """The services behind the poller."""
    options = Options(dry_run=settings.dry_run, cost_allocation=settings.cost_allocation)
    return services.poller(adapters.live(settings, "poller"), options)


def writer(settings: WriterSettings) -> Consumer:
    """The service behind the writer."""
    from connector.observability import Log

    options = Options(dry_run=settings.dry_run, cost_allocation=settings.cost_allocation)
    return services.writer(adapters.live(settings, "writer"), options, Log("writer"))


def releaser(settings: ReleaserSettings) -> ReleaserServices:
    """The services behind the releaser."""
    return services.releaser(adapters.state(settings))


def operations(settings: OperationsSettings) -> Operator:
    """The service behind the operations function."""
    options = OperatorOptions(
        dry_run=settings.dry_run,
        cost_allocation=settings.cost_allocation,
        is_oauth=settings.rippling_auth == "oauth",
        polling_enabled=settings.polling_enabled,
        authorize_url=settings.rippling_authorize_url,
    )
    parts = adapters.live(settings, "operations", by_operator=True)
    return services.operations(parts, adapters.for_operator(settings), options)
