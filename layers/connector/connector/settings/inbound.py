"""The settings of the public functions. Each of their cold starts loads this: it stays light."""

from __future__ import annotations

from dataclasses import dataclass, field

from connector.settings.reading import ADDRESS, TEXT, Settings


@dataclass(frozen=True, kw_only=True)
class WebhookSettings(Settings):
    """What the webhook function needs."""

    webhook_secret_arn: str = field(metadata=TEXT)
    changes_queue_url: str = field(metadata=TEXT)
    watermarks_table: str = field(metadata=TEXT)


@dataclass(frozen=True, kw_only=True)
class NotificationSettings(Settings):
    """What the notification function needs."""

    webhook_secret_arn: str = field(metadata=TEXT)
    watermarks_table: str = field(metadata=TEXT)
    visma_signature_header: str = field(metadata=TEXT)
    poller_function: str = field(metadata=TEXT)


@dataclass(frozen=True, kw_only=True)
class InstallSettings(Settings):
    """What the install function needs."""

    rippling_secret_arn: str = field(metadata=TEXT)
    rippling_token_url: str = field(metadata=ADDRESS)
    rippling_authorize_url: str = field(metadata=ADDRESS)
    watermarks_table: str = field(metadata=TEXT)
