"""What an operator types day by day, carried out with the rights that the template gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.demo.stage import Stage
from tests.demo.story import day

SALARIED: dict[str, Any] = {
    "department": "Sales",
    "location": "Oslo",
    "employment_type": "Salaried full-time",
}
TEAM = 12
"""More than the guards let leave in a day, where so few work."""


def _rows(answer: dict[str, Any], number: str) -> list[dict[str, Any]]:
    return [row for row in answer["people"] if row.get("number") == number]


def _quiet(stage: Stage) -> None:
    for _ in stage.quiet():
        pass


def test_what_is_planned_about_one_person_is_applied_and_followed_to_its_end(
    stage: Stage, tmp_path: Path
) -> None:
    worker = stage.rippling.hire(**SALARIED)
    number, file = str(worker["number"]), tmp_path / "plan.json"
    writes = len(stage.visma.calls("PUT")) + len(stage.visma.calls("POST", "/v1/.*"))

    foretold = stage.connector("plan", number)

    assert [row["outcome"] for row in _rows(foretold, number)] == ["created"]
    assert len(stage.visma.calls("PUT")) + len(stage.visma.calls("POST", "/v1/.*")) == writes
    file.write_text(json.dumps(foretold), encoding="utf-8")
    applied = stage.connector("apply", str(file), number)
    assert [(row["number"], row["outcome"]) for row in applied["results"]] == [(number, "created")]
    assert stage.visma.employee(number)["department"] == "SALES"


def test_everyone_is_planned_explained_and_compared_with_the_rights_of_the_function(
    stage: Stage,
) -> None:
    worker = stage.rippling.hire(**SALARIED)
    stage.settle()
    number = str(worker["number"])

    assert stage.connector("plan")["problems"] == []
    explained = stage.connector("explain", number)
    assert "problems" not in explained or not explained["problems"]
    assert [row for row in stage.connector("reconcile")["rows"] if row["number"] == number] == []


def test_what_finance_has_edited_is_shown_and_healed(stage: Stage) -> None:
    worker = stage.rippling.hire(**SALARIED)
    stage.settle()
    number = str(worker["number"])
    stage.visma.edit_employee(number, department="FIN")

    shown = stage.connector("reconcile")["rows"]
    stage.connector("reconcile", "heal")
    _quiet(stage)

    assert "edited" in {row["what"] for row in shown if row["number"] == number}
    assert stage.visma.employee(number)["department"] == "SALES"
    stage.connector("sync", number)


def test_what_a_guard_holds_is_rejected_taken_back_and_approved(stage: Stage) -> None:
    staff = {item["employeeNumber"] for item in stage.visma.employees()}
    team = [
        worker
        for worker in stage.rippling.workers()
        if str(worker["number"]) in staff and worker["status"] == "ACTIVE"
    ][:TEAM]
    for worker in team:
        stage.rippling.terminate(worker["id"], day(0))
    stage.settle()
    held = {row["employee_code"] for row in stage.connector("held")["rows"]}
    numbers = sorted(held & {str(worker["number"]) for worker in team})
    assert len(numbers) >= 2, "the guard held nobody"
    first, second = numbers[:2]

    stage.connector("reject", first, "--yes")
    assert first in {row["employee_code"] for row in stage.connector("rejected")["rows"]}
    stage.connector("rejected", "take-back", first)
    _quiet(stage)
    stage.connector("approve", first, second, "--yes")
    _quiet(stage)

    gone = [stage.visma.employee(number)["status"] for number in (first, second)]
    assert gone == ["Inactive", "Inactive"]
    for worker in team:  # the stage is shared: nobody stays held
        if str(worker["number"]) in numbers[2:]:
            stage.rippling.reactivate(worker["id"])
    stage.settle()
    assert stage.connector("held")["rows"] == []


def test_a_tick_and_a_sweep_run_the_poller_with_the_rights_of_the_function(stage: Stage) -> None:
    worker = stage.rippling.hire(**SALARIED)

    ticked = stage.connector("tick")
    swept = stage.connector("sweep")
    _quiet(stage)

    assert (ticked["mode"], ticked["skipped"]) == ("live", False)
    assert swept["sweep"] == "finished"
    assert ticked["queued"] + swept["queued"] >= 1
    assert stage.visma.employee(str(worker["number"]))["status"] == "Active"
