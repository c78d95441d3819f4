"""A real organisation: a department in several places, branches, and days on which it changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.simulator.nordfab import NORDFAB_MAPPING
from tests.support.loaded import a_loaded_world
from tests.support.world import World

SALES = '      - {rippling: Sales, department: SALES, cost_centre: "400"}\n'
BERGEN = SALES.replace("Sales, ", "Sales, when: {location: Bergen}, ").replace(
    'SALES, cost_centre: "400"', 'ENG, cost_centre: "300"'
)
FULL = BERGEN.replace("location: Bergen", "employment_type: Salaried full-time").replace(
    'ENG, cost_centre: "300"', "FIN"
)


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=12) as world:
        yield world


def with_rows(*rows: str) -> str:
    assert SALES in NORDFAB_MAPPING
    return NORDFAB_MAPPING.replace(SALES, "".join(rows))


def department_of(world: World, worker: dict[str, Any]) -> str:
    return str(world.employee_of(worker)["department"])


def last_row(world: World, worker: dict[str, Any]) -> dict[str, Any]:
    return world.audit_of(worker["user_id"])[-1]


def test_the_people_of_one_department_land_by_their_location_and_move_with_it(
    world: World,
) -> None:
    world.edit_mapping(with_rows(SALES, BERGEN))
    world.drain()
    in_oslo, in_bergen = world.hire(), world.hire(location="Bergen")

    assert world.settle() == {"created": 2}
    assert [department_of(world, each) for each in (in_oslo, in_bergen)] == ["SALES", "ENG"]
    assert "departments: Sales: location Bergen" in last_row(world, in_bergen)["rules"]

    world.rippling.relocate(in_oslo["id"], "Bergen")
    world.settle()
    assert department_of(world, in_oslo) == "ENG"


def test_a_row_with_conditions_touches_those_alone_of_whom_they_hold(world: World) -> None:
    in_oslo, in_bergen = world.hire(), world.hire(location="Bergen")
    world.settle()
    there = sum(
        person.facts.get("location", {}).get("name") == "Bergen"
        and person.facts.get("department", {}).get("name") == "Sales"
        for person in world.tables.persons.values()
    )

    assert world.edit_mapping(with_rows(SALES, BERGEN)) == there
    world.drain()

    assert [department_of(world, each) for each in (in_oslo, in_bergen)] == ["SALES", "ENG"]


def test_people_of_whom_no_row_holds_wait_until_one_does(world: World) -> None:
    world.edit_mapping(with_rows(BERGEN))
    world.drain()
    worker = world.hire()

    assert world.settle() == {"waiting": 1}
    oslo = BERGEN.replace("Bergen", "Oslo").replace('ENG, cost_centre: "300"', "FIN")
    assert world.edit_mapping(with_rows(BERGEN, oslo)) >= 1
    world.drain()
    assert department_of(world, worker) == "FIN"


def test_rows_that_hold_equally_make_people_wait_and_a_row_more_sets_them_free(
    world: World,
) -> None:
    world.edit_mapping(with_rows(SALES, BERGEN, FULL))
    world.drain()
    worker = world.hire(location="Bergen")

    assert world.settle() == {"waiting": 1}
    assert "hold equally" in last_row(world, worker)["message"]
    text = with_rows(SALES, BERGEN, FULL)
    answer = world.operator.dispatch({"verb": "mappings check", "text": text})
    told = [each["message"] for each in answer["findings"] if not each["is_warning"]]
    assert any("hold equally" in each and str(worker["number"]) in each for each in told)
    assert any("holds equally with" in e["message"] for e in answer["findings"] if e["is_warning"])

    both = FULL.replace("{employment_type", "{location: Bergen, employment_type")
    world.edit_mapping(with_rows(SALES, BERGEN, FULL, both))
    world.drain()
    assert department_of(world, worker) == "FIN"


def test_a_location_that_is_not_shown_moves_nobody_and_lets_nobody_in(world: World) -> None:
    world.edit_mapping(with_rows(SALES, BERGEN))
    world.drain()
    known = world.hire(location="Bergen")
    world.settle()

    world.rippling.redact.add("location")
    new = world.hire(location="Bergen")
    world.rippling.change(known["id"], title="Something else")
    world.settle()

    assert department_of(world, known) == "ENG"
    row = last_row(world, new)
    assert row["outcome"] == "waiting"
    assert "Rippling does not show the location" in row["message"]

    world.rippling.redact.clear()
    world.tick(full_sweep=True)
    world.drain()
    assert department_of(world, new) == "ENG"


def test_a_diff_names_those_whom_a_condition_moves(world: World) -> None:
    world.hire()
    in_bergen = world.hire(location="Bergen")
    world.settle()

    text = with_rows(SALES, BERGEN)
    answer = world.operator.dispatch({"verb": "mappings diff", "text": text})

    (company,) = answer["companies"]
    assert {
        "who": str(in_bergen["number"]),
        "how": "department SALES -> ENG, cost centre 400 -> 300",
    } in (company["moves"]["first"])
    assert answer["rows"]["added"]["first"] == ["norway, department#Sales: location Bergen"]


def test_an_import_tells_its_warnings(world: World) -> None:
    text = with_rows(SALES, BERGEN, FULL)
    answer = world.operator.dispatch({"verb": "mappings import", "text": text})

    assert answer["ok"]
    assert any("companies.norway.departments[" in each for each in answer["warnings"])


def test_the_people_of_two_legal_entities_in_one_place_get_a_branch_each(world: World) -> None:
    entity = "    branches:\n      - {legal_entity: Nordfab AB, branch: 3}\n    locations:\n"
    with_branches = NORDFAB_MAPPING.replace("    locations:\n", entity, 1)
    assert with_branches != NORDFAB_MAPPING
    world.rippling.add_legal_entity("Nordfab AB", country="NO")
    one, other = world.hire(), world.hire(legal_entity="Nordfab AB")
    world.settle()
    assert [world.employee_of(each)["branch"]["number"] for each in (one, other)] == ["1", "1"]

    world.edit_mapping(with_branches)
    world.drain()

    assert [world.employee_of(each)["branch"]["number"] for each in (one, other)] == ["1", "3"]
    assert "branches: Nordfab AB" in last_row(world, other)["rules"]
    answer = world.operator.dispatch(
        {"verb": "mappings check", "text": with_branches.replace("branch: 3", "branch: 77")}
    )
    told = [each["message"] for each in answer["findings"]]
    assert "branches: Nordfab AB: Visma has no active branch 77" in told


# A reorganisation of 1 January, imported before


OLD_SALES = SALES.replace("Sales, ", "Sales, until: 2026-12-31, ")
NEW_SALES = SALES.replace("Sales, ", "Sales, from: 2027-01-01, ").replace(
    'SALES, cost_centre: "400"', 'FIN, cost_centre: "500"'
)


def of_sales(world: World) -> int:
    return sum(item["department"] == "SALES" for item in world.visma.employees())


def to_new_year(world: World) -> None:
    """A minute before midnight in Oslo."""
    world.clock.moment = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)
    world.tick(full_sweep=True)
    world.drain()


@pytest.fixture
def reorganised(world: World) -> World:
    text = with_rows(OLD_SALES, NEW_SALES).replace("floor: 5", "floor: 50")
    world.edit_mapping(text)
    world.drain()
    return world


def test_a_reorganisation_takes_effect_on_its_day_by_itself(reorganised: World) -> None:
    world = reorganised
    worker = world.hire()
    world.settle()
    assert department_of(world, worker) == "SALES"
    to_new_year(world)
    concerned = of_sales(world)
    assert concerned > 1

    world.clock.turn(minutes=2)
    summary = world.tick()

    assert summary.queued == concerned
    assert world.drain() == {"updated": concerned}
    assert department_of(world, worker) == "FIN"
    assert of_sales(world) == 0
    assert "departments: Sales: from 2027-01-01" in last_row(world, worker)["rules"]


def test_before_and_after_its_day_a_reorganisation_costs_nothing(reorganised: World) -> None:
    world = reorganised
    to_new_year(world)
    for _ in range(3):
        world.clock.turn(minutes=-20)
        assert world.tick().queued == 0

    world.clock.moment = datetime(2027, 1, 1, 0, 1, tzinfo=UTC)
    world.settle()
    for _ in range(4):
        world.clock.turn(minutes=15)
        assert world.tick().queued == 0


def test_a_writer_that_was_warm_at_midnight_goes_by_the_rows_of_the_new_day(
    reorganised: World,
) -> None:
    world = reorganised
    worker = world.hire(department="Finance")
    world.settle()
    to_new_year(world)
    world.rippling.move(worker["id"], department="Sales")

    world.clock.turn(minutes=2)
    world.notice(worker["id"])

    assert "departments: Sales: from 2027-01-01" in last_row(world, worker)["rules"]


def test_more_people_than_may_move_in_a_day_are_held_on_the_day_of_a_reorganisation(
    world: World,
) -> None:
    text = with_rows(OLD_SALES, NEW_SALES).replace("floor: 5", "floor: 0")
    world.edit_mapping(text.replace("move_percent: 25", "move_percent: 1"))
    world.drain()
    for _ in range(3):
        world.hire()
        world.settle()
    to_new_year(world)
    concerned = of_sales(world)

    world.clock.turn(minutes=2)

    assert world.settle() == {"held": concerned}
    assert of_sales(world) == concerned


def test_a_diff_in_december_says_what_happens_on_the_day(world: World) -> None:
    worker = world.hire()
    world.settle()

    text = with_rows(OLD_SALES, NEW_SALES)
    answer = world.operator.dispatch({"verb": "mappings diff", "text": text})

    (company,) = answer["companies"]
    assert company["moves"]["count"] == 0
    (day,) = answer["later"]
    assert day["day"] == "2027-01-01"
    (then,) = day["companies"]
    assert then["moves"]["count"] == of_sales(world)
    moved = {"who": str(worker["number"]), "how": "department SALES -> FIN, cost centre 400 -> 500"}
    assert moved in then["moves"]["first"]


def test_a_plan_in_december_goes_by_the_rows_of_today(world: World) -> None:
    worker = world.hire()
    world.settle()

    text = with_rows(OLD_SALES, NEW_SALES)
    answer = world.operator.dispatch(
        {"verb": "plan", "text": text, "people": [str(worker["number"])]}
    )

    assert answer["ok"], answer
    assert "FIN" not in str(answer)
    later = text.replace("2026-12-31", "2026-10-31").replace("2027-01-01", "2026-11-01")
    answer = world.operator.dispatch(
        {"verb": "plan", "text": later, "people": [str(worker["number"])]}
    )
    assert "FIN" in str(answer)


def test_a_check_in_december_says_who_would_wait_on_the_day(world: World) -> None:
    text = with_rows(OLD_SALES)
    findings = world.operator.dispatch({"verb": "mappings check", "text": text})["findings"]

    (told,) = [each["message"] for each in findings]
    assert told.startswith("from 2027-01-01: no row of the mapping of norway names the Rippling")


def test_an_export_has_the_rows_that_do_not_hold_today(reorganised: World) -> None:
    text = reorganised.operator.dispatch({"verb": "mappings export"})["text"]

    assert "from: '2027-01-01'" in text
    assert "until: '2026-12-31'" in text
    assert reorganised.operator.dispatch({"verb": "mappings import", "text": text})["written"] == 0


def test_a_class_by_pay_that_begins_on_a_day_reaches_everyone_on_it(world: World) -> None:
    band = "{annual_pay: {at_least: 1, currency: NOK}}, from: 2027-01-01"
    rule = f"      - {{when: {band}, employee_class: HOURLY}}\n"
    text = NORDFAB_MAPPING.replace("    employee_classes:\n", f"    employee_classes:\n{rule}")
    assert text != NORDFAB_MAPPING
    world.edit_mapping(text.replace("floor: 5", "floor: 50"))
    world.drain()
    worker = world.hire(annual_salary=700000, currency="NOK")
    world.settle()
    before = world.employee_of(worker)["employeeClass"]["id"]
    to_new_year(world)

    world.clock.turn(minutes=2)
    world.settle()

    assert before != "HOURLY"
    assert world.employee_of(worker)["employeeClass"]["id"] == "HOURLY"
