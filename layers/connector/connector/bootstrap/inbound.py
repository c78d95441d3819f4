"""Where the public functions are built, whole: the webhook, the notifications, the install routes.

Anyone can have them started, so each loads its own parts and nothing else.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from connector.bootstrap.shared import clock, rows_of, webhook_secrets

if TYPE_CHECKING:
    from connector.services.inbound.install import Installer
    from connector.services.inbound.rippling_webhook import RipplingWebhook
    from connector.services.inbound.visma_webhook import VismaWebhook
    from connector.settings.inbound import InstallSettings, NotificationSettings, WebhookSettings


def rippling_webhook(settings: WebhookSettings) -> RipplingWebhook:
    """The service behind Rippling's webhook."""
    from connector.adapters.aws.clients import client
    from connector.adapters.aws.sqs import SqsChangeQueue
    from connector.adapters.aws.watermarks.flags import DynamoPollingPauses
    from connector.observability import LoggedChanges
    from connector.services.inbound.rippling_webhook import Access, RipplingWebhook

    secrets = webhook_secrets(settings.webhook_secret_arn)

    def access() -> Access:
        return Access(secrets.webhook_tokens(), secrets.webhook_company())

    return RipplingWebhook(
        access,
        SqsChangeQueue(
            client("sqs"), settings.changes_queue_url, on_queued=LoggedChanges("webhook").queued
        ),
        DynamoPollingPauses(clock(), client("dynamodb"), settings.watermarks_table),
    )


def visma_webhook(settings: NotificationSettings) -> VismaWebhook:
    """The service behind Visma's notifications."""
    from connector.adapters.aws.clients import client
    from connector.adapters.aws.poller_invoker import PollerInvoker
    from connector.adapters.aws.watermarks.flags import DynamoNotifications
    from connector.services.inbound.visma_webhook import VismaWebhook

    return VismaWebhook(
        webhook_secrets(settings.webhook_secret_arn).notification_keys,
        settings.visma_signature_header,
        DynamoNotifications(clock(), client("dynamodb"), settings.watermarks_table),
        PollerInvoker(client("lambda"), settings.poller_function),
        clock(),
    )


def installer(settings: InstallSettings) -> Installer:
    """The service behind the install routes; HTTP and retries are loaded with the first code."""
    from connector.adapters.aws.clients import client
    from connector.adapters.aws.secrets import AwsSecrets
    from connector.adapters.aws.watermarks.install_states import DynamoInstallStates
    from connector.services.inbound.install import Installer

    arn, table = settings.rippling_secret_arn, settings.watermarks_table
    secrets = AwsSecrets(client("secretsmanager"), arn, "", clock().now, max_age=timedelta())

    def exchange(code: str) -> None:
        from connector.adapters.aws.watermarks.leases import DynamoLeases
        from connector.bootstrap.vendors import installation
        from connector.observability import EmfMetrics

        leases, metrics = DynamoLeases(rows_of(table), clock()), EmfMetrics("install")
        installation(settings.rippling_token_url, secrets, leases, metrics).install(code)

    states = DynamoInstallStates(clock(), client("dynamodb"), table)
    return Installer(states, secrets.rippling, settings.rippling_authorize_url, exchange)
