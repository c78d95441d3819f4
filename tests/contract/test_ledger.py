"""The ledger's contract, against every ledger; what only DynamoDB can get wrong comes last."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from connector.adapters.aws import dynamodb
from connector.adapters.aws.audit_log import DynamoAuditLog
from connector.adapters.aws.dynamodb import update_one
from connector.adapters.aws.ledger import DynamoLedger
from connector.adapters.memory import InMemoryAuditLog, InMemoryLedger, InMemoryTables
from connector.domain.errors import CodeTakenError, ConflictError, RetryableError
from connector.domain.planning import Difference, Outcome
from connector.domain.records.allocation import Allocation
from connector.domain.records.audit import AuditRow
from connector.domain.records.chain import Head
from connector.domain.records.ledger import (
    ANSWER_SECONDS,
    INTENT_SECONDS,
    REJECTED,
    EmployeeLink,
    Person,
    Record,
    Rejection,
    Write,
)
from connector.ports.ledger import AuditLog, Ledger
from tests.contract.bench import NOON, Watched, a_cipher, aws, make_table, refusal
from tests.support.clock import HandClock
from tests.support.digests import KEY, first_break
from tests.template.access import ids_alone

A_MOVE = Rejection("move", {"department": "SALES"})
A_SALT = "0123456789abcdef"
AN_ALLOCATION = Allocation("200", "5010", "700000.5", "NOK", date(2026, 1, 1), date(2026, 11, 1))


@dataclass
class Bench:
    """One place where ledgers rest, and a way to get writers and readers for it."""

    clock: HandClock
    writer: Callable[..., Ledger]
    audit: AuditLog


def _memory() -> Bench:
    clock, tables = HandClock(), InMemoryTables()

    def writer(**options: Any) -> Ledger:
        return InMemoryLedger(clock, tables, **options)

    return Bench(clock, writer, InMemoryAuditLog(tables))


def _dynamodb(client: Any, clock: HandClock | None = None) -> Bench:
    people, audit = make_table(client, "PeopleTable"), make_table(client, "AuditTable")
    turned = clock or HandClock()

    cipher = a_cipher()

    def writer(**options: Any) -> Ledger:
        client_of = options.pop("client", client)
        given = {"key": KEY, "cipher": cipher, **options}
        return DynamoLedger(turned, client_of, people, audit, **given)

    return Bench(turned, writer, DynamoAuditLog(client, audit, people, KEY))


@pytest.fixture(params=["memory", "dynamodb"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    if request.param == "memory":
        yield _memory()
    else:
        with aws("dynamodb") as client:
            yield _dynamodb(client)


@pytest.fixture
def client() -> Iterator[Any]:
    with aws("dynamodb") as client:
        yield client


def a_row(person_id: str = "p1", **changes: Any) -> AuditRow:
    row = AuditRow(person_id, NOON, Outcome.UPDATED, "Updated employee 1042.", "poll", "c1")
    return replace(row, **changes)


def a_link(person_id: str = "p1", company: str = "norway", **changes: Any) -> EmployeeLink:
    return replace(EmployeeLink(person_id, company, Outcome.UPDATED, NOON), **changes)


def end(
    ledger: Ledger, person_id: str = "p1", *links: EmployeeLink, rows: int = 1, **changes: Any
) -> Record:
    """Reads a person, changes what is asked for, writes it, and reads it again."""
    record = ledger.record(person_id)
    person = replace(record.person, **changes)
    ledger.finish(record, person, links, [a_row(person_id)] * rows)
    return ledger.record(person_id)


# Who is behind a worker, and behind a code


def test_a_person_is_found_by_every_worker_that_was_dealt_with(bench: Bench) -> None:
    ledger = bench.writer()

    assert ledger.person_with("w1") is None
    end(ledger, fingerprints={"w1": "f1"})
    end(ledger, fingerprints={"w1": "f1", "w2": "f2"})
    end(ledger, "p2", fingerprints={"w3": "f3"})

    found = [bench.writer().person_with(worker) for worker in ("w1", "w2", "w3", "w4", "p1")]
    assert found == ["p1", "p1", "p2", None, None]


def test_a_worker_known_from_a_plan_alone_is_found_too(bench: Bench) -> None:
    end(bench.writer(planned=True), planned_fingerprints={"w1": "g1"})

    assert bench.writer().person_with("w1") == "p1"


def test_the_latest_to_deal_with_a_worker_is_the_one_who_is_found(bench: Bench) -> None:
    ledger = bench.writer()
    end(ledger, fingerprints={"w1": "f1"})
    end(ledger, "p2", fingerprints={"w1": "f1"})

    assert ledger.person_with("w1") == "p2"


def test_an_outcome_that_was_not_written_leaves_no_trace_of_its_workers(bench: Bench) -> None:
    ledger = bench.writer()
    stale = ledger.record("p1")
    end(ledger)

    with pytest.raises(ConflictError):
        ledger.finish(stale, replace(stale.person, fingerprints={"w1": "f1"}), [], [a_row()])
    assert ledger.person_with("w1") is None


def test_what_is_remembered_of_a_worker_is_no_person_and_no_holding(bench: Bench) -> None:
    ledger = bench.writer()
    end(ledger, fingerprints={"w1": "f1"})

    assert [person.id for person in ledger.persons()] == ["p1"]
    assert not ledger.record("worker w1").is_known
    assert [list(ledger.links(company)) for company in ("norway", "-", "#worker")] == [[]] * 3


def test_a_code_leads_to_the_person_who_claims_it_in_that_company(bench: Bench) -> None:
    ledger = bench.writer()
    ledger.begin(ledger.record("p1"), Write("norway", "ab12", ()), claim=True)
    ledger.begin(ledger.record("p2"), Write("norway", "CD34", ()), claim=False)

    asked = (("AB12", "norway"), (" ab12", "norway"), ("AB12", "sweden"), ("CD34", "norway"))
    assert [ledger.owner_of(*each) for each in asked] == ["p1", "p1", None, None]


# Reading and finishing


def test_somebody_never_seen_is_new_and_has_a_salt_of_their_own(bench: Bench) -> None:
    ledger = bench.writer()

    one, other = ledger.record("p1"), ledger.record("p2")

    assert not one.is_known
    assert one.links == {}
    assert len(one.person.salt) == 32
    assert one.person.salt != other.person.salt


def test_what_was_finished_is_read_back_whole(bench: Bench) -> None:
    ledger = bench.writer()
    record = ledger.record("p1")
    person = Person(
        "p1",
        salt=A_SALT,
        fingerprints={"w1": "f1", "w0": "f0"},
        planned_fingerprints={"w1": "g1"},
        worker_id="w1",
        facts={"status": "ACTIVE", "department": {"id": "d1"}, "custom_fields": {"Cost": "7"}},
        placement={"company": "norway", "rules": ["departments: Production"]},
        outcome="waiting",
    )
    link = EmployeeLink(
        "p1",
        "norway",
        Outcome.WAITING,
        NOON + timedelta(microseconds=7),
        worker_id="w1",
        employee_code="1042",
        employee_id=977,
        etag='"5"',
        written={"status": "Active", "contact.phone2": ""},
        waiting_for=("cost_centre#310", "branch#9"),
        due_on=date(2026, 12, 1),
        rules=("departments: Production", "locations: default"),
        reason="Visma has no cost centre 310",
    )

    ledger.finish(record, person, [link], [a_row()])

    read = bench.writer().record("p1")
    assert read.links == {"norway": link}
    assert read.person == replace(person, version=1, audit=read.person.audit)
    assert read.person.audit.hash


@pytest.mark.parametrize(
    "allocation",
    [
        AN_ALLOCATION,
        Allocation(cost_centre="200"),
        Allocation(yearly_cost="0", currency="NOK", valid_from=NOON.date()),
        replace(AN_ALLOCATION, yearly_cost="98765432109876543210.05"),
    ],
    ids=["whole", "without pay", "of nothing", "longer than a number"],
)
def test_a_cost_allocation_is_read_back_to_the_last_digit(
    bench: Bench, allocation: Allocation
) -> None:
    read = end(bench.writer(), "p1", a_link(allocation=allocation))

    assert read.links["norway"].allocation == allocation


def test_a_cost_allocation_that_was_dropped_is_gone(bench: Bench) -> None:
    ledger = bench.writer()
    end(ledger, "p1", a_link(allocation=AN_ALLOCATION))

    assert end(ledger, "p1", a_link()).links["norway"].allocation is None


def test_a_holding_does_not_show_what_somebody_costs() -> None:
    shown = f"{a_link(allocation=AN_ALLOCATION)!r} {AN_ALLOCATION!r}"

    assert AN_ALLOCATION.yearly_cost
    assert AN_ALLOCATION.yearly_cost not in shown


@pytest.mark.parametrize("written", [None, {}])
def test_an_employee_without_fields_is_not_an_unknown_one(
    bench: Bench, written: dict[str, str] | None
) -> None:
    read = end(bench.writer(), "p1", a_link(written=written))

    assert read.links["norway"].written == written


def test_what_is_read_back_can_be_written_as_json(bench: Bench) -> None:
    facts = {"status": "ACTIVE", "hours": 37.5, "level": 3}

    read = end(bench.writer(), "p1", a_link(employee_id=977), facts=facts)

    shown = json.dumps([read.person.facts, read.person.version, read.links["norway"].employee_id])
    assert json.loads(shown) == [facts, 1, 977]


def test_a_value_that_was_cleared_is_gone(bench: Bench) -> None:
    ledger = bench.writer()
    end(ledger, "p1", a_link(reason="why", etag='"1"'), facts={"a": "b"}, outcome="held")

    read = end(ledger, "p1", a_link(), facts={}, outcome="")

    assert (read.person.facts, read.person.outcome) == ({}, "")
    assert read.links["norway"] == a_link()


def test_the_salt_of_the_first_reading_is_the_salt_that_stays(bench: Bench) -> None:
    ledger = bench.writer()
    record = ledger.record("p1")

    ledger.finish(record, record.person, [], [a_row()])

    assert ledger.record("p1").person.salt == record.person.salt


def test_somebody_without_a_salt_gets_one_when_written(bench: Bench) -> None:
    ledger = bench.writer()

    ledger.finish(Record(Person("p1")), Person("p1"), [], [a_row()])
    begun = ledger.begin(Record(Person("p2")), Write("norway", "1042", ()), claim=False)

    assert len(ledger.record("p1").person.salt) == 32
    assert ledger.record("p2").person.salt == begun.person.salt != ""


# Two writers


def test_a_write_that_begins_is_noted(bench: Bench) -> None:
    ledger = bench.writer()

    begun = ledger.begin(ledger.record("p1"), Write("norway", "1042", (), "b286c488"), claim=True)

    intent = begun.person.intent
    assert intent
    assert (intent.company, intent.code, intent.proof) == ("norway", "1042", "b286c488")
    assert intent.until == NOON + timedelta(seconds=INTENT_SECONDS)
    assert ledger.record("p1") == begun
    assert begun.person.version == 1


MOVED = Difference("department", "SALES", "FIN")
RENAMED = Difference("contact.last_name", "k1:a074eb90", "k1:b286c488")
EMPTIED = Difference("contact.phone2", "k1:991a6488", "")


def test_a_write_that_begins_says_what_it_writes_and_on_which_version(bench: Bench) -> None:
    ledger, written = bench.writer(), (MOVED, RENAMED, EMPTIED)

    begun = ledger.begin(
        ledger.record("p1"), Write("norway", "1042", written, etag='"AAAAAAAAAEM="'), claim=False
    )

    intent = bench.writer().record("p1").person.intent
    assert intent is not None
    assert intent == begun.person.intent
    assert (intent.differences, intent.etag) == (written, '"AAAAAAAAAEM="')
    assert intent.is_untold


def test_a_create_that_begins_names_the_personal_fields_and_keeps_nothing_of_them(
    bench: Bench,
) -> None:
    ledger, given = bench.writer(), (Difference("department", "", "FIN"), RENAMED)

    ledger.begin(ledger.record("p1"), Write("norway", "1042", given, "b286c488"), claim=True)

    intent = bench.writer().record("p1").person.intent
    assert intent is not None
    assert intent.differences == (given[0], Difference("contact.last_name", "", ""))


@pytest.mark.parametrize(("etag", "is_create"), [(None, True), ("", False), ('"1"', False)])
def test_an_employee_that_is_taken_over_is_no_create_whatever_version_visma_shows(
    bench: Bench, etag: str | None, is_create: bool
) -> None:
    ledger, given = bench.writer(), (RENAMED,)

    ledger.begin(ledger.record("p1"), Write("norway", "1042", given, "b286c488", etag), claim=True)

    intent = bench.writer().record("p1").person.intent
    assert intent is not None
    assert (intent.is_create, intent.is_adoption) == (is_create, not is_create)
    assert (intent.differences == given) is not is_create


def test_a_write_that_is_known_to_have_written_nothing_has_nothing_to_tell(bench: Bench) -> None:
    ledger = bench.writer()
    begun = ledger.begin(ledger.record("p1"), Write("norway", "1042", (MOVED,)), claim=False)

    ledger.release_intent(begun, nothing_written=True)

    intent = bench.writer().record("p1").person.intent
    assert intent is not None
    assert (intent.differences, intent.is_untold) == ((), False)


@pytest.mark.parametrize("rows", [[], [{"planned": True}], [{"planned": True}, {}]])
def test_only_a_row_that_tells_what_came_of_it_ends_what_was_begun(
    bench: Bench, rows: list[dict[str, Any]]
) -> None:
    ledger = bench.writer()
    begun = ledger.begin(ledger.record("p1"), Write("norway", "1042", (MOVED,)), claim=False)

    ledger.finish(begun, begun.person, [a_link()], [a_row(**changes) for changes in rows])

    after = bench.writer().record("p1").person
    assert after.intent == (None if {} in rows else begun.person.intent)
    assert after.version == 2


def test_a_write_that_begins_notes_for_which_worker(bench: Bench) -> None:
    ledger = bench.writer()
    seen = ledger.record("p1")

    begun = ledger.begin(
        replace(seen, person=replace(seen.person, worker_id="w1")),
        Write("norway", "1042", ()),
        claim=True,
    )

    assert begun.person.worker_id == "w1"
    assert ledger.record("p1") == begun


def test_beginning_keeps_everything_else(bench: Bench) -> None:
    ledger = bench.writer()
    before = end(ledger, "p1", a_link(etag='"1"'), fingerprints={"w1": "f"}, outcome="held")

    begun = ledger.begin(before, Write("norway", "1042", ()), claim=False)

    assert ledger.record("p1") == begun
    assert replace(begun.person, version=1, intent=None) == before.person


def test_the_second_of_two_writers_is_told_when_to_come_back(bench: Bench) -> None:
    one, other = bench.writer(), bench.writer()
    record = other.record("p1")
    one.begin(one.record("p1"), Write("norway", "1042", ()), claim=True)
    bench.clock.turn(seconds=30)

    with pytest.raises(ConflictError) as stale:
        other.begin(record, Write("norway", "1042", ()), claim=True)
    with pytest.raises(ConflictError) as fresh:
        other.begin(other.record("p1"), Write("norway", "1042", ()), claim=True)

    assert stale.value.retry_after == fresh.value.retry_after == INTENT_SECONDS - 30


def test_nobody_is_told_to_come_back_at_once(bench: Bench) -> None:
    one, other = bench.writer(), bench.writer()
    one.begin(one.record("p1"), Write("norway", "1042", ()), claim=False)
    bench.clock.turn(seconds=INTENT_SECONDS - 1)

    with pytest.raises(ConflictError) as conflict:
        other.begin(other.record("p1"), Write("norway", "1042", ()), claim=False)

    assert conflict.value.retry_after == 5


def test_a_writer_may_go_on_with_its_own_write(bench: Bench) -> None:
    ledger = bench.writer()
    ledger.begin(ledger.record("p1"), Write("norway", "1042", ()), claim=True)

    again = ledger.begin(ledger.record("p1"), Write("norway", "1042", ()), claim=True)
    ledger.finish(ledger.record("p1"), again.person, [], [a_row()])

    assert ledger.record("p1").person.version == 3
    assert ledger.record("p1").person.intent is None


def test_a_claim_that_is_released_leaves_the_code_to_others(bench: Bench) -> None:
    ledger = bench.writer()
    begun = ledger.begin(ledger.record("p1"), Write("norway", "1042", (), "b286c488"), claim=True)
    ledger.begin(ledger.record("p2"), Write("norway", "1043", ()), claim=True)

    ledger.finish(begun, begun.person, [], [a_row()], [("norway", "1042"), ("norway", "none")])

    assert ledger.owner_of("1042", "norway") is None
    assert ledger.owner_of("1043", "norway") == "p2"
    ledger.begin(ledger.record("p3"), Write("norway", "1042", ()), claim=True)
    assert ledger.owner_of("1042", "norway") == "p3"


def test_until_when_a_write_without_an_answer_may_be_applied_is_kept(bench: Bench) -> None:
    ledger = bench.writer()
    begun = ledger.begin(ledger.record("p1"), Write("norway", "1042", ()), claim=False)
    late = bench.clock.now() + timedelta(seconds=ANSWER_SECONDS)

    ledger.release_intent(begun, late)

    intent = bench.writer().record("p1").person.intent
    assert intent is not None
    assert (intent.lands_until, intent.may_land(bench.clock.now())) == (late, True)
    assert not intent.may_land(late)


def test_a_write_that_nobody_ended_may_be_applied_long_after_its_writer(bench: Bench) -> None:
    ledger = bench.writer()
    begun = ledger.begin(ledger.record("p1"), Write("norway", "1042", (MOVED,)), claim=False)
    sent_last = bench.clock.now() + timedelta(seconds=INTENT_SECONDS)

    intent = bench.writer().record("p1").person.intent
    assert intent is not None
    assert intent.lands_until == sent_last + timedelta(seconds=ANSWER_SECONDS)

    ledger.release_intent(begun)

    over = bench.writer().record("p1").person.intent
    assert over is not None
    assert over.lands_until is None, "whoever ends it knows that nothing is applied any more"


def test_a_write_whose_time_has_run_out_is_taken_over(bench: Bench) -> None:
    one, other = bench.writer(), bench.writer()
    lost = one.begin(one.record("p1"), Write("norway", "1042", ()), claim=True)
    bench.clock.turn(seconds=INTENT_SECONDS)

    other.begin(other.record("p1"), Write("norway", "1042", ()), claim=True)

    with pytest.raises(ConflictError):
        one.finish(lost, lost.person, [], [a_row()])


@pytest.mark.parametrize("outcomes_before", [0, 1])
def test_a_record_that_is_no_longer_true_cannot_begin(bench: Bench, outcomes_before: int) -> None:
    ledger = bench.writer()
    for _ in range(outcomes_before):
        end(ledger)
    stale = ledger.record("p1")
    end(ledger)

    with pytest.raises(ConflictError) as conflict:
        ledger.begin(stale, Write("norway", "1042", ()), claim=True)

    assert conflict.value.retry_after is None


def test_a_write_that_was_let_go_may_be_taken_over_at_once_and_is_still_known(
    bench: Bench,
) -> None:
    one, other = bench.writer(), bench.writer()
    begun = one.begin(one.record("p1"), Write("norway", "1042", ()), claim=False)

    one.release_intent(begun)

    seen = other.record("p1")
    assert seen.person.intent is not None
    assert seen.person.intent.code == "1042"
    assert other.begin(seen, Write("norway", "1042", ()), claim=False).person.version == 2


def test_letting_go_of_a_write_that_another_took_over_changes_nothing(bench: Bench) -> None:
    one, other = bench.writer(), bench.writer()
    begun = one.begin(one.record("p1"), Write("norway", "1042", ()), claim=False)
    bench.clock.turn(seconds=INTENT_SECONDS + 1)
    taken = other.begin(other.record("p1"), Write("norway", "1042", ()), claim=False)

    one.release_intent(begun)

    assert other.record("p1").person.intent == taken.person.intent


def test_whoever_is_held_is_begun_with_by_no_writer_and_erased(bench: Bench) -> None:
    one, other = bench.writer(), bench.writer()
    end(one)
    held = one.hold(one.record("p1"))

    with pytest.raises(ConflictError):
        other.begin(other.record("p1"), Write("norway", "1042", ()), claim=False)
    with pytest.raises(ConflictError):
        other.hold(other.record("p1"))
    one.erase(one.hold(held), ())

    assert not one.record("p1").is_known


def test_whoever_moved_on_is_neither_held_nor_erased(bench: Bench) -> None:
    ledger = bench.writer()
    end(ledger)
    stale = ledger.record("p1")
    end(ledger, outcome="updated")

    for act in (ledger.hold, lambda record: ledger.erase(record, ())):
        with pytest.raises(ConflictError):
            act(stale)

    assert ledger.record("p1").person.outcome == "updated"


def test_a_record_of_somebody_erased_cannot_begin(bench: Bench) -> None:
    ledger = bench.writer()
    remembered = Record(Person("p1", version=4, salt=A_SALT))

    with pytest.raises(ConflictError):
        ledger.begin(remembered, Write("norway", "1042", ()), claim=True)


def test_a_record_that_is_no_longer_true_cannot_finish_and_leaves_no_trace(bench: Bench) -> None:
    ledger = bench.writer()
    stale = end(ledger)
    end(ledger, outcome="updated")
    late = a_row(cause="late", time=NOON + timedelta(hours=1))

    with pytest.raises(ConflictError):
        ledger.finish(stale, replace(stale.person, outcome="held"), [a_link()], [late])

    assert ledger.record("p1").person.outcome == "updated"
    assert ledger.record("p1").links == {}
    assert [row["cause"] for row in bench.audit.of_person("p1")] == ["poll", "poll"]


def test_a_first_outcome_cannot_be_written_twice(bench: Bench) -> None:
    ledger = bench.writer()
    unknown = ledger.record("p1")
    end(ledger)

    with pytest.raises(ConflictError):
        ledger.finish(unknown, unknown.person, [], [a_row()])


def test_nobody_finishes_in_the_middle_of_somebody_elses_write(bench: Bench) -> None:
    one, other = bench.writer(), bench.writer()
    one.begin(one.record("p1"), Write("norway", "1042", ()), claim=True)
    looked = other.record("p1")
    bench.clock.turn(seconds=10)

    with pytest.raises(ConflictError) as conflict:
        other.finish(looked, looked.person, [], [a_row()])

    assert conflict.value.retry_after == INTENT_SECONDS - 10


def test_an_outcome_clears_what_was_begun(bench: Bench) -> None:
    one, other = bench.writer(), bench.writer()
    begun = one.begin(one.record("p1"), Write("norway", "1042", ()), claim=True)

    one.finish(begun, begun.person, [a_link()], [a_row()])

    assert one.record("p1").person.intent is None
    other.begin(other.record("p1"), Write("norway", "1042", ()), claim=True)


# Claims


@pytest.mark.parametrize("same", ["ab42", "AB42", " Ab42 "])
def test_a_code_is_one_persons(bench: Bench, same: str) -> None:
    ledger = bench.writer()
    ledger.begin(ledger.record("p1"), Write("norway", "ab42", ()), claim=True)

    with pytest.raises(CodeTakenError, match="norway"):
        ledger.begin(ledger.record("p2"), Write("norway", same, ()), claim=True)

    assert not ledger.record("p2").is_known
    ledger.begin(ledger.record("p1"), Write("norway", same, ()), claim=True)


def test_companies_have_codes_of_their_own(bench: Bench) -> None:
    ledger = bench.writer()
    ledger.begin(ledger.record("p1"), Write("norway", "1042", ()), claim=True)

    ledger.begin(ledger.record("p2"), Write("sweden", "1042", ()), claim=True)


def test_without_a_claim_a_code_stays_free(bench: Bench) -> None:
    ledger = bench.writer()
    ledger.begin(ledger.record("p1"), Write("norway", "1042", ()), claim=False)

    ledger.begin(ledger.record("p2"), Write("norway", "1042", ()), claim=True)


def test_claims_appear_neither_among_the_holdings_nor_among_the_persons(bench: Bench) -> None:
    ledger = bench.writer()
    begun = ledger.begin(ledger.record("p1"), Write("norway", "1042", ()), claim=True)
    ledger.finish(
        begun, begun.person, [a_link(waiting_for=("branch#9",), due_on=NOON.date())], [a_row()]
    )

    assert [link.person_id for link in ledger.links("norway")] == ["p1"]
    assert [link.person_id for link in ledger.waiting("norway")] == ["p1"]
    assert [link.person_id for link in ledger.due("norway", NOON.date())] == ["p1"]
    assert [person.id for person in ledger.persons()] == ["p1"]
    assert not ledger.record("code 1042").is_known
    assert ledger.record("code 1042").links == {}


# The audit


def test_the_rows_of_a_person_are_a_chain(bench: Bench) -> None:
    ledger = bench.writer()
    end(ledger, rows=2)
    bench.clock.turn(seconds=60)
    record = ledger.record("p1")
    row = a_row(
        time=bench.clock.now(),
        rules=("departments: Production",),
        differences=(Difference("department", "", "PROD"), Difference("contact.email", "a", "b")),
        not_representable={"title": "Welder"},
        planned=True,
    )
    ledger.finish(record, record.person, [], [row])

    rows = list(bench.audit.of_person("p1"))

    assert len(rows) == 3
    assert first_break(list(rows)) is None
    assert rows[2]["differences"][0] == {"field": "department", "before": "", "after": "PROD"}
    assert ledger.record("p1").person.audit == Head(3, rows[2]["hash"])


@pytest.mark.parametrize("member", ["message", "reason"])
def test_a_row_that_was_changed_breaks_the_chain(bench: Bench, member: str) -> None:
    ledger = bench.writer()
    for _ in range(3):
        end(ledger)
    rows = list(bench.audit.of_person("p1"))

    rows[1][member] = "as if nothing had happened"

    assert first_break(list(rows)) == rows[1]["time"]


def test_a_row_that_was_taken_away_breaks_the_chain(bench: Bench) -> None:
    ledger = bench.writer()
    for _ in range(3):
        end(ledger)
    rows = list(bench.audit.of_person("p1"))

    assert first_break([rows[0], rows[2]]) == rows[2]["time"]


def test_rows_of_one_moment_are_told_apart_and_keep_their_order(bench: Bench) -> None:
    ledger = bench.writer()
    record = ledger.record("p1")
    ledger.finish(record, record.person, [], [a_row(cause="one"), a_row(cause="two")])
    record = ledger.record("p1")
    ledger.finish(record, record.person, [], [a_row(cause="three")])

    rows = list(bench.audit.of_person("p1"))

    assert [row["cause"] for row in rows] == ["one", "two", "three"]
    assert [row["time"][-5:] for row in rows] == ["0000Z", "0001Z", "0002Z"]
    assert first_break(list(rows)) is None


def test_a_clock_that_is_behind_does_not_break_the_chain(bench: Bench) -> None:
    ledger = bench.writer()
    end(ledger)
    record = ledger.record("p1")

    ledger.finish(
        record, record.person, [], [a_row(cause="behind", time=NOON - timedelta(seconds=2))]
    )

    rows = list(bench.audit.of_person("p1"))
    assert [row["cause"] for row in rows] == ["poll", "behind"]
    assert first_break(list(rows)) is None


def test_an_outcome_without_a_row_keeps_the_chain(bench: Bench) -> None:
    ledger = bench.writer()
    end(ledger)
    end(ledger, rows=0)
    end(ledger)

    rows = list(bench.audit.of_person("p1"))

    assert len(rows) == 2
    assert first_break(list(rows)) is None


def test_rows_expire_where_that_is_asked_for(bench: Bench) -> None:
    end(bench.writer(retention_days=30), "p1")
    end(bench.writer(), "p2")

    (expiring,) = bench.audit.of_person("p1")
    (lasting,) = bench.audit.of_person("p2")

    assert expiring["expires_at"] == int((NOON + timedelta(days=30)).timestamp())
    assert first_break([expiring]) is None
    assert "expires_at" not in lasting


# Reading many


def test_exactly_the_waiting_and_the_due_are_listed(bench: Bench) -> None:
    ledger = bench.writer()
    today = NOON.date()
    end(ledger, "p1", a_link("p1", waiting_for=("branch#9", "cost_centre#310")))
    end(ledger, "p2", a_link("p2", due_on=today))
    end(ledger, "p3", a_link("p3", due_on=today + timedelta(days=1)))
    end(ledger, "p4", a_link("p4"))
    end(ledger, "p5", a_link("p5", "sweden", waiting_for=("branch#9",), due_on=today))

    (waiting,) = ledger.waiting("norway")
    (due,) = ledger.due("norway", today)

    assert (waiting.person_id, waiting.waiting_for) == ("p1", ("branch#9", "cost_centre#310"))
    assert due.person_id == "p2"
    assert {link.person_id for link in ledger.links("norway")} == {"p1", "p2", "p3", "p4"}


def test_exactly_those_with_whom_something_is_open_are_listed_and_whole_enough_to_say_so(
    bench: Bench,
) -> None:
    ledger = bench.writer()
    tomorrow = NOON.date() + timedelta(days=1)
    held = a_link("p1", outcome=Outcome.HELD, held_kind="deactivate", held_run="r1", reason="many")
    waits = a_link("p2", outcome=Outcome.WAITING, waiting_for=("branch#9",), expected_code="1002")
    left = a_link(
        "p3",
        outcome=Outcome.REJECTED,
        rejections=(A_MOVE,),
        reason=REJECTED,
        employee_code="1003",
    )
    leaves = a_link("p4", outcome=Outcome.UPDATED, due_on=tomorrow)
    starts = a_link("p5", outcome=Outcome.SCHEDULED, due_on=tomorrow)
    for link in (held, waits, left, leaves, starts):
        end(ledger, link.person_id, link)
    end(ledger, "p6", a_link("p6"))
    end(ledger, "p7", a_link("p7", outcome=Outcome.OUT_OF_SCOPE))
    end(ledger, "p8", a_link("p8", "sweden", outcome=Outcome.HELD))
    ledger.begin(ledger.record("p9"), Write("norway", "7001", ()), claim=True)

    found = {link.person_id: link for link in ledger.open_links("norway")}

    assert found == {link.person_id: link for link in (held, waits, left, leaves, starts)}
    assert all(link.is_open for link in found.values())


def test_of_many_people_only_those_who_are_open_travel(client: Any) -> None:
    watched = Watched(client)
    ledger = _dynamodb(client).writer(client=watched)
    written = {"contact.first_name": "x" * 200}
    for number in range(12):
        end(ledger, f"p{number}", a_link(f"p{number}", employee_code=str(number), written=written))
    end(ledger, "p12", a_link("p12", outcome=Outcome.HELD, written=written))
    watched.calls.clear()

    (link,) = ledger.open_links("norway")

    assert (link.person_id, link.written) == ("p12", None)
    assert [name for name, _ in watched.calls] == ["query"]
    ((_, request),) = watched.calls
    assert "#written" not in request["ProjectionExpression"]
    assert request["FilterExpression"]


def test_somebody_who_waits_no_longer_is_no_longer_listed(bench: Bench) -> None:
    ledger = bench.writer()
    end(ledger, "p1", a_link(waiting_for=("branch#9",), due_on=NOON.date()))

    end(ledger, "p1", a_link())

    assert list(ledger.waiting("norway")) == []
    assert list(ledger.due("norway", NOON.date())) == []


def test_somebody_may_wait_for_something_with_a_very_long_name(bench: Bench) -> None:
    long = "department_rule#" + "å" * 2000
    ledger = bench.writer()

    end(ledger, "p1", a_link(waiting_for=(long,)))

    (waiting,) = ledger.waiting("norway")
    assert waiting.waiting_for == (long,)


def test_fingerprints_are_those_of_the_kind_of_run(bench: Bench) -> None:
    ledger = bench.writer()
    end(ledger, "p1", fingerprints={"w1": "f"}, planned_fingerprints={"w1": "g"})
    end(ledger, "p2", fingerprints={"w2": "f"})

    ids = ["p1", "p2", "p3", "p1"]

    assert ledger.fingerprints(ids) == {"p1": {"w1": "f"}, "p2": {"w2": "f"}}
    assert bench.writer(planned=True).fingerprints(ids) == {"p1": {"w1": "g"}, "p2": {}}
    assert ledger.fingerprints([]) == {}


def test_persons_are_read_by_id_or_all(bench: Bench) -> None:
    ledger = bench.writer()
    for person_id in ("p1", "p2", "p3"):
        end(ledger, person_id, a_link(person_id), outcome="held")

    assert {person.id for person in ledger.persons()} == {"p1", "p2", "p3"}
    (one,) = ledger.persons(["p2", "p9"])
    assert one == ledger.record("p2").person


def test_whoever_is_read_among_others_is_sealed_as_whoever_is_read_alone(bench: Bench) -> None:
    ledger = bench.writer()
    end(ledger, "p1", a_link("p1"), outcome="held")

    alone = ledger.record("p1").person.seal.of("contact.lastName", "Nordmann")

    for read in (ledger.persons(), ledger.persons(["p1"])):
        assert [each.seal.of("contact.lastName", "Nordmann") for each in read] == [alone]


# DynamoDB alone


def test_250_people_are_read_in_3_calls(client: Any) -> None:
    watched = Watched(client)
    ledger = _dynamodb(client).writer(client=watched)
    ids = [f"p{number}" for number in range(250)]
    for person_id in ids[::50]:
        end(ledger, person_id, fingerprints={"w": person_id})

    found = ledger.fingerprints(ids)

    assert found == {person_id: {"w": person_id} for person_id in ids[::50]}
    assert watched.count("batch_get_item") == 3
    assert all(
        request["RequestItems"]["PeopleTable"]["ConsistentRead"]
        for name, request in watched.calls
        if name == "batch_get_item"
    )


def test_keys_left_unread_are_asked_for_again(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dynamodb, "FIRST_PAUSE", 0)
    watched = Watched(client)
    ledger = _dynamodb(client).writer(client=watched)
    end(ledger, "p1", fingerprints={"w": "f"})
    unread = {"PeopleTable": {"Keys": [dynamodb.to_item({"person": "p1", "company": "-"})]}}
    watched.answers["batch_get_item"] = [{"Responses": {}, "UnprocessedKeys": unread}] * 2

    assert ledger.fingerprints(["p1"]) == {"p1": {"w": "f"}}
    assert watched.count("batch_get_item") == 3


def test_keys_that_stay_unread_are_a_fault_not_an_absence(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dynamodb, "FIRST_PAUSE", 0)
    watched = Watched(client)
    ledger = _dynamodb(client).writer(client=watched)
    unread: dict[str, Any] = {"PeopleTable": {"Keys": []}}
    watched.answers["batch_get_item"] = [{"Responses": {}, "UnprocessedKeys": unread}] * 20

    with pytest.raises(RetryableError):
        ledger.fingerprints(["p1"])


def test_every_page_is_read(client: Any) -> None:
    ledger = _dynamodb(client).writer(client=Watched(client, page=2))
    ids = {f"p{number}" for number in range(7)}
    for person_id in ids:
        end(ledger, person_id, a_link(person_id, waiting_for=("x",), due_on=NOON.date()))
    for company in ("c1", "c2", "c3", "c4"):
        end(ledger, "p0", a_link("p0", company))

    assert {link.person_id for link in ledger.links("norway")} == ids
    assert {link.person_id for link in ledger.waiting("norway")} == ids
    assert {link.person_id for link in ledger.due("norway", NOON.date())} == ids
    assert {person.id for person in ledger.persons()} == ids
    assert len(ledger.record("p0").links) == 5


def test_no_table_is_scanned_and_one_query_reads_a_person(client: Any) -> None:
    watched = Watched(client)
    ledger = _dynamodb(client).writer(client=watched)
    end(ledger, "p1", a_link())
    list(ledger.persons())
    watched.calls.clear()

    ledger.record("p1")

    ((name, request),) = watched.calls
    assert name == "query"
    assert request["ConsistentRead"]
    assert watched.count("scan") == 0


def test_a_row_can_be_read_in_the_console(client: Any) -> None:
    ledger = _dynamodb(client).writer()
    end(ledger, "p1", a_link(waiting_for=("branch#9", "branch#8"), due_on=NOON.date()))

    person, link = (
        dynamodb.from_item(client.get_item(TableName="PeopleTable", Key=key)["Item"])
        for key in (
            dynamodb.to_item({"person": "p1", "company": company}) for company in ("-", "norway")
        )
    )

    assert set(person) == {
        "person", "company", "kind", "version", "salt", "audit_hash", "audit_rows",
        "audit_time",
    }  # fmt: skip
    assert link == {
        "person": "p1",
        "company": "norway",
        "kind": "link",
        "outcome": "updated",
        "since": "2026-11-24T12:00:00.000000Z",
        "waiting_for": "branch#9",
        "missing": ["branch#9", "branch#8"],
        "due_on": "2026-11-24",
    }


def test_what_was_begun_can_be_read_in_the_console(client: Any) -> None:
    ledger = _dynamodb(client).writer()
    ledger.begin(
        ledger.record("p1"),
        Write("norway", "1042", (MOVED, RENAMED), etag='"1"'),
        claim=False,
    )

    intent = _intent_of(client)

    assert intent.pop("owner")
    assert intent.pop("lands_until") == "2026-11-24T12:06:00.000000Z", "should nobody end it"
    assert intent == {
        "company": "norway",
        "code": "1042",
        "until": "2026-11-24T12:02:00.000000Z",
        "proof": "",
        "etag": '"1"',
        "differences": {
            "department": ["SALES", "FIN"],
            "contact.last_name": ["k1:a074eb90", "k1:b286c488"],
        },
    }


def test_an_intent_of_the_version_before_is_read_and_does_not_say_what_it_writes(
    client: Any,
) -> None:
    ledger = _dynamodb(client).writer()
    ledger.begin(ledger.record("p1"), Write("norway", "1042", (MOVED,), etag='"1"'), claim=False)
    client.update_item(
        TableName="PeopleTable",
        Key=dynamodb.to_item({"person": "p1", "company": "-"}),
        UpdateExpression="REMOVE intent.differences, intent.etag",
    )

    read = ledger.record("p1")
    intent = read.person.intent
    assert intent is not None
    assert (intent.code, intent.differences, intent.etag) == ("1042", None, None)
    ledger.finish(read, read.person, [], [a_row()])
    assert ledger.record("p1").person.intent is None


def _intent_of(client: Any) -> dict[str, Any]:
    key = dynamodb.to_item({"person": "p1", "company": "-"})
    row = dynamodb.from_item(client.get_item(TableName="PeopleTable", Key=key)["Item"])
    intent: dict[str, Any] = row["intent"]
    return intent


def test_a_row_of_the_audit_is_never_written_over(client: Any) -> None:
    bench = _dynamodb(client)
    ledger = bench.writer()
    end(ledger)
    client.delete_item(
        TableName="PeopleTable", Key=dynamodb.to_item({"person": "p1", "company": "-"})
    )
    (before,) = bench.audit.of_person("p1")

    with pytest.raises(ConflictError):
        end(ledger)

    assert list(bench.audit.of_person("p1")) == [before]


def test_an_intent_put_there_by_hand_is_respected(client: Any) -> None:
    ledger = _dynamodb(client).writer()
    seen = end(ledger)
    until = NOON + timedelta(seconds=50)
    intent = {"company": "norway", "code": "1", "until": until.isoformat(), "owner": "someone"}
    client.update_item(
        TableName="PeopleTable",
        Key=dynamodb.to_item({"person": "p1", "company": "-"}),
        UpdateExpression="SET intent = :intent",
        ExpressionAttributeValues=dynamodb.to_item({":intent": intent}),
    )

    with pytest.raises(ConflictError) as conflict:
        ledger.finish(seen, seen.person, [], [a_row()])

    assert conflict.value.retry_after == 50


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        ([{"Code": "TransactionConflict"}, {"Code": "None"}], ConflictError),
        ([{"Code": "None"}, {"Code": "ThrottlingError"}], RetryableError),
        ([{"Code": "ProvisionedThroughputExceeded"}], RetryableError),
    ],
)
def test_a_transaction_that_lost_a_race_can_be_tried_again(
    client: Any, reasons: list[dict[str, str]], expected: type[Exception]
) -> None:
    watched = Watched(client)
    ledger = _dynamodb(client).writer(client=watched)
    watched.answers["transact_write_items"] = [
        refusal("TransactionCanceledException", CancellationReasons=reasons)
    ]

    with pytest.raises(expected) as raised:
        end(ledger)

    assert type(raised.value) is expected


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerError"])
def test_a_busy_dynamodb_can_be_asked_again(client: Any, code: str) -> None:
    watched = Watched(client)
    ledger = _dynamodb(client).writer(client=watched)
    watched.answers = {"query": [refusal(code)], "transact_write_items": [refusal(code)]}

    with pytest.raises(RetryableError, match=code):
        ledger.record("p1")
    with pytest.raises(RetryableError, match=code):
        ledger.begin(ledger.record("p1"), Write("norway", "1042", ()), claim=True)


def test_a_stale_record_counts_before_a_taken_code(client: Any) -> None:
    ledger = _dynamodb(client).writer()
    stale = ledger.record("p2")
    end(ledger, "p2")
    ledger.begin(ledger.record("p1"), Write("norway", "1042", ()), claim=True)

    with pytest.raises(ConflictError):
        ledger.begin(stale, Write("norway", "1042", ()), claim=True)


def test_every_attribute_of_a_person_and_a_holding_has_a_place(bench: Bench) -> None:
    """A field added to the domain and forgotten by a ledger would be lost without a word."""
    read = end(bench.writer(), "p1", a_link())
    given: dict[str, Any] = {
        "str": "x", "int": 1, "tuple[str, ...]": ("x",), "date | None": NOON.date(),
        "datetime": NOON, "str | None": "x", "int | None": 1,
        "Mapping[str, str]": {"a": "b"}, "Mapping[str, Any]": {"a": "b"},
        "Mapping[str, str] | None": {"a": "b"}, "Outcome": Outcome.HELD,
        "Intent | None": None, "datetime | None": NOON, "bool": True,
        "Allocation | None": AN_ALLOCATION, "Head": Head(7, "x", 9), "DigestKey": KEY,
        "tuple[Rejection, ...]": (A_MOVE,),
    }  # fmt: skip
    people = {item.name: given[str(item.type)] for item in dataclasses.fields(Person)}
    held = {item.name: given[str(item.type)] for item in dataclasses.fields(EmployeeLink)}
    person = Person(**{**people, "id": "p1", "version": 1})
    link = EmployeeLink(**{**held, "person_id": "p1", "company": "norway"})
    ledger = bench.writer()

    ledger.finish(read, person, [link], [])

    again = ledger.record("p1")
    expected = replace(person, version=2, audit=read.person.audit)
    assert again == Record(expected, {"norway": link})


def test_the_headcount_of_a_company_counts_active_employees_alone(bench: Bench) -> None:
    ledger = bench.writer()
    active, inactive = {"status": "Active"}, {"status": "Inactive"}
    end(ledger, "p1", a_link("p1", employee_code="1", written=active))
    end(ledger, "p2", a_link("p2", employee_code="2", written=inactive))
    end(ledger, "p3", a_link("p3", outcome=Outcome.WAITING))
    end(ledger, "p4", a_link("p4", "sweden", employee_code="1", written=active))

    counts = {company: ledger.headcount(company) for company in ("norway", "sweden", "denmark")}

    assert counts == {"norway": 1, "sweden": 1, "denmark": 0}


def test_the_employed_are_those_who_are_active_anywhere_with_the_companies(bench: Bench) -> None:
    ledger = bench.writer()
    both = ("norway", "sweden")
    for person_id, active_in in (("p1", ("norway",)), ("p2", ()), ("p3", both), ("p4", both)):
        record = ledger.record(person_id)
        ledger.finish(record, replace(record.person, active_in=active_in), (), ())
    record = ledger.record("p3")
    ledger.finish(record, replace(record.person, active_in=()), (), ())

    assert ledger.employed() == {"p1": ("norway",), "p4": ("norway", "sweden")}


def test_a_company_is_counted_at_least_as_far_as_is_asked_for(bench: Bench) -> None:
    ledger = bench.writer()
    for number in range(4):
        end(ledger, f"p{number}", a_link(f"p{number}", employee_code=str(number), written={}))

    assert ledger.headcount("norway", 2) >= 2
    assert ledger.headcount("norway", 5) == 4


def test_holdings_are_the_rows_and_the_claims_of_one_company(bench: Bench) -> None:
    ledger = bench.writer()
    begun = ledger.begin(ledger.record("p1"), Write("norway", "7001", ()), claim=True)
    ledger.finish(begun, begun.person, [a_link("p1", employee_code="7001")], ())
    other = ledger.begin(ledger.record("p2"), Write("sweden", "7001", ()), claim=True)
    ledger.finish(other, other.person, (), ())

    links, claims = ledger.holdings("norway")

    assert [link.person_id for link in links] == ["p1"]
    assert claims == [("7001", "p1")]


def test_a_claim_is_given_up_only_as_long_as_no_one_has_moved(bench: Bench) -> None:
    ledger = bench.writer()
    begun = ledger.begin(ledger.record("p1"), Write("norway", "7001", ()), claim=True)
    ledger.finish(begun, begun.person, (), [a_row()])
    seen = ledger.record("p1")
    moved = ledger.begin(seen, Write("norway", "7002", ()), claim=True)
    with pytest.raises(ConflictError):
        ledger.release_claim(seen, ("norway", "7001"))
    ledger.finish(moved, moved.person, (), ())

    ledger.release_claim(ledger.record("p1"), ("norway", "7001"))

    assert ledger.owner_of("7001", "norway") is None
    assert ledger.owner_of("7002", "norway") == "p1"


def claimed(ledger: Ledger, person_id: str = "p1") -> Record:
    """A person who claims 7001 and was then not created."""
    begun = ledger.begin(ledger.record(person_id), Write("norway", "7001", ()), claim=True)
    ledger.finish(begun, begun.person, (), [a_row(person_id=person_id)])
    return ledger.record(person_id)


def test_giving_up_a_claim_touches_nothing_but_the_claim(bench: Bench) -> None:
    ledger = bench.writer()
    seen = claimed(ledger)

    ledger.release_claim(seen, ("norway", "7001"))

    assert ledger.record("p1") == seen
    assert ledger.holdings("norway") == ([], [])
    ledger.begin(seen, Write("norway", "7001", ()), claim=True)  # nobody is in anyone's way


def test_a_claim_that_is_somebody_elses_by_now_is_not_given_up(bench: Bench) -> None:
    ledger = bench.writer()
    seen = claimed(ledger)
    ledger.release_claim(seen, ("norway", "7001"))
    with pytest.raises(ConflictError):  # it is nobody's
        ledger.release_claim(seen, ("norway", "7001"))
    claimed(ledger, "p2")

    with pytest.raises(ConflictError):
        ledger.release_claim(seen, ("norway", "7001"))

    assert ledger.owner_of("7001", "norway") == "p2"


def test_no_claim_is_given_up_while_another_writer_is_at_the_person(bench: Bench) -> None:
    ledger, other = bench.writer(), bench.writer()
    other.begin(claimed(ledger), Write("norway", "7001", ()), claim=True)

    with pytest.raises(ConflictError, match="another writer"):
        ledger.release_claim(ledger.record("p1"), ("norway", "7001"))

    assert ledger.owner_of("7001", "norway") == "p1"


def test_a_claim_of_somebody_who_is_not_known_is_given_up(bench: Bench) -> None:
    ledger = bench.writer()
    record = claimed(ledger)
    ledger.erase(record, ())

    ledger.release_claim(ledger.record("p1"), ("norway", "7001"))

    assert ledger.owner_of("7001", "norway") is None


def test_an_id_is_learnt_and_nothing_else_of_the_row_or_the_person_changes(bench: Bench) -> None:
    ledger = bench.writer()
    link = a_link("p1", employee_code="7001", etag='"1"', written={"status": "Active"})
    end(ledger, "p1", link)
    before = ledger.record("p1")

    ledger.learn_id(link, 31)

    assert ledger.record("p1") == replace(
        before, links={"norway": replace(before.links["norway"], employee_id=31)}
    )
    ledger.begin(before, Write("norway", "7001", ()), claim=False)  # nobody is in anyone's way


@pytest.mark.parametrize("changed", [{"etag": '"2"'}, {"etag": None}, {"employee_id": 30}])
def test_no_id_is_learnt_of_a_row_that_has_one_or_another_version_by_now(
    bench: Bench, changed: dict[str, Any]
) -> None:
    ledger = bench.writer()
    seen = a_link("p1", employee_code="7001", etag='"1"')
    end(ledger, "p1", replace(seen, **changed))
    before = ledger.record("p1")

    ledger.learn_id(seen, 31)
    ledger.learn_id(replace(seen, person_id="p2"), 31)

    assert ledger.record("p1") == before
    assert ledger.record("p2").links == {}


def test_who_learns_an_id_names_no_other_attribute_than_the_poller_may(client: Any) -> None:
    watched = Watched(client)

    _dynamodb(client).writer(client=watched).learn_id(a_link("p1", etag='"1"'), 31)

    ((name, request),) = watched.calls
    assert name == "update_item"
    named = {*request["Key"], *request["ExpressionAttributeNames"].values()}
    (allowed,) = ids_alone().values()
    assert named == set(allowed["dynamodb:Attributes"])  # type: ignore[index]
    assert "ReturnValues" not in request


def test_an_update_that_meets_a_transaction_is_a_conflict_and_no_crash() -> None:
    class Busy:
        def update_item(self, **_: Any) -> None:
            error: Any = {"Error": {"Code": "TransactionConflictException", "Message": "m"}}
            raise ClientError(error, "UpdateItem")

    with pytest.raises(ConflictError, match="someone else"):
        update_one(Busy(), {})
