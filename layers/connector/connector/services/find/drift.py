"""Who was edited in Visma by somebody else: found by version, without reading each employee."""

from __future__ import annotations

from collections.abc import Iterable

from connector.domain.employees import Employee
from connector.domain.ledger import EmployeeLink
from connector.ports.visma import Target


def drifted(target: Target, links: Iterable[EmployeeLink]) -> set[str]:
    """The people whose employee is no longer at the version that the ledger remembers.

    Somebody without a remembered version is looked at before the next write anyway.
    """
    remembered = {
        _code(link.employee_code): link for link in links if link.employee_code and link.etag
    }
    if not remembered:
        return set()
    found: set[str] = set()
    for employee in target.employees():
        link = remembered.get(_code(employee.code))
        if link and has_drifted(employee, link):
            found.add(link.person_id)
    return found


def has_drifted(employee: Employee, link: EmployeeLink) -> bool:
    """Whether an employee is at another version than the ledger remembers."""
    if not employee.etag or not link.etag:
        return False
    return _version(employee.etag) != _version(link.etag)


def _code(code: str) -> str:
    return code.strip().upper()


def _version(etag: str) -> str:
    """The row version in an ETag: lists give it without quotation marks."""
    return etag.removeprefix("W/").strip('"')
