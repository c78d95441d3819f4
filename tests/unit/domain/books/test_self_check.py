"""The posted lines of a month have to add up to its balances."""

from __future__ import annotations

from connector.domain.books.posted import UNPOSTED
from connector.domain.books.self_check import check
from connector.domain.books.subaccounts import SubAccountName
from tests.unit.domain.books.bench import SUBACCOUNTS, balance, entry

LINES = [
    entry("5010", "400", "100"), entry("5010", "400", "-30", line=2),
    entry("5400", "500", "7", line=3),
]  # fmt: skip


def test_lines_that_add_up_pass_however_the_sub_account_is_named() -> None:
    by_id = balance("5010", "", "70", name=SubAccountName(id=2))

    found = check([by_id, balance("5400", "500", "7")], LINES, [], SUBACCOUNTS)

    assert found.is_passed
    assert not found.counts_unposted


def test_a_line_that_is_missing_is_told_with_its_account() -> None:
    found = check([balance("5010", "400", "70")], LINES, [], SUBACCOUNTS)

    assert not found.is_passed
    assert "account 5400, sub-account 50000, branch 1" in found.sentence("norway", "202505")


def test_many_places_are_counted_and_not_listed() -> None:
    balances = [balance("5010", "400", "1", branch=str(place)) for place in range(7)]

    text = check(balances, [], [], SUBACCOUNTS).sentence("norway", "202505")

    assert "4 more" in text


def test_balances_that_have_what_is_not_posted_are_understood() -> None:
    waits = [entry("5010", "400", "50", status=UNPOSTED, batch="000002")]
    balances = [balance("5010", "400", "120"), balance("5400", "500", "7")]

    found = check(balances, LINES, waits, SUBACCOUNTS)

    assert found.is_passed
    assert found.counts_unposted


def test_another_branch_or_currency_is_another_sum() -> None:
    assert not check([balance("5010", "400", "70", branch="2"), balance("5400", "500", "7")],
                     LINES, [], SUBACCOUNTS).is_passed  # fmt: skip
    assert not check([balance("5010", "400", "70", currency="EUR"), balance("5400", "500", "7")],
                     LINES, [], SUBACCOUNTS).is_passed  # fmt: skip
