"""What is unusual waits for a human: all of it or none, visibly, until a word is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from connector.domain.changes import Cause, Change
from connector.domain.errors import ConflictError, RetryableError
from connector.domain.records.ledger import EmployeeLink, Record
from connector.services.operate.verbs import VERBS
from connector.services.operate.verbs.view import Line
from tests.support.loaded import a_loaded_world
from tests.support.world import World, a_world

FIRST_LOAD_HELD = "first_load: held"


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=60) as world:
        world.clear_journals()
        yield world


def _staff(world: World) -> list[dict[str, Any]]:
    codes = {item["employeeNumber"] for item in world.visma.employees()}
    return [worker for worker in world.rippling.workers() if str(worker["number"]) in codes]


def _terminate(world: World, count: int) -> list[dict[str, Any]]:
    leavers = _staff(world)[:count]
    for worker in leavers:
        world.rippling.terminate(worker["id"], "2026-11-20")
    return leavers


def _held(world: World) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = world.operator.dispatch({"verb": "held"})["rows"]
    return rows


def _say(world: World, verb: str, **whom: Any) -> dict[str, Any]:
    return world.operator.dispatch({"verb": verb, **whom})


def test_a_mass_termination_is_held_all_of_it(world: World) -> None:
    leavers = _terminate(world, 12)

    assert world.settle() == {"held": 12}

    assert world.visma.calls("PUT") == []
    rows = _held(world)
    assert {row["employee_code"] for row in rows} == {str(each["number"]) for each in leavers}
    assert len({row["run"] for row in rows}) == 1
    assert "would deactivate 12 of" in rows[0]["reason"]
    assert "approve or reject it" in rows[0]["reason"]


def test_a_few_leavers_never_trip_the_guard(world: World) -> None:
    _terminate(world, 5)

    assert world.settle() == {"deactivated": 5}


def test_while_some_are_held_everybody_else_goes_on(world: World) -> None:
    _terminate(world, 12)
    mover = _staff(world)[20]
    world.rippling.relocate(mover["id"], location="Gardermoen")
    newcomer = world.rippling.hire(
        department="Sales", location="Oslo", employment_type="Salaried full-time"
    )

    outcomes = world.settle()

    assert outcomes["held"] == 12
    assert outcomes["created"] == 1
    assert world.employee_of(newcomer)["status"] == "Active"
    assert world.employee_of(mover)["branch"]["number"] == "3"


def test_one_word_releases_a_whole_run(world: World) -> None:
    leavers = _terminate(world, 12)
    world.settle()

    answer = _say(world, "approve", run=_held(world)[0]["run"])

    assert answer["queued"] == 12
    assert world.drain() == {"deactivated": 12}
    assert _held(world) == []
    assert all(world.employee_of(each)["status"] == "Inactive" for each in leavers)


def test_named_people_can_be_released_and_the_others_stay(world: World) -> None:
    leavers = _terminate(world, 12)
    world.settle()
    named = [str(each["number"]) for each in leavers[:3]]

    assert _say(world, "approve", people=named)["queued"] == 3

    assert world.drain() == {"deactivated": 3}
    assert len(_held(world)) == 9
    row = world.audit_of(leavers[0]["user_id"])[-1]
    assert (row["outcome"], row["cause"]) == ("deactivated", "operator")


def test_what_is_rejected_rests_until_rippling_says_something_new(world: World) -> None:
    leavers = _terminate(world, 12)
    world.settle()

    _say(world, "reject", run=_held(world)[0]["run"])
    assert world.drain() == {"rejected": 12}
    assert _held(world) == []
    world.tick(full_sweep=True)
    assert world.drain() == {}

    world.rippling.reactivate(leavers[0]["id"])
    assert world.settle() == {"unchanged": 1}
    world.rippling.terminate(leavers[1]["id"], "2026-11-22")
    assert world.settle() == {"deactivated": 1}


@pytest.mark.parametrize("is_hidden_before", [True, False])
def test_what_is_rejected_rests_when_something_is_hidden_and_shown_again(
    world: World, is_hidden_before: bool
) -> None:
    leavers = _terminate(world, 12)
    world.settle()
    for is_first, is_hidden in ((True, is_hidden_before), (False, True), (False, False)):
        world.rippling.forbid_expand = {"employment_type"} if is_hidden else set()
        world.clock.turn(minutes=16)
        world.tick(full_sweep=True)
        world.drain()
        if is_first:
            _say(world, "reject", run=_held(world)[0]["run"])
            assert world.drain() == {"rejected": 12}
        assert _held(world) == []

    assert all(world.employee_of(each)["status"] == "Active" for each in leavers)
    world.rippling.change_employment_type(leavers[0]["id"], "Hourly full-time")
    world.settle()
    assert world.employee_of(leavers[0])["status"] == "Active", "that is not about leaving"
    world.rippling.terminate(leavers[0]["id"], "2026-11-22")
    world.settle()
    assert world.employee_of(leavers[0])["status"] == "Inactive"


def test_somebody_held_stays_held_when_something_else_is_said_of_them(world: World) -> None:
    leavers = _terminate(world, 12)
    world.settle()
    world.rippling.change(leavers[0]["id"], work_email="new@example.com")

    assert world.settle() == {"held": 1}
    assert len(_held(world)) == 12


def test_a_termination_that_is_taken_back_is_held_no_more(world: World) -> None:
    leavers = _terminate(world, 12)
    world.settle()
    for worker in leavers:
        world.rippling.reactivate(worker["id"])

    assert world.settle() == {"unchanged": 12}
    assert _held(world) == []


def test_a_word_about_somebody_who_is_not_held_changes_nothing(world: World) -> None:
    worker = _staff(world)[0]

    answer = _say(world, "approve", people=[str(worker["number"])])

    assert not answer["ok"]
    assert f"nobody is held by the name of {worker['number']}" in answer["problems"][0]
    assert not world.queue.changes


def test_the_first_load_waits_for_a_word_unless_the_mapping_allows_it() -> None:
    def held(world: World) -> None:
        world.edit_mapping(world.mapping_text.replace("first_load: allowed", FIRST_LOAD_HELD))

    with a_world(people=40, prepare=held) as world:
        outcomes = world.first_load()

        assert outcomes["held"] > 20
        assert outcomes["created"] == 0
        assert world.visma.employees() == []
        _say(world, "approve", run=_held(world)[0]["run"])
        assert world.drain() == {"created": outcomes["held"]}


def test_a_first_load_that_takes_several_ticks_is_one_first_load() -> None:
    with a_world(people=350) as world:
        world.clock.remaining = 0.0
        outcomes = []
        while world.tick().sweep != "finished":
            outcomes.append(world.drain())
        outcomes.append(world.drain())

        *loads, last = outcomes
        assert (len(loads), last) == (4, {})  # at last there is time for Visma's list
        assert all(outcome["held"] == 0 and outcome["created"] > 10 for outcome in loads)


def test_an_edit_of_the_mapping_that_moves_too_many_is_held(world: World) -> None:
    text = world.mapping_text
    for department in ("SALES", "PROD", "WHSE"):
        cost_centre = {"SALES": "400", "PROD": "200", "WHSE": "210"}[department]
        text = text.replace(
            f'department: {department}, cost_centre: "{cost_centre}"',
            'department: FIN, cost_centre: "500"',
        )

    queued = world.edit_mapping(text)
    outcomes = world.drain()

    assert queued > 20
    assert outcomes == {"held": queued}
    assert world.visma.calls("PUT") == []


def test_webhooks_one_by_one_cannot_do_what_a_poll_may_not(world: World) -> None:
    leavers = _terminate(world, 12)

    outcomes: dict[str, int] = {}
    for worker in leavers:
        for name, count in world.notice(worker["id"]).items():
            outcomes[name] = outcomes.get(name, 0) + count

    assert outcomes == {"deactivated": 5, "held": 7}


@pytest.mark.parametrize("past", [0, 30])
def test_a_token_that_sees_far_fewer_people_stops_the_sweep(world: World, past: int) -> None:
    employed = world.ledger.employed()
    unseen = [each for each in world.rippling.workers() if each["user_id"] in employed][:20]
    for _ in range(past):  # each of whom is on the list as long as Rippling keeps the row
        world.rippling.terminate(world.hire()["id"], "2026-11-20")
    world.settle()
    for worker in unseen:
        world.rippling.remove(worker["id"])
    changed = world.rippling.workers()[0]
    world.rippling.change_user(changed["user_id"], family_name="Annen")

    summary = world.tick(full_sweep=True)

    assert summary.sweep == "aborted"
    assert summary.queued == 0
    words = f"{len(employed) - 20} of the {len(employed)} people who are employed"
    assert f"the sweep saw {words}" in summary.problems[0]
    assert "may the creator of the Rippling token still see everyone?" in summary.problems[0]
    assert world.metrics.counts["SweepAborted"] == 1
    assert world.metrics.counts["PeopleGone"] == 0
    assert all(item["status"] == "Active" for item in world.visma.employees())
    for verb in ("plan", "reconcile"):
        assert f"Rippling shows {words}" in _say(world, verb)["problems"][0]


def test_a_few_vanished_rows_do_not_stop_the_sweep(world: World) -> None:
    for worker in world.rippling.workers()[:4]:
        world.rippling.remove(worker["id"])

    assert world.tick(full_sweep=True).sweep == "finished"


def test_a_run_of_transfers_over_the_line_is_held_before_anybody_leaves() -> None:
    with a_world(people=60, companies=2) as world:
        world.first_load()
        world.clear_journals()
        norwegians = [
            worker
            for worker in world.rippling.workers()
            if str(worker["number"]) in {e["employeeNumber"] for e in world.visma.employees()}
        ]
        for worker in norwegians[:15]:
            world.rippling.change(worker["id"], legal_entity="Nordfab AB")

        outcomes = world.settle()

        assert outcomes == {"held": 15}
        assert world.visma.calls("PUT") == []
        _say(world, "approve", run=_held(world)[0]["run"])
        assert set(world.drain()) <= {"created", "waiting"}


# Slow, scattered, retried and queued before: the writer counts people, whatever the cause.


def _by_run(world: World, count: int, change: Any) -> dict[str, int]:
    """Changes five people a tick; what came of all of them."""
    outcomes: dict[str, int] = {}
    staff = _staff(world)[:count]
    for place in range(0, count, 5):
        for worker in staff[place : place + 5]:
            change(worker)
        for name, number in world.settle().items():
            outcomes[name] = outcomes.get(name, 0) + number
        world.clock.turn(minutes=5)
    return outcomes


def test_five_a_tick_is_stopped_at_the_limit_of_the_day(world: World) -> None:
    outcomes = _by_run(world, 20, lambda each: world.rippling.terminate(each["id"], "2026-11-20"))

    assert outcomes == {"deactivated": 5, "held": 15}
    assert "and the guard allows 5 a day" in _held(world)[0]["reason"]


def test_the_next_day_there_is_room_again(world: World) -> None:
    _by_run(world, 5, lambda each: world.rippling.terminate(each["id"], "2026-11-20"))
    world.clock.turn(hours=24)
    world.rippling.terminate(_staff(world)[10]["id"], "2026-11-24")

    assert world.settle() == {"deactivated": 1}


def test_five_a_tick_of_another_class_or_branch_is_stopped(world: World) -> None:
    outcomes = _by_run(world, 30, lambda each: world.rippling.relocate(each["id"], "Gardermoen"))

    assert outcomes["held"] > 0
    assert outcomes["updated"] <= 25 * len(world.visma.employees()) // 100


def test_contact_data_rewritten_for_everybody_are_stopped(world: World) -> None:
    def change(worker: dict[str, Any]) -> None:
        world.rippling.change(worker["id"], work_email=f"new.{worker['number']}@example.com")

    outcomes = _by_run(world, 30, change)

    assert outcomes["held"] > 0
    assert _held(world)[0]["kind"] == "rewrite"


def test_people_who_come_back_all_at_once_are_held_like_new_ones(world: World) -> None:
    leavers = _terminate(world, 12)
    world.settle()
    _say(world, "approve", run=_held(world)[0]["run"])
    world.drain()
    for worker in leavers:
        world.rippling.reactivate(worker["id"])

    assert world.settle() == {"held": 12}

    assert {row["kind"] for row in _held(world)} == {"reactivate"}
    assert _say(world, "approve", run=_held(world)[0]["run"])["queued"] == 12
    assert world.drain() == {"reactivated": 12}


def test_messages_that_were_queued_before_a_mass_termination_do_not_carry_it_out(
    world: World,
) -> None:
    queued = _staff(world)[:20]
    for worker in queued:
        world.rippling.change_user(worker["user_id"], family_name="Annen")
        world.rippling.touch(worker["id"])
    world.tick()
    assert len(world.queue.changes) == 20
    for worker in queued:
        world.rippling.terminate(worker["id"], "2026-11-20")

    outcomes = world.drain()

    assert outcomes == {"deactivated": 5, "held": 15}
    assert "within 24 hours the guard lets the connector deactivate 5" in _held(world)[0]["reason"]


def test_a_change_that_is_tried_again_is_counted_once(world: World) -> None:
    world.visma.faults.fail(503, method="PUT", times=9)
    (leaver,) = _terminate(world, 1)

    assert world.notice(leaver["id"]) == {"deactivated": 1}


def test_a_create_begun_days_ago_is_counted_on_the_day_it_is_made(world: World) -> None:
    unlucky = world.hire()
    world.visma.faults.fail(429, method="POST", path="/v1/employee", times=1)
    world.tick()
    with pytest.raises(RetryableError):
        world.applier.apply(world.queue.changes[0])
    world.clock.turn(hours=72)
    late = world.queue.changes.pop()
    others = [world.hire() for _ in range(15)]

    outcomes = sum((world.notice(each["id"]) for each in others), Counter[str]())
    world.queue.send([late])
    outcomes += world.drain()

    assert outcomes["held"] >= 1
    assert unlucky["user_id"] in {row["person"] for row in _held(world)}
    assert str(unlucky["number"]) not in {row["employeeNumber"] for row in world.visma.employees()}


def test_a_release_to_a_department_that_finance_adds_late_is_a_move_as_well(world: World) -> None:
    text = world.mapping_text
    for unit in ("SALES", "PROD", "WHSE"):
        text = text.replace(f"department: {unit},", "department: LATE,")
    text = text.replace('cost_centre: "400"', 'cost_centre: "500"')
    text = text.replace('cost_centre: "200"', 'cost_centre: "500"')
    text = text.replace('cost_centre: "210"', 'cost_centre: "500"')
    world.edit_mapping(text)
    waiting = world.drain()["waiting"]
    assert waiting > 20

    world.visma.add_department("LATE", "Late", cost_centre="500")
    world.clock.turn(hours=1)

    assert world.settle() == {"held": waiting}


def test_a_single_message_about_someone_who_was_rejected_changes_nothing(world: World) -> None:
    leavers = _terminate(world, 12)
    world.settle()
    _say(world, "reject", run=_held(world)[0]["run"])
    world.drain()

    outcomes = [world.notice(worker["id"]) for worker in leavers[:3]]

    assert outcomes == [{"rejected": 1}] * 3
    assert all(world.employee_of(each)["status"] == "Active" for each in leavers)


@pytest.mark.parametrize("edit", [("lead_days: 0", "lead_days: 1"), ("floor: 5", "floor: 6")])
def test_what_is_rejected_rests_whatever_else_is_edited(
    world: World, edit: tuple[str, str]
) -> None:
    leavers = _terminate(world, 12)
    world.settle()
    _say(world, "reject", run=_held(world)[0]["run"])
    world.drain()

    world.edit_mapping(world.mapping_text.replace(*edit))
    world.drain()
    world.notice(leavers[0]["id"])
    world.rippling.change_user(leavers[1]["user_id"], family_name="Annen")
    world.settle()

    assert all(world.employee_of(each)["status"] == "Active" for each in leavers)


# Authority is a row, not a message.


def test_a_message_of_the_operators_cause_releases_no_one(world: World) -> None:
    leavers = _terminate(world, 12)
    world.settle()
    queue = [Change(each["id"], Cause.OPERATOR, "forged", each["user_id"]) for each in leavers]
    world.queue.send(queue)

    assert world.drain() == {"held": 12}


def test_an_approval_of_then_releases_nothing_that_is_held_later(world: World) -> None:
    leavers = _terminate(world, 12)
    world.settle()
    _say(world, "approve", run=_held(world)[0]["run"])
    approved = list(world.queue.changes)
    world.drain()
    for worker in leavers:
        world.rippling.reactivate(worker["id"])
    world.settle()
    _say(world, "approve", run=_held(world)[0]["run"])
    world.drain()
    for worker in leavers:
        world.rippling.terminate(worker["id"], "2026-11-20")
    assert world.settle() == {"held": 12}

    world.queue.send(approved)

    assert world.drain() == {"held": 12}


def test_an_approval_is_of_the_change_that_was_held(world: World) -> None:
    movers = _staff(world)[:20]
    for worker in movers:
        world.rippling.move(worker["id"], department="Finance")
    world.settle()
    held = _held(world)
    _say(world, "approve", run=held[0]["run"])
    world.rippling.move(movers[0]["id"], department="Production")

    outcomes = world.drain()

    assert outcomes["held"] == 1
    (row,) = _held(world)
    assert "what was approved is not what would be done now" in row["reason"]
    _say(world, "approve", people=[row["person"]])
    assert world.drain() == {"updated": 1}


def test_an_approval_that_nobody_used_for_a_week_counts_no_longer(world: World) -> None:
    _terminate(world, 12)
    world.settle()
    _say(world, "approve", run=_held(world)[0]["run"])
    world.clock.turn(days=7)

    assert world.drain() == {"held": 12}


# How an operator decides


def mass_termination(world: World) -> None:
    for row in [each for each in world.rippling.rows("workers") if each["status"] == "ACTIVE"][:12]:
        world.rippling.terminate(row["id"], world.clock.now().date())
        world.rippling.change(row["id"], status="TERMINATED")
    world.settle()


def test_a_run_and_names_mean_those_people_of_the_run(world: World) -> None:
    mass_termination(world)
    held = _held(world)
    one = held[0]["employee_code"]

    assert _say(world, "approve", run=held[0]["run"], people=[one])["queued"] == 1
    assert world.drain() == {"deactivated": 1}
    assert len(_held(world)) == len(held) - 1


def test_a_run_that_holds_nobody_is_refused_with_the_nearest(world: World) -> None:
    mass_termination(world)
    run = _held(world)[0]["run"]

    for verb in ("approve", "reject"):
        (problem,) = _say(world, verb, run=f"{run[:-1]}x")["problems"]
        assert "holds anyone" in problem
        assert run in problem
    assert not world.queue.changes


def test_a_preview_counts_and_decides_nothing(world: World) -> None:
    mass_termination(world)
    held = _held(world)
    acts = len(world.audit_of("operators"))

    preview = _say(world, "approve", run=held[0]["run"], preview=True)

    assert preview["people"] == sum(row["people"] for row in preview["preview"]) == len(held)
    assert {row["kind"] for row in preview["preview"]} == {"deactivate"}
    assert all(row["department"] for row in preview["preview"])
    assert not world.queue.changes
    assert _held(world) == held
    assert len(world.audit_of("operators")) == acts


def test_a_rejection_is_listed_and_can_be_taken_back(world: World) -> None:
    mass_termination(world)
    held = _held(world)
    code = held[0]["employee_code"]
    _say(world, "reject", people=[code])
    world.drain()
    assert [row["employee_code"] for row in _say(world, "rejected")["rows"]] == [code]

    answer = _say(world, "rejected take-back", people=[code, "nobody"])

    assert (answer["queued"], answer["unknown"]) == (1, ["nobody"])
    (until_looked_at,) = _say(world, "rejected")["rows"]
    assert (until_looked_at["list"], until_looked_at["reason"]) == (
        "rejected",
        "the rejection was taken back",
    )
    assert world.drain() == {"deactivated": 1}  # one alone is within the guard
    assert _say(world, "rejected")["rows"] == []


def test_taking_back_writes_nothing_over_what_the_writer_has_written_since(world: World) -> None:
    """The list of the rejected is older than the person's row."""
    mass_termination(world)
    one, other = sorted(row["person"] for row in _held(world))[:2]
    _say(world, "reject", people=[one, other])
    world.drain()
    links = world.ledger.links

    def listed_early(company: str) -> list[EmployeeLink]:
        rows = list(links(company))
        taken_back_in_rippling(world, one)
        kept = world.tables.links[other]["norway"]
        world.tables.links[other]["norway"] = replace(kept, etag='"newer"')
        return rows

    with pytest.MonkeyPatch.context() as late:
        late.setattr(world.ledger, "links", listed_early)
        answer = _say(world, "rejected take-back", people=[one, other])

    by_now = world.ledger.record(one).links["norway"]
    assert answer["queued"] == 1
    assert [each.person_id for each in world.queue.changes] == [other]
    assert (by_now.written or {})["department"] == "FIN"
    assert by_now.reason != "the rejection was taken back"
    of_other = world.ledger.record(other).links["norway"]
    assert (of_other.etag, of_other.is_dropped) == ('"newer"', False)


