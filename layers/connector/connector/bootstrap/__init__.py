"""Where everything is built, and nowhere else: settings in, ready services out.

`adapters` and `vendors` build the live parts, `services` joins parts into services, `parts` types
what goes between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.bootstrap import adapters, operating, services
from connector.bootstrap.parts import OperatorOptions, Options
from connector.domain.records.mode import Mode

__all__ = [
    "Mode",
    "clock",
    "installer",
    "mode",
    "operations",
    "poller",
    "releaser",
    "rippling_webhook",
    "visma_webhook",
    "writer",
]

if TYPE_CHECKING:
    from connector.adapters.clock import SystemClock
    from connector.bootstrap.services import PollerServices, ReleaserServices
    from connector.services.apply.consumer import Consumer
    from connector.services.inbound.install import Installer
    from connector.services.inbound.rippling_webhook import RipplingWebhook
    from connector.services.inbound.visma_webhook import VismaWebhook
    from connector.services.operate.operator import Operator
    from connector.services.shared.current_mode import CurrentMode
    from connector.settings import (
        InstallSettings,
        NotificationSettings,
        OperationsSettings,
        PollerSettings,
        ReleaserSettings,
        VendorSettings,
        WebhookSettings,
        WriterSettings,
    )


def clock() -> SystemClock:
    """The clock that all services of this process share."""
    return adapters.clock()


def rippling_webhook(settings: WebhookSettings) -> RipplingWebhook:
    """The service behind the webhook; loads neither HTTP, retries nor the mapping."""
    return services.rippling_webhook(adapters.rippling_inbound(settings))


def visma_webhook(settings: NotificationSettings) -> VismaWebhook:
    """The service behind Visma's webhook; it stays light."""
    inbound = adapters.visma_inbound(settings)
    return services.visma_webhook(inbound, settings.visma_signature_header)


def installer(settings: InstallSettings) -> Installer:
    """The service behind the install routes; HTTP and retries are loaded with the first code."""
    return services.installer(adapters.install(settings), settings.rippling_authorize_url)


def mode(settings: VendorSettings | ReleaserSettings, believed_seconds: float = 0) -> CurrentMode:
    """What every invocation asks which mode it is: a service is built for one of them."""
    from connector.services.shared.current_mode import CurrentMode

    return CurrentMode(adapters.modes(settings), clock(), believed_seconds)


def poller(settings: PollerSettings, in_mode: Mode) -> PollerServices:
    """The services behind the poller."""
    options = Options(mode=in_mode.name, cost_allocation=settings.cost_allocation)
    return services.poller(adapters.live(settings, "poller", in_mode.name), options)


def writer(settings: WriterSettings, in_mode: Mode) -> Consumer:
    """The service behind the writer."""
    from connector.observability import Log

    options = Options(mode=in_mode.name, cost_allocation=settings.cost_allocation)
    return services.writer(adapters.live(settings, "writer", in_mode.name), options, Log("writer"))


def releaser(settings: ReleaserSettings, in_mode: Mode) -> ReleaserServices:
    """The services behind the releaser."""
    return services.releaser(adapters.state(settings, in_mode.name))


def operations(settings: OperationsSettings, in_mode: Mode) -> Operator:
    """The service behind the operations function."""
    options = OperatorOptions(
        mode=in_mode.name,
        cost_allocation=settings.cost_allocation,
        is_oauth=settings.rippling_auth == "oauth",
        authorize_url=settings.rippling_authorize_url,
        stack=settings.alarm_prefix.removesuffix("-"),
    )
    parts = adapters.live(settings, "operations", in_mode.name, by_operator=True)
    return operating.operations(parts, adapters.for_operator(settings), options)
