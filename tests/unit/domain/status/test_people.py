"""Who has something open, and for whom of them a human is needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain.checks import Check, Level
from connector.domain.planning import Outcome
from connector.domain.reconciliation import CONFLICT
from connector.domain.records.ledger import REJECTED as BY_AN_OPERATOR
from connector.domain.records.ledger import EmployeeLink, Rejection
from connector.domain.status.people import OpenPeople, need_a_hand, of_people

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NEEDY = ("held", "waiting", "rejected", "conflicts")


def a_link(person_id: str, outcome: Outcome, **changes: Any) -> EmployeeLink:
    return replace(EmployeeLink(person_id, "norway", outcome, NOW - timedelta(hours=3)), **changes)


A_MOVE = Rejection("move", {"department": "SALES"})
HELD = a_link("p1", Outcome.HELD, employee_code="1001")
WAITING = a_link("p2", Outcome.WAITING, since=NOW - timedelta(days=4), expected_code="1002")
REJECTED = a_link("p3", Outcome.REJECTED, reason="it is empty in Rippling")
CONFLICT_LINK = a_link("p4", Outcome.REJECTED, reason=f"{CONFLICT}the employee 7 is another's")
LEFT = a_link(
    "p5",
    Outcome.REJECTED,
    since=NOW - timedelta(days=9),
    rejections=(A_MOVE,),
    reason=BY_AN_OPERATOR,
)
SCHEDULED = a_link("p6", Outcome.SCHEDULED, due_on=date(2026, 12, 1))
EVERYONE = (HELD, WAITING, REJECTED, CONFLICT_LINK, LEFT, SCHEDULED)


def lines(*links: EmployeeLink) -> dict[str, Check]:
    section = of_people(OpenPeople.among(links), NOW)
    return {check.name: check for check in section.checks}


def test_everyone_is_counted_as_what_they_are() -> None:
    section = of_people(OpenPeople.among(EVERYONE), NOW)

    assert section.figures["people"] == dict.fromkeys(
        ("held", "waiting", "rejected", "conflicts", "left", "scheduled"), 1
    )


@pytest.mark.parametrize(
    ("link", "name", "command"),
    [
        (HELD, "held", "connector held"),
        (WAITING, "waiting", "connector waiting"),
        (REJECTED, "rejected", "connector rejected"),
        (
            CONFLICT_LINK,
            "conflicts",
            "connector conflicts, then connector adopt",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_whoever_needs_a_hand_is_red_with_the_next_command_and_nobody_else_is(
    link: EmployeeLink, name: str, command: str
) -> None:
    found = lines(link)

    assert (found[name].level, found[name].remedy) == (Level.BAD, command)
    assert found[name].message.startswith("1 person is ")
    assert [each for each, check in found.items() if check.level is Level.BAD] == [name]


def test_whoever_has_a_day_before_them_or_was_left_by_an_operator_needs_nobody() -> None:
    found = lines(LEFT, SCHEDULED)

    assert {check.level for check in found.values()} <= {Level.GOOD, Level.NOTE}
    assert "1 person; the next day is 2026-12-01" in found["scheduled"].message
    assert "1 person" in found["left"].message
    assert "oldest_open" not in found


def test_the_oldest_is_the_one_who_has_needed_a_hand_longest() -> None:
    section = of_people(OpenPeople.among(EVERYONE), NOW)

    assert section.figures["oldest_open"] == {
        "person": "p2",
        "employee_code": "1002",
        "company": "norway",
        "outcome": "waiting",
        "since": "2026-11-20T12:00:00+00:00",
    }
    (oldest,) = [check for check in section.checks if check.name == "oldest_open"]
    assert "1002 in norway, waiting for 4 days" in oldest.message
    assert oldest.remedy == "connector explain p2"


def test_a_held_change_with_a_day_is_red_and_scheduled() -> None:
    found = lines(replace(HELD, due_on=date(2026, 12, 1)))

    assert found["held"].level is Level.BAD
    assert "1 person" in found["scheduled"].message


def test_a_person_who_is_open_in_two_companies_is_one_person() -> None:
    found = lines(HELD, replace(HELD, company="sweden"))

    assert found["held"].message.startswith("1 person is held by a guard")


def test_in_one_line_nobody_is_good_and_anybody_is_not() -> None:
    assert need_a_hand(OpenPeople.among([LEFT, SCHEDULED]), {}).level is Level.GOOD
    check = need_a_hand(OpenPeople.among(EVERYONE), {})
    assert (check.level, check.remedy) == (Level.WARNING, "connector status")
    assert check.message.endswith("1 held, 1 waiting, 1 rejected, 1 in conflict.")


links = st.builds(
    EmployeeLink,
    person_id=st.sampled_from(["p1", "p2", "p3"]),
    company=st.sampled_from(["norway", "sweden"]),
    outcome=st.sampled_from(list(Outcome)),
    since=st.just(NOW),
    due_on=st.none() | st.just(date(2026, 12, 1)),
    rejections=st.sampled_from([(), (A_MOVE,)]),
    reason=st.sampled_from(["", f"late; {CONFLICT}it is another's", BY_AN_OPERATOR]),
)


@given(st.lists(links))
def test_nobody_who_needs_a_hand_is_left_out_or_counted_twice(given: list[EmployeeLink]) -> None:
    people = OpenPeople.among(given)

    wanted = [
        link
        for link in given
        if link.outcome in (Outcome.HELD, Outcome.WAITING)
        or (link.outcome is Outcome.REJECTED and not link.is_left)
    ]
    assert len(people.need_a_hand) == len(wanted)
    assert all(any(link is each for each in people.need_a_hand) for link in wanted)
    reds = {check.name for check in of_people(people, NOW).checks if check.level is Level.BAD}
    assert reds == {name for name in NEEDY if getattr(people, name)}
    assert (need_a_hand(people, {}).level is Level.GOOD) is (not wanted)
