"""What the operator's verbs say of people who are gone in Rippling, or lost what counted.

The full sweep tells them and does nothing; whatever an operator types must say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connector.services.operate.verbs.foresee.reconcile import Reconcile
from tests.component.test_brought_back import everyone_of, hired_again, say, sweep
from tests.support.world import World, a_world

Row = dict[str, Any]

NO_LONGER = "Rippling no longer shows the employment that counted"
NOTHING = "Rippling shows no employment"


@pytest.fixture
def world() -> Iterator[World]:
    with a_world(people=20) as world:
        world.first_load()
        yield world


def lost(world: World) -> Row:
    """Who was hired again, and whose new employment was deleted: the old one is over."""
    worker = everyone_of(world, "norway")[0]
    world.rippling.terminate(worker["id"], world.clock.now().date().isoformat())
    world.settle()
    again = hired_again(world, worker)
    world.rippling.remove(again["id"])
    sweep(world)
    return worker


def deleted(world: World) -> Row:
    """Whose only employment was deleted."""
    worker = everyone_of(world, "norway")[0]
    world.rippling.remove(worker["id"])
    sweep(world)
    return worker


GONE = pytest.mark.parametrize("gone", [lost, deleted])


def left_by_hand(world: World, worker: Row) -> None:
    world.visma.edit_employee(str(worker["number"]), company="norway", status="Inactive")
    sweep(world)


def told_by_the_sweep(world: World, worker: Row) -> bool:
    world.clock.turn(days=1)
    summary = world.tick(full_sweep=True)
    world.drain()
    return any(worker["user_id"] in problem for problem in summary.problems)


def rows_about(world: World, worker: Row) -> list[Row]:
    """What `connector reconcile` lists of a person."""
    rows = say(world, "reconcile")["rows"]
    return [row for row in rows if row["person"] == worker["user_id"]]


@GONE
def test_whom_the_sweep_tells_as_gone_is_told_by_reconcile_with_what_is_gone(
    world: World, gone: Callable[[World], Row]
) -> None:
    worker = gone(world)
    assert told_by_the_sweep(world, worker)

    (row,) = rows_about(world, worker)

    assert (row["what"], row["company"]) == ("not in rippling", "norway")
    assert row["number"] == str(worker["number"])
    assert "absence is never a termination" in row["message"]
    assert (NO_LONGER in row["message"]) is (gone is lost)
    result = say(world, "reconcile")
    assert Reconcile().needs_attention(result)
    assert say(world, "reconcile heal")["queued"] == 0, "nothing can be done about them"
    report = {each["key"]: each for each in say(world, "report")["sections"]}
    assert any("reconcile" in each for each in report["drift"]["needs_human"])

    left_by_hand(world, worker)

    assert not told_by_the_sweep(world, worker)
    assert rows_about(world, worker) == []


def test_whoever_goes_on_in_another_employment_is_not_told_as_gone(world: World) -> None:
    worker = everyone_of(world, "norway")[0]
    again = hired_again(world, worker)
    world.rippling.remove(again["id"])

    assert [row["what"] for row in rows_about(world, worker)] in ([], ["different"])
