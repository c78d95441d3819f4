"""Who was edited in Visma by somebody else: found by version, without reading each employee."""

from __future__ import annotations

from collections.abc import Iterable

from connector.domain.employees import Employee
from connector.domain.ledger import Holding
from connector.ports.visma import Target


def drifted(target: Target, holdings: Iterable[Holding]) -> set[str]:
    """The people whose employee is no longer at the version that the ledger remembers.

    Somebody without a remembered version is looked at before the next write anyway.
    """
    remembered = {
        _code(holding.employee_code): holding
        for holding in holdings
        if holding.employee_code and holding.etag
    }
    if not remembered:
        return set()
    found: set[str] = set()
    for employee in target.employees():
        holding = remembered.get(_code(employee.code))
        if holding and has_drifted(employee, holding):
            found.add(holding.person_id)
    return found


def has_drifted(employee: Employee, holding: Holding) -> bool:
    """Whether an employee is at another version than the ledger remembers."""
    if not employee.etag or not holding.etag:
        return False
    return _version(employee.etag) != _version(holding.etag)


def _code(code: str) -> str:
    return code.strip().upper()


def _version(etag: str) -> str:
    """The row version in an ETag: lists give it without quotation marks."""
    return etag.removeprefix("W/").strip('"')
