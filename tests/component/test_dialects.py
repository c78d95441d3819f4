"""Every dialect of the vendors ends in the same Visma state.

One journey is made in the published dialect, in each that deviates once, and so that any two
deviations meet; by each API of Rippling. CONNECTOR_DIALECTS=all adds every combination of each
vendor's.
"""

from __future__ import annotations

import os
from typing import Any, TypeAlias

import pytest

from connector.domain.planning import Outcome
from connector.services.shared.names import RememberingSource
from tests.simulator import Visma
from tests.support.dialects import (
    PLATFORM,
    RIPPLING,
    VISMA,
    Dialect,
    Questions,
    every,
    named,
    pairwise,
    single,
    speak,
)
from tests.support.states import MAPPING_BY_NAME
from tests.support.world import World, a_world

PEOPLE, PAGE = 12, 5
MOST_CALLS = 3
"""At most so many times the calls of the published dialect, for a journey of a dozen people."""

BY_REST: Questions[Any] = {**RIPPLING, **VISMA}
IS_ALL = os.environ.get("CONNECTOR_DIALECTS") == "all"

ONE = "/v1/employee/{employeeCd}"
TOLD = {
    ("unknown employee", "400"): f"GET {ONE} answers 400, which is not published",
    ("update", "answered 200"): f"PUT {ONE} answers 200, which is not published",
}
"""The answers of which something is published, and otherwise; of the others nothing is."""

UNKNOWN_ROLE = "GET /employees/{employeeId} answers 400, which is not published"
"""The Platform API publishes how an id is answered that there is not; the REST API does not."""


def told_of(dialect: Dialect) -> set[str]:
    """What the watch over the answers says of a dialect."""
    told = {TOLD[each] for each in dialect.items() if each in TOLD}
    if {("unknown employee", "400"), ("employee key", "absent")} <= dialect.items():
        told.add("GET /v1/dimension/{dimensionId} answers 400, which is not published")
    return told


Journey: TypeAlias = tuple[list[dict[str, Any]], int, set[str]]
"""The employees before and after the sweep, the calls, and what was told of the answers."""


def by_rest(dialect: Dialect) -> Journey:
    """The journey, read through the REST API."""
    with a_world(people=PEOPLE) as world:
        speak(world.rippling, RIPPLING, dialect)
        speak(world.visma, VISMA, dialect)
        read_in_pages(world, _limit=str(PAGE))
        return journey(world)


def by_platform(dialect: Dialect) -> Journey:
    """The journey, read through the Platform API."""
    with a_world(people=PEOPLE, by_platform=True, mapping_text=MAPPING_BY_NAME) as world:
        assert world.platform is not None
        speak(world.platform, PLATFORM, dialect)
        read_in_pages(world, _page_size=PAGE)
        return journey(world)


def read_in_pages(world: World, **size: Any) -> None:
    """Has a dozen people fill several pages."""
    assert isinstance(world.source, RememberingSource)
    vars(world.source.source).update(size)


def journey(world: World) -> Journey:
    """The first days of a small company."""
    world.first_load()
    active = [each for each in world.rippling.rows("workers") if each["status"] == "ACTIVE"]
    mover, leaver, renamed, quiet = active[:4]
    world.rippling.move(mover["id"], "Finance")
    world.rippling.change(renamed["id"], work_email="ny@example.com")
    world.hire()
    world.settle()
    world.rippling.change(renamed["id"], work_email="nyere@example.com")
    world.rippling.terminate(leaver["id"], world.clock.now().date())
    world.rippling.change(leaver["id"], status="TERMINATED")
    world.settle()
    by_ticks = shown(world.visma)
    world.rippling.relocate(quiet["id"], "Bergen", silent=True)
    assert world.notice("f" * 24) == {Outcome.OUT_OF_SCOPE.value: 1}
    world.clock.turn(minutes=16)
    world.tick(full_sweep=True)
    world.drain()
    assert world.tick().queued == 0
    assert not world.buried
    calls = sum(world.vendor_calls())
    return [by_ticks, shown(world.visma)], calls, {text for _, text in world.deviations}


def shown(visma: Visma) -> dict[str, Any]:
    """The employees of Visma, but for what changes from run to run."""
    changing = ("timeStamp", "lastModifiedDateTime", "metadata")
    return {
        row["employeeNumber"]: {name: row[name] for name in row if name not in changing}
        for row in visma.employees("norway")
    }


def chosen(questions: Questions[Any], *vendors: Questions[Any]) -> list[Dialect]:
    """The dialects of an ordinary run, or all of them; two vendors' deviations never meet."""
    more = [dialect for vendor in vendors for dialect in every(vendor)] if IS_ALL else []
    return [*single(questions), *pairwise(questions), *more]


@pytest.fixture(scope="module")
def published() -> Journey:
    """How it ends in the published dialect."""
    return by_rest({})


@pytest.fixture(scope="module")
def published_by_platform() -> Journey:
    """How it ends in the published dialect of the Platform API."""
    return by_platform({})


@pytest.mark.parametrize("dialect", chosen(BY_REST, RIPPLING, VISMA), ids=named)
def test_every_dialect_ends_in_the_same_visma_state(dialect: Dialect, published: Journey) -> None:
    employees, calls, told = by_rest(dialect)

    assert employees == published[0]
    assert calls <= MOST_CALLS * published[1]
    assert told == told_of(dialect)


@pytest.mark.parametrize("dialect", chosen(PLATFORM, PLATFORM), ids=named)
def test_every_dialect_of_the_platform_api_ends_in_the_same_visma_state(
    dialect: Dialect, published_by_platform: Journey
) -> None:
    employees, calls, told = by_platform(dialect)

    assert employees == published_by_platform[0]
    assert calls <= MOST_CALLS * published_by_platform[1]
    assert told == ({UNKNOWN_ROLE} if dialect.get("unknown id") == "400" else set())
