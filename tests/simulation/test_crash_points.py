"""Every journey is killed before and after each of its port calls, and the promises hold.

Killed between two calls that change nothing, a function leaves the same behind as killed before
them: `make test` kills once between any two calls that write, `make simulate` everywhere.
"""

from __future__ import annotations

import os

import pytest

from tests.simulation.auditor.problems import ViolationError
from tests.simulation.crashes.journeys import JOURNEYS, Journey, Kills, leaves_a_mark
from tests.simulation.steps.connector import Story
from tests.simulation.wire import connected

EVERYWHERE = os.environ.get("CONNECTOR_CRASH_POINTS") == "all"
SEED, PEOPLE = 3, 4


def everything(_: str) -> bool:
    """Each crossing counts."""
    return True


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.name)
def test_a_journey_that_is_killed_anywhere_still_arrives(journey: Journey) -> None:
    story = Story(SEED, people=PEOPLE, is_as_published=True)
    with connected(story.vendors, is_watched=False):
        story.found()
        story.quiet()
        story.fate.counts = everything if EVERYWHERE else leaves_a_mark
        kills = Kills(journey, story)
        assert not kills.play(None)
        at = 0
        try:
            while kills.play(at):
                at += 1
        except ViolationError as violation:
            where = ", ".join(kills.killed_before[-1:]) or "nothing"
            raise AssertionError(f"{journey.name}, killed {where} ({at}): {violation}") from None
    assert at >= journey.fewest, kills.killed_before
