"""Whole lives: whatever happens to people, mapping, books and network, in whatever order.

A machine says the verbs of HR, controller, finance and fate in any order. At each step nothing may
change that no one asked for, and once all is quiet Visma must hold what a second, independent
opinion says (`tests.support.model`). CONNECTOR_MACHINE_EXAMPLES lets it run longer.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from connector.adapters.memory import InMemoryLedger
from connector.bootstrap import services
from connector.domain.changes import Cause, Change
from connector.domain.errors import ConfigurationError, RetryableError
from connector.domain.planning import Outcome
from connector.services.apply.applier import Applier
from connector.services.shared.names import RememberingSource
from tests.simulator import nordfab_rippling, nordfab_visma
from tests.support.clock import HandClock
from tests.support.digests import first_break
from tests.support.model import WIDE_OPEN, ZONE, Employees, Model, local_day
from tests.support.world import MOST_DELIVERIES, World

EMPLOYEE = "/v1/employee.*"
STARTS = (
    datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
    datetime(2026, 11, 30, 22, 50, tzinfo=UTC),  # ten to midnight
    datetime(2026, 10, 24, 21, 50, tzinfo=UTC),  # the night in which the clocks go back
    datetime(2026, 10, 25, 22, 50, tzinfo=UTC),  # ten to midnight after it
)
UNKNOWN = "Robotics"  # a department in Rippling, and at first nowhere else
ENTITIES = ("Nordfab AS", "Nordfab AB")
TARGETS = (("SALES", "400"), ("FIN", "500"), ("ROBO", "700"), ("IT", None), ("SALES", "500"))
EDITS: tuple[dict[str, str], ...] = (
    {"contact.phone1": "+47 000 11111"},
    {"contact.phone1": ""},
    {"contact.lastName": "Finans"},
    {"branch.number": "1"},
    {"department": "IT"},
    {"status": "OnHold"},
    {"status": "Inactive"},
    {"status": "Active"},
)
LOSSES = ("an answer", "every other answer", "a word", "an answer and the line")
SECOND_THOUGHTS = (
    "another company",
    "another number",
    "another address",
    "a contractor",
    "no hire at all",
)
TROUBLES = ("503", "reset", "garbage", "stale")
NEVER_BEGAN = ("RESCIND", "RENEGE", "OFFER_DECLINED")
LATE = timedelta(seconds=40)
LAST = -1  # whoever it was about the last time
MOST_DELETIONS = 3
MOST_ROUNDS = 7
QUIET_TICKS = 2

whom = st.one_of(st.just(LAST), st.just(LAST), st.integers(0, 15))
company = st.sampled_from(("norway", "sweden"))
department = st.sampled_from(("Sales", "Finance", "Production", "Management", UNKNOWN))
place = st.sampled_from(("Oslo", "Bergen", "Gardermoen", "Stockholm"))
kind = st.sampled_from(("Salaried full-time", "Hourly full-time"))
entity = st.sampled_from(ENTITIES)
how = st.sampled_from(("at once", "late", "silently"))
days = st.integers(1, 12)
few = st.integers(1, 4)
reach = st.sampled_from((1, 2, 5, 20))
yes_or_no = st.booleans()
cost_centre = st.sampled_from(("400", "500", "700"))


class CrashError(Exception):
    """The process of the writer ends here."""


class SmallPages(World):
    """Rippling gives five workers a page, so that every read has several."""

    def build(self) -> None:
        """Builds all services again."""
        super().build()
        assert isinstance(self.source, RememberingSource)
        vars(self.source.source)["_limit"] = "5"


class Lives(RuleBasedStateMachine):
    """Everything that happens to a small group of two companies."""

    guards: Mapping[str, str] = WIDE_OPEN

    @initialize(start=st.sampled_from(STARTS), people=st.integers(8, 11), seed=st.integers(1, 4))
    def begin(self, start: datetime, people: int, seed: int) -> None:
        self.clock = HandClock(start)
        self.rippling = nordfab_rippling(self.clock, people, seed, companies=2)
        self.rippling.add_department(UNKNOWN)
        named = {"departments": "name", "work-locations": "name", "legal-entities": "legal_name"}
        rows = [(row, name) for table, name in named.items() for row in self.rippling.rows(table)]
        self.names = {row[name]: row[name] for row, name in rows}
        self.visma = nordfab_visma(2, self.clock)
        for key in self.visma.companies:
            self.visma.add_class("EXEC", company=key)
        self.model = Model(self.rippling, self.visma)
        for rules in self.model.rules.companies.values():
            rules["guards"] = dict(self.guards)
        self.rippling.start()
        self.visma.start()
        text = self.model.rules.text()
        self.world = SmallPages(self.rippling, self.visma, self.clock, 2, mapping_text=text)
        self.unannounced: set[str] = set()
        self.deliveries: Counter[int] = Counter()
        self.chains: dict[str, int] = {}
        self.last = ""
        self.made = 0
        self.deletions = 0
        self.settle()

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            if sys.exception() is None:
                self.settle()
        finally:
            self.visma.stop()
            self.rippling.stop()

    # HR.

    @rule(department=department, place=place, entity=entity, kind=kind, ago=st.integers(0, 3))
    def hire(self, department: str, place: str, entity: str, kind: str, ago: int) -> None:
        self._hire(department, place, entity, kind, -ago)

    @rule(department=department, place=place, entity=entity, kind=kind, days=days)
    def hire_ahead(self, department: str, place: str, entity: str, kind: str, days: int) -> None:
        self._hire(department, place, entity, kind, days)

    @rule(n=whom, department=department, how=how)
    def move(self, n: int, department: str, how: str) -> None:
        if worker := self._worker(n, "ACTIVE", "ACCEPTED"):
            self.rippling.move(worker["id"], self.names[department], **self._told(worker, how))

    @rule(n=whom, place=place, how=how)
    def relocate(self, n: int, place: str, how: str) -> None:
        if worker := self._worker(n, "ACTIVE", "ACCEPTED"):
            told = self._told(worker, how)
            self.rippling.relocate(worker["id"], self.names[place], **told)

    @rule(n=whom, kind=kind, how=how)
    def change_pay_basis(self, n: int, kind: str, how: str) -> None:
        if worker := self._worker(n, "ACTIVE", "ACCEPTED"):
            self.rippling.change_employment_type(worker["id"], kind, **self._told(worker, how))

    @rule(n=whom, how=how)
    def make_a_contractor(self, n: int, how: str) -> None:
        if worker := self._worker(n, "ACTIVE"):
            self.rippling.change_employment_type(
                worker["id"], "Contractor", **self._told(worker, how)
            )

    @rule(n=whom, part=st.sampled_from(("work_phone", "family_name", "mobile")), is_empty=yes_or_no)
    def change_user(self, n: int, part: str, is_empty: bool) -> None:
        if worker := self._worker(n):
            self._told(worker, "silently")
            value = None if is_empty and part != "family_name" else f"Ny {self._number()}"
            fields: dict[str, Any] = {part: value}
            self.rippling.change_user(worker["user_id"], **fields)

    @rule(n=whom, how=how, is_taken_away=st.sampled_from((False, False, True)))
    def change_email(self, n: int, how: str, is_taken_away: bool) -> None:
        if worker := self._worker(n):
            address = None if is_taken_away else f"ny.{self._number()}@example.com"
            self.rippling.change(worker["id"], work_email=address, **self._told(worker, how))

    @rule(n=whom, how=how)
    def renumber(self, n: int, how: str) -> None:
        if worker := self._worker(n):
            number = 9000 + self._number()
            self.rippling.change(worker["id"], number=number, **self._told(worker, how))

    @rule(n=whom, ago=st.integers(0, 3), how=how)
    def terminate(self, n: int, ago: int, how: str) -> None:
        if worker := self._worker(n, "ACTIVE"):
            self._end(worker, "VOLUNTARY", how, ago)

    @rule(n=whom, days=days, is_told_early=yes_or_no)
    def terminate_ahead(self, n: int, days: int, is_told_early: bool) -> None:
        if worker := self._worker(n, "ACTIVE"):
            self.rippling.terminate(worker["id"], self._day(days))
            if is_told_early:
                self.rippling.change(worker["id"], status="TERMINATED")

    @rule(n=whom, how=how)
    def cancel_a_termination(self, n: int, how: str) -> None:
        found = [each for each in self._workers("ACTIVE", "TERMINATED") if self._is_ahead(each)]
        if found:
            worker = found[n % len(found)]
            self.rippling.reactivate(worker["id"], **self._told(worker, how))

    @rule(
        n=whom, reason=st.sampled_from(NEVER_BEGAN), has_begun=st.sampled_from((False, False, True))
    )
    def cancel_a_hire(self, n: int, reason: str, has_begun: bool) -> None:
        if worker := self._worker(n, "ACTIVE" if has_begun else "ACCEPTED"):
            self._end(worker, reason, "at once")

    @rule(n=whom, days=days)
    def move_a_start(self, n: int, days: int) -> None:
        if worker := self._worker(n, "ACCEPTED"):
            self.rippling.change(worker["id"], start_date=self._day(days))

    @rule(n=whom, days=st.integers(-2, 6), department=department, entity=entity, is_new=yes_or_no)
    def rehire(self, n: int, days: int, department: str, entity: str, is_new: bool) -> None:
        """Someone who left comes back, or someone takes on a second employment."""
        if worker := self._worker(n, "TERMINATED") if is_new else self._worker(n):
            self.rippling.rehire(
                worker["user_id"],
                self._day(days),
                department=self.names[department],
                legal_entity=self.names[entity],
                employment_type="Salaried part-time",
                status="ACCEPTED" if days > 0 else "ACTIVE",
            )
            self._spoken(worker)

    @rule(n=whom, how=how)
    def old_worker_again(self, n: int, how: str) -> None:
        if worker := self._worker(n, "TERMINATED"):
            self.rippling.reactivate(worker["id"], **self._told(worker, how))

    @rule(n=whom, how=how)
    def transfer(self, n: int, how: str) -> None:
        if worker := self._worker(n):
            is_norwegian = self._entity(worker) == ENTITIES[0]
            there = self.names[ENTITIES[is_norwegian]]
            self.rippling.change(worker["id"], legal_entity=there, **self._told(worker, how))

    @rule(n=whom)
    def vanish(self, n: int) -> None:
        worker = self._worker(n)
        if worker and self.deletions < MOST_DELETIONS:
            self.deletions += 1
            worked = self.model.present(worker["user_id"], self.clock.now()).company
            self.rippling.remove(worker["id"])
            user_id, now = worker["user_id"], self.clock.now()
            known = self.world.tables.persons.get(user_id)
            is_counted = bool(known and known.worker_id == worker["id"])
            is_left = bool(self.model.present(user_id, now).company)
            if worked or is_counted:
                # It may have ended before it vanished, and no one looked in between; and what is
                # left of their employments may end before anyone looks.
                self.model.out_of_sight[user_id] = is_left or not (worked and is_counted)
            self.unannounced.add(user_id)

    @rule(department=department, is_followed=yes_or_no)
    def rename_a_department(self, department: str, is_followed: bool) -> None:
        before = self.names[department]
        row = self.rippling.department(before)
        # A row holds to what it has been seen to name; of a department without people that cannot
        # be told, so that the row then follows at once.
        if not is_followed:
            self.settle()
        is_seen = any(each["department_id"] == row["id"] for each in self._workers())
        is_followed = is_followed or not is_seen
        self.model.former.setdefault(row["id"], []).insert(0, before)
        after = self.names[department] = f"{department} {self._number()}"
        self.rippling.rename_department(before, after)
        self.unannounced |= {
            each["user_id"] for each in self._workers() if each["department_id"] == row["id"]
        }
        if is_followed:
            for key in self.visma.companies:
                self.model.rules.rename_department(key, before, after)
            self._import()

    # The controller.

    @rule(key=company, department=department, place=st.sampled_from(TARGETS))
    def map_a_department(self, key: str, department: str, place: tuple[str, str | None]) -> None:
        code, cost_centre = place
        row = {"rippling": self.names[department], "department": code}
        extra = {"cost_centre": cost_centre} if cost_centre else {}
        self.model.rules.put_department(key, {**row, **extra})
        self._import()

    @rule(key=company, department=department)
    def unmap_a_department(self, key: str, department: str) -> None:
        self.model.rules.drop_department(key, self.names[department])
        self._import()

    @rule(key=company, code=st.sampled_from(("STAFF", "EXEC")))
    def change_the_default_class(self, key: str, code: str) -> None:
        self.model.rules.companies[key]["defaults"]["employee_class"] = code
        self._import()

    @rule(key=company, owner=st.sampled_from(("rippling", "once", "visma")))
    def change_the_owner(self, key: str, owner: str) -> None:
        self.model.rules.companies[key]["fields"] = {"contact.phone1": owner}
        self._import()

    @rule(key=company, lead=st.sampled_from(("0", "3")))
    def change_the_lead(self, key: str, lead: str) -> None:
        self.model.rules.companies[key]["lead_days"] = lead
        self._import()

    @rule(key=company, word=st.sampled_from(("true", "false")))
    def change_the_scope(self, key: str, word: str) -> None:
        self.model.rules.companies[key]["scope"]["deactivate_when_out_of_scope"] = word
        self._import()

    # Finance.

    @rule(key=company, value=cost_centre, is_open=yes_or_no)
    def open_or_close_a_cost_centre(self, key: str, value: str, is_open: bool) -> None:
        if value not in self.visma.company(key).cost_centres.values:
            self.visma.add_cost_centre(value, company=key)
        self.visma.set_cost_centre_active(value, is_open, company=key)

    @rule(key=company, code=st.sampled_from(("ROBO", "SALES")), value=cost_centre)
    def add_or_link_a_department(self, key: str, code: str, value: str) -> None:
        values = self.visma.company(key).cost_centres.values
        if value in values and values[value].is_active:
            self.visma.add_department(code, cost_centre=value, company=key)

    @rule(is_open=yes_or_no)
    def open_or_close_a_branch(self, is_open: bool) -> None:
        self.visma.set_branch_active("2", is_open, company="norway")

    @rule(n=whom, fields=st.sampled_from(EDITS))
    def edit_an_employee(self, n: int, fields: dict[str, str]) -> None:
        ours = sorted(key for key in self.model.employees() if key not in self.model.entered)
        if n == LAST:
            ours = [key for key in ours if self.model.persons[key[1]] == self.last] or ours
        if ours:
            key, code = ours[n % len(ours)]
            self.visma.edit_employee(code, company=key, **fields)
            self.unannounced.add(self.model.persons[code])

    @rule(key=company, is_theirs=yes_or_no)
    def enter_the_next_hire_by_hand(self, key: str, is_theirs: bool) -> None:
        """Finance was quicker: the code that the next person will have is in Visma already."""
        index = ("norway", "sweden").index(key)
        worker = self._hire("Sales", "Oslo", ENTITIES[index], "Salaried full-time", 0)
        address = worker["work_email"] if is_theirs else f"en.annen.{self._number()}@example.com"
        code = str(worker["number"])
        fields = {"contact.lastName": "Annen", "contact.email": address}
        self.visma.add_employee(code, company=key, **fields)
        self.model.entered[key, code] = address.casefold()

    # Time.

    @rule(hours=st.integers(1, 30), is_punctual=yes_or_no)
    def let_hours_pass(self, hours: int, is_punctual: bool) -> None:
        self._turn(timedelta(hours=hours), is_punctual)

    @rule(days=days, is_punctual=yes_or_no)
    def let_days_pass(self, days: int, is_punctual: bool) -> None:
        self._turn(timedelta(days=days), is_punctual)

    @rule(days=days, is_punctual=yes_or_no)
    def let_a_day_begin(self, days: int, is_punctual: bool) -> None:
        """At the first tick after midnight everything that is due is done."""
        self.settle()
        midnight = datetime.combine(self._day(days), time(0, 0, 30), ZONE).astimezone(UTC)
        self._turn(midnight - self.clock.now(), is_punctual)
        with self._watched():
            self.world.tick()
            self.world.drain()
        self._agree("at the first tick of the day")

    # Fate. What goes wrong goes wrong while the connector is at work.

    @rule(n=few, method=st.sampled_from(("POST", "PUT")), what=st.sampled_from(LOSSES), reach=reach)
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
        self._work(reach)

    @rule(n=st.integers(1, 40), what=st.sampled_from(("503", "429", "reset")), reach=reach)
    def trouble_visma(self, n: int, what: str, reach: int) -> None:
        faults = self.visma.faults
        match what:
            case "503":
                faults.fail(503, "html", path="/v1/.*", times=n)
            case "429":
                faults.fail(429, retry_after=n * 10, path="/v1/.*", times=1)
            case _:
                faults.reset(path="/v1/.*", times=n)
        self._work(reach)

    @rule(n=st.integers(1, 8), what=st.sampled_from(TROUBLES), reach=reach)
    def trouble_rippling(self, n: int, what: str, reach: int) -> None:
        faults = self.rippling.faults
        match what:
            case "503":
                faults.fail(503, "html", path="/workers/.*", times=n)
            case "reset":
                faults.reset(path="/workers/.*", times=n)
            case "garbage":
                faults.garbage(path="/workers/.*", times=n)
            case _:
                faults.stale_page(path="/workers/", times=n)
        self._work(reach)

    @rule(n=few, reach=reach)
    def storm(self, n: int, reach: int) -> None:
        """Finance saves an employee right before each of the next writes."""
        begin, left = self.world.ledger.begin, [n]

        def begin_and_edit(record: Any, key: str, code: str, **options: Any) -> Any:
            begun = begin(record, key, code, **options)
            if left[0] and self.visma.company(key).find_employee(code):
                left[0] -= 1
                self.visma.edit_employee(code, company=key, **{"contact.fax": f"{left[0]}"})
            return begun

        vars(self.world.ledger)["begin"] = begin_and_edit
        self._work(reach)

    @rule(is_written=yes_or_no, reach=reach)
    def crash(self, is_written: bool, reach: int) -> None:
        """The writer dies before its next write, or after it and before the ledger knows."""
        ledger, begin = self.world.ledger, self.world.ledger.begin

        def die(*_: Any) -> None:
            raise CrashError

        def begin_and_die(*args: Any, **options: Any) -> Any:
            begun = begin(*args, **options)
            if not is_written:
                raise CrashError
            vars(ledger)["finish"] = die
            return begun

        vars(ledger)["begin"] = begin_and_die
        vars(self.world)["applier"] = Mortal(self.world)
        self._work(reach)

    @rule(then=st.sampled_from(SECOND_THOUGHTS))
    def create_and_forget(self, then: str) -> None:
        """The writer dies right after a create; before another one looks, HR changes its mind."""
        self.settle()
        worker = self._hire("Sales", "Oslo", ENTITIES[0], "Salaried full-time", 0)
        self.crash(is_written=True, reach=5)
        match then:
            case "another company":
                self.rippling.change(worker["id"], legal_entity=self.names[ENTITIES[1]])
            case "another number":
                self.rippling.change(worker["id"], number=9000 + self._number())
            case "another address":
                address = f"ny.{self._number()}@example.com"
                self.rippling.change(worker["id"], work_email=address)
            case "a contractor":
                self.rippling.change_employment_type(worker["id"], "Contractor")
            case _:
                self._end(worker, "RENEGE", "at once")

    @rule(is_rehired=yes_or_no)
    def come_and_vanish(self, is_rehired: bool) -> None:
        """A row is seen once, as someone's second employment or before the first day."""
        worker = self._worker(0, "TERMINATED") if is_rehired else None
        if worker:
            self.rehire(n=0, days=0, department="Sales", entity=ENTITIES[0], is_new=True)
        else:
            self._hire("Sales", "Oslo", ENTITIES[0], "Salaried full-time", 3)
        self.settle()
        self.vanish(n=LAST)

    @rule()
    def start_cold(self) -> None:
        self.world.build()

    @rule(n=few)
    def deliver_twice(self, n: int) -> None:
        self.world.queue.changes += [replace(each) for each in self.world.queue.changes[:n]]

    @rule(is_short=yes_or_no)
    def cut_the_poller_short(self, is_short: bool) -> None:
        self.clock.remaining = 0.0 if is_short else 1000.0

    @rule(n=whom, department=department)
    def overtake(self, n: int, department: str) -> None:
        """A writer that has read Rippling is overtaken by HR and by another writer."""
        worker = self._worker(n, "ACTIVE")
        if worker is None:
            return
        change = Change(worker["id"], Cause.WEBHOOK, "overtaken")
        finished: list[Outcome] = []

        def meanwhile() -> None:
            self.rippling.move(worker["id"], self.names[department])
            self._spoken(worker)
            with suppress(RetryableError):
                finished.append(self.world.applier.apply(change))

        with self._watched(finished), suppress(RetryableError):
            _slow_writer(self.world, meanwhile).apply(change)
        self.world.queue.send([change])

    # The connector.

    @rule()
    def tick(self) -> None:
        self._tick()

    @rule(reach=reach)
    def deliver(self, reach: int) -> None:
        self._deliver(reach)

    @rule(reach=reach)
    def work(self, reach: int) -> None:
        self._work(reach)

    @rule(reach=reach)
    def sweep(self, reach: int) -> None:
        self._tick(full_sweep=True)
        self._deliver(reach)

    @rule(n=whom)
    def be_told_by_a_webhook(self, n: int) -> None:
        if worker := self._worker(n):
            self.world.queue.send([Change(worker["id"], Cause.WEBHOOK, "webhook")])
            self._deliver(len(self.world.queue.changes))

    @rule()
    def settle(self) -> None:
        """Faults end, and everything converges without a hand."""
        self._calm()
        with self._watched():
            self._let_work()
        unsure = self.unannounced | set(self._unsure())
        self._agree("without a sweep", unsure)
        self.clock.turn(minutes=16)
        with self._watched():
            self._let_work(full_sweep=True)
        self._agree("once all is quiet")
        self._check_waiting()
        now = self.clock.now()
        twice = self.model.active_twice(self.model.employees())
        assert not twice - self.model.stuck(now) - self._resting()
        assert "@" not in self.world.everything_stored()
        assert self.world.tick().queued == 0, self.world.queue.changes
        self.unannounced.clear()
        self.model.look_around(self.clock.now())

    # What must hold after every step.

    @invariant()
    def requests_and_audit_are_as_promised(self) -> None:
        """Every request keeps to the contracts, and every chain of the audit is unbroken."""
        self.model.look(self.clock.now())
        calls = [*self.rippling.journal, *self.visma.journal]
        assert [call for call in calls if call.contract_errors] == []
        self.world.clear_journals()
        for person, rows in self.world.tables.audit.items():
            if self.chains.get(person) != len(rows):
                assert first_break(rows) is None
                self.chains[person] = len(rows)

    def _hire(
        self, department: str, place: str, entity: str, kind: str, start: int
    ) -> dict[str, Any]:
        worker = self.rippling.hire(
            department=self.names[department],
            location=self.names[place],
            legal_entity=self.names[entity],
            employment_type=kind,
            start_date=self._day(start),
            status="ACCEPTED" if start > 0 else "ACTIVE",
        )
        self.last = worker["user_id"]
        return worker

    def _end(self, worker: dict[str, Any], reason: str, how: str, ago: int = 0) -> None:
        told = self._told(worker, how)
        self.rippling.terminate(worker["id"], self._day(-ago), reason, **told)
        self.rippling.change(worker["id"], status="TERMINATED", **told)

    def _workers(self, *statuses: str) -> list[dict[str, Any]]:
        rows = self.rippling.workers()
        return [row for row in rows if not statuses or row["status"] in statuses]

    def _worker(self, n: int, *statuses: str) -> dict[str, Any] | None:
        """One of the workers; lives get entangled where it is often the same person."""
        found = self._workers(*statuses)
        if n == LAST:
            found = [each for each in found if each["user_id"] == self.last] or found
        if not found:
            return None
        worker = found[n % len(found)]
        self.last = worker["user_id"]
        return worker

    def _entity(self, worker: dict[str, Any]) -> str:
        rows = self.rippling.rows("legal-entities")
        names = {row["id"]: row["legal_name"] for row in rows}
        name = str(names[worker["legal_entity_id"]])
        return next(str(first) for first, now in self.names.items() if now == name)

    def _is_ahead(self, worker: dict[str, Any]) -> bool:
        return bool(worker["end_date"] and worker["end_date"] > self._day(0).isoformat())

    def _told(self, worker: dict[str, Any], how: str) -> dict[str, Any]:
        """How a change comes to light: with its own stamp, with one of a while ago, or not."""
        self._spoken(worker)
        if how == "late":
            return {"at": self.clock.now() - LATE}
        if how == "silently":
            self.unannounced.add(worker["user_id"])
            return {"silent": True}
        return {}

    def _spoken(self, worker: dict[str, Any]) -> None:
        if worker["user_id"] in self.model.out_of_sight:
            self.model.out_of_sight[worker["user_id"]] = True

    def _number(self) -> int:
        self.made += 1
        return self.made

    def _day(self, ahead: int) -> date:
        return local_day(self.clock.now()) + timedelta(days=ahead)

    def _turn(self, by: timedelta, is_punctual: bool) -> None:
        self.clock.turn(seconds=by.total_seconds())
        if is_punctual:
            self.rippling.turn_day(self._day(0))

    def _import(self) -> None:
        self.world.edit_mapping(self.model.rules.text())

    @contextmanager
    def _watched(self, newer: Sequence[Outcome] | None = None) -> Iterator[None]:
        """Nothing may change in Visma that no one asked for.

        Where `newer` is given, an older state may still be written as long as there is none.
        """
        self.model.look(self.clock.now())
        before, since = self.model.employees(), self.clock.now()
        yield
        after, now = self.model.employees(), self.clock.now()
        self._check_adopted()
        twice = self.model.active_twice(after) - self.unannounced
        is_newest = newer is None or bool(newer)
        problems = [
            *(self._unjustified(before, after, since, now) if is_newest else ()),
            *self.model.doubles(after),
            *(f"{person} is active in two companies" for person in sorted(twice)),
        ]
        assert not problems, problems

    def _unjustified(
        self, before: Employees, after: Employees, since: datetime, now: datetime
    ) -> Iterator[str]:
        return self.model.unjustified(before, after, since, now)

    def _work(self, reach: int) -> None:
        self._tick()
        self._deliver(reach)

    def _tick(self, *, full_sweep: bool = False) -> None:
        with self._watched(), suppress(RetryableError):
            self.world.tick(full_sweep=full_sweep)

    def _deliver(self, count: int) -> None:
        """Delivers so many messages; what fails stays on the queue and blocks only its group."""
        queue = self.world.queue.changes
        with self._watched():
            for _ in range(min(count, len(queue))):
                change = queue.pop(0)
                self.deliveries[id(change)] += 1
                try:
                    self.world.applier.apply(change, delivery=self.deliveries[id(change)])
                except (RetryableError, ConfigurationError):
                    self._put_back(change)

    def _put_back(self, change: Change) -> None:
        if self.deliveries[id(change)] >= MOST_DELIVERIES:
            self.world.buried.append(change)
            return
        queue = self.world.queue.changes
        behind = [at for at, other in enumerate(queue) if other.group == change.group]
        queue.insert(behind[0] if behind else len(queue), change)

    def _calm(self) -> None:
        self.visma.faults.clear()
        self.rippling.faults.clear()
        self.clock.remaining = 1000.0

    def _let_work(self, *, full_sweep: bool = False) -> None:
        """Ticks and drains until two ticks find nothing, dead letters replayed.

        Two, because the first may only end a read that was cut short: what came to light behind
        its page token is for the next.
        """
        self.world.drain()
        quiet = 0
        for _ in range(MOST_ROUNDS):
            queued = self.world.tick(full_sweep=full_sweep).queued
            self.world.drain()
            self.world.queue.send(map(replace, self.world.buried))
            self.world.buried.clear()
            quiet = 0 if queued or self.world.queue.changes else quiet + 1
            if quiet == QUIET_TICKS:
                return
            full_sweep = False
        raise AssertionError("it never comes to rest")

    def _agree(self, when: str, skipped: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        self.model.look(self.clock.now())
        skipped = skipped | self._resting()
        problems = list(self.model.mismatches(self.clock.now(), skipped))
        assert not problems, (when, problems)

    def _resting(self) -> set[str]:
        """The people whom an operator has left as they are."""
        return set()

    def _unsure(self) -> Iterator[str]:
        """The people about whom the connector may still believe what was so a while ago."""
        now = self.clock.now()
        for user_id in self.model.everyone():
            first, *others = self.model.possible(user_id, now, now)
            if any(each != first for each in others):
                yield user_id

    def _check_waiting(self) -> None:
        must, may = self.model.waiting(self.clock.now())
        rows = self.world.operator.dispatch({"verb": "waiting"})["rows"]
        shown = {row["person"] for row in rows}
        assert must <= shown <= may, ("waiting", must - shown, shown - may)

    def _check_adopted(self) -> None:
        """Someone entered by hand becomes ours only on the proof of the e-mail address."""
        for (key, code), address in list(self.model.entered.items()):
            person = self.model.persons[code]
            link = self.world.tables.links.get(person, {}).get(key)
            is_lost = (key, person) in self.model.lost  # then the link still has its old code
            if link and link.employee_code == code and not is_lost:
                assert address in self.model.had_addresses[person]
                del self.model.entered[key, code]


class Mortal:
    """A writer whose process may end in the middle; another one then starts, cold."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._applier = world.applier

    def apply(self, change: Change, *, delivery: int = 1) -> Outcome:
        """Deals with a change, or dies of it."""
        try:
            return self._applier.apply(change, delivery=delivery)
        except CrashError:
            self._world.build()
            raise RetryableError("the writer crashed", retry_after=130) from None


def _slow_writer(world: World, meanwhile: Callable[[], None]) -> Applier:
    """Another writer, that stops once between reading and deciding."""

    class SlowSource:
        def __init__(self) -> None:
            self.has_paused = False

        def __getattr__(self, name: str) -> Any:
            return getattr(world.source, name)

        def employments(self, *args: Any) -> Any:
            found = world.source.employments(*args)
            if not self.has_paused:
                self.has_paused = True
                meanwhile()
            return found

    ledger = InMemoryLedger(world.clock, world.tables)
    adapters = replace(world.adapters, source=SlowSource(), ledger=ledger)
    return services.applier(adapters, world.options)


EXAMPLES = int(os.environ.get("CONNECTOR_MACHINE_EXAMPLES", "25"))
SEED = int(os.environ.get("CONNECTOR_MACHINE_SEED", "1"))
"""Said, because Hypothesis would else derive it from the names in this file."""


def run_settings(examples: int) -> settings:
    """So many lives of up to fifty steps each, the same whenever they are run."""
    return settings(
        max_examples=examples,
        stateful_step_count=50,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


TestWholeLives = seed(SEED)(Lives).TestCase
TestWholeLives.settings = run_settings(EXAMPLES)
