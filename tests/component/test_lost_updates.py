"""An update whose answer never came, and then something else is decided: the audit still tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connector.domain.errors import ConfigurationError
from connector.domain.planning import Outcome
from tests.support.crash import dies_untold
from tests.support.loaded import a_loaded_world
from tests.support.overtaken import overtaken
from tests.support.world import World


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=12, companies=2) as world:
        yield world


@pytest.fixture
def worker(world: World) -> dict[str, Any]:
    """Someone whose move arrived in Visma, and whose writer died before it could say so."""
    worker: dict[str, Any] = world.rippling.hire(
        department="Sales",
        location="Oslo",
        employment_type="Salaried full-time",
        legal_entity="Nordfab AS",
    )
    world.settle()
    world.rippling.move(worker["id"], "Finance")
    world.tick()
    dies_untold(world)
    assert world.employee_of(worker)["department"] == "FIN"
    assert _outcomes(world, worker) == [("created", "norway")]
    return worker


def _outcomes(world: World, worker: dict[str, Any]) -> list[tuple[str, str]]:
    rows = world.audit_of(worker["user_id"])
    return [(row["outcome"], row["company"]) for row in rows]


def _is_told(world: World, worker: dict[str, Any]) -> None:
    row = world.audit_of(worker["user_id"])[1]
    assert "the answer to an earlier write had been lost" in row["reason"]
    assert (row["outcome"], row["kind"], row["employee_code"]) == (
        "updated",
        "department",
        str(worker["number"]),
    )
    assert row["differences"] == [{"field": "department", "before": "SALES", "after": "FIN"}]
    assert row["department_after"] == "FIN"
    assert "run" not in row, "the run that finds out is not the one that wrote it"


def leaves(world: World, worker: dict[str, Any]) -> None:
    world.rippling.terminate(worker["id"], "2026-11-20")


def becomes_a_contractor(world: World, worker: dict[str, Any]) -> None:
    world.rippling.change_employment_type(worker["id"], "Contractor")


def goes_to_sweden(world: World, worker: dict[str, Any]) -> None:
    world.rippling.change(worker["id"], legal_entity="Nordfab AB")


def waits_for_a_department(world: World, worker: dict[str, Any]) -> None:
    world.rippling.add_department("Robotics")
    world.rippling.move(worker["id"], "Robotics")


def is_one_of_many(world: World, _: dict[str, Any]) -> None:
    for each in world.rippling.workers():
        world.rippling.move(each["id"], "Management")


@pytest.mark.parametrize(
    ("happen", "then"),
    [
        (leaves, [("deactivated", "norway")]),
        (becomes_a_contractor, [("out_of_scope", "norway")]),
        (is_one_of_many, [("held", "norway")]),
        (goes_to_sweden, [("deactivated", "norway"), ("created", "sweden")]),
        (waits_for_a_department, [("waiting", "norway")]),
    ],
)
def test_what_had_been_written_is_told_before_what_is_done_instead(
    world: World,
    worker: dict[str, Any],
    happen: Callable[[World, dict[str, Any]], None],
    then: list[tuple[str, str]],
) -> None:
    happen(world, worker)
    world.settle()

    assert _outcomes(world, worker)[1:] == [("updated", "norway"), *then]
    _is_told(world, worker)


def test_an_update_that_never_arrived_is_not_told(world: World) -> None:
    worker = world.hire(legal_entity="Nordfab AS")
    world.settle()
    world.rippling.move(worker["id"], "Finance")
    world.visma.faults.reset(method="PUT", path="/v1/employee.*")
    world.settle()
    world.visma.faults.clear()
    world.buried.clear()
    becomes_a_contractor(world, worker)
    world.settle()

    assert _outcomes(world, worker)[1:] == [("out_of_scope", "norway")]


def test_a_writer_that_was_taken_for_dead_tells_what_it_has_written(world: World) -> None:
    worker = world.hire(legal_entity="Nordfab AS")
    world.settle()
    world.rippling.move(worker["id"], "Finance")
    world.tick()
    with overtaken(world, lambda: becomes_a_contractor(world, worker)):
        world.drain()

    assert _outcomes(world, worker)[1:] == [("updated", "norway"), ("out_of_scope", "norway")]
    _is_told(world, worker)


def test_a_write_that_visma_forbids_keeps_nobody_waiting(world: World) -> None:
    """Nothing was written, so that nothing may land: whoever is allowed again goes on at once."""
    worker = world.rippling.rows("workers")[0]
    world.rippling.move(worker["id"], "Finance")
    world.visma.faults.fail(403, method="PUT", path="/v1/employee.*", times=1)
    world.tick()
    with pytest.raises(ConfigurationError):
        world.applier.apply(world.queue.changes[0])

    assert world.applier.apply(world.queue.changes[0]) is Outcome.UPDATED
