"""The stories of load and outage, one after the other in one company.

Each says when the trouble begins and ends; how long it takes until everyone is where they should
be is counted from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from tests.load.alarms import Ring
from tests.load.company import Company
from tests.load.measuring import Counted, Spent
from tests.load.stage import Stage
from tests.simulator.nordfab import nordfab_mapping

PATIENCE = timedelta(hours=26)
"""One reconciliation, and what it sets off."""

AN_HOUR_BEFORE = timedelta(hours=1)


@dataclass
class Told:
    """What one story came to."""

    name: str
    people: int
    changed: int = 0
    spent: Spent | None = None
    """From its beginning until everyone was where they should be."""
    hours_after: float = 0.0
    ticks_after: int = 0
    """From the end of the trouble until then."""
    most_queued: int = 0
    writes: int = 0
    """Employees created or changed in Visma."""
    rang: tuple[Ring, ...] = ()
    red: tuple[str, ...] = ()
    """What `connector status` shows in red while the trouble lasts."""
    problems: list[str] = field(default_factory=list)


@dataclass
class Storyteller:
    """Tells stories on one stage."""

    stage: Stage
    company: Company
    told: list[Told] = field(default_factory=list)

    @classmethod
    def on(cls, stage: Stage) -> Storyteller:
        """A teller of stories that begin with nothing."""
        return cls(stage, Company(stage))

    @contextmanager
    def story(self, name: str) -> Iterator[Told]:
        """One story: what it costs and comes to is measured; it ends when all is quiet again."""
        stage, company = self.stage, self.company
        company.changed.clear()
        stage.cloud.changes.most = len(stage.cloud.changes)
        for hours in stage.vendors.hours.values():
            hours.most, hours.refused, hours.fewest_left = 0, 0, 10**9
        before, employees = Counted.of(stage), company.employees()
        rings, people = len(stage.alarms.rings), len(stage.rippling.workers())
        told = Told(name, people)
        yield told
        trouble_ended, ticks = stage.clock.now(), stage.ticks
        stage.run_for(company.is_settled, hours=PATIENCE.total_seconds() / 3600)
        told.spent = Counted.of(stage).since(before)
        told.hours_after = (stage.clock.now() - trouble_ended).total_seconds() / 3600
        told.ticks_after = stage.ticks - ticks
        told.most_queued = stage.cloud.changes.most
        told.changed = told.changed or len(company.changed)
        told.writes = told.spent.calls["Visma PUT employee 204"]
        told.writes += told.spent.calls["Visma POST employee 201"]
        told.problems += list(company.report().lost)
        told.problems += ["someone is there twice"] * company.report().duplicates
        told.problems += company.touched_for_nothing(employees)
        told.problems += list(self._beyond_budget())
        told.problems += list(self._not_green())
        told.rang = tuple(stage.alarms.rings[rings:])
        self.told.append(told)

    def red(self) -> tuple[str, ...]:
        """What `connector status` shows in red."""
        return tuple(
            str(check["message"])
            for group in self.stage.operate("status")["groups"]
            for check in group["checks"]
            if check["level"] not in ("good", "note")
        )

    def until_an_hour_before_the_sweep(self) -> None:
        """Nothing happens until shortly before the next full sweep."""
        self.stage.run_until(self.stage.next_sweep - AN_HOUR_BEFORE)

    def _beyond_budget(self) -> Iterator[str]:
        for company, hours in self.stage.vendors.hours.items():
            if hours.refused:
                yield f"{company}: {hours.refused} calls beyond Visma's hour"

    def _not_green(self) -> Iterator[str]:
        stage = self.stage
        stage.run_for(lambda: not stage.alarms.ringing(), hours=PATIENCE.total_seconds() / 3600)
        yield from (f"{name} still rings" for name in stage.alarms.ringing())
        yield from (f"status is red: {each}" for each in self.red())


Tell = Callable[[Storyteller], Told]


def stories(people: int) -> list[Tell]:
    """All of them, for a company of that size."""
    return [lambda teller: first_load(teller, calls_per_hour=people // 2)]


def first_load(teller: Storyteller, calls_per_hour: int) -> Told:
    """Everyone for the first time, with so many calls to Visma in an hour for each company."""
    stage = teller.stage
    stage.visma.calls_per_hour = calls_per_hour
    stage.operate("mappings import", text=nordfab_mapping(2))
    stage.operate("go-live")
    with teller.story("first load") as told:
        told.changed = told.people
    return told
