"""`connector status` over a whole connector: what needs a human is red, and no vendor is asked."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from connector.domain.budgets import Budget
from connector.domain.errors import ConfigurationError
from connector.domain.records.mode import Mode, ModeName
from connector.domain.status.alarms import RingingAlarm
from connector.services.operate.verbs import VERBS
from connector.services.operate.verbs.ping import verdict as ping_verdict
from connector.services.operate.verbs.status import StatusVerb
from connector.services.operate.verbs.status import verdict as status_verdict
from tests.support.aws import an_account
from tests.support.loaded import a_loaded_world
from tests.support.world import World, a_world

STATUS = StatusVerb()


@pytest.fixture
def world() -> Iterator[World]:
    """Two companies, everyone loaded."""
    with a_loaded_world(people=40, companies=2) as world:
        yield world


def status(world: World) -> dict[str, Any]:
    answer = world.operator.dispatch({"verb": "status"})
    assert answer["ok"] is True
    return answer


def red(answer: dict[str, Any]) -> dict[str, str]:
    """What to type next, by the name of each red line."""
    return {
        check["name"]: check["remedy"]
        for group in answer["groups"]
        for check in group["checks"]
        if check["level"] not in ("good", "note")
    }


def ping_is_well(world: World) -> bool:
    return ping_verdict(world.operator.dispatch({"verb": "ping"})) == "all is well"


def one_who_waits(world: World) -> dict[str, Any]:
    """Somebody new in a department that the mapping has no row for."""
    world.rippling.add_department("Robotics")
    return world.hire(department="Robotics")


def mass_termination(world: World) -> int:
    """More leavers than the guard lets pass; how many it holds."""
    active = [each for each in world.rippling.workers() if each["status"] == "ACTIVE"]
    for worker in active[:14]:
        world.rippling.terminate(worker["id"], world.clock.now().date())
    return world.settle()["held"]


def a_rejection(world: World) -> dict[str, Any]:
    """Somebody new whom Visma refuses."""
    worker = world.hire()
    world.visma.refuse(str(worker["number"]), "EmployeeClass")
    return worker


def test_where_nothing_needs_anybody_status_says_so(world: World) -> None:
    answer = status(world)

    assert red(answer) == {}
    assert status_verdict(answer) == "nothing needs you"
    assert not STATUS.needs_attention(answer)
    assert ping_is_well(world)


def test_no_vendor_is_asked_and_nothing_is_written(world: World) -> None:
    one_who_waits(world)
    world.settle()
    world.clear_journals()
    before = world.everything_stored()

    status(world)

    assert (len(world.rippling.journal), len(world.visma.journal)) == (0, 0)
    assert world.everything_stored() == before


def test_status_answers_where_both_vendors_are_away(world: World) -> None:
    world.rippling.stop()
    world.visma.stop()

    assert red(status(world)) == {}


def test_who_waits_is_red_until_what_they_wait_for_is_there(world: World) -> None:
    worker = one_who_waits(world)
    assert world.settle()["waiting"] == 1

    answer = status(world)

    assert red(answer) == {"waiting": "connector waiting"}
    assert answer["figures"]["people"]["waiting"] == 1
    assert answer["figures"]["oldest_open"]["employee_code"] == str(worker["number"])
    assert status_verdict(answer) == "1 needs you"
    assert STATUS.needs_attention(answer)
    assert not ping_is_well(world)


def test_who_is_held_is_red_until_the_operator_decides(world: World) -> None:
    held = mass_termination(world)
    assert held > 1

    answer = status(world)
    assert red(answer) == {"held": "connector held"}
    assert answer["figures"]["people"]["held"] == held
    assert not ping_is_well(world)

    runs = {row["run"] for row in world.operator.dispatch({"verb": "held"})["rows"]}
    for run in runs:
        world.operator.dispatch({"verb": "reject", "run": run})
    world.drain()
    answer = status(world)
    assert red(answer) == {}
    assert answer["figures"]["people"]["left"] == held
    assert ping_is_well(world)


def test_who_is_rejected_is_red_in_status_and_ping(world: World) -> None:
    a_rejection(world)
    assert world.settle()["rejected"] == 1

    answer = status(world)

    assert set(red(answer)) == {"rejected"}
    assert red(answer)["rejected"] == "connector rejected"
    assert not ping_is_well(world)


def test_whose_employee_is_somebody_elses_by_now_is_a_conflict_and_no_plain_rejection(
    world: World,
) -> None:
    worker = world.hire()
    world.settle()
    code = str(worker["number"])
    world.visma.renumber_employee(code, "OLD-1")
    world.visma.add_employee(
        code, **{"contact.lastName": "Consultant", "contact.email": "consultant@example.com"}
    )
    world.rippling.move(worker["id"], department="Finance")
    assert world.settle()["rejected"] == 1

    answer = status(world)

    assert set(red(answer)) == {"conflicts"}
    assert red(answer)["conflicts"].endswith("then connector adopt")
    assert not ping_is_well(world)


def test_who_starts_next_month_is_scheduled_and_needs_nobody(world: World) -> None:
    start = (world.clock.now() + timedelta(days=20)).date()
    world.hire(start_date=start.isoformat())
    assert world.settle()["scheduled"] == 1

    answer = status(world)

    assert red(answer) == {}
    assert answer["figures"]["people"]["scheduled"] == 1
    assert start.isoformat() in json.dumps(answer)


def test_a_silent_connector_is_red_and_one_that_has_just_been_switched_on_is_not(
    world: World,
) -> None:
    world.clock.turn(days=3)
    assert set(red(status(world))) == {"last_tick", "last_sweep"}

    world.modes.save(Mode(ModeName.OFF, world.clock.now(), "the books close"))
    assert red(status(world)) == {"mode": "connector go-live"}

    assert world.operator.dispatch({"verb": "go-live"})["ok"]
    assert red(status(world)) == {}


def test_facts_that_the_last_sweep_was_not_shown_are_red_until_a_sweep_is_shown_them(
    world: World,
) -> None:
    world.rippling.redact.add("department")
    world.tick(full_sweep=True)
    hidden = status(world)["figures"]["facts_unknown"]
    assert hidden["department"] > 0
    assert red(status(world))["facts_unknown"] == "connector ping"

    world.settle()
    assert status(world)["figures"]["facts_unknown"] == hidden

    world.rippling.redact.clear()
    world.tick(full_sweep=True)
    assert "facts_unknown" not in red(status(world))


def test_dead_letters_a_pause_and_alarms_that_ring_are_red_each_by_itself(world: World) -> None:
    world.queue.dead_letter("{]", "the message is not JSON")
    world.pauses.pause("the app was uninstalled")
    world.alarms.now = [RingingAlarm("changes-held"), RingingAlarm("people-gone")]

    answer = status(world)

    found = [
        check["name"]
        for group in answer["groups"]
        for check in group["checks"]
        if check["level"] == "bad"
    ]
    assert sorted(found) == ["alarm", "alarm", "dead_letters", "polling"]
    assert answer["figures"]["dead_letters"] == 1
    assert [each["name"] for each in answer["figures"]["alarms"]] == ["changes-held", "people-gone"]


def test_what_lies_on_the_queue_and_what_is_left_of_the_calls_is_told(world: World) -> None:
    world.hire()
    world.tick()
    until = world.clock.now() + timedelta(minutes=20)
    world.budgets.share("rippling", Budget(1000, 7, until))

    figures = status(world)["figures"]

    assert figures["queue"] == {"waiting": 1, "in_flight": 0}
    assert figures["calls"]["rippling"]["remaining"] == 7


def test_a_mapping_that_makes_no_sense_hides_nobody_who_waits(world: World) -> None:
    one_who_waits(world)
    world.settle()
    world.mappings._rows[0]["time_zone"] = "Nowhere/Else"  # as an edit in the console would
    with pytest.raises(ConfigurationError):
        world.mappings.load()

    answer = status(world)

    assert answer["figures"]["people"]["waiting"] == 1


def test_nothing_personal_is_on_the_screen(world: World) -> None:
    one_who_waits(world)
    a_rejection(world)
    world.settle()

    text = json.dumps(status(world), ensure_ascii=False)

    for worker in world.rippling.workers():
        name = world.rippling.user(worker["user_id"])["name"]
        for word in (worker["work_email"], name["family_name"]):
            assert not word or word not in text


def test_240_people_are_told_of_within_a_moment() -> None:
    with a_world(people=240, companies=2) as world:
        world.first_load()
        started = time.perf_counter()

        status(world)

        assert time.perf_counter() - started < 5


def test_the_verb_is_a_readers() -> None:
    (verb,) = [verb for verb in VERBS if verb.name == "status"]

    assert (verb.right.name, verb.is_act) == ("READER", False)


def test_in_the_account_status_reads_tables_queue_and_alarms(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        a_world(people=12) as world,
        an_account(world.rippling, world.visma, monkeypatch) as account,
    ):
        world.rippling.stop()
        world.visma.stop()
        cloudwatch = account.client("cloudwatch")
        name = account.environments["operations"]["ALARM_PREFIX"] + "people-gone"
        cloudwatch.put_metric_alarm(
            AlarmName=name, MetricName="m", Namespace="n", Statistic="Sum", Period=60,
            EvaluationPeriods=1, Threshold=0, ComparisonOperator="GreaterThanThreshold",
        )  # fmt: skip
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")

        answer = account.operate("status")

        assert answer["ok"] is True
        assert set(red(answer)) == {"alarm", "last_tick", "last_sweep", "mapping"}
        assert [each["name"] for each in answer["figures"]["alarms"]] == ["people-gone"]
