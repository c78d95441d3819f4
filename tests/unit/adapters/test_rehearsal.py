"""A rehearsal remembers what it planned, sends nothing, and leaves no trace of a write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from connector.adapters.memory import (
    InMemoryAuditLog,
    InMemoryGuardLog,
    InMemoryLedger,
    InMemoryTables,
)
from connector.adapters.rehearsal import RehearsalGuardLog, RehearsalLedger, RehearsalTargets
from connector.domain.catalogue import Part
from connector.domain.employees import Employee, Fields, Written
from connector.domain.guards import ChangeKind
from connector.domain.mapping.model import Guards
from connector.domain.planning import Outcome
from connector.domain.records.audit import AuditRow
from connector.domain.records.ledger import EmployeeLink, Person, Write
from connector.ports.ledger import Ledger
from connector.ports.visma import Listing, Sample, SingleReads, Target, Targets
from tests.support.clock import HandClock
from tests.support.digests import first_break

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ROW = AuditRow("p1", NOON, Outcome.CREATED, "Created employee 1042.", "poll", "c1")


@pytest.fixture
def tables() -> InMemoryTables:
    return InMemoryTables()


@pytest.fixture
def real(tables: InMemoryTables) -> Ledger:
    return InMemoryLedger(HandClock(), tables)


@pytest.fixture
def dry(tables: InMemoryTables) -> Ledger:
    return RehearsalLedger(InMemoryLedger(HandClock(), tables, planned=True))


def plan(dry: Ledger, **changes: Any) -> None:
    """Plans to create someone, as the writer would."""
    record = dry.record("p1")
    begun = dry.begin(record, Write("norway", "1042", ()), claim=True)
    person = replace(begun.person, **changes)
    dry.finish(begun, person, [EmployeeLink("p1", "norway", Outcome.CREATED, NOON)], [ROW])


def test_a_rehearsal_shows_who_was_open_before_it(dry: Ledger, real: Ledger) -> None:
    record = real.record("p1")
    held = EmployeeLink("p1", "norway", Outcome.HELD, NOON)
    real.finish(record, record.person, [held], [ROW])
    planned = dry.record("p1")
    dry.finish(planned, planned.person, [replace(held, outcome=Outcome.UNCHANGED)], [ROW])

    assert list(dry.open_links("norway")) == [held]


def test_a_plan_is_audited_as_planned_and_ties_into_the_chain(
    dry: Ledger, real: Ledger, tables: InMemoryTables
) -> None:
    record = real.record("p1")
    real.finish(record, record.person, [], [ROW])

    plan(dry)

    rows = list(InMemoryAuditLog(tables).of_person("p1"))
    assert [row.get("planned", False) for row in rows] == [False, True]
    assert first_break(list(rows)) is None


def test_what_was_planned_is_remembered_apart_from_what_was_done(dry: Ledger, real: Ledger) -> None:
    record = real.record("p1")
    done = replace(record.person, fingerprints={"w1": "done"}, outcome="updated", facts={"a": "b"})
    real.finish(record, done, [], [ROW])

    plan(dry, fingerprints={"w1": "planned"}, outcome="created", facts={"a": "c"}, worker_id="w1")

    assert dry.fingerprints(["p1"]) == {"p1": {"w1": "planned"}}
    assert real.fingerprints(["p1"]) == {"p1": {"w1": "done"}}
    person = real.record("p1").person
    assert (person.outcome, person.facts, person.worker_id) == ("updated", {"a": "b"}, "")


def test_a_plan_leaves_no_holding_no_claim_and_no_intent(
    dry: Ledger, real: Ledger, tables: InMemoryTables
) -> None:
    plan(dry)

    assert list(real.links("norway")) == []
    assert tables.claims == {}
    assert real.record("p1").person.intent is None
    assert real.record("p1").person.version == 1


def test_the_rest_of_the_ledger_is_read_through(dry: Ledger, real: Ledger) -> None:
    record = real.record("p1")
    link = EmployeeLink(
        "p1", "norway", Outcome.WAITING, NOON, waiting_for=("branch#9",), due_on=NOON.date()
    )
    real.finish(record, replace(record.person, outcome="waiting"), [link], [ROW])

    assert dry.record("p1") == real.record("p1")
    assert list(dry.waiting("norway")) == [link]
    assert list(dry.due("norway", NOON.date())) == [link]
    assert list(dry.links("norway")) == [link]
    assert [person.id for person in dry.persons()] == ["p1"]
    assert list(dry.persons(["p9"])) == []
    plan(real, fingerprints={"w1": "f1"})
    real.begin(real.record("p1"), Write("norway", "1042", ()), claim=True)
    assert [dry.person_with("w1"), dry.owner_of("1042", "norway")] == ["p1", "p1"]


class _Company:
    """A company that can be read, and that fails whoever writes to it."""

    def read(self, code: str) -> Employee | None:
        return Employee(code, {"status": "Active"}, '"1"')

    def create(self, code: str, fields: Fields) -> Written:
        raise AssertionError("a rehearsal writes nothing")

    def update(self, code: str, fields: Fields, *, identity: Fields, etag: str | None) -> Written:
        raise AssertionError("a rehearsal writes nothing")

    def rename(self, employee_id: int, new_code: str) -> None:
        raise AssertionError("a rehearsal writes nothing")

    def catalogue(
        self, parts: Iterable[Part], cost_centre_segment: int | None
    ) -> Mapping[Part, Any]:
        return dict.fromkeys(parts, cost_centre_segment)

    def employees(self) -> Iterator[Employee]:
        yield Employee("1042", {})

    def all_employees(self) -> Listing:
        return Listing(tuple(self.employees()))

    def sign_in(self) -> tuple[str, ...]:
        return ("delete",)

    def segments(self) -> Mapping[int, str]:
        return {1: "Cost centre"}

    def sample(self) -> Sample:
        return Sample(7)

    def single_reads(self, first: Employee | None) -> SingleReads:
        return SingleReads("404", True)


class _Companies:
    def company(self, key: str) -> Target:
        return _Company()


def test_nothing_is_sent_to_visma_and_everything_is_read_from_it() -> None:
    targets: Targets = RehearsalTargets(_Companies())
    company = targets.company("norway")

    assert company.create("1042", {}) == Written("1042")
    assert company.update("1042", {}, identity={}, etag='"1"') == Written("1042")
    assert company.read("1042") == Employee("1042", {"status": "Active"}, '"1"')
    assert company.catalogue([Part.BRANCHES], 2) == {Part.BRANCHES: 2}
    assert [employee.code for employee in company.employees()] == ["1042"]
    assert company.sign_in() == ("delete",)
    assert company.segments() == {1: "Cost centre"}
    assert company.sample() == Sample(7)
    assert company.single_reads(None) == SingleReads("404", True)


def test_somebody_known_from_a_plan_alone_has_done_nothing_yet(dry: Ledger, real: Ledger) -> None:
    plan(dry, fingerprints={"w1": "planned"})

    assert real.fingerprints(["p1"]) == {"p1": {}}
    assert isinstance(real.record("p1").person, Person)


def test_a_rehearsal_holds_what_would_be_held_and_counts_no_one() -> None:
    clock = HandClock()
    live = InMemoryGuardLog(clock)
    live.count("norway", ChangeKind.MOVE, "p1", 5)
    rehearsed = RehearsalGuardLog(live)

    answers = [
        rehearsed.count("norway", ChangeKind.MOVE, person, limit)
        for person, limit in (("p1", 1), ("p2", 1), ("p2", 2))
    ]
    rehearsed.allow_all("norway", ChangeKind.MOVE)
    rehearsed.keep("norway", Guards(approvers=2))

    assert rehearsed.last_known("norway") == live.last_known("norway") == Guards(approvers=2)
    assert answers == [True, False, True]
    assert set(live.counted("norway", ChangeKind.MOVE)) == {"p1"}


def test_whoever_is_due_or_waits_is_planned_once(dry: Ledger, real: Ledger) -> None:
    record = real.record("p1")
    seen = replace(record.person, fingerprints={"w1": "f"})
    due = EmployeeLink("p1", "norway", Outcome.SCHEDULED, NOON, due_on=NOON.date())
    waits = replace(due, waiting_for=("department#ROBO",))
    real.finish(record, seen, [waits], [ROW])
    assert len([*dry.due("norway", NOON.date()), *dry.waiting("norway")]) == 2

    plan(dry, fingerprints={"w1": "f"})

    assert [*dry.due("norway", NOON.date()), *dry.waiting("norway")] == []
    assert len([*real.due("norway", NOON.date()), *real.waiting("norway")]) == 2
