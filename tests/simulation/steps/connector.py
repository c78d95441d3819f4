"""What the connector itself is asked to do: ticks, sweeps, webhooks, time, and peace."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from tests.simulation.auditor.problems import Check, ViolationError, demand
from tests.simulation.steps.base import MOST_ROUNDS, QUIET_TICKS, REACH, WHOM, YES_OR_NO
from tests.simulation.steps.hr import DAYS
from tests.simulation.steps.machines import Machines
from tests.simulation.steps.registry import step
from tests.support.model import ZONE

MOST_DECISIONS = 10
MOST_RUNS = 100
ENOUGH = 1000.0


class Story(Machines):
    """A year at Nordfab, step by step."""

    @step(6)
    def tick_once(self) -> None:
        self.tick()

    @step(6, reach=REACH)
    def deliver_some(self, reach: int) -> None:
        self.deliver(reach)

    @step(9, reach=REACH)
    def work_once(self, reach: int) -> None:
        self.work(reach)

    @step(3, reach=REACH)
    def sweep(self, reach: int) -> None:
        self.tick(full_sweep=True)
        self.deliver(reach)

    @step(2, n=WHOM)
    def be_told_by_a_webhook(self, n: int) -> None:
        if worker := self.worker(n):
            self.world.webhook(worker["id"])
            self.deliver(20)

    @step(3, hours=range(1, 31), is_punctual=YES_OR_NO)
    def let_hours_pass(self, hours: int, is_punctual: bool) -> None:
        self.turn(timedelta(hours=hours), is_punctual=is_punctual)

    @step(3, days=DAYS, is_punctual=YES_OR_NO)
    def let_days_pass(self, days: int, is_punctual: bool) -> None:
        self.turn(timedelta(days=days), is_punctual=is_punctual)

    @step(1, days=DAYS, is_punctual=YES_OR_NO)
    def let_a_day_begin(self, days: int, is_punctual: bool) -> None:
        """At the first tick after midnight everything that is due is done."""
        self.quiet()
        midnight = datetime.combine(self.day(days), time(0, 0, 30), ZONE).astimezone(UTC)
        self.turn(midnight - self.clock.now(), is_punctual=is_punctual)
        self.tick()
        with self.watched():
            self.world.drain()
        self.decide_everything()
        now = self.clock.now()
        self.auditor.agree(now, "at the first tick of the day")

    @step(2)
    def quiet(self) -> None:
        """Faults end, and everything converges without a hand, but for what needs a decision."""
        self.calm()
        self.let_work()
        skipped = self.auditor.unsure | self.auditor.unsettled(self.clock.now())
        self.auditor.agree(self.clock.now(), "without a sweep", skipped)
        self.clock.turn(minutes=16)
        if self.is_hasty:
            for _ in range(QUIET_TICKS):
                self.sweep_in_runs()
                self.let_work()
        else:
            self.let_work(full_sweep=True)
        now = self.clock.now()
        self.auditor.agree(now, "once all is quiet")
        rows = self.world.operate("waiting").get("rows", ())
        shown = {row["person"] for row in rows}
        self.auditor.check_rows(self.world.stored(), now, shown)
        self._check_costs()
        self.auditor.rest_from(now)
        self.model.look_around(now)
        self.vendors.sights.is_in_doubt = False
        self.auditor.limits.loading = False

    def turn_a_day(self) -> None:
        """A new day: what was counted by the guards counts no more."""
        self.turn(timedelta(hours=25), is_punctual=True)

    def _check_costs(self) -> None:
        """A tick in which nothing happened asks Rippling once, and Visma nothing."""
        self.rippling.clear_journal()
        self.visma.clear_journal()
        queued = self.tick_quietly()
        demand(Check.REST, [f"{queued} queued by a tick in peace"] if queued else [])

    def tick_quietly(self) -> int:
        """One tick, after which everything is as it was."""
        return self.tick()

    def let_work(self, *, full_sweep: bool = False) -> None:
        """Ticks and drains until two ticks find nothing; the operator approves what is held.

        Two, because the first may find what is dealt with by then. One that only ends a read that
        was cut short counts for none: what came to light behind its page token is for the next.
        """
        with self.watched():
            self.world.drain()
        quiet = 0
        for _ in range(MOST_ROUNDS):
            was_cut = self.world.is_cut()
            queued = self.tick(full_sweep=full_sweep)
            with self.watched():
                self.world.drain()
                if self.world.queue.dead:
                    self.world.operate("replay")
            is_idle = not queued and self.world.queue.is_empty() and not self.decide_everything()
            quiet = quiet + (not was_cut) if is_idle else 0
            if quiet == QUIET_TICKS:
                return
            full_sweep = full_sweep and queued < 0
            if queued < 0:
                self.clock.turn(minutes=5)
        raise ViolationError(
            Check.REST, ["it never comes to rest"], ", ".join(self.world.failures[-3:])
        )

    def sweep_in_runs(self) -> None:
        """A full sweep, each run of which has time for one page, one person or one company."""
        for run in range(MOST_RUNS):
            self.clock.remaining = self.world.time_for_one_thing()
            is_failed = self.tick(full_sweep=not run) < 0
            self.clock.remaining = ENOUGH
            if not self.world.sweep().started:
                return
            if is_failed:
                self.clock.turn(minutes=5)
        raise ViolationError(
            Check.REST, ["a sweep never ends"], ", ".join(self.world.failures[-3:])
        )

    def decide_everything(self) -> bool:
        """The operator approves whatever is held, however often that takes; whether any was."""
        for turn in range(MOST_DECISIONS):
            held = self.held()
            if not held:
                return bool(turn)
            self.decide("approve", held)
            with self.watched():
                self.world.drain()
        raise ViolationError(Check.REST, ["what is approved is held again and again"])
