"""Employees whom finance sets active again by hand: undone under the guards, or told until then."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from connector.domain.guards import ChangeKind
from tests.support.world import World, a_world

LIMIT = 5
"""So many may be made inactive within a day in a company as small as these."""


def say(world: World, verb: str, **whom: Any) -> dict[str, Any]:
    return world.operator.dispatch({"verb": verb, **whom})


def everyone_of(world: World, company: str) -> list[dict[str, Any]]:
    codes = {each["employeeNumber"] for each in world.visma.employees(company)}
    return [
        worker
        for worker in world.rippling.workers()
        if str(worker["number"]) in codes and worker["status"] == "ACTIVE"
    ]


def approved(world: World, people: list[dict[str, Any]]) -> dict[str, int]:
    say(world, "approve", people=[each["user_id"] for each in people])
    return world.drain()


def transferred(world: World, count: int) -> list[dict[str, Any]]:
    """Who moved from Norway to Sweden long ago."""
    world.first_load()
    movers = everyone_of(world, "norway")[:count]
    for each in movers:
        world.rippling.change(each["id"], legal_entity="Nordfab AB")
    world.settle()
    approved(world, movers)
    world.clock.turn(days=40)
    return movers


def bring_back(world: World, people: list[dict[str, Any]], company: str = "norway") -> None:
    for each in people:
        world.visma.edit_employee(str(each["number"]), company=company, status="Active")


def statuses(world: World, people: list[dict[str, Any]], company: str = "norway") -> Counter[str]:
    found = (world.visma.employee(str(each["number"]), company=company) for each in people)
    return Counter(each["status"] for each in found)


def sweep(world: World) -> dict[str, int]:
    world.clock.turn(days=1)
    world.tick(full_sweep=True)
    return world.drain()


def test_whoever_was_transferred_and_is_active_by_hand_is_made_inactive_under_the_guard() -> None:
    with a_world(people=60, companies=2) as world:
        movers = transferred(world, 12)
        bring_back(world, movers)

        assert sweep(world) == {"unchanged": LIMIT, "held": 12 - LIMIT}

        assert statuses(world, movers) == {"Inactive": LIMIT, "Active": 12 - LIMIT}
        assert len(world.guard_log.counted("norway", ChangeKind.DEACTIVATE)) == LIMIT
        assert statuses(world, movers, "sweden") == {"Active": 12}
        assert sweep(world) == {}, "who is held belongs in Sweden as before, and is left there"
        held = [each for each in movers if statuses(world, [each]) == {"Active": 1}]
        assert approved(world, held) == {"unchanged": 12 - LIMIT}
        assert statuses(world, movers) == {"Inactive": 12}
        assert {world.tables.persons[each["user_id"]].active_in for each in movers} == {("sweden",)}


def test_whoever_left_a_second_company_and_is_active_by_hand_in_the_first_is_counted() -> None:
    with a_world(people=60, companies=2) as world:
        movers = transferred(world, 12)
        for each in movers:
            world.rippling.terminate(each["id"], world.clock.now().date().isoformat())
        world.settle()
        approved(world, movers)
        assert statuses(world, movers, "sweden") == {"Inactive": 12}
        world.clock.turn(days=40)
        bring_back(world, movers)

        sweep(world)

        assert statuses(world, movers) == {"Inactive": LIMIT, "Active": 12 - LIMIT}
        held = {row["person"] for row in say(world, "held")["rows"]}
        approved(world, [each for each in movers if each["user_id"] in held])
        assert statuses(world, movers) == {"Inactive": 12}


def test_a_leaver_whose_earlier_employee_was_edited_too_is_counted_where_they_leave() -> None:
    with a_world(people=60, companies=2) as world:
        movers = transferred(world, 12)
        for each in movers:
            world.rippling.change(each["id"], legal_entity="Nordfab AS")
        world.settle()
        approved(world, movers)
        assert statuses(world, movers) == {"Active": 12}
        world.clock.turn(days=40)
        bring_back(world, movers, "sweden")
        for each in movers:
            world.rippling.terminate(each["id"], world.clock.now().date().isoformat())

        sweep(world)

        assert len(world.guard_log.counted("norway", ChangeKind.DEACTIVATE)) <= LIMIT
        assert statuses(world, movers)["Active"] >= 12 - LIMIT
        for _ in range(3):
            held = {row["person"] for row in say(world, "held")["rows"]}
            approved(world, [each for each in movers if each["user_id"] in held])
            sweep(world)
        assert statuses(world, movers) == statuses(world, movers, "sweden") == {"Inactive": 12}


def test_whoever_was_rejected_is_shown_and_judged_again_once_something_is_new() -> None:
    with a_world(people=60) as world:
        world.first_load()
        leavers = everyone_of(world, "norway")[:12]
        for each in leavers:
            world.rippling.terminate(each["id"], "2026-11-20")
        world.settle()
        approved(world, leavers)
        world.clock.turn(days=40)
        bring_back(world, leavers)
        assert sweep(world) == {"deactivated": LIMIT, "held": 12 - LIMIT}
        held = {row["person"] for row in say(world, "held")["rows"]}
        one = next(each for each in leavers if each["user_id"] in held)
        say(world, "reject", people=[one["user_id"]])
        world.drain()
        assert one["user_id"] in {row["person"] for row in say(world, "rejected")["rows"]}
        assert sweep(world) == {}, "what was rejected is left there, and not audited daily"

        world.rippling.change(one["id"], department="Finance")
        assert world.settle() == {"rejected": 1}, "that is no word about leaving"
        world.rippling.terminate(one["id"], "2026-11-22")
        world.tick()

        assert sweep(world)["deactivated"] == 1, "the window of a day ago has room again"
        assert statuses(world, [one]) == {"Inactive": 1}


def told_of_edit(world: World, worker: dict[str, Any]) -> str:
    """What `connector reconcile` says of the edit of somebody's employee."""
    rows = say(world, "reconcile")["rows"]
    (row,) = (each for each in rows if each["person"] == worker["user_id"])
    return str(row["message"])


