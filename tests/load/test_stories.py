"""The stories of load and outage with tens of people: every call and every message is counted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.load import stories
from tests.load.stage import a_stage
from tests.load.stories import Storyteller, Told

PEOPLE = 40
EMPLOYEES = 37
"""Of the forty; the others are contractors."""


@pytest.fixture
def teller() -> Iterator[Storyteller]:
    """Nothing has happened yet."""
    with a_stage(PEOPLE) as stage:
        yield Storyteller.on(stage)


def is_well(told: Told) -> None:
    """Right people in right places, nobody lost, doubled or moved, within budget, green again."""
    assert told.problems == []
    assert told.spent is not None


def test_a_first_load_under_a_small_hourly_budget_keeps_to_it_and_loses_no_one(
    teller: Storyteller,
) -> None:
    told = stories.first_load(teller, calls_per_hour=60)

    is_well(told)
    assert told.spent
    assert told.writes == told.spent.asked("Visma", "POST employee") == EMPLOYEES
    assert told.spent.sent == told.most_queued == PEOPLE
