"""However a company's books answer where no one has published it, a month comes to the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from math import ceil

import pytest

from connector.domain.books.comparison import Verdict
from connector.domain.errors import ConfigurationError, NonsenseError, RateLimitedError
from connector.domain.planning import Outcome
from connector.domain.records.allocation import Allocation
from connector.domain.records.ledger import EmployeeLink, Person
from tests.support.books import BooksWorld, a_books_world

Odd = Callable[[BooksWorld], None]


@pytest.fixture(scope="module")
def shared() -> Iterator[BooksWorld]:
    """One Nordfab whose Visma each test makes odd in its own way, and then itself again."""
    with a_books_world(people=60) as world:
        world.month_end()
        yield world


@pytest.fixture
def nordfab(shared: BooksWorld) -> Iterator[BooksWorld]:
    visma = shared.world.visma
    before = vars(visma.books().preferences).copy()
    kept = visma.max_page_size, visma.total_count, visma.calls_per_hour
    yield shared
    vars(visma.books().preferences).update(before)
    visma.max_page_size, visma.total_count, visma.calls_per_hour = kept
    visma.faults.clear()
    visma.start_new_hour()
    for batch in list(visma.books().batches):
        if batch.period == "202505" and batch.status == "Unposted":
            visma.set_batch_status(batch.number, "Posted")


def preference(name: str, value: object) -> Odd:
    return lambda world: world.world.visma.set_preference(name, value)


def manner(name: str, value: object) -> Odd:
    return lambda world: setattr(world.world.visma, name, value)


ODDITIES: dict[str, Odd] = {
    "older balances": preference("shows_balance_subaccounts", False),
    "rows without movement": preference("shows_rows_without_movement", True),
    "sub-accounts by id": preference("reads_subaccount_by", "id"),
    "no body without lines": preference("empty_transactions", "nothing"),
    "hold is listed only by name": preference("lists_hold_without_status", False),
    "small pages": manner("max_page_size", 7),
    "pages of one": manner("max_page_size", 1),
    "no totals": manner("total_count", "absent"),
    "totals of nothing": manner("total_count", "zero"),
}


@pytest.mark.parametrize("name", ODDITIES)
def test_a_clean_month_agrees_to_the_cent(nordfab: BooksWorld, name: str) -> None:
    ODDITIES[name](nordfab)
    if name == "pages of one":
        nordfab.world.visma.calls_per_hour = 100_000

    books = nordfab.compare()

    assert books.posted.check.is_passed
    cells = books.comparison.cells
    assert {(cell.verdict, cell.difference) for cell in cells} == {(Verdict.WITHIN, Decimal(0))}


@pytest.mark.parametrize("counts_unposted", [False, True])
@pytest.mark.parametrize("size", [3, 1000])
def test_what_is_not_posted_is_not_counted_whatever_the_balances_do(
    nordfab: BooksWorld, size: int, counts_unposted: bool
) -> None:
    visma = nordfab.world.visma
    number = nordfab.differences.history.posted["norway", "202505"][-1]
    visma.set_batch_status(number, "Unposted")
    visma.set_preference("counts_unposted", counts_unposted)
    visma.max_page_size = size

    books = nordfab.compare()

    assert books.posted.check.counts_unposted is counts_unposted
    cells = books.comparison.cells
    assert {cell.verdict for cell in cells} == {Verdict.WITHIN, Verdict.ONCE_POSTED}
    assert {line.batch for line in books.posted.pending} == {number}


def test_a_right_that_is_missing_is_said_and_never_read_as_nothing(nordfab: BooksWorld) -> None:
    nordfab.world.visma.faults.fail(403, path="/v2/generalLedgerBalance")

    with pytest.raises(ConfigurationError, match="read the balances of company norway \\(403\\)"):
        nordfab.compare()


@pytest.mark.parametrize(
    "path", ["/v1/ledger", "/v1/account", "/v1/subaccount", "/v2/generalLedgerBalance",
             "/v1/GeneralLedgerTransactions", "/v2/journaltransaction"],
)  # fmt: skip
def test_a_page_in_place_of_an_answer_is_no_answer(nordfab: BooksWorld, path: str) -> None:
    nordfab.world.visma.faults.fail(200, "html", path=path)

    with pytest.raises(NonsenseError):
        nordfab.compare()


@pytest.mark.parametrize("path", ["/v2/generalLedgerBalance", "/v2/journaltransaction"])
def test_an_empty_body_is_no_empty_list(nordfab: BooksWorld, path: str) -> None:
    nordfab.world.visma.faults.fail(200, "empty", path=path)

    with pytest.raises(NonsenseError):
        nordfab.compare()


def test_lines_that_do_not_come_are_noticed_and_asked_for_again(nordfab: BooksWorld) -> None:
    nordfab.world.visma.faults.fail(200, "empty", path="/v1/GeneralLedgerTransactions", times=1)

    assert nordfab.compare().posted.check.is_passed


def test_lines_that_never_come_leave_no_verdict(nordfab: BooksWorld) -> None:
    nordfab.world.visma.faults.fail(200, "empty", path="/v1/GeneralLedgerTransactions")

    check = nordfab.compare().posted.check

    assert not check.is_passed
    assert "do not add up to its balances" in check.sentence("norway", "202505")


class TestCalls:
    """They are foretold, and neither eat the reserve nor go beyond what the mapping allows."""

    def test_a_report_of_five_thousand_people_costs_what_the_arithmetic_gives(
        self, nordfab: BooksWorld
    ) -> None:
        employ(nordfab, 5_000)
        visma, size = nordfab.world.visma, 50
        visma.max_page_size = size
        visma.clear_journal()

        books = nordfab.compare()

        rows = visma.balances("202505")
        labour = {row["account"]["number"] for row in rows} & set(books.chart.accounts.kinds)
        lines = {
            number: sum(
                line["accountNumber"] == number
                for batch in visma.batches()
                if batch["financialPeriod"] == "202505"
                for line in batch["journalTransactionLines"]
            )
            for number in labour
        }
        frame = 3 + ceil(len(visma.company().subaccounts) / size)
        balances, pending = ceil(len(rows) / size), 3
        posted = sum(ceil(count / size) for count in lines.values())
        assert books.posted.calls == frame + balances + pending + posted
        assert len(visma.calls(path="/v[12]/.*")) == books.posted.calls
        assert books.posted.calls < 20
        assert len(books.staff.people) > 5_000

    def test_balances_are_read_by_account_where_that_takes_fewer_calls(
        self, nordfab: BooksWorld
    ) -> None:
        visma = nordfab.world.visma
        visma.max_page_size = 3
        visma.clear_journal()

        books = nordfab.compare()

        by_account = [
            call for call in visma.calls(path="/v2/generalLedgerBalance") if "account" in call.query
        ]
        assert by_account
        assert len({call.query["account"] for call in by_account}) == len(
            books.chart.accounts.kinds
        )
        assert books.comparison.off == ()

    def test_the_reserve_is_not_touched(self, nordfab: BooksWorld) -> None:
        visma = nordfab.world.visma
        visma.calls_per_hour = 100
        visma.start_new_hour()
        for _ in range(85):
            nordfab.world.targets.company("norway").sample()
        visma.clear_journal()

        with pytest.raises(RateLimitedError, match="10 of these are kept for your other commands"):
            nordfab.compare()

        assert len(visma.calls(path="/v[12]/(ledger|account|subaccount|general.*|journal.*)")) < 8

    def test_more_than_the_mapping_allows_is_refused_before_it_is_asked(
        self, nordfab: BooksWorld
    ) -> None:
        text = nordfab.world.mapping_text
        nordfab.world.edit_mapping_unheard(
            text.replace("chart: norway", "chart: norway\n      most_calls: 20")
        )
        nordfab.world.visma.max_page_size = 3
        nordfab.world.visma.clear_journal()

        with pytest.raises(ConfigurationError, match="the mapping allows 20"):
            nordfab.compare()

        assert len(nordfab.world.visma.calls(path="/v[12]/.*")) <= 20
        nordfab.world.edit_mapping_unheard(text)


def employ(world: BooksWorld, count: int) -> None:
    """Lets the ledger know so many more people, who cost nothing in May."""
    tables, since = world.world.tables, datetime(2025, 5, 1, tzinfo=UTC)
    for number in range(count):
        id_ = f"extra-{number}"
        gone = Allocation("400", None, "1", "NOK", since.date(), since.date())
        tables.persons[id_] = Person(id_, version=1)
        link = EmployeeLink(id_, "norway", Outcome.UPDATED, since, employee_code=f"X{number}",
                            written={"branch": "1"}, allocation=gone)  # fmt: skip
        tables.links[id_] = {"norway": link}
