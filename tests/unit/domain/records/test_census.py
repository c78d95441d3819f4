"""How a company's people stand: in step, held, rejected, and open for how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from connector.domain.employees import INACTIVE
from connector.domain.planning import Outcome
from connector.domain.records.census import Census, census_of, is_open
from connector.domain.records.ledger import REJECTED, EmployeeLink, Rejection
from tests.unit.builders import NOW

A_MOVE = Rejection("move", {"department": "SALES"})
LINK = EmployeeLink("p1", "norway", Outcome.UPDATED, NOW, employee_code="E-1")
OPEN = (Outcome.HELD, Outcome.WAITING, Outcome.REJECTED)


def ended(outcome: Outcome, person: str = "p1", hours: int = 0) -> EmployeeLink:
    since = NOW - timedelta(hours=hours)
    return replace(LINK, outcome=outcome, person_id=person, since=since)


@pytest.mark.parametrize("outcome", Outcome)
def test_whoever_has_an_active_employee_and_nothing_open_is_in_step(outcome: Outcome) -> None:
    link = ended(outcome)

    assert is_open(link) == (outcome in OPEN)
    assert census_of([link]).in_step == (outcome not in OPEN)


def test_who_has_no_active_employee_or_another_one_than_was_written_is_not_in_step() -> None:
    without = replace(LINK, employee_code=None)
    left = replace(LINK, written={"status": INACTIVE})

    assert census_of([without, left]).in_step == 0
    assert census_of([LINK, replace(LINK, person_id="p2")], differing={"p2"}).in_step == 1


def test_the_open_are_counted_by_their_ends_and_the_oldest_of_them_is_known() -> None:
    links = [
        ended(Outcome.HELD, "p1", hours=2),
        ended(Outcome.HELD, "p2", hours=1),
        ended(Outcome.REJECTED, "p3", hours=50),
        ended(Outcome.WAITING, "p4", hours=30),
        ended(Outcome.UPDATED, "p5", hours=900),
    ]

    census = census_of(links)

    assert census == Census(in_step=1, held=2, rejected=1, open_since=NOW - timedelta(hours=50))
    assert census.oldest(NOW) == timedelta(hours=50)


def test_whomever_an_operator_left_as_they_are_is_neither_open_nor_in_step() -> None:
    dropped = replace(
        ended(Outcome.REJECTED, hours=50),
        rejections=(A_MOVE,),
        reason=REJECTED,
    )

    assert census_of([dropped]) == Census()
    assert census_of([dropped]).oldest(NOW) == timedelta()


def test_whom_visma_refuses_is_open_whatever_an_operator_rejected_before() -> None:
    refused = replace(ended(Outcome.REJECTED, hours=50), rejections=(A_MOVE,), reason="refused")

    assert is_open(refused)
    assert census_of([refused]).rejected == 1
