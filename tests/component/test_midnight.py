"""From 22:00 or 23:00 UTC on it is tomorrow in the Nordics: people start and leave by that day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from connector.services.payroll.people import left_in
from tests.support.loaded import a_loaded_world
from tests.support.world import World

HALF_PAST_ELEVEN = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
"""Half past midnight of 1 December in Oslo, and a payroll month later than in UTC."""


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=24) as world:
        yield world


def an_employment(world: World) -> dict[str, Any]:
    rows = world.rippling.rows("workers")
    return next(row for row in rows if row["status"] == "ACTIVE" and not row["end_date"])


def status_of(world: World, worker: dict[str, Any]) -> str:
    return str(world.employee_of(worker)["status"])


def test_whoever_starts_on_the_first_is_created_when_the_first_begins_in_oslo(
    world: World,
) -> None:
    starter = world.hire(start_date="2026-12-01", status="ACCEPTED")
    assert world.settle() == {"scheduled": 1}
    world.clock.set(datetime(2026, 11, 30, 22, 58, tzinfo=UTC))
    assert world.settle() == {}

    world.clock.set(HALF_PAST_ELEVEN)

    assert world.settle() == {"created": 1}
    (*_, row) = world.audit_of(starter["user_id"])
    assert "back_dated" not in row


def test_whoever_leaves_on_the_first_is_inactive_when_the_first_begins_in_oslo(
    world: World,
) -> None:
    leaver = an_employment(world)
    world.rippling.change(leaver["id"], status="TERMINATED", end_date="2026-12-01")
    world.settle()
    world.clock.set(datetime(2026, 11, 30, 22, 58, tzinfo=UTC))
    world.settle()
    assert status_of(world, leaver) == "Active"

    world.clock.set(HALF_PAST_ELEVEN)

    assert world.settle() == {"deactivated": 1}
    assert status_of(world, leaver) == "Inactive"


def test_whoever_no_company_claims_leaves_on_the_day_of_the_company_they_are_in(
    world: World,
) -> None:
    leaver = an_employment(world)
    plain = yaml.safe_load(world.mapping_text)
    plain["companies"]["norway"]["legal_entities"] = ["Nordfab AS"]
    world.edit_mapping(yaml.safe_dump(plain, sort_keys=False))
    world.drain()
    world.rippling.add_legal_entity("Nordfab Oy")
    world.rippling.change(
        leaver["id"], status="TERMINATED", end_date="2026-12-01", legal_entity="Nordfab Oy"
    )
    world.settle()
    world.clock.set(datetime(2026, 11, 30, 22, 58, tzinfo=UTC))
    world.tick(full_sweep=True)
    world.drain()
    assert status_of(world, leaver) == "Active"

    world.clock.set(HALF_PAST_ELEVEN)
    world.tick(full_sweep=True)
    world.drain()

    assert status_of(world, leaver) == "Inactive"


def test_a_row_of_the_mapping_holds_from_the_first_when_the_first_begins_in_oslo(
    world: World,
) -> None:
    plain = yaml.safe_load(world.mapping_text)
    rows = {row["rippling"]: row for row in plain["companies"]["norway"]["departments"]}
    later = {**rows["Finance"], "rippling": "Sales", "from": "2026-12-01"}
    rows["Sales"]["until"] = "2026-11-30"
    plain["companies"]["norway"]["departments"].append(later)
    plain["companies"]["norway"]["guards"] = {"move_percent": 100}
    world.edit_mapping(yaml.safe_dump(plain, sort_keys=False))
    world.drain()
    world.clock.set(datetime(2026, 11, 30, 22, 58, tzinfo=UTC))
    before = world.settle()

    world.clock.set(HALF_PAST_ELEVEN)
    after = world.settle()

    assert before["updated"] == 0
    assert after["updated"] > 0


def test_what_a_run_of_november_pays_is_not_split_by_a_move_of_the_first_of_december() -> None:
    row = {
        "time": HALF_PAST_ELEVEN.isoformat(),
        "cost_centre_before": "1",
        "cost_centre_after": "2",
    }

    (left,) = left_in(row, ZoneInfo("Europe/Oslo"))

    assert left.day == date(2026, 12, 1)
