"""Which employment counts, and what its dates ask for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from connector.domain.employment import EmploymentState, primary_employment, state_on
from connector.domain.people import EmploymentStatus, Worker
from tests.unit.builders import TODAY, a_worker

TERMINATED, ACCEPTED = EmploymentStatus.TERMINATED, EmploymentStatus.ACCEPTED


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"status": EmploymentStatus.INIT}, EmploymentState.NOT_HIRED),
        ({"status": EmploymentStatus.HIRED}, EmploymentState.NOT_HIRED),
        ({"status": ACCEPTED, "start_date": date(2026, 11, 25)}, EmploymentState.STARTS_LATER),
        ({"status": ACCEPTED, "start_date": TODAY}, EmploymentState.WORKING),
        ({"status": ACCEPTED, "start_date": None}, EmploymentState.STARTS_LATER),
        ({"status": EmploymentStatus.ACTIVE}, EmploymentState.WORKING),
        (
            {"status": EmploymentStatus.ACTIVE, "end_date": date(2026, 1, 1)},
            EmploymentState.WORKING,
        ),
        ({"status": TERMINATED, "end_date": date(2026, 11, 25)}, EmploymentState.ENDS_LATER),
        ({"status": TERMINATED, "end_date": TODAY}, EmploymentState.ENDED),
        ({"status": TERMINATED, "end_date": None}, EmploymentState.ENDED),
        ({"status": TERMINATED, "termination_type": "RESCIND"}, EmploymentState.NEVER_BEGAN),
        (
            {"status": ACCEPTED, "start_date": TODAY, "termination_type": "RENEGE"},
            EmploymentState.NOT_HIRED,
        ),
        ({"status": EmploymentStatus.UNKNOWN}, EmploymentState.UNCLEAR),
    ],
)
def test_status_and_dates_say_where_an_employment_stands(
    facts: dict[str, Any], expected: EmploymentState
) -> None:
    assert state_on(a_worker(**facts), TODAY).state is expected


def test_somebody_who_starts_later_is_due_on_the_first_day() -> None:
    worker = a_worker(status=ACCEPTED, start_date=date(2026, 12, 1))

    assert state_on(worker, TODAY).due_on == date(2026, 12, 1)


def test_lead_days_bring_the_first_day_forward() -> None:
    worker = a_worker(status=ACCEPTED, start_date=date(2026, 12, 1))

    assert state_on(worker, TODAY, lead_days=3).due_on == date(2026, 11, 28)
    assert state_on(worker, date(2026, 11, 28), lead_days=3).state is EmploymentState.WORKING


def test_somebody_who_is_terminated_ahead_is_due_on_the_last_day() -> None:
    worker = a_worker(status=TERMINATED, end_date=date(2026, 11, 27))

    assert state_on(worker, TODAY).due_on == date(2026, 11, 27)


@pytest.mark.parametrize("days", [0, 1, 3])
def test_somebody_with_a_known_last_day_is_looked_at_on_the_day_after(days: int) -> None:
    last = TODAY + timedelta(days=days)

    assert state_on(a_worker(end_date=last), TODAY).due_on == last + timedelta(days=1)


def test_a_last_day_that_passed_without_a_word_is_not_due_again_and_again() -> None:
    worker = a_worker(end_date=date(2026, 11, 23))

    assert state_on(worker, TODAY).due_on is None


def _counting(*workers: Worker) -> str | None:
    found = primary_employment(workers, lambda worker: state_on(worker, TODAY))
    return found.worker.id if found else None


def test_an_old_terminated_employment_does_not_speak_for_somebody_who_was_rehired() -> None:
    old = a_worker("old", status=TERMINATED, end_date=date(2026, 11, 20))
    new = a_worker("new", start_date=date(2019, 1, 1))

    assert _counting(old, new) == _counting(new, old) == "new"


def test_of_two_active_employments_the_later_start_counts() -> None:
    assert _counting(a_worker("a"), a_worker("b", start_date=date(2024, 1, 1))) == "b"


def test_two_employments_alike_in_everything_are_told_apart_by_id_in_any_order() -> None:
    assert _counting(a_worker("a"), a_worker("b")) == _counting(a_worker("b"), a_worker("a"))


def test_a_status_nobody_knows_outweighs_an_end_and_so_ends_nothing() -> None:
    ended = a_worker("ended", status=TERMINATED, end_date=date(2026, 1, 1))
    unclear = a_worker("unclear", status=EmploymentStatus.UNKNOWN)

    assert _counting(ended, unclear) == "unclear"


def test_nobody_counts_where_there_is_no_employment() -> None:
    assert _counting() is None
