"""A person who left is taken out of everything that is kept, and nobody else is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from connector.adapters.aws.dynamodb import from_item
from connector.adapters.memory import InMemoryAuditLog, InMemoryLedger
from connector.domain.errors import ConflictError
from connector.domain.planning import Outcome
from connector.domain.records.acts import OPERATORS
from connector.domain.records.audit import AuditRow
from connector.domain.records.ledger import INTENT_SECONDS, Record, Write
from connector.services.operate.audit_check import AuditCheck
from tests.simulator import Rippling, Visma
from tests.support.aws import Account, FakeContext
from tests.support.digests import first_break
from tests.support.loaded import a_loaded_world
from tests.support.world import World, a_world

CONTEXT = FakeContext()


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=8) as world:
        yield world


def leaves(world: World) -> tuple[str, str, str]:
    """Somebody leaves and is removed from Rippling: person id, worker id, employee code."""
    row = next(row for row in world.rippling.rows("workers") if row["status"] == "ACTIVE")
    world.rippling.terminate(row["id"], world.clock.now().date())
    world.rippling.change(row["id"], status="TERMINATED")
    world.settle()
    return row["user_id"], row["id"], str(row["number"])


def erase(world: World, wanted: str, confirm: str = "") -> dict[str, Any]:
    event = {"verb": "erase", "person": wanted, "confirm": confirm, "operator": "kari"}
    return world.operator.dispatch(event)


@pytest.mark.parametrize("by", ["person", "worker", "code"])
def test_a_person_who_is_gone_from_rippling_leaves_no_row(world: World, by: str) -> None:
    person, worker, code = leaves(world)
    world.rippling.remove(worker)
    others = {key: list(rows) for key, rows in world.tables.audit.items() if key != person}
    wanted = {"person": person, "worker": worker, "code": code}[by]

    counted = erase(world, wanted)
    assert (counted["ok"], counted["erased"], counted["person"]) == (True, False, person)
    assert person in world.tables.persons
    done = erase(world, wanted, confirm=person)

    assert done["erased"] is True
    assert (done["employees"], done["codes"], done["audit_rows"]) == (1, 1, counted["audit_rows"])
    stored = world.everything_stored() + repr((world.tables.claims, world.tables.aliases))
    assert [word for word in (person, worker, f"'{code}'") if word in stored] == []
    assert {key: world.tables.audit[key] for key in others} == others
    assert world.operator.dispatch({"verb": "audit verify"})["broken"] == []


@pytest.fixture
def coded() -> Iterator[World]:
    """A mapping that makes other codes of the numbers."""
    with a_world(people=8) as world:
        text = world.mapping_text.replace("{worker.number}", "N{worker.number}")
        world.edit_mapping_unheard(text)
        world.first_load()
        yield world


def test_a_person_is_found_by_number_where_the_code_is_another(coded: World) -> None:
    person, worker, number = leaves(coded)
    coded.rippling.remove(worker)
    kept = coded.operator.dispatch({"verb": "personal-data", "person": number})
    assert json.loads(kept["text"])["person"]["id"] == person

    for wanted in (number, f"N{number}"):
        counted = erase(coded, wanted)
        assert (counted["ok"], counted["person"]) == (True, person)
    assert erase(coded, number, confirm=person)["erased"] is True

    (told,) = erase(coded, number)["problems"]
    assert told.startswith(f"nobody is known by {number}: give a number")


def test_a_number_that_is_several_peoples_erases_nobody(world: World) -> None:
    """A person who left, and another one with the same number: one name is not enough."""
    person, worker, number = leaves(world)
    world.rippling.remove(worker)
    other = next(each for each in world.tables.persons.values() if each.id != person)
    facts = {**other.facts, "number": number}
    world.tables.persons[other.id] = replace(other, facts=facts)

    (told,) = erase(world, number, confirm=person)["problems"]

    first, second = sorted((person, other.id))
    assert told == f"{number} is several people: {first}, {second}; name one by id"
    assert person in world.tables.persons


def test_that_somebody_was_erased_is_on_record_and_not_who(world: World) -> None:
    person, worker, code = leaves(world)
    world.rippling.remove(worker)
    erase(world, code)
    erase(world, code, confirm=person)

    rows = world.audit_of(OPERATORS)

    assert [row["outcome"] for row in rows] == ["erase", "erase"]
    assert [row["said"]["erased"] for row in rows] == ["no, only counted", "yes"]
    assert [word for word in (person, worker, code) if word in json.dumps(rows)] == []
    assert first_break(rows) is None


def test_a_refused_erasure_is_on_record_without_a_word_of_whom_it_was_about(world: World) -> None:
    person, worker, code = leaves(world)

    for wanted in (person, worker, code, "Kari Testmann"):
        refused = erase(world, wanted, confirm=person)
        assert wanted in refused["problems"][0] or person in refused["problems"][0]

    rows = json.dumps(world.audit_of(OPERATORS))
    assert rows.count("for reasons that were told to the operator alone") == 8
    words = (person, worker, f'"{code}"', f" {code} ", "Kari Testmann")
    assert [word for word in words if word in rows] == []


def test_nobody_is_erased_who_works_or_whom_rippling_shows(world: World) -> None:
    active = next(row for row in world.rippling.rows("workers") if row["status"] == "ACTIVE")
    before = world.everything_stored()

    refused = erase(world, active["user_id"], confirm=active["user_id"])

    assert refused["ok"] is False
    assert "there is an active employee in norway" in refused["problems"][0]
    assert "Rippling still shows them" in refused["problems"][1]
    assert world.everything_stored().startswith(before[:200])
    person = leaves(world)[0]
    shown = erase(world, person, confirm=person)
    (reason,) = shown["problems"]
    assert "Rippling still shows them" in reason


def test_nobody_is_erased_while_something_is_done_about_them(world: World) -> None:
    """What an operator began and never ended, a tie or another code, has nothing to tell."""
    person, worker, code = leaves(world)
    world.rippling.remove(worker)
    world.ledger.begin(world.ledger.record(person), Write("norway", code, ()), claim=True)

    (reason,) = erase(world, person, confirm=person)["problems"]
    assert "at this moment" in reason
    world.clock.turn(seconds=INTENT_SECONDS + 1)

    assert erase(world, person, confirm=person)["erased"] is True


def test_nobody_is_erased_while_rippling_cannot_be_asked(world: World) -> None:
    person, worker, _ = leaves(world)
    world.rippling.remove(worker)
    world.rippling.faults.fail(503, path="/workers/.*")

    assert erase(world, person, confirm=person)["ok"] is False
    assert person in world.tables.persons


def test_an_erasure_that_was_interrupted_is_ended_by_the_same_command(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, worker, _ = leaves(world)
    world.rippling.remove(worker)
    monkeypatch.setattr(world.ledger, "erase", lambda *_: (_ for _ in ()).throw(OSError))
    with pytest.raises(OSError):  # noqa: PT011  (the process dies here)
        erase(world, person, confirm=person)
    broken = world.operator.dispatch({"verb": "audit verify"})["broken"]
    assert [(each["person"], each["what"]) for each in broken] == [(person, "every row is gone")]
    monkeypatch.undo()

    (reason,) = erase(world, person, confirm=person)["problems"]
    assert "say the same in two minutes" in reason
    world.clock.turn(seconds=INTENT_SECONDS + 1)
    assert erase(world, person, confirm=person)["erased"] is True
    assert world.operator.dispatch({"verb": "audit verify"})["broken"] == []


def test_whom_nobody_knows_is_told_and_so_are_the_acts_of_operators(world: World) -> None:
    for wanted in ("nobody", OPERATORS):
        refused = erase(world, wanted, confirm=wanted)
        assert "nobody is known by" in refused["problems"][0]


def test_who_comes_back_after_an_erasure_is_somebody_new_with_the_same_employee(
    world: World,
) -> None:
    person, worker, code = leaves(world)
    email = world.rippling.tables["workers"][worker]["work_email"]
    world.rippling.remove(worker)
    erase(world, person, confirm=person)

    world.hire(number=int(code), work_email=email)
    world.settle()

    assert world.visma.employee(code, company="norway")["status"] == "Active"


def test_all_that_is_kept_of_a_person_can_be_written_down(world: World) -> None:
    person, _, code = leaves(world)

    answer = world.operator.dispatch({"verb": "personal-data", "person": code})

    kept = json.loads(answer["text"])
    assert kept["person"]["id"] == person
    assert [row["employee_code"] for row in kept["employees"]] == [code]
    assert kept["codes"] == [{"company": "norway", "code": code}]
    assert [row["outcome"] for row in kept["audit"]] == ["created", "deactivated"]
    assert "salt" not in kept["person"]


def test_in_the_account_no_table_has_a_word_of_who_was_erased(
    account: Account, rippling: Rippling, visma: Visma
) -> None:
    poll_and_write(account)
    row = next(row for row in rippling.rows("workers") if row["status"] == "ACTIVE")
    rippling.terminate(row["id"], "2026-11-01")
    rippling.change(row["id"], status="TERMINATED")
    poll_and_write(account)
    rippling.remove(row["id"])
    person = row["user_id"]

    assert account.operate("erase", person=row["id"], confirm=person)["erased"] is True

    for table in ("PeopleTable", "AuditTable", "ApprovalsTable"):
        rows = json.dumps(list(map(from_item, account.scan(table))), default=str)
        assert [word for word in (person, row["id"], f'"{row["number"]}"') if word in rows] == []
    verified = account.operate("audit verify")
    assert (verified["ok"], verified["broken"]) == (True, [])
    assert verified["chains"] > 3


def poll_and_write(account: Account) -> None:
    """A tick, and the writer until the queue is empty."""
    account.handler("poller").lambda_handler({}, CONTEXT)
    writer = account.handler("writer")
    while records := account.receive():
        for record in records:
            answer = writer.lambda_handler({"Records": [record]}, CONTEXT)
            assert answer["batchItemFailures"] == []
            account.delete(record)


def changed(account: Account, person: str, time: str, **values: Any) -> None:
    """One with rights on the table writes over a row."""
    dynamodb = account.client("dynamodb")
    key = {"person": {"S": person}, "time": {"S": time}}
    table = account.resources["AuditTable"]
    item = dynamodb.get_item(TableName=table, Key=key)["Item"]
    dynamodb.put_item(TableName=table, Item={**item, **values})


def test_what_is_done_to_the_tables_behind_the_connectors_back_is_found(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    poll_and_write(account)
    rows = [from_item(each) for each in account.scan("AuditTable")]
    written = [row for row in rows if row["person"] != OPERATORS]
    one, other, *_ = written
    changed(account, one["person"], one["time"], outcome={"S": "unchanged"})
    account.client("dynamodb").delete_item(
        TableName=account.resources["AuditTable"],
        Key={"person": {"S": other["person"]}, "time": {"S": other["time"]}},
    )
    (act,) = [row for row in rows if row["person"] == OPERATORS][:1]
    changed(account, OPERATORS, act["time"], operator={"S": "nobody"})
    capsys.readouterr()

    found = account.operate("audit verify", scheduled=True)

    assert {(each["person"], each["what"]) for each in found["broken"]} == {
        (one["person"], "the row was changed"),
        (other["person"], "every row is gone"),
        (OPERATORS, "the row was changed"),
    }
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert sum(sum(line.get("AuditBroken", [])) for line in metrics) == 3


def test_a_row_that_is_written_while_its_chain_is_checked_is_no_break(world: World) -> None:
    person = next(iter(world.tables.persons))

    class Meanwhile(InMemoryAuditLog):
        """Somebody is written just before their rows are read, once."""

        is_over = False

        def of_person(self, person_id: str) -> Iterator[dict[str, Any]]:
            if person_id == person and not self.is_over:
                self.is_over = True
                record = world.ledger.record(person)
                row = AuditRow(person, world.clock.now(), Outcome.UNCHANGED, "x", "poll", "c")
                world.ledger.finish(record, record.person, [], [row])
            return super().of_person(person_id)

    check = AuditCheck(world.ledger, Meanwhile(world.tables), world.clock, world.metrics)

    assert check.check().broken == []
    assert world.audit_of(person)[-1]["outcome"] == "unchanged"


def test_while_the_connector_is_off_the_schedule_checks_nothing(account: Account) -> None:
    account.operate("pause", reason="moving")

    assert account.operate("audit verify", scheduled=True) == {"ok": True, "skipped": True}
    assert account.operate("audit verify")["chains"] >= 1


def test_whoever_comes_back_between_the_look_and_the_erasure_is_not_erased(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, worker, _ = leaves(world)
    world.rippling.remove(worker)
    really = InMemoryLedger.hold

    def late(ledger: InMemoryLedger, record: Record) -> Record:
        now = world.ledger.record(person)
        world.ledger.finish(now, replace(now.person, active_in=("norway",)), (), ())
        return really(ledger, record)

    monkeypatch.setattr(InMemoryLedger, "hold", late)
    before = list(world.tables.audit[person])

    (reason,) = erase(world, person, confirm=person)["problems"]

    assert "at this moment; say the same in two minutes" in reason
    assert world.tables.persons[person].active_in == ("norway",)
    assert world.tables.audit[person] == before
    assert world.tables.links[person]


def test_no_writer_begins_while_somebody_is_erased(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, worker, code = leaves(world)
    world.rippling.remove(worker)
    really, told = InMemoryAuditLog.erase, []
    writer = InMemoryLedger(world.clock, world.tables)

    def slow(audit: InMemoryAuditLog, person_id: str) -> None:
        with pytest.raises(ConflictError) as refused:
            writer.begin(writer.record(person), Write("norway", code, ()), claim=True)
        told.append(str(refused.value))
        really(audit, person_id)

    monkeypatch.setattr(InMemoryAuditLog, "erase", slow)

    assert erase(world, person, confirm=person)["erased"] is True
    assert told
    assert person not in world.tables.persons


def test_no_writer_begins_between_an_audit_that_took_long_and_the_ledger(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, worker, code = leaves(world)
    world.rippling.remove(worker)
    really, after = InMemoryAuditLog.erase, InMemoryLedger.erase
    writer = InMemoryLedger(world.clock, world.tables)

    def slow(audit: InMemoryAuditLog, person_id: str) -> None:
        really(audit, person_id)
        world.clock.turn(seconds=INTENT_SECONDS + 1)

    def watched(ledger: InMemoryLedger, record: Record, claims: Any) -> None:
        with pytest.raises(ConflictError):
            writer.begin(writer.record(person), Write("norway", code, ()), claim=True)
        after(ledger, record, claims)

    monkeypatch.setattr(InMemoryAuditLog, "erase", slow)
    monkeypatch.setattr(InMemoryLedger, "erase", watched)

    assert erase(world, person, confirm=person)["erased"] is True
    assert person not in world.tables.persons
