"""The harness is tested: bugs are planted one at a time, and each is caught, by whom is said.

A bug is one construction put in the place of another. `SEEDS` are years known to catch it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from unittest.mock import patch

import pytest

from connector.services.apply import employee_writer
from tests.simulation.auditor.problems import Check
from tests.simulation.year import play


@dataclass(frozen=True)
class Bug:
    """One construction put in the place of another, and who notices."""

    name: str
    plant: Callable[[], AbstractContextManager[object]]
    caught_by: tuple[Check, ...]
    seeds: tuple[int, ...]


BUGS = (
    Bug(
        "whoever has the code by now is taken for ours",
        lambda: patch.object(employee_writer, "is_another", lambda *_: False),
        (Check.REASON,),
        tuple(range(1, 40)),
    ),
)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_caught(bug: Bug) -> None:
    with bug.plant():
        for seed in bug.seeds:
            failure = play(seed)
            if failure:
                assert failure.violation.check in bug.caught_by, str(failure)
                return
    raise AssertionError(f"{bug.name}: no one noticed")
