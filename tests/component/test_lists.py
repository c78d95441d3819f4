"""Every list of people: one view of a person, the same ways to name one, and no silence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connector.services.foresee.hashed import unnamed
from connector.services.operate.verbs import VERBS
from connector.services.operate.verbs.lists.people import PeopleList
from connector.services.operate.verbs.view import Line
from tests.support.loaded import a_loaded_world
from tests.support.world import World

LISTS = {verb.name: verb for verb in VERBS if isinstance(verb, PeopleList)}


@pytest.fixture(scope="module")
def cast() -> dict[str, dict[str, Any]]:
    return {}


@pytest.fixture(scope="module")
def world(cast: dict[str, dict[str, Any]]) -> Iterator[World]:
    """Somebody on each list, in a company with many whom nothing is open with."""
    with a_loaded_world(people=60, companies=2) as world:
        world.rippling.add_department("Robotics")
        hire: dict[str, Any] = {"legal_entity": "Nordfab AS"}
        cast["waiting"] = world.hire(**hire, department="Robotics")
        cast["scheduled"] = world.hire(**hire, status="ACCEPTED", start_date="2026-12-01")
        refused = world.hire(**hire)
        world.visma.add_employee(
            str(refused["number"]), company="norway", **{"contact.email": "another@example.no"}
        )
        cast["rejected"] = refused
        renumbered = world.hire(**hire)
        world.settle()
        code = str(renumbered["number"])
        world.visma.remove_employee(code, company="norway")
        world.visma.add_employee(code, company="norway", **{"contact.email": "stranger@example.no"})
        world.rippling.change(renumbered["id"], department="Finance")
        world.settle()
        cast["conflicts"] = renumbered
        staff = [each for each in world.rippling.workers() if each["status"] == "ACTIVE"]
        for worker in staff[:14]:
            world.rippling.terminate(worker["id"], "2026-11-23")
        world.settle()
        cast["held"] = staff[0]
        yield world


def listed(world: World, name: str, **arguments: Any) -> list[dict[str, Any]]:
    answer = world.operator.dispatch({"verb": name, **arguments})
    assert answer["ok"], answer
    found: list[dict[str, Any]] = answer["rows"]
    return found


def test_there_is_a_verb_for_everything_that_may_be_open() -> None:
    of = {name for verb in LISTS.values() for name in verb.of}
    assert of == {"waiting", "held", "rejected", "left", "scheduled", "conflicts"}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_shows_number_company_department_since_when_and_why(
    world: World, cast: dict[str, dict[str, Any]], name: str
) -> None:
    worker = cast[name]
    row = next(row for row in listed(world, name) if row["person"] == worker["user_id"])

    assert row["number"] == str(worker["number"])
    assert row["company"] == "norway"
    assert row["department"]
    assert row["since"].startswith("2026-11-24")
    assert row["reason"]
    shown = LISTS[name].view({"rows": [row], "windows": []})[0]
    (cells,) = shown.rows  # type: ignore[union-attr]
    assert {row["number"], row["department"], "norway", "2026-11-24"} <= set(cells)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("way", ["number", "id", "user_id", "work_email"])
def test_a_list_is_narrowed_to_people_named_in_any_way(
    world: World, cast: dict[str, dict[str, Any]], name: str, way: str
) -> None:
    named = unnamed(str(cast[name][way]))
    rows = listed(world, name, people=[named])

    assert {row["person"] for row in rows} == {cast[name]["user_id"]}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_narrowed_to_a_company(world: World, name: str) -> None:
    both = listed(world, name)
    norway = listed(world, name, company="norway")
    sweden = listed(world, name, company="sweden")

    assert sorted(map(str, [*norway, *sweden])) == sorted(map(str, both))
    assert {row["company"] for row in norway} == {"norway"}


@pytest.mark.parametrize("name", [*LISTS, "duplicates"])
def test_unknown_people_and_companies_are_refused_all_at_once_with_the_nearest(
    world: World, cast: dict[str, dict[str, Any]], name: str
) -> None:
    near = f"{cast['held']['number']}9"
    answer = world.operator.dispatch({"verb": name, "people": ["nobody", near]})
    assert answer["ok"] is False
    assert [each.split(",")[0] for each in answer["problems"]] == [
        "nobody is known by nobody",
        f"nobody is known by {near}",
    ]
    assert str(cast["held"]["number"]) in answer["problems"][1]
    elsewhere = world.operator.dispatch({"verb": name, "company": "finland"})
    assert elsewhere["ok"] is False
    assert "there is no company finland" in elsewhere["problems"][0]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_a_human_has_to_look_at_ends_with_exit_code_1(world: World, name: str) -> None:
    needs = LISTS[name].needs_attention({"rows": listed(world, name)})
    assert needs is (name != "scheduled")


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list_says_so_in_a_sentence_and_needs_no_one(
    world: World, cast: dict[str, dict[str, Any]], name: str
) -> None:
    other = next(worker for kind, worker in cast.items() if kind != name)
    result = {"rows": listed(world, name, people=[other["user_id"]]), "windows": []}

    told = [part.text for part in LISTS[name].view(result) if isinstance(part, Line)]
    assert result["rows"] == []
    assert told == [f"Nobody is {LISTS[name].what}."]
    assert LISTS[name].needs_attention(result) is False


def test_whom_an_operator_rejected_stands_beside_whom_visma_refused_and_needs_no_one(
    world: World, cast: dict[str, dict[str, Any]]
) -> None:
    held = listed(world, "held")[-1]
    world.operator.dispatch({"verb": "reject", "people": [held["person"]], "operator": "anna"})
    world.drain()

    by = {row["person"]: row["by"] for row in listed(world, "rejected")}
    assert by[held["person"]] == "an operator"
    assert by[cast["rejected"]["user_id"]] == "Visma or a check"
    left = listed(world, "rejected", people=[held["person"]])
    assert LISTS["rejected"].needs_attention({"rows": left}) is False


def test_duplicates_are_narrowed_to_a_person_and_tell_departments_and_since_when(
    world: World,
) -> None:
    one = world.hire(legal_entity="Nordfab AS")
    world.settle()
    world.visma.add_employee(
        "9001", company="norway", department="FIN", **{"contact.email": one["work_email"]}
    )
    (row,) = listed(world, "duplicates", people=[str(one["number"])])

    assert row["codes"] == sorted([str(one["number"]), "9001"])
    assert row["departments"] == ["FIN", "SALES"]
    assert row["since"].startswith("2026-11-24")
