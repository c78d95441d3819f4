"""Who is who: rehires, two employments, codes that were there before, and the operator's word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connector.domain.errors import ConfigurationError
from connector.domain.records.mode import ModeName
from connector.services.operate.identity import Identity
from tests.simulator.nordfab import NORDFAB_MAPPING
from tests.support.loaded import a_loaded_world
from tests.support.world import World, a_world


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=20) as world:
        world.clear_journals()
        yield world


def _operate(world: World, verb: str, **arguments: Any) -> dict[str, Any]:
    return world.operator.dispatch({"verb": verb, **arguments})


def test_somebody_with_two_employments_stays_active_while_either_is(world: World) -> None:
    first = world.hire()
    world.settle()
    second = world.rippling.rehire(
        first["user_id"],
        "2026-11-24",
        department="Finance",
        location="Oslo",
        employment_type="Salaried part-time",
    )
    world.rippling.turn_day("2026-11-24")
    world.settle()
    assert world.employee_of(first)["department"] == "FIN"

    world.rippling.terminate(second["id"], "2026-11-20")
    assert world.settle() == {"updated": 1}
    assert world.employee_of(first)["status"] == "Active"
    assert world.employee_of(first)["department"] == "SALES"

    world.rippling.terminate(first["id"], "2026-11-21")
    assert world.settle() == {"deactivated": 1}


def test_a_changed_number_is_told_and_makes_no_second_employee(world: World) -> None:
    worker = world.hire()
    world.settle()
    count = len(world.visma.employees())
    world.rippling.change(worker["id"], number=9001)

    assert world.settle() == {"unchanged": 1}

    assert len(world.visma.employees()) == count
    row = world.audit_of(worker["user_id"])[-1]
    assert f"makes the code 9001; the employee keeps {worker['number']}" in row["message"]


def test_the_operator_renames_with_vismas_own_action(world: World) -> None:
    worker = world.hire()
    world.settle()
    world.rippling.change(worker["id"], number=9001)
    world.settle()

    answer = _operate(world, "rename", person=worker["user_id"], code="9001")

    assert answer["ok"]
    world.drain()
    assert world.visma.employee("9001")["contact"]["email"] == worker["work_email"]
    assert len(world.visma.calls("POST", "/v1/employee/action/.*")) == 1
    world.rippling.move(worker["id"], department="Finance")
    assert world.settle() == {"updated": 1}
    assert world.visma.employee("9001")["department"] == "FIN"
    rows = world.audit_of(worker["user_id"])
    first = next(row for row in rows if row["cause"] == "operator")
    assert first["message"] == f"Renamed employee {worker['number']} to 9001 in norway."


def test_a_code_that_is_taken_cannot_be_given_by_renaming(world: World) -> None:
    one, other = world.hire(), world.hire()
    world.settle()

    answer = _operate(world, "rename", person=one["user_id"], code=str(other["number"]))

    assert not answer["ok"]
    assert world.employee_of(one)["status"] == world.employee_of(other)["status"] == "Active"


def test_an_employee_with_another_e_mail_is_adopted_on_the_operators_word(world: World) -> None:
    worker = world.hire()
    world.visma.add_employee(
        "OLD-7", **{"contact.lastName": "Before", "contact.email": "private@example.com"}
    )
    world.visma.add_employee(
        str(worker["number"]),
        **{"contact.lastName": "Else", "contact.email": "else@example.com"},
    )
    assert world.settle() == {"rejected": 1}

    answer = _operate(world, "adopt", person=worker["user_id"], code="OLD-7")

    assert answer["ok"]
    assert world.drain() == {"updated": 1}
    adopted = world.visma.employee("OLD-7")
    assert adopted["contact"]["email"] == worker["work_email"]
    assert adopted["department"] == "SALES"
    sentences = [row["message"] for row in world.audit_of(worker["user_id"])]
    assert "Adopted employee OLD-7 in norway: on the operator's word." in sentences


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"person": "no one", "code": "1"}, "does not know the person"),
        ({"person": "", "code": "1"}, "person: is missing"),
        ({"code": "1", "person": "x", "company": "mars"}, "did you mean norway"),
    ],
)
def test_adopting_says_what_is_wrong(world: World, arguments: dict[str, str], words: str) -> None:
    answer = _operate(world, "adopt", **arguments)

    assert not answer["ok"]
    assert words in answer["problems"][0]


def test_nobody_with_an_employee_can_adopt_another(world: World) -> None:
    worker = world.hire()
    world.settle()

    answer = _operate(world, "adopt", person=worker["user_id"], code="1001")

    assert "has the employee" in answer["problems"][0]


def test_people_who_look_twice_are_shown_by_code_and_never_touched(world: World) -> None:
    worker = world.hire()
    world.settle()
    kept = world.employee_of(worker)
    world.visma.add_employee(
        "DOUBLE",
        **{"contact.lastName": "Other", "contact.email": kept["contact"]["email"].upper()},
    )
    writes = len(world.visma.calls("PUT")) + len(world.visma.calls("POST", "/v1/.*"))

    rows = _operate(world, "duplicates")["rows"]

    both = sorted([str(worker["number"]), "DOUBLE"])
    told = [(row["company"], row["codes"], row["active"], row["reason"]) for row in rows]
    assert ("norway", both, both, "the same e-mail address") in told
    assert "@" not in str(rows)
    assert len(world.visma.calls("PUT")) + len(world.visma.calls("POST", "/v1/.*")) == writes


def test_an_edit_by_finance_on_a_field_of_rippling_is_put_back_and_told(world: World) -> None:
    worker = world.hire()
    world.settle()
    world.visma.edit_employee(str(worker["number"]), **{"contact.phone1": "+47 111"})

    summary = world.tick(full_sweep=True)

    assert summary.drifted == 1
    assert world.drain() == {"updated": 1}
    row = world.audit_of(worker["user_id"])[-1]
    assert row["cause"] == "drift"
    assert "edited in Visma: contact.phone1" in row["message"]


@pytest.mark.parametrize("owner", ["visma", "once"])
def test_an_edit_by_finance_on_a_field_of_its_own_survives(world: World, owner: str) -> None:
    world.edit_mapping(
        world.mapping_text.replace(
            "    lead_days: 0\n", f"    fields: {{contact.phone1: {owner}}}\n    lead_days: 0\n", 1
        )
    )
    world.drain()
    worker = world.hire()
    world.settle()
    world.visma.edit_employee(str(worker["number"]), **{"contact.phone1": "+47 111"})
    world.rippling.move(worker["id"], department="Finance")

    world.settle()
    world.tick(full_sweep=True)
    world.drain()

    assert world.employee_of(worker)["contact"]["phone1"] == "+47 111"
    assert world.employee_of(worker)["department"] == "FIN"


def test_an_edit_of_somebody_who_waits_for_a_new_start_is_seen_on_that_day(world: World) -> None:
    worker = world.hire()
    world.settle()
    world.rippling.change_employment_type(worker["id"], "Contractor")
    world.rippling.rehire(
        worker["user_id"],
        "2026-11-27",
        department="Sales",
        location="Oslo",
        employment_type="Salaried full-time",
        status="ACCEPTED",
    )
    assert world.settle()["scheduled"] >= 1
    world.visma.edit_employee(str(worker["number"]), department="IT")
    for drifted in (1, 0):  # the sweep has it summary at once, and there is nothing to write yet
        assert world.tick(full_sweep=True).drifted == drifted
        world.drain()
    world.clock.turn(days=3)
    world.settle()

    assert world.employee_of(worker)["department"] == "SALES"


def test_a_leaver_whom_finance_made_active_again_is_made_inactive_again(world: World) -> None:
    worker = world.hire()
    world.settle()
    world.rippling.terminate(worker["id"], "2026-11-20")
    world.settle()
    world.visma.edit_employee(str(worker["number"]), status="Active")

    world.tick(full_sweep=True)

    assert world.drain() == {"deactivated": 1}


def test_a_move_between_companies_is_inactive_there_before_it_is_active_here() -> None:
    with a_world(people=30, companies=2) as world:
        world.first_load()
        worker = world.hire()
        world.settle()
        world.clear_journals()
        world.rippling.change(worker["id"], legal_entity="Nordfab AB")
        world.rippling.relocate(worker["id"], location="Stockholm")

        assert world.settle() == {"created": 1}

        old = world.visma.employee(str(worker["number"]), company="norway")
        new = world.visma.employee(str(worker["number"]), company="sweden")
        assert (old["status"], new["status"]) == ("Inactive", "Active")
        writes = [
            (call.method, call.company)
            for call in world.visma.journal
            if call.method in ("PUT", "POST") and call.path.startswith("/v1/employee")
        ]
        assert writes == [("PUT", "norway"), ("POST", "sweden")]
        told = [row["message"] for row in world.audit_of(worker["user_id"])]
        assert any("moved to sweden" in sentence for sentence in told)


def test_what_was_open_in_one_company_is_closed_by_arriving_in_the_other() -> None:
    with a_world(people=30, companies=2) as world:
        world.first_load()
        world.rippling.add_department("Robotics")
        worker = world.hire(department="Robotics")
        assert world.settle() == {"waiting": 1}
        world.rippling.change(worker["id"], legal_entity="Nordfab AB", silent=True)
        world.rippling.relocate(worker["id"], location="Stockholm")
        world.rippling.move(worker["id"], department="Sales")

        assert world.settle() == {"created": 1}

        assert _operate(world, "waiting")["rows"] == []
        assert world.tick().queued == 0


@pytest.mark.parametrize("department", ["Sales", "Robotics"])
def test_whoever_vanishes_before_the_first_day_is_expected_no_more(
    world: World, department: str
) -> None:
    world.rippling.add_department("Robotics")
    start = "2026-11-30" if department == "Sales" else "2026-11-24"
    worker = world.hire(department=department, start_date=start, status="ACCEPTED")
    assert sum(world.settle().values()) == 1
    world.rippling.remove(worker["id"])
    world.clock.turn(days=7)
    row = '- {rippling: Robotics, department: SALES, cost_centre: "400"}'
    before = '- {rippling: Sales, department: SALES, cost_centre: "400"}'
    world.edit_mapping(NORDFAB_MAPPING.replace(before, f"{before}\n      {row}"))
    world.settle()

    assert world.tick().queued == 0
    assert _operate(world, "waiting")["rows"] == []


def test_somebody_who_cannot_arrive_does_not_leave() -> None:
    with a_world(people=30, companies=2) as world:
        world.first_load()
        worker = world.hire()
        world.settle()
        world.visma.set_department_cost_centre("SALES", "300", company="sweden")
        world.clock.turn(hours=1)
        world.rippling.change(worker["id"], legal_entity="Nordfab AB")
        world.rippling.relocate(worker["id"], location="Stockholm")

        assert world.settle() == {"waiting": 1}
        assert world.employee_of(worker)["status"] == "Active"

        world.visma.set_department_cost_centre("SALES", "400", company="sweden")
        assert world.settle() == {"created": 1}
        assert world.employee_of(worker)["status"] == "Inactive"
        assert world.employee_of(worker, "sweden")["status"] == "Active"


def test_a_move_between_companies_survives_a_crash_in_the_middle() -> None:
    with a_world(people=30, companies=2) as world:
        world.first_load()
        worker = world.hire()
        world.settle()
        world.rippling.change(worker["id"], legal_entity="Nordfab AB")
        world.rippling.relocate(worker["id"], location="Stockholm")
        world.visma.faults.fail(503, body="html", method="POST", path="/v1/employee", times=30)

        world.tick()
        world.drain()
        world.visma.faults.clear()
        world.build()
        world.clock.turn(minutes=10)
        world.tick(full_sweep=True)
        world.drain()

        old = world.visma.employee(str(worker["number"]), company="norway")
        new = world.visma.employee(str(worker["number"]), company="sweden")
        assert (old["status"], new["status"]) == ("Inactive", "Active")


def test_a_rename_whose_answer_was_lost_can_be_said_again(world: World) -> None:
    worker = world.hire()
    world.settle()
    world.visma.faults.lose_answer(method="POST", path="/v1/employee/action/.*", times=1)

    first = _operate(world, "rename", person=worker["user_id"], code="9001")
    second = _operate(world, "rename", person=worker["user_id"], code="9001")

    assert (first["ok"], second["ok"]) == (False, True)
    world.drain()
    world.rippling.move(worker["id"], department="Finance")
    assert world.settle() == {"updated": 1}
    assert world.visma.employee("9001")["department"] == "FIN"


def test_a_code_that_finance_changed_is_followed_on_the_operators_word(world: World) -> None:
    worker = world.hire()
    world.settle()
    employee = world.employee_of(worker)
    world.visma.company("norway").rename_employee(employee["employeeId"], "FIN-9")
    world.rippling.move(worker["id"], department="Finance")
    assert world.settle() == {"rejected": 1}

    assert _operate(world, "adopt", person=worker["user_id"], code="FIN-9")["ok"]

    world.drain()
    assert world.visma.employee("FIN-9")["department"] == "FIN"


def test_a_held_row_shows_what_would_be_done(world: World) -> None:
    leavers = _staff(world)[:12]
    for worker in leavers:
        world.rippling.terminate(worker["id"], "2026-11-20")
    assert world.settle() == {"held": 12}

    row = world.audit_of(leavers[0]["user_id"])[-1]

    assert row["differences"] == [{"field": "status", "before": "Active", "after": "Inactive"}]


def _staff(world: World) -> list[dict[str, Any]]:
    codes = {item["employeeNumber"] for item in world.visma.employees()}
    return [worker for worker in world.rippling.workers() if str(worker["number"]) in codes]


@pytest.mark.parametrize("verb", ["adopt", "rename"])
def test_a_connector_that_is_not_live_refuses_to_adopt_and_to_rename_and_audits_neither(
    world: World, verb: str
) -> None:
    worker = world.hire()
    world.settle()
    before = list(world.audit_of(worker["user_id"]))
    ports = (world.ledger, world.mappings, world.targets, world.queue, world.clock, world.source)
    rehearsing = Identity(*ports, ModeName.REHEARSAL)

    with pytest.raises(ConfigurationError, match="not live"):
        getattr(rehearsing, verb)({"person": worker["user_id"], "code": "FIN-77"})

    assert world.audit_of(worker["user_id"]) == before
    assert world.queue.changes == []
