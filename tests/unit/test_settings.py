"""What the environment of a function may say."""

from __future__ import annotations

import pytest

from connector.domain.errors import ConfigurationError
from connector.settings.vendors import OperationsSettings, PollerSettings

ENVIRONMENT = {
    "RIPPLING_API": "rest",
    "RIPPLING_AUTH": "api_token",
    "RIPPLING_BASE_URL": "https://rest.ripplingapis.com",
    "RIPPLING_TOKEN_URL": "https://app.rippling.com/api/o/token/",
    "VISMA_BASE_URL": "https://api.finance.visma.net",
    "VISMA_TOKEN_URL": "https://connect.visma.com/connect/token",
    "RIPPLING_SECRET_ARN": "arn:1",
    "VISMA_SECRET_ARN": "arn:2",
    "DIGEST_KEY_SECRET_ARN": "arn:4",
    "PAY_KEY_ARN": "",
    "CHANGES_QUEUE_URL": "https://sqs.example.com/changes.fifo",
    "WATERMARKS_TABLE": "watermarks",
    "MAPPINGS_TABLE": "mappings",
    "PEOPLE_TABLE": "people",
    "COST_ALLOCATION": "true",
}


@pytest.mark.parametrize(
    ("api", "address"),
    [
        ("rest", "https://rest.ripplingapis.com"),
        ("platform", "https://api.rippling.com/platform/api"),
        ("platform", "http://127.0.0.1:9003"),
    ],
)
def test_each_api_is_read_at_an_address_of_its_own(api: str, address: str) -> None:
    changes = {"RIPPLING_API": api, "RIPPLING_BASE_URL": address}

    settings = PollerSettings.from_env({**ENVIRONMENT, **changes})

    assert (settings.rippling_api, settings.rippling_base_url) == (api, address)


def test_the_platform_api_at_the_address_of_the_other_is_refused_with_the_right_one() -> None:
    with pytest.raises(ConfigurationError, match=r"RIPPLING_BASE_URL.*api\.rippling\.com/platform"):
        PollerSettings.from_env({**ENVIRONMENT, "RIPPLING_API": "platform"})


def test_everything_that_is_wrong_is_named_with_what_would_be_right() -> None:
    wrong = {
        **ENVIRONMENT,
        "RIPPLING_API": "soap",
        "RIPPLING_TOKEN_URL": "http://far.example",
        "COST_ALLOCATION": "perhaps",
        "AUDIT_RETENTION_DAYS": "-1",
        "AUDIT_TABLE": "",
    }

    with pytest.raises(ConfigurationError) as caught:
        OperationsSettings.from_env(wrong)

    assert {
        "environment variable RIPPLING_API: must be rest or platform",
        "environment variable RIPPLING_TOKEN_URL: must begin with https://",
        "environment variable COST_ALLOCATION: must be true or false",
        "environment variable AUDIT_RETENTION_DAYS: must be a whole number, 0 or more",
        "environment variable AUDIT_TABLE: must not be empty",
        "environment variable APPROVALS_TABLE: is missing",
        "environment variable REPORTS_BUCKET: is missing",
    } < set(caught.value.problems)


def test_what_can_be_read_is_of_the_right_type() -> None:
    settings = PollerSettings.from_env({**ENVIRONMENT, "UNRELATED": "1"})

    assert settings.cost_allocation is True
    assert not hasattr(settings, "unrelated")


@pytest.mark.parametrize(
    "address",
    [
        "http://far.example",
        "http://127.0.0.1.far.example",
        "http://127.0.0.1@far.example",
        "http://localhost.far.example/api",
        "http://localhostess",
        "https://",
        "https:far.example",
        "ftp://localhost",
        "http://[127.0.0.1",
        "x",
    ],
)
def test_tokens_travel_without_tls_to_this_machine_alone(address: str) -> None:
    with pytest.raises(ConfigurationError, match="environment variable VISMA_TOKEN_URL: "):
        PollerSettings.from_env({**ENVIRONMENT, "VISMA_TOKEN_URL": address})


@pytest.mark.parametrize(
    "address",
    [
        "https://far.example",
        "https://far.example:8443/x",
        "http://127.0.0.1:90",
        "http://localhost",
    ],
)
def test_an_address_is_https_or_this_machine(address: str) -> None:
    settings = PollerSettings.from_env({**ENVIRONMENT, "VISMA_TOKEN_URL": address})

    assert settings.visma_token_url == address
