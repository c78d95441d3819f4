"""How AWS misbehaves: functions die, are slow or overtaken, tables throttle, the queue repeats."""

from __future__ import annotations

from collections.abc import Callable

from tests.simulation.auditor.problems import Check, demand
from tests.simulation.fate import Mischief
from tests.simulation.steps.base import (
    COMPANIES,
    DEPARTMENTS,
    EMPLOYEE,
    ENTITIES,
    REACH,
    UNKNOWN,
    WHOM,
    YES_OR_NO,
)
from tests.simulation.steps.hr import KINDS
from tests.simulation.steps.registry import step
from tests.simulation.steps.vendors import Vendors

SECOND_THOUGHTS = (
    "another company",
    "another number",
    "another address",
    "a contractor",
    "an unknown department",
    "no hire at all",
)
FUNCTIONS = ("writer", "writer", "writer", "poller", "operations", "releaser")
WHERE = (*range(40), *range(40, 160, 5))
OUTLASTS = 600.0
"""So many seconds later, whatever a function was at is anybody's again."""

OTHERS = ("writer", "poller", "sweep", "approve", "mapping", "finance", "hr")


class Machines(Vendors):
    """The functions, tables and queue on a bad day."""

    @step(9, function=FUNCTIONS, at=WHERE, reach=REACH)
    def kill(self, function: str, at: int, reach: int) -> None:
        """A function dies between two port calls."""
        self.fate.ordered.append(Mischief("kill", function, at))
        self.work(reach)

    @step(5, function=FUNCTIONS, at=WHERE, reach=REACH)
    def throttle(self, function: str, at: int, reach: int) -> None:
        """A table, the queue or a vendor does not answer; what was asked may have been done."""
        self.fate.ordered.append(Mischief("fault", function, at))
        self.work(reach)

    @step(2, function=FUNCTIONS, at=WHERE, seconds=(5, 70, 130, 600), reach=REACH)
    def lag(self, function: str, at: int, seconds: int, reach: int) -> None:
        """A call takes its time."""
        self.fate.ordered.append(Mischief("lag", function, at, seconds=float(seconds)))
        self.work(reach)

    @step(9, function=FUNCTIONS, at=WHERE, what=OTHERS, n=WHOM, reach=REACH)
    def overtake(self, function: str, at: int | str, what: str, n: int, reach: int) -> None:
        """Something else happens between two port calls of a function, from begin to end."""
        meanwhile = self._meanwhile(what, n)
        self.fate.ordered.append(Mischief("meanwhile", function, at, meanwhile=meanwhile))
        self.work(reach)

    @step(0, at=WHERE, n=WHOM, reach=REACH)
    def be_outlasted(self, at: int | str, n: int, reach: int) -> None:
        """A writer takes so long that another one gets its messages, and HR was there meanwhile.

        In no year, because no function outlives its time-out: it shows what the ledger is for.
        """
        happen = self._meanwhile("hr", n)

        def outlast() -> None:
            self.clock.turn(seconds=OUTLASTS)
            happen()

        self.fate.ordered.append(Mischief("meanwhile", "writer", at, meanwhile=outlast))
        self.work(reach)

    def _meanwhile(self, what: str, n: int) -> Callable[[], object]:
        """What happens in between; the auditor looks before and after it."""

        def happen() -> None:
            is_import = what == "mapping"
            if self.fate.is_nested or (is_import and self.fate.outermost == "operations"):
                return  # of two imports the later counts: the model cannot tell
            if is_import and self.model.former:
                return  # nor what an import settles that cannot ask Rippling
            self.auditor.look(self.clock.now())
            self.auditor.remember(self.clock.now())
            self._happen(what, n)
            changed = self.auditor.look(self.clock.now())
            # What another has written of somebody is the newest: no older state may follow.
            self.auditor.forget(changed)

        return happen

    def _happen(self, what: str, n: int) -> None:
        match what:
            case "writer":
                self.world.write(at=1)
            case "poller" | "sweep":
                self.world.poll(full_sweep=what == "sweep", at=1)
            case "approve":
                for row in self.held():
                    approved = row["person"], row["company"], row["kind"]
                    self.auditor.limits.approved[approved] = self.clock.now()
                    self.world.operate("approve", at=1, people=[row["person"]])
            case "mapping":
                self.put_department(COMPANIES[n % 2], DEPARTMENTS[n % len(DEPARTMENTS)])
                self.import_at_once(is_heard=bool(n % 3), at=1)
                self.clock.turn(seconds=3)  # the command waits until every writer has heard of it
                self.doubt_everyone()
            case "finance":
                for key, code in self.model.employees():
                    self.visma.edit_employee(code, company=key, **{"contact.fax": f"{n}"})
                self.auditor.begin(self.clock.now())
            case _:
                self._overtaken_by_hr(n)

    def _overtaken_by_hr(self, n: int) -> None:
        """HR moves somebody, and another writer deals with it at once."""
        if worker := self.worker(n, "ACTIVE"):
            department = self.names[DEPARTMENTS[n % len(DEPARTMENTS)]]
            self.rippling.move(worker["id"], department)
            self.spoken_of(worker)
            self.model.look(self.clock.now())
            self.world.webhook(worker["id"])
            self.world.write(at=1)

    @step(4, then=SECOND_THOUGHTS, is_late=YES_OR_NO)
    def create_and_forget(self, then: str, is_late: bool) -> None:
        """No one hears of a create; before anyone looks, HR changes its mind."""
        self.work(20)
        worker = self.hired("Sales", "Oslo", ENTITIES[0], KINDS[0], 0)
        if is_late:
            self.visma.faults.late(method="POST", path=EMPLOYEE, times=3)
        else:
            self.fate.counts, self.fate.kill_in = (lambda each: each == "after POST employee"), 0
        self.work(20)
        self.fate.counts, self.fate.kill_in = (lambda _: True), None
        match then:
            case "another company":
                self.rippling.change(worker["id"], legal_entity=self.names[ENTITIES[1]])
            case "another number":
                self.rippling.change(worker["id"], number=9000 + self.number())
            case "another address":
                address = f"ny.{self.number()}@example.com"
                self.rippling.change(worker["id"], work_email=address)
            case "a contractor":
                self.rippling.change_employment_type(worker["id"], "Contractor")
            case "an unknown department":
                self.rippling.move(worker["id"], self.names[UNKNOWN])
            case _:
                self.ended(worker, "RENEGE", "at once")
        self.clock.turn(seconds=100)
        self.work(20)

    @step(2, n=(1, 3, 10))
    def lose_deletions(self, n: int) -> None:
        """The queue forgets that messages were dealt with: they come again."""
        self.world.queue.lost_deletions = n
        self.work(20)

    @step(2, n=(0, 1, 3))
    def queue_takes_only(self, n: int) -> None:
        """The queue takes some messages of a run and refuses the others."""
        self.world.queue.takes_only = n
        self.tick()
        self.world.queue.takes_only = None

    @step(1, ticks=(3, 12))
    def stand_still(self, ticks: int) -> None:
        """No writer runs for an hour or less, and whoever waits for it is queued once."""
        if self.tick() < 0:  # one that was killed has its lease for a while
            self.clock.turn(minutes=5)
            self.tick()
        before = self.world.queue.lengths_by_group()
        for _ in range(ticks):
            self.clock.turn(minutes=5)
            self.tick()
        after = self.world.queue.lengths_by_group()
        demand(
            Check.QUEUE,
            (
                f"worker {group} is queued {count - before[group]} times more"
                for group, count in sorted(after.items())
                if count > before[group] + 1
            ),
        )

    @step(1, is_short=YES_OR_NO)
    def cut_the_poller_short(self, is_short: bool) -> None:
        """From now on the poller has no more time than for a page."""
        self.clock.remaining = 0.0 if is_short else 1000.0

    def hurry(self) -> None:
        """From now on sweeps are cut once all is quiet; in a year, from the start or never."""
        self.is_hasty = True

    @step(2)
    def start_cold(self) -> None:
        """A deployment: every environment is a new one."""
        self.world.start_cold()

    @step(1)
    def drop_a_message(self) -> None:
        """A message turns up that is not a change."""
        self.world.queue.inject('{"worker": 7}')
        self.deliver(20)

    def calm(self) -> None:
        """Whatever was wrong is over."""
        self.fate.ordered.clear()
        self.world.queue.lost_deletions, self.world.queue.takes_only = 0, None
        self.clock.remaining = 1000.0
        super().calm()
