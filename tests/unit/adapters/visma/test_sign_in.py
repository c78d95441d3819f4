"""Signing in to Visma: when a token is asked for, and what a refusal may say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connector.domain.errors import (
    ConfigurationError,
    ConnectorError,
    UpstreamUnavailableError,
)
from tests.simulator import Visma, nordfab_visma
from tests.simulator.messages import Response, html_response, json_response
from tests.unit.scripted import NOW, SECRET
from tests.unit.visma_bench import KARI, TOKEN_PATH, ScriptedVisma, VismaBench, credentials_of


@pytest.fixture
def visma() -> Iterator[Visma]:
    with nordfab_visma(companies=2) as server:
        yield server
        assert [call.contract_errors for call in server.journal if call.contract_errors] == []


@pytest.fixture
def bench(visma: Visma) -> VismaBench:
    return VismaBench(visma)


@pytest.fixture
def script() -> Iterator[ScriptedVisma]:
    with ScriptedVisma() as server:
        yield server


@pytest.fixture
def odd(script: ScriptedVisma) -> VismaBench:
    return VismaBench(script)


def token(**members: Any) -> Response:
    return json_response(200, {"access_token": "one", "token_type": "Bearer", **members})


class TestSignIn:
    def test_a_token_is_asked_for_with_the_companys_own_credentials(
        self, bench: VismaBench
    ) -> None:
        bench.norway().read("1")

        (call,) = bench.visma.calls("POST", TOKEN_PATH)
        own = credentials_of()["norway"]
        rights = ("read", "create", "update")
        assert call.body == {
            "grant_type": "client_credentials",
            "client_id": own.client_id,
            "client_secret": own.client_secret,
            "scope": " ".join(f"vismanet_erp_service_api:{right}" for right in rights),
            "tenant_id": own.tenant_id,
        }

    @pytest.mark.parametrize(
        ("lifetime", "still_good", "too_old"),
        [(3600, 3539, 3540), (600, 539, 540), (100, 89, 90), ("3600", 269, 270), (None, 269, 270)],
    )
    def test_a_token_is_renewed_before_it_ends(
        self, odd: VismaBench, script: ScriptedVisma, lifetime: Any, still_good: int, too_old: int
    ) -> None:
        script.answers = {f"POST {TOKEN_PATH}": [token(expires_in=lifetime)]}
        target = odd.norway()
        counts = []
        for seconds in (0, still_good, too_old):
            odd.now = NOW + timedelta(seconds=seconds)
            target.read("1")
            counts.append(odd.sign_ins())

        assert counts == [1, 1, 2]

    def test_a_token_that_visma_forgot_is_renewed_at_once(
        self, bench: VismaBench, visma: Visma
    ) -> None:
        target = bench.norway()
        target.read("1")
        visma.revoke_tokens()

        assert target.read("1") is None
        assert bench.sign_ins() == 2

    def test_a_new_token_is_the_one_that_is_used(
        self, odd: VismaBench, script: ScriptedVisma
    ) -> None:
        script.answers = {
            f"POST {TOKEN_PATH}": [token(access_token="old"), token(access_token="new")],
            "GET /v1/employee/1": [json_response(401, {}), json_response(404, {})],
        }
        target = odd.norway()
        target.read("1")
        target.read("1")

        assert script.authorizations == [None, "Bearer old", None, "Bearer new", "Bearer new"]

    def test_a_lost_answer_to_a_sign_in_is_asked_for_again(
        self, bench: VismaBench, visma: Visma
    ) -> None:
        visma.faults.lose_answer(path=TOKEN_PATH, times=1)
        visma.faults.fail(503, "html", path=TOKEN_PATH, times=1)

        assert bench.norway().read("1") is None
        assert bench.counted == [0, 503, 200, 404]

    def test_every_company_has_a_token_of_its_own(self, bench: VismaBench, visma: Visma) -> None:
        targets = bench.targets(credentials_of(2))
        for company in ("norway", "sweden", "norway"):
            targets.company(company).create(f"{company[:3]}{bench.sign_ins()}", KARI)

        codes = {key: [one["employeeNumber"] for one in visma.employees(company=key)]
                 for key in ("norway", "sweden")}  # fmt: skip
        assert codes == {"norway": ["nor0", "nor2"], "sweden": ["swe1"]}
        assert bench.sign_ins() == 2

    @pytest.mark.parametrize("status", [400, 401])
    @pytest.mark.parametrize("code", ["invalid_client", "invalid_scope", "unauthorized_client"])
    def test_a_refused_sign_in_names_company_address_and_code(
        self, odd: VismaBench, script: ScriptedVisma, status: int, code: str
    ) -> None:
        refusal = json_response(status, {"error": code, "error_description": SECRET})
        script.answers = {f"POST {TOKEN_PATH}": [refusal]}

        with pytest.raises(ConfigurationError) as caught:
            odd.norway().read("1")

        for part in ("norway", script.url + TOKEN_PATH, code):
            assert part in str(caught.value)
        assert SECRET not in str(caught.value)

    @pytest.mark.parametrize("error", [SECRET, {"a": SECRET}, None, 7])
    def test_a_code_that_nobody_knows_is_not_repeated(
        self, odd: VismaBench, script: ScriptedVisma, error: Any
    ) -> None:
        script.answers = {f"POST {TOKEN_PATH}": [json_response(400, {"error": error})]}

        with pytest.raises(ConfigurationError, match="status 400") as caught:
            odd.norway().read("1")

        assert SECRET not in str(caught.value)

    @pytest.mark.parametrize(
        "response",
        [
            html_response(400, SECRET),
            html_response(401, SECRET),
            html_response(403, SECRET),
            html_response(200, SECRET),
            json_response(404, {"error": SECRET}),
            json_response(200, {}),
            json_response(200, [SECRET]),
            json_response(200, {"access_token": 7}),
            json_response(400, {"error": "temporarily_unavailable"}),
            Response(200, b'{"access_token": "very-secr'),
        ],
    )
    def test_a_sign_in_that_answers_nonsense_is_tried_again(
        self, odd: VismaBench, script: ScriptedVisma, response: Response
    ) -> None:
        script.answers = {f"POST {TOKEN_PATH}": [response]}

        with pytest.raises(UpstreamUnavailableError) as caught:
            odd.norway().read("1")

        assert TOKEN_PATH in str(caught.value)
        assert str(response.status) in str(caught.value)
        assert SECRET not in str(caught.value)

    def test_a_refused_sign_in_is_tried_with_the_secret_as_it_is_now(
        self, bench: VismaBench
    ) -> None:
        good = credentials_of()
        stale = {"norway": replace(good["norway"], client_secret="before")}

        assert bench.targets(stale, good).company("norway").read("1") is None
        assert bench.vault.fresh_reads == 1
        assert bench.sign_ins() == 2

    def test_a_refused_sign_in_is_not_repeated_with_the_same_secret(
        self, bench: VismaBench
    ) -> None:
        bad = {"norway": replace(credentials_of()["norway"], client_secret=SECRET)}

        with pytest.raises(ConfigurationError, match="invalid_client") as caught:
            bench.targets(bad).company("norway").read("1")

        assert bench.sign_ins() == 1
        assert SECRET not in str(caught.value)

    def test_the_customers_tenant_instead_of_the_companys_is_told(
        self, bench: VismaBench, visma: Visma
    ) -> None:
        wrong = "99999999-9999-4999-8999-999999999999"
        visma.customer_tenants = {wrong}
        swapped = {"norway": replace(credentials_of()["norway"], tenant_id=wrong)}

        with pytest.raises(ConfigurationError, match="tenant_id"):
            bench.targets(swapped).company("norway").read("1")

    @pytest.mark.parametrize(("company_id", "sent"), [("1001001", "1001001"), (None, None)])
    def test_the_old_company_id_is_sent_where_the_secret_has_one(
        self, bench: VismaBench, company_id: str | None, sent: str | None
    ) -> None:
        own = {"norway": replace(credentials_of()["norway"], company_id=company_id)}
        target = bench.targets(own).company("norway")
        target.create("1001", KARI)
        target.update("1001", {"status": "Inactive"}, identity=KARI, etag=None)
        target.read("1001")

        calls = bench.visma.calls(path="/v1/.*")
        assert [call.headers.get("ipp-company-id") for call in calls] == [sent] * 3


def test_no_error_of_a_sign_in_shows_a_secret(bench: VismaBench, visma: Visma) -> None:
    own = {"norway": replace(credentials_of()["norway"], client_secret=SECRET)}
    for status in (400, 401, 403, 429, 500):
        visma.faults.clear()
        visma.faults.fail(status, path=TOKEN_PATH)

        with pytest.raises(ConnectorError) as caught:
            bench.targets(own).company("norway").read("1")

        error = caught.value
        assert error.__cause__ is None
        assert error.__suppress_context__ or error.__context__ is None
        assert SECRET not in f"{error} {error.args}"
