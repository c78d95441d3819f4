"""Reading everyone, nothing, fifty changed, and the late and the tied: one after another.

Each tool goes through the same stages on a company of its own, in the same order, and what it kept
after a stage is what it begins the next one with.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from tests.bench.company import staffed_rippling, staffed_visma, task_of
from tests.bench.figures import Figures
from tests.bench.judge import judge_reading
from tests.bench.running import Subject, measured, run
from tests.bench.served import EXPAND, FastRippling, FastVisma
from tests.simulator.rippling import Rippling

CHANGED, LATE, TIED = 50, 20, 5
BEHIND = timedelta(seconds=5)
LAG_SECONDS = 60

FLOOR = Subject("floor: `requests`, JSON", "floor", stages=("full",))
READ = Subject("ours, reading to `Worker`", "ours_reading", stages=("read",))
POLL = Subject(
    "ours, the whole poll",
    "ours_reading",
    stages=("full", "remember", "sweep", "nothing", "changed", "late"),
)
SINGER = Subject("singer-sdk", "singer", "singer")
SINGER_LAG = Subject("singer-sdk, with a lag", "singer", "singer", {"lag": LAG_SECONDS})
AIRBYTE = Subject("airbyte-cdk", "airbyte_reading", "airbyte")
AIRBYTE_LAG = Subject("airbyte-cdk, with a lag", "airbyte_reading", "airbyte", {"lag": LAG_SECONDS})
DLT = Subject("dlt to duckdb", "dlt_reading", "dlt")
DLT_BEST = Subject("dlt to duckdb, best settings", "dlt_reading", "dlt", {"lag": LAG_SECONDS})
SUBJECTS = (FLOOR, READ, POLL, SINGER, SINGER_LAG, AIRBYTE, AIRBYTE_LAG, DLT, DLT_BEST)


UNMEASURED = "remember"
"""A stage that only prepares the next one."""


def play(subject: Subject, people: int, folder: Path, figures: Figures | None = None) -> None:
    """Takes one tool through its stages on a fresh company; `figures` takes what was measured."""
    rippling = staffed_rippling(people)
    ids = [worker["id"] for worker in rippling.workers()]
    books = staffed_visma(rippling)
    with FastRippling(rippling) as served, books, FastVisma(books) as visma:
        task = task_of(served.url, visma.url, expand=EXPAND)
        for stage in subject.stages:
            expected = change_for(stage, ids, served, rippling)
            served.take_count()
            answer = run(subject, {**task, "stage": stage}, folder)
            calls = served.take_count()
            if figures and stage != UNMEASURED:
                verdict = judge_reading(expected, answer["found"])
                figures.add(stage, measured(answer, calls), verdict)


def change_for(stage: str, ids: list[str], served: FastRippling, rippling: Rippling) -> set[str]:
    """Changes the company as the stage wants, and says who is to be found for it."""
    newest = served.workers.newest
    match stage:
        case "full" | "read":
            return set(ids)
        case "changed":
            return _move(rippling, served, dict.fromkeys(ids[:CHANGED], newest + 2 * BEHIND))
        case "late":
            chosen = ids[CHANGED : CHANGED + LATE + TIED]
            stamps = dict.fromkeys(chosen[:LATE], newest - BEHIND)
            return _move(rippling, served, stamps | dict.fromkeys(chosen[LATE:], newest))
    return set()


def _move(rippling: Rippling, served: FastRippling, stamps: dict[str, datetime]) -> set[str]:
    finance = rippling.department("Finance")["id"]
    for worker_id, at in stamps.items():
        is_there = rippling.worker(worker_id)["department_id"] == finance
        rippling.move(worker_id, "People" if is_there else "Finance", silent=True)
        rippling.touch(worker_id, at=at)
    served.workers.refresh(stamps)
    return set(stamps)
