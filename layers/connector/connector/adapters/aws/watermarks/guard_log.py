"""What guards have found and counted, in the `WatermarksTable`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.guards import WINDOW, Run
from connector.domain.mapping.model import Guards
from connector.domain.records.times import timestamp

if TYPE_CHECKING:
    from connector.adapters.aws.dynamodb import Item
    from connector.adapters.aws.watermarks.table import WatermarksTable
    from connector.domain.guards import ChangeKind
    from connector.ports.clock import Clock

ATTEMPTS = 10
"""How often a window is tried that others write to at the same moment."""


class DynamoGuardLog:
    """A row for each run that a guard held, for each company, and for each of its kinds of change.

    A person stands in a window with the minute of the last change.
    """

    def __init__(self, rows: WatermarksTable, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock

    def run(self, run: str) -> Run:
        return Run.from_json(run, self._rows.read(f"run {run}"))

    def save_run(self, run: Run) -> None:
        self._rows.put(f"run {run.id}", run.to_json())

    def counted(self, company: str, kind: ChangeKind) -> frozenset[str]:
        return frozenset(self._of_the_day(self._rows.read(window_of(company, kind))))

    def count(self, company: str, kind: ChangeKind, person_id: str, limit: int) -> bool:
        """Counts a person; the everyday is one update of a row that has room."""
        window, minute = window_of(company, kind), self._minute()
        if self._rows.enter(window, person_id, minute, after=self._first(), limit=limit):
            return True
        for _ in range(ATTEMPTS):
            row = self._rows.read(window)
            if row.get("free_until", "") > timestamp(self._clock.now()):
                return True
            people = self._of_the_day(row)
            if person_id not in people and len(people) >= limit:
                return False
            values = {"people": {**people, person_id: self._minute()}}
            if self._rows.put_if_unchanged(window, row, values):
                return True
        return False  # so much at once that it may wait for a hand

    def allow_all(self, company: str, kind: ChangeKind) -> None:
        until = timestamp(self._clock.now() + WINDOW)
        self._rows.put(window_of(company, kind), {"free_until": until})

    def last_known(self, company: str) -> Guards | None:
        """Settings of another version are left out; those it did not have are the defaults."""
        stored = self._rows.read(guards_of_company(company)).get("guards")
        if stored is None:
            return None
        known = {name: each for name, each in stored.items() if name in Guards.model_fields}
        return Guards.model_validate(known)

    def keep(self, company: str, guards: Guards) -> None:
        self._rows.put(guards_of_company(company), {"guards": guards.model_dump(mode="json")})

    def _of_the_day(self, row: Item) -> dict[str, int]:
        first = self._first()
        return {key: int(at) for key, at in row.get("people", {}).items() if int(at) > first}

    def _first(self) -> int:
        """The minute after which someone counts for the last day."""
        return self._minute() - int(WINDOW.total_seconds()) // 60

    def _minute(self) -> int:
        return int(self._clock.now().timestamp()) // 60


def window_of(company: str, kind: ChangeKind) -> str:
    """The name of the row of a company and a kind of change."""
    return f"window {company} {kind}"


def guards_of_company(company: str) -> str:
    """The name of the row with what is set for a company."""
    return f"guards {company}"
