"""Desired, last written, actual: who is looked at again, row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connector.domain.decisions import NO_LONGER_SHOWN, Action, Decision
from connector.domain.employees import Employee
from connector.domain.people import EmploymentStatus, Facts, Worker
from connector.domain.placement import IN_VISMA, Missing, MissingKind, Placement
from connector.domain.planning import Outcome
from connector.domain.reconciliation import (
    Origin,
    gone,
    is_otherwise,
    learnt,
    reconcile,
    shortfall,
)
from connector.domain.records.ledger import EmployeeLink, Person

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PLACE = Placement("norway", "SALES", "400", None, "1", "STAFF", "NORWAY", ("departments: Sales",))
LACKS = (Missing(MissingKind.COST_CENTRE, "400"),)
WORKER = Worker("w", "p", Facts(EmploymentStatus.ACTIVE))
ANOTHER = Worker("w2", "p", Facts(EmploymentStatus.ACTIVE))
WRITES = Decision(Action.WRITE, WORKER, "norway")
LEAVES = Decision(Action.LEAVE, WORKER, "norway", "left")
THERE = Person(
    "p",
    1,
    worker_id="w",
    placement={**PLACE.to_json(), IN_VISMA: {"department": "SALES"}},
    outcome="updated",
    active_in=("norway",),
)
LINK = EmployeeLink(
    "p",
    "norway",
    Outcome.UPDATED,
    NOW,
    employee_code="1001",
    employee_id=7,
    etag='"AAA="',
    written={"status": "Active"},
)
WAITS = replace(THERE, active_in=(), outcome="waiting")
IS_OUT = Decision(Action.IGNORE, WORKER, "norway", "out of scope")
IS_FOR_LATER = Decision(Action.SCHEDULE, WORKER, "norway", "starts on 2026-12-01")
HAS_LOST = Decision(Action.KEEP, WORKER, "norway", NO_LONGER_SHOWN)
AWAITS = Decision(Action.WAIT, WORKER, "norway", unknown=("department",))
LEFT = {"status": "Inactive"}
EMPLOYEE = Employee("1001", {"status": "Active"}, "AAA=", 7)
KNOWN = [replace(LINK, person_id=f"p{n}", employee_code=str(n), employee_id=n) for n in range(20)]
OTHERS = [
    *(Employee(f"P{n}", {"status": "Inactive"}, "AAA=", 100 + n) for n in range(30)),
    *(Employee(f"S{n}", {"status": "Active"}, "AAA=", 200 + n) for n in range(30)),
]


def employee_of(link: EmployeeLink) -> Employee:
    return Employee(link.employee_code or "", {"status": "Active"}, link.etag, link.employee_id)


@pytest.mark.parametrize(
    ("is_found", "person", "decision", "placement"),
    [
        (False, THERE, WRITES, PLACE),
        (True, THERE, WRITES, replace(PLACE, department="FIN")),
        (True, THERE, WRITES, replace(PLACE, cost_centre="500")),
        (True, THERE, WRITES, replace(PLACE, branch="2")),
        (True, THERE, WRITES, replace(PLACE, employee_class="HOURLY")),
        (True, THERE, WRITES, replace(PLACE, company="sweden")),
        (False, THERE, WRITES, replace(PLACE, rules=("departments: Sales and more",))),
        (True, THERE, WRITES, replace(PLACE, missing=LACKS)),
        (True, replace(THERE, active_in=()), WRITES, PLACE),
        (True, replace(THERE, active_in=("norway", "sweden")), WRITES, PLACE),
        (True, WAITS, IS_OUT, None),
        (True, WAITS, LEAVES, None),
        (True, WAITS, IS_FOR_LATER, None),
        (True, replace(WAITS, active_in=("norway",)), HAS_LOST, None),
        (False, THERE, HAS_LOST, None),
        (False, WAITS, AWAITS, None),
        (False, replace(WAITS, outcome="out_of_scope"), IS_OUT, None),
        (False, replace(WAITS, outcome="out_of_scope"), LEAVES, None),
        (False, replace(THERE, active_in=(), outcome="held"), WRITES, PLACE),
        (False, replace(THERE, active_in=(), outcome="rejected"), WRITES, PLACE),
        (True, THERE, LEAVES, None),
        (False, replace(THERE, active_in=()), LEAVES, None),
        (False, replace(THERE, outcome="held"), LEAVES, None),
        (False, THERE, Decision(Action.KEEP, WORKER, "norway"), None),
        (False, THERE, Decision(Action.WAIT, WORKER, "norway"), None),
        (False, replace(THERE, active_in=()), Decision(Action.SCHEDULE, WORKER, "norway"), None),
        (False, replace(THERE, active_in=()), Decision(Action.IGNORE, WORKER), None),
        (True, THERE, replace(WRITES, worker=ANOTHER), PLACE),
        (True, replace(THERE, outcome="held"), replace(LEAVES, worker=ANOTHER), None),
        (True, THERE, replace(IS_OUT, worker=ANOTHER), None),
        (False, THERE, replace(HAS_LOST, worker=ANOTHER), None),
        (False, replace(THERE, worker_id=""), WRITES, PLACE),
        (False, replace(THERE, active_in=()), replace(IS_OUT, worker=ANOTHER), None),
    ],
)
def test_whoever_should_be_otherwise_than_was_written_last_is_found(
    is_found: bool, person: Person, decision: Decision, placement: Placement | None
) -> None:
    assert is_otherwise(person, decision, placement) is is_found


def test_someone_who_waits_for_the_same_as_before_is_not_found() -> None:
    placement = replace(PLACE, missing=LACKS)
    person = replace(THERE, active_in=(), outcome="waiting", placement=placement.to_json())

    assert not is_otherwise(person, WRITES, placement)
    assert is_otherwise(person, WRITES, PLACE)


@pytest.mark.parametrize(
    ("origin", "link", "employees"),
    [
        (None, LINK, [EMPLOYEE]),
        (Origin.EDITED, LINK, [replace(EMPLOYEE, etag="BBB=")]),
        (None, LINK, [replace(EMPLOYEE, etag=None)]),
        (None, replace(LINK, etag=None), [replace(EMPLOYEE, etag="BBB=")]),
        (Origin.EDITED, LINK, [replace(EMPLOYEE, fields=LEFT)]),
        (Origin.EDITED, replace(LINK, written=LEFT), [EMPLOYEE]),
        (Origin.EDITED, replace(LINK, etag=None), [replace(EMPLOYEE, fields=LEFT)]),
        (None, replace(LINK, etag=None, outcome=Outcome.HELD), [replace(EMPLOYEE, fields=LEFT)]),
        (None, LINK, [replace(EMPLOYEE, fields={"status": ""})]),
        (None, LINK, [replace(EMPLOYEE, fields={})]),
        (Origin.EDITED, LINK, [replace(EMPLOYEE, etag=None, fields=LEFT)]),
        (Origin.MISSING, LINK, []),
        (None, replace(LINK, written={"status": "Inactive"}), []),
        (Origin.RENUMBERED, LINK, [replace(EMPLOYEE, code="OLD-1")]),
        (Origin.RENUMBERED, LINK, [replace(EMPLOYEE, employee_id=8), replace(EMPLOYEE, code="2")]),
        (Origin.ANOTHER, LINK, [replace(EMPLOYEE, employee_id=8)]),
        (None, replace(LINK, employee_id=None), [replace(EMPLOYEE, employee_id=8)]),
        (None, replace(LINK, employee_code=None), []),
    ],
)
def test_whoever_is_otherwise_in_visma_than_was_written_last_is_found(
    origin: Origin | None, link: EmployeeLink, employees: list[Employee]
) -> None:
    assert [finding.origin for finding in reconcile([link], employees)] == ([origin] * bool(origin))


@pytest.mark.parametrize(
    ("ids", "link", "employee"),
    [
        ([7], LINK, EMPLOYEE),
        ([7], LINK, replace(EMPLOYEE, code=" 1001", etag='W/"AAA="')),
        ([], LINK, replace(EMPLOYEE, etag="BBB=")),
        ([], LINK, replace(EMPLOYEE, etag=None)),
        ([], LINK, replace(EMPLOYEE, employee_id=None)),
        ([], LINK, replace(EMPLOYEE, code="1002")),
        ([], replace(LINK, etag=None), EMPLOYEE),
        ([], replace(LINK, employee_code=None), replace(EMPLOYEE, code="")),
    ],
)
def test_an_id_is_learnt_from_the_very_version_that_the_ledger_remembers(
    ids: list[int], link: EmployeeLink, employee: Employee
) -> None:
    unknown = replace(link, employee_id=None)

    assert [each for _, each in learnt([unknown], [employee])] == ids
    assert list(learnt([link], [employee])) == []


def test_a_list_that_shows_far_too_few_says_nothing_about_those_it_leaves_out() -> None:
    here = [Employee(str(n), {}, "BBB=", n) for n in range(10)]

    found = reconcile(KNOWN, here + OTHERS)

    assert {finding.origin for finding in found} == {Origin.EDITED}


@pytest.mark.parametrize("others", [[], OTHERS], ids=["alone", "among others"])
@pytest.mark.parametrize("shown", [0, 10, 15, 16, 20])
def test_a_list_is_short_by_those_of_the_expected_who_are_on_it_and_by_nobody_else(
    shown: int, others: list[Employee]
) -> None:
    found = shortfall("norway", KNOWN, [*map(employee_of, KNOWN[:shown]), *others])

    assert (found is None) is (shown > 14)
    if found:
        assert (found.shown, found.known) == (shown, 20)
        assert found.unseen == tuple(sorted(each.person_id for each in KNOWN[shown:]))


def test_whoever_is_told_already_or_has_left_is_not_expected_on_a_list() -> None:
    told = [replace(each, outcome=Outcome.REJECTED) for each in KNOWN[:8]]
    past = [replace(each, written=LEFT) for each in KNOWN[8:14]]
    rest = KNOWN[14:]

    assert shortfall("norway", [*told, *past, *rest], map(employee_of, rest)) is None
    short = shortfall("norway", [*told, *past, *rest], map(employee_of, [*told, *past]))
    assert short is not None
    assert (short.known, short.shown) == (6, 0)


def test_whoever_is_on_a_list_under_another_code_is_on_it() -> None:
    renumbered = [replace(employee_of(each), code=f"NEW-{each.person_id}") for each in KNOWN]

    assert shortfall("norway", KNOWN, renumbered) is None


def test_only_whoever_is_active_and_was_not_seen_is_gone() -> None:
    persons = [THERE, replace(THERE, id="q"), replace(THERE, id="r", active_in=())]

    assert [person.id for person in gone(persons, {"p"})] == ["q"]
