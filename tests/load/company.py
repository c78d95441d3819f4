"""What happens in the company, and whether everyone is where they should be."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeAlias

from tests.demo.auditor import Books, Report, audit
from tests.load.stage import TICK, Stage

Employees: TypeAlias = Mapping[tuple[str, str], str]
"""Company and code to all that Visma shows of an employee, as text."""

DEPARTMENTS = ("Sales", "Engineering", "Finance", "Production")


@dataclass
class Company:
    """The people of a stage, and what they have been through."""

    stage: Stage
    draw: Random = field(default_factory=lambda: Random("load"))
    books: Books = field(default_factory=Books)
    changed: set[str] = field(default_factory=set)
    """User ids of those to whom something happened since it was last forgotten."""

    def staff(self) -> list[dict[str, Any]]:
        """Those who work here and are in Visma, by number."""
        rippling = self.stage.rippling
        employees = {str(row["id"]) for row in rippling.rows("employment-types")
                     if row["type"] == "EMPLOYEE"}  # fmt: skip
        rows = [
            row
            for row in rippling.workers()
            if row["status"] == "ACTIVE" and row["employment_type_id"] in employees
        ]
        return sorted(rows, key=lambda row: int(row["number"]))

    def change(self, workers: Iterable[Mapping[str, Any]]) -> None:
        """Something happens to each: two in three get another name, the third moves."""
        for worker in workers:
            self.changed.add(worker["user_id"])
            if self.draw.random() < 1 / 3:
                self.stage.rippling.move(worker["id"], self.draw.choice(DEPARTMENTS))
            else:
                name = f"Annen-{self.draw.randrange(10**6)}"
                self.stage.rippling.change_user(worker["user_id"], family_name=name)
                self.stage.rippling.touch(worker["id"])

    def live_through(
        self, hours: float, changes: int, among: list[dict[str, Any]] | None = None
    ) -> int:
        """Hours in which so many changes come, some of them to the same people; to how many."""
        staff, steps, done = among or self.staff(), round(hours * 12), 0
        concerned = set()
        for step in range(steps):
            due = changes * (step + 1) // steps
            chosen = self.draw.choices(staff, k=due - done)
            concerned |= {worker["user_id"] for worker in chosen}
            self.change(chosen)
            done = due
            self.stage.run_until(self.stage.clock.now() + TICK)
        return len(concerned)

    def report(self) -> Report:
        """What the auditor says, who knows both vendors and nothing of the connector."""
        return audit(self.stage.rippling, self.stage.visma, self.books)

    def is_settled(self) -> bool:
        """Whether nothing is queued, and everyone is where they should be."""
        return not len(self.stage.cloud.changes) and self.report().is_clean

    def employees(self) -> Employees:
        """All that Visma shows."""
        return {
            (company, str(row["employeeNumber"])): json.dumps(row, sort_keys=True, default=str)
            for company in self.stage.visma.companies
            for row in self.stage.visma.employees(company=company)
        }

    def touched_for_nothing(self, before: Employees) -> list[str]:
        """Employees to whom something was done although nothing has happened to them."""
        allowed = {
            str(worker["number"])
            for worker in self.stage.rippling.workers()
            if worker["user_id"] in self.changed
        }
        after = self.employees()
        return [
            f"{company}: employee {code} was changed without a reason"
            for (company, code), row in before.items()
            if after.get((company, code)) != row and code not in allowed
        ]
