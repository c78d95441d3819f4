"""The auditor: what Visma should hold by the story's own book-keeping, held against what it holds.

It knows Nordfab and the two fakes, and nothing of how the connector decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulator import Rippling, Visma
from tests.simulator.nordfab import UNITS

BRANCHES = {"Oslo": "1", "Bergen": "2", "Gardermoen": "3", "Stockholm": "1"}


@dataclass
class Books:
    """What the story expects beyond Nordfab's usual order."""

    departments: dict[str, str] = field(
        default_factory=lambda: {unit.name: unit.code for unit in UNITS}
    )
    unwritable: set[str] = field(default_factory=set)
    """User ids of people whom Visma cannot hold as they are in Rippling."""


@dataclass(frozen=True)
class Report:
    """What the auditor found."""

    people: int
    duplicates: int
    lost: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """True where nobody is there twice, missing, or other than they should be."""
        return not self.duplicates and not self.lost


def audit(rippling: Rippling, visma: Visma, books: Books) -> Report:
    """Compares everybody."""
    employees = visma.employees()
    by_email = {_email(item): item for item in employees}
    codes = Counter(item["employeeNumber"].strip().upper() for item in employees)
    emails = Counter(_email(item) for item in employees)
    duplicates = sum(count - 1 for count in (codes + Counter()).values() if count > 1)
    duplicates += sum(count - 1 for count in emails.values() if count > 1)
    lost = tuple(_lost(rippling, by_email, books))
    return Report(_people(rippling), duplicates, lost)


def _people(rippling: Rippling) -> int:
    return len({worker["user_id"] for worker in rippling.workers()})


def _lost(
    rippling: Rippling, by_email: Mapping[str, dict[str, Any]], books: Books
) -> Iterator[str]:
    expected_emails = set()
    for user_id, employments in _by_person(rippling).items():
        working = [each for each in employments if _is_working(rippling, each)]
        email = str((working or employments)[-1]["work_email"] or "").casefold()
        employee = by_email.get(email)
        if employee:
            expected_emails.add(email)
        if user_id in books.unwritable:
            continue
        yield from _problems(rippling, working, employee, books)
    for email in by_email.keys() - expected_emails:
        yield f"employee {by_email[email]['employeeNumber']}: nobody in Rippling is behind it"


def _problems(
    rippling: Rippling,
    working: list[dict[str, Any]],
    employee: dict[str, Any] | None,
    books: Books,
) -> Iterator[str]:
    if not working:
        if employee and employee["status"] != "Inactive":
            yield f"employee {employee['employeeNumber']} should be inactive"
        return
    worker = working[-1]
    if employee is None:
        yield f"worker {worker['number']} has no employee"
        return
    for name, expected, actual in _fields(rippling, worker, employee, books):
        if expected != actual:
            yield f"employee {employee['employeeNumber']}: {name} {actual}, not {expected}"


def _fields(
    rippling: Rippling, worker: dict[str, Any], employee: dict[str, Any], books: Books
) -> Iterator[tuple[str, str, str]]:
    user = rippling.user(worker["user_id"])
    yield "status", "Active", employee["status"]
    department = _name(rippling, "departments", worker["department_id"])
    yield "department", books.departments[department], employee["department"]
    place = _name(rippling, "work-locations", worker["location"]["work_location_id"])
    yield "branch", BRANCHES[place], employee["branch"]["number"]
    period = _row(rippling, "employment-types", worker["employment_type_id"])
    is_hourly = period["compensation_time_period"] == "HOURLY"
    yield "class", "HOURLY" if is_hourly else "STAFF", employee["employeeClass"]["id"]
    yield "last name", user["name"]["family_name"], employee["contact"]["lastName"]


def _by_person(rippling: Rippling) -> dict[str, list[dict[str, Any]]]:
    people: dict[str, list[dict[str, Any]]] = {}
    for worker in rippling.workers():
        people.setdefault(worker["user_id"], []).append(worker)
    return people


def _is_working(rippling: Rippling, worker: dict[str, Any]) -> bool:
    kind = _row(rippling, "employment-types", worker["employment_type_id"])["type"]
    return bool(worker["status"] == "ACTIVE" and kind == "EMPLOYEE")


def _row(rippling: Rippling, list_name: str, id_: str) -> dict[str, Any]:
    return next(row for row in rippling.rows(list_name) if row["id"] == id_)


def _name(rippling: Rippling, list_name: str, id_: str) -> str:
    return str(_row(rippling, list_name, id_)["name"])


def _email(employee: dict[str, Any]) -> str:
    return str(employee["contact"]["email"]).casefold()
