"""What the operator's verbs say of people who are gone in Rippling, or lost what counted.

The full sweep tells them and does nothing; whatever an operator types must say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connector.domain.status.alarms import RingingAlarm
from connector.services.operate.verbs.foresee.explain import Explain
from connector.services.operate.verbs.foresee.reconcile import Reconcile
from connector.services.operate.verbs.view import Line
from tests.component.test_brought_back import bring_back, everyone_of, hired_again, say, sweep
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


def explained(world: World, worker: Row) -> tuple[str, bool]:
    """What `connector explain` shows of a person, and whether somebody has to do something."""
    result = say(world, "explain", person=worker["user_id"])
    lines = [part.text for part in Explain().view(result) if isinstance(part, Line)]
    return "\n".join(lines), Explain().needs_attention(result)


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
    world.alarms.now = [RingingAlarm("people-gone")]
    lines = [check for group in say(world, "status")["groups"] for check in group["checks"]]
    (alarm,) = [each["remedy"] for each in lines if each["name"] == "alarm"]
    assert alarm.startswith("connector reconcile;"), "it is `reconcile` that tells who they are"
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


@GONE
def test_explain_says_of_whoever_is_gone_what_the_sweep_says_as_long_as_it_does(
    world: World, gone: Callable[[World], Row]
) -> None:
    worker, says = gone(world), NO_LONGER if gone is lost else NOTHING
    text, needs_a_hand = explained(world, worker)
    assert says in text
    assert "make the employee inactive in Visma" in text
    assert needs_a_hand

    left_by_hand(world, worker)
    text, needs_a_hand = explained(world, worker)
    assert not needs_a_hand, "whoever is inactive as well is not missed"
    assert "make the employee inactive" not in text

    bring_back(world, [worker])
    for _ in range(2):  # before the writer has looked, and after
        text, needs_a_hand = explained(world, worker)
        assert says in text
        assert "is to be inactive" not in text, "nobody makes them inactive"
        assert "make the employee inactive in Visma" in text
        assert needs_a_hand
        assert "stays" in rows_about(world, worker)[0]["message"]
        assert told_by_the_sweep(world, worker)


def test_explain_tells_of_a_leaver_active_by_hand_what_the_next_full_sweep_does(
    world: World,
) -> None:
    worker = everyone_of(world, "norway")[0]
    world.rippling.terminate(worker["id"], world.clock.now().date().isoformat())
    world.settle()
    assert not explained(world, worker)[0].count("next:")
    bring_back(world, [worker])

    text, _ = explained(world, worker)

    assert "edited in Visma since the connector wrote last" in text
    assert "status Active -> Inactive" in text
    assert "connector reconcile heal" in text
    assert "connector sync" not in text, "the writer would not look at Visma for it"
    assert say(world, "reconcile heal")["queued"] == 1
    assert world.drain() == {"deactivated": 1}


def applied(world: World, plan: Row, people: list[Row]) -> dict[str, int]:
    ids = {each["user_id"] for each in people}
    wanted = [
        [each["person"], each["company"], each["digest"], ""]
        for each in plan["people"]
        if each["person"] in ids
    ]
    assert len(wanted) == len(people)
    begun = say(world, "apply", wanted=wanted, operator="kari")
    assert begun["refused"] == []
    return world.drain()


def test_plan_has_whatever_the_next_full_sweep_puts_right_and_apply_does_it(
    world: World,
) -> None:
    one, other = everyone_of(world, "norway")[:2]
    for each in (one, other):
        world.rippling.terminate(each["id"], world.clock.now().date().isoformat())
    world.settle()
    sweep(world)
    assert say(world, "plan")["people"] == []
    bring_back(world, [one, other])

    foretold = {(each["user_id"], "deactivated") for each in (one, other)}
    for names in ([], [one["user_id"], other["user_id"]]):
        plan = say(world, "plan", people=names)
        assert {(each["person"], each["outcome"]) for each in plan["people"]} == foretold
    assert applied(world, plan, [one]) == {"deactivated": 1}
    assert sweep(world) == {"deactivated": 1}
    assert say(world, "plan")["people"] == []


def test_an_edit_in_visma_that_a_plan_puts_right_is_put_right_when_it_is_applied(
    world: World,
) -> None:
    edited = everyone_of(world, "norway")[:8]
    codes = [str(each["number"]) for each in edited]
    before = {code: world.visma.employee(code)["department"] for code in codes}
    for code in codes:
        world.visma.edit_employee(code, department="MGMT")
    plan = say(world, "plan")
    assert {each["outcome"] for each in plan["people"]} == {"held"}, "they are more than a day's"

    assert applied(world, plan, edited) == {"updated": len(edited)}

    assert {code: world.visma.employee(code)["department"] for code in codes} == before
    for each in edited:
        assert world.audit_of(each["user_id"])[-1]["operator"] == "kari"
    assert say(world, "plan")["people"] == []


def test_explain_sends_nobody_to_sync_for_an_edit_that_sync_does_not_put_right(
    world: World,
) -> None:
    worker = everyone_of(world, "norway")[0]
    code = str(worker["number"])
    department = world.visma.employee(code)["department"]
    world.visma.edit_employee(code, department="MGMT")

    text, _ = explained(world, worker)

    assert f"department MGMT -> {department}" in text
    assert "connector reconcile heal does it now, the next full sweep by itself" in text
    say(world, "sync", person=code)
    world.drain()
    assert world.visma.employee(code)["department"] == "MGMT"
    assert sweep(world) == {"updated": 1}
    assert world.visma.employee(code)["department"] == department


def test_explain_says_which_company_could_not_tell_whether_somebody_was_edited(
    world: World,
) -> None:
    worker = everyone_of(world, "norway")[0]
    world.rippling.terminate(worker["id"], world.clock.now().date().isoformat())
    world.settle()
    bring_back(world, [worker])
    world.visma.faults.fail(503, path="/v1/employee/.*", times=9)

    text, needs_a_hand = explained(world, worker)

    assert "whether it was edited in Visma cannot be told" in text
    assert needs_a_hand


def head_count(world: World) -> list[str]:
    """What the head count of the month-end report has for somebody to do."""
    (needs,) = (
        each["needs_human"]
        for each in say(world, "report")["sections"]
        if each["key"] == "head-count"
    )
    return list(needs)


def test_whoever_waited_and_is_gone_counts_on_the_cost_centre_they_have_in_visma(
    world: World,
) -> None:
    worker = everyone_of(world, "norway")[0]
    world.rippling.terminate(worker["id"], world.clock.now().date().isoformat())
    world.rippling.add_department("Robotics")
    again = world.rippling.rehire(
        worker["user_id"],
        world.clock.now().date(),
        department="Robotics",
        location="Oslo",
        employment_type="Salaried full-time",
        status="ACTIVE",
    )
    world.settle()
    assert [row["person"] for row in say(world, "waiting")["rows"]] == [worker["user_id"]]
    world.rippling.remove(again["id"])
    assert [row["what"] for row in rows_about(world, worker)] == [
        "not in rippling",
        "open without cause",
    ]
    sweep(world)

    assert say(world, "waiting")["rows"] == []
    assert [row["what"] for row in rows_about(world, worker)] == ["not in rippling"]
    assert head_count(world) == [], "nobody is without a cost centre, and nobody waits for one"


def test_whoever_is_left_as_they_are_by_an_operator_counts_where_they_are() -> None:
    with a_world(people=60) as world:
        world.first_load()
        movers = everyone_of(world, "norway")[:30]
        for each in movers:
            world.rippling.move(each["id"], "Finance")
        world.settle()
        held = say(world, "held")["rows"]
        assert len(held) > 1
        say(world, "reject", people=[each["person"] for each in held])
        world.drain()

        assert head_count(world) == []
