"""The promises, each broken against on purpose by the fakes: lost answers, races, stale reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from connector.adapters.memory import InMemoryLedger
from connector.bootstrap import services
from connector.domain.changes import Cause, Change
from connector.domain.errors import ConflictError, RetryableError
from connector.domain.records.ledger import INTENT_SECONDS, Write
from connector.services.apply.applier import Applier
from tests.support.crash import dying, starts_cold
from tests.support.digests import first_break
from tests.support.loaded import a_loaded_world
from tests.support.world import World

EMPLOYEE = "/v1/employee"
ONE_EMPLOYEE = "/v1/employee/.*"


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=20) as world:
        world.clear_journals()
        yield world


def _change(worker: dict[str, Any]) -> Change:
    return Change(worker["id"], Cause.POLL, "c1", worker["user_id"])


def _outcomes(world: World, worker: dict[str, Any]) -> list[str]:
    return [row["outcome"] for row in world.audit_of(worker["user_id"])]


# 1. At most one employee per person and company, whatever answer is lost.


def test_a_create_whose_answer_is_lost_makes_one_employee_and_is_found_again(world: World) -> None:
    world.visma.faults.lose_answer(method="POST", path=EMPLOYEE, times=1)
    worker = world.hire()

    assert world.settle() == {"created": 1}

    assert len(world.visma.calls("POST", EMPLOYEE)) == 1
    assert _outcomes(world, worker) == ["created"]
    assert "the answer to the write had been lost" in world.audit_of(worker["user_id"])[0]["reason"]


def test_a_create_that_visma_applied_and_called_a_failure_is_not_repeated(world: World) -> None:
    world.visma.faults.fail_after_apply(500, method="POST", path=EMPLOYEE, times=1)
    worker = world.hire()

    assert world.settle() == {"created": 1}

    assert len(world.visma.calls("POST", EMPLOYEE)) == 1
    assert _outcomes(world, worker) == ["created"]


def test_a_create_that_never_arrived_is_sent_again_after_a_look(world: World) -> None:
    world.visma.faults.reset(method="POST", path=EMPLOYEE, times=1)
    world.hire()

    assert world.settle() == {"created": 1}

    employee_calls = [call.method for call in world.visma.calls(path=f"{EMPLOYEE}.*")]
    # A look before each of the two creates, and one for as long as the first may still arrive.
    assert employee_calls == ["GET", "POST", "GET", "GET", "POST"]


def test_a_crash_right_after_the_create_is_healed_by_the_next_delivery(world: World) -> None:
    worker = world.hire()
    with dying(world.ledger, "finish"):
        world.applier.apply(_change(worker))
    starts_cold(world)

    assert world.applier.apply(_change(worker), delivery=2).value == "created"
    assert len(world.visma.calls("POST", EMPLOYEE)) == 1


def test_a_code_that_somebody_else_has_in_visma_is_never_taken_over(world: World) -> None:
    worker = world.hire()
    world.visma.add_employee(
        str(worker["number"]),
        **{"contact.lastName": "Other", "contact.email": "other@example.com"},
    )

    assert world.settle() == {"rejected": 1}
    assert world.employee_of(worker)["contact"]["email"] == "other@example.com"
    assert "another e-mail address" in world.audit_of(worker["user_id"])[0]["reason"]


def test_the_same_code_and_the_same_e_mail_in_visma_is_adopted(world: World) -> None:
    worker = world.hire()
    world.visma.add_employee(
        str(worker["number"]),
        **{"contact.lastName": "Before", "contact.email": worker["work_email"].upper()},
    )

    assert world.settle() == {"updated": 1}
    assert "adopted" in world.audit_of(worker["user_id"])[0]["reason"]
    assert world.employee_of(worker)["department"] == "SALES"


def test_a_private_address_is_no_proof_for_an_employee_that_was_there(world: World) -> None:
    world.edit_mapping(
        world.mapping_text.replace("time_zone", "email: work_or_personal\n    time_zone")
    )
    world.drain()
    worker = world.hire(work_email=None, personal_email="family@example.com")
    world.visma.add_employee(
        str(worker["number"]),
        **{"contact.lastName": "Spouse", "contact.email": "family@example.com"},
    )

    assert world.settle() == {"rejected": 1}

    assert world.employee_of(worker)["contact"]["lastName"] == "Spouse"


def test_two_people_with_one_number_never_share_an_employee(world: World) -> None:
    first = world.hire()
    second = world.hire(number=first["number"])

    assert world.settle() == {"created": 1, "rejected": 1}
    assert "another person" in world.audit_of(second["user_id"])[0]["reason"]


def test_a_create_that_arrives_late_is_found_when_the_next_is_refused(world: World) -> None:
    worker = world.hire()
    real = world.targets.company("norway")

    class LateTarget:
        """Shows the employee only after a second create was refused."""

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def read(self, code: str) -> Any:
            refused = [call.status for call in world.visma.calls("POST", EMPLOYEE)] == [201, 400]
            return real.read(code) if refused else None

        def create(self, code: str, fields: Any) -> Any:
            real.create(code, fields)  # the one that was believed lost
            return real.create(code, fields)

    world.targets._companies["norway"] = LateTarget()  # type: ignore[assignment]

    assert world.applier.apply(_change(worker)).value == "created"
    assert len(world.visma.employees()) == len(
        {e["employeeNumber"] for e in world.visma.employees()}
    )


def test_after_a_fault_the_next_writer_need_not_wait_for_the_one_that_failed(
    world: World,
) -> None:
    worker = world.hire()
    world.visma.faults.fail(429, retry_after=1, method="POST", path=EMPLOYEE, times=1)
    with pytest.raises(RetryableError):
        world.applier.apply(_change(worker))
    world.clock.turn(seconds=2)
    world.build()  # another writer, a moment later

    assert world.applier.apply(_change(worker), delivery=2).value == "created"


# 2. No older state over a newer one.


def test_a_writer_that_read_before_another_wrote_does_not_write(world: World) -> None:
    worker = world.hire()
    world.settle()
    world.rippling.move(worker["id"], department="Finance")
    slow = _with_pause_after_reading(world, lambda: _newer_state_is_written(world, worker))

    outcome = slow.apply(_change(worker))

    assert outcome.value in ("updated", "unchanged")
    assert world.employee_of(worker)["department"] == "SALES"
    departments = [put.body.get("department") for put in world.visma.calls("PUT")]
    assert {"value": "FIN"} not in departments


def _newer_state_is_written(world: World, worker: dict[str, Any]) -> None:
    world.rippling.move(worker["id"], department="Sales")
    world.applier.apply(_change(worker))


def _with_pause_after_reading(world: World, meanwhile: Any) -> Applier:
    class SlowSource:
        def __init__(self) -> None:
            self.paused = False

        def __getattr__(self, name: str) -> Any:
            return getattr(world.source, name)

        def employments(self, *args: Any) -> Any:
            found = world.source.employments(*args)
            if not self.paused:
                self.paused = True
                meanwhile()
            return found

    adapters = replace(world.adapters, source=SlowSource())
    return services.applier(adapters, world.options)


def test_an_employee_that_finance_touched_is_read_and_planned_anew(world: World) -> None:
    worker = world.hire()
    world.settle()
    world.visma.edit_employee(str(worker["number"]), **{"contact.phone3": "+47 000"})
    world.rippling.move(worker["id"], department="Finance")
    world.clear_journals()

    assert world.settle() == {"updated": 1}

    employee_calls = [(call.method, call.status) for call in world.visma.calls(path=ONE_EMPLOYEE)]
    assert employee_calls == [("PUT", 412), ("GET", 200), ("PUT", 204)]
    assert world.employee_of(worker)["department"] == "FIN"
    assert world.employee_of(worker)["contact"]["phone3"] == "+47 000"


def test_there_and_back_within_minutes_ends_where_it_began(world: World) -> None:
    worker = world.hire()
    world.settle()
    for department in ("Finance", "Sales"):
        world.rippling.move(worker["id"], department=department)
        world.tick()

    world.drain()

    assert world.employee_of(worker)["department"] == "SALES"


def test_another_writer_at_work_on_a_person_is_waited_for(world: World) -> None:
    worker = world.hire()
    record = world.ledger.record(worker["user_id"])
    InMemoryLedger(world.clock, world.tables).begin(record, Write("norway", "x", ()), claim=False)

    with pytest.raises(ConflictError) as caught:
        world.applier.apply(_change(worker))

    assert 5 <= (caught.value.retry_after or 0) <= INTENT_SECONDS


# 4. Every change ends in exactly one outcome.


def test_every_change_ends_in_exactly_one_audit_row(world: World) -> None:
    worker = world.hire()
    for _ in range(5):
        world.applier.apply(_change(worker))

    assert _outcomes(world, worker) == ["created", *["unchanged"] * 4]


def test_a_burst_of_duplicates_costs_reads_and_no_write(world: World) -> None:
    worker = world.hire()
    world.settle()
    world.clear_journals()
    for _ in range(25):
        world.notice(worker["id"])

    assert world.visma.journal == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"person": {"family_name": ""}}, "contact.last_name"),
        ({"work_email": None}, "contact.email"),
        ({"number": None}, "employee code"),
    ],
)
def test_somebody_visma_cannot_hold_is_rejected_by_field_and_blocks_nobody(
    world: World, fields: dict[str, Any], field: str
) -> None:
    bad = world.hire(**fields)
    if "number" in fields:
        world.rippling.change(bad["id"], number=None)
    good = world.hire()

    assert world.settle() == {"rejected": 1, "created": 1}
    assert field in world.audit_of(bad["user_id"])[0]["reason"]
    assert world.employee_of(good)["status"] == "Active"


def test_somebody_visma_refuses_is_rejected_with_the_field_and_without_its_words(
    world: World,
) -> None:
    worker = world.hire()
    world.visma.refuse(str(worker["number"]), "EmployeeClass")

    assert world.settle() == {"rejected": 1}
    reason = world.audit_of(worker["user_id"])[0]["reason"]
    assert "employee_class" in reason
    assert "An error occurred" not in reason


def test_a_refusal_in_the_clothes_of_a_fault_is_believed_after_some_tries(world: World) -> None:
    worker = world.hire()
    world.visma.refuse(str(worker["number"]), "EmployeeClass", status=500)

    assert world.settle() == {"rejected": 1}
    assert world.buried == []


def test_the_rejected_get_another_chance_at_the_full_sweep(world: World) -> None:
    worker = world.hire()
    world.visma.refuse(str(worker["number"]), "EmployeeClass")
    world.settle()
    assert world.settle() == {}
    world.visma.accept(str(worker["number"]))

    world.tick(full_sweep=True)

    assert world.drain() == {"created": 1}


# 7. No personal data at rest.


def test_nothing_personal_rests_anywhere(world: World) -> None:
    worker = world.hire(
        person={
            "given_name": "Kanarifugl",
            "middle_name": "Mellomfugl",
            "family_name": "Etterfugl",
        },
        work_email="kanarifugl@example.com",
    )
    world.settle()
    world.rippling.change_user(worker["user_id"], family_name="Nyfugl")
    world.tick(full_sweep=True)
    world.drain()

    at_rest = world.everything_stored().casefold()

    assert worker["user_id"] in at_rest
    words = ("kanarifugl", "mellomfugl", "etterfugl", "nyfugl", "@example")
    assert [word for word in words if word in at_rest] == []


# 8. The vendors' limits hold.


def test_an_exhausted_hour_postpones_work_and_loses_none_of_it(world: World) -> None:
    workers = [world.hire() for _ in range(5)]
    world.visma.calls_per_hour = 55
    world.visma.start_new_hour()
    for _ in range(40):
        world.targets.company("norway").read("none")

    outcomes = world.settle()

    assert outcomes["created"] == 5
    assert all(world.employee_of(worker)["status"] == "Active" for worker in workers)
    assert 429 not in {call.status for call in world.visma.calls(path="/v1/.*")}
    assert world.buried == []


# 9. The audit is chained.


def test_the_audit_of_every_person_is_an_unbroken_chain(world: World) -> None:
    worker = world.hire()
    world.settle()
    world.rippling.move(worker["id"], department="Finance")
    world.settle()

    assert len(world.audit_of(worker["user_id"])) == 2
    for rows in world.tables.audit.values():
        assert first_break(rows) is None


# 10. When faults stop, everything converges without a hand.


@pytest.mark.parametrize("status", [502, 503])
def test_an_outage_of_visma_is_ridden_out(world: World, status: int) -> None:
    worker = world.hire()
    world.visma.faults.fail(status, body="html", path="/v1/.*", times=12)

    assert world.settle() == {"created": 1}
    assert world.employee_of(worker)["status"] == "Active"


def test_an_outage_of_rippling_leaves_the_watermark_and_the_next_tick_goes_on(
    world: World,
) -> None:
    worker = world.hire()
    world.rippling.faults.fail(503, body="html", path="/workers/", times=3)

    with pytest.raises(RetryableError):
        world.tick()

    assert world.settle() == {"created": 1}
    assert world.employee_of(worker)["status"] == "Active"


def test_an_answer_that_does_not_parse_is_tried_again(world: World) -> None:
    world.rippling.faults.garbage(path="/workers/", times=1)
    world.hire()

    with pytest.raises(RetryableError) as caught:
        world.tick()

    assert "not JSON" in str(caught.value)
    assert world.settle() == {"created": 1}
