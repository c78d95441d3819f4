"""Schemathesis invents requests by the endpoints' contract and checks each answer against it.

`FUZZ_EXAMPLES` says how many for each case; the few of every test run are always the same ones.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from tests.embedded.template import ROOT
from tests.fuzz.gateway import SIGN, Gateway
from tests.simulator import nordfab_rippling, nordfab_visma
from tests.simulator.nordfab import WEBHOOK_TOKENS, webhook_credentials
from tests.support.aws import Account, an_account
from tests.support.webhooks import FORM, SIGNING_KEY, invocations

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
CONTRACT = schemathesis.openapi.from_path(ROOT / "tests" / "contracts" / "webhooks.yaml")
CREDENTIALS = {
    "/rippling/webhook": {"Authorization": f"Bearer {WEBHOOK_TOKENS[0]}"},
    "/visma/webhook/{company}": {SIGN: "yes"},
}
REJECTS_ODD = schemathesis.checks.negative_data_rejection
MODES = {"fitting": GenerationMode.POSITIVE, "odd": GenerationMode.NEGATIVE}


@pytest.fixture(scope="module")
def looks() -> list[dict[str, Any]]:
    return []


@pytest.fixture(scope="module")
def account(looks: list[dict[str, Any]]) -> Iterator[Account]:
    with (
        pytest.MonkeyPatch.context() as patch,
        nordfab_rippling(people=1) as rippling,
        nordfab_visma() as visma,
        an_account(rippling, visma, patch, VismaWebhook="true") as account,
        invocations(looks.append) as address,
    ):
        patch.setenv("AWS_ENDPOINT_URL_LAMBDA", address)
        account.put_webhook_secret({**webhook_credentials(), "visma": {"norway": SIGNING_KEY}})
        yield account


@pytest.fixture(scope="module")
def gateway(account: Account) -> Gateway:
    doors = {name: account.handler(name).lambda_handler for name in ("webhook", "notification")}

    def answer(event: dict[str, Any], context: Any) -> dict[str, Any]:
        name = "notification" if event["resource"].startswith("/visma") else "webhook"
        answered: dict[str, Any] = doors[name](event, context)
        return answered

    return Gateway(answer)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("path", CREDENTIALS)
def test_every_answer_to_an_authentic_request_is_one_of_the_contract(
    path: str, mode: str, gateway: Gateway
) -> None:
    answers: set[int] = set()

    @given(case=CONTRACT[path]["POST"].as_strategy(generation_mode=MODES[mode]))
    @settings(
        max_examples=EXAMPLES,
        derandomize="FUZZ_EXAMPLES" not in os.environ,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def post(case: Any) -> None:
        case.headers.update(CREDENTIALS[path])
        answer = case.call(app=gateway)
        answers.add(answer.status_code)
        # A form has no types: what breaks the schema as a number is a text again on its way.
        is_form = case.media_type == FORM
        case.validate_response(answer, excluded_checks=[REJECTS_ODD] if is_form else [])

    post()
    assert answers & {202} if mode == "fitting" else answers


@pytest.mark.parametrize("path", CREDENTIALS)
def test_every_request_without_credentials_is_turned_away(
    path: str, gateway: Gateway, account: Account, looks: list[dict[str, Any]]
) -> None:
    while account.receive():
        pass
    looks.clear()

    @given(case=CONTRACT[path]["POST"].as_strategy())
    @settings(
        max_examples=EXAMPLES,
        derandomize="FUZZ_EXAMPLES" not in os.environ,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def post(case: Any) -> None:
        case.headers.pop("Authorization", None)
        case.headers.pop("x-vwd-signature-v1", None)
        assert case.call(app=gateway).status_code == 401

    post()
    assert account.receive() == looks == []
