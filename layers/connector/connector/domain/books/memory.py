"""What is remembered of a company's books from one report to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from connector.domain.catalogue import Department

MOST_PERIODS = 24


@dataclass(frozen=True, slots=True)
class BooksSeen:
    """The newest change of each period that was reported, and where departments booked to then.

    `newest` has Visma's own text of the moment, by period such as `202511`.
    """

    newest: Mapping[str, str] = field(default_factory=dict)
    departments: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Cost centre and expense account by department; a text is empty where there is none."""

    def after(self, period: str, newest: str, departments: Mapping[str, Department]) -> BooksSeen:
        """The same after another report."""
        known = {**self.newest, **({period: newest} if newest else {})}
        kept = dict(sorted(known.items())[-MOST_PERIODS:])
        booked = {each.id: booked_to(each) for each in departments.values()}
        return replace(self, newest=kept, departments=booked or self.departments)


def booked_to(department: Department) -> tuple[str, str]:
    """The cost centre and the account that a department's costs go to."""
    return department.cost_centre or "", department.expense_account or ""
