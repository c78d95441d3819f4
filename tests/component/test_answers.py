"""What Visma's answers prove: done only as it says done, unknown until seen, refused by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connector.domain.errors import UnknownOutcomeError
from connector.domain.records.ledger import ANSWER_SECONDS
from tests.simulator import Rippling, Visma
from tests.support.aws import Account, FakeContext
from tests.support.loaded import a_loaded_world
from tests.support.world import World

EMPLOYEE = "/v1/employee.*"


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=20) as world:
        world.clear_journals()
        yield world


def employees_with(world: World, address: str) -> list[dict[str, Any]]:
    return [each for each in world.visma.employees() if each["contact"]["email"] == address]


# Done is what Visma says in the way it says done.


def test_a_create_that_was_answered_with_a_page_is_made_once_visma_makes_it(world: World) -> None:
    world.visma.faults.garbage(method="POST", path=EMPLOYEE, times=2)
    worker = world.hire()

    assert world.settle() == {"created": 1}

    assert len(employees_with(world, worker["work_email"])) == 1


def test_an_update_that_was_answered_with_a_page_is_written_once_visma_writes_it(
    world: World,
) -> None:
    worker = world.hire()
    world.settle()
    world.visma.faults.garbage(method="PUT", path=EMPLOYEE, times=2)
    world.rippling.move(worker["id"], department="Finance")

    assert world.settle() == {"updated": 1}

    assert world.employee_of(worker)["department"] == "FIN"


# A refusal is believed after one look.


def test_an_identical_refused_write_is_sent_at_most_twice(world: World) -> None:
    worker = world.hire()
    world.visma.refuse(str(worker["number"]), "EmployeeClass", status=500)

    assert world.settle() == {"rejected": 1}

    assert len(world.visma.calls("POST", EMPLOYEE)) == 2


def test_a_field_no_one_has_to_wait_for_is_left_out_where_visma_refuses_it(world: World) -> None:
    world.visma.company("norway").longest |= {"address.addressLine1": 5, "contact.phone2": 3}
    worker = world.hire()
    world.rippling.change_user(worker["user_id"], mobile="+47 22 33 44 55")

    assert world.settle() == {"created": 1}

    employee = world.employee_of(worker)
    assert employee["department"] == "SALES"
    assert "phone2" not in employee["contact"]
    (row,) = world.audit_of(worker["user_id"])
    assert "written without address.line1, contact.phone2, which Visma refused" in row["message"]

    world.rippling.move(worker["id"], department="Finance")
    assert world.settle() == {"updated": 1}
    assert world.employee_of(worker)["department"] == "FIN"


# An answer that does not come is unknown for as long as Visma may take.


def test_a_number_corrected_while_visma_is_slow_makes_no_second_employee(world: World) -> None:
    world.visma.faults.late(method="POST", path=EMPLOYEE, times=1)
    worker = world.hire()
    world.tick()
    change = world.queue.changes.pop()
    with pytest.raises(UnknownOutcomeError) as slow:
        world.applier.apply(change)
    assert 0 < (slow.value.retry_after or 0) <= ANSWER_SECONDS + 1

    world.rippling.change(worker["id"], number=9001)
    with pytest.raises(UnknownOutcomeError):
        world.applier.apply(change)
    assert world.visma.land() == 1
    world.applier.apply(change)

    assert len(employees_with(world, worker["work_email"])) == 1


def test_an_update_that_is_applied_late_is_no_older_state_over_a_newer_one(world: World) -> None:
    worker = world.hire()
    world.settle()
    world.visma.faults.late(method="PUT", path=EMPLOYEE, times=1)
    world.rippling.move(worker["id"], department="Finance")
    world.tick()
    change = world.queue.changes.pop()
    with pytest.raises(UnknownOutcomeError):
        world.applier.apply(change)

    world.rippling.move(worker["id"], department="Sales")
    with pytest.raises(UnknownOutcomeError):
        world.applier.apply(change)
    world.visma.land()
    world.applier.apply(change)

    assert world.employee_of(worker)["department"] == "SALES"


def test_after_that_time_a_write_without_an_answer_is_decided_again(world: World) -> None:
    world.visma.faults.reset(method="POST", path=EMPLOYEE, times=1)
    worker = world.hire()
    world.tick()
    change = world.queue.changes.pop()
    with pytest.raises(UnknownOutcomeError):
        world.applier.apply(change)
    world.rippling.change(worker["id"], number=9001)
    world.clock.turn(seconds=ANSWER_SECONDS + 1)

    assert world.applier.apply(change) == "created"

    assert world.visma.employee("9001")["contact"]["email"] == worker["work_email"]


# What Visma keeps in a form of its own is nobody's edit.


def test_after_an_edit_by_finance_what_visma_formats_is_neither_written_nor_blamed(
    world: World,
) -> None:
    world.visma.company("norway").formats = True
    worker = world.hire()
    long_name = "Wollstonecraft-Shelley-Godwin-Imlay"
    world.rippling.change_user(worker["user_id"], family_name=long_name)
    world.rippling.change(worker["id"], work_email="Mary.Shelley@Example.com")
    world.settle()
    shown = world.employee_of(worker)["contact"]
    assert (shown["lastName"], shown["email"]) == (long_name[:30], "mary.shelley@example.com")
    world.visma.edit_employee(str(worker["number"]), department="FIN")
    world.clock.turn(days=1)
    world.clear_journals()

    world.tick(full_sweep=True)
    assert world.drain() == {"updated": 1}

    row = world.audit_of(worker["user_id"])[-1]
    assert [each["field"] for each in row["differences"]] == ["department"]
    assert "contact" not in row["message"]
    assert len(world.visma.calls("PUT")) == 1
    assert world.tick(full_sweep=True).queued == 0


def test_a_change_of_more_than_form_is_written_all_the_same(world: World) -> None:
    world.visma.company("norway").formats = True
    worker = world.hire()
    world.settle()
    world.rippling.change_user(worker["user_id"], work_phone="+47 22 33 44 55")

    world.tick(full_sweep=True)

    assert world.drain() == {"updated": 1}
    assert world.employee_of(worker)["contact"]["phone1"] == "+4722334455"


# The employee is the one that the ledger knows.


def test_an_employee_whose_code_is_somebody_elses_by_now_is_not_touched(world: World) -> None:
    worker = world.hire()
    world.settle()
    code = str(worker["number"])
    world.visma.renumber_employee(code, "OLD-1")
    world.visma.add_employee(
        code, **{"contact.lastName": "Consultant", "contact.email": "consultant@example.com"}
    )
    before = world.visma.employee(code)

    world.rippling.move(worker["id"], department="Finance")
    assert world.settle() == {"rejected": 1}
    world.rippling.terminate(worker["id"], "2026-11-01")
    assert world.settle() == {"rejected": 1}

    assert world.visma.employee(code) == before
    assert "conflict: the employee" in world.audit_of(worker["user_id"])[-1]["message"]


def test_a_name_that_is_hidden_makes_no_stranger_without_one_the_same_person(world: World) -> None:
    worker = world.hire()
    world.settle()
    code = str(worker["number"])
    world.visma.remove_employee(code)
    strange = {"contact.lastName": "Consultant", "contact.email": "consultant@example.com"}
    world.visma.add_employee(code, **strange)
    world.rippling.forbid_expand = {"user"}
    before = world.visma.employee(code)

    world.rippling.move(worker["id"], department="Finance")

    assert world.settle() == {"rejected": 1}
    assert world.visma.employee(code) == before


# A claim ends with the refusal that ends it.


def test_a_number_that_was_entered_wrongly_is_free_again_once_it_is_corrected(
    world: World,
) -> None:
    wrong = world.hire(number=7001)
    world.visma.refuse("7001", "EmployeeClass")
    assert world.settle() == {"rejected": 1}
    world.visma.accept("7001")
    world.rippling.change(wrong["id"], number=7002)
    true = world.hire(number=7001)

    assert world.settle() == {"created": 2}

    assert world.visma.employee("7001")["contact"]["email"] == true["work_email"]
    assert world.visma.employee("7002")["contact"]["email"] == wrong["work_email"]


@pytest.mark.parametrize("member", ["department", "employeeClass", "employeeNumber", "timeStamp"])
def test_a_text_that_no_table_can_hold_is_contained(
    account: Account, visma: Visma, rippling: Rippling, member: str
) -> None:
    """A row of DynamoDB holds 400 KB: written to Visma and never told would be sent for ever."""
    everyone_written(account)
    worker = next(row for row in rippling.rows("workers") if row["status"] == "ACTIVE")
    code, huge = str(worker["number"]), "x" * 450_000
    visma.odd["employeeNumber", code] = {
        member: {"id": huge} if member == "employeeClass" else huge
    }
    rippling.move(worker["id"], "Finance")
    rippling.change(worker["id"], work_email="ny@example.no")

    everyone_written(account)
    account.handler("poller").lambda_handler({"full_sweep": True}, FakeContext())
    everyone_written(account)
    visma.odd.clear()
    account.handler("poller").lambda_handler({"full_sweep": True}, FakeContext())
    everyone_written(account)

    assert visma.employee(code, company="norway")["department"] == "FIN"


def everyone_written(account: Account) -> None:
    """A tick, and the writer until the queue is empty; whatever it is, no function fails."""
    account.handler("poller").lambda_handler({}, FakeContext())
    writer = account.handler("writer")
    for _ in range(20):
        records = account.receive()
        if not records:
            return
        for record in records:
            writer.lambda_handler({"Records": [record]}, FakeContext())
            account.delete(record)
