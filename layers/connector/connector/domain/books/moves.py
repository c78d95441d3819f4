"""Moves in the master data that a posted month does not know of: departments, and people's classes.

Named with the postings they would have touched. Nothing that is posted is ever changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from connector.domain.books.memory import booked_to
from connector.domain.books.month import MonthBooks
from connector.domain.catalogue import Department, canonical


@dataclass(frozen=True, slots=True)
class DepartmentMove:
    """A department that books to another cost centre or account in Visma than it did."""

    department: str
    before: tuple[str, str]
    """Cost centre and account."""

    after: tuple[str, str]
    batches: tuple[str, ...]
    """The batches of the month on the old cost centre, which stay as they are."""


@dataclass(frozen=True, slots=True)
class ClassChange:
    """A person whose employee class changed within the month."""

    number: str
    before: str
    after: str
    cost_centres: tuple[str, ...]
    batches: tuple[str, ...]


def department_moves(
    before: Mapping[str, tuple[str, str]], now: Mapping[str, Department], books: MonthBooks
) -> Iterator[DepartmentMove]:
    """The departments that book elsewhere now than they did when last looked at."""
    for department in now.values():
        old, new = before.get(department.id), booked_to(department)
        if old is not None and old != new:
            touched = batches_on(books, (old[0],), old[1] if old[0] == new[0] else "")
            yield DepartmentMove(department.id, old, new, touched)


def class_changes(rows: Iterable[Mapping[str, object]], books: MonthBooks) -> Iterator[ClassChange]:
    """Whose class changed in a company, out of the audit rows of what was updated.

    What a rehearsal planned has not changed anything.
    """
    places: dict[str, list[str]] = {}
    for share in books.shares:
        if share.cost_centre:
            places.setdefault(share.number, []).append(share.cost_centre)
    for row in rows:
        differences = row.get("differences")
        number = str(row.get("employee_code", ""))
        is_made = row.get("company") == books.company and not row.get("planned")
        if not is_made or not isinstance(differences, list):
            continue
        for one in differences:
            if one.get("field") == "employee_class" and one.get("before"):
                centres = tuple(dict.fromkeys(places.get(number, ())))
                yield ClassChange(
                    number,
                    str(one["before"]),
                    str(one.get("after", "")),
                    centres,
                    batches_on(books, centres),
                )


def batches_on(
    books: MonthBooks, cost_centres: Iterable[str], account: str = ""
) -> tuple[str, ...]:
    """The posted batches with labour cost on these cost centres, or on one account there."""
    wanted = {canonical(each) for each in cost_centres}
    names = (
        line.name
        for line in books.posted.lines
        if books.chart.spot(line)[1] in wanted and account in ("", line.account)
    )
    return tuple(dict.fromkeys(names))
