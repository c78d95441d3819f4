"""Some years of invented companies: whatever happens, the promises hold.

`make simulate SEEDS=1-10000` plays more of them. A year that breaks a promise is shown as short as
it can be made, with the command that plays it again.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

from tests.simulation.kept import KEPT
from tests.simulation.steps.registry import Step
from tests.simulation.year import play, shrunk

YEARS = int(os.environ.get("CONNECTOR_YEARS", "120"))
AT_ONCE = 10


@pytest.mark.parametrize("first", range(1, YEARS + 1, AT_ONCE))
def test_in_no_year_a_promise_is_broken(first: int) -> None:
    for seed in range(first, min(first + AT_ONCE, YEARS + 1)):
        failure = play(seed)
        assert failure is None, str(shrunk(failure))


@pytest.mark.parametrize(("seed", "steps"), KEPT, ids=[str(seed) for seed, _ in KEPT])
def test_no_story_that_once_broke_a_promise_breaks_one_again(
    seed: int, steps: Sequence[Step]
) -> None:
    failure = play(seed, steps)

    assert failure is None, str(failure)


def test_a_seed_is_the_same_story_in_every_process() -> None:
    told = {_played(hashing) for hashing in ("0", "1")}

    assert len(told) == 1


def _played(hashing: str) -> str:
    """Everything that a year wrote to Visma, in a process that orders its sets otherwise."""
    code = (
        "from tests.simulation.year import a_story, steps_of\n"
        "with a_story(5) as story:\n"
        "    for step in steps_of(5):\n"
        "        getattr(story, step.name)(**step.arguments)\n"
        "    story.quiet()\n"
        "    print(story.clock.now(), sorted(story.model.employees().items()))\n"
        "    print([len(rows) for _, rows in sorted(story.world.tables.audit.items())])\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": hashing, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout
