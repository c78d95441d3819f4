"""Reading everyone, nothing, fifty changed, and the late and the tied: one after another.

Each tool goes through the same stages on a company of its own, in the same order, and what it kept
after a stage is what it begins the next one with.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from tests.bench.company import entered_visma, staffed_rippling, task_of
from tests.bench.figures import Figures
from tests.bench.judge import judge_reading
from tests.bench.running import Subject, measured, run
from tests.bench.served import EXPAND, FastRippling, FastVisma

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


class Served:
    """A company in prepared bytes, changed from stage to stage and put back for the next tool."""

    def __init__(self, people: int) -> None:
        self.rippling = staffed_rippling(people)
        self.ids = [worker["id"] for worker in self.rippling.workers()]
        self.books = entered_visma(self.rippling)
        self.workers = FastRippling(self.rippling)
        self.visma = FastVisma(self.books)
        self._before: dict[str, tuple[str, datetime]] = {}
        self._names = {row["id"]: row["name"] for row in self.rippling.rows("departments")}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        for server in (self.books, self.workers, self.visma):
            self._open.enter_context(server)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def change_for(self, stage: str) -> set[str]:
        """Changes the company as the stage wants, and says who is to be found for it."""
        newest = self.workers.workers.newest
        match stage:
            case "full" | "read":
                return set(self.ids)
            case "changed":
                return self._move(dict.fromkeys(self.ids[:CHANGED], newest + 2 * BEHIND))
            case "late":
                chosen = self.ids[CHANGED : CHANGED + LATE + TIED]
                late = dict.fromkeys(chosen[:LATE], newest - BEHIND)
                return self._move(late | dict.fromkeys(chosen[LATE:], newest))
        return set()

    def restore(self) -> None:
        """Makes the company what it was at the beginning."""
        for worker_id, (department, at) in self._before.items():
            self.rippling.move(worker_id, department, silent=True)
            self.rippling.touch(worker_id, at=at)
        self.workers.workers.refresh(self._before)
        self._before = {}

    def _move(self, stamps: dict[str, datetime]) -> set[str]:
        for worker_id, at in stamps.items():
            worker = self.rippling.worker(worker_id)
            department = self._names[worker["department_id"]]
            was = datetime.fromisoformat(worker["updated_at"])
            self._before.setdefault(worker_id, (department, was))
            there = "People" if department == "Finance" else "Finance"
            self.rippling.move(worker_id, there, silent=True)
            self.rippling.touch(worker_id, at=at)
        self.workers.workers.refresh(stamps)
        return set(stamps)


def play(subject: Subject, company: Served, folder: Path, figures: Figures | None = None) -> None:
    """Takes one tool through its stages; `figures` takes what was measured."""
    task = task_of(company.workers.url, company.visma.url, expand=EXPAND)
    for stage in subject.stages:
        expected = company.change_for(stage)
        company.workers.take_count()
        answer = run(subject, {**task, "stage": stage}, folder)
        calls = company.workers.take_count()
        if figures and stage != UNMEASURED:
            verdict = judge_reading(expected, answer["found"])
            figures.add(stage, measured(answer, calls), verdict)
    company.restore()
