"""The stories of load and outage, one after the other in one company.

Each says when the trouble begins and ends; how long it takes until everyone is where they should
be is counted from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connector.domain.changes import Cause, Change
from connector.ports.queue import NOT_A_CHANGE
from tests.load.alarms import Ring
from tests.load.cloud.cloud import STACK
from tests.load.company import Company
from tests.load.measuring import Counted, Spent
from tests.load.stage import Stage
from tests.simulator import credentials
from tests.simulator.nordfab import nordfab_mapping

PATIENCE = timedelta(hours=26)
"""One reconciliation, and what it sets off; in so long every alarm is over."""

ORDINARY = "an ordinary day"
AN_HOUR_BEFORE = timedelta(hours=1)


@dataclass
class Told:
    """What one story came to."""

    name: str
    people: int
    began: datetime
    changed: int = 0
    spent: Spent | None = None
    """From its beginning until everyone was where they should be."""
    hours_after: float = 0.0
    ticks_after: int = 0
    """From the end of the trouble until then."""
    hours_for_others: float | None = None
    """From the beginning until those were right whom the trouble is not about."""
    poison: int = 0
    """Messages that no one has queued who knows the company."""
    most_queued: int = 0
    writes: int = 0
    """Employees created or changed in Visma."""
    rang: tuple[Ring, ...] = ()
    red: list[str] = field(default_factory=list)
    """What `connector status` shows in red while the trouble lasts."""
    problems: list[str] = field(default_factory=list)


@dataclass
class Storyteller:
    """Tells stories on one stage."""

    stage: Stage
    company: Company
    patience: timedelta = PATIENCE
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
        applied = stage.vendors.applied.total()
        told = Told(name, people, stage.clock.now())
        yield told
        trouble_ended, ticks = stage.clock.now(), stage.ticks
        stage.run_until(stage.clock.now() + self.patience, company.is_settled)
        told.spent = Counted.of(stage).since(before)
        told.hours_after = (stage.clock.now() - trouble_ended).total_seconds() / 3600
        told.ticks_after = stage.ticks - ticks
        told.most_queued = stage.cloud.changes.most
        told.changed = told.changed or len(company.changed)
        told.writes = stage.vendors.applied.total() - applied
        told.problems += list(company.report().lost)
        told.problems += ["someone is there twice"] * company.report().duplicates
        told.problems += company.touched_for_nothing(employees)
        told.problems += list(self._beyond_budget())
        if told.most_queued > people + told.poison:
            told.problems.append(f"{told.most_queued} messages for {people} people")
        told.problems += list(self._not_green())
        told.rang = tuple(stage.alarms.rings[rings:])
        self.told.append(told)

    def red(self) -> list[str]:
        """What `connector status` shows in red."""
        return [
            str(check["message"])
            for group in self.stage.operate("status")["groups"]
            for check in group["checks"]
            if check["level"] not in ("good", "note")
        ]

    def listen(self, told: Told) -> None:
        """The trouble has lasted for a while: by now the operator has to have been told."""
        told.red += [each for each in self.red() if each not in told.red]
        if not self.stage.alarms.ringing():
            told.problems.append("no alarm rings")
        if not told.red:
            told.problems.append("status shows nothing in red")

    def until_an_hour_before_the_sweep(self) -> None:
        """Nothing happens until shortly before the next full sweep."""
        self.stage.run_until(self.stage.next_sweep - AN_HOUR_BEFORE)

    def _beyond_budget(self) -> Iterator[str]:
        for company, hours in self.stage.vendors.hours.items():
            if hours.refused:
                yield f"{company}: {hours.refused} calls beyond Visma's hour"

    def _not_green(self) -> Iterator[str]:
        """What still rings or is red, but for alarms that look back further than there is time."""
        stage = self.stage

        def ringing() -> list[str]:
            names = stage.alarms.ringing()
            return [name for name in names if stage.alarms.window(name) < self.patience]

        stage.run_until(stage.clock.now() + self.patience, lambda: not ringing())
        yield from (f"{name} still rings" for name in ringing())
        excused = stage.alarms.ringing().keys()
        for each in self.red():
            if not any(name.removeprefix(f"{STACK}-") in each for name in excused):
                yield f"status is red: {each}"


Tell = Callable[[Storyteller], Told]


def stories(people: int) -> list[Tell]:
    """All of them, for a company of that size."""
    changes = people // 8
    return [
        lambda teller: first_load(teller, calls_per_hour=people // 2),
        lambda teller: ordinary_day(teller, changes=people // 30),
        lambda teller: visma_away(teller, changes),
        lambda teller: rippling_away(teller, changes),
        lambda teller: poison_storm(teller, people // 15, changes),
        lambda teller: rippling_token_dead(teller, changes),
        lambda teller: visma_secret_dead(teller, changes),
        lambda teller: list_refused(teller, changes),
        lambda teller: list_empty(teller, changes),
        lambda teller: facts_withheld(teller, changes),
    ]


def first_load(teller: Storyteller, calls_per_hour: int) -> Told:
    """Everyone for the first time, with so many calls to Visma in an hour for each company."""
    stage = teller.stage
    stage.visma.calls_per_hour = calls_per_hour
    stage.operate("mappings import", text=nordfab_mapping(2))
    stage.operate("go-live")
    with teller.story("first load") as told:
        told.changed = told.people
    return told


def ordinary_day(teller: Storyteller, changes: int) -> Told:
    """A day on which everything works: what the connector costs is made of such days."""
    teller.until_an_hour_before_the_sweep()
    with teller.story(ORDINARY) as told:
        teller.company.live_through(24, changes)
    return told


def visma_away(teller: Storyteller, changes: int, retry_after: int | None = None) -> Told:
    """For an hour Visma loses every other answer, for one it hangs up, for one it answers 503.

    The 503 may come with a `Retry-After` of so many seconds, and so in the next story.
    """
    faults = teller.stage.visma.faults
    orders: tuple[Callable[[], object], ...] = (
        lambda: faults.lose_answer(every=2),
        faults.reset,
        lambda: faults.fail(503, body="html", retry_after=retry_after),
    )
    teller.until_an_hour_before_the_sweep()
    with teller.story("Visma away for three hours") as told:
        for order in orders:
            faults.clear()
            order()
            teller.company.live_through(1, changes // len(orders))
        teller.listen(told)
        faults.clear()
    return told


def rippling_away(teller: Storyteller, changes: int, retry_after: int | None = None) -> Told:
    """For three hours Rippling answers 503 or hangs up, while HR goes on."""
    faults = teller.stage.rippling.faults
    teller.until_an_hour_before_the_sweep()
    with teller.story("Rippling away for three hours") as told:
        faults.fail(503, body="html", every=2, retry_after=retry_after)
        faults.reset()
        teller.company.live_through(3, changes)
        teller.listen(told)
        faults.clear()
    return told


def poison_storm(teller: Storyteller, poison: int, changes: int) -> Told:
    """Messages that can never succeed, of four kinds, among as many changes as ever.

    So many are no changes, and so many are about workers whom Rippling does not know; a tenth as
    many are about people whom Visma refuses, or for whom it never answers.
    """
    stage, company = teller.stage, teller.company
    few = max(2, poison // 10)
    teller.until_an_hour_before_the_sweep()
    with teller.story("a poison storm") as told:
        staff = company.draw.sample(company.staff(), k=len(company.staff()))
        refused, unanswered, good = staff[:few], staff[few : 2 * few], staff[2 * few :]
        told.poison = 2 * poison
        _poison(teller, poison, refused, unanswered)
        company.change(good[:changes])
        company.change((*refused, *unanswered))
        stage.run_for(lambda: company.report().is_clean, hours=3)
        told.hours_for_others = (stage.clock.now() - told.began).total_seconds() / 3600
        stage.run_for(hours=9)
        teller.listen(told)
        _take_poison_away(teller, refused)
    return told


def _poison(
    teller: Storyteller,
    poison: int,
    refused: Sequence[Mapping[str, Any]],
    unanswered: Sequence[Mapping[str, Any]],
) -> None:
    stage, visma = teller.stage, teller.stage.visma
    now, queue = stage.clock.now(), stage.cloud.changes
    for n in range(poison):
        queue.send(f"{{no change {n}", f"poison-{n}", {}, now)
        unknown = Change(f"{n:024x}", Cause.WEBHOOK, f"poison-{n}")
        queue.send(unknown.to_body(), unknown.group, {}, now)
    for worker in refused:
        for company in visma.companies:
            visma.refuse(str(worker["number"]), "EmployeeClass", company=company)
    codes = "|".join(str(worker["number"]) for worker in unanswered)
    visma.faults.fail(503, body="html", path=f"/v1/employee/({codes})")
    teller.company.books.unwritable = {worker["user_id"] for worker in (*refused, *unanswered)}


def _take_poison_away(teller: Storyteller, refused: Sequence[Mapping[str, Any]]) -> None:
    """Finance and the operator put right what can be, replay, and throw away what is no change."""
    stage = teller.stage
    stage.visma.faults.clear()
    for worker in refused:
        for company in stage.visma.companies:
            stage.visma.accept(str(worker["number"]), company=company)
    teller.company.books.unwritable = set()
    _replay(stage)
    letters = stage.cloud.dead_letters
    for letter in letters.messages():
        if letter.group.startswith(NOT_A_CHANGE):
            letters.delete(letter)


def _replay(stage: Stage) -> None:
    """The operator queues all dead letters again."""
    answer = stage.operate("replay")
    while answer["more"]:
        answer = stage.operate("replay", started=answer["started"], more=True, waiting={})


def rippling_token_dead(teller: Storyteller, changes: int, hours: float = 24) -> Told:
    """For a day Rippling turns the token down; then the operator puts another one in the secret."""
    rippling = teller.stage.rippling
    teller.until_an_hour_before_the_sweep()
    with teller.story("Rippling's token dead for a day") as told:
        before = rippling.tokens
        rippling.tokens = set()
        teller.company.live_through(hours, changes)
        teller.listen(told)
        rippling.tokens = before | {"another-token"}
        teller.stage.cloud.put_secret("RipplingSecret", {"api_token": "another-token"})
    return told


def visma_secret_dead(teller: Storyteller, changes: int, hours: float = 24) -> Told:
    """For a day Visma turns the credentials of one company down; then there are others."""
    visma = teller.stage.visma
    teller.until_an_hour_before_the_sweep()
    with teller.story("one company's Visma secret dead for a day") as told:
        _, secret = credentials(len(visma.companies))
        visma.companies["norway"].client_id = "another-client"  # with which only Norway goes on
        visma.revoke_tokens()
        teller.company.live_through(hours, changes)
        teller.listen(told)
        secret["companies"]["norway"]["client_id"] = "another-client"
        teller.stage.cloud.put_secret("VismaSecret", secret)
        _replay(teller.stage)
    return told


def list_refused(teller: Storyteller, changes: int, hours: float = 24) -> Told:
    """For a day the token may not list workers: 403."""
    rippling = teller.stage.rippling
    return _right_lost(
        teller, "workers answered 403 for a day", changes, hours,
        lambda: rippling.forbid.add("workers"), lambda: rippling.forbid.discard("workers"),
    )  # fmt: skip


def list_empty(teller: Storyteller, changes: int, hours: float = 24) -> Told:
    """For a day Rippling shows the token no worker, and says that this is all."""
    rippling = teller.stage.rippling

    def emptied(path: str, content: Any) -> Any:
        is_list = isinstance(content, dict) and path == "/workers/"
        return {**content, "results": [], "next_link": None} if is_list else content

    return _right_lost(
        teller, "workers answered empty for a day", changes, hours,
        lambda: setattr(rippling, "reshape", emptied),
        lambda: setattr(rippling, "reshape", None),
    )  # fmt: skip


def facts_withheld(teller: Storyteller, changes: int, hours: float = 24) -> Told:
    """For a day the token is not shown department, legal entity and employment type."""
    rippling = teller.stage.rippling
    return _right_lost(
        teller, "facts withheld for a day", changes, hours,
        lambda: rippling.redact.update(("department", "legal_entity", "employment_type")),
        rippling.redact.clear,
    )  # fmt: skip


def _right_lost(
    teller: Storyteller,
    name: str,
    changes: int,
    hours: float,
    lose: Callable[[], object],
    regain: Callable[[], object],
) -> Told:
    teller.until_an_hour_before_the_sweep()
    with teller.story(name) as told:
        lose()
        teller.company.live_through(hours, changes)
        teller.listen(told)
        regain()
    return told
