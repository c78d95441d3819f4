"""The payroll runs of the fake Rippling: their states, their arithmetic, and both APIs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import requests

from tests.simulator import Contract, Rippling, RipplingPlatform
from tests.simulator.rippling import DEMO_TOKEN, PAYROLL_CONTRACT
from tests.simulator.rippling_platform import PAYROLL_CONTRACT as PLATFORM_CONTRACT
from tests.support.clock import HandClock

Get = Callable[..., requests.Response]
MAY = ("2025-05-01", "2025-05-31", "2025-06-05")
TOKEN = {"Authorization": f"Bearer {DEMO_TOKEN}"}


@pytest.fixture
def get(rippling: Rippling) -> Get:
    def get(path: str, **query: Any) -> requests.Response:
        return requests.get(rippling.url + path, params=query, headers=TOKEN, timeout=5)

    return get


@pytest.fixture
def platform(rippling: Rippling) -> Iterator[RipplingPlatform]:
    with RipplingPlatform(rippling) as running:
        yield running


@pytest.fixture
def run(rippling: Rippling) -> dict[str, Any]:
    return rippling.payroll.draft_run("Nordfab AS", *MAY, title="May")


def test_a_run_pays_everyone_whom_the_entity_employs(
    rippling: Rippling, run: dict[str, Any]
) -> None:
    entity = next(row for row in rippling.rows("legal-entities") if row["country"]["code"] == "NO")
    kinds = {row["id"]: row["type"] for row in rippling.rows("employment-types")}
    employed = {
        row["id"]
        for row in rippling.workers()
        if row["legal_entity_id"] == entity["id"]
        and row["status"] == "ACTIVE"
        and kinds[row["employment_type_id"]] == "EMPLOYEE"
    }

    assert {record["worker_id"] for record in run["records"]} == employed != set()
    assert (run["state"], run["type"], run["entity_id"]) == ("DRAFT", "REGULAR", entity["id"])


def test_the_runs_keep_to_the_contract(get: Get, rippling: Rippling, run: dict[str, Any]) -> None:
    for path, bare in (
        ("/payroll-runs/", "/payroll-runs/"),
        (f"/payroll-runs/{run['id']}/", f"/payroll-runs/{run['id']}/"),
        (f"/payroll-runs/{run['id']}/worker-payroll-records/",) * 2,
    ):
        answer = get(path)

        assert answer.status_code == 200
        assert Contract(PAYROLL_CONTRACT).check_answer("GET", bare, 200, answer.json()) == []
        assert rippling.journal[-1].contract_errors == []


def test_payroll_needs_its_entitlement(get: Get, rippling: Rippling) -> None:
    refused = get("/payroll-runs/")
    rippling.payroll.draft_run("Nordfab AS", *MAY)

    assert (refused.status_code, "Global Payroll" in refused.text) == (403, True)
    assert get("/payroll-runs/").status_code == 200
    assert "Global Payroll" in {row["id"] for row in get("/entitlements/").json()["results"]}
    rippling.forbid.add("payroll-runs")
    assert get("/payroll-runs/").status_code == 403


def test_a_run_goes_from_draft_to_paid(
    get: Get, rippling: Rippling, run: dict[str, Any], clock: HandClock
) -> None:
    def state() -> tuple[str, bool, bool]:
        shown = get(f"/payroll-runs/{run['id']}/").json()
        return shown["run_state"], bool(shown["approved_at"]), bool(shown["paid_at"])

    seen = [state()]
    rippling.payroll.approve_run(run["id"])
    seen.append(state())
    assert rippling.payroll.turn_payroll_day() == []
    clock.turn(days=3)
    assert rippling.payroll.turn_payroll_day() == [run["id"]]
    seen.append(state())

    assert seen == [
        ("DRAFT", False, False), ("APPROVED", True, False), ("PAID", True, True),
    ]  # fmt: skip


def test_a_state_is_never_skipped(rippling: Rippling, run: dict[str, Any]) -> None:
    payroll = rippling.payroll
    with pytest.raises(ValueError, match="is DRAFT and cannot become PAID"):
        payroll.pay_run(run["id"])
    payroll.approve_run(run["id"])
    with pytest.raises(ValueError, match="no draft"):
        payroll.add_deduction(run["id"], run["records"][0]["worker_id"], "1")
    payroll.fail_run(run["id"])
    assert payroll.cancel_run(run["id"])["state"] == "CLOSED"
    with pytest.raises(ValueError, match="is CLOSED"):
        payroll.approve_run(run["id"])


def test_net_pay_is_what_is_left_to_the_cent_and_may_be_negative(
    get: Get, rippling: Rippling, run: dict[str, Any]
) -> None:
    first, second, third = (record["worker_id"] for record in run["records"][:3])
    rippling.payroll.add_deduction(run["id"], first, "250000.00")
    rippling.payroll.add_garnishment(run["id"], second, "1234.56")
    rippling.payroll.add_reimbursement(run["id"], third, "789.10")

    records = _records(get, run["id"])

    for record in records:
        gross, net = Decimal(record["gross_pay"]), Decimal(record["net_pay"])
        assert gross == _sum(record["earnings"], "amount")
        own = [tax for tax in record["taxes"] if tax["paid_by"] == "EMPLOYEE"]
        taken = [
            _sum(own, "amount"), _sum(record["deductions"], "employee_amount"),
            _sum(record["garnishments"], "amount"),
        ]  # fmt: skip
        assert net == gross - sum(taken)
        summary = record["summary"]
        assert taken == [
            Decimal(summary[name])
            for name in ("employee_taxes", "employee_deductions", "total_garnishments")
        ]
        assert Decimal(summary["employer_contributions"]) == _sum(
            record["deductions"], "employer_amount"
        )
    by_worker = {record["worker_id"]: record for record in records}
    assert Decimal(by_worker[first]["net_pay"]) < 0
    assert by_worker[third]["earnings"][-1]["earning_category"] == "REIMBURSEMENT"


def test_a_record_names_no_department_and_no_cost_centre(get: Get, run: dict[str, Any]) -> None:
    (record, *_) = _records(get, run["id"])

    assert set(record) == {
        "id", "run_id", "worker_id", "currency", "country_code", "gross_pay", "net_pay", "summary",
        "earnings", "taxes", "deductions", "garnishments",
    }  # fmt: skip
    assert (record["currency"], record["country_code"]) == ("NOK", "NO")


def test_each_entity_pays_in_its_own_currency(get: Get, rippling: Rippling) -> None:
    run = rippling.payroll.draft_run("Nordfab AB", *MAY)

    records = _records(get, run["id"])

    assert {record["currency"] for record in records} == {"SEK"}
    assert run["country"] == "SE"


def test_a_correction_is_a_run_of_its_own_with_the_difference(
    get: Get, rippling: Rippling, run: dict[str, Any]
) -> None:
    worker = run["records"][0]["worker_id"]
    before = _records(get, run["id"])
    with pytest.raises(ValueError, match="only a paid one"):
        rippling.payroll.correct_run(run["id"], worker, "-1000", "2025-06-20")
    rippling.payroll.approve_run(run["id"])
    rippling.payroll.pay_run(run["id"])

    correction = rippling.payroll.correct_run(run["id"], worker, "-1000", "2025-06-20")

    assert (correction["type"], correction["state"]) == ("CORRECTION", "DRAFT")
    (record,) = _records(get, correction["id"])
    assert (record["worker_id"], record["gross_pay"]) == (worker, "-1000.00")
    assert record["net_pay"] == "-700.00"
    assert _records(get, run["id"]) == before
    shown = get(f"/payroll-runs/{correction['id']}/").json()
    assert shown["pay_period"]["start_date"] == "2025-05-01"


def test_a_paid_run_can_change_afterwards(
    get: Get, rippling: Rippling, run: dict[str, Any]
) -> None:
    worker = run["records"][0]["worker_id"]
    rippling.payroll.approve_run(run["id"])
    rippling.payroll.pay_run(run["id"])

    rippling.payroll.amend_run(run["id"], worker, "40000.00")

    amended = {record["worker_id"]: record for record in _records(get, run["id"])}
    assert amended[worker]["gross_pay"] == "40000.00"
    assert get(f"/payroll-runs/{run['id']}/").json()["run_state"] == "PAID"


def test_runs_are_sorted_by_check_date_and_walked_by_cursor(get: Get, rippling: Rippling) -> None:
    for day in ("2025-06-20", "2025-04-05", "2025-05-05"):
        rippling.payroll.draft_run("Nordfab AB", *MAY[:2], day)

    def walked(order: str) -> list[str]:
        page = get("/payroll-runs/", order_by=order, limit=2).json()
        rows = list(page["results"])
        while page["next_link"]:
            page = requests.get(page["next_link"], headers=TOKEN, timeout=5).json()
            rows += page["results"]
        return [row["check_date"] for row in rows]

    assert walked("check_date") == ["2025-04-05", "2025-05-05", "2025-06-20"]
    assert walked("check_date desc") == ["2025-06-20", "2025-05-05", "2025-04-05"]
    assert walked("") == ["2025-06-20", "2025-04-05", "2025-05-05"]
    assert get("/payroll-runs/", order_by="title").status_code == 400
    assert get("/payroll-runs/", limit=101).status_code == 400
    assert get("/payroll-runs/", cursor="abc").status_code == 500
    assert len(get("/payroll-runs/", filter="run_state eq 'PAID'").json()["results"]) == 3


def test_a_cursor_of_another_list_is_a_server_error(get: Get, run: dict[str, Any]) -> None:
    path = f"/payroll-runs/{run['id']}/worker-payroll-records/"
    cursor = get(path, limit=2).json()["next_link"].partition("cursor=")[2]

    assert get(path, cursor=cursor).status_code == 200
    assert get("/payroll-runs/", cursor=cursor).status_code == 500
    assert get("/workers/", cursor=cursor).status_code == 500


def test_what_there_is_not_is_not_found(get: Get, run: dict[str, Any]) -> None:
    assert get("/payroll-runs/nothing/").status_code == 404
    assert get("/payroll-runs/nothing/worker-payroll-records/").status_code == 404
    assert get(f"/payroll-runs/{run['id']}/employees/").status_code == 404


def test_someone_of_part_of_the_period_is_paid_for_that_part(rippling: Rippling) -> None:
    worker = rippling.hire(
        legal_entity="Nordfab AB", employment_type="Salaried full-time", department="Sales",
        start_date="2025-05-16", annual_salary=372_000, currency="SEK",
    )  # fmt: skip

    run = rippling.payroll.draft_run("Nordfab AB", *MAY)

    (record,) = (one for one in run["records"] if one["worker_id"] == worker["id"])
    assert record["earnings"][0]["amount"] == Decimal("16000.00")


def test_the_verbs_are_reached_over_the_control_endpoint(rippling: Rippling) -> None:
    arguments = {
        "legal_entity": "Nordfab AS", "start": MAY[0], "end": MAY[1], "check_date": MAY[2],
    }  # fmt: skip

    drafted = requests.post(f"{rippling.url}/_control/draft_run", json=arguments, timeout=5)
    approved = requests.post(
        f"{rippling.url}/_control/approve_run", json={"run_id": drafted.json()["id"]}, timeout=5
    )

    assert approved.json()["state"] == "APPROVED"
    wrong = {**arguments, "legal_entity": "Nobody AS"}
    refused = requests.post(f"{rippling.url}/_control/draft_run", json=wrong, timeout=5)
    assert refused.status_code == 400


def test_the_platform_shows_the_same_run_without_currency_or_sides(
    platform: RipplingPlatform, rippling: Rippling, run: dict[str, Any], get: Get
) -> None:
    path = f"/payroll_runs/{run['id']}/employees"
    runs, employees = _ask(platform, "/payroll_runs"), _ask(platform, path)

    contract = Contract(PLATFORM_CONTRACT)
    assert contract.check_answer("GET", "/payroll_runs", 200, runs.json()) == []
    assert contract.check_answer("GET", path, 200, employees.json()) == []
    assert [call.contract_errors for call in platform.journal] == [[], []]
    (shown,) = runs.json()
    assert (shown["runState"], shown["name"], shown["ein"]) == ("DRAFT", "May", None)
    rest = {record["worker_id"]: record for record in _records(get, run["id"])}
    for one in employees.json():
        assert Decimal(str(one["netPay"])) == Decimal(rest[one["role"]]["net_pay"])
        assert "currency" not in one
        assert all(set(tax) == {"amount", "name"} for tax in one["taxes"])
    role = run["records"][0]["worker_id"]
    assert [one["role"] for one in _ask(platform, path, role=role).json()] == [role]


def test_the_platform_narrows_runs_by_employer_number(
    platform: RipplingPlatform, rippling: Rippling, run: dict[str, Any]
) -> None:
    assert _ask(platform, "/payroll_runs", EIN="00-0000000").json() == []
    rippling.payroll.by_id[run["id"]].ein = "00-0000000"
    assert len(_ask(platform, "/payroll_runs", EIN="00-0000000").json()) == 1
    assert _ask(platform, "/payroll_runs", offset=1).json() == []
    assert _ask(platform, "/payroll_runs/nothing/employees").status_code == 404


def test_the_platform_needs_the_scope_of_payroll(
    platform: RipplingPlatform, run: dict[str, Any]
) -> None:
    platform.shows_payroll = False

    assert _ask(platform, "/payroll_runs").status_code == 403
    assert _ask(platform, f"/payroll_runs/{run['id']}/employees").status_code == 403


def test_no_one_approves_a_run_over_an_api(
    platform: RipplingPlatform, rippling: Rippling, run: dict[str, Any]
) -> None:
    place = f"{platform.url}/payroll_runs/{run['id']}"

    answer = requests.patch(place, json={"runState": "APPROVED"}, headers=TOKEN, timeout=5)

    assert answer.status_code == 404
    assert rippling.payroll.payroll_runs()[0]["state"] == "DRAFT"
    assert platform.journal[-1].contract_errors != []


def _records(get: Get, run_id: str) -> list[dict[str, Any]]:
    return list(get(f"/payroll-runs/{run_id}/worker-payroll-records/", limit=100).json()["results"])


def _sum(rows: list[dict[str, Any]], member: str) -> Decimal:
    return sum((Decimal(row[member]) for row in rows), Decimal(0))


def _ask(platform: RipplingPlatform, path: str, **query: Any) -> requests.Response:
    return requests.get(platform.url + path, params=query, headers=TOKEN, timeout=5)
