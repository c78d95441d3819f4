"""What the fake books say was posted: balances of a period, and the lines behind them."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from tests.simulator import Visma
from tests.simulator.clients import VismaClient
from tests.support.clock import HandClock

PATH = "/v2/generalLedgerBalance"
LINES = "/v1/GeneralLedgerTransactions"
MAY = {"periodId": "202505"}


def test_balances_need_a_period_or_a_moment(client: VismaClient) -> None:
    assert client.get(PATH).status_code == 400
    assert client.get(PATH, account="5010").status_code == 400
    assert client.get(PATH, **MAY).status_code == 200
    assert client.get(PATH, lastModifiedDateTime="2025-05-01").status_code == 200


def test_a_row_is_an_account_and_a_whole_subaccount_of_a_branch(client: VismaClient) -> None:
    rows = client.get(PATH, **MAY).json()

    keys = [
        (row["branch"]["number"], row["account"]["number"], row["subaccount"]["subaccountId"],
         row["currencyId"])
        for row in rows
    ]  # fmt: skip
    assert len(keys) == len(set(keys)) > 50
    segments = {
        one["subaccountId"]: one["segments"][0]["segmentValue"]
        for one in client.get("/v1/subaccount").json()
    }
    wages = {segments[key[2]] for key in keys if key[1] == "5010"}
    assert wages >= {"200", "210", "220", "300"}
    assert {segments[key[2]] for key in keys if key[1] == "2930"} == {"000"}


def test_balances_carry_on_and_costs_begin_again_with_the_year(
    client: VismaClient, visma: Visma
) -> None:
    _enter(visma, "202412", "100.00")
    _enter(visma, "202501", "30.00")
    _enter(visma, "202502", "7.00")

    cost = _row(client, "202502", "5990")
    owed = _row(client, "202502", "2650")

    assert (cost["periodToDateDebit"], cost["beginningBalance"], cost["yearToDateBalance"]) == (
        7.0, 30.0, 37.0,
    )  # fmt: skip
    assert (owed["periodToDateCredit"], owed["beginningBalance"], owed["yearToDateBalance"]) == (
        7.0, 130.0, 137.0,
    )  # fmt: skip


def test_signs_turn_only_where_that_is_asked_for(client: VismaClient, visma: Visma) -> None:
    _enter(visma, "202502", "7.00")

    assert _row(client, "202502", "2650", toggleBalanceSigns="true")["yearToDateBalance"] == -7.0
    assert _row(client, "202502", "5990", toggleBalanceSigns="true")["yearToDateBalance"] == 7.0


def test_a_combination_that_did_not_move_has_no_row(client: VismaClient, visma: Visma) -> None:
    _enter(visma, "202502", "7.00")

    assert client.get(PATH, periodId="202503", account="5990").json() == []
    visma.set_preference("shows_rows_without_movement", True)
    (row,) = client.get(PATH, periodId="202503", account="5990").json()
    assert (row["periodToDateDebit"], row["yearToDateBalance"]) == (0.0, 7.0)


@pytest.mark.parametrize("status", ["Hold", "Balanced", "Unposted", "Voided"])
def test_only_posted_batches_count(client: VismaClient, visma: Visma, status: Any) -> None:
    number = _enter(visma, "202502", "7.00")
    visma.set_batch_status(number, status)

    assert client.get(PATH, periodId="202502", account="5990").json() == []
    visma.set_preference("counts_unposted", True)
    assert bool(client.get(PATH, periodId="202502", account="5990").json()) == (
        status == "Unposted"
    )


def test_filters_take_one_branch_one_account_one_subaccount(client: VismaClient) -> None:
    asked = {**MAY, "account": "5010", "branch": "2", "subaccount": "20000", "ledger": "1"}

    (row,) = client.get(PATH, **asked, balanceType="Actual").json()

    assert (row["account"]["number"], row["branch"]["name"]) == ("5010", "Bergen")
    assert row["subaccount"]["subaccountNumber"] == "20000"
    assert client.get(PATH, **asked, balanceType="Budget").json() == []
    assert client.get(PATH, **{**asked, "ledger": "9"}).json() == []
    assert client.get(PATH, **{**asked, "subaccount": "200"}).json() == []
    assert client.get(PATH, **asked, balanceType="Everything").status_code == 400


def test_an_older_server_ignores_the_subaccount_and_shows_it_as_text_only(
    client: VismaClient, visma: Visma
) -> None:
    visma.set_preference("shows_balance_subaccounts", False)

    rows = client.get(PATH, **MAY, account="5010", branch="2", subaccount="20000").json()

    assert len(rows) > 1
    assert all("subaccount" not in row for row in rows)
    numbers = {row["subaccountNumber"] for row in client.get("/v1/subaccount").json()}
    assert {row["subAccountCd"].replace("-", "") for row in rows} <= numbers
    assert {row["subAccountCd"] for row in rows} >= {"200-00"}


def test_pages_cut_to_the_greatest_size_and_end_with_an_empty_one(
    client: VismaClient, visma: Visma
) -> None:
    visma.max_page_size = 20
    whole = visma.balances("202505")

    pages: list[list[dict[str, Any]]] = []
    while page := client.get(PATH, **MAY, pageNumber=len(pages) + 1, pageSize=5000).json():
        pages.append(page)

    assert [len(page) for page in pages[:-1]] == [20] * (len(pages) - 1)
    assert {row.pop("metadata")["totalCount"] for page in pages for row in page} == {len(whole)}
    assert [row for page in pages for row in page] == whole


def test_the_moment_stands_alone_and_a_condition_is_ignored(
    client: VismaClient, visma: Visma, clock: HandClock
) -> None:
    _enter(visma, "202502", "7.00")
    clock.turn(minutes=1)
    number = _enter(visma, "202503", "7.00")
    stamp = visma.books().batch(number).version.shown

    asked = {"lastModifiedDateTime": stamp, "lastModifiedDateTimeCondition": "<"}
    rows = client.get(PATH, **asked).json()

    assert {row["financialPeriod"] for row in rows} == {"202503"}
    assert {row["account"]["number"] for row in rows} == {"5990", "2650"}
    assert visma.journal[-1].contract_errors == [
        "unknown query parameter lastModifiedDateTimeCondition"
    ]
    assert client.get(PATH, lastModifiedDateTime="02.06.2025").status_code == 400


def test_a_foreign_currency_has_rows_of_its_own(client: VismaClient, visma: Visma) -> None:
    _enter(visma, "202502", "7.00")
    _enter(visma, "202502", "100.00", currency="EUR", rate="11.70")

    rows = client.get(PATH, periodId="202502", account="5990").json()

    by_currency = {row["currencyId"]: row for row in rows}
    euro = by_currency["EUR"]
    assert (euro["periodToDateDebit"], euro["periodToDateDebitInCurrency"]) == (1170.0, 100.0)
    assert by_currency["NOK"]["periodToDateDebit"] == 7.0


def test_the_year_is_closed_with_its_last_period(client: VismaClient, visma: Visma) -> None:
    assert not any(row["yearClosed"] for row in client.get(PATH, **MAY).json())
    visma.close_period("202512")
    assert all(row["yearClosed"] for row in client.get(PATH, **MAY).json())


def test_the_account_of_the_years_income_can_be_left_out(client: VismaClient, visma: Visma) -> None:
    visma.books().year_to_date_account = "2650"
    _enter(visma, "202502", "7.00")

    rows = client.get(PATH, periodId="202502", excludeYTDAccount="true").json()

    assert [row["account"]["number"] for row in rows] == ["5990"]


def test_the_lines_of_a_period_add_up_to_its_balances(client: VismaClient) -> None:
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for row in client.get(LINES, ledger="1", fromPeriod="202505", toPeriod="202505").json():
        key = (row["branch"]["number"], row["account"]["number"], row["subaccount"])
        sums[key] += Decimal(str(row["debitAmount"])) - Decimal(str(row["creditAmount"]))

    balances = {
        (row["branch"]["number"], row["account"]["number"],
         row["subaccount"]["subaccountNumber"]):
        Decimal(str(row["periodToDateDebit"])) - Decimal(str(row["periodToDateCredit"]))
        for row in client.get(PATH, **MAY).json()
    }  # fmt: skip
    assert sums == balances
    assert sum(sums.values()) == 0


def test_lines_show_what_waits_only_on_demand_and_never_what_is_on_hold(
    client: VismaClient, visma: Visma
) -> None:
    numbers = {
        status: _enter(visma, "202502", "7.00") for status in ("Hold", "Balanced", "Unposted")
    }
    for status, number in numbers.items():
        visma.set_batch_status(number, status)  # type: ignore[arg-type]

    def shown(**asked: str) -> set[str]:
        rows = client.get(LINES, ledger="1", fromPeriod="202502", toPeriod="202502", **asked).json()
        return {row["batchNumber"] for row in rows}

    assert shown() == set()
    assert shown(includeUnposted="true") == {numbers["Unposted"]}
    assert shown(includeUnreleased="true") == {numbers["Balanced"]}


def test_lines_need_a_ledger_and_are_narrowed_down(client: VismaClient, visma: Visma) -> None:
    assert client.get(LINES).status_code == 400
    assert client.get(LINES, ledger="1", lastModifiedDateTime="2025-05-01").status_code == 400
    later = {"lastModifiedDateTime": "2025-05-01", "lastModifiedDateTimeCondition": ">"}
    assert {row["period"] for row in client.get(LINES, ledger="1", **later).json()} == {"202505"}
    assert client.get(LINES, ledger="9").json() == []
    assert client.get(LINES, ledger="1", fromDate="2025-06-01").json() == []
    rows = client.get(LINES, ledger="1", account="5010", branch="2", subaccountId="20000").json()
    assert [row["period"] for row in rows] == ["202503", "202504", "202505"]
    assert {row["subaccount"] for row in rows} == {"20000"}

    visma.set_preference("reads_subaccount_by", "id")
    by_id = str(visma.company().subaccounts["20000"].subaccount_id)
    asked = {"ledger": "1", "account": "5010", "branch": "2"}
    assert client.get(LINES, **asked, subaccountId="20000").json() == []
    assert len(client.get(LINES, **asked, subaccountId=by_id).json()) == 3


def test_running_balances_and_names_are_shown_on_demand(client: VismaClient, visma: Visma) -> None:
    _enter(visma, "202502", "30.00")
    _enter(visma, "202502", "7.00")
    asked = {"ledger": "1", "account": "2650", "toPeriod": "202502"}

    plain = client.get(LINES, **asked).json()
    full = client.get(
        LINES, **asked, includeTransactionBalance="true", expandBranchInfo="true"
    ).json()

    assert "begBalance" not in plain[1]
    assert plain[1]["branch"] == {"number": "1"}
    assert full[1]["branch"] == {"number": "1", "name": "Oslo"}
    assert (full[1]["begBalance"], full[1]["endingBalance"]) == (30.0, 37.0)


def test_an_answer_without_lines_can_be_without_a_body(client: VismaClient, visma: Visma) -> None:
    visma.set_preference("empty_transactions", "nothing")

    answer = client.get(LINES, ledger="1", fromPeriod="203001")

    assert (answer.status_code, answer.content) == (200, b"")


def _enter(visma: Visma, period: str, amount: str, **members: Any) -> str:
    visma.open_year(int(period[:4]))
    batch = visma.enter_batch(
        period,
        [
            {"account": "5990", "subaccount": "20000", "debit": amount},
            {"account": "2650", "subaccount": "00000", "credit": amount},
        ],
        **members,
    )
    return str(batch["batchNumber"])


def _row(client: VismaClient, period: str, account: str, **asked: str) -> dict[str, Any]:
    (row,) = client.get(PATH, periodId=period, account=account, **asked).json()
    return dict(row)
