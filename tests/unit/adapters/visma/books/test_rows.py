"""How Visma's books are read: what is no row is never passed over, and nothing is ever written."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.adapters.visma import books as package
from connector.adapters.visma.books.listing import PagedList
from connector.adapters.visma.books.rows import amount, balance_of, entries_of, line_of, period_of
from connector.domain.books.subaccounts import SubAccountName
from connector.domain.errors import NonsenseError
from tests.embedded.template import ROOT

BALANCE: dict[str, Any] = {
    "branch": {"number": "1"}, "account": {"number": "5010"}, "currencyId": "NOK",
    "subaccount": {"subaccountNumber": "400-00", "subaccountId": 7},
    "periodToDateDebit": 0.1, "periodToDateCredit": 0.2,
    "lastModifiedDateTime": "2025-05-31T16:00:00",
}  # fmt: skip


def test_amounts_are_exact_and_never_binary_fractions() -> None:
    assert balance_of(BALANCE).amount == Decimal("-0.1")
    assert balance_of({**BALANCE, "periodToDateDebit": 1234567890.12}).debit == Decimal(
        "1234567890.12"
    )


@pytest.mark.parametrize("value", ["much", True, [], {}, float("nan"), float("inf"), "NaN"])
def test_what_is_no_amount_is_nonsense_and_not_zero(value: Any) -> None:
    with pytest.raises(NonsenseError):
        amount({"x": value}, "x")


def test_an_amount_that_is_absent_is_nothing() -> None:
    assert amount({}, "x") == amount({"x": None}, "x") == 0
    assert amount({"x": "12.50"}, "x") == Decimal("12.5")


@pytest.mark.parametrize("member", ["account"])
def test_a_balance_without_an_account_is_not_passed_over(member: str) -> None:
    with pytest.raises(NonsenseError):
        balance_of({**BALANCE, member: {}})


@pytest.mark.parametrize(
    ("members", "name"),
    [
        ({}, SubAccountName(7, "400-00")),
        ({"subaccount": None, "subaccountId": "7", "subAccountCd": "400-00"},
         SubAccountName(7, "400-00")),
        ({"subaccount": None, "subAccountCd": "400-00"}, SubAccountName(None, "400-00")),
        ({"subaccount": None}, SubAccountName()),
    ],
    ids=["object", "two texts", "one text", "none"],
)  # fmt: skip
def test_a_sub_account_is_read_in_any_of_its_forms(
    members: dict[str, Any], name: SubAccountName
) -> None:
    assert balance_of({**BALANCE, **members}).subaccount == name


def test_modules_are_named_alike_in_lines_and_batches() -> None:
    line = {"module": "GL", "batchNumber": "1", "account": {"number": "5010"}}
    batch = {
        "module": "ModuleGL", "batchNumber": "1", "status": "Hold",
        "journalTransactionLines": [{"accountNumber": "5010"}],
    }  # fmt: skip

    assert line_of(line).name == entries_of(batch)[0].name == "GL 1"


def test_a_period_that_is_closed_elsewhere_is_open_in_the_ledger() -> None:
    row = {"year": 2025, "period": "05", "closedInSupplierLedger": True}

    found = period_of(row)

    assert (found.key, found.is_closed, found.is_active) == ("202505", False, True)
    assert period_of({**row, "closedInGeneralLedger": True}).is_closed


class Pages:
    """Pages of numbers, with or without what Visma says about all of them."""

    def __init__(self, *pages: list[int], metadata: dict[str, int] | None = None) -> None:
        self.asked: list[int] = []
        self._pages: list[list[Mapping[str, Any]]] = [
            [self._row(one, metadata) for one in page] for page in pages
        ]

    @staticmethod
    def _row(number: int, metadata: dict[str, int] | None) -> dict[str, Any]:
        return {"n": number, **({"metadata": metadata} if metadata else {})}

    def read(self, number: int) -> list[Mapping[str, Any]]:
        self.asked.append(number)
        return self._pages[min(number, len(self._pages)) - 1] if self._pages else []

    def list(self, size: int = 2) -> PagedList[int]:
        return PagedList("/x", self.read, lambda rows: [row["n"] for row in rows], size)


@pytest.mark.parametrize(
    ("pages", "rows", "calls"),
    [
        (Pages([1, 2], [3], metadata={"totalCount": 3, "maxPageSize": 2}), [1, 2, 3], 2),
        (Pages([1, 2], [3], []), [1, 2, 3], 3),
        (Pages([1, 2], [3], metadata={"totalCount": 0}), [1, 2, 3], 3),
        (Pages([1, 2], [3], [], metadata={"totalCount": 2, "maxPageSize": 2}), [1, 2, 3], 2),
        (Pages([]), [], 1),
    ],
    ids=["counted", "until an empty page", "until the last page again", "wrong total", "empty"],
)
def test_a_list_is_read_to_its_end(pages: Pages, rows: list[int], calls: int) -> None:
    assert pages.list().rows() == rows
    assert len(pages.asked) == calls


def test_how_many_pages_there_are_is_known_with_the_first() -> None:
    counted = Pages([1, 2], metadata={"totalCount": 5, "maxPageSize": 2}).list(1000)
    uncounted = Pages([1, 2]).list()

    assert counted.pages == 3
    assert uncounted.pages is None
    assert Pages([]).list().pages == 1


def test_there_is_no_way_to_write() -> None:
    folder = Path(next(iter(package.__path__)))
    assert folder.is_relative_to(ROOT)
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("write", "post_form", "post", "put", "request"), file
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert node.value not in ("POST", "PUT", "PATCH", "DELETE"), file
                assert "/action/" not in node.value, file