def test_who_was_taken_back_before_the_writer_stood_in_the_way_is_looked_at(world: World) -> None:
    mass_termination(world)
    people = [row["person"] for row in _held(world)[:2]]
    _say(world, "reject", people=people)
    world.drain()
    finish, done = world.ledger.finish, list[str]()

    def finishes_once(record: Record, *given: Any) -> None:
        if done:
            raise ConflictError("another writer is there")
        done.append(record.person.id)
        finish(record, *given)

    with pytest.MonkeyPatch.context() as busy:
        busy.setattr(world.ledger, "finish", finishes_once)
        with suppress(ConflictError):
            _say(world, "rejected take-back", people=people)

    assert [each.person_id for each in world.queue.changes] == done


def taken_back_in_rippling(world: World, person: str) -> None:
    """HR has the person back at work, in another department, and the writer follows."""
    (worker,) = (each for each in world.rippling.workers() if each["user_id"] == person)
    world.rippling.reactivate(worker["id"])
    world.rippling.move(worker["id"], "Finance")
    world.settle()


# Two approvers


def wants_two(world: World) -> None:
    text = world.mapping_text.replace("floor: 5", "floor: 5, approvers: 2")
    assert text != world.mapping_text
    world.edit_mapping_unheard(text)


def test_where_two_have_to_approve_one_word_does_nothing(world: World) -> None:
    wants_two(world)
    mass_termination(world)
    run = _held(world)[0]["run"]

    first = _say(world, "approve", run=run, operator="kari")
    again = _say(world, "approve", run=run, operator="kari")
    for row in _held(world):
        world.notice(row["worker"] if "worker" in row else row["person"])

    assert (first["queued"], again["queued"]) == (0, 0)
    assert first["seconded_later"] == len(_held(world)) > 5
    assert world.drain() == {}

    second = _say(world, "approve", run=run, operator="ola")

    assert (second["queued"], second["seconded_later"]) == (first["seconded_later"], 0)
    assert world.drain().keys() == {"deactivated"}


