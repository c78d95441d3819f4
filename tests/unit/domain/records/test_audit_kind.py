"""The kind of a row is one of a closed list, and told from the row alone."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from connector.domain.changes import Cause
from connector.domain.decisions import Action, Decision
from connector.domain.employees import ACTIVE, FIELDS, INACTIVE
from connector.domain.planning import Difference, Outcome
from connector.domain.records.acts import OPERATORS, Act
from connector.domain.records.audit import AuditRow
from connector.domain.records.audit_kind import AuditKind, event_of, kind_in, kind_of, moved_to
from connector.domain.records.booking import Booking
from connector.domain.records.ledger import EmployeeLink, Person, Record

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
QUIET = (Outcome.WAITING, Outcome.SCHEDULED, Outcome.HELD, Outcome.REJECTED, Outcome.UNCHANGED)

BY_FIELD = {
    "status": AuditKind.NONE,  # says only whether somebody is there, which the outcome tells
    "department": AuditKind.DEPARTMENT,
    "branch": AuditKind.LOCATION,
    "calendar": AuditKind.LOCATION,
    "employee_class": AuditKind.PAY_BASIS,
}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("outcome", [Outcome.UPDATED, *QUIET])
def test_every_field_of_an_employee_has_its_kind(field: str, outcome: Outcome) -> None:
    assert kind_of(outcome, [field], cause="poll") is BY_FIELD.get(field, AuditKind.CONTACT)


@pytest.mark.parametrize("cause", Cause)
@pytest.mark.parametrize("outcome", Outcome)
def test_without_a_difference_the_outcome_alone_tells_the_kind(
    outcome: Outcome, cause: Cause
) -> None:
    told = {
        Outcome.CREATED: AuditKind.HIRE,
        Outcome.DEACTIVATED: AuditKind.LEAVE,
        Outcome.REACTIVATED: AuditKind.REHIRE,
    }
    assert kind_of(outcome, cause=cause) is told.get(outcome, AuditKind.NONE)


@pytest.mark.parametrize(("outcome", "event"), list(product(Outcome, AuditKind)))
def test_what_happened_to_a_person_comes_before_any_difference(
    outcome: Outcome, event: AuditKind
) -> None:
    assert kind_of(outcome, FIELDS, cause="drift", event=event) is event


def test_of_several_kinds_the_first_of_the_list_counts() -> None:
    order = list(AuditKind)
    pairs = {each: BY_FIELD.get(each, AuditKind.CONTACT) for each in FIELDS if each != "status"}
    for one, other in product(pairs, pairs):
        first = min(pairs[one], pairs[other], key=order.index)
        assert kind_of(Outcome.UPDATED, [one, other]) is first
    assert kind_of(Outcome.UPDATED, ["contact.email"], is_booked_otherwise=True) == "dimension"
    assert kind_of(Outcome.UPDATED, ["department"], is_booked_otherwise=True) == "department"
    assert kind_of(Outcome.UNCHANGED, is_paid_otherwise=True) is AuditKind.PAY


def test_what_was_put_right_in_visma_is_a_correction() -> None:
    assert kind_of(Outcome.UPDATED, ["department"], cause="drift") is AuditKind.CORRECTION
    assert kind_of(Outcome.REACTIVATED, ["status"], cause="drift") is AuditKind.CORRECTION
    assert kind_of(Outcome.UNCHANGED, cause="drift") is AuditKind.NONE


def test_every_kind_can_come_about() -> None:
    told = {kind_of(outcome, [field]) for outcome, field in product(Outcome, FIELDS)}
    told |= {kind_of(Outcome.UPDATED, ["department"], cause="drift")}
    told |= {kind_of(Outcome.UNCHANGED, is_booked_otherwise=True)}
    told |= {kind_of(Outcome.UNCHANGED, is_paid_otherwise=True)}
    by_event = {AuditKind.ADOPTION, AuditKind.RENAME, AuditKind.TRANSFER}
    assert told | by_event | {kind_in({"person": OPERATORS})} == set(AuditKind)


def row(**values: Any) -> AuditRow:
    plain = {"outcome": Outcome.UPDATED, "message": "Updated.", "cause": "poll"} | values
    return AuditRow("p1", NOON, correlation_id="c1", **plain)


def test_a_row_says_its_kind_and_where_the_cost_is_booked_before_and_after() -> None:
    told = row(
        differences=(Difference("department", "SALES", "FIN"),),
        before=Booking("SALES", "200", "5000"),
        after=Booking("FIN", "400", "5010"),
        run="3f2504e04f89",
        mapping="12",
        operator="anna",
    ).content()

    assert told["kind"] == "department"
    assert [told[f"{name}_before"] for name in ("department", "cost_centre", "account")] == [
        "SALES",
        "200",
        "5000",
    ]
    assert [told[f"{name}_after"] for name in ("department", "cost_centre", "account")] == [
        "FIN",
        "400",
        "5010",
    ]
    assert (told["run"], told["mapping"], told["operator"]) == ("3f2504e04f89", "12", "anna")


def test_a_cost_centre_alone_is_a_dimension() -> None:
    told = row(outcome=Outcome.UNCHANGED, before=Booking("FIN", "400"), after=Booking("FIN", "410"))
    assert told.kind is AuditKind.DIMENSION


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("field", ["department", "contact.email", ""])
def test_a_row_of_an_earlier_version_has_the_kind_that_it_would_have_now(
    outcome: Outcome, field: str
) -> None:
    differences = (Difference(field, "a", "b"),) if field else ()
    now = row(outcome=outcome, differences=differences)
    earlier = {name: value for name, value in now.content().items() if name != "kind"}

    assert kind_in(earlier) is kind_in(now.content()) is now.kind


def test_an_operators_verb_is_an_act() -> None:
    assert kind_in(Act("anna", "approve", NOON).content()) is AuditKind.ACT


def link(company: str, status: str, reason: str = "", since: datetime = NOON) -> EmployeeLink:
    return EmployeeLink(
        "p1",
        company,
        Outcome.UPDATED,
        since,
        employee_code="1042",
        written={"status": status},
        reason=reason,
    )


def record(*links: EmployeeLink) -> Record:
    return Record(Person("p1"), {each.company: each for each in links})


ACTIVE_THERE, INACTIVE_THERE = link("norway", ACTIVE), link("norway", INACTIVE)
MOVED = link("sweden", INACTIVE, moved_to("norway"))
MOVED_LONG_AGO = link("sweden", INACTIVE, moved_to("norway"), NOON.replace(year=2020))
EVENTS: list[tuple[Action, str | None, Record, AuditKind | None]] = [
    (Action.WRITE, "norway", record(), AuditKind.HIRE),
    (Action.SCHEDULE, "norway", record(), AuditKind.HIRE),
    (Action.WAIT, "norway", record(), AuditKind.HIRE),
    (Action.WRITE, "norway", record(INACTIVE_THERE), AuditKind.REHIRE),
    (Action.WRITE, "norway", record(ACTIVE_THERE), None),
    (Action.WRITE, "norway", record(MOVED), AuditKind.TRANSFER),
    (Action.WRITE, "norway", record(MOVED, INACTIVE_THERE), AuditKind.TRANSFER),
    (Action.WRITE, "norway", record(MOVED_LONG_AGO, INACTIVE_THERE), AuditKind.REHIRE),
    (Action.WRITE, "norway", record(MOVED, ACTIVE_THERE), None),
    (Action.WRITE, "sweden", record(ACTIVE_THERE), AuditKind.TRANSFER),
    (Action.LEAVE, None, record(ACTIVE_THERE), AuditKind.LEAVE),
    (Action.LEAVE, None, record(INACTIVE_THERE), None),
    (Action.LEAVE, None, record(), None),
    (Action.KEEP, "norway", record(ACTIVE_THERE), None),
    (Action.IGNORE, None, record(), None),
]


@pytest.mark.parametrize(("action", "company", "known", "event"), EVENTS)
def test_what_happens_to_a_person_is_told_from_the_decision_and_the_ledger(
    action: Action, company: str | None, known: Record, event: AuditKind | None
) -> None:
    assert event_of(Decision(action, company=company), known, "norway") is event


def test_someone_whom_finance_made_active_again_is_put_right_and_does_not_leave() -> None:
    event = event_of(Decision(Action.LEAVE), record(INACTIVE_THERE), "norway", is_drift=True)
    assert event is AuditKind.CORRECTION
