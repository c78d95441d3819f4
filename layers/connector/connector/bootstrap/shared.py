"""What the functions of the vendors and the public ones have in common. It stays light."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from connector.adapters.clock import SystemClock

if TYPE_CHECKING:
    from connector.adapters.aws.watermarks.table import WatermarksTable
    from connector.ports.secrets import WebhookSecrets


@cache
def clock() -> SystemClock:
    """The clock of this process; a function ties it to each of its invocations."""
    return SystemClock()


def webhook_secrets(arn: str) -> WebhookSecrets:
    """The webhook secret."""
    from connector.adapters.aws.clients import client
    from connector.adapters.aws.webhook_secrets import AwsWebhookSecrets

    return AwsWebhookSecrets(client("secretsmanager"), arn, clock().now)


def rows_of(table: str) -> WatermarksTable:
    """The rows of the `WatermarksTable`."""
    from connector.adapters.aws.clients import client
    from connector.adapters.aws.watermarks.table import WatermarksTable

    return WatermarksTable(client("dynamodb"), table)
