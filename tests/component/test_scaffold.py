"""The skeleton of a mapping: refused while it is empty, and a mapping that fits once filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from connector.domain.errors import ConfigurationError
from connector.domain.mapping.file import parse
from tests.simulator.nordfab import UNITS
from tests.support.world import World, a_world

CODES = {unit.name: unit.code for unit in UNITS}
BRANCHES = {"Oslo": "1", "Bergen": "2", "Gardermoen": "3", "Stockholm": "1", "Remote": "1"}


@pytest.fixture
def world() -> Iterator[World]:
    with a_world(people=40) as world:
        yield world


def scaffold(world: World) -> str:
    answer = world.operator.dispatch({"verb": "mappings scaffold"})
    assert answer["ok"], answer
    return str(answer["text"])


def filled(text: str) -> str:
    """The skeleton as a controller fills it in."""
    for name, code in CODES.items():
        text = re.sub(rf'(rippling: "{name}".*\n        department:)', rf"\1 {code}", text)
    for name, branch in BRANCHES.items():
        text = re.sub(rf'(rippling: "{name}".*\n        branch:)', rf"\1 {branch}", text)
    text = re.sub(r"( time_zone:)", r"\1 Europe/Oslo", text)
    text = text.replace("      branch:\n", "      branch: 1\n", 1)
    text = text.replace("      employee_class:\n", "      employee_class: STAFF\n")
    return text.replace("      calendar:\n", "      calendar: NORWAY\n")


def test_an_empty_skeleton_is_refused_for_each_thing_that_is_left_to_fill_in(world: World) -> None:
    text = scaffold(world)

    with pytest.raises(ConfigurationError) as refused:
        parse(text)

    told = refused.value.problems
    assert all("nothing stands here" in each for each in told), told
    empty = [line for line in text.splitlines() if re.search(r"^ +[a-z_]+:\s*(#.*)?$", line)]
    lists = [line for line in empty if re.search(r"(norway|defaults|departments|locations):", line)]
    assert len(told) == len(empty) - len(lists)


def test_a_skeleton_that_is_filled_in_fits_both_systems(world: World) -> None:
    text = filled(scaffold(world))

    answer = world.operator.dispatch({"verb": "mappings check", "text": text})

    assert answer["ok"], answer
    assert answer["findings"] == []
    assert world.operator.dispatch({"verb": "mappings import", "text": text})["ok"]
    assert not {"waiting", "rejected"} & set(world.first_load())


def test_a_skeleton_offers_what_there_is_and_guesses_nothing(world: World) -> None:
    world.visma.add_department("TRADE", "Sales")
    world.visma.add_branch("9", "Closed", active=False)
    text = scaffold(world)

    assert re.search(r'rippling: "Sales"  # \d+ pe.*\n        department:\n', text)
    assert re.search(r'rippling: "Finance"  # .*\n        department:  # FIN is called', text)
    assert "Departments in Visma: " in text
    assert re.search(r"Active branches in Visma: 1, 2, 3\.", text)
    assert "No row needed, the reference code is a Visma department: Management (MGMT)" in text
    assert "Salaried full-time" in text


def test_a_skeleton_needs_no_mapping_and_leaves_nothing_behind(world: World) -> None:
    catalogue = world.cache.catalogue("norway")
    world.mappings = type(world.mappings)(None)
    world.build()

    text = scaffold(world)

    assert "  norway:\n" in text
    assert world.cache.catalogue("norway") == catalogue
    assert world.visma.employees() == []


def test_with_several_companies_the_legal_entities_are_left_to_fill_in() -> None:
    with a_world(people=10, companies=2) as world:
        text = scaffold(world)

    assert "  norway:\n" in text
    assert "  sweden:\n" in text
    assert text.count("    legal_entities:  # such as") == 2
    assert "Nordfab AB, Nordfab AS" in text


def test_names_that_could_leave_their_place_do_not(world: World) -> None:
    name = 'Sales" # {x: y}: *a & \u2028 [b]'
    world.rippling.add_department(name)
    world.hire(department=name)

    text = filled(scaffold(world))
    text = re.sub(r"(x: y.*\n        department:)", r"\1 SALES", text)

    rows = parse(text).companies["norway"].departments
    assert name in [row.rippling for row in rows]
