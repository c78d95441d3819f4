"""The export of a payroll run, which is killed like any other journey: one batch, not two or none.

The books of Visma are opened when the first run is exported, and every run is one more of October.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.simulation.auditor.problems import Check, demand
from tests.simulation.steps.base import COMPANIES, ENTITIES
from tests.simulation.steps.connector import Story
from tests.simulator import nordfab_books
from tests.support.payroll import NORDFAB_PAYROLL

OCTOBER = ("2026-10-01", "2026-10-31", "2026-11-05")
COMPANY, ENTITY = COMPANIES[0], ENTITIES[0]
OPEN = {**NORDFAB_PAYROLL, "lines": "cost_centre"}
"""Few work here, so that every line tells what somebody earns: the controller allows it."""

EXPORTED = "is exported already"
MOST_TRIES = 4
WAIT_MINUTES = 10


def an_approved_run(story: Story) -> str:
    """One more payroll run that can be exported; its id."""
    rules = story.model.rules.companies[COMPANY]
    if "payroll" not in rules:
        nordfab_books(story.rippling, story.visma, months=1)
        rules["payroll"] = OPEN
        story.edit()
    run: str = story.rippling.payroll.draft_run(ENTITY, *OCTOBER)["id"]
    story.rippling.payroll.approve_run(run)
    story.runs.append(run)
    return run


def export_until_told(story: Story, run: str) -> None:
    """The operator says it again, minutes later, until it is done or was done already."""
    answer: Any = {}
    for _ in range(MOST_TRIES):
        with story.watched():
            answer = story.world.operate("payroll export", run=run)
        if answer.get("ok") or EXPORTED in " ".join(answer.get("problems", ())):
            break
        story.clock.turn(minutes=WAIT_MINUTES)
    else:
        demand(Check.REST, [f"run {run} is never exported: {answer}"])
    demand(Check.DOUBLE, not_once(story))


def not_once(story: Story) -> list[str]:
    """The runs that are not in Visma with exactly one batch, and what the connector says else."""
    batches = story.visma.batches(company=COMPANY)
    mine = [each for each in batches if "Rippling payroll run" in each["description"]]
    keys = Counter(each["description"].split()[0] for each in mine)
    wrong = [f"batch {key} is there {count} times" for key, count in keys.items() if count > 1]
    rows: Any = story.world.environments[0].exports
    known = {each.run: each.by_currency.values() for each in rows.port.of_company(COMPANY)}
    numbers = {each["batchNumber"] for each in mine}
    for run in story.runs:
        stages = [(each.stage.value, each.number in numbers) for each in known.get(run, ())]
        if stages != [("exported", True)]:
            wrong.append(f"run {run} is told as {stages}")
    if len(mine) != len(story.runs):
        wrong.append(f"{len(story.runs)} runs are {len(mine)} batches")
    return wrong
