"""The auditor: what Visma should hold by the story's own book-keeping, compared with what it holds.

It knows Nordfab and the two fakes, and nothing of how the connector decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulator import Rippling, Visma
from tests.simulator.nordfab import UNITS

BRANCHES = {
    "norway": {"Oslo": "1", "Bergen": "2", "Gardermoen": "3"},
    "sweden": {"Stockholm": "1"},
}
COMPANIES = {"Nordfab AS": "norway", "Nordfab AB": "sweden"}
DEFAULT_BRANCH = "1"

Employees = Mapping[str, Mapping[str, dict[str, Any]]]
"""Company to e-mail address to employee."""


@dataclass
class Books:
    """What the story expects beyond Nordfab's usual order."""

    departments: dict[str, str] = field(
        default_factory=lambda: {unit.name: unit.code for unit in UNITS}
    )
    unwritable: set[str] = field(default_factory=set)
    """User ids of people whom Visma cannot hold as they are in Rippling."""
    held: set[str] = field(default_factory=set)
    """User ids of people whose change a guard holds, and so must not have happened."""


@dataclass(frozen=True)
class Report:
    """What the auditor found."""

    people: int
    duplicates: int
    lost: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """True where no one is there twice, missing, or other than they should be."""
        return not self.duplicates and not self.lost


def audit(rippling: Rippling, visma: Visma, books: Books) -> Report:
    """Compares everyone in every company."""
    employees = {key: visma.employees(company=key) for key in COMPANIES.values()}
    duplicates = sum(_duplicates(rows) for rows in employees.values())
    by_email = {key: {_email(row): row for row in rows} for key, rows in employees.items()}
    people = _by_person(rippling)
    lost = (*_lost(rippling, people, by_email, books), *_strangers(people, by_email))
    return Report(len(people), duplicates, lost)


def _duplicates(rows: Iterable[dict[str, Any]]) -> int:
    codes = Counter(row["employeeNumber"].strip().upper() for row in rows)
    emails = Counter(_email(row) for row in rows)
    counts = [*codes.values(), *emails.values()]
    return sum(count - 1 for count in counts)


def _lost(
    rippling: Rippling,
    people: Mapping[str, list[dict[str, Any]]],
    employees: Employees,
    books: Books,
) -> Iterator[str]:
    for user_id, employments in people.items():
        if user_id in books.unwritable:
            continue
        working = [each for each in employments if _is_working(rippling, each)]
        if user_id in books.held:
            working = employments
        email = _address((working or employments)[-1])
        for company, held in employees.items():
            here = [each for each in working if _company(rippling, each) == company]
            yield from _problems(rippling, here, held.get(email), company, books)


def _problems(
    rippling: Rippling,
    working: list[dict[str, Any]],
    employee: dict[str, Any] | None,
    company: str,
    books: Books,
) -> Iterator[str]:
    if not working:
        if employee and employee["status"] != "Inactive":
            yield f"{company}: employee {employee['employeeNumber']} should be inactive"
        return
    worker = working[-1]
    if employee is None:
        yield f"{company}: worker {worker['number']} has no employee"
        return
    for name, expected, actual in _fields(rippling, worker, employee, company, books):
        if expected != actual:
            code = employee["employeeNumber"]
            yield f"{company}: employee {code}: {name} {actual}, not {expected}"


def _fields(
    rippling: Rippling,
    worker: dict[str, Any],
    employee: dict[str, Any],
    company: str,
    books: Books,
) -> Iterator[tuple[str, str, str]]:
    user = rippling.user(worker["user_id"])
    yield "status", "Active", employee["status"]
    department = _name(rippling, "departments", worker["department_id"])
    yield "department", books.departments[department], employee["department"]
    place = _name(rippling, "work-locations", worker["location"]["work_location_id"])
    branch = BRANCHES[company].get(place, DEFAULT_BRANCH)
    yield "branch", branch, employee["branch"]["number"]
    period = _row(rippling, "employment-types", worker["employment_type_id"])
    is_hourly = period["compensation_time_period"] == "HOURLY"
    yield "class", "HOURLY" if is_hourly else "STAFF", employee["employeeClass"]["id"]
    yield "last name", user["name"]["family_name"], employee["contact"]["lastName"]


def _strangers(people: Mapping[str, list[dict[str, Any]]], employees: Employees) -> Iterator[str]:
    known = {_address(each) for employments in people.values() for each in employments}
    for company, held in employees.items():
        for email, employee in held.items():
            if email not in known:
                yield f"{company}: no one in Rippling is behind {employee['employeeNumber']}"


def _by_person(rippling: Rippling) -> dict[str, list[dict[str, Any]]]:
    people: dict[str, list[dict[str, Any]]] = {}
    for worker in rippling.workers():
        people.setdefault(worker["user_id"], []).append(worker)
    return people


def _is_working(rippling: Rippling, worker: dict[str, Any]) -> bool:
    kind = _row(rippling, "employment-types", worker["employment_type_id"])["type"]
    return bool(worker["status"] == "ACTIVE" and kind == "EMPLOYEE")


def _company(rippling: Rippling, worker: dict[str, Any]) -> str:
    entity = _row(rippling, "legal-entities", worker["legal_entity_id"])
    return COMPANIES[entity["legal_name"]]


def _row(rippling: Rippling, list_name: str, id_: str) -> dict[str, Any]:
    return next(row for row in rippling.rows(list_name) if row["id"] == id_)


def _name(rippling: Rippling, list_name: str, id_: str) -> str:
    return str(_row(rippling, list_name, id_)["name"])


def _address(worker: dict[str, Any]) -> str:
    return str(worker["work_email"] or "").casefold()


def _email(employee: dict[str, Any]) -> str:
    return str(employee["contact"]["email"]).casefold()
