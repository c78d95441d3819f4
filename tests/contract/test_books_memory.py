"""What was seen of a company's books is kept in the same way in memory and in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connector.adapters.aws.reports.books import DynamoBooksMemory
from connector.adapters.aws.watermarks.table import WatermarksTable
from connector.adapters.memory.books import InMemoryBooksMemory
from connector.domain.books.memory import MOST_PERIODS, BooksSeen
from connector.domain.catalogue import Department
from connector.ports.books.memory import BooksMemory
from tests.contract.bench import aws, make_table

DEPARTMENTS = {"SALES": Department("SALES", "Sales", "400", "5010"), "FIN": Department("FIN")}


@pytest.fixture
def client() -> Iterator[Any]:
    with aws("dynamodb") as client:
        make_table(client, "WatermarksTable")
        yield client


@pytest.fixture(params=["memory", "dynamodb"])
def memory(request: pytest.FixtureRequest, client: Any) -> BooksMemory:
    stored = DynamoBooksMemory(WatermarksTable(client, "WatermarksTable"))
    return InMemoryBooksMemory() if request.param == "memory" else stored


def test_before_the_first_report_nothing_is_known(memory: BooksMemory) -> None:
    assert memory.seen("norway") == BooksSeen()


def test_what_was_seen_is_known_for_its_company_alone(memory: BooksMemory) -> None:
    seen = BooksSeen().after("202505", "2025-06-01T08:00:00", DEPARTMENTS)

    memory.remember("norway", seen)

    assert memory.seen("norway") == seen
    assert memory.seen("norway").departments == {"SALES": ("400", "5010"), "FIN": ("", "")}
    assert memory.seen("sweden") == BooksSeen()


def test_another_period_takes_nothing_away(memory: BooksMemory) -> None:
    memory.remember("norway", BooksSeen().after("202505", "a", DEPARTMENTS))
    memory.remember("norway", memory.seen("norway").after("202506", "b", {}))

    assert memory.seen("norway").newest == {"202505": "a", "202506": "b"}
    assert "SALES" in memory.seen("norway").departments


def test_only_the_last_periods_are_kept() -> None:
    seen = BooksSeen()
    for number in range(MOST_PERIODS + 6):
        seen = seen.after(f"{202000 + number}", "x", {})

    assert len(seen.newest) == MOST_PERIODS
    assert "202000" not in seen.newest


def test_a_report_in_which_nothing_moved_does_not_forget() -> None:
    seen = BooksSeen().after("202505", "a", {})

    assert seen.after("202505", "", {}).newest == {"202505": "a"}
