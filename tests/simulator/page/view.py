"""What the page shows of the two fakes, as plain values for JSON. Reads, and changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.simulator.page.actions import FACTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.simulator.company import Company
    from tests.simulator.page.actions import Actions
    from tests.simulator.rippling import Rippling
    from tests.simulator.visma import Visma

Values = dict[str, Any]
CONTRACTOR = "Contractor"
"""Whom the mapping of Nordfab leaves out: they are not employed."""


def rippling_seen(rippling: Rippling) -> Values:
    """The people in Rippling, whoever changed last first, and what the token does not see."""
    with rippling.state_lock:
        workers, names = rippling.workers(), _names(rippling)
    people = [_person(worker, names) for worker in workers]
    people.sort(key=lambda person: str(person["changed"]), reverse=True)
    return {
        "people": people,
        "active": sum(worker["status"] == "ACTIVE" for worker in workers),
        "departments": sorted(row["name"] for row in rippling.rows("departments")),
        "facts": FACTS,
        "hidden": sorted(rippling.redact),
    }


def visma_seen(visma: Visma, actions: Actions, people: Mapping[str, str]) -> Values:
    """The employees in Visma, whoever changed last first, and what is broken.

    `people` leads from a work address to the person in Rippling.
    """
    with visma.state_lock:
        companies = list(visma.companies.values())
        employees = [
            _employee(company, row, people) for company in companies for row in company.employees()
        ]
        first = companies[0]
        departments = sorted(first.departments)
        cost_centres = sorted(first.cost_centres.values)
        missing = [code for code in departments if not _cost_centre(first, code)]
    employees.sort(key=lambda employee: str(employee["changed"]), reverse=True)
    return {
        "employees": employees,
        "active": sum(employee["status"] == "Active" for employee in employees),
        "departments": departments,
        "costCentres": cost_centres,
        "withoutCostCentre": missing,
        "troubles": actions.troubles(),
    }


def addresses(rippling: Rippling) -> dict[str, str]:
    """Each work address in Rippling, to the person who has it."""
    return {
        str(worker["work_email"]).casefold(): worker["user_id"]
        for worker in rippling.workers()
        if worker["work_email"]
    }


def persons(rippling: Rippling) -> dict[str, str]:
    """What each person is called on the page, by their id: name, and number of the last worker."""
    users = {row["id"]: row["display_name"] for row in rippling.rows("users")}
    return {
        worker["user_id"]: f"{users.get(worker['user_id'], '')} · {worker['number']}"
        for worker in rippling.workers()
    }


def _names(rippling: Rippling) -> dict[str, str]:
    shown = {"departments": "name", "work-locations": "name", "employment-types": "label"}
    names = {row["id"]: row["display_name"] for row in rippling.rows("users")}
    for table, name in shown.items():
        names |= {row["id"]: row[name] for row in rippling.rows(table)}
    return names


def _person(worker: Mapping[str, Any], names: Mapping[str, str]) -> Values:
    place = worker["location"] or {}
    return {
        "id": worker["id"],
        "person": worker["user_id"],
        "number": str(worker["number"]),
        "name": names.get(worker["user_id"]) or "",
        "department": names.get(worker["department_id"]) or "",
        "place": names.get(place.get("work_location_id") or "", "Remote"),
        "status": worker["status"],
        "when": _when(worker, names.get(worker["employment_type_id"]) or ""),
        "changed": worker["updated_at"],
    }


def _when(worker: Mapping[str, Any], label: str) -> str:
    if worker["status"] == "ACCEPTED":
        return f"starts {worker['start_date']}"
    if worker["end_date"]:
        return f"{'left' if worker['status'] == 'TERMINATED' else 'leaves'} {worker['end_date']}"
    return "contractor" if label == CONTRACTOR else "active"


def _employee(company: Company, row: Mapping[str, Any], people: Mapping[str, str]) -> Values:
    address = str(row["contact"].get("email", "")).casefold()
    return {
        "company": company.key,
        "code": row["employeeNumber"],
        "person": people.get(address, ""),
        "name": row["employeeName"],
        "department": row["department"],
        "costCentre": _cost_centre(company, row["department"]),
        "branch": row["branch"]["name"],
        "class": row["employeeClass"]["id"],
        "status": row["status"],
        "changed": row["lastModifiedDateTime"],
    }


def _cost_centre(company: Company, department: str) -> str:
    known = company.departments.get(department)
    return known.subaccount[: company.cost_centres.length].strip() if known else ""
