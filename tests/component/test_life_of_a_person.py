"""From hire to rehire: what Rippling says of a person, and what Visma holds once all is quiet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.loaded import a_loaded_world
from tests.support.world import World, a_world


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=40) as world:
        world.clear_journals()
        yield world


def _hired(world: World, **fields: Any) -> dict[str, Any]:
    name = {"given_name": "Kari", "family_name": "Testmann"}
    return world.hire(name, **{"location": "Bergen", **fields})


def test_the_first_load_makes_an_employee_of_everybody_who_works() -> None:
    with a_world(people=40) as world:
        outcomes = world.first_load()

        working = [
            worker
            for worker in world.rippling.workers()
            if worker["status"] == "ACTIVE" and _kind(world, worker) == "EMPLOYEE"
        ]
        held = world.visma.employees()
        assert {item["employeeNumber"] for item in held} == {str(w["number"]) for w in working}
        assert outcomes["created"] == len(working)
        assert set(outcomes) == {"created", "out_of_scope"}


def _kind(world: World, worker: dict[str, Any]) -> str:
    types = {row["id"]: row["type"] for row in world.rippling.rows("employment-types")}
    return str(types[worker["employment_type_id"]])


def test_a_hire_arrives_with_department_cost_centre_branch_and_class(world: World) -> None:
    worker = _hired(world, employment_type="Hourly full-time")

    assert world.settle() == {"created": 1}

    employee = world.employee_of(worker)
    assert employee["department"] == "SALES"
    assert employee["branch"]["number"] == "2"
    assert employee["employeeClass"]["id"] == "HOURLY"
    assert employee["calendarID"] == "NORWAY"
    assert employee["status"] == "Active"
    assert employee["contact"]["lastName"] == "Testmann"
    (row,) = world.audit_of(worker["user_id"])
    assert row["message"].startswith(f"Created employee {worker['number']} in norway: ")
    assert "departments: Sales" in row["rules"]


def test_a_move_between_departments_changes_the_department_alone(world: World) -> None:
    worker = _hired(world)
    world.settle()
    world.clear_journals()
    world.rippling.move(worker["id"], department="Finance")

    assert world.settle() == {"updated": 1}

    (put,) = world.visma.calls("PUT")
    assert set(put.body) == {"department", "contact"}
    assert set(put.body["contact"]) == {"lastName", "email"}
    assert world.employee_of(worker)["department"] == "FIN"


def test_a_change_of_pay_basis_changes_the_employee_class(world: World) -> None:
    worker = _hired(world)
    world.settle()
    world.rippling.change_employment_type(worker["id"], "Hourly full-time")

    assert world.settle() == {"updated": 1}
    assert world.employee_of(worker)["employeeClass"]["id"] == "HOURLY"


def test_a_new_place_of_work_changes_the_branch(world: World) -> None:
    worker = _hired(world)
    world.settle()
    world.rippling.relocate(worker["id"], location="Gardermoen")

    assert world.settle() == {"updated": 1}
    assert world.employee_of(worker)["branch"]["number"] == "3"


def test_a_known_person_moves_though_rippling_no_longer_shows_e_mail_and_number(
    world: World,
) -> None:
    worker = _hired(world)
    number, email = worker["number"], worker["work_email"]
    world.settle()
    world.rippling.change(worker["id"], work_email=None, number=None)
    world.rippling.move(worker["id"], department="Finance")

    assert world.settle() == {"updated": 1}

    employee = world.visma.employee(str(number))
    assert (employee["department"], employee["contact"]["email"]) == ("FIN", email)


def test_a_leaver_becomes_inactive_and_is_otherwise_left_alone(world: World) -> None:
    worker = _hired(world)
    world.settle()
    world.rippling.terminate(worker["id"], "2026-11-20")

    assert world.settle() == {"deactivated": 1}

    employee = world.employee_of(worker)
    assert (employee["status"], employee["department"]) == ("Inactive", "SALES")


def test_a_leaver_whose_e_mail_is_gone_leaves_all_the_same(world: World) -> None:
    worker = _hired(world)
    world.settle()
    email = world.employee_of(worker)["contact"]["email"]
    world.rippling.change(worker["id"], work_email=None)
    world.rippling.terminate(worker["id"], "2026-11-20")

    assert world.settle() == {"deactivated": 1}
    assert world.employee_of(worker)["status"] == "Inactive"
    assert world.employee_of(worker)["contact"]["email"] == email


def test_somebody_rehired_under_a_new_id_gets_the_same_employee_back(world: World) -> None:
    worker = _hired(world)
    world.settle()
    world.rippling.terminate(worker["id"], "2026-11-20")
    world.settle()
    count = len(world.visma.employees())
    world.rippling.rehire(
        worker["user_id"],
        "2026-11-24",
        department="Finance",
        location="Bergen",
        employment_type="Salaried full-time",
    )
    world.rippling.turn_day("2026-11-24")

    assert world.settle() == {"reactivated": 1}

    employee = world.employee_of(worker)
    assert (employee["status"], employee["department"]) == ("Active", "FIN")
    assert len(world.visma.employees()) == count


def test_the_old_employment_of_somebody_rehired_does_not_deactivate_them(world: World) -> None:
    worker = _hired(world)
    world.settle()
    world.rippling.terminate(worker["id"], "2026-11-20")
    world.rippling.rehire(
        worker["user_id"],
        "2026-11-20",
        department="Sales",
        location="Bergen",
        employment_type="Salaried full-time",
    )
    world.rippling.turn_day("2026-11-24")
    world.rippling.touch(worker["id"])

    world.settle()

    assert world.employee_of(worker)["status"] == "Active"


def test_the_old_employment_active_again_reactivates(world: World) -> None:
    worker = _hired(world)
    world.settle()
    world.rippling.terminate(worker["id"], "2026-11-20")
    world.settle()
    world.rippling.reactivate(worker["id"])

    assert world.settle() == {"reactivated": 1}
    assert world.employee_of(worker)["status"] == "Active"


def test_a_row_that_vanishes_from_rippling_ends_nothing(world: World) -> None:
    worker = _hired(world)
    world.settle()
    world.rippling.remove(worker["id"])

    world.tick(full_sweep=True)
    world.drain()
    outcomes = world.notice(worker["id"])

    assert outcomes == {"unchanged": 1}
    assert "absence is never a termination" in world.audit_of(worker["user_id"])[-1]["message"]
    assert world.visma.employee(str(worker["number"]))["status"] == "Active"


def test_a_rehire_whose_row_vanishes_is_not_ended_by_the_old_employment(world: World) -> None:
    worker = _hired(world)
    world.settle()
    world.rippling.terminate(worker["id"], "2026-11-20")
    world.settle()
    again = world.rippling.rehire(
        worker["user_id"],
        "2026-11-24",
        department="Sales",
        location="Bergen",
        employment_type="Salaried full-time",
    )
    world.rippling.turn_day("2026-11-24")
    assert world.settle() == {"reactivated": 1}
    world.rippling.remove(again["id"])

    for _ in range(3):  # having been summary at once changes nothing
        assert world.notice(worker["id"]) == {"unchanged": 1}

    assert world.employee_of(worker)["status"] == "Active"
    assert world.tick(full_sweep=True).queued == 0


def test_a_contractor_whose_hire_is_taken_back_leaves_a_company_that_wants_none(
    world: World,
) -> None:
    strict = "deactivate_when_out_of_scope: "
    world.edit_mapping(world.mapping_text.replace(f"{strict}false", f"{strict}true"))
    world.settle()
    worker = _hired(world, employment_type="Contractor")
    assert world.settle() == {"out_of_scope": 1}
    hired = world.rippling.rehire(
        worker["user_id"],
        "2026-11-24",
        status="ACTIVE",
        department="Sales",
        location="Bergen",
        employment_type="Salaried full-time",
    )
    assert world.settle() == {"created": 1}
    world.rippling.remove(hired["id"])

    assert world.tick(full_sweep=True).queued == 1
    assert world.drain() == {"deactivated": 1}
    assert "CONTRACTOR is out of scope" in world.audit_of(worker["user_id"])[-1]["message"]
    assert world.tick(full_sweep=True).queued == 0


def test_a_name_that_moves_no_stamp_is_caught_by_the_full_sweep(world: World) -> None:
    worker = _hired(world)
    world.settle()
    world.clock.turn(minutes=5)
    _hired(world)
    world.settle()
    world.rippling.change_user(worker["user_id"], family_name="Annen")

    assert world.settle() == {}
    world.tick(full_sweep=True)
    assert world.drain() == {"updated": 1}
    assert world.employee_of(worker)["contact"]["lastName"] == "Annen"


def test_a_future_starter_is_scheduled_and_created_on_the_day(world: World) -> None:
    worker = _hired(world, start_date="2026-12-01", status="ACCEPTED")

    assert world.settle() == {"scheduled": 1}
    world.clock.turn(days=6)
    assert world.settle() == {}
    world.clock.turn(days=1)
    assert world.settle() == {"created": 1}
    assert world.employee_of(worker)["status"] == "Active"


def test_a_start_that_rippling_cancels_never_happens(world: World) -> None:
    worker = _hired(world, start_date="2026-12-01", status="ACCEPTED")
    world.settle()
    world.rippling.terminate(worker["id"], "2026-11-24", type="RESCIND")
    world.settle()
    world.clock.turn(days=10)

    world.settle()

    with pytest.raises(KeyError):
        world.employee_of(worker)


def test_what_comes_to_light_late_is_applied_at_once_and_flagged(world: World) -> None:
    worker = _hired(world, start_date="2026-11-02")
    world.settle()
    world.rippling.terminate(worker["id"], "2026-11-20")

    assert world.settle() == {"deactivated": 1}

    created, left = world.audit_of(worker["user_id"])
    assert (created["back_dated"], left["back_dated"]) == ("2026-11-02", "2026-11-20")
    assert "back-dated, holds since 2026-11-20" in left["message"]


def test_what_happens_on_its_day_is_not_flagged(world: World) -> None:
    worker = _hired(world, start_date="2026-11-24")
    world.settle()
    world.rippling.terminate(worker["id"], "2026-11-24")
    world.settle()

    assert [row.get("back_dated") for row in world.audit_of(worker["user_id"])] == [None, None]


@pytest.mark.parametrize(("claim", "outcome"), [("*", "waiting"), ("?", "created")])
def test_new_people_without_a_legal_entity_go_only_where_the_mapping_says_so(
    claim: str, outcome: str
) -> None:
    with a_world(people=10, companies=2) as world:
        world.rippling.redact.add("legal_entity")
        world.edit_mapping(world.mapping_text.replace('"Nordfab AB"', f'"{claim}"'))

        summary = world.tick()

        assert summary.facts_unknown == ({"legal_entity": 10} if claim == "*" else {})
        assert ("does not show the legal entity of 10" in "".join(summary.problems)) == (
            claim == "*"
        )
        world.drain()
        assert {person.outcome for person in world.tables.persons.values()} == {outcome}
        assert world.visma.employees(company="norway") == []
        assert bool(world.visma.employees(company="sweden")) == (claim == "?")


def everyone(world: World) -> list[list[dict[str, Any]]]:
    return [world.visma.employees(company=company) for company in ("norway", "sweden")]


def test_nobody_who_has_a_company_moves_because_the_legal_entity_is_no_longer_shown() -> None:
    with a_world(people=10, companies=2) as world:
        world.edit_mapping(world.mapping_text.replace('"Nordfab AB"', '"*"'))
        world.first_load()
        before = everyone(world)
        world.rippling.redact.add("legal_entity")

        world.tick(full_sweep=True)
        world.drain()

        assert everyone(world) == before


def test_a_contractor_is_out_of_scope_with_an_audit_row(world: World) -> None:
    worker = _hired(world, employment_type="Contractor")

    assert world.settle() == {"out_of_scope": 1}
    (row,) = world.audit_of(worker["user_id"])
    assert "CONTRACTOR" in row["message"]


def test_every_request_kept_to_the_contracts(world: World) -> None:
    worker = _hired(world)
    world.settle()
    world.rippling.move(worker["id"], department="Finance")
    world.settle()
    world.rippling.terminate(worker["id"], "2026-11-20")
    world.settle()

    calls = [*world.rippling.journal, *world.visma.journal]
    assert [call for call in calls if call.contract_errors] == []
    assert len(calls) > 5


def test_while_a_fact_is_hidden_what_hinges_on_it_stays_as_visma_has_it(world: World) -> None:
    """Not as the ledger remembers it: whoever has changed it since may have known more."""
    world.visma.add_class("EXEC")
    worker = world.hire()
    world.settle()
    world.rippling.forbid_expand = {"employment_type"}
    fields = {"employeeClass.id": "EXEC", "contact.lastName": "Edited"}
    world.visma.edit_employee(str(worker["number"]), **fields)
    world.clock.turn(days=1)

    world.tick(full_sweep=True)
    world.drain()

    employee = world.employee_of(worker)
    assert employee["employeeClass"]["id"] == "EXEC"
    assert employee["contact"]["lastName"] != "Edited"
    world.rippling.forbid_expand = set()
    world.clock.turn(days=1)
    world.tick(full_sweep=True)
    world.drain()
    assert world.employee_of(worker)["employeeClass"]["id"] == "STAFF"


def test_a_list_of_locations_that_the_token_may_not_read_any_more_stops_nobody_and_moves_nobody(
    world: World,
) -> None:
    known = world.hire()
    world.settle()
    before = world.employee_of(known)["branch"]
    world.rippling.forbid.add("work-locations")
    world.clock.turn(days=1)
    world.rippling.move(known["id"], "Finance")
    new = world.hire(location="Bergen")

    world.rippling.clear_journal()

    world.tick(full_sweep=True)
    world.drain()

    assert len(world.rippling.calls(path="/work-locations/")) == 1, "a refusal is believed"
    assert world.employee_of(known)["department"] == "FIN"
    assert world.employee_of(known)["branch"] == before
    assert world.employee_of(new)["status"] == "Active", "the names of before still hold"
    assert (placed := world.employee_of(new)["branch"]) != before
    edited = world.mapping_text.replace("rippling: Bergen", "rippling: Bergen harbour")
    assert edited != world.mapping_text
    world.edit_mapping(edited)
    world.drain()
    world.clock.turn(days=1)
    world.tick(full_sweep=True)
    world.drain()
    assert world.employee_of(new)["branch"] == placed
    assert world.metrics.counts["FactsUnknown"] > 0
    assert not world.buried


def test_whoever_waited_and_has_no_employee_waits_for_a_fact_that_is_hidden_since(
    world: World,
) -> None:
    world.visma.set_branch_active("1", False)
    world.clock.turn(minutes=16)
    worker = world.hire()
    assert world.settle() == {"waiting": 1}
    world.rippling.forbid_expand = {"department"}
    world.visma.set_branch_active("1", True)

    world.settle()

    reason = world.audit_of(worker["user_id"])[-1]["reason"]
    assert "Rippling does not show the department" in reason
    assert str(worker["number"]) not in {item["employeeNumber"] for item in world.visma.employees()}


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "as nothing"])
def test_whoever_is_on_the_way_out_stays_while_the_last_day_is_hidden(
    world: World, is_told: bool
) -> None:
    worker = world.hire()
    world.settle()
    world.rippling.terminate(worker["id"], "2026-12-06")
    world.rippling.change(worker["id"], status="TERMINATED")
    world.settle()
    world.rippling.redact, world.rippling.redacts_silently = {"end_date"}, not is_told
    world.clock.turn(hours=1)

    for _ in range(2):
        world.tick(full_sweep=True)
        world.drain()
        world.notice(worker["id"])

    assert world.employee_of(worker)["status"] == "Active"
    world.rippling.redact = set()
    world.clock.turn(days=14)
    world.tick(full_sweep=True)
    world.drain()
    assert world.employee_of(worker)["status"] == "Inactive"
