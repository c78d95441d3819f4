"""Every function asks for what its role may do, in the corners too; a right too few is noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from tests.embedded.template import load_template
from tests.load.stage import Stage, a_stage
from tests.simulator.nordfab import nordfab_mapping
from tests.support.rights import Asked, Rights

PEOPLE = 4


@contextmanager
def a_loaded_stage() -> Iterator[Stage]:
    """Everyone is in Visma."""
    with a_stage(PEOPLE) as stage:
        stage.visma.calls_per_hour = 15_000
        stage.operate("mappings import", text=nordfab_mapping(2))
        stage.operate("go-live")
        stage.run_for(minutes=30)
        yield stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with a_loaded_stage() as stage:
        yield stage


def without(role: str, *lost: str) -> Rights:
    """The rights of the template but for one statement of a role, which gives these actions."""
    template = load_template()
    (policy,) = template["Resources"][role]["Properties"]["Policies"]
    statements = policy["PolicyDocument"]["Statement"]
    kept = [each for each in statements if _actions(each) != set(lost)]
    assert len(kept) == len(statements) - 1
    policy["PolicyDocument"]["Statement"] = kept
    return Rights.of(template)


def _actions(statement: dict[str, Any]) -> set[str]:
    written = statement.get("Action", ())
    return {written} if isinstance(written, str) else set(written)


def live_with(rights: Rights, lived: Callable[[Stage], None]) -> None:
    with a_loaded_stage() as stage:
        stage.cloud.rights = rights
        lived(stage)


def sweep(stage: Stage) -> None:
    stage.next_sweep = stage.clock.now() + timedelta(minutes=1)
    stage.run_for(minutes=20)


def a_code_is_claimed_for_nothing(stage: Stage) -> None:
    """HR corrects a number while Visma answers no create: the next full sweep frees the first."""
    stage.visma.faults.fail(503, body="html", method="POST", path="/v1/employee")
    worker = stage.rippling.hire(country="NO", department="Sales", number=7001)
    stage.run_for(hours=1)
    stage.rippling.change(worker["id"], number=7002)
    stage.run_for(hours=1)
    stage.visma.faults.clear()
    stage.run_for(hours=1)
    assert claims(stage) == {"code 7001", "code 7002"}
    sweep(stage)


def claims(stage: Stage) -> set[str]:
    people = stage.cloud.tables.tables["PeopleTable"].rows
    return {person for (person, _), row in people.items()
            if person.startswith("code 70") and "owner" in row.item}  # fmt: skip


def somebody_is_hired(stage: Stage) -> None:
    stage.rippling.hire(country="NO", department="Sales")
    stage.run_for(hours=1)
    sweep(stage)


def test_a_code_that_was_claimed_for_nothing_is_given_up_by_rights_that_the_sweep_has(
    stage: Stage,
) -> None:
    a_code_is_claimed_for_nothing(stage)

    assert claims(stage) == {"code 7002"}
    used = stage.cloud.rights.used
    assert ("PollerRole", "dynamodb:DeleteItem", "PeopleTable") in used


def test_a_sweep_learns_ids_by_rights_that_it_has(stage: Stage) -> None:
    somebody_is_hired(stage)

    assert ("PollerRole", "dynamodb:UpdateItem", "PeopleTable") in stage.cloud.rights.used


@pytest.mark.parametrize(
    ("lived", "role", "action", "resource"),
    [
        (a_code_is_claimed_for_nothing, "PollerRole", "DeleteItem", "PeopleTable"),
        (a_code_is_claimed_for_nothing, "PollerRole", "ConditionCheckItem", "PeopleTable"),
        (somebody_is_hired, "PollerRole", "UpdateItem", "PeopleTable"),
        (somebody_is_hired, "WriterRole", "PutItem", "AuditTable"),
    ],
)
def test_a_right_that_is_missing_is_told_when_the_stage_ends(
    lived: Callable[[Stage], None], role: str, action: str, resource: str
) -> None:
    lost = without(role, f"dynamodb:{action}")

    with pytest.raises(AssertionError, match=f"{role} may not dynamodb:{action} on {resource}"):
        live_with(lost, lived)


@pytest.mark.parametrize(
    ("role", "action", "table", "key", "is_theirs"),
    [
        ("PollerRole", "DeleteItem", "PeopleTable", {"person": "code 7001"}, True),
        ("PollerRole", "DeleteItem", "PeopleTable", {"person": "p1"}, False),
        ("WebhookRole", "UpdateItem", "WatermarksTable", {"stream": "paused"}, True),
        ("WebhookRole", "UpdateItem", "WatermarksTable", {"stream": "mode"}, False),
    ],
)
def test_whoever_may_change_some_rows_may_change_no_others(
    role: str, action: str, table: str, key: dict[str, str], is_theirs: bool
) -> None:
    request = {"Key": {name: {"S": value} for name, value in key.items()}}

    asked = Asked(f"dynamodb:{action}", table, (request,))

    assert Rights.of(load_template()).allows(role, asked) is is_theirs