def test_whoever_left_and_is_gone_in_rippling_is_told_when_active_by_hand() -> None:
    with a_world(people=20) as world:
        world.first_load()
        leaver = everyone_of(world, "norway")[0]
        world.rippling.terminate(leaver["id"], world.clock.now().date().isoformat())
        world.settle()
        sweep(world)
        world.rippling.remove(leaver["id"])
        assert sweep(world) == {}
        assert world.metrics.counts["PeopleGone"] == 0, "whoever is inactive as well is not missed"
        bring_back(world, [leaver])
        world.clock.turn(days=1)

        summary = world.tick(full_sweep=True)

        assert world.metrics.counts["PeopleGone"] == 1
        assert any(leaver["user_id"] in problem for problem in summary.problems)
        assert world.drain() == {}, "nothing can be done, and no audit row says so daily"
        rows = say(world, "reconcile")["rows"]
        (message,) = [row["message"] for row in rows if row["person"] == leaver["user_id"]]
        assert "is put right" not in message
        assert "no longer in Rippling" in message


@pytest.mark.parametrize("is_left_by_hand", [True, False])
def test_whoever_lost_the_employment_that_counted_is_told_when_active_by_hand(
    is_left_by_hand: bool,
) -> None:
    with a_world(people=20) as world:
        world.first_load()
        worker = everyone_of(world, "norway")[0]
        world.rippling.terminate(worker["id"], world.clock.now().date().isoformat())
        world.settle()
        again = hired_again(world, worker)
        assert statuses(world, [worker]) == {"Active": 1}
        if is_left_by_hand:
            world.rippling.remove(again["id"])
            sweep(world)
            world.visma.edit_employee(str(worker["number"]), company="norway", status="Inactive")
        else:
            world.rippling.terminate(again["id"], world.clock.now().date().isoformat())
            world.settle()
            world.rippling.remove(again["id"])
        sweep(world)
        assert statuses(world, [worker]) == {"Inactive": 1}
        world.metrics.counts.clear()
        sweep(world)
        assert world.metrics.counts["PeopleGone"] == 0, "whoever is inactive as well is not missed"
        bring_back(world, [worker])
        sweep(world)  # the writer looks, and leaves them as they are
        for _ in range(2):
            world.metrics.counts.clear()
            world.clock.turn(days=1)

            summary = world.tick(full_sweep=True)

            assert world.metrics.counts["PeopleGone"] == 1
            assert any(worker["user_id"] in problem for problem in summary.problems)
            world.drain()
        assert statuses(world, [worker]) == {"Active": 1}, "absence is never a termination"
        rows = say(world, "reconcile")["rows"]
        (message,) = [row["message"] for row in rows if row["person"] == worker["user_id"]]
        assert "is put right" not in message
        assert "no longer shows the employment that counted" in message


def hired_again(world: World, worker: dict[str, Any]) -> dict[str, Any]:
    again = world.rippling.rehire(
        worker["user_id"],
        world.clock.now().date(),
        department="Sales",
        location="Oslo",
        employment_type="Salaried full-time",
        status="ACTIVE",
    )
    world.settle()
    return again