def test_a_writer_that_comes_by_between_two_approvals_changes_nothing(world: World) -> None:
    wants_two(world)
    mass_termination(world)
    held = _held(world)
    _say(world, "approve", run=held[0]["run"], operator="kari")

    world.clock.turn(minutes=16)
    world.tick(full_sweep=True)
    world.drain()

    assert len(_held(world)) == len(held)


def test_a_second_word_about_another_change_is_a_first_one(world: World) -> None:
    wants_two(world)
    people = [each for each in world.rippling.rows("workers") if each["status"] == "ACTIVE"][:25]
    for row in people:
        world.rippling.move(row["id"], "Finance")
    world.settle()
    _say(world, "approve", people=[row["person"] for row in _held(world)], operator="kari")
    for row in people:
        world.rippling.move(row["id"], "IT")
    world.settle()

    answer = _say(world, "approve", people=[row["person"] for row in _held(world)], operator="ola")

    assert answer["queued"] == 0


def at_the_same_moment(world: World, act: Callable[[], object]) -> None:
    """Has somebody else act once the row of the next decision has been read."""
    latest = world.approvals.latest

    def read_before(person_id: str, company: str) -> Any:
        found = latest(person_id, company)
        world.approvals.latest = latest  # type: ignore[method-assign]
        act()
        return found

    world.approvals.latest = read_before  # type: ignore[method-assign]


