"""What frames the fake books: accounts, ledgers, periods, the number series, the contracts."""

from __future__ import annotations

import pytest
import yaml

from tests.simulator import Visma
from tests.simulator.clients import VismaClient
from tests.simulator.contracts import contracts_in
from tests.simulator.visma import CONTRACT, CONTRACT_FILES
from tests.support.clock import HandClock

GL_CONTRACT = CONTRACT_FILES[0]
PERIOD = "periodId=202505"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/account", "/v1/ledger", "/v1/financialPeriod", "/v1/financialPeriod/202505",
        "/v1/subaccount", "/v1/numberSequence/BATCH", f"/v2/generalLedgerBalance?{PERIOD}",
        f"/v2/journaltransaction?{PERIOD}", "/v2/journaltransaction/000001",
        "/v1/GeneralLedgerTransactions?ledger=1",
        "/v1/GeneralLedgerTransactions?ledger=1&includeTransactionBalance=true"
        "&expandAccountInfo=true&expandBranchInfo=true",
    ],
)  # fmt: skip
def test_every_answer_keeps_to_the_contracts(client: VismaClient, visma: Visma, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer.json()
    bare = path.partition("?")[0]
    assert contracts_in(*CONTRACT_FILES).check_answer("GET", bare, 200, answer.json()) == []
    assert visma.journal[-1].contract_errors == []


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/v2/generalLedgerBalance?periodId=202505", "GeneralLedgerBalanceDto"),
        (
            "/v1/GeneralLedgerTransactions?ledger=1&includeTransactionBalance=true",
            "GeneralLedgerTransactionDetailsDto",
        ),
        ("/v2/journaltransaction?periodId=202505", "JournalTransactionDto"),
    ],
)
def test_no_answer_has_a_member_that_the_contract_does_not_know(
    client: VismaClient, path: str, schema: str
) -> None:
    known = yaml.safe_load(GL_CONTRACT.read_text("utf-8"))["components"]["schemas"]

    row = client.get(path).json()[0]

    assert set(row) <= set(known[schema]["properties"])
    for line in row.get("journalTransactionLines", []):
        assert set(line) <= set(known["JournalTransactionLineDto"]["properties"])


def test_the_two_contracts_of_visma_agree_on_what_both_describe() -> None:
    newer, older = (
        yaml.safe_load(file.read_text("utf-8"))["components"]["schemas"] for file in CONTRACT_FILES
    )

    shared = newer.keys() & older.keys()

    assert len(shared) > 15
    for name in shared:
        assert _without_words(newer[name]) == _without_words(older[name]), name


def test_accounts_are_found_by_the_code_of_the_standard_chart(client: VismaClient) -> None:
    (found,) = client.get("/v1/account", publicCode="5000").json()

    assert (found["accountCD"], found["type"], found["publicCode1"]) == ("5010", "Expense", "5000")
    assert client.get("/v1/account", publicCode="1234").json() == []


def test_accounts_can_be_asked_for_by_state_and_by_what_comes_after(
    client: VismaClient, visma: Visma
) -> None:
    visma.change_account("5330", is_active=False)

    inactive = client.get("/v1/account", active="false").json()
    later = client.get("/v1/account", greaterThanValue="5900").json()

    assert [row["accountCD"] for row in inactive] == ["5330"]
    assert [row["accountCD"] for row in later] == ["5950", "5990"]


def test_a_changed_account_is_found_by_its_stamp(
    client: VismaClient, visma: Visma, clock: HandClock
) -> None:
    before = client.get("/v1/account").json()[-1]["lastModifiedDateTime"]
    clock.turn(minutes=1)
    visma.change_account("5330", allows_manual_entry=False)

    delta = {"lastModifiedDateTime": before, "lastModifiedDateTimeCondition": ">"}

    (row,) = client.get("/v1/account", **delta).json()
    assert (row["accountCD"], row["allowManualEntry"]) == ("5330", False)
    assert client.get("/v1/account", lastModifiedDateTime=before).status_code == 400


def test_the_ledger_of_each_company_is_in_its_own_currency(
    visma: Visma, client: VismaClient
) -> None:
    with VismaClient(visma, "sweden") as sweden:
        both = [connected.get("/v1/ledger").json()[0] for connected in (client, sweden)]

    assert [row["currencyId"] for row in both] == ["NOK", "SEK"]
    assert {row["balanceType"] for row in both} == {"Actual"}


def test_all_posted_periods_but_the_last_are_closed(client: VismaClient) -> None:
    periods = client.get("/v1/financialPeriod", greaterThanValue="202502").json()

    closed = [row["period"] for row in periods if row["closedInGeneralLedger"]]
    assert closed == ["03", "04"]
    assert all(row["active"] for row in periods)
    assert (periods[0]["year"], periods[0]["startDate"], periods[0]["endDate"]) == (
        2025, "2025-03-01T00:00:00", "2025-03-31T00:00:00",
    )  # fmt: skip
    assert client.get("/v1/financialPeriod", greaterThanValue="2025").json()[0]["year"] == 2026


def test_a_period_closes_with_all_before_it_and_opens_alone(
    client: VismaClient, visma: Visma
) -> None:
    visma.close_period("202505")
    visma.reopen_period("202504")

    shown = [client.get(f"/v1/financialPeriod/2025{month}").json() for month in ("03", "04", "05")]

    assert [row["closedInGeneralLedger"] for row in shown] == [True, False, True]
    assert [row["closedInSupplierLedger"] for row in shown] == [True, False, True]


def test_the_general_ledger_closes_last(client: VismaClient, visma: Visma) -> None:
    with pytest.raises(ValueError, match="still open"):
        visma.close_workspace("202506", "GeneralLedger")
    for workspace in (
        "SupplierLedger", "CustomerLedger", "InventoryManagement", "CashManagement", "FixedAssets",
        "GeneralLedger",
    ):  # fmt: skip
        visma.close_workspace("202506", workspace)

    assert client.get("/v1/financialPeriod/202506").json()["closedInGeneralLedger"]


def test_what_there_is_not_is_not_found(client: VismaClient) -> None:
    for path in ("/v1/financialPeriod/199901", "/v1/numberSequence/ARINVOICE"):
        assert client.get(path).status_code == 404


def test_the_number_series_shows_the_last_number(client: VismaClient, visma: Visma) -> None:
    (sequence,) = client.get("/v1/numberSequence/BATCH").json()["sequence"]

    assert int(sequence["lastNbr"]) == len(visma.batches())
    assert int(sequence["nextNumber"]) == int(sequence["lastNbr"]) + 1


def test_no_path_releases_a_batch(client: VismaClient, visma: Visma) -> None:
    answer = client.post("/v2/journaltransaction/000001/action/release", {})

    assert answer.status_code == 404
    assert not visma.journal[-1].applied


def test_the_older_contract_alone_would_miss_the_balances() -> None:
    # Only the joint one knows both, and that is what the simulator stands on.
    request = ("GET", "/v2/generalLedgerBalance", {"periodId": "202505"}, None, False)

    assert contracts_in(CONTRACT).check(*request) != []
    assert contracts_in(*CONTRACT_FILES).check(*request) == []


def _without_words(node: object) -> object:
    if isinstance(node, list):
        return [_without_words(one) for one in node]
    if not isinstance(node, dict):
        return node
    plain = {
        name: _without_words(value)
        for name, value in node.items()
        if name != "description" or isinstance(value, dict)
    }
    whole = plain.pop("allOf", None)
    kept = {name: value for name, value in plain.items() if not name.startswith("x-")}
    return {**kept, **whole[0]} if isinstance(whole, list) and len(whole) == 1 else kept
