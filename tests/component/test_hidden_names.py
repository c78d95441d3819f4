"""What Rippling does not show is not gone: it keeps its words while nobody could see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import pytest

from tests.support.loaded import a_loaded_world
from tests.support.world import World

Row: TypeAlias = dict[str, Any]

PEOPLE, DAYS = 40, 5
HOURLY, PART_TIME = "Hourly full-time", "Salaried part-time"


def by_label(world: World) -> None:
    """Loads everyone by a mapping that names an employment type."""
    named = f'{{employment_type: "{HOURLY}"}}'
    text = world.mapping_text.replace("{compensation_time_period: HOURLY}", named)
    assert text != world.mapping_text
    world.edit_mapping(text)
    world.first_load()
    for link in world.operator.dispatch({"verb": "held"})["rows"]:
        request = {"verb": "approve", "people": [link["person"]], "operator": "kari"}
        world.operator.dispatch(request)
    world.drain()
    a_day_later(world)


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=PEOPLE, companies=2, load=by_label) as world:
        yield world


def a_day_later(world: World, days: int = 1) -> None:
    for _ in range(days):
        world.clock.turn(days=1)
        world.tick(full_sweep=True)
        world.drain()


def ticked(world: World) -> None:
    """A tick reads changes alone; somebody who has the name now is among them."""
    world.clock.turn(seconds=700)
    world.poller.run(full_sweep=False)
    world.drain()


def placed(world: World) -> list[tuple[str, ...]]:
    names = ("employeeNumber", "status", "department", "branch", "employeeClass")
    return [
        (company, *(str(row.get(name)) for name in names))
        for company in ("norway", "sweden")
        for row in world.visma.employees(company)
    ]


def is_told(world: World) -> bool:
    """Whether `status` says that rows mean something which is called otherwise now."""
    groups = world.operator.dispatch({"verb": "status"})["groups"]
    return any(each["name"] == "rows_apart" for group in groups for each in group["checks"])


def active(world: World, **fields: object) -> list[Row]:
    return [
        row
        for row in world.rippling.rows("workers")
        if row["status"] == "ACTIVE" and all(row[name] == value for name, value in fields.items())
    ]


# Something is renamed, its people stay in it, and another thing takes its name.


def department(world: World) -> Row:
    world.rippling.rename_department("Sales", "Market")
    new = world.rippling.add_department("Sales")["id"]
    own = world.rippling.department("Production")["id"]
    mover = active(world, department_id=own)[0]
    world.rippling.change(mover["id"], department=new)
    return mover


def location(world: World) -> Row:
    world.rippling.rename_location("Bergen", "Bergen Sandsli")
    world.rippling.add_location("Bergen", country="NO")
    at_oslo = next(
        each["id"] for each in world.rippling.rows("work-locations") if each["name"] == "Oslo"
    )
    mover = next(row for row in active(world) if row["location"].get("work_location_id") == at_oslo)
    world.rippling.relocate(mover["id"], "Bergen")
    return mover


def legal_entity(world: World) -> Row:
    by_name = {row["legal_name"]: row["id"] for row in world.rippling.rows("legal-entities")}
    world.rippling.rename_legal_entity("Nordfab AS", "Nordfab Norge AS")
    new = world.rippling.add_legal_entity("Nordfab AS", "NO")["id"]
    mover = active(world, legal_entity_id=by_name["Nordfab AB"])[0]
    world.rippling.change(mover["id"], legal_entity_id=new)
    return mover


def employment_type(world: World) -> Row:
    types = {row["label"]: row["id"] for row in world.rippling.rows("employment-types")}
    world.rippling.rename_employment_type(HOURLY, "By the hour")
    world.rippling.rename_employment_type(PART_TIME, HOURLY)
    return active(world, employment_type_id=types[PART_TIME])[0]


STORIES: dict[str, Callable[[World], Row]] = {
    "department": department,
    "location": location,
    "legal_entity": legal_entity,
    "employment_type": employment_type,
}
FIELDS = {
    "department": ("department", "department_id"),
    "location": ("location",),
    "legal_entity": ("legal_entity", "legal_entity_id"),
    "employment_type": ("employment_type", "employment_type_id"),
}


def withholds(kind: str, world: World, *, silently: bool = False) -> None:
    world.rippling.redact |= set(FIELDS[kind])
    world.rippling.redacts_silently = silently


def withholds_names(kind: str, world: World) -> None:
    """Only the ids are shown."""
    if kind == "location":
        world.rippling.forbid.add("work-locations")
    else:
        world.rippling.redact.add(kind)


def refuses(kind: str, world: World) -> None:
    if kind == "location":
        world.rippling.forbid.add("work-locations")
    else:
        world.rippling.forbid_expand.add(kind)


def withholds_of(people: list[Row], kind: str, world: World) -> None:
    """Of some people alone, without a word."""
    for row in people:
        world.rippling.odd[row["id"]] = dict.fromkeys(FIELDS[kind])


WAYS: dict[str, Callable[[str, World], None]] = {
    "not hidden": lambda _, __: None,
    "told": withholds,
    "silently": lambda kind, world: withholds(kind, world, silently=True),
    "the name alone": withholds_names,
    "refused": refuses,
    "of some": lambda kind, world: withholds_of(in_the_renamed(kind, world), kind, world),
}


def in_the_renamed(kind: str, world: World) -> list[Row]:
    """Whoever is in what has been renamed, or was."""
    if kind == "location":
        places = {each["name"]: each["id"] for each in world.rippling.rows("work-locations")}
        own = places["Bergen Sandsli"]
        rows = world.rippling.rows("workers")
        return [row for row in rows if (row["location"] or {}).get("work_location_id") == own]
    table, name, word = {
        "department": ("departments", "name", "Market"),
        "legal_entity": ("legal-entities", "legal_name", "Nordfab Norge AS"),
        "employment_type": ("employment-types", "label", "By the hour"),
    }[kind]
    own = next(row["id"] for row in world.rippling.rows(table) if row[name] == word)
    return [row for row in world.rippling.rows("workers") if row[f"{kind}_id"] == own]


@contextmanager
def hidden(kind: str, way: str, world: World) -> Iterator[None]:
    WAYS[way](kind, world)
    yield
    world.rippling.redact.clear()
    world.rippling.forbid.clear()
    world.rippling.forbid_expand.clear()
    world.rippling.odd.clear()
    world.rippling.redacts_silently = False


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", STORIES)
def test_what_is_hidden_for_days_keeps_its_row_and_no_one_moves(
    world: World, kind: str, way: str
) -> None:
    mover = STORIES[kind](world)
    a_day_later(world)
    before = placed(world)
    assert is_told(world)

    with hidden(kind, way, world):
        a_day_later(world, DAYS)
    world.rippling.change(mover["id"], work_email="someone@nordfab.example")
    ticked(world)

    assert placed(world) == before
    assert is_told(world)

    a_day_later(world, DAYS)

    assert placed(world) == before
    assert is_told(world)


def test_people_whom_rippling_no_longer_shows_are_where_they_were(world: World) -> None:
    """They are told as gone, and their department is not empty by that."""
    mover = department(world)
    a_day_later(world)
    before = placed(world)
    rows = world.rippling.tables["workers"]

    unseen = [rows.remove(each["id"]) for each in in_the_renamed("department", world)]
    for _ in range(DAYS):
        world.clock.turn(days=1)
        told = world.tick(full_sweep=True)
        world.drain()
    assert told.sweep == "finished"
    assert any("no longer in Rippling" in each for each in told.problems)
    for row in unseen:
        rows.put(row)
    world.rippling.change(mover["id"], work_email="someone@nordfab.example")
    ticked(world)

    assert placed(world) == before
    assert is_told(world)


def test_a_list_of_departments_that_is_refused_hides_none_of_those_that_people_have(
    world: World,
) -> None:
    """Their rows pass on as ever once nobody is in them."""
    mover = department(world)
    a_day_later(world)
    world.rippling.forbid.add("departments")
    for row in in_the_renamed("department", world):
        world.rippling.change(row["id"], department="People")

    a_day_later(world, DAYS)

    assert world.employee_of(mover)["department"] == "SALES"
    assert not is_told(world)
