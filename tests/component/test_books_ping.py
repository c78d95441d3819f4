"""What `ping` says of a company's books: whether they may be read, and how they answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from connector.services.operate.verbs import VERBS
from connector.services.operate.verbs.view import Line
from tests.support.books import LABOUR, BooksWorld, a_books_world


@pytest.fixture
def nordfab() -> Iterator[BooksWorld]:
    with a_books_world(people=30) as world:
        world.month_end()
        yield world


def line(world: BooksWorld) -> dict[str, Any] | None:
    groups = world.world.operator.desk.ping.show()["systems"]
    (visma,) = (group for group in groups if group["company"] == "norway")
    return next((check for check in visma["checks"] if check["name"] == "books"), None)


def told(world: BooksWorld) -> tuple[str, str]:
    check = line(world)
    assert check is not None
    return check["level"], check["message"]


def test_what_the_tenant_answers_of_the_open_questions_is_told(nordfab: BooksWorld) -> None:
    level, message = told(nordfab)

    assert level == "good"
    assert "The general ledger 1 can be read." in message
    assert "1 pension" in message
    assert "17 of" in message
    assert "in the newer form" in message
    assert "1000 rows a page at most" in message


def test_an_older_tenant_is_told_apart(nordfab: BooksWorld) -> None:
    nordfab.world.visma.set_preference("shows_balance_subaccounts", False)
    nordfab.world.visma.total_count = "absent"

    _, message = told(nordfab)

    assert "in the older form, as text" in message
    assert "no size of a page and does not count its rows" in message


def test_a_right_that_is_missing_is_bad(nordfab: BooksWorld) -> None:
    nordfab.world.visma.faults.fail(403, path="/v1/ledger")

    level, message = told(nordfab)

    assert level == "bad"
    assert "does not let the connector read the ledgers of company norway (403)" in message


def test_two_ledgers_a_chart_without_accounts_and_a_missing_period_are_told(
    nordfab: BooksWorld,
) -> None:
    books = nordfab.world.visma.books()
    del books.periods["202505"]
    assert told(nordfab) == (
        "warning", "The general ledger can be read; it has no financial period for 2025-05.",
    )  # fmt: skip

    nordfab.world.edit_mapping_unheard(
        nordfab.world.mapping_text.replace("chart: norway", "chart: sweden")
    )
    assert "none holds labour cost by the chart sweden" in told(nordfab)[1]

    books.add_ledger("7")
    assert "its actual ledgers are 1, 7, and one is needed" in told(nordfab)[1]


def test_it_costs_four_calls_and_none_without_settings(nordfab: BooksWorld) -> None:
    nordfab.world.clear_journals()
    line(nordfab)
    calls = nordfab.world.visma.calls(path="/v[12]/.*")
    read = [call.path for call in calls if "employee" not in call.path]
    of_books = [path for path in read if not path.startswith(("/v1/branch", "/v1/dep", "/v1/dim"))]
    assert len(of_books) == 4

    nordfab.world.edit_mapping_unheard(nordfab.world.mapping_text.replace(LABOUR["norway"], ""))
    assert line(nordfab) is None


def test_books_that_answer_otherwise_than_published_are_told_with_the_others(
    nordfab: BooksWorld,
) -> None:
    ledger = nordfab.world.visma.books().ledgers["1"].description
    nordfab.world.visma.odd[("description", ledger)] = {"mood": "fine"}

    answer = nordfab.world.operator.desk.ping.show()

    tenants = [each["tenant"] for each in answer["shapes"] if each["deviations"]]
    assert tenants == ["visma norway books"]
    (visma,) = (group for group in answer["systems"] if group["company"] == "norway")
    (answers,) = (check for check in visma["checks"] if check["name"] == "answers")
    assert "mood" in answers["message"]


def test_an_explanation_is_shown_cause_by_cause(nordfab: BooksWorld) -> None:
    nordfab.world.clock.moment = datetime(2025, 5, 15, 9, tzinfo=UTC)
    planted = nordfab.plant("moved mid-month")
    nordfab.month_end()
    request = {"verb": "report", "month": "2025-05", "explain": True,
               "cost_centre": planted.effects[0].cost_centre}  # fmt: skip
    answer = nordfab.world.operator.dispatch(request)
    verb = next(each for each in VERBS if each.name == "report")

    texts = [part.text for part in verb.view(answer) if isinstance(part, Line)]

    number = nordfab.number_of(planted.worker_id)
    assert any(text.startswith(f"1. moved within the month: person {number}") for text in texts)
    assert any(f"2025-05-16: {number} moved from branch" in text for text in texts)
    assert verb.needs_attention(answer)


def test_nothing_that_differs_is_said_in_one_line(nordfab: BooksWorld) -> None:
    request = {"verb": "report", "month": "2025-05", "explain": True, "cost_centre": "400"}
    answer = nordfab.world.operator.dispatch(request)
    verb = next(each for each in VERBS if each.name == "report")

    texts = [part.text for part in verb.view(answer) if isinstance(part, Line)]

    assert texts[-1] == "Nothing differs."
    assert not verb.needs_attention(answer)
