"""The contract of the audit log: what a ledger wrote is read back whole and in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from connector.adapters.aws.audit_log import DynamoAuditLog
from connector.adapters.aws.ledger import DynamoLedger
from connector.adapters.memory import InMemoryAuditLog, InMemoryLedger, InMemoryTables
from connector.domain.planning import Difference, Outcome
from connector.domain.records.acts import OPERATORS, Act
from connector.domain.records.audit import AuditRow
from connector.ports.ledger import AuditLog, Ledger
from tests.contract.bench import NOON, Watched, aws, make_table
from tests.support.clock import HandClock
from tests.support.digests import KEY, first_break


@dataclass
class Bench:
    """An audit log, and the ledger that writes what is in it."""

    ledger: Ledger
    log: AuditLog


@pytest.fixture(params=["memory", "dynamodb", "dynamodb in small pages"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    clock = HandClock()
    if request.param == "memory":
        tables = InMemoryTables()
        yield Bench(InMemoryLedger(clock, tables), InMemoryAuditLog(tables))
        return
    with aws("dynamodb") as client:
        people, audit = make_table(client, "PeopleTable"), make_table(client, "AuditTable")
        reader = Watched(client, page=2) if "pages" in request.param else client
        ledger = DynamoLedger(clock, client, people, audit, key=KEY)
        yield Bench(ledger, DynamoAuditLog(reader, audit, people, KEY))


def tell(bench: Bench, person_id: str, *minutes: int, outcome: Outcome = Outcome.UPDATED) -> None:
    """Has an outcome audited at each of some minutes after noon."""
    for minute in minutes:
        record = bench.ledger.record(person_id)
        row = AuditRow(
            person_id, NOON + timedelta(minutes=minute), outcome, "Done.", "poll", f"c{minute}"
        )
        bench.ledger.finish(record, record.person, (), (row,))


def test_nothing_told_is_nothing_read(bench: Bench) -> None:
    assert list(bench.log.of_person("p1")) == []
    assert list(bench.log.of_outcome("updated", NOON)) == []
    assert list(bench.log.of_day(NOON.date())) == []


def test_a_row_is_read_as_it_was_told(bench: Bench) -> None:
    record = bench.ledger.record("p1")
    row = AuditRow(
        "p1",
        NOON,
        Outcome.CREATED,
        "Created employee 1042 in norway.",
        "webhook",
        "c1",
        company="norway",
        employee_code="1042",
        worker_id="w1",
        source_version="2026-11-24T11:59:00+00:00",
        rules=("departments: Production", "locations: default"),
        differences=(Difference("department", "", "PROD"),),
        reason="adopted",
        not_representable={"title": "Welder"},
        planned=True,
    )

    bench.ledger.finish(record, record.person, (), (row,))

    (stored,) = bench.log.of_person("p1")
    assert stored == {**row.content(), "number": 1, "hash": stored["hash"]}


def test_a_person_is_told_oldest_first(bench: Bench) -> None:
    tell(bench, "p1", 1, 2, 3, 4, 5)
    tell(bench, "p2", 3)

    rows = list(bench.log.of_person("p1"))

    assert [row["correlation_id"] for row in rows] == ["c1", "c2", "c3", "c4", "c5"]
    assert first_break(list(rows)) is None


def test_an_outcome_is_told_across_people_from_a_moment_on(bench: Bench) -> None:
    tell(bench, "p1", 1, 4)
    tell(bench, "p2", 2, 3)
    tell(bench, "p3", 3, outcome=Outcome.HELD)

    rows = bench.log.of_outcome("updated", NOON + timedelta(minutes=2))

    assert [(row["person"], row["correlation_id"]) for row in rows] == [
        ("p2", "c2"),
        ("p2", "c3"),
        ("p1", "c4"),
    ]


def test_a_day_is_told_across_people(bench: Bench) -> None:
    midnight = 12 * 60
    tell(bench, "p1", 5, midnight - 1, midnight)
    tell(bench, "p2", 1)

    today = [row["correlation_id"] for row in bench.log.of_day(NOON.date())]
    tomorrow = [row["correlation_id"] for row in bench.log.of_day(NOON.date() + timedelta(days=1))]

    assert today == ["c1", "c5", f"c{midnight - 1}"]
    assert tomorrow == [f"c{midnight}"]


def test_what_is_read_can_be_changed_without_changing_the_audit(bench: Bench) -> None:
    tell(bench, "p1", 1)
    (row,) = bench.log.of_person("p1")

    row["message"] = "as if nothing had happened"

    assert [again["message"] for again in bench.log.of_person("p1")] == ["Done."]


def test_a_planned_row_is_its_own_row_of_the_chain(bench: Bench) -> None:
    tell(bench, "p1", 1)
    record = bench.ledger.record("p1")
    row = AuditRow("p1", NOON + timedelta(hours=1), Outcome.UPDATED, "Done.", "poll", "c")
    bench.ledger.finish(record, record.person, (), (replace(row, planned=True),))

    rows = list(bench.log.of_person("p1"))

    assert [row.get("planned", False) for row in rows] == [False, True]
    assert first_break(list(rows)) is None


def test_acts_of_operators_are_a_chain_of_their_own_each_later_than_the_one_before(
    bench: Bench,
) -> None:
    for verb in ("pause", "go-live", "rehearse"):
        bench.log.record(Act("arn:aws:iam::1:user/x", verb, NOON, {"reason": "x"}))

    rows = list(bench.log.of_person(OPERATORS))

    assert [row["outcome"] for row in rows] == ["pause", "go-live", "rehearse"]
    assert len({row["time"] for row in rows}) == 3
    assert first_break(rows) is None
    assert [row["outcome"] for row in bench.log.of_day(NOON.date())] == [
        "pause",
        "go-live",
        "rehearse",
    ]


def test_two_acts_at_the_same_moment_never_take_the_place_of_one_another() -> None:
    with aws("dynamodb") as client:
        tables = make_table(client, "AuditTable"), make_table(client, "PeopleTable")
        watched, other = Watched(client), DynamoAuditLog(client, *tables, KEY)

        def meanwhile() -> None:
            watched.after.clear()
            other.record(Act("arn:aws:iam::1:user/other", "pause", NOON))

        watched.after["get_item"] = meanwhile
        DynamoAuditLog(watched, *tables, KEY).record(
            Act("arn:aws:iam::1:user/one", "go-live", NOON)
        )

        rows = list(other.of_person(OPERATORS))
        assert [row["outcome"] for row in rows] == ["pause", "go-live"]
        assert first_break(rows) is None