def test_two_who_approve_at_the_same_moment_have_both_said_so(world: World) -> None:
    wants_two(world)
    mass_termination(world)
    held = _held(world)
    run, answers = held[0]["run"], list[dict[str, Any]]()
    at_the_same_moment(
        world, lambda: answers.append(_say(world, "approve", run=run, operator="ola"))
    )

    kari = _say(world, "approve", run=run, operator="kari")

    assert (answers[0]["queued"], answers[0]["seconded_later"]) == (0, len(held))
    assert (kari["queued"], kari["seconded_later"]) == (len(held), 0)
    assert world.drain() == {"deactivated": len(held)}


def test_two_who_apply_one_plan_at_the_same_moment_have_both_said_so(world: World) -> None:
    wants_two(world)
    for row in [each for each in world.rippling.rows("workers") if each["status"] == "ACTIVE"][:12]:
        world.rippling.terminate(row["id"], world.clock.now().date())
        world.rippling.change(row["id"], status="TERMINATED")
    people = _say(world, "plan")["people"]
    wanted = [[each["person"], each["company"], each["digest"], ""] for each in people]
    at_the_same_moment(world, lambda: _say(world, "apply", wanted=wanted, operator="ola"))

    kari = _say(world, "apply", wanted=wanted, operator="kari")

    assert len(kari["waiting"]) == len(wanted)
    assert kari["refused"] == []


