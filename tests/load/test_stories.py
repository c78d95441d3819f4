"""The stories of load and outage with tens of people: every call and every message is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.load import stories
from tests.load.measuring import Spent
from tests.load.stage import a_stage
from tests.load.stories import Storyteller, Told
from tests.load.tables import BEGINS, ENDS, tables, write

PEOPLE = 40
EMPLOYEES = 37
"""Of the forty; the others are contractors."""
CHANGES = 6
AN_HOUR, HOURS = timedelta(hours=1, minutes=2), 4
ASKED = pytest.mark.parametrize("retry_after", [None, 1], ids=["503", "503 with Retry-After: 1"])


@pytest.fixture
def new() -> Iterator[Storyteller]:
    """Nothing has happened yet, and alarms that look back for a day are not waited for."""
    with a_stage(PEOPLE) as stage:
        yield Storyteller.on(stage)


@pytest.fixture
def teller(new: Storyteller) -> Storyteller:
    """Everyone is in Visma, and an hour is left until the next of many full sweeps."""
    stories.first_load(new, calls_per_hour=15_000)
    new.patience = timedelta(hours=HOURS + 2)
    new.stage.sweeps_every = timedelta(hours=HOURS)
    new.stage.next_sweep = new.stage.clock.now() + AN_HOUR
    return new


def rang(told: Told) -> list[str]:
    return sorted({ring.name.removeprefix("connector-") for ring in told.rang})


def well(told: Told) -> Spent:
    """Right people in right places, nobody lost, doubled or moved, within budget, green again."""
    assert told.problems == []
    assert told.spent
    return told.spent


def test_a_first_load_under_a_small_hourly_budget_keeps_to_it_and_loses_no_one(
    new: Storyteller,
) -> None:
    told = stories.first_load(new, calls_per_hour=60)

    spent = well(told)
    assert told.writes == spent.asked("Visma", "POST employee") == EMPLOYEES
    assert spent.sent == told.most_queued == PEOPLE


def test_a_slow_first_load_rings_for_what_waits_and_for_no_outage(new: Storyteller) -> None:
    told = stories.first_load(new, calls_per_hour=12)

    assert well(told).received > 10 * EMPLOYEES / 2
    assert rang(told) == ["changes-waiting-too-long"]


@ASKED
def test_while_visma_is_away_one_message_waits_for_each_person_and_three_ticks_later_all_is_done(
    teller: Storyteller, retry_after: int | None
) -> None:
    told = stories.visma_away(teller, CHANGES, retry_after)

    spent = well(told)
    assert (told.changed, told.writes, told.ticks_after) == (6, 5, 3)
    assert (spent.sent, told.most_queued) == (5, 3)
    assert spent.received == 32
    assert spent.asked("Visma", "PUT employee") == told.writes
    assert rang(told) == ["changes-overdue"]


@ASKED
def test_while_rippling_is_away_nothing_is_queued_and_two_ticks_later_all_is_done(
    teller: Storyteller, retry_after: int | None
) -> None:
    told = stories.rippling_away(teller, CHANGES, retry_after)

    spent = well(told)
    assert (told.changed, told.writes, told.ticks_after) == (6, 5, 2)
    assert spent.sent == spent.received == spent.asked("Visma", "PUT employee") == 5
    assert spent.asked("Rippling", " 503") + spent.asked("Rippling", " 0") == 3 * 38
    assert rang(told) == ["poller-errors", "poller-silent"]


def test_a_poison_storm_holds_up_no_one_else_and_is_over_once_the_operator_has_replayed(
    teller: Storyteller,
) -> None:
    told = stories.poison_storm(teller, poison=12, changes=CHANGES)

    spent = well(told)
    assert (told.changed, told.writes) == (10, 10)
    assert told.hours_for_others is not None
    assert told.hours_for_others < 0.2
    assert told.most_queued == told.poison == 24
    assert "Given up: 14 dead letters." in told.red
    unanswered, deliveries = 2, 30
    assert spent.asked("Visma", "PUT employee 503") == unanswered
    assert spent.asked("Visma", "GET employee 503") <= unanswered * (deliveries - 1) * 6
    assert rang(told) == ["changes-overdue", "dead-letters"]


def test_a_dead_token_of_rippling_is_told_and_two_ticks_after_another_one_all_is_done(
    teller: Storyteller,
) -> None:
    told = stories.rippling_token_dead(teller, CHANGES, HOURS)

    spent = well(told)
    assert (told.writes, told.ticks_after) == (5, 2)
    assert spent.sent == spent.received == spent.asked("Visma", "PUT") == 5
    assert rang(told) == ["capabilities-missing", "poller-errors", "poller-silent"]


def test_a_dead_secret_of_one_company_is_told_and_stops_no_other_company(
    teller: Storyteller,
) -> None:
    told = stories.visma_secret_dead(teller, CHANGES, HOURS)

    spent = well(told)
    assert (told.writes, told.ticks_after, told.most_queued) == (5, 4, 5)
    assert spent.asked("Visma", "PUT employee") == 5
    assert rang(told) == ["changes-overdue"], "four hours are too short for a dead letter"


@pytest.mark.parametrize(
    ("lost", "alarms"),
    [
        (stories.list_refused, ["capabilities-missing", "poller-errors", "poller-silent"]),
        (stories.list_empty, ["sweep-aborted"]),
    ],
    ids=["403", "empty"],
)
def test_a_list_that_is_lost_moves_no_one_and_two_ticks_after_it_is_back_all_is_done(
    teller: Storyteller, lost: Callable[[Storyteller, int, float], Told], alarms: list[str]
) -> None:
    told = lost(teller, CHANGES, HOURS)

    spent = well(told)
    assert (told.writes, told.ticks_after) == (5, 2)
    assert spent.sent == spent.received == spent.asked("Visma", "PUT") == 5
    assert rang(told) == alarms


def test_facts_that_are_withheld_move_no_one_and_one_sweep_after_they_are_back_all_is_done(
    teller: Storyteller,
) -> None:
    told = stories.facts_withheld(teller, CHANGES, HOURS)

    spent = well(told)
    assert (told.writes, told.ticks_after) == (5, 13)
    assert spent.sent == spent.received
    assert told.most_queued <= PEOPLE
    assert rang(told) == ["capabilities-missing", "facts-unknown"]


def test_the_tables_are_written_between_the_markers_of_a_page_and_nothing_else_of_it_changes(
    new: Storyteller, tmp_path: Path
) -> None:
    stories.first_load(new, calls_per_hour=15_000)
    page = tmp_path / "load.md"
    page.write_text(f"before\n{BEGINS}\nold\n{ENDS}\nafter\n", encoding="utf-8")

    write(page, tables(new.told))

    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| first load | 40 | 37 |" in text
