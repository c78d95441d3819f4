"""Visma's books where it answers otherwise than it was asked, or not whole."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from connector.adapters.visma.books.ledger import VismaBooks, VismaGeneralLedger
from connector.domain.errors import ConfigurationError, NonsenseError
from tests.simulator.messages import Response, json_response
from tests.unit.visma_bench import ScriptedVisma, VismaBench

BALANCES, BATCHES = "GET /v2/generalLedgerBalance", "GET /v2/journaltransaction"
LINES = "GET /v1/GeneralLedgerTransactions"


@pytest.fixture
def visma() -> Iterator[ScriptedVisma]:
    with ScriptedVisma() as running:
        yield running


@pytest.fixture
def ledger(visma: ScriptedVisma) -> VismaGeneralLedger:
    return VismaBooks(VismaBench(visma).targets()).company("norway")


def balance(account: str = "5010", **members: Any) -> dict[str, Any]:
    return {
        "branch": {"number": "1"}, "account": {"number": account}, "ledger": {"id": "1"},
        "financialPeriod": "202505", "balanceType": "Actual", "currencyId": "NOK",
        "periodToDateDebit": 100.5, "metadata": {"totalCount": 1}, **members,
    }  # fmt: skip


def batch(*lines: tuple[int, float, float], total: float = 100, **members: Any) -> dict[str, Any]:
    """A piece of a batch with these lines: number, debit, credit."""
    return {
        "module": "ModuleGL", "batchNumber": "000007", "status": "Hold", "branch": "1",
        "financialPeriod": "202505", "currencyId": "NOK", "debitTotal": total,
        "creditTotal": total, "metadata": {"totalCount": 3, "maxPageSize": 2},
        "journalTransactionLines": [
            {"lineNumber": number, "accountNumber": "5010", "debitAmount": debit,
             "creditAmount": credit}
            for number, debit, credit in lines
        ],
        **members,
    }  # fmt: skip


def answering(visma: ScriptedVisma, operation: str, *answers: Any) -> None:
    """Lets an operation be answered with these bodies, one after the other."""
    visma.answers[operation] = [
        one if isinstance(one, Response) else json_response(200, one) for one in answers
    ]


def test_rows_that_were_not_asked_for_are_left_out(
    visma: ScriptedVisma, ledger: VismaGeneralLedger
) -> None:
    others = [
        balance("6300"), balance(financialPeriod="202504"), balance(ledger={"id": "2"}),
        balance(balanceType="Budget"),
    ]  # fmt: skip
    answering(visma, BALANCES, [balance(), *others])

    (found,) = ledger.balances("202505", "1", "5010").rows()

    assert (found.account, found.amount) == ("5010", Decimal("100.5"))


def test_a_whole_list_of_something_else_is_no_empty_month(
    visma: ScriptedVisma, ledger: VismaGeneralLedger
) -> None:
    answering(visma, BALANCES, [balance(financialPeriod="202404")])

    with pytest.raises(NonsenseError, match="none of them is of the period"):
        ledger.balances("202505", "1").rows()


def test_a_row_that_came_twice_counts_once(
    visma: ScriptedVisma, ledger: VismaGeneralLedger
) -> None:
    answering(visma, BALANCES, [balance(), balance(metadata={"totalCount": 2}), balance("5400")])

    assert len(ledger.balances("202505", "1").rows()) == 2


def test_a_batch_that_comes_in_pieces_is_one(
    visma: ScriptedVisma, ledger: VismaGeneralLedger
) -> None:
    answering(visma, BATCHES, [batch((1, 60, 0), (2, 40, 0))], [batch((3, 0, 100))])

    listing = ledger.waiting("202505", "Hold")

    assert listing.pages == 2
    assert [(one.name, one.line, one.amount) for one in listing.rows()] == [
        ("GL 000007", 1, Decimal(60)), ("GL 000007", 2, Decimal(40)),
        ("GL 000007", 3, Decimal(-100)),
    ]  # fmt: skip
    assert ledger.calls == 2


def test_a_batch_of_which_a_piece_is_missing_is_not_judged(
    visma: ScriptedVisma, ledger: VismaGeneralLedger
) -> None:
    answering(visma, BATCHES, [batch((1, 60, 0), (2, 40, 0))], [])

    with pytest.raises(NonsenseError, match="GL 000007 of norway did not come whole"):
        ledger.waiting("202505", "Hold").rows()


def test_batches_in_another_state_are_left_out(
    visma: ScriptedVisma, ledger: VismaGeneralLedger
) -> None:
    told = {"totalCount": 2, "maxPageSize": 10}
    posted = batch((1, 5, 0), (2, 0, 5), total=5, batchNumber="000008", status="Posted",
                   metadata=told)  # fmt: skip
    answering(visma, BATCHES, [posted])

    assert ledger.waiting("202505", "Hold").rows() == []


def test_a_number_that_another_module_has_is_no_batch_of_the_ledger(
    visma: ScriptedVisma, ledger: VismaGeneralLedger
) -> None:
    path = f"{BATCHES}/000007"
    answering(visma, path, batch((1, 100, 0), (2, 0, 100), module="ModuleAP"))
    assert ledger.batch("000007") is None

    answering(visma, path, batch((1, 100, 0), (2, 0, 100)))
    assert len(ledger.batch("000007") or ()) == 2


@pytest.mark.parametrize("status", [400, 404])
def test_a_period_or_batch_that_is_not_there_is_none(
    visma: ScriptedVisma, ledger: VismaGeneralLedger, status: int
) -> None:
    visma.script = [json_response(status, {"message": "no"})]

    assert ledger.period("202599") is None
    assert ledger.batch("1") is None


def test_another_period_than_was_asked_for_is_nonsense(
    visma: ScriptedVisma, ledger: VismaGeneralLedger
) -> None:
    visma.script = [json_response(200, {"year": 2025, "period": "04"})]

    with pytest.raises(NonsenseError, match="another financial period"):
        ledger.period("202505")


@pytest.mark.parametrize("body", [{}, "text", [1], [[]], None])
def test_what_is_no_list_of_rows_is_nonsense(
    visma: ScriptedVisma, ledger: VismaGeneralLedger, body: Any
) -> None:
    visma.script = [json_response(200, body)]

    with pytest.raises(NonsenseError):
        ledger.accounts()


def test_a_licence_that_is_missing_is_told_as_that(
    visma: ScriptedVisma, ledger: VismaGeneralLedger
) -> None:
    visma.script = [json_response(403, {"ExceptionFaultCode": "12027"})]

    with pytest.raises(ConfigurationError, match="no licence for company norway"):
        ledger.ledgers()


def test_no_list_of_lines_is_an_empty_one_and_only_there(
    visma: ScriptedVisma, ledger: VismaGeneralLedger
) -> None:
    visma.script = [Response(200)]

    assert ledger.lines("202505", "1", "5010").rows() == []
    with pytest.raises(NonsenseError):
        ledger.ledgers()


def test_the_room_is_what_the_last_answer_said(
    visma: ScriptedVisma, ledger: VismaGeneralLedger
) -> None:
    headers = {"X-RateLimit-Limit": "500", "X-RateLimit-Remaining": "41"}
    visma.script = [json_response(200, [], headers)]

    ledger.accounts()

    assert (ledger.room.limit, ledger.room.remaining, ledger.room.reserve) == (500, 41, 25)