def test_of_two_who_decide_otherwise_at_the_same_moment_the_later_is_refused(world: World) -> None:
    mass_termination(world)
    held = _held(world)
    code = held[0]["employee_code"]
    at_the_same_moment(world, lambda: _say(world, "reject", people=[code], operator="ola"))

    kari = _say(world, "approve", run=held[0]["run"], operator="kari")

    (told,) = kari["overtaken"]
    assert told.startswith(f"{code} in norway: somebody has decided otherwise at this moment")
    assert (kari["queued"], kari["seconded_later"]) == (len(held) - 1, 0)
    approve = next(verb for verb in VERBS if verb.name == "approve")
    shown = approve.view(kari)
    assert told in [part.text for part in shown if isinstance(part, Line)]
    assert approve.needs_attention(kari)
    assert world.drain() == {"rejected": 1, "deactivated": len(held) - 1}


def test_a_rejection_needs_one_word(world: World) -> None:
    wants_two(world)
    mass_termination(world)
    held = _held(world)

    assert _say(world, "reject", run=held[0]["run"], operator="kari")["queued"] == len(held)
    assert world.drain() == {"rejected": len(held)}


def test_a_plan_is_applied_once_two_have_applied_it(world: World) -> None:
    wants_two(world)
    for row in [each for each in world.rippling.rows("workers") if each["status"] == "ACTIVE"][:12]:
        world.rippling.terminate(row["id"], world.clock.now().date())
        world.rippling.change(row["id"], status="TERMINATED")
    people = _say(world, "plan")["people"]
    wanted = [[each["person"], each["company"], each["digest"], ""] for each in people]

    first = _say(world, "apply", wanted=wanted, operator="kari")
    assert first["waiting"] == {}
    assert {each["why"].partition(":")[0] for each in first["refused"]} == {
        "needs the word of a second person"
    }
    second = _say(world, "apply", wanted=wanted, operator="ola")

    assert len(second["waiting"]) == len(wanted)
    assert world.drain() == {"deactivated": len(wanted)}


