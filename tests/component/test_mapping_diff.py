"""What `mappings diff` foretells, compared with what an import then really does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.nordfab import NORDFAB_MAPPING, NORDFAB_MAPPING_TWO_COMPANIES
from tests.support.world import World, a_world

SALES = '- {rippling: Sales, department: SALES, cost_centre: "400"}'
OSLO = 'rippling: Oslo, branch: "1"'
SCOPE = "scope: {exclude_employment_types: [CONTRACTOR], deactivate_when_out_of_scope: false}"
assert all(words in NORDFAB_MAPPING for words in (SALES, OSLO, SCOPE))
KINDS = ("moves", "releases", "blocks", "excludes", "includes")


@pytest.fixture
def world() -> Iterator[World]:
    with a_world(people=12) as world:
        yield world


def _hire(world: World, **fields: Any) -> str:
    """Someone new; their employee code."""
    return str(world.hire(**{"start_date": "2026-11-02", **fields})["number"])


def _diff(world: World, text: str) -> dict[str, Any]:
    answer = world.operator.dispatch({"verb": "mappings diff", "text": text})
    assert answer["ok"] is True
    return answer


def _of(world: World, text: str, kind: str, company: str = "norway") -> dict[str, str]:
    """Who is listed for a kind, and how."""
    (found,) = (each for each in _diff(world, text)["companies"] if each["company"] == company)
    listed: list[dict[str, str]] = found[kind]["first"]
    assert found[kind]["count"] == len(listed)
    return {each["who"]: each["how"] for each in listed}


def test_the_mapping_itself_does_nothing(world: World) -> None:
    world.first_load()

    answer = _diff(world, NORDFAB_MAPPING)

    (company,) = answer["companies"]
    assert [company[kind]["count"] for kind in KINDS] == [0] * 5
    assert [answer["rows"][word]["count"] for word in ("added", "changed", "removed")] == [0] * 3
    assert (company["hinges_on_pay"], answer["blocked"]) == (0, 0)


def test_whom_a_diff_names_as_moved_the_import_moves_and_nobody_else(world: World) -> None:
    codes = {_hire(world) for _ in range(3)}
    world.first_load()
    text = NORDFAB_MAPPING.replace(OSLO, 'rippling: Oslo, branch: "2"')

    told = _of(world, text, "moves")
    world.edit_mapping(text.replace("floor: 5", "floor: 50"))
    world.drain()

    updated = [
        row for rows in world.tables.audit.values() for row in rows if row["outcome"] == "updated"
    ]
    assert codes <= set(told)
    assert {row["employee_code"] for row in updated} == set(told)
    assert set(told.values()) == {"branch 1 -> 2"}


def test_whom_a_diff_names_as_stranded_the_import_leaves_waiting(world: World) -> None:
    codes = {_hire(world) for _ in range(2)}
    world.first_load()
    text = NORDFAB_MAPPING.replace(SALES, "- {rippling: Sales, department: NOWHERE}")

    told = _of(world, text, "blocks")
    world.edit_mapping(text)
    world.drain()

    waiting = world.operator.dispatch({"verb": "waiting"})["rows"]
    assert codes <= set(told)
    assert {row["employee_code"] for row in waiting} == set(told)
    assert {row["reason"] for row in waiting} == set(told.values())


def test_whom_a_diff_names_as_released_the_import_creates(world: World) -> None:
    world.rippling.add_department("Robotics")
    code = _hire(world, department="Robotics")
    world.first_load()
    row = '- {rippling: Robotics, department: ENG, cost_centre: "300"}'
    text = NORDFAB_MAPPING.replace(SALES, f"{SALES}\n      {row}")

    told = _of(world, text, "releases")
    world.edit_mapping(text)
    world.drain()

    assert set(told) == {code}
    assert "department (none) -> ENG" in told[code]
    assert world.visma.employee(code)["department"] == "ENG"


def test_whom_a_scope_leaves_out_and_takes_in_is_told(world: World) -> None:
    code = _hire(world, country="DK")
    contractor = _hire(world, employment_type="Contractor")
    world.first_load()
    text = NORDFAB_MAPPING.replace(
        SCOPE, "scope: {exclude_employment_types: [], exclude_countries: [DK]}"
    )

    left_out, taken_in = _of(world, text, "excludes"), _of(world, text, "includes")

    assert left_out == {code: "country DK is out of scope in norway"}
    worker = world.rippling.numbered(int(contractor))
    assert f"worker {worker['id']}" in taken_in, "someone without an employee has no code yet"


def test_a_second_company_takes_over_those_whom_it_claims(world: World) -> None:
    world.first_load()
    everyone = {item["employeeNumber"] for item in world.visma.employees()}

    (norway, sweden) = _diff(world, _swedish())["companies"]

    assert {each["who"] for each in norway["moves"]["first"]} == everyone
    assert all("company norway -> sweden" in each["how"] for each in norway["moves"]["first"])
    assert (norway["visma_known"], sweden["visma_known"]) == (True, False)
    assert sweden["blocks"]["count"] == 0


def _swedish() -> str:
    """A mapping in which a company whose Visma was never read takes everyone."""
    claimed = NORDFAB_MAPPING_TWO_COMPANIES.replace('["Nordfab AB"]', '["*"]')
    return claimed.replace('["Nordfab AS"]', '["No one AS"]')


def test_twenty_are_listed_and_all_are_counted(world: World) -> None:
    for _ in range(24):
        _hire(world)
    world.first_load()
    text = NORDFAB_MAPPING.replace(SALES, "- {rippling: Sales, department: NOWHERE}")

    answer = _diff(world, text)

    blocks = answer["companies"][0]["blocks"]
    assert blocks["count"] == answer["blocked"] >= 24
    assert len(blocks["first"]) == 20


def test_a_class_that_hinges_on_pay_is_counted_and_not_guessed(world: World) -> None:
    code = _hire(world)
    world.first_load()
    rule = "- {when: {annual_pay: {at_least: 1, currency: NOK}}, employee_class: HOURLY}"
    text = NORDFAB_MAPPING.replace("    lead_days: 0", f"      {rule}\n    lead_days: 0")

    (company,) = _diff(world, text)["companies"]

    assert company["moves"]["count"] == 0
    assert company["hinges_on_pay"] >= 1
    assert world.visma.employee(code)["employeeClass"]["id"] == "STAFF"


def test_a_diff_before_the_first_import_tells_of_rows_alone() -> None:
    with a_world(people=2) as world:
        for row in list(world.mappings._rows):
            world.mappings._rows.remove(row)

        answer = _diff(world, NORDFAB_MAPPING)

        assert answer["rows"]["added"]["count"] > 10
        assert answer["companies"][0]["moves"]["count"] == 0


def test_a_diff_asks_how_things_are_called_and_for_nobody_and_changes_nothing(world: World) -> None:
    world.first_load()
    before = world.everything_stored(), world.mappings.rows()
    world.clear_journals()

    _diff(world, NORDFAB_MAPPING.replace(OSLO, 'rippling: Oslo, branch: "2"'))

    assert world.vendor_calls() == (2, 0), "the lists of departments and of locations"
    assert (world.everything_stored(), world.mappings.rows()) == before
