"""Whoever waits for a word that nobody can tell, and is out of scope once it is settled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.component.test_names_changing_hands import a_day_later, exchanged, imported, swap_in
from tests.simulator.nordfab import nordfab_mapping
from tests.support.loaded import a_loaded_world
from tests.support.world import World, a_world

PLAIN = "exclude_employment_types: [CONTRACTOR], deactivate"
EXCLUDING = "exclude_employment_types: [CONTRACTOR], exclude_departments: [Engineering], deactivate"


def rows(world: World) -> list[dict[str, Any]]:
    """Who waits, but for what a department row of two things is about."""
    waiting = world.operator.dispatch({"verb": "waiting"})["rows"]
    return [row for row in waiting if any(key.startswith("fact#") for key in row["waiting_for"])]


@pytest.fixture
def engineers() -> Iterator[World]:
    """Engineering is out of scope; its name is swapped with that of IT, and the table edited."""
    text = nordfab_mapping(1).replace(PLAIN, EXCLUDING)
    assert text != nordfab_mapping(1)
    with a_loaded_world(people=60, mapping_text=text) as world:
        a_day_later(world)
        swap_in(world, "department", "Engineering", "IT")
        world.edit_mapping(
            text.replace("exclude_departments: [Engineering]", "exclude_departments: [IT]")
        )
        world.drain()
        a_day_later(world)
        yield world


def test_what_they_wait_for_is_that_the_word_is_settled(engineers: World) -> None:
    waiting = rows(engineers)
    in_visma = {each["department"] for each in engineers.visma.employees()}
    assert "ENG" not in in_visma, "nobody who was out of scope is created by a guess"

    assert len(waiting) > 1
    assert {row["reason"] for row in waiting} == {
        "the rows with the department IT were edited while departments were renamed, or imported"
        " for another one of that name; import the mapping by the names of today, again if it has"
        " them, or name it by its id"
    }


def test_nobody_is_looked_at_while_nothing_is_settled(engineers: World) -> None:
    a_day_later(engineers)

    engineers.clock.turn(minutes=5)
    summary = engineers.tick(full_sweep=True)

    assert (summary.queued, summary.released) == (0, 0)


def test_who_is_out_of_scope_once_it_is_settled_waits_no_longer(engineers: World) -> None:
    before = rows(engineers)
    imported(engineers, engineers.mapping_text)

    engineers.clock.turn(minutes=5)
    engineers.tick()
    engineers.drain()

    assert rows(engineers) == []
    for row in before:
        told = engineers.audit_of(row["person"])[-1]
        assert (told["outcome"], told["reason"]) == (
            "out_of_scope",
            "department IT is out of scope in norway",
        )


def test_so_does_who_waits_for_a_legal_entity_and_is_left_out_by_another_fact() -> None:
    with a_world(people=40, companies=2) as world:
        world.first_load()
        a_day_later(world)
        swap_in(world, "legal_entity", "Nordfab AS", "Nordfab AB")
        text = exchanged(world.mapping_text, "Nordfab AS", "Nordfab AB")
        imported(world, text)
        a_day_later(world, 3)
        contractors = rows(world)
        assert contractors
        imported(world, text)

        a_day_later(world)

        assert rows(world) == []
        told = world.audit_of(contractors[0]["person"])[-1]
        assert told["reason"] == "employment type CONTRACTOR is out of scope in norway"


def test_who_waited_for_the_word_alone_is_found_by_the_next_tick_after_the_import() -> None:
    """An import that edits no row announces nothing: those who wait are looked at all the same."""
    with a_world(people=40, companies=2) as world:
        world.first_load()
        a_day_later(world)
        swap_in(world, "legal_entity", "Nordfab AS", "Nordfab AB")
        text = exchanged(world.mapping_text, "Nordfab AS", "Nordfab AB")
        imported(world, text)
        a_day_later(world, 3)
        hired = world.hire(legal_entity="Nordfab AB", location="Oslo")
        untold = world.hire(legal_entity_id=None)
        world.settle()
        waiting = {hired["user_id"], untold["user_id"]}
        assert waiting <= {row["person"] for row in rows(world)}
        world.clock.turn(minutes=5)
        assert world.tick().released == 0
        imported(world, text)

        world.clock.turn(minutes=5)
        summary = world.tick()
        world.drain()

        assert summary.released >= 1
        assert world.audit_of(hired["user_id"])[-1]["outcome"] == "created"
        assert untold["user_id"] in {row["person"] for row in rows(world)}
        world.clock.turn(minutes=5)
        assert world.tick().released == 0, "nobody is looked at again for what is settled"


def test_what_nobody_can_tell_is_nowhere_said_to_be_hidden_by_rippling() -> None:
    with a_world(people=40, companies=2) as world:
        world.first_load()
        a_day_later(world)
        swap_in(world, "legal_entity", "Nordfab AS", "Nordfab AB")
        imported(world, exchanged(world.mapping_text, "Nordfab AS", "Nordfab AB"))
        a_day_later(world)
        assert rows(world)

        findings = world.operator.dispatch({"verb": "mappings check"})["findings"]
        told = [each["message"] for each in findings if "Nordfab A" in each["message"]]
        sections = world.operator.dispatch({"verb": "report"})["sections"]
        (needs,) = (each["needs_human"] for each in sections if each["key"] == "dimensions")

        assert any("nobody can tell which" in each for each in told)
        assert not any("does not show" in each for each in told), told
        about = [each for each in needs if "legal entit" in each]
        assert about
        assert all("import the mapping by the names of today, again if" in each for each in about)
