"""The settings of the functions that talk to Rippling and Visma."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from connector.settings.reading import (
    ADDRESS,
    ANY_TEXT,
    DAYS,
    TEXT,
    YES_OR_NO,
    Settings,
    one_of,
    read_by,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REST_HOST = "rest.ripplingapis.com"
PLATFORM_ADDRESS = "https://api.rippling.com/platform/api"


@dataclass(frozen=True, kw_only=True)
class VendorSettings(Settings):
    """What every function needs that talks to Rippling and Visma."""

    rippling_api: Literal["rest", "platform"] = field(metadata=read_by(one_of("rest", "platform")))
    rippling_auth: Literal["api_token", "oauth"] = field(
        metadata=read_by(one_of("api_token", "oauth"))
    )
    rippling_base_url: str = field(metadata=ADDRESS)
    rippling_token_url: str = field(metadata=ADDRESS)
    visma_base_url: str = field(metadata=ADDRESS)
    visma_token_url: str = field(metadata=ADDRESS)
    rippling_secret_arn: str = field(metadata=TEXT)
    visma_secret_arn: str = field(metadata=TEXT)
    changes_queue_url: str = field(metadata=TEXT)
    watermarks_table: str = field(metadata=TEXT)
    mappings_table: str = field(metadata=TEXT)
    people_table: str = field(metadata=TEXT)
    digest_key_secret_arn: str = field(metadata=TEXT)
    cost_allocation: bool = field(metadata=YES_OR_NO)

    @classmethod
    def contradictions(cls, values: Mapping[str, Any]) -> Iterator[str]:
        """The one mistake that is easily made: the other API at the default address."""
        is_platform = values.get("rippling_api") == "platform"
        if is_platform and REST_HOST in values.get("rippling_base_url", ""):
            yield (
                "environment variable RIPPLING_BASE_URL: is not the Platform API; its address is"
                f" {PLATFORM_ADDRESS}"
            )


@dataclass(frozen=True, kw_only=True)
class PollerSettings(VendorSettings):
    """What the poller function needs."""


@dataclass(frozen=True, kw_only=True)
class AuditedSettings(VendorSettings):
    """What every function needs that writes to the audit."""

    approvals_table: str = field(metadata=TEXT)
    audit_table: str = field(metadata=TEXT)
    dead_letter_queue_url: str = field(metadata=TEXT)
    pay_key_arn: str = field(metadata=ANY_TEXT)
    audit_retention_days: int = field(metadata=DAYS)


@dataclass(frozen=True, kw_only=True)
class WriterSettings(AuditedSettings):
    """What the writer function needs."""


@dataclass(frozen=True, kw_only=True)
class OperationsSettings(AuditedSettings):
    """What the operations function needs."""

    rippling_authorize_url: str = field(metadata=ADDRESS)
    webhook_secret_arn: str = field(metadata=TEXT)
    alarm_prefix: str = field(metadata=TEXT)
    reports_bucket: str = field(metadata=TEXT)
    poller_function: str = field(metadata=TEXT)
