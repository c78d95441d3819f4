"""A mapping edit reaches everyone, whatever becomes of its announcement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from connector.adapters.memory import (
    InMemoryAuditLog,
    InMemoryInstallStates,
    InMemoryMappings,
    InMemoryMappingVersions,
)
from connector.adapters.visma.books.ledger import VismaBooks
from connector.bootstrap import operating
from connector.bootstrap.parts import OperatorAdapters
from connector.domain.mapping import file as mapping_file
from connector.domain.mapping.rows import digest
from connector.services.apply.applier import Applier
from connector.services.shared.current_mapping import BELIEVED_SECONDS, CurrentMapping
from tests.simulator.nordfab import nordfab_mapping
from tests.support.loaded import a_loaded_world
from tests.support.world import PollerOf, World, a_world

SALES = 'rippling: Sales, department: SALES, cost_centre: "400"'
FINANCE = 'rippling: Sales, department: FIN, cost_centre: "500"'


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=30, load=settled) as world:
        yield world


def settled(world: World) -> None:
    """Loads everyone, and lets the edit before it be over."""
    world.edit_mapping(world.mapping_text.replace("floor: 5", "floor: 50"))
    world.first_load()
    world.clock.turn(minutes=15)
    assert world.settle() == {}


def edit_unannounced(world: World, text: str) -> None:
    """The rows change, and the event of the stream is lost."""
    world.mapping_text = text
    world.mappings.replace(mapping_file.parse(text))


def departments(world: World) -> set[str]:
    return {item["department"] for item in world.visma.employees()}


def test_an_edit_whose_announcement_was_lost_is_made_up_for_by_the_next_tick(
    world: World,
) -> None:
    assert "SALES" in departments(world)
    edit_unannounced(world, world.mapping_text.replace(SALES, FINANCE))

    world.settle()

    assert "SALES" not in departments(world)


def test_an_edit_that_no_placement_shows_is_made_up_for_as_well(world: World) -> None:
    edit_unannounced(world, world.mapping_text.replace("lead_days: 0", "lead_days: 1"))

    assert world.tick().queued >= len(world.visma.employees())


@pytest.mark.parametrize("is_announced", [True, False])
def test_an_edit_reaches_whoever_has_another_employment_in_the_company(is_announced: bool) -> None:
    with a_world(people=30, companies=2) as world:
        world.first_load()
        worker = next(
            each
            for each in world.rippling.workers()
            if world.tables.persons[each["user_id"]].active_in == ("norway",)
        )
        again = world.rippling.rehire(
            worker["user_id"],
            world.clock.now().date() + timedelta(days=2),
            status="ACCEPTED",
            legal_entity="Nordfab AB",
            department="Sales",
            employment_type="Salaried full-time",
        )
        assert world.settle() == {"scheduled": 1}
        earlier = _with_lead(world.mapping_text, "sweden", days=3)

        if is_announced:
            world.edit_mapping(earlier)
        else:
            edit_unannounced(world, earlier)
        world.settle()

        assert world.tables.persons[worker["user_id"]].active_in == ("sweden",)
        assert world.employee_of(again, "sweden")["status"] == "Active"


def _with_lead(text: str, company: str, days: int) -> str:
    before, name, rules = text.partition(f"  {company}:\n")
    return before + name + rules.replace("lead_days: 0", f"lead_days: {days}")


def test_an_edit_that_crossed_a_write_is_made_up_for(world: World) -> None:
    worker = world.hire(department="Finance")
    world.settle()
    world.rippling.move(worker["id"], department="Sales")
    world.tick()
    change = world.queue.changes.pop()

    crossing = _edited_after_reading(world, world.mapping_text.replace(SALES, FINANCE))
    assert crossing.apply(change) == "updated"
    assert world.employee_of(worker)["department"] == "SALES"
    world.drain()
    for _ in range(3):
        world.clock.turn(minutes=5)
        world.settle()

    assert world.employee_of(worker)["department"] == "FIN"


def test_an_edit_that_was_handled_costs_no_second_message(world: World) -> None:
    world.edit_mapping(world.mapping_text.replace("lead_days: 0", "lead_days: 1"))
    world.drain()

    for _ in range(4):
        world.clock.turn(minutes=5)
        assert world.tick().queued == 0


def _edited_after_reading(world: World, text: str) -> Applier:
    """A writer that loaded the mapping just before it was edited."""
    before = InMemoryMappings(world.mappings.load())
    world.edit_mapping(text)
    mapping = CurrentMapping(before, InMemoryMappingVersions(), world.clock)
    return replace(world.applier, mapping=mapping)


def test_an_edit_of_a_company_reaches_whoever_is_still_active_there_and_belongs_to_another() -> (
    None
):
    stays = nordfab_mapping(2)
    word = "deactivate_when_out_of_scope"
    leaves = stays.replace(f"{word}: false", f"{word}: true", 1)
    assert leaves != stays
    with a_world(people=8, companies=2, mapping_text=stays) as world:
        worker = world.hire(legal_entity="Nordfab AS")
        world.settle()
        world.rippling.change_employment_type(worker["id"], "Contractor")
        world.rippling.change(worker["id"], legal_entity="Nordfab AB")
        world.settle()
        assert world.employee_of(worker)["status"] == "Active"

        world.edit_mapping(leaves)
        world.drain()

        assert world.employee_of(worker)["status"] == "Inactive"


def test_an_import_is_announced_before_it_returns(world: World) -> None:
    text = world.mapping_text.replace("lead_days: 0", "lead_days: 2")

    assert world.operator.dispatch({"verb": "mappings import", "text": text})["ok"]

    assert world.mapping_versions.announced().digest == digest(world.mappings.rows())


def test_an_import_returns_once_every_writer_goes_by_it(world: World) -> None:
    waited: list[float] = []
    kept = OperatorAdapters(
        audit_log=InMemoryAuditLog(world.tables),
        owner_of=lambda _: ("company", "Nordfab"),
        mapping_history=world.mapping_history,
        ledgers=VismaBooks(world.targets),
        books_memory=world.books_memory,
        install_states=InMemoryInstallStates(world.clock),
        webhook_secrets=world.webhook_secrets,
        budgets=world.budgets,
        alarms=world.alarms,
        reports=world.reports,
        poller=PollerOf(world),
    )
    text = world.mapping_text.replace("lead_days: 0", "lead_days: 2")

    operating.mapping_import(world.adapters, kept, waited.append).import_mapping({"text": text})

    assert len(waited) == 1
    assert waited[0] > BELIEVED_SECONDS
