"""How both vendors misbehave: rights lost and regained, lost and late answers, nonsense, 429."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.simulation.steps.base import COMPANIES, EMPLOYEE, REACH, YES_OR_NO
from tests.simulation.steps.registry import step
from tests.simulation.steps.rejecting import Rejecting

RIGHTS = (
    "department", "department_id", "location", "legal_entity", "legal_entity_id",
    "employment_type", "employment_type_id", "status", "work_email", "number", "start_date",
    "end_date", "user",
)  # fmt: skip
EXPANDS = ("department", "legal_entity", "employment_type", "user")
ODD_ROWS: tuple[object, ...] = (
    "a row",
    None,
    {},
    {"id": "odd", "user_id": ["odd"], "status": "ACTIVE"},
    {"id": None, "user_id": "odd", "number": {}, "start_date": 7},
)
WITHOUT_ANSWER = timedelta(minutes=4)
LOSSES = ("an answer", "every other answer", "a word", "an answer and the line")
TROUBLES = ("503", "reset", "garbage", "stale", "429")
FEW = (1, 2, 3, 4)
METHODS = ("POST", "PUT")
READ_AGAIN = timedelta(seconds=601)
"""So long a refused list of locations is believed to be refused."""


class Vendors(Rejecting):
    """Rippling and Visma on a bad day."""

    named_seconds = 0
    """For how long Visma has said to be closed, or will say at the next call."""

    @step(3, name=RIGHTS, is_told=YES_OR_NO, reach=REACH)
    def lose_a_right(self, name: str, is_told: bool, reach: int) -> None:
        self.model.hides_obstacles = True
        self.model.hides_last_days |= name == "end_date" and not is_told
        self.rippling.redact.add(name)
        self.rippling.redacts_silently = not is_told
        self.work(reach)

    @step(2, name=EXPANDS, reach=REACH)
    def lose_an_expansion(self, name: str, reach: int) -> None:
        self.model.hides_obstacles = True
        self.rippling.forbid_expand.add(name)
        self.work(reach)

    @step(1, reach=REACH)
    def lose_the_list_of_locations(self, reach: int) -> None:
        self.model.hides_obstacles = True
        self.rippling.forbid.add("work-locations")
        self.work(reach)

    @step(1, row=range(len(ODD_ROWS)), reach=REACH)
    def mix_in_an_odd_row(self, row: int, reach: int) -> None:
        """From now on something stands among Rippling's workers that is none."""
        self.vendors.odd_rows = (ODD_ROWS[row],)
        self.work(reach)

    @step(2, reach=REACH)
    def regain_all_rights(self, reach: int) -> None:
        self.regain()
        self.tick(full_sweep=True)
        self.deliver(reach)

    @step(3, n=FEW, method=METHODS, what=LOSSES, reach=REACH)
    def lose_answers(self, n: int, method: str, what: str, reach: int) -> None:
        faults = self.visma.faults
        match what:
            case "an answer":
                faults.lose_answer(method=method, path=EMPLOYEE, times=n)
            case "every other answer":
                faults.lose_answer(method=method, path=EMPLOYEE, times=n, every=2)
            case "a word":
                faults.fail_after_apply(503, "html", method=method, path=EMPLOYEE, times=n)
            case _:  # an answer, and then there is no one to ask
                faults.lose_answer(method=method, path=EMPLOYEE, times=1)
                faults.fail(503, "html", method="GET", path=EMPLOYEE)
        self.work(reach)

    @step(2, n=FEW, method=METHODS, is_applied=YES_OR_NO, reach=REACH)
    def answer_with_nonsense(self, n: int, method: str, is_applied: bool, reach: int) -> None:
        faults = self.visma.faults
        if is_applied:
            faults.fail_after_apply(200, "html", method=method, path=EMPLOYEE, times=n)
        else:
            faults.garbage(method=method, path=EMPLOYEE, times=n)
        self.work(reach)

    def confirm_and_do_nothing(self, n: int, reach: int) -> None:
        """Visma says 204 to the next updates, and leaves all as it was; drawn in no year.

        Only a sweep can tell.
        """
        self.visma.faults.fail(204, "empty", method="PUT", path=EMPLOYEE, times=n)
        self.work(reach)
        self.doubt_everyone()

    @step(3, n=FEW, method=METHODS, reach=REACH)
    def write_slowly(self, n: int, method: str, reach: int) -> None:
        """A write breaks off, and Visma applies it minutes later."""
        self.visma.faults.late(method=method, path=EMPLOYEE, times=n)
        self.work(reach)

    @step(2, reach=REACH)
    def land_at_last(self, reach: int) -> None:
        self.land()
        self.work(reach)

    @step(2, n=(1, 3, 9, 40), what=("503", "429", "reset", "401"), reach=REACH)
    def trouble_visma(self, n: int, what: str, reach: int) -> None:
        faults = self.visma.faults
        match what:
            case "503":
                faults.fail(503, "html", path="/v1/.*", times=n)
            case "429":
                seconds = n * 30
                faults.fail(429, retry_after=seconds, path="/v1/.*", times=1)
                self.named_seconds = max(self.named_seconds, seconds)
            case "401":
                self.visma.revoke_tokens()
            case _:
                faults.reset(path="/v1/.*", times=n)
        self.work(reach)

    @step(1, key=COMPANIES, reach=REACH)
    def lose_a_secret(self, key: str, reach: int) -> None:
        """Somebody has taken a company out of the secret of Visma."""
        self.world.lose_secret(key)
        self.work(reach)

    @step(1, calls=(3, 10, 25), reach=REACH)
    def run_out_of_calls(self, calls: int, reach: int) -> None:
        """Another integration leaves so many calls of the hour."""
        self.visma.calls_per_hour = calls
        self.work(reach)

    @step(3, n=(1, 2, 4, 8), what=TROUBLES, reach=REACH)
    def trouble_rippling(self, n: int, what: str, reach: int) -> None:
        faults = (self.platform or self.rippling).faults
        people = "/employees.*" if self.platform else "/workers/.*"
        match what:
            case "503":
                faults.fail(503, "html", path=people, times=n)
            case "reset":
                faults.reset(path=people, times=n)
            case "garbage":
                faults.garbage(path=people, times=n)
            case "429":
                faults.fail(429, retry_after=n * 30, path="/.*", times=1)
            case _:
                faults.stale_page(path="/workers/", times=n)
        self.work(reach)

    def lose_the_search(self) -> None:
        """Rippling no longer understands which person is asked for; in years that is a dialect."""
        self.dialect = {**self.dialect, "filter by person": "ignored"}
        self.rippling.understands.ignored.add("user_id")

    def calm(self) -> None:
        """Whatever was wrong with the vendors is over."""
        self.visma.faults.clear()
        self.rippling.faults.clear()
        if self.platform:
            self.platform.faults.clear()
        self.world.lose_secret(None)
        # The moment that Visma has named is believed, and may lie behind a whole full sweep.
        self.clock.turn(seconds=self.named_seconds)
        self.named_seconds = 0
        if self.visma.calls_per_hour < 15_000:
            self.visma.calls_per_hour = 15_000
            self.clock.turn(minutes=61)  # what was used up comes back with the next hour
        self.regain()
        self.land()

    def regain(self) -> None:
        """The token may see everything again."""
        rippling = self.rippling
        rippling.redact.clear()
        rippling.forbid_expand.clear()
        if rippling.forbid or self.model.hides_obstacles:
            rippling.forbid.clear()
            self.clock.turn(seconds=READ_AGAIN.total_seconds())  # a refusal is believed so long
        if self.model.hides_obstacles:
            # Whoever was refused or kept meanwhile is looked at again by the next reconciliation.
            self.doubt_everyone()
        self.model.hides_obstacles = self.model.hides_last_days = False

    def land(self) -> None:
        """Whatever Visma was still working on is applied; nothing more is slow."""
        self.visma.faults.clear()
        self._apply_late()

    def time_passes(self, until: datetime) -> None:
        """No write takes Visma longer than four minutes, however and wherever they pass."""
        if not self.visma.is_at_work:
            return
        # A request is taken between two turns of the clock, so at the moment of the second.
        self.slow_since = self.slow_since or self.clock.now()
        if until >= self.slow_since + WITHOUT_ANSWER:
            self._apply_late()

    def _apply_late(self) -> None:
        """What was decided minutes ago is no change of now: the auditor looks before, and again."""
        self.slow_since = None
        if not self.visma.is_at_work:
            return
        if self.is_watched:
            self.auditor.look(self.clock.now())
        before = self.model.employees()
        self.visma.land()
        self.auditor.note_late(before, self.clock.now())
        self.doubt_everyone()
        if self.is_watched:
            self.auditor.begin(self.clock.now())
