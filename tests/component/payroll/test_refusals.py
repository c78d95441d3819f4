"""What stands in the way of an export is told all at once, and nothing is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from connector.domain.records.mode import ModeName
from tests.component.payroll.conftest import OCTOBER, Payday
from tests.simulator.books.payroll import Record
from tests.simulator.nordfab import nordfab_mapping

Edit = Callable[[dict[str, Any]], None]


def problems(payday: Payday, run: str = "", **arguments: Any) -> list[str]:
    """What stands in the way; a plan says the same, and neither sends anything."""
    answer = payday.export(run, **arguments)
    assert not answer["ok"]
    assert payday.posts() == 0
    assert payday.batches() == []
    plan = payday.plan(run, **arguments)
    if plan["ok"]:
        assert plan["problems_found"] == answer["problems"]
    return list(answer["problems"])


def test_without_a_part_payroll_in_the_mapping_it_is_off(payday: Payday) -> None:
    payday.world.edit_mapping_unheard(nordfab_mapping())

    assert "the export of payroll runs is off" in problems(payday)[0]
    assert "is off" in payday.says("runs")["problems"][0]


def test_a_mode_that_is_off_sends_nothing(payday: Payday) -> None:
    payday.be_in(ModeName.OFF)

    assert "the connector is off" in payday.export()["problems"][0]
    assert payday.posts() == 0


def test_a_run_that_is_not_there_is_said(payday: Payday) -> None:
    assert problems(payday, "63b28f008cf9498084000099") == [
        "Rippling shows no payroll run 63b28f008cf9498084000099, and nothing was made of it in"
        " norway; was it exported to a company that has left the mapping, name that with"
        " `--company`"
    ]


@pytest.mark.parametrize("state", ["DRAFT", "FAILED", "CLOSED"])
def test_only_an_approved_or_a_paid_run_is_exported(payday: Payday, state: str) -> None:
    payroll = payday.world.rippling.payroll
    run = payday.draft()["id"]
    if state != "DRAFT":
        payroll.approve_run(run)
    if state == "FAILED":
        payroll.fail_run(run)
    if state == "CLOSED":
        payroll.cancel_run(run)

    word = "is a draft" if state == "DRAFT" else f"is {state}"
    assert [each for each in problems(payday, run) if f"run {run} {word}" in each]
    payroll.pay_run(payday.run_id)
    assert payday.export()["ok"]


def test_a_run_of_another_company_is_refused(two_companies: Payday) -> None:
    swedish = two_companies.approved("Nordfab AB")

    assert problems(two_companies, swedish) == [
        f"run {swedish} is one of sweden, whose mapping has no part `payroll`"
    ]
    assert problems(two_companies, company="sweden") == [
        f"run {two_companies.run_id} is one of norway, not of sweden"
    ]


def test_a_closed_period_is_refused_and_the_next_open_day_is_offered(payday: Payday) -> None:
    payday.world.visma.close_period("202610")

    (problem,) = problems(payday)
    assert "period 202610 of norway is closed in the general ledger" in problem
    assert "`--booked-on 2026-11-01`" in problem
    assert payday.export(booked_on="2026-11-01")["ok"]
    assert payday.batches()[0]["financialPeriod"] == "202611"


def test_an_inactive_and_an_unknown_period_are_refused(payday: Payday) -> None:
    payday.world.visma.books("norway").periods["202610"].is_active = False

    assert "period 202610 of norway is not active" in problems(payday)[0]
    assert problems(payday, booked_on="2099-01-31") == [
        "Visma (norway) has no financial period for 2099-01-31"
    ]
    assert problems(payday, booked_on="31.1.2099") == ["booked-on: write a day like 2027-01-01"]


def test_a_worker_whom_the_connector_does_not_know_is_refused(payday: Payday) -> None:
    worker = payday.world.hire(start_date="2026-10-01")
    run = payday.approved()

    (problem,) = problems(payday, run)
    assert problem.startswith(f"worker {worker['id']} is not known to the connector")


def test_someone_in_another_company_is_refused(two_companies: Payday) -> None:
    world = two_companies.world
    (run,) = world.rippling.payroll.payroll_runs()
    worker = run["records"][0]["worker_id"]
    person = next(one for one in world.tables.persons.values() if one.worker_id == worker)
    del world.tables.links[person.id]["norway"]

    (problem,) = problems(two_companies)
    assert problem.startswith(f"worker {worker} has no employee in norway")


def test_someone_whose_department_is_not_mapped_is_refused_by_number(payday: Payday) -> None:
    world = payday.world
    worker = payday.world.rippling.payroll.payroll_runs()[0]["records"][0]["worker_id"]
    world.rippling.add_department("Moonshots")
    world.rippling.move(worker, "Moonshots")
    world.settle()

    (problem,) = problems(payday)
    assert problem.startswith("employee ")
    assert "names the Rippling department Moonshots" in problem


def test_a_cost_centre_that_is_not_active_is_refused(payday: Payday) -> None:
    payday.world.visma.set_cost_centre_active("400", False)

    assert any("cost centre 400" in each and "not active" in each for each in problems(payday))


ACCOUNT_EDITS: list[tuple[dict[str, Any], str]] = [
    ({"is_active": False}, "account 5010 of norway is not active"),
    ({"allows_manual_entry": False}, "account 5010 of norway takes no lines that are entered"),
    ({"control_module": "AP"}, "account 5010 of norway takes no lines that are entered"),
]


@pytest.mark.parametrize(("edit", "problem"), ACCOUNT_EDITS)
def test_an_account_that_takes_no_lines_is_refused(
    payday: Payday, edit: dict[str, Any], problem: str
) -> None:
    payday.world.visma.books("norway").change_account("5010", **edit)

    assert problems(payday) == [problem]


def without_row(kind: str) -> Edit:
    """An edit that takes the row of a kind away."""

    def edit(company: dict[str, Any]) -> None:
        rows = company["payroll"]["accounts"]
        company["payroll"]["accounts"] = [row for row in rows if row["kind"] != kind]

    return edit


def setting(**values: Any) -> Edit:
    """An edit of settings."""
    return lambda company: company["payroll"].update(values)


MAPPING_EDITS: list[tuple[Edit, str]] = [
    (without_row("net_pay"), "no row of `accounts` is for net pay: add one"),
    (without_row("employer_taxes"), "is for employer taxes of code CONTRIBUTION"),
    (setting(branch="77"), "Visma (norway) has no active branch 77"),
    (setting(ledger="9"), "Visma (norway) has no ledger 9"),
    (setting(neutral={"1": "000"}), "has a segment 2: give its neutral value"),
    (setting(neutral={"1": "000", "2": "00", "3": "0"}), "has no segment 3"),
    (setting(neutral={"1": "999", "2": "00"}), "neutral: cost centre 999 is not active"),
    (setting(small_cost_centres="999"), "small_cost_centres: cost centre 999 is not active"),
    (setting(small_cost_centres=None), "name a cost centre for such ones"),
]


@pytest.mark.parametrize(("edit", "problem"), MAPPING_EDITS)
def test_a_setting_that_visma_has_nothing_for_is_refused(
    payday: Payday, edit: Edit, problem: str
) -> None:
    def cleaned(company: dict[str, Any]) -> None:
        edit(company)
        payroll = company["payroll"]
        company["payroll"] = {name: value for name, value in payroll.items() if value is not None}

    payday.set_payroll(cleaned)

    assert any(problem in each for each in problems(payday)), problems(payday)


def test_sums_that_are_wrong_in_rippling_are_refused_by_number(
    payday: Payday, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Record, "net", property(lambda record: record.gross))

    told = problems(payday)

    assert len(told) == len(payday.world.rippling.payroll.by_id[payday.run_id].records)
    assert all(
        each.startswith("employee ") and "net pay is not gross pay less" in each for each in told
    )


def test_a_currency_without_a_rate_is_refused_and_one_with_a_rate_is_a_second_batch(
    payday: Payday,
) -> None:
    run = payday.world.rippling.payroll.by_id[payday.run_id]
    for record in run.records[:3]:
        record.currency = "EUR"
    payday.set_payroll(setting(lines="cost_centre"))

    (problem,) = problems(payday)
    assert "EUR is not the currency of ledger 1 (NOK)" in problem

    payday.set_payroll(setting(lines="cost_centre", currencies={"EUR": "11.70"}))
    assert payday.export()["ok"]
    assert [batch["currencyId"] for batch in payday.batches()] == ["EUR", "NOK"]
    assert [batch["exchangeRate"] for batch in payday.batches()] == [11.7, 1.0]


def test_all_of_it_is_told_at_once(payday: Payday) -> None:
    payday.world.visma.close_period("202610")
    payday.world.visma.books("norway").change_account("5010", is_active=False)
    payday.set_payroll(
        lambda company: company["payroll"].update(branch="77", ledger="9", lines="cost_centre")
    )
    worker = payday.world.hire(start_date="2026-10-01")
    run = payday.draft()["id"]

    told = problems(payday, run)

    for words in (
        "is a draft", f"worker {worker['id']}", "no active branch 77", "no ledger 9",
        "period 202610", "account 5010",
    ):  # fmt: skip
        assert any(words in each for each in told), (words, told)


def test_a_run_of_fewer_than_three_people_needs_the_controllers_word(payday: Payday) -> None:
    payroll = payday.world.rippling.payroll
    payroll.pay_run(payday.run_id)
    worker = payroll.by_id[payday.run_id].records[0].worker_id
    correction = payroll.correct_run(payday.run_id, worker, "1234.56", OCTOBER[2])["id"]
    payroll.approve_run(correction)

    (problem,) = problems(payday, correction)
    plan = payday.plan(correction)
    assert problem.startswith("the run is about fewer than three people")
    assert "1234.56" not in str(plan)

    payday.set_payroll(setting(lines="cost_centre"))
    answer = payday.export(correction)
    assert answer["ok"]
    assert answer["batches"][0]["total"] is None, "the record does not say what one is paid"
