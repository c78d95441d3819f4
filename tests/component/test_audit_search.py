"""The audit, asked for by kind, run, cost centre and everything else, and written to a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from connector.services.operate.verbs.audit.show import Audit, ExportAudit
from connector.services.operate.verbs.view import Table
from tests.support.loaded import a_loaded_world
from tests.support.world import World

NOVEMBER = {"since": "2026-11-01", "until": "2026-12-01"}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A month: a first load, a mover out of Sales, and leavers who were held and approved."""
    with a_loaded_world(people=60, companies=2) as world:
        sales = world.hire(legal_entity="Nordfab AS")
        world.settle()
        world.rippling.change(sales["id"], department="Finance")
        world.settle()
        staff = [each for each in world.rippling.workers() if each["status"] == "ACTIVE"]
        for worker in staff[:14]:
            world.rippling.terminate(worker["id"], "2026-11-23")
        world.settle()
        run = world.operator.dispatch({"verb": "held"})["rows"][0]["run"]
        world.operator.dispatch({"verb": "approve", "run": run, "operator": "anna"})
        world.drain()
        yield world


def asked(world: World, **arguments: Any) -> dict[str, Any]:
    return world.operator.dispatch({"verb": "audit", **arguments})


def rows(world: World, **arguments: Any) -> list[dict[str, Any]]:
    answer = asked(world, **{**NOVEMBER, **arguments})
    assert answer["ok"], answer
    found: list[dict[str, Any]] = answer["rows"]
    return found


def test_one_command_says_what_changed_on_a_cost_centre_and_who_approved_it(world: World) -> None:
    found = rows(world, cost_centre="400")

    assert {row["kind"] for row in found} == {"hire", "department", "leave"}
    for row in found:
        assert "400" in (row.get("cost_centre_before"), row.get("cost_centre_after"))
    left = [row for row in found if row["outcome"] == "deactivated"]
    assert left
    assert {row["operator"] for row in left} == {"anna"}
    (shown,) = Audit().view({"rows": left})
    assert isinstance(shown, Table)
    assert all("anna" in row for row in shown.rows)


def test_whoever_only_stays_on_a_cost_centre_has_changed_nothing_there(world: World) -> None:
    worker = world.hire(legal_entity="Nordfab AS")
    world.settle()
    world.notice(worker["id"])

    unchanged = rows(world, cost_centre="400", kind="none")
    assert worker["user_id"] in {row["person"] for row in unchanged}
    assert [row for row in rows(world, cost_centre="400") if row["kind"] == "none"] == []


def test_a_run_is_everything_that_it_found_and_what_was_decided_about_it(world: World) -> None:
    (run,) = {row["run"] for row in rows(world, kind="leave")}
    found = rows(world, run=run)

    assert {row["outcome"] for row in found} == {"held", "deactivated", "approve"}
    assert asked(world, run=run)["rows"] == found, "a run is looked for further back than a day"


def test_all_conditions_hold_together(world: World) -> None:
    (run,) = {row["run"] for row in rows(world, kind="leave")}
    one = rows(world, run=run, outcome="deactivated", company="norway")[0]
    asked_for = {
        "person": one["employee_code"],
        "company": "norway",
        "outcome": "deactivated",
        "kind": "leave",
        "cause": "operator",
        "run": run,
        "cost_centre": one["cost_centre_before"],
    }

    assert [row["person"] for row in rows(world, **asked_for)] == [one["person"]]
    for name, other in (("company", "sweden"), ("kind", "hire"), ("cause", "poll")):
        assert rows(world, **{**asked_for, name: other}) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"kind": "hired"}, "there is no kind hired; did you mean hire?"),
        ({"outcome": "Waiting"}, "there is no outcome Waiting; did you mean waiting?"),
        ({"outcome": "foo"}, "there is no outcome foo"),
        ({"cause": "pol"}, "there is no cause pol; did you mean poll?"),
        ({"company": "norwey"}, "there is no company norwey; did you mean norway?"),
        ({"person": "nobody"}, "nobody is known by nobody"),
        ({"until": "soon"}, "until: write a day"),
    ],
)
def test_what_does_not_exist_is_refused_with_the_nearest(
    world: World, arguments: dict[str, str], told: str
) -> None:
    answer = asked(world, **arguments)

    assert answer["ok"] is False
    assert told in answer["problems"][0]


def test_an_unknown_run_is_refused_with_the_nearest(world: World) -> None:
    run = rows(world, kind="leave")[0]["run"]
    answer = asked(world, run=f"{run[:-1]}z")
    assert f"did you mean {run}?" in answer["problems"][0]


def test_the_verb_of_an_act_stands_in_place_of_an_outcome(world: World) -> None:
    (act,) = rows(world, outcome="approve")
    assert (act["kind"], act["operator"]) == ("act", "anna")


def test_pages_go_on_without_limit_whatever_is_asked_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = rows(world, kind="hire")
    monkeypatch.setattr("connector.services.operate.verbs.audit.show.PAGE", 5)
    verb, request = Audit(), {"verb": "audit", **NOVEMBER, "kind": "hire"}
    result = world.operator.dispatch(request)
    while not verb.is_complete(result):
        request = verb.continued(request, result)
        result = verb.added(result, world.operator.dispatch(request))

    assert len(whole) > 20
    assert result["rows"] == whole


def test_a_row_without_an_employee_is_shown_by_the_workers_number(world: World) -> None:
    world.rippling.add_department("Robotics")
    worker = world.hire(legal_entity="Nordfab AS", department="Robotics")
    world.settle()

    row = rows(world, person=worker["user_id"])[-1]
    assert row["outcome"] == "waiting"
    assert row["shown_as"] == str(worker["number"])


def test_rows_of_an_earlier_version_are_found_by_their_kind(world: World) -> None:
    stored = world.tables.audit.values()
    plain = next(row for each in stored for row in each if row.get("kind") == "hire")
    kind = plain.pop("kind")
    try:
        assert plain["person"] in {row["person"] for row in rows(world, kind="hire")}
    finally:
        plain["kind"] = kind


def test_the_export_is_csv_or_json_lines_by_its_format_or_the_name_of_the_file(
    world: World,
) -> None:
    result = world.operator.dispatch({"verb": "audit export", **NOVEMBER, "kind": "leave"})
    verb = ExportAudit()

    table = list(csv.DictReader(io.StringIO(verb.text_of(result, "november.csv"))))
    lines = [json.loads(line) for line in verb.text_of(result, "november.jsonl").splitlines()]
    told = verb.text_of({**result, "format": "jsonl"}, "november.csv")

    assert len(table) == len(lines) == len(result["rows"])
    assert table[0]["cost_centre_before"] == lines[0]["cost_centre_before"]
    assert {"kind", "operator", "run", "mapping", "account_before", "department_after"} <= set(
        table[0]
    )
    assert told == verb.text_of(result, "november.jsonl")
    assert lines == result["rows"]
