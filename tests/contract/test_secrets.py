"""The contract of the secrets: what is read, what is refused, and what never shows."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from connector.adapters.aws.secrets import AwsSecrets
from connector.adapters.memory import InMemorySecrets
from connector.domain.errors import ConfigurationError, RetryableError
from connector.ports.secrets import Pending, RipplingCredentials, Secrets, VismaCredentials
from tests.contract.bench import NOON, Watched, aws, refusal
from tests.support.clock import HandClock

NORWAY = {"client_id": "isv_1", "client_secret": "hidden", "tenant_id": "t-1"}
APP: dict[str, Any] = {
    "client_id": "c",
    "client_secret": "hidden",
    "redirect_uri": "https://app.test/done",
}
LATER = NOON + timedelta(hours=36)
VISMA = {"norway": VismaCredentials("isv_1", "hidden", "t-1", "1234567")}


@dataclass
class Vault:
    """The two secrets in AWS, as the operator fills them."""

    client: Watched
    clock: HandClock
    rippling_arn: str
    visma_arn: str

    @property
    def secrets(self) -> AwsSecrets:
        return AwsSecrets(self.client, self.rippling_arn, self.visma_arn, self.clock.now)

    def fill(self, *, rippling: Any = None, visma: Any = None) -> AwsSecrets:
        """Puts values into the secrets; a text goes in as it is."""
        for arn, value in ((self.rippling_arn, rippling), (self.visma_arn, visma)):
            if value is not None:
                text = value if isinstance(value, str) else json.dumps(value)
                self.client.put_secret_value(SecretId=arn, SecretString=text)
        return self.secrets


@pytest.fixture
def vault() -> Iterator[Vault]:
    with aws("secretsmanager") as client:
        arns = [client.create_secret(Name=name)["ARN"] for name in ("rippling", "visma")]
        yield Vault(Watched(client), HandClock(), *arns)


@pytest.fixture(params=["memory", "aws"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def filled(kind: str, vault: Vault) -> Secrets:
    if kind == "memory":
        tokens = RipplingCredentials(api_token="token")
        return InMemorySecrets(tokens, VISMA)
    return vault.fill(
        rippling={"api_token": " token\n"},
        visma={"companies": {"norway": {**NORWAY, "company_id": 1234567}}},
    )


@pytest.fixture
def app(kind: str, vault: Vault) -> Secrets:
    """The secrets of an App Shop app that no one has installed yet."""
    if kind == "memory":
        return InMemorySecrets(RipplingCredentials(**APP), VISMA)
    return vault.fill(rippling={**APP, "note": "kept"})


@pytest.fixture
def empty(kind: str, vault: Vault) -> Secrets:
    return InMemorySecrets() if kind == "memory" else vault.secrets


def problems(secrets: Secrets, which: str) -> tuple[str, ...]:
    """What is wrong with a secret, once it is sure that the error shows none of it."""
    with pytest.raises(ConfigurationError) as error:
        getattr(secrets, which)()
    shown = "".join(traceback.format_exception(error.value)) + repr(error.value.__context__)
    assert "hidden" not in shown
    return error.value.problems


# Both


def test_the_rippling_secret_is_read(filled: Secrets) -> None:
    assert filled.rippling() == RipplingCredentials(api_token="token")


def test_the_visma_secret_is_read_by_company(filled: Secrets) -> None:
    assert filled.visma() == VISMA


def test_an_empty_secret_is_the_operators_to_fill(empty: Secrets) -> None:
    assert problems(empty, "rippling")[0].startswith("the Rippling secret is empty")
    assert problems(empty, "visma")[0].startswith("the Visma secret is empty")


def test_credentials_do_not_show_their_secrets(filled: Secrets) -> None:
    shown = repr(filled.rippling()) + repr(filled.visma())

    assert not any(secret in shown for secret in ("'token'", "hidden"))


def test_the_tokens_of_an_installation_are_stored_and_all_else_stays(app: Secrets) -> None:
    before = app.rippling()

    app.store_rippling_tokens("access-1", "refresh-1", LATER)

    assert app.rippling() == app.rippling(fresh=True)
    assert app.rippling() == replace(
        before, access_token="access-1", refresh_token="refresh-1", expires_at=LATER
    )


def test_without_a_new_refresh_token_the_last_one_stays(app: Secrets) -> None:
    app.store_rippling_tokens("access-1", "refresh-1", NOON)
    app.store_rippling_tokens("access-2", None, LATER)

    held = app.rippling()
    assert (held.access_token, held.refresh_token) == ("access-2", "refresh-1")
    assert held.expires_at == LATER


def test_a_new_installation_waits_beside_the_one_in_use_until_it_is_confirmed(
    app: Secrets,
) -> None:
    app.store_rippling_tokens("access-1", "refresh-1", NOON)
    new = Pending("access-2", None, LATER, NOON)
    assert app.pending() is None

    app.store_pending(new)

    assert app.pending() == new
    assert app.rippling(fresh=True).access_token == "access-1"
    app.store_rippling_tokens("access-3", "refresh-3", NOON)
    assert app.pending() == new
    app.confirm(new, "company-7")
    held = app.rippling(fresh=True)
    assert (held.access_token, held.refresh_token) == ("access-2", None)
    assert (held.expires_at, held.company_id) == (LATER, "company-7")
    assert app.pending() is None
    assert "access-2" not in repr(new)


def test_tokens_do_not_show(app: Secrets) -> None:
    app.store_rippling_tokens("access-1", "refresh-1", LATER)

    assert "access-1" not in repr(app.rippling())
    assert "refresh-1" not in repr(app.rippling())


def test_there_is_nowhere_to_put_tokens_in_an_empty_secret(empty: Secrets) -> None:
    with pytest.raises(ConfigurationError, match="the Rippling secret is empty"):
        empty.store_rippling_tokens("access-1", "refresh-1", LATER)


# AWS alone


def test_an_empty_secret_says_what_to_put_in_it(vault: Vault) -> None:
    (told,) = problems(vault.secrets, "rippling")

    assert '{"api_token": "..."}' in told
    assert "redirect_uri" in told
    assert "tenant_id" in problems(vault.secrets, "visma")[0]


def test_an_app_shop_secret_is_read_with_the_tokens_that_were_added(vault: Vault) -> None:
    added = {"access_token": "a", "refresh_token": "r", "expires_at": 7}

    credentials = vault.fill(rippling={**APP, **added}).rippling()

    assert credentials == RipplingCredentials(
        None, "c", "hidden", "https://app.test/done", access_token="a", refresh_token="r"
    )


def test_an_app_shop_secret_is_valid_before_anybody_has_installed_the_app(vault: Vault) -> None:
    credentials = vault.fill(rippling=APP).rippling()

    assert credentials.is_app
    assert credentials.access_token is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (LATER.isoformat(), LATER),
        (LATER.replace(tzinfo=None).isoformat(), LATER),
        ("tomorrow", None),
        (7, None),
    ],
)
def test_the_end_of_a_token_is_read_where_it_is_a_moment(
    vault: Vault, text: Any, moment: datetime | None
) -> None:
    assert vault.fill(rippling={**APP, "expires_at": text}).rippling().expires_at == moment


def test_tokens_are_put_beside_what_an_operator_has_put_in_meanwhile(vault: Vault) -> None:
    secrets = vault.fill(rippling=APP)
    secrets.rippling()
    vault.fill(rippling={**APP, "client_secret": "newer", "note": "kept"})

    secrets.store_rippling_tokens("access-1", "refresh-1", LATER)

    answer = vault.client.get_secret_value(SecretId=vault.rippling_arn)
    assert json.loads(answer["SecretString"]) == {
        **APP,
        "client_secret": "newer",
        "note": "kept",
        "access_token": "access-1",
        "refresh_token": "refresh-1",
        "expires_at": "2026-11-26T00:00:00+00:00",
    }
    (put,) = [request for name, request in vault.client.calls if name == "put_secret_value"][-1:]
    assert put["SecretId"] == vault.rippling_arn
    assert len(put["ClientRequestToken"]) >= 32


def test_tokens_that_could_not_be_stored_are_not_held_either(vault: Vault) -> None:
    secrets = vault.fill(rippling=APP)
    vault.client.answers["put_secret_value"] = [refusal("ThrottlingException")]

    with pytest.raises(RetryableError) as error:
        secrets.store_rippling_tokens("access-1", "refresh-1", LATER)

    assert "access-1" not in f"{error.value!r}{error.value.__cause__!r}"
    assert secrets.rippling().access_token is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, ["it needs api_token, or client_id, client_secret, redirect_uri together"]),
        (
            {"client_id": "hidden", "client_secret": "hidden"},
            ["(redirect_uri missing)"],
        ),
        (
            {"api_token": 7, "client_id": ""},
            ["api_token must be a text", "client_id must"],
        ),
    ],
)
def test_everything_wrong_with_the_rippling_secret_is_told_at_once(
    vault: Vault, value: Any, expected: list[str]
) -> None:
    told = problems(vault.fill(rippling=value), "rippling")

    assert len(told) == len(expected)
    for message, part in zip(told, expected, strict=True):
        assert message.startswith("the Rippling secret: ")
        assert part in message


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, ["companies must hold one object"]),
        ({"companies": {}}, ["companies must hold one object"]),
        ({"companies": ["hidden"]}, ["companies must hold one object"]),
        ({"companies": {"norway": "hidden"}}, ["companies.norway must be an object"]),
        (
            {
                "companies": {
                    "norway": {**NORWAY, "tenant_id": 5},
                    "sweden": {"client_id": "hidden"},
                }
            },
            [
                "companies.norway.tenant_id must be a text",
                "companies.sweden.client_secret is missing",
                "companies.sweden.tenant_id is missing",
            ],
        ),
        (
            {"companies": {"norway": {**NORWAY, "company_id": ["hidden"]}}},
            ["companies.norway.company_id must be a text"],
        ),
    ],
)
def test_everything_wrong_with_the_visma_secret_is_told_at_once(
    vault: Vault, value: Any, expected: list[str]
) -> None:
    told = problems(vault.fill(visma=value), "visma")

    assert len(told) == len(expected)
    for message, part in zip(told, expected, strict=True):
        assert part in message


@pytest.mark.parametrize("text", ['{"api_token": "hidden"', '["hidden"]', "hidden", " "])
def test_a_secret_that_cannot_be_read_shows_nothing_of_itself(vault: Vault, text: str) -> None:
    secrets = vault.fill(rippling=text, visma=text)

    (told,) = problems(secrets, "rippling")
    assert told.startswith("the Rippling secret is ")
    (told,) = problems(secrets, "visma")
    assert told.startswith("the Visma secret is ")


def test_a_company_id_may_be_left_out(vault: Vault) -> None:
    visma = vault.fill(visma={"companies": {"norway": {**NORWAY, "company_id": None}}}).visma()

    assert visma["norway"].company_id is None


def test_a_secret_is_read_once_in_five_minutes(vault: Vault) -> None:
    secrets = vault.fill(rippling={"api_token": "old"})
    secrets.rippling()
    secrets.rippling()
    vault.fill(rippling={"api_token": "new"})
    vault.clock.turn(seconds=299)

    assert secrets.rippling().api_token == "old"
    assert vault.client.count("get_secret_value") == 1

    vault.clock.turn(seconds=1)

    assert secrets.rippling().api_token == "new"
    assert vault.client.count("get_secret_value") == 2


def test_a_secret_can_be_read_anew_at_once(vault: Vault) -> None:
    secrets = vault.fill(rippling={"api_token": "old"}, visma={"companies": {"norway": NORWAY}})
    secrets.rippling()
    secrets.visma()
    newer = {**NORWAY, "tenant_id": "t-2"}
    vault.fill(rippling={"api_token": "new"}, visma={"companies": {"norway": newer}})

    assert secrets.rippling(fresh=True).api_token == "new"
    assert secrets.visma(fresh=True)["norway"].tenant_id == "t-2"


def test_a_secret_that_was_just_filled_is_found_at_once(vault: Vault) -> None:
    secrets = vault.secrets
    assert problems(secrets, "rippling")

    vault.fill(rippling={"api_token": "token"})

    assert secrets.rippling().api_token == "token"


def test_a_busy_secrets_manager_can_be_asked_again(vault: Vault) -> None:
    vault.client.answers["get_secret_value"] = [refusal("ThrottlingException")]

    with pytest.raises(RetryableError):
        vault.secrets.rippling()


def test_a_secret_that_may_not_be_read_is_not_an_empty_one(vault: Vault) -> None:
    vault.client.answers["get_secret_value"] = [refusal("AccessDeniedException")]

    with pytest.raises(ClientError):
        vault.secrets.rippling()
