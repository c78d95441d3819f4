"""Which employees were edited in Visma by someone else: by version, in one list a company."""

from __future__ import annotations

from collections.abc import Iterable

from connector.domain.catalogue import canonical
from connector.domain.employees import Employee, row_version
from connector.domain.records.ledger import EmployeeLink
from connector.ports.visma import Target


def drifted(target: Target, links: Iterable[EmployeeLink]) -> set[str]:
    """The people whose employee is no longer at the version that the ledger remembers.

    Where no version is remembered, the employee is read before the next write anyway.
    """
    remembered = {
        canonical(link.employee_code): link for link in links if link.employee_code and link.etag
    }
    if not remembered:
        return set()
    found: set[str] = set()
    for employee in target.employees():
        link = remembered.get(canonical(employee.code))
        if link and has_drifted(employee, link):
            found.add(link.person_id)
    return found


def has_drifted(employee: Employee, link: EmployeeLink) -> bool:
    """Whether an employee is at another version than the ledger remembers."""
    if not employee.etag or not link.etag:
        return False
    return row_version(employee.etag) != row_version(link.etag)
