"""Journal batches over the API: entered, refused, changed, listed by line, lost and late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.simulator import Visma
from tests.simulator.clients import VismaClient, batch_line, new_batch
from tests.support.clock import HandClock

PATH = "/v2/journaltransaction"


def test_a_batch_on_hold_is_entered_and_reads_back(client: VismaClient, visma: Visma) -> None:
    created = client.post(PATH, new_batch())
    number = created.headers["Location"].rpartition("/")[2]
    read = client.get(f"{PATH}/{number}")

    assert (created.status_code, created.json()) == (201, {})
    assert created.headers["Location"] == f"{visma.url}{PATH}/{number}"
    batch = read.json()
    assert created.headers["ETag"] == read.headers["ETag"] == f'"{batch["timeStamp"]}"'
    assert (batch["module"], batch["batchNumber"]) == ("ModuleGL", number)
    assert (batch["status"], batch["hold"]) == ("Hold", True)
    assert (batch["debitTotal"], batch["creditTotal"], batch["controlTotal"]) == (1500.5,) * 3
    assert (batch["financialPeriod"], batch["postPeriod"]) == ("202506", "062025")
    assert batch["description"] == "Payroll 2025-06 [RPABCDEFGHIJKLM]"
    lines = batch["journalTransactionLines"]
    assert [line["lineNumber"] for line in lines] == [1, 2, 3]
    assert [line["debitAmount"] for line in lines] == [1000.5, 500.0, 0.0]
    assert {line["referenceNumber"] for line in lines} == {"RPABCDEFGHIJKLM"}
    assert [line["subaccount"]["segments"][0]["segmentValue"] for line in lines] == [
        "200", "210", "000",
    ]  # fmt: skip
    assert visma.journal[-1].contract_errors == visma.journal[-2].contract_errors == []


def test_without_hold_the_preference_of_the_company_decides(
    client: VismaClient, visma: Visma
) -> None:
    body = new_batch()
    del body["hold"]

    client.post(PATH, body)
    visma.set_preference("holds_on_entry", True)
    client.post(PATH, body)

    assert [batch["status"] for batch in visma.batches()[-2:]] == ["Balanced", "Hold"]


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("unbalanced", new_batch(
        batch_line("5010", "200", debit=10), batch_line("2930", "000", credit=9.99),
    ), "not balanced"),
    ("one line", new_batch(batch_line("5010", "200", debit=10)), "at least 2 lines"),
    ("no lines", new_batch(journalTransactionLines=[]), "at least 2 lines"),
    ("closed period", new_batch(financialPeriod={"value": "202504"}), "is closed"),
    ("unknown period", new_batch(financialPeriod={"value": "209912"}), "no financial period"),
    ("no period", new_batch(financialPeriod={}), "no financial period"),
    ("no date", new_batch(transactionDate={}), "'DateEntered' cannot be empty"),
    ("no such date", new_batch(transactionDate={"value": "30.06.2025"}), "is not a date"),
    ("two periods", new_batch(postPeriod={"value": "062025"}), "Send the period once"),
    ("unknown ledger", new_batch(ledger={"value": "9"}), "'Ledger' '9' cannot be found"),
    ("unknown branch", new_batch(branch={"value": "9"}), "'Branch' '9' cannot be found"),
    ("unknown currency", new_batch(currencyId={"value": "XXX"}), "'Currency' 'XXX' cannot"),
    ("no rate", new_batch(currencyId={"value": "EUR"}), "no rate for EUR"),
    ("text as code", new_batch(transactionCode={"value": "RPABC"}), "'Transaction code' 'RPABC'"),
    ("long text", new_batch(description={"value": "x" * 256}), "longer than 255"),
    ("foreign member", new_batch(released={"value": True}), "was unexpected"),
    ("bare member", new_batch(hold=True), "is not of type 'object'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_batch_is_refused_in_visma_words(
    client: VismaClient, visma: Visma, body: dict[str, Any], words: str
) -> None:
    before = visma.batches()

    answer = client.post(PATH, body)

    assert answer.status_code == 400
    assert answer.json()["message"].startswith("VismaId: ")
    assert words in answer.json()["message"]
    assert visma.batches() == before


WRONG_LINES: list[tuple[str, dict[str, Any], str]] = [
    ("unknown account", batch_line("9999", "200", debit=5), "'Account' '9999' cannot be found"),
    ("inactive account", batch_line("5330", "200", debit=5), "Account '5330' is inactive"),
    ("control account", batch_line("1950", "200", debit=5), "is a control account"),
    ("income of the year", batch_line("5290", "200", debit=5), "year-to-date net income"),
    ("both sides", batch_line("5010", "200", debit=5, credit=5), "either a debit"),
    ("no amount", batch_line("5010", "200"), "either a debit"),
    ("less than nothing", batch_line("5010", "200", debit=-5), "zero or more"),
    ("parts of a cent", batch_line("5010", "200", debit=5.001), "two decimals"),
    ("unknown cost centre", batch_line("5010", "999", debit=5), "999 of Subaccount 1"),
    ("closed cost centre", batch_line("5010", "600", debit=5), "600 of Subaccount 1"),
    ("closed combination", batch_line("5010", "510", debit=5), "Subaccount 51000 is inactive"),
    ("value too long", batch_line("5010", "200", debit=5, subaccount=[
        {"segmentId": 1, "segmentValue": "200"}, {"segmentId": 2, "segmentValue": "000"},
    ]), "does not fit"),
    ("half a subaccount", batch_line("5010", "200", debit=5, subaccount=[
        {"segmentId": 2, "segmentValue": "00"},
    ]), "Subaccount    00 cannot be found"),
    ("no subaccount", batch_line("5010", "200", debit=5, subaccount=[]), "Subaccount "),
    ("branch", batch_line("5010", "200", debit=5, branch={"value": "9"}), "'Branch' '9'"),
    ("long reference", batch_line(
        "5010", "200", debit=5, referenceNumber={"value": "x" * 16},
    ), "longer than 15"),
    ("no such operation", batch_line(
        "5010", "200", debit=5, operation="Update", lineNumber={"value": 9},
    ), "Line 9 cannot be found"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "words"), [case[1:] for case in WRONG_LINES], ids=[case[0] for case in WRONG_LINES]
)
def test_a_wrong_line_refuses_its_batch(
    client: VismaClient, visma: Visma, line: dict[str, Any], words: str
) -> None:
    visma.change_account("5330", is_active=False)
    visma.change_account("1950", control_module="CA")
    visma.books().year_to_date_account = "5290"
    visma.set_cost_centre_active("600", False)
    visma.set_subaccount_active("51000", False)
    before = (visma.batches(), set(visma.company().subaccounts))

    answer = client.post(PATH, new_batch(line, batch_line("2930", "000", credit=5)))

    assert answer.status_code == 400
    assert words in answer.json()["message"]
    assert (visma.batches(), set(visma.company().subaccounts)) == before


def test_a_refusal_can_come_as_a_server_error(client: VismaClient, visma: Visma) -> None:
    visma.set_preference("refusal_status", 500)

    answer = client.post(PATH, new_batch(financialPeriod={"value": "202504"}))

    assert (answer.status_code, "is closed" in answer.json()["message"]) == (500, True)


def test_preferences_that_the_api_shows_no_one_open_doors(
    client: VismaClient, visma: Visma
) -> None:
    closed = new_batch(financialPeriod={"value": "202504"})
    unbalanced = new_batch(batch_line("5010", "200", debit=10), batch_line("2930", "000", credit=9))
    visma.set_preference("posts_to_closed_periods", True)
    visma.set_preference("keeps_unbalanced_on_hold", True)

    assert client.post(PATH, closed).status_code == 201
    assert client.post(PATH, unbalanced).status_code == 201
    assert client.post(PATH, {**unbalanced, "hold": {"value": False}}).status_code == 400


def test_control_totals_are_compared_where_the_company_wants_that(
    client: VismaClient, visma: Visma
) -> None:
    wrong = new_batch(controlTotalInCurrency={"value": 1})
    assert client.post(PATH, wrong).status_code == 201

    visma.set_preference("checks_control_totals", True)

    assert "control total" in client.post(PATH, wrong).json()["message"]
    assert client.post(PATH, new_batch()).status_code == 201


def test_an_inactive_period_takes_nothing(client: VismaClient, visma: Visma) -> None:
    visma.set_period_active("202506", False)

    assert "is inactive" in client.post(PATH, new_batch()).json()["message"]


def test_a_month_first_period_does_as_well(client: VismaClient, visma: Visma) -> None:
    body = new_batch(postPeriod={"value": "062025"})
    del body["financialPeriod"]

    assert client.post(PATH, body).status_code == 201
    assert visma.batches()[-1]["financialPeriod"] == "202506"


def test_a_new_combination_arises_only_where_the_company_lets_it(
    client: VismaClient, visma: Visma
) -> None:
    visma.add_cost_centre("290", "Night shift")
    body = new_batch(batch_line("5010", "290", debit=5), batch_line("2930", "000", credit=5))

    visma.company().allows_new_subaccounts = False
    assert "Subaccount 29000 cannot be found" in client.post(PATH, body).json()["message"]
    visma.company().allows_new_subaccounts = True
    wrong = batch_line("9999", "000", credit=5)
    assert (
        client.post(PATH, new_batch(body["journalTransactionLines"][0], wrong)).status_code == 400
    )
    assert "29000" not in visma.company().subaccounts
    assert client.post(PATH, body).status_code == 201
    assert "29000" in visma.company().subaccounts


def test_an_accounts_own_subaccount_stands_in(client: VismaClient, visma: Visma) -> None:
    visma.change_account("2930", default_subaccount="00000")
    line = batch_line("2930", "000", credit=5)
    del line["subaccount"]
    cost = batch_line("5010", "200", debit=5)
    bare = {name: value for name, value in cost.items() if name != "subaccount"}

    assert client.post(PATH, new_batch(cost, line)).status_code == 201
    assert "'Subaccount' cannot be empty" in client.post(PATH, new_batch(bare, line)).text


def test_a_foreign_batch_carries_its_rate(client: VismaClient, visma: Visma) -> None:
    body = new_batch(currencyId={"value": "EUR"}, exchangeRate={"value": 11.7})

    client.post(PATH, body)

    batch = visma.batches()[-1]
    assert (batch["debitTotalInCurrency"], batch["exchangeRate"]) == (1500.5, 11.7)
    assert batch["journalTransactionLines"][0]["debitAmount"] == 11705.85


def test_a_number_of_ones_own_counts_only_where_the_series_takes_it(
    client: VismaClient, visma: Visma
) -> None:
    own = new_batch(batchNumber={"value": "rpown1"}, overrideNumberSeries={"value": True})

    ignored = client.post(PATH, own).headers["Location"]
    visma.set_preference("takes_own_numbers", True)
    alone = client.post(PATH, new_batch(batchNumber={"value": "RPOWN1"})).headers["Location"]
    taken = client.post(PATH, own).headers["Location"]

    assert [one.rpartition("/")[2][:2] for one in (ignored, alone, taken)] == ["00", "00", "RP"]
    assert taken.endswith("/RPOWN1")
    assert client.get(f"{PATH}/RPOWN1").json()["module"] == "ModuleGL"


def test_a_known_number_is_refused_or_changes_the_batch(client: VismaClient, visma: Visma) -> None:
    visma.set_preference("takes_own_numbers", True)
    own = new_batch(batchNumber={"value": "RPOWN1"}, overrideNumberSeries={"value": True})
    client.post(PATH, own)
    before = len(visma.batches())

    assert "exists already" in client.post(PATH, own).json()["message"]
    visma.set_preference("on_known_number", "change")
    again = client.post(PATH, {**own, "description": {"value": "Again"}})

    assert again.headers["Location"].endswith("/RPOWN1")
    assert len(visma.batches()) == before
    batch = client.get(f"{PATH}/RPOWN1").json()
    assert (batch["description"], len(batch["journalTransactionLines"])) == ("Again", 6)


@pytest.mark.parametrize(("manner", "kept"), [("cut", 255), ("keep", 300)])
def test_a_long_text_may_be_cut_or_kept(
    client: VismaClient, visma: Visma, manner: str, kept: int
) -> None:
    visma.set_preference("on_long_text", manner)

    client.post(PATH, new_batch(description={"value": "x" * 300}))

    assert len(visma.batches()[-1]["description"]) == kept


def test_a_number_may_belong_to_another_module(client: VismaClient, visma: Visma) -> None:
    lines = [
        {"account": "5990", "subaccount": "20000", "debit": 5},
        {"account": "2650", "subaccount": "00000", "credit": 5},
    ]
    visma.enter_batch("202505", lines, module="AP", number="000099")
    visma.enter_batch("202505", lines, number="000099")

    assert client.get(f"{PATH}/000099").json()["module"] == "ModuleAP"
    visma.set_preference("finds_by_number", "GL")
    assert client.get(f"{PATH}/000099").json()["module"] == "ModuleGL"


def test_a_batch_on_hold_is_changed_line_by_line(client: VismaClient, visma: Visma) -> None:
    place = f"{PATH}/{_posted(client)}"
    etag = client.get(place).headers["ETag"]
    change = {
        "description": {"value": "Payroll, second try"},
        "journalTransactionLines": [
            {"operation": "Delete", "lineNumber": {"value": 2}},
            {
                "operation": "Update", "lineNumber": {"value": 3},
                "creditAmountInCurrency": {"value": 1003.5},
            },
            batch_line("5092", "200", debit=3),
        ],
    }  # fmt: skip

    answer = client.put(place, change, etag)

    assert (answer.status_code, answer.content) == (204, b"")
    batch = client.get(place)
    assert answer.headers["ETag"] == batch.headers["ETag"] != etag
    lines = batch.json()["journalTransactionLines"]
    assert [(line["lineNumber"], line["accountNumber"]) for line in lines] == [
        (1, "5010"), (3, "2930"), (4, "5092"),
    ]  # fmt: skip
    assert batch.json()["description"] == "Payroll, second try"
    assert batch.json()["status"] == "Hold"
    assert client.put(place, change, etag).status_code == 412


def test_a_refused_change_changes_nothing(client: VismaClient, visma: Visma) -> None:
    place = f"{PATH}/{_posted(client)}"
    before = client.get(place).json()
    change = {
        "description": {"value": "Never seen"},
        "journalTransactionLines": [{"operation": "Delete", "lineNumber": {"value": 2}}],
    }

    assert client.put(place, change).status_code == 400
    assert client.get(place).json() == before


def test_a_released_batch_cannot_be_changed(client: VismaClient, visma: Visma) -> None:
    number = _posted(client)
    visma.set_batch_status(number, "Balanced")

    assert visma.release_batch(number)["status"] == "Posted"
    answer = client.put(f"{PATH}/{number}", {"description": {"value": "Too late"}})

    assert (answer.status_code, "cannot be changed" in answer.text) == (400, True)


def test_a_release_may_leave_the_posting_to_others(client: VismaClient, visma: Visma) -> None:
    number = _posted(client)
    visma.set_preference("posts_on_release", False)
    with pytest.raises(ValueError, match="is not balanced"):
        visma.release_batch(number)
    client.put(f"{PATH}/{number}", {"hold": {"value": False}})

    assert visma.release_batch(number)["status"] == "Unposted"


def test_an_unwanted_batch_is_emptied_and_stays_in_the_list(
    client: VismaClient, visma: Visma
) -> None:
    number = _posted(client)
    empty = [{"operation": "Delete", "lineNumber": {"value": line}} for line in (1, 2, 3)]

    answer = client.put(f"{PATH}/{number}", {"journalTransactionLines": empty})

    assert answer.status_code == 204
    (row,) = client.get(PATH, periodId="202506").json()
    assert (row["batchNumber"], row["journalTransactionLines"]) == (number, [])
    visma.remove_batch(number)
    assert client.get(f"{PATH}/{number}").status_code == 404


def test_the_list_needs_a_period_or_a_moment(client: VismaClient) -> None:
    assert client.get(PATH).status_code == 400
    assert client.get(PATH, status="Hold").status_code == 400


def test_pages_count_lines_and_one_batch_comes_in_pieces(client: VismaClient, visma: Visma) -> None:
    whole = {batch["batchNumber"]: batch for batch in visma.batches()}
    may = {key: one for key, one in whole.items() if one["financialPeriod"] == "202505"}
    count = sum(len(one["journalTransactionLines"]) for one in may.values())

    pages: list[list[dict[str, Any]]] = []
    while page := client.get(PATH, periodId="202505", pageSize=7, pageNumber=len(pages) + 1).json():
        pages.append(page)

    sizes = [sum(len(row["journalTransactionLines"]) for row in page) for page in pages]
    assert sizes[:-1] == [7] * (len(pages) - 1)
    assert sum(sizes) == count
    assert {row["metadata"]["totalCount"] for page in pages for row in page} == {count}
    pieces = [row["batchNumber"] for page in pages for row in page]
    assert len(pieces) > len(set(pieces)) == len(may)
    for number, one in may.items():
        rows = [row for page in pages for row in page if row["batchNumber"] == number]
        lines = [line for row in rows for line in row["journalTransactionLines"]]
        assert lines == one["journalTransactionLines"]
        # The header speaks of the whole batch on every page.
        assert {row["debitTotal"] for row in rows} == {one["debitTotal"]}


def test_the_list_is_narrowed_by_module_status_and_branch(
    client: VismaClient, visma: Visma
) -> None:
    number = _posted(client)
    waiting = _posted(client)
    visma.set_batch_status(waiting, "Balanced")

    def listed(**asked: str) -> list[str]:
        return [row["batchNumber"] for row in client.get(PATH, periodId="202506", **asked).json()]

    assert listed() == [number, waiting]
    assert listed(status="Hold") == [number]
    assert listed(status="Balanced", module="GL", branch="1") == [waiting]
    assert listed(status="Unreleased") == [number, waiting]
    assert listed(status="Posted") == listed(module="AP") == listed(branch="2") == []
    assert client.get(PATH, periodId="202506", status="Released").status_code == 400
    visma.set_preference("lists_hold_without_status", False)
    assert listed() == [waiting]


def test_a_moved_and_edited_batch_is_found_by_the_moment_alone(
    client: VismaClient, visma: Visma, clock: HandClock
) -> None:
    clock.turn(minutes=1)
    number = _posted(client)
    visma.edit_batch(number, period="202507", description="Edited by hand")
    visma.set_batch_status(number, "Balanced")

    rows = client.get(PATH, lastModifiedDateTime="2025-06-02T09:01:00", module="GL").json()

    assert [(row["batchNumber"], row["financialPeriod"]) for row in rows] == [(number, "202507")]
    assert rows[0]["journalTransactionLines"][0]["referenceNumber"] == "RPABCDEFGHIJKLM"
    assert client.get(PATH, lastModifiedDateTime="2025-06-02T10:00").status_code == 400


Order = Callable[..., object]


def test_a_lost_answer_leaves_a_batch_behind(client: VismaClient, visma: Visma) -> None:
    before = len(visma.batches())
    visma.faults.lose_answer(method="POST", path=PATH, times=1)

    with pytest.raises(requests.ConnectionError):
        client.post(PATH, new_batch())

    assert len(visma.batches()) == before + 1
    assert (visma.journal[-1].status, visma.journal[-1].applied) == (0, True)


def test_a_failed_answer_may_have_entered_the_batch(client: VismaClient, visma: Visma) -> None:
    before = len(visma.batches())
    visma.faults.fail_after_apply(500, method="POST", path=PATH, times=1)

    assert client.post(PATH, new_batch()).status_code == 500
    assert len(visma.batches()) == before + 1


def test_a_late_batch_is_entered_when_it_lands_unless_the_period_closed_meanwhile(
    client: VismaClient, visma: Visma
) -> None:
    before = len(visma.batches())
    visma.faults.late(method="POST", path=PATH, times=2)
    for _ in range(2):
        with pytest.raises(requests.ConnectionError):
            client.post(PATH, new_batch())
        assert len(visma.batches()) == before
        assert visma.land() == 1
        visma.close_period("202506")
        before += 1
    assert len(visma.batches()) == before - 1


def test_a_reader_may_not_enter_a_batch(visma: Visma, client: VismaClient) -> None:
    with VismaClient(visma, scope="vismanet_erp_service_api:read") as reader:
        assert reader.post(PATH, new_batch()).status_code == 403


def _posted(client: VismaClient) -> str:
    return client.post(PATH, new_batch()).headers["Location"].rpartition("/")[2]
