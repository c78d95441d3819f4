"""The contract of the webhook secret: who is let in, what is refused, and what a knock costs."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from connector.adapters.aws.webhook_secrets import EMPTY_FOR, AwsWebhookSecrets
from connector.adapters.memory import InMemoryWebhookSecrets
from connector.domain.errors import ConfigurationError
from connector.ports.secrets import WebhookSecrets
from tests.contract.bench import Watched, aws, refusal
from tests.support.clock import HandClock

CURRENT, PREVIOUS = "current-webhook-token", "previous-webhook-token"
KEY = "a-key-that-signs"


@dataclass
class Vault:
    """The webhook secret in AWS, as the operator fills it."""

    client: Watched
    clock: HandClock
    arn: str

    @property
    def secrets(self) -> AwsWebhookSecrets:
        return AwsWebhookSecrets(self.client, self.arn, self.clock.now)

    def fill(self, **value: Any) -> AwsWebhookSecrets:
        self.client.put_secret_value(SecretId=self.arn, SecretString=json.dumps(value))
        return self.secrets


@pytest.fixture
def vault() -> Iterator[Vault]:
    with aws("secretsmanager") as client:
        yield Vault(Watched(client), HandClock(), client.create_secret(Name="webhook")["ARN"])


@pytest.fixture(params=["memory", "aws"])
def filled(request: pytest.FixtureRequest, vault: Vault) -> WebhookSecrets:
    if request.param == "memory":
        return InMemoryWebhookSecrets((CURRENT, PREVIOUS), "5951", {"norway": KEY})
    return vault.fill(
        webhook_tokens=[CURRENT, f"{PREVIOUS} "], company_id="5951 ", visma={"norway": f" {KEY}\n"}
    )


@pytest.fixture(params=["memory", "aws"])
def empty(request: pytest.FixtureRequest, vault: Vault) -> WebhookSecrets:
    return InMemoryWebhookSecrets() if request.param == "memory" else vault.secrets


def test_tokens_company_and_keys_are_read(filled: WebhookSecrets) -> None:
    assert filled.webhook_tokens() == (CURRENT, PREVIOUS)
    assert filled.webhook_company() == "5951"
    assert filled.notification_keys() == {"norway": KEY}
    assert filled.problems() == []


def test_an_empty_secret_lets_nobody_in(empty: WebhookSecrets) -> None:
    assert empty.webhook_tokens() == ()
    assert empty.webhook_company() is None
    assert empty.notification_keys() == {}
    assert empty.problems() is None


def test_each_part_may_be_left_out(vault: Vault) -> None:
    secrets = vault.fill(webhook_tokens=[CURRENT])

    assert (secrets.webhook_company(), secrets.notification_keys()) == (None, {})
    assert vault.fill(visma={"norway": KEY}).webhook_tokens() == ()


@pytest.mark.parametrize("tokens", [["hidden"], "hidden", [CURRENT, ""], [7]])
def test_a_token_that_is_too_weak_lets_nobody_in(vault: Vault, tokens: Any) -> None:
    assert "webhook_tokens" in refused(vault.fill(webhook_tokens=tokens), "webhook_tokens")


@pytest.mark.parametrize("company", [5951, "", ["5951"]])
def test_a_company_that_is_no_text_lets_nobody_in(vault: Vault, company: Any) -> None:
    assert "company_id" in refused(vault.fill(company_id=company), "webhook_company")


@pytest.mark.parametrize("keys", [{"norway": ""}, {"norway": "hidden"}, {"norway": 7}, ["hidden"]])
def test_a_key_that_is_too_weak_signs_nothing(vault: Vault, keys: Any) -> None:
    assert "visma" in refused(vault.fill(visma=keys), "notification_keys")


def test_everything_that_is_wrong_is_said_at_once(vault: Vault) -> None:
    secrets = vault.fill(webhook_tokens=["hidden"], company_id=7, visma={"norway": "hidden"})

    problems = secrets.problems() or []

    assert len(problems) == 3
    assert "hidden" not in "".join(problems)


def test_a_secret_that_may_not_be_read_is_not_an_empty_one(vault: Vault) -> None:
    vault.client.answers["get_secret_value"] = [refusal("AccessDeniedException")]

    with pytest.raises(ClientError):
        vault.secrets.webhook_tokens()


def test_many_knocks_cost_one_call_while_it_is_filled_and_while_it_is_empty(vault: Vault) -> None:
    empty = vault.secrets
    for _ in range(50):
        empty.webhook_tokens()
        empty.webhook_company()
    assert vault.client.count("get_secret_value") == 1

    filled = vault.fill(webhook_tokens=[CURRENT])
    for _ in range(50):
        filled.webhook_tokens()
        filled.webhook_company()
    assert vault.client.count("get_secret_value") == 2


def test_a_secret_that_was_just_filled_is_found_soon(vault: Vault) -> None:
    secrets = vault.secrets
    assert secrets.webhook_tokens() == ()

    vault.fill(webhook_tokens=[CURRENT])
    vault.clock.turn(seconds=EMPTY_FOR.total_seconds())

    assert secrets.webhook_tokens() == (CURRENT,)


def refused(secrets: WebhookSecrets, which: str) -> str:
    """What is wrong, once it is sure that the error shows none of it."""
    with pytest.raises(ConfigurationError) as error:
        getattr(secrets, which)()
    shown = "".join(traceback.format_exception(error.value)) + repr(error.value.__context__)
    assert "hidden" not in shown
    return str(error.value)
