"""Whatever is marked as handled has been looked at: an edit that is lost is made up for.

Each story has an edit that nobody hears of, and another one that is handled before the next tick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import yaml

from connector.adapters.memory import InMemoryMappings, InMemoryMappingVersions
from connector.domain.mapping.versions import HandledMapping
from connector.domain.people import Facts
from connector.domain.report.decisions import MAPPING_KEY
from connector.services.foresee.agreement import OLDER_MAPPING
from connector.services.shared.current_mapping import CurrentMapping
from tests.simulator.nordfab import nordfab_mapping
from tests.support.loaded import a_loaded_world
from tests.support.world import World

Edit = Callable[[dict[str, Any]], None]
"""What an edit does to the companies of the mapping."""

OFFICE = {"line1": "Kontorgata 1", "postal_code": "5003", "city": "Bergen", "country": "NO"}


@pytest.fixture
def world() -> Iterator[World]:
    """Two companies, loaded a while ago, whose edits are held by no guard."""
    with a_loaded_world(people=30, companies=2, load=settled, mapping_text=unguarded()) as world:
        yield world


def unguarded() -> str:
    return nordfab_mapping(2).replace("floor: 5", "floor: 50")


def settled(world: World) -> None:
    """Loads everyone, and lets the edit before it be over."""
    world.first_load()
    world.clock.turn(minutes=15)
    assert world.settle() == {}


def edited(world: World, edit: Edit) -> str:
    plain = yaml.safe_load(world.mapping_text)
    edit(plain["companies"])
    return yaml.safe_dump(plain, sort_keys=False)


def lose(world: World, edit: Edit) -> None:
    world.edit_mapping_unheard(edited(world, edit))


def hear(world: World, edit: Edit) -> int:
    return world.edit_mapping(edited(world, edit))


def put(company: str, **rules: Any) -> Edit:
    return lambda companies: companies[company].update(rules)


def row(kind: str, rippling: str, company: str = "norway", **values: Any) -> Edit:
    """One row of a company says something else, or is a new one."""

    def edit(companies: dict[str, Any]) -> None:
        rows = companies[company][kind]
        before = next((each for each in rows if each["rippling"] == rippling), None)
        if before is None:
            rows.append({"rippling": rippling, **values})
        else:
            before.update(values)

    return edit


LOST = {
    "an owner": put("norway", fields={"contact.phone2": "visma"}),
    "the settings": put("norway", lead_days=3),
    "the scope": put("norway", scope={"deactivate_when_out_of_scope": True}),
    "an address": row("locations", "Oslo", address=OFFICE),
}
HEARD = {
    "a department": row("departments", "Sales", department="FIN", cost_centre="500"),
    "a location": row("locations", "Bergen", branch="3"),
    "an address of another location": row("locations", "Bergen", address=OFFICE),
    "a new row": row("locations", "Tromsø", branch="2"),
    "a row of branches": put(
        "norway", branches=[{"legal_entity": "Nordfab Nord AS", "branch": "2"}]
    ),
    "another company": put("sweden", lead_days=2),
}


def everyone_in(world: World, company: str) -> set[str]:
    people = world.tables.persons.items()
    return {person for person, each in people if each.placement.get("company") == company}


def looked_at(world: World) -> set[str]:
    """Whom the next ticks look at, and the writer after them."""
    world.tick()
    people = {str(change.person_id) for change in world.queue.changes}
    world.drain()
    return people


@pytest.mark.parametrize("heard", HEARD.values(), ids=HEARD)
@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
def test_a_lost_edit_is_made_up_for_whatever_edit_is_heard_after_it(
    world: World, lost: Edit, heard: Edit
) -> None:
    lose(world, lost)
    hear(world, heard)
    world.drain()

    assert looked_at(world) >= everyone_in(world, "norway")
    assert looked_at(world) == set(), "and once is enough"


def test_the_other_batches_of_an_import_do_not_make_up_for_the_one_that_failed(
    world: World,
) -> None:
    """The stream brings the rows of one import in several batches, and any may fail for good."""
    for edit in (LOST["an owner"], *HEARD.values()):
        lose(world, edit)

    world.releaser.release(world.mappings.load(), [("norway", "location#Bergen")])
    world.drain()

    assert looked_at(world) >= everyone_in(world, "norway")


def test_a_lost_change_of_owner_reaches_visma_after_another_edit_was_heard(world: World) -> None:
    hear(world, LOST["an owner"])
    world.drain()
    worker = world.hire()
    world.settle()
    user = next(each for each in world.rippling.rows("users") if each["id"] == worker["user_id"])
    phones = [{**each, "value": "+47 999 99 999"} for each in user["phone_numbers"]]
    world.rippling.change_user(worker["user_id"], phone_numbers=phones)
    world.settle()
    assert world.employee_of(worker)["contact"]["phone2"] != "+47 999 99 999"

    lose(world, put("norway", fields={}))
    hear(world, HEARD["a location"])
    world.settle()

    assert world.employee_of(worker)["contact"]["phone2"] == "+47 999 99 999"


def test_a_company_that_comes_back_with_other_rules_is_looked_at(world: World) -> None:
    before = world.mapping_text
    hear(world, lambda companies: companies.pop("sweden"))
    world.mapping_text = before
    lose(world, put("sweden", fields={"contact.phone2": "visma"}))
    hear(world, HEARD["a department"])
    world.drain()

    assert looked_at(world) >= everyone_in(world, "sweden") != set()


@pytest.mark.parametrize("heard", ["a department", "another company"])
def test_what_was_never_handled_is_not_taken_for_handled(world: World, heard: str) -> None:
    """As after an upgrade, or where no tick has come to its end since the first one."""
    world.mapping_versions.save_handled(HandledMapping())
    lose(world, LOST["an owner"])
    hear(world, HEARD[heard])
    world.drain()

    assert looked_at(world) >= everyone_in(world, "norway")


# Whatever a row of a location does to its people, they are looked at.


def at_bergen(world: World) -> set[str]:
    facts = {each.id: Facts.from_json(each.facts) for each in world.ledger.persons()}
    return {person for person, each in facts.items() if "Bergen" in each.location.keys}


def in_one_office(world: World) -> set[str]:
    """The people of Bergen in Norway, none of whom has anything in Visma but a home address."""
    people = at_bergen(world) & everyone_in(world, "norway")
    assert people
    return people


def heard_about(world: World, edit: Edit) -> set[str]:
    """An edit is heard; whom the releaser looks at."""
    hear(world, edit)
    people = {str(change.person_id) for change in world.queue.changes}
    world.drain()
    return people


def without_row(rippling: str) -> Edit:
    def edit(companies: dict[str, Any]) -> None:
        rows = companies["norway"]["locations"]
        rows[:] = [each for each in rows if each["rippling"] != rippling]

    return edit


def test_a_new_row_that_gives_but_an_address_reaches_the_people_of_the_location(
    world: World,
) -> None:
    people = in_one_office(world)
    hear(world, lambda all_of: all_of["norway"]["defaults"].update(branch="2"))
    hear(world, without_row("Bergen"))
    looked_at(world)

    assert heard_about(world, row("locations", "Bergen", branch="2", address=OFFICE)) == people
    assert looked_at(world) == set()


def test_a_row_by_id_that_goes_before_one_by_name_reaches_its_people(world: World) -> None:
    people = in_one_office(world)
    places = world.rippling.rows("work-locations")
    (place,) = (each["id"] for each in places if each["name"] == "Bergen")

    assert heard_about(world, row("locations", place, branch="2", address=OFFICE)) == people
    assert looked_at(world) == set()


def test_a_row_for_a_time_is_known_by_its_word_whatever_stands_behind_it(world: World) -> None:
    """Somebody who enters rows by hand may call `until` of a row as they like."""
    people = in_one_office(world)
    until = {"rippling": "Bergen", "branch": "2", "until": "2030-12-31"}
    by_hand = {"company": "norway", "rule": "location#Bergen: at first", **until}
    enter(world, by_hand, ("norway", "location#Bergen"))
    heard_rows(world, "location#Bergen", by_hand["rule"])

    enter(world, {**by_hand, "address": OFFICE}, ("norway", by_hand["rule"]))

    assert heard_rows(world, by_hand["rule"]) == people
    assert looked_at(world) == set()


def enter(world: World, row: dict[str, Any], instead_of: tuple[str, str]) -> None:
    """Somebody writes a row of the table by hand, in the place of another."""
    others = [
        each for each in world.mappings.rows() if (each["company"], each["rule"]) != instead_of
    ]
    world.mappings._rows = [*others, row]


def heard_rows(world: World, *rules: str) -> set[str]:
    """The releaser hears of these rows of Norway; whom it looks at."""
    world.releaser.release(world.mappings.load(), [("norway", rule) for rule in rules])
    people = {str(change.person_id) for change in world.queue.changes}
    world.drain()
    return people


# What is handled is queued, and what is queued is not forgotten.


def test_an_edit_reaches_whoever_is_being_dealt_with_because_of_the_one_before(
    world: World,
) -> None:
    """The writer has read the mapping before the edit, and ends after it."""
    hear(world, LOST["an owner"])
    change = world.queue.changes.pop()
    before = InMemoryMappings(world.mappings.load())
    hear(world, put("norway", fields={}))
    mapping = CurrentMapping(before, InMemoryMappingVersions(), world.clock)
    assert replace(world.applier, mapping=mapping).apply(change) == "unchanged"

    assert change.person_id in {each.person_id for each in world.queue.changes}


def test_an_edit_is_asked_about_once_however_often_it_is_heard_of(world: World) -> None:
    assert hear(world, LOST["an owner"]) > 0
    edit = [("norway", "field#contact.phone2")]

    assert world.releaser.release(world.mappings.load(), edit) == 0


# Nothing says that all is well before everyone has been looked at.


def told(world: World) -> list[str]:
    """What `connector reconcile` has to say of the mapping."""
    problems = world.operator.dispatch({"verb": "reconcile"})["problems"]
    return [each for each in problems if each == OLDER_MAPPING]


def is_everywhere(world: World) -> bool:
    """Whether the month-end report takes the mapping for in force everywhere."""
    sections = world.operator.dispatch({"verb": "report"})["sections"]
    (needs,) = (each["needs_human"] for each in sections if each["key"] == MAPPING_KEY)
    return not needs


def test_whoever_asks_before_the_next_tick_is_told_of_the_lost_edit(world: World) -> None:
    lose(world, LOST["an owner"])
    hear(world, HEARD["a location"])
    world.drain()
    assert told(world)
    assert not is_everywhere(world)

    looked_at(world)

    assert told(world) == []
    assert is_everywhere(world)


def test_a_row_of_a_day_to_come_is_no_edit_that_is_still_to_be_looked_at(world: World) -> None:
    hear(world, row("locations", "Tromsø", branch="2", **{"from": "2030-01-01"}))
    world.drain()
    looked_at(world)

    assert told(world) == []
    assert is_everywhere(world)