def test_what_is_held_of_somebody_whom_finance_has_edited_can_be_approved(world: World) -> None:
    movers = [worker for worker in _staff(world) if worker["status"] == "ACTIVE"][:20]
    for worker in movers:
        world.rippling.move(worker["id"], "Management")
    world.settle()
    held = {each["employee_code"] for each in _held(world)}
    code = sorted(held)[0]
    world.visma.edit_employee(code, **{"contact.lastName": "Finans"})

    for _ in range(2):  # the second is asked for because the edit is written over with the move
        _say(world, "approve", people=[code])
        world.drain()

    assert code not in {each["employee_code"] for each in _held(world)}
    assert world.visma.employee(code)["department"] == "MGMT"


def test_the_reason_of_what_stays_held_does_not_grow(world: World) -> None:
    for worker in [each for each in _staff(world) if each["status"] == "ACTIVE"][:20]:
        world.rippling.move(worker["id"], "Management")
    world.settle()
    code = _held(world)[0]["employee_code"]
    for fax in ("1", "2", "3"):
        world.visma.edit_employee(code, **{"contact.fax": fax, "contact.lastName": "Finans"})
        world.tick(full_sweep=True)
        world.drain()

    reasons = {each["employee_code"]: each["reason"] for each in _held(world)}
    assert reasons[code].count("edited in Visma") <= 1, reasons[code]


