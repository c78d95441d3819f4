"""The harness is tested: bugs are planted one at a time, and each is noticed, by whom is said.

Each has the shortest story in which it does harm; without the bug the same story breaks no promise.
`python -m tests.simulation --bugs` tells in how many years each is noticed by chance.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.simulation.auditor.problems import Check
from tests.simulation.planted.bug import Bug
from tests.simulation.planted.bugs import BUGS
from tests.simulation.year import play

COMPANY = 2
LAWS_AND_RULES = (
    "unknown is not empty",
    "level, not edge",
    "authority is a row, not a message",
    "one bad row stops itself only",
    "done is what the target said",
    "one queued message for one person",
    "no older state over a newer one",
)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_noticed(bug: Bug) -> None:
    with bug.plant():
        failure = play(COMPANY, bug.story, is_plain=True)

    assert failure, "no one noticed"
    assert failure.violation.check is bug.noticed_by, str(failure)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_without_the_bug_its_story_breaks_no_promise(bug: Bug) -> None:
    failure = play(COMPANY, bug.story, is_plain=True)

    assert failure is None, str(failure)


def test_every_promise_has_a_bug_that_breaks_it() -> None:
    assert {bug.noticed_by for bug in BUGS} >= set(Check) - {Check.FAULT}


def test_every_law_has_a_bug_that_breaks_it() -> None:
    page = (Path(__file__).parents[2] / "docs/testing.md").read_text()
    rows = page.split("| Law | Bugs that break it |")[1].split("\n\n")[0].splitlines()[2:]
    told = [re.findall(r'"([^"]+)"', row) for row in rows]

    assert tuple(row.split("|")[1].strip() for row in rows) == LAWS_AND_RULES
    assert all(told)
    assert {name for names in told for name in names} <= {bug.name for bug in BUGS}
