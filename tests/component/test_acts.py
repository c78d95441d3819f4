"""Every operator's act is a row in the audit: who, what, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connector.domain.errors import UpstreamUnavailableError
from connector.domain.records.acts import OPERATORS, UNNAMED
from connector.services.operate.verbs import VERBS
from tests.support.digests import first_break
from tests.support.loaded import a_loaded_world
from tests.support.world import World

KARI = "arn:aws:iam::123456789012:user/controller"
READING = {
    "audit", "audit verify", "audit export",
    "dead-letters", "duplicates", "scheduled", "conflicts", "held", "ping", "status", "waiting",
    "mappings check", "mappings scaffold",
    "mappings diff", "mappings export", "mappings history", "plan", "explain", "rejected",
    "reconcile", "payroll runs",
}  # fmt: skip


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=12) as world:
        yield world


def acts(world: World) -> list[dict[str, Any]]:
    return world.audit_of(OPERATORS)


def test_whatever_changes_something_is_an_act() -> None:
    assert {verb.name for verb in VERBS if not verb.is_act} == READING


def test_an_act_says_who_had_it_carried_out_and_what_was_said(world: World) -> None:
    world.operator.dispatch({"verb": "pause", "reason": "the books are closed", "operator": KARI})
    world.operator.dispatch({"verb": "go-live"})

    first, then = acts(world)
    assert first["message"] == f"`pause` by {KARI}: reason the books are closed"
    assert (first["operator"], first["outcome"], first["cause"]) == (KARI, "pause", "operator")
    assert then["operator"] == UNNAMED


def test_an_import_says_which_mapping_was_there_before_and_is_there_now(world: World) -> None:
    text = world.mapping_text.replace("lead_days: 0", "lead_days: 2")
    world.operator.dispatch({"verb": "mappings import", "text": text, "operator": KARI})
    world.operator.dispatch({"verb": "mappings rollback", "operator": KARI})

    there, back = (row["said"] for row in acts(world))
    assert there["from"] != there["to"]
    assert (back["from"], back["to"]) == (there["to"], there["from"])
    assert "legal_entities" not in str(acts(world)), "the file itself is not put on record"


def test_what_was_refused_is_on_record_as_well(world: World) -> None:
    answer = world.operator.dispatch({"verb": "mappings import", "text": "{", "operator": KARI})

    (row,) = acts(world)
    assert not answer["ok"]
    assert row["problems"] == answer["problems"]
    assert "refused" in row["message"]


def test_reading_leaves_no_row(world: World) -> None:
    for verb in ("held", "waiting", "audit", "dead-letters"):
        assert world.operator.dispatch({"verb": verb, "operator": KARI})["ok"]

    assert acts(world) == []


def test_the_acts_are_one_chain_and_stand_among_the_rows_of_the_day(world: World) -> None:
    for reason in ("one", "two", "three"):
        world.operator.dispatch({"verb": "pause", "reason": reason, "operator": KARI})

    rows = acts(world)
    assert first_break(rows) is None
    assert first_break([rows[0], rows[2]]) == rows[2]["time"]
    shown = world.operator.dispatch({"verb": "audit"})["rows"]
    assert sum(row["person"] == OPERATORS for row in shown) == 3


def test_what_could_not_be_put_on_record_is_said(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Any) -> None:
        raise UpstreamUnavailableError("DynamoDB did not answer")

    monkeypatch.setattr(world.operator.desk.audit, "record", fail)

    answer = world.operator.dispatch({"verb": "pause", "reason": "x", "operator": KARI})

    assert not answer["ok"]
    assert answer["problems"][0].startswith("it was done, and could not be put on record")
