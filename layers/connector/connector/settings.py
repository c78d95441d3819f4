"""The settings of each function, read from its environment. Nothing has a hidden default.

Every missing or unusable variable is named at once. No secret is ever a setting. The public
functions load this file: what it imports, each of their cold starts pays for.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from connector.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

REST_HOST = "rest.ripplingapis.com"
PLATFORM_ADDRESS = "https://api.rippling.com/platform/api"

AnySettings = TypeVar("AnySettings", bound="Settings")


def _any_text(text: str) -> str:
    return text


def _text(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


def _address(text: str) -> str:
    """Refuses plain http to anywhere but this machine: tokens travel on it."""
    if not text.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise ValueError("must begin with https://")
    return text


def _yes_or_no(text: str) -> bool:
    return _one_of("true", "false")(text.lower()) == "true"


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError("must be a whole number, 0 or more")
    return int(text)


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be {' or '.join(words)}")
        return text

    return read


def _read_by(reader: Callable[[str], Any]) -> Mapping[str, Callable[[str], Any]]:
    return {"reader": reader}


ANY_TEXT, TEXT, ADDRESS = _read_by(_any_text), _read_by(_text), _read_by(_address)
YES_OR_NO, DAYS = _read_by(_yes_or_no), _read_by(_days)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The base of all settings: a field is a variable of the same name in capitals."""

    @classmethod
    def from_env(cls: type[AnySettings], env: Mapping[str, str]) -> AnySettings:
        """The settings in an environment.

        Raises:
            ConfigurationError: with every variable that is missing or unusable.
        """
        values: dict[str, Any] = {}
        problems = []
        for each in fields(cls):
            try:
                values[each.name] = each.metadata["reader"](_given(env, each.name.upper()))
            except ValueError as error:
                problems.append(f"environment variable {each.name.upper()}: {error}")
        problems += cls.contradictions(values)
        if problems:
            raise ConfigurationError(problems)
        return cls(**values)

    @classmethod
    def contradictions(cls, values: Mapping[str, Any]) -> Iterator[str]:
        """What does not go together among the values that could be read."""
        yield from ()


def _given(env: Mapping[str, str], variable: str) -> str:
    if variable not in env:
        raise ValueError("is missing")
    return env[variable]


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


@dataclass(frozen=True, kw_only=True)
class ReleaserSettings(Settings):
    """What the releaser function needs."""

    changes_queue_url: str = field(metadata=TEXT)
    watermarks_table: str = field(metadata=TEXT)
    mappings_table: str = field(metadata=TEXT)
    people_table: str = field(metadata=TEXT)


@dataclass(frozen=True, kw_only=True)
class VendorSettings(Settings):
    """What every function needs that talks to Rippling and Visma."""

    rippling_api: Literal["rest", "platform"] = field(
        metadata=_read_by(_one_of("rest", "platform"))
    )
    rippling_auth: Literal["api_token", "oauth"] = field(
        metadata=_read_by(_one_of("api_token", "oauth"))
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
