"""The settings of each function, read from its environment. Nothing has a hidden default.

Every missing or unusable variable is named at once. No secret is ever a setting.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from connector.domain.errors import ConfigurationError

Text = Annotated[str, Field(min_length=1)]


def _is_address(address: str) -> str:
    """Refuses plain http to anywhere but this machine: tokens travel on it."""
    secure = address.startswith("https://")
    local = address.startswith(("http://127.0.0.1", "http://localhost"))
    if not (secure or local):
        raise ValueError("must begin with https://")
    return address


REST_HOST = "rest.ripplingapis.com"
PLATFORM_ADDRESS = "https://api.rippling.com/platform/api"

Address = Annotated[str, AfterValidator(_is_address)]

AnySettings = TypeVar("AnySettings", bound="Settings")


class Settings(BaseModel):
    """The base of all settings: a field is a variable of the same name in capitals."""

    model_config = ConfigDict(
        frozen=True, alias_generator=str.upper, populate_by_name=True, extra="ignore"
    )

    @classmethod
    def from_env(cls: type[AnySettings], env: Mapping[str, str]) -> AnySettings:
        """The settings in an environment.

        Raises:
            ConfigurationError: with every variable that is missing or unusable.
        """
        try:
            return cls.model_validate(dict(env))
        except ValidationError as error:
            raise ConfigurationError(
                f"environment variable {problem['loc'][0]}: {problem['msg']}"
                for problem in error.errors(include_input=False)
            ) from None


class WebhookSettings(Settings):
    """What the webhook function needs."""

    webhook_secret_arn: Text
    changes_queue_url: Text
    watermarks_table: Text


class NotificationSettings(Settings):
    """What the notification function needs."""

    webhook_secret_arn: Text
    watermarks_table: Text
    visma_signature_header: Text
    poller_function: Text


class InstallSettings(Settings):
    """What the install function needs."""

    rippling_secret_arn: Text
    rippling_token_url: Address
    rippling_authorize_url: Address
    watermarks_table: Text


class ReleaserSettings(Settings):
    """What the releaser function needs."""

    changes_queue_url: Text
    watermarks_table: Text
    mappings_table: Text
    people_table: Text


class VendorSettings(Settings):
    """What every function needs that talks to Rippling and Visma."""

    rippling_api: Literal["rest", "platform"]
    rippling_auth: Literal["api_token", "oauth"]
    rippling_base_url: Address
    rippling_token_url: Address
    visma_base_url: Address
    visma_token_url: Address
    rippling_secret_arn: Text
    visma_secret_arn: Text
    changes_queue_url: Text
    watermarks_table: Text
    mappings_table: Text
    people_table: Text
    digest_key_secret_arn: Text
    cost_allocation: bool

    @field_validator("rippling_base_url")
    @classmethod
    def _speaks_the_api(cls, address: str, info: ValidationInfo) -> str:
        """Refuses the one mistake that is easily made: the other API at the default address."""
        if info.data.get("rippling_api") == "platform" and REST_HOST in address:
            raise ValueError(f"is not the Platform API; its address is {PLATFORM_ADDRESS}")
        return address


class PollerSettings(VendorSettings):
    """What the poller function needs."""


class AuditedSettings(VendorSettings):
    """What every function needs that writes to the audit."""

    approvals_table: Text
    audit_table: Text
    dead_letter_queue_url: Text
    pay_key_arn: str
    audit_retention_days: Annotated[int, Field(ge=0)]


class WriterSettings(AuditedSettings):
    """What the writer function needs."""


class OperationsSettings(AuditedSettings):
    """What the operations function needs."""

    rippling_authorize_url: Address
    webhook_secret_arn: Text
    alarm_prefix: Text
    reports_bucket: Text
    poller_function: Text
