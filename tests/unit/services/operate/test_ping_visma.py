"""Whether a list of Visma has whom the ledger knows: what is read for it, and what it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from connector.domain.checks import Check, Level
from connector.domain.employees import Employee
from connector.domain.errors import UpstreamUnavailableError
from connector.domain.planning import Outcome
from connector.domain.records.ledger import EmployeeLink
from connector.ports.visma import Sample
from connector.services.operate.ping.visma import CompanyChecks
from tests.unit.builders import NOW

PAGE = 100
PAST = [Employee(f"P{n}", {"status": "Inactive"}) for n in range(300)]
AT_WORK = [Employee(str(n), {"status": "Active"}) for n in range(30)]
LINKS = [
    EmployeeLink(f"p{n}", "norway", Outcome.CREATED, NOW, employee_code=str(n)) for n in range(30)
]


class Listing:
    """A company of which only the list of employees can be read."""

    def __init__(self, employees: Sequence[Employee]) -> None:
        self.all = employees
        self.is_read = False

    def company(self, _: str) -> Any:
        return self

    def sign_in(self) -> tuple[str, ...]:
        return ()

    def sample(self) -> Sample:
        page = tuple(self.all[:PAGE])
        return Sample(len(page), len(self.all), employees=page)

    def employees(self) -> Iterator[Employee]:
        self.is_read = True
        yield from self.all

    def __getattr__(self, name: str) -> Callable[..., Any]:
        raise UpstreamUnavailableError(f"there is no {name}")


def check_of(listing: Listing, *, has_time: bool = True) -> Check:
    checks = CompanyChecks("norway", listing, lambda: has_time, None, LINKS)
    (found,) = (each for each in checks.checks() if each.name == "employees")
    return found


def test_where_enough_are_on_the_first_page_no_more_is_read() -> None:
    listing = Listing([*AT_WORK, *PAST])

    assert check_of(listing).level is Level.GOOD
    assert not listing.is_read


def test_whoever_is_behind_the_first_page_is_found_there() -> None:
    listing = Listing([*PAST, *AT_WORK])

    assert check_of(listing).level is Level.GOOD
    assert listing.is_read


@pytest.mark.parametrize("past", [0, 50, 300])
def test_no_number_of_others_on_the_list_stands_for_those_who_are_not(past: int) -> None:
    found = check_of(Listing([*PAST[:past], *AT_WORK[:10]]))

    assert found.level is Level.BAD
    assert "Visma's list shows 10 of 30 active employees" in found.message


def test_a_list_for_which_the_time_does_not_last_is_not_known() -> None:
    found = check_of(Listing([*PAST, *AT_WORK]), has_time=False)

    assert found.level is Level.UNKNOWN
    assert "too slow" in found.message
