"""A vendor that answers otherwise than it publishes is noticed, told once, and stops nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.loaded import a_loaded_world
from tests.support.world import World, a_world

SECRET = "Kari Nordmann"


@pytest.fixture(params=["rest", "platform"])
def either(request: pytest.FixtureRequest) -> Iterator[World]:
    with a_world(people=24, companies=2, by_platform=request.param == "platform") as world:
        yield world


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=24) as world:
        yield world


def in_rows(change: Callable[[dict[str, Any]], object], path: str) -> Callable[[str, Any], Any]:
    """What is done to every row that is answered at a path."""

    def reshape(asked: str, content: Any) -> Any:
        if not asked.startswith(path):
            return content
        rows = content["results"] if isinstance(content, dict) and "results" in content else content
        for row in rows if isinstance(rows, list) else [rows]:
            change(row)
        return content

    return reshape


def everyday(world: World) -> None:
    """Everything that the connector asks, once: reads, writes, a sweep, and the operator's ping."""
    world.first_load()
    hired = world.hire()
    world.settle()
    world.rippling.change(hired["id"], work_email="new@nordfab.example")
    world.settle()
    world.rippling.change(hired["id"], status="TERMINATED", end_date="2026-01-01")
    world.settle()
    world.notice("f" * 24)
    world.clock.turn(days=1)
    world.tick(full_sweep=True)
    world.drain()
    world.operator.dispatch({"verb": "ping"})


def ping(world: World) -> dict[tuple[str, str | None], dict[str, Any]]:
    """The line about the answers, by system."""
    result = world.operator.dispatch({"verb": "ping"})
    return {
        (group["system"], group["company"]): check
        for group in result["systems"]
        for check in group["checks"]
        if check["name"] == "answers"
    }


def test_all_that_is_asked_is_answered_as_published(either: World) -> None:
    everyday(either)

    assert either.deviations == []
    for check in ping(either).values():
        assert check["level"] == "good"
        assert "answers are as published" in check["message"]


def test_every_request_of_an_everyday_is_in_the_tables(either: World) -> None:
    everyday(either)

    watches = either.adapters.watches
    rippling = [
        call
        for call in (either.platform or either.rippling).calls(path="/.*")
        if "_control" not in call.path
    ]
    assert sum(watches.looked_at("rippling").values()) == len(rippling)
    by_company = [watches.looked_at(f"visma {company}") for company in ("norway", "sweden")]
    assert sum(sum(each.values()) for each in by_company) == len(either.visma.calls(path="/v1/.*"))


@pytest.mark.parametrize(
    ("change", "told", "level"),
    [
        (lambda row: row.update(mood=SECRET), "mood (string), which is new", "note"),
        (lambda row: row.pop("created_at"), "without results[].created_at", "warning"),
        (lambda row: row.pop("department_id"), "without results[].department_id", "warning"),
        (lambda row: row.update(number=SECRET), "number as string instead of integer", "warning"),
        (lambda row: row.update(status=SECRET), "a word in results[].status that", "warning"),
    ],
)
def test_what_rippling_does_otherwise_is_told_once_by_name_and_type(
    world: World, change: Callable[[dict[str, Any]], object], told: str, level: str
) -> None:
    world.rippling.reshape = in_rows(change, "/workers/")

    world.clock.turn(days=1)
    world.tick(full_sweep=True)
    world.drain()
    first = len(world.deviations)
    world.clock.turn(hours=2)
    world.build()
    world.tick(full_sweep=True)
    world.drain()

    assert any(told in text for _, text in world.deviations)
    assert len(world.deviations) == first == world.metrics.counts["ShapeDeviations"]
    assert SECRET not in str(world.deviations)
    check = ping(world)["rippling", None]
    assert check["level"] == level
    assert told in check["message"]


def test_what_visma_does_otherwise_is_told_company_by_company(world: World) -> None:
    world.visma.reshape = in_rows(lambda row: row.update(status="Paused"), "/v1/employee")
    world.visma.more_headers["Sunset"] = "Sat, 31 Jul 2027 23:59:59 GMT"

    lines = ping(world)

    assert {tenant for tenant, _ in world.deviations} == {"visma norway"}
    assert lines["rippling", None]["level"] == "good"
    about = lines["visma", "norway"]
    assert about["level"] == "warning"
    assert "a word in [].status that is not published" in about["message"]


def test_a_deviation_that_does_harm_keeps_ping_from_saying_that_all_is_well(world: World) -> None:
    world.visma.reshape = in_rows(lambda row: row.update(status="Paused"), "/v1/employee")

    assert world.operator.dispatch({"verb": "ping"})["to_put_right"] > 0


def test_what_is_only_new_moves_nobody_and_leaves_all_well(world: World) -> None:
    world.rippling.reshape = in_rows(lambda row: row.update(mood="fine"), "/workers/")
    world.visma.reshape = in_rows(lambda row: row.update(mood="fine"), "/v1/")
    world.clock.turn(days=1)
    world.clear_journals()

    assert world.tick(full_sweep=True).queued == 0
    assert world.operator.dispatch({"verb": "ping"})["to_put_right"] == 0


def test_the_report_to_send_on_has_names_and_types_and_nothing_of_a_person(world: World) -> None:
    def change(row: dict[str, Any]) -> None:
        row.update({"mood": SECRET, SECRET: SECRET, "number": SECRET})

    world.rippling.reshape = in_rows(change, "/workers/")
    world.tick(full_sweep=True)

    report = world.operator.dispatch({"verb": "ping", "shapes": True})

    assert "systems" not in report
    (about,) = [each for each in report["shapes"] if each["tenant"] == "rippling"]
    assert about["looked_at"]["GET /workers/"] > 0
    found = {(each["place"], each["what"], each["found"]) for each in about["deviations"]}
    assert ("results[].mood", "new", "string") in found
    assert ("results[].number", "retyped", "string") in found
    text = json.dumps(report)
    assert "Nordmann" not in text
    shown = {str(row["work_email"]) for row in world.rippling.rows("workers")}
    assert not any(each in text for each in shown)


def test_without_a_deviation_the_report_says_what_was_looked_at(world: World) -> None:
    report = world.operator.dispatch({"verb": "ping", "shapes": True})

    assert [each["deviations"] for each in report["shapes"]] == [[], []]
    assert all(each["looked_at"] for each in report["shapes"])
