"""A company that left the mapping: whoever is still in it is seen, and can be decided about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from connector.domain.report import open_people
from connector.services.operate.verbs.status import StatusVerb
from tests.support.loaded import a_loaded_world
from tests.support.world import World

LEFT = 10


@pytest.fixture
def whole() -> Iterator[World]:
    """Two companies with their people, a day after the first load."""
    with a_loaded_world(people=40, companies=2, load=with_swedes) as world:
        yield world


def with_swedes(world: World) -> None:
    """Loads everyone, once some have moved to Sweden."""
    workers = world.rippling.rows("workers")
    working = [each for each in workers if each["status"] == "ACTIVE" and not each["end_date"]]
    for worker in working[:LEFT]:
        world.rippling.change(worker["id"], legal_entity="Nordfab AB", location="Stockholm")
    world.first_load()
    world.clock.turn(days=1)


@pytest.fixture
def world(whole: World) -> World:
    """Two companies have become one: Norway takes everyone, and the moves of Sweden are held."""
    whole.edit_mapping(merged(whole))
    assert whole.drain()["held"] == active_in(whole, "sweden") >= LEFT
    return whole


def merged(world: World) -> str:
    """The mapping in which Norway takes everyone, and Sweden is no more."""
    plain = yaml.safe_load(world.mapping_text)
    norway = plain["companies"]["norway"]
    del plain["companies"]["sweden"]
    norway["legal_entities"] = ["*"]
    norway["locations"].append({"rippling": "Stockholm", "branch": "1"})
    return yaml.safe_dump(plain, sort_keys=False)


def guarded(world: World, **guards: Any) -> str:
    """The mapping in which Sweden has these guards."""
    plain = yaml.safe_load(world.mapping_text)
    plain["companies"]["sweden"]["guards"] = guards
    world.mapping_text = yaml.safe_dump(plain, sort_keys=False)
    return world.mapping_text


def say(world: World, verb: str, **arguments: Any) -> dict[str, Any]:
    return world.operator.dispatch({"verb": verb, "operator": "kari", **arguments})


def active_in(world: World, company: str) -> int:
    return sum(each["status"] == "Active" for each in world.visma.employees(company))


def test_who_is_held_in_a_lost_company_is_listed_and_counted(world: World) -> None:
    rows = say(world, "held")["rows"]

    assert [row["company"] for row in rows] == ["sweden"] * active_in(world, "sweden")
    assert {row["kind"] for row in rows} == {"transfer"}
    assert say(world, "held", company="sweden")["rows"] == rows
    assert say(world, "held", people=[rows[0]["number"]])["rows"] == [rows[0]]
    assert say(world, "status")["figures"]["people"]["held"] == len(rows)


def test_a_sweep_counts_who_is_held_in_a_lost_company_and_says_what_to_do(world: World) -> None:
    left = active_in(world, "sweden")
    world.clock.turn(days=2)

    summary = world.tick(full_sweep=True)

    (told,) = summary.problems
    assert told.startswith(f"sweden: the mapping no longer has this company, and {left} people are")
    assert "connector held" in told
    assert world.metrics.gauges["PeopleHeld", "sweden"] == left
    assert world.metrics.gauges["OldestOpenHours", "sweden"] > 24
    assert world.metrics.counts["PeopleStuck"] == left


def test_a_sweep_that_was_cut_short_goes_on_with_the_lost_company(world: World) -> None:
    world.clock.remaining = 100.0
    told: list[str] = []

    summary = world.tick(full_sweep=True)
    assert summary.sweep == "cut short"
    while summary.sweep == "cut short":
        summary = world.tick()
        told += summary.problems

    assert len(told) == 1
    assert world.metrics.gauges["PeopleHeld", "sweden"] == active_in(world, "sweden")


def test_a_run_that_is_held_in_a_lost_company_is_approved_and_carried_out(world: World) -> None:
    run, left = say(world, "held")["rows"][0]["run"], active_in(world, "sweden")
    before = active_in(world, "norway")

    assert say(world, "approve", run=run)["queued"] == left
    world.drain()

    assert active_in(world, "sweden") == 0
    assert active_in(world, "norway") == before + left
    assert say(world, "held")["rows"] == []
    assert world.tick(full_sweep=True).problems == []


def test_who_is_rejected_in_a_lost_company_is_listed_and_can_be_taken_back(world: World) -> None:
    rows = say(world, "held")["rows"]
    person = rows[0]["person"]

    assert say(world, "reject", people=[person])["queued"] == 1
    world.drain()
    assert [row["person"] for row in say(world, "rejected")["rows"]] == [person]
    assert len(say(world, "held")["rows"]) == len(rows) - 1

    assert say(world, "rejected take-back", people=[person])["queued"] == 1
    world.drain()
    assert say(world, "rejected")["rows"] == []


def test_a_plan_foretells_the_move_out_of_a_lost_company_and_applies_it(world: World) -> None:
    people = [each for each in say(world, "plan")["people"] if each["kind"] == "transfer"]

    assert len(people) == active_in(world, "sweden")
    assert {each["outcome"] for each in people} == {"held"}
    wanted = [[each["person"], each["company"], each["digest"], each["number"]] for each in people]
    say(world, "apply", wanted=wanted)
    world.drain()
    assert active_in(world, "sweden") == 0


def test_who_is_left_in_a_lost_company_is_found_by_the_code_of_their_employee(world: World) -> None:
    row = say(world, "held")["rows"][0]

    assert say(world, "explain", person=row["employee_code"])["person"] == row["person"]
    assert say(world, "personal-data", person=row["employee_code"])["ok"]


def test_the_month_counts_who_is_held_in_a_lost_company(world: World) -> None:
    sections = say(world, "report")["sections"]

    (needs,) = (each["needs_human"] for each in sections if each["key"] == open_people.KEY)
    assert needs


def by_the_releaser(world: World, text: str) -> None:
    world.edit_mapping(text)


def by_a_tick(world: World, text: str) -> None:
    world.edit_mapping_unheard(text)
    world.mapping_text = text
    world.tick()


def by_an_import(world: World, text: str) -> None:
    """And no one has been told of the edit before."""
    assert say(world, "mappings import", text=text, yes=True)["ok"]


EDITED = [by_the_releaser, by_a_tick, by_an_import]


@pytest.mark.parametrize("edit", EDITED)
def test_where_two_had_to_approve_one_is_not_enough_once_the_company_has_left(
    whole: World, edit: Callable[[World, str], None]
) -> None:
    edit(whole, guarded(whole, approvers=2))
    edit(whole, merged(whole))
    whole.tick()
    whole.drain()
    run, left = say(whole, "held")["rows"][0]["run"], active_in(whole, "sweden")

    first = say(whole, "approve", run=run)
    whole.drain()
    assert (first["queued"], first["seconded_later"]) == (0, left)
    assert active_in(whole, "sweden") == left

    second = say(whole, "approve", run=run, operator="ola")
    whole.drain()
    assert (second["queued"], second["seconded_later"]) == (left, 0)
    assert active_in(whole, "sweden") == 0


def test_where_two_had_to_apply_a_plan_one_is_not_enough_once_the_company_has_left(
    whole: World,
) -> None:
    whole.edit_mapping(guarded(whole, approvers=2))
    whole.edit_mapping(merged(whole))
    whole.drain()
    left = active_in(whole, "sweden")
    people = [each for each in say(whole, "plan")["people"] if each["kind"] == "transfer"]
    wanted = [[each["person"], each["company"], each["digest"], each["number"]] for each in people]

    first = say(whole, "apply", wanted=wanted)
    whole.drain()

    assert len(first["refused"]) == left
    assert active_in(whole, "sweden") == left


def test_a_limit_that_was_set_low_stays_low_once_the_company_has_left(whole: World) -> None:
    persons = sorted(whole.tables.persons.values(), key=lambda each: each.id)
    few = [each.worker_id for each in persons if each.active_in == ("sweden",)][:3]
    whole.edit_mapping(guarded(whole, floor=1, transfer_percent=1))
    plain = yaml.safe_load(merged(whole))
    plain["companies"]["norway"]["legal_entities"] = ["Nordfab AS"]
    whole.edit_mapping(yaml.safe_dump(plain, sort_keys=False))
    whole.drain()

    for worker in few:
        whole.rippling.change(worker, legal_entity="Nordfab AS", location="Oslo")
    outcomes = whole.settle()

    assert outcomes["held"] == len(few)


@pytest.fixture
def unclaimed(whole: World) -> World:
    """Sweden is no more, and no company claims its legal entity: nobody is held or moved."""
    plain = yaml.safe_load(whole.mapping_text)
    del plain["companies"]["sweden"]
    whole.edit_mapping(yaml.safe_dump(plain, sort_keys=False))
    whole.drain()
    assert say(whole, "held")["rows"] == []
    assert active_in(whole, "sweden") >= LEFT
    return whole


def left_behind(world: World) -> list[dict[str, Any]]:
    """What the screen says of companies that left the mapping."""
    groups = say(world, "status")["groups"]
    checks = [check for group in groups for check in group["checks"]]
    return [check for check in checks if check["name"] == "left_behind"]


def test_whom_nobody_claims_in_a_lost_company_needs_a_human(unclaimed: World) -> None:
    left = active_in(unclaimed, "sweden")

    (told,) = left_behind(unclaimed)

    assert told["level"] == "warning"
    assert told["message"].startswith(f"{left} people are active in sweden, which is no longer in")
    assert "have another one claim its legal entities" in told["message"]
    assert StatusVerb().needs_attention(status := say(unclaimed, "status"))
    assert status["figures"]["left_behind"] == {"sweden": left}
    (line,) = (each for each in connector_checks(unclaimed) if each["name"] == "people")
    assert (line["level"], f"{left} left in sweden" in line["message"]) == ("warning", True)


def connector_checks(world: World) -> list[dict[str, Any]]:
    """What `ping` says of the connector itself."""
    systems = say(world, "ping")["systems"]
    return [check for each in systems if each["system"] == "connector" for check in each["checks"]]


def test_who_is_left_in_a_lost_company_for_more_than_a_day_rings(unclaimed: World) -> None:
    left = active_in(unclaimed, "sweden")
    unclaimed.clock.turn(hours=23)
    unclaimed.tick(full_sweep=True)
    assert unclaimed.metrics.counts["PeopleStuck"] == 0
    unclaimed.drain()
    unclaimed.clock.turn(hours=25)

    (told,) = unclaimed.tick(full_sweep=True).problems

    assert unclaimed.metrics.counts["PeopleStuck"] == left
    assert "connector held" not in told
    assert "another one that claims its legal entities" in told


def test_whoever_ends_in_a_lost_company_that_nobody_claims_is_left_there_no_longer(
    unclaimed: World,
) -> None:
    today = unclaimed.clock.now().date()
    for person in unclaimed.ledger.persons():
        if "sweden" in person.active_in:
            unclaimed.rippling.terminate(person.worker_id, today)
            unclaimed.rippling.change(person.worker_id, status="TERMINATED")
    unclaimed.settle()
    unclaimed.clock.turn(days=1)
    unclaimed.tick(full_sweep=True)
    unclaimed.drain()
    assert len(say(unclaimed, "held")["rows"]) == active_in(unclaimed, "sweden") > 0
    say(unclaimed, "approve", people=[row["person"] for row in say(unclaimed, "held")["rows"]])
    unclaimed.drain()

    assert active_in(unclaimed, "sweden") == 0
    assert left_behind(unclaimed) == []


def test_whose_legal_entity_another_company_claims_is_left_there_no_longer(
    unclaimed: World,
) -> None:
    plain = yaml.safe_load(unclaimed.mapping_text)
    plain["companies"]["norway"]["legal_entities"].append("Nordfab AB")
    plain["companies"]["norway"]["locations"].append({"rippling": "Stockholm", "branch": "1"})
    unclaimed.edit_mapping(yaml.safe_dump(plain, sort_keys=False))
    unclaimed.drain()
    say(unclaimed, "approve", people=[row["person"] for row in say(unclaimed, "held")["rows"]])
    unclaimed.drain()

    assert left_behind(unclaimed) == []