def test_whoever_has_left_one_company_arrives_in_the_other_though_hires_there_are_held() -> None:
    with a_world(people=60, companies=2) as world:
        world.first_load()
        staff = (
            each
            for each in world.rippling.workers()
            if world.tables.persons[each["user_id"]].active_in == ("norway",)
        )
        worker = next(staff)
        world.clock.turn(days=2)
        world.rippling.change(worker["id"], legal_entity="Nordfab AB")
        hired = [world.hire(legal_entity="Nordfab AB") for _ in range(12)]
        world.tick()
        world.queue.changes.sort(key=lambda each: each.worker_id != worker["id"])
        world.visma.faults.fail(500, method="POST", path="/v1/employee", times=1)

        outcomes = world.drain()

        assert outcomes["held"] == len(hired)
        assert world.tables.persons[worker["user_id"]].active_in == ("sweden",)


def test_transfers_of_people_whom_finance_has_edited_are_held_like_any_other() -> None:
    with a_world(people=40, companies=2) as world:
        world.first_load()
        world.clock.turn(days=2)
        norwegians = {each["employeeNumber"] for each in world.visma.employees("norway")}
        rows = [each for each in world.rippling.workers() if str(each["number"]) in norwegians]
        movers = [each for each in rows if each["status"] == "ACTIVE"][:12]
        for worker in movers:
            world.rippling.change(worker["id"], legal_entity="Nordfab AB", silent=True)
            code = str(worker["number"])
            world.visma.edit_employee(code, company="norway", **{"contact.fax": "1"})

        world.tick(full_sweep=True)
        outcomes = world.drain()

        assert outcomes["deactivated"] + outcomes["created"] == 0
        assert len(_held(world)) == 12


def test_whoever_left_and_was_brought_back_by_hand_is_made_inactive_once_that_is_approved(
    world: World,
) -> None:
    leavers = _terminate(world, 12)
    world.settle()
    _say(world, "approve", people=[each["user_id"] for each in leavers])
    assert world.drain() == {"deactivated": 12}
    codes = [str(each["number"]) for each in leavers]
    for code in codes:
        world.visma.edit_employee(code, status="OnHold")
    world.clock.turn(days=40)  # the approval of then is over
    world.tick(full_sweep=True)
    assert world.drain() == {"deactivated": 5, "held": 7}
    held = {each["person"] for each in _held(world)}
    left = next(each for each in leavers if each["user_id"] in held)

    assert world.notice(left["id"]) == {"held": 1}, "whoever looks again does not end the hold"
    _say(world, "approve", people=sorted(held))

    assert world.drain() == {"deactivated": 7}
    assert {world.visma.employee(code)["status"] for code in codes} == {"Inactive"}
    assert world.audit_of(left["user_id"])[-1]["kind"] == "correction"
