"""Payroll runs are read from both APIs, tolerantly; what cannot be read is told, never guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.adapters.rippling.payroll.platform import PlatformPayrollRuns
from connector.adapters.rippling.payroll.rest import RestPayrollRuns
from connector.adapters.rippling.payroll.wire import (
    UnreadableRecordError,
    platform_record_of,
    record_of,
    run_of,
)
from connector.domain.errors import ConfigurationError
from connector.domain.mapping.rules.payroll import Kind
from connector.domain.payroll.batch import resolved
from tests.simulator import Rippling
from tests.support.payroll import payroll_rules

RECORD: dict[str, Any] = {
    "id": "r1", "run_id": "run", "worker_id": "w1", "currency": "NOK",
    "gross_pay": "100.10", "net_pay": "60.10",
    "summary": {"employer_taxes": "14.10", "employer_contributions": "2.00"},
    "earnings": [{"earning_code": "SAL", "earning_category": "SALARY", "amount": "100.10"}],
    "taxes": [
        {"tax_code": "INC", "amount": "30.00", "paid_by": "EMPLOYEE"},
        {"tax_code": "AGA", "amount": "14.10", "paid_by": "EMPLOYER"},
    ],
    "deductions": [{"deduction_code": "PEN", "employee_amount": "5.00", "employer_amount": "2.00"}],
    "garnishments": [{"garnishment_code": "CRT", "amount": "5.00"}],
}  # fmt: skip


def test_runs_are_read_with_their_states_and_days(
    rest: RestPayrollRuns, rippling: Rippling, run: dict[str, Any]
) -> None:
    rippling.payroll.approve_run(run["id"])

    (read,) = rest.runs()

    assert rest.run(run["id"]) == read
    assert (read.state, read.type, read.country) == ("APPROVED", "REGULAR", "NO")
    assert read.days == (date(2025, 5, 1), date(2025, 5, 31))
    assert rest.legal_entity(read.legal_entity or "").name == "Nordfab AS"


def test_a_run_that_is_not_there_is_none(rest: RestPayrollRuns, run: dict[str, Any]) -> None:
    assert rest.run("63b28f008cf9498084000099") is None
    assert rest.run("../workers") is None
    assert rest.run(run["id"]) is not None


def test_the_records_of_both_apis_add_up_and_are_the_same_but_for_what_one_does_not_say(
    rest: RestPayrollRuns, platform: PlatformPayrollRuns, rippling: Rippling, run: dict[str, Any]
) -> None:
    worker = run["records"][0]["worker_id"]
    rippling.payroll.add_garnishment(run["id"], worker, "10.00")
    rippling.payroll.add_deduction(run["id"], worker, "25.05")
    rippling.payroll.add_reimbursement(run["id"], worker, "99.90")
    rules = payroll_rules(currency="NOK", employer_taxes=["Employer's contribution"])

    whole = {one.id: one for one in rest.records(run["id"])}
    bare = {one.id: resolved(one, rules) for one in platform.records(run["id"])}

    assert whole.keys() == bare.keys()
    assert len(whole) == len(run["records"])
    for key, record in whole.items():
        assert list(record.faults()) == list(bare[key].faults()) == []
        assert (record.net, record.worker_id) == (bare[key].net, bare[key].worker_id)
        for kind in Kind:
            assert record.sum_of(kind) == bare[key].sum_of(kind)


def test_a_run_of_many_pages_is_read_whole(
    rest: RestPayrollRuns, rippling: Rippling, run: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.adapters.rippling.payroll.rest.ROWS_A_PAGE", {"limit": "7"})

    assert len(rest.records(run["id"])) == len(run["records"])
    assert len(rippling.calls("GET", f"/payroll-runs/{run['id']}/worker-payroll-records/")) > 2


def test_without_the_entitlement_it_is_said_what_is_needed(rest: RestPayrollRuns) -> None:
    with pytest.raises(ConfigurationError, match="Global Payroll"):
        rest.runs()


def test_a_record_is_read_with_its_kinds_categories_and_codes() -> None:
    record = record_of(RECORD)

    assert [(one.kind, str(one.value), one.category, one.code) for one in record.amounts] == [
        (Kind.EARNINGS, "100.1", "SALARY", "SAL"),
        (Kind.EMPLOYEE_TAXES, "30", "", "INC"),
        (Kind.EMPLOYER_TAXES, "14.1", "", "AGA"),
        (Kind.EMPLOYEE_DEDUCTIONS, "5", "", "PEN"),
        (Kind.EMPLOYER_CONTRIBUTIONS, "2", "", "PEN"),
        (Kind.GARNISHMENTS, "5", "", "CRT"),
    ]
    assert list(record.faults()) == []
    assert "100" not in repr(record)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"gross_pay": None}, "gross_pay is not shown"),
        ({"net_pay": "much"}, "net_pay is not shown, or is no amount"),
        ({"net_pay": "NaN"}, "net_pay is no amount"),
        ({"worker_id": None}, "worker_id is not shown"),
        ({"earnings": [{"earning_code": "SAL"}]}, "amount is not shown"),
        ({"taxes": "none"}, "the taxes cannot be read"),
        ({"garnishments": [3]}, "the garnishments cannot be read"),
        ({"deductions": [{}]}, "a deduction shows no amount"),
        ({"deductions": None, "summary": {}}, "the deductions are not shown"),
        ({"taxes": None, "summary": None}, "the taxes are not shown"),
    ],
)
def test_what_is_not_shown_is_never_taken_for_nothing(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(UnreadableRecordError, match=words):
        record_of({**RECORD, **changed})


def test_a_list_that_is_withheld_counts_only_where_a_sum_contradicts_it() -> None:
    withheld = {**RECORD, "deductions": None, "net_pay": "65.10"}

    assert list(record_of(withheld, {"deductions"}).faults()) == [
        "the employer contributions are not the sum that is shown for them"
    ]


def test_a_tax_without_a_payer_is_left_to_the_mapping() -> None:
    record = record_of({**RECORD, "taxes": [{"tax_code": "X", "amount": "30.00", "paid_by": "?"}]})

    assert [one.kind for one in record.amounts if one.code == "X"] == [None]


def test_the_fractions_of_a_computer_are_no_amount() -> None:
    row = {
        "id": "r1", "role": "w1", "grossPay": 0.1 + 0.2, "netPay": 0.3,
        "earnings": [{"amount": 0.1 + 0.2}], "taxes": [], "deductions": [], "garnishments": [],
    }  # fmt: skip

    record = platform_record_of(row)

    assert record.gross == Decimal("0.3")
    assert list(record.faults()) == []


def test_an_unknown_state_and_a_run_without_days_are_read_as_they_are() -> None:
    run = run_of({"id": "r", "run_state": "settled", "pay_period": None})

    assert run is not None
    assert (run.state, run.is_ready, run.days) == ("SETTLED", False, None)
    assert run_of({"run_state": "PAID"}) is None
