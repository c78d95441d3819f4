"""The door of the fake Visma.net: tokens, companies, scopes and the hourly limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
import requests

from tests.simulator import Visma, credentials, nordfab_visma
from tests.simulator.clients import ALL_SCOPES, VismaClient, ask_token
from tests.simulator.visma import SCOPES
from tests.support.clock import HandClock

Connect = Callable[..., VismaClient]


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2025, 6, 2, 9, 0, tzinfo=UTC))


@pytest.fixture
def visma(clock: HandClock) -> Iterator[Visma]:
    with nordfab_visma(2, clock) as running:
        yield running


@pytest.fixture
def connect(visma: Visma) -> Iterator[Connect]:
    with ExitStack() as stack:
        yield lambda *args, **options: stack.enter_context(VismaClient(visma, *args, **options))


def test_a_token_names_its_lifetime_and_scopes(visma: Visma) -> None:
    secret = credentials()[1]["companies"]["norway"]

    answer = ask_token(visma, **secret).json()

    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    assert set(answer["scope"].split()) == SCOPES


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"client_secret": "guess"}, "invalid_client"),
        ({"client_id": "guess"}, "invalid_client"),
        ({"scope": "vismanet_erp_service_api:admin"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"tenant_id": "33333333-3333-4333-8333-333333333333"}, "invalid_request"),
    ],
)
def test_the_token_endpoint_refuses(visma: Visma, wrong: dict[str, str], error: str) -> None:
    secret = credentials()[1]["companies"]["norway"]

    answer = ask_token(visma, **{**secret, **wrong})

    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_a_token_is_asked_for_with_a_form_or_basic(visma: Visma) -> None:
    secret = credentials()[1]["companies"]["norway"]
    form = {"grant_type": "client_credentials", "scope": ALL_SCOPES}
    form["tenant_id"] = secret["tenant_id"]
    basic = (secret["client_id"], secret["client_secret"])

    assert requests.post(visma.token_url, data=form, auth=basic, timeout=5).ok
    assert not requests.post(visma.token_url, json={**form, **secret}, timeout=5).ok


def test_tokens_expire_and_can_be_revoked(visma: Visma, clock: HandClock, connect: Connect) -> None:
    client = connect()
    clock.turn(seconds=3599)
    assert client.get("/v1/branch").status_code == 200

    clock.turn(seconds=1)
    assert client.get("/v1/branch").status_code == 401

    client = connect()
    visma.revoke_tokens()
    assert client.get("/v1/branch").json()["ExceptionType"] == "IPPException"


def test_a_customer_tenant_gets_a_token_that_opens_nothing(visma: Visma) -> None:
    visma.customer_tenants.add("customer")
    secret = credentials()[1]["companies"]["norway"]
    token = ask_token(visma, **{**secret, "tenant_id": "customer"}).json()["access_token"]

    headers = {"Authorization": f"Bearer {token}"}
    assert requests.get(f"{visma.url}/v1/branch", headers=headers, timeout=5).status_code == 401


def test_a_token_opens_one_company_only(visma: Visma, connect: Connect) -> None:
    norway, sweden = connect("norway"), connect("sweden")

    norway.create()

    assert [row["name"] for row in sweden.get("/v1/branch").json()] == ["Stockholm"]
    assert sweden.get("/v1/employee/1001").status_code == 404
    assert [call.company for call in visma.calls("POST", "/v1/employee")] == ["norway"]
    assert (len(visma.employees()), visma.employees(company="sweden")) == (1, [])


def test_a_call_without_its_scope_is_forbidden(visma: Visma, connect: Connect) -> None:
    reader = connect(scope="vismanet_erp_service_api:read")

    assert reader.get("/v1/branch").status_code == 200
    assert reader.create().status_code == 403
    assert visma.employees() == []


def test_every_answer_carries_the_limit_and_an_exhausted_hour_refuses(
    visma: Visma, clock: HandClock, connect: Connect
) -> None:
    client = connect()
    visma.calls_per_hour = 2
    first = client.get("/v1/branch")
    assert first.headers["X-RateLimit-Remaining"] == "1"
    assert client.get("/v1/employee/404").headers["X-RateLimit-Policy"] == "4-fixed-window"

    clock.turn(minutes=50)
    refused = client.create()
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == refused.headers["X-RateLimit-Reset"] == "600"
    assert visma.employees() == []
    assert connect("sweden").get("/v1/branch").status_code == 200

    clock.turn(minutes=10)
    assert connect().create().status_code == 201
