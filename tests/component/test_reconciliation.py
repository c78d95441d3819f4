"""The full sweep on both sides: what was done by hand in Visma or in Rippling is found in a day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from connector.domain.catalogue import Catalogue
from connector.domain.changes import Cause
from connector.domain.planning import Outcome
from connector.domain.records.audit import AuditRow
from connector.domain.records.ledger import Write
from tests.support.loaded import a_loaded_world
from tests.support.world import World, a_world


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=20) as world:
        world.clear_journals()
        yield world


def staff(world: World) -> list[dict[str, Any]]:
    codes = {item["employeeNumber"] for item in world.visma.employees()}
    return [worker for worker in world.rippling.workers() if str(worker["number"]) in codes]


def sweep(world: World) -> Any:
    world.clock.turn(days=1)
    return world.tick(full_sweep=True)


def test_where_all_is_as_it_was_a_sweep_costs_the_pages_and_queues_no_one(world: World) -> None:
    summary = sweep(world)

    assert (summary.queued, summary.sweep) == (0, "finished")
    assert [call.path for call in world.visma.calls(path="/v1/employee.*")] == ["/v1/employee"]
    assert world.visma.calls("PUT") == world.visma.calls("POST", "/v1/employee.*") == []


def test_an_employee_that_was_deleted_in_visma_is_found_and_told_every_day(world: World) -> None:
    worker = staff(world)[0]
    world.visma.remove_employee(str(worker["number"]))

    for _ in range(2):
        assert sweep(world).drifted == 1
        assert world.drain() == {"rejected": 1}

    reason = world.audit_of(worker["user_id"])[-1]["reason"]
    assert f"Visma has no employee {worker['number']} in norway any more" in reason


def test_an_employee_that_was_renumbered_in_visma_is_found(world: World) -> None:
    worker = staff(world)[0]
    world.visma.renumber_employee(str(worker["number"]), "OLD-1")

    assert sweep(world).drifted == 1
    assert world.drain() == {"rejected": 1}


def test_a_leaver_whose_employee_was_deleted_has_nothing_left_to_leave(world: World) -> None:
    worker = staff(world)[0]
    world.visma.remove_employee(str(worker["number"]))
    world.rippling.terminate(worker["id"], "2026-11-20")

    assert world.settle() == {"unchanged": 1}

    assert world.tables.persons[worker["user_id"]].active_in == ()
    assert sweep(world).queued == 0


def test_a_leaver_whose_employee_was_renumbered_is_not_forgotten(world: World) -> None:
    worker = staff(world)[0]
    world.visma.edit_employee(str(worker["number"]), **{"contact.phone3": "+47 1"})
    sweep(world)
    world.drain()  # by now the ledger knows Visma's own id
    world.visma.renumber_employee(str(worker["number"]), "OLD-1")
    world.rippling.terminate(worker["id"], "2026-11-20")

    assert world.settle() == {"rejected": 1}


def test_a_leaver_is_not_taken_for_deleted_by_a_list_that_shows_far_too_few(world: World) -> None:
    worker = staff(world)[0]
    for each in staff(world):
        world.visma.remove_employee(str(each["number"]))
    world.rippling.terminate(worker["id"], "2026-11-20")

    assert world.settle() == {"rejected": 1}
    assert world.tables.persons[worker["user_id"]].active_in == ("norway",)


@contextmanager
def one_left_out(world: World, code: str) -> Iterator[None]:
    """The list of employees lacks a row that its own total counts, as between two pages."""
    answer = world.visma.answer

    def short(request: Any) -> Any:
        found = answer(request)
        if (request.method, request.path) != ("GET", "/v1/employee"):
            return found
        rows = [row for row in json.loads(found.payload) if row["employeeNumber"] != code]
        return replace(found, payload=json.dumps(rows).encode())

    world.visma.answer = short  # type: ignore[method-assign]
    try:
        yield
    finally:
        world.visma.answer = answer  # type: ignore[method-assign]


def test_a_leaver_is_not_taken_for_deleted_by_a_list_with_fewer_rows_than_it_says(
    world: World,
) -> None:
    worker = staff(world)[0]
    world.visma.renumber_employee(str(worker["number"]), "OLD-1")
    world.rippling.terminate(worker["id"], "2026-11-20")

    with one_left_out(world, "OLD-1"):
        assert world.settle() == {"rejected": 1}
        foreseen = world.operator.dispatch({"verb": "plan", "operator": "k"})

    assert world.tables.persons[worker["user_id"]].active_in == ("norway",)
    assert "none is to be left" not in json.dumps(foreseen)


def test_a_leaving_that_visma_answers_404_to_leaves_one_row_in_the_audit(world: World) -> None:
    worker = staff(world)[0]
    rows = len(world.audit_of(worker["user_id"]))
    world.visma.remove_employee(str(worker["number"]))
    world.rippling.terminate(worker["id"], "2026-11-20")

    assert world.settle() == {"unchanged": 1}

    assert len(world.audit_of(worker["user_id"])) == rows + 1
    assert len(world.visma.calls("GET", f"/v1/employee/{worker['number']}")) == 0


def test_a_404_proves_that_nothing_was_written_also_where_the_list_cannot_be_read_then(
    world: World,
) -> None:
    worker = staff(world)[0]
    world.visma.remove_employee(str(worker["number"]))
    world.rippling.terminate(worker["id"], "2026-11-20")
    world.visma.faults.fail(503, path="/v1/employee", method="GET", times=6)

    assert world.settle() == {"unchanged": 1}

    assert len(world.visma.calls("PUT")) == 1
    told = [row["message"] for row in world.audit_of(worker["user_id"])]
    assert "none is to be left" in told[-1]
    assert not any("had been lost" in message for message in told)


@pytest.mark.parametrize("past", [0, 30])
def test_a_list_that_shows_no_one_at_work_is_not_believed(world: World, past: int) -> None:
    for worker in staff(world):
        world.visma.remove_employee(str(worker["number"]))
    for place in range(past):
        world.visma.add_employee(f"P{place:03}")
        world.visma.edit_employee(f"P{place:03}", status="Inactive")

    assert sweep(world).drifted == 0


def test_who_is_active_in_visma_and_gone_in_rippling_is_told(world: World) -> None:
    worker = staff(world)[0]
    world.rippling.remove(worker["id"])

    summary = sweep(world)

    assert world.metrics.counts["PeopleGone"] == 1
    assert any(worker["user_id"] in problem for problem in summary.problems)
    assert world.employee_of(worker)["status"] == "Active"


def test_where_time_is_short_visma_is_read_by_the_next_tick(world: World) -> None:
    worker = staff(world)[0]
    world.visma.edit_employee(str(worker["number"]), department="FIN")
    world.clock.remaining = 100.0  # enough for the pages of Rippling, and not for Visma

    assert sweep(world).sweep == "cut short"
    assert world.visma.calls(path="/v1/employee.*") == []
    rippling_calls = len(world.rippling.journal)
    world.clock.remaining = 240.0
    summary = world.tick()

    assert (summary.sweep, summary.drifted) == ("finished", 1)
    assert len(world.rippling.journal) == rippling_calls + 1, "no one is read twice"


def test_a_company_too_slow_to_be_listed_is_told_and_ends_no_sweep(world: World) -> None:
    world.tick(full_sweep=True)
    world.clock.remaining = 100.0
    sweep(world)
    world.clock.remaining = 10.0

    summary = world.tick()

    assert summary.sweep == "finished"
    assert any("too slow to list the employees of norway" in each for each in summary.problems)


def test_of_many_exactly_those_who_differ_are_queued_whatever_the_origin() -> None:
    with a_world(people=150) as world:
        world.first_load()
        waiting = world.hire(department="IT")
        world.visma.set_cost_centre_active("600", False)
        world.clock.turn(hours=1)
        world.settle()
        people = staff(world)
        refused = world.hire(number=7001)
        world.visma.refuse("7001", "EmployeeClass")
        world.settle()
        known_by_id = people[0]
        world.visma.edit_employee(str(known_by_id["number"]), **{"contact.phone3": "+47 1"})
        sweep(world)
        world.drain()

        expected = {refused["id"]}
        for worker in people[1:4]:
            world.visma.edit_employee(str(worker["number"]), department="FIN")
        for worker in people[4:6]:
            world.visma.remove_employee(str(worker["number"]))
        world.visma.renumber_employee(str(known_by_id["number"]), "OLD-1")
        world.visma.add_employee(
            str(known_by_id["number"]),
            **{"contact.lastName": "Else", "contact.email": "else@example.com"},
        )
        for worker in people[6:9]:
            world.rippling.change_user(worker["user_id"], family_name="Annen")
        world.rippling.terminate(people[9]["id"], "2026-11-20", silent=True)
        mover = next(each for each in people[10:] if world.employee_of(each)["department"] != "FIN")
        world.rippling.move(mover["id"], department="Finance", silent=True)
        expected |= {mover["id"], *(worker["id"] for worker in people[:10])}
        assert waiting["id"] not in expected

        sweep(world)

        assert {change.worker_id for change in world.queue.changes} == expected
        assert len(world.queue.changes) == len(expected)


def test_an_employment_that_was_taken_back_leaves_the_person_in_the_one_that_is_left(
    world: World,
) -> None:
    worker = world.hire(department="Finance")
    world.settle()
    world.clock.turn(hours=1)
    taken_back = world.rippling.rehire(
        worker["user_id"], "2026-11-24", status="ACTIVE", department="Sales",
        employment_type="Salaried full-time",
    )  # fmt: skip
    world.settle()
    assert world.employee_of(worker)["department"] == "SALES"
    world.rippling.remove(taken_back["id"])

    assert sweep(world).queued == 1
    assert world.drain() == {"updated": 1}

    assert world.employee_of(worker)["department"] == "FIN"
    assert sweep(world).queued == 0


def test_whoever_was_dealt_with_and_should_be_elsewhere_all_the_same_is_found(
    world: World,
) -> None:
    """Whatever made the ledger believe it: a fingerprint says dealt with, and not done."""
    worker = next(each for each in staff(world) if world.employee_of(each)["department"] != "FIN")
    world.rippling.move(worker["id"], department="Finance")
    world.settle()
    person = world.tables.persons[worker["user_id"]]
    before = {**person.placement, "department": "SALES", "cost_centre": "400"}
    world.tables.persons[worker["user_id"]] = replace(person, placement=before)

    assert sweep(world).queued == 1


def test_a_company_that_was_never_read_makes_no_one_differ(world: World) -> None:
    world.cache.save_catalogue("norway", Catalogue())
    sweep(world)

    assert Cause.SWEEP not in {change.cause for change in world.queue.changes}


def test_a_code_that_was_claimed_for_nothing_is_free_after_a_sweep(world: World) -> None:
    """Whatever became of the writer that claimed it."""
    worker = world.hire()
    world.settle()
    record = world.ledger.record(worker["user_id"])
    begun = world.ledger.begin(record, Write("norway", "7001", (), "p"), claim=True)
    row = AuditRow(worker["user_id"], world.clock.now(), Outcome.UNCHANGED, "Left.", "sweep", "c1")
    world.ledger.finish(begun, begun.person, (), (row,))
    assert world.ledger.owner_of("7001", "norway") == worker["user_id"]

    sweep(world)

    assert world.ledger.owner_of("7001", "norway") is None
    assert world.ledger.owner_of(str(worker["number"]), "norway") == worker["user_id"]


def test_a_code_that_is_claimed_for_a_write_under_way_is_kept(world: World) -> None:
    worker = world.hire()
    world.settle()
    record = world.ledger.record(worker["user_id"])
    world.ledger.begin(record, Write("norway", "7001", (), "p"), claim=True)

    sweep(world)

    assert world.ledger.owner_of("7001", "norway") == worker["user_id"]


def test_an_edit_is_put_right_where_visma_tells_the_version_in_the_employee_alone(
    world: World,
) -> None:
    world.visma.shows_version = "in the body"
    worker = world.hire()
    assert world.settle() == {"created": 1}
    world.visma.edit_employee(str(worker["number"]), **{"contact.lastName": "Finans"})

    world.tick(full_sweep=True)
    assert world.drain() == {"updated": 1}

    last_name = world.rippling.user(worker["user_id"])["name"]["family_name"]
    assert world.employee_of(worker)["contact"]["lastName"] == last_name
