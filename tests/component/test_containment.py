"""One odd row stops itself only: everyone else's change arrives, whatever the row holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connector.bootstrap import services
from tests.simulation.fate import Fate
from tests.simulation.steps.vendors import ODD_ROWS
from tests.simulation.wire import Vendors, connected
from tests.simulator import platform_shapes as shapes
from tests.simulator.dimensions import show_segment
from tests.simulator.visma_shapes import show_branch, show_department
from tests.support.loaded import a_loaded_world
from tests.support.world import World

ODD: dict[str, Any] = {
    "null": None,
    "true": True,
    "a number": 7,
    "a huge number": 10**400,
    "a fraction": -0.5,
    "a blank": " ",
    "a word": "x",
    "the end of time": "9999-12-31",
    "the beginning of time": "0001-01-01",
    "half of a character": "Berg\ud83d",
    "a long text": "x" * 5_000,
    "a list": [[], None, {"id": 1}],
    "an object": {"id": {}, "name": [], "type": 1, "value": {}},
}


@pytest.fixture(params=[False, True], ids=["REST", "Platform"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with a_loaded_world(people=6, by_platform=request.param, load=with_everyone) as world:
        yield world


def with_everyone(world: World) -> None:
    """Loads those as well whose legal entity is not shown."""
    world.edit_mapping(world.mapping_text.replace('["Nordfab AS"]', '["Nordfab AS", "?"]'))
    world.first_load()


@pytest.mark.parametrize("value", ODD.values(), ids=ODD.keys())
def test_an_odd_member_of_one_row_changes_no_one_else(world: World, value: Any) -> None:
    odd, other = (worker for worker in world.rippling.workers() if worker["number"] in (1001, 1002))
    for place, member in enumerate(members(world, odd)):
        world.rippling.odd = {odd["id"]: {member: value}}
        phone = f"+47 22 00 {place:04}"
        world.rippling.change_user(other["user_id"], mobile=phone)
        before = others(world, odd)

        world.tick(full_sweep=True)
        world.drain()

        assert (member, phones(world, other)) == (member, phone)
        assert (member, others(world, odd)) == (member, before)


def members(world: World, worker: dict[str, Any]) -> list[str]:
    """What a row of the API that is read has."""
    if world.platform:
        return [*shapes.employee(world.rippling, worker, str), "phone", "address"]
    return [*worker, "user", "department", "employment_type", "legal_entity", "compensation"]


def phones(world: World, worker: dict[str, Any]) -> str:
    employee = world.visma.employee(str(worker["number"]))
    assert employee is not None
    return str(employee["contact"]["phone2"])


def others(world: World, odd: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Status, department and class of everybody else."""
    return {
        item["employeeNumber"]: (item["status"], item["department"], str(item["employeeClass"]))
        for item in world.visma.employees()
        if item["employeeNumber"] != str(odd["number"])
    }


# The same of Visma's rows.


@pytest.fixture
def books() -> Iterator[World]:
    with a_loaded_world(people=6) as world:
        yield world


def visma_row(world: World, name: str, value: str) -> dict[str, Any]:
    """A row of Visma's, from wherever it lists it."""
    company = world.visma.company()
    rows = [
        *world.visma.employees(),
        *(show_department(company, each) for each in company.departments.values()),
        *(show_branch(each) for each in company.branches.values()),
        *show_segment(company.dimensions["SUBACCOUNT"], company.cost_centres)["segmentValues"],
    ]
    return next(row for row in rows if row.get(name) == value)


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("employeeNumber", "1001"),
        ("departmentId", "IT"),
        ("number", "2"),
        ("valueId", "310"),
    ],
)
@pytest.mark.parametrize("value", ODD.values(), ids=ODD.keys())
def test_an_odd_member_of_one_row_of_visma_changes_no_one_else(
    books: World, name: str, row: str, value: Any
) -> None:
    other = books.rippling.numbered(1002)
    for place, member in enumerate(visma_row(books, name, row)):
        books.visma.odd = {(name, row): {member: value}}
        phone = f"+47 22 00 {place:04}"
        books.rippling.change_user(other["user_id"], mobile=phone)
        before = others(books, books.rippling.numbered(1001))
        books.clock.turn(hours=1)  # nothing that was cached of Visma is believed any more

        books.tick(full_sweep=True)
        books.drain()

        assert (member, phones(books, other)) == (member, phone)
        books.visma.odd = {}
        assert (member, others(books, books.rippling.numbered(1001))) == (member, before)


# What is no row at all.


@pytest.mark.parametrize("row", ODD_ROWS, ids=str)
def test_what_is_no_row_at_all_stops_neither_a_sweep_nor_the_look_before_it(row: object) -> None:
    with a_loaded_world(people=6) as world:
        answers = Vendors(
            {fake.url: fake for fake in (world.rippling, world.visma)}, Fate(), (row,)
        )
        with connected(answers):
            world.build()
            find = services.poller(world.adapters, world.options)
            other = next(each for each in world.rippling.workers() if each["number"] == 1002)
            world.rippling.change_user(other["user_id"], mobile="+47 22 00 1234")

            told = find.missing_capabilities(find.check())
            find.poller.run(full_sweep=True)
            world.drain()

            assert "next_page" not in {each.name for each in told}
            assert phones(world, other) == "+47 22 00 1234"
