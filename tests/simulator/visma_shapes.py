"""How Visma shows departments, branches and sub-accounts to those who read them.

Shapes only; employees have theirs in `employees`, segmented keys in `dimensions`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.simulator.dimensions import public_id

if TYPE_CHECKING:
    from tests.simulator.company import Branch, Company, Department, Subaccount


def show_department(company: Company, department: Department) -> dict[str, Any]:
    """A department as the API reads it."""
    shown: dict[str, Any] = {
        "departmentId": department.code,
        "publicId": public_id(company.key, "department", department.code),
        "description": department.description,
        "lastModifiedDateTime": department.version.shown,
        "timeStamp": department.version.stamp,
    }
    if department.account:
        shown["expenseAccount"] = {
            "type": "Expense",
            "active": True,
            "number": department.account,
            "description": company.accounts[department.account],
        }
    if subaccount := company.subaccounts.get(department.subaccount):
        shown["expenseSubaccount"] = {
            "active": subaccount.is_active,
            "id": subaccount.number,
            "description": subaccount.description,
        }
    return shown


def show_branch(branch: Branch) -> dict[str, Any]:
    """A branch as the API reads it, nothing expanded."""
    return {
        "branchId": branch.branch_id,
        "number": branch.number,
        "name": branch.name,
        "organizationId": 1,
        "isMainBranch": branch.branch_id == 1,
        "isActive": branch.is_active,
        "lastModifiedDateTime": branch.version.shown,
    }


def show_subaccount(company: Company, subaccount: Subaccount) -> dict[str, Any]:
    """A sub-account as the API reads it, taken apart into its segments."""
    segments, at = [], 0
    for segment in company.dimensions["SUBACCOUNT"].segments.values():
        value = subaccount.number[at : at + segment.length].strip()
        at += segment.length
        known = segment.values.get(value)
        segments.append(
            {
                "segmentId": segment.number,
                "segmentDescription": segment.description,
                "segmentValue": value,
                "segmentValueDescription": known.description if known else "",
            }
        )
    return {
        "subaccountNumber": subaccount.number,
        "subaccountId": subaccount.subaccount_id,
        "description": subaccount.description,
        "lastModifiedDateTime": subaccount.version.shown,
        "active": subaccount.is_active,
        "segments": segments,
        "timeStamp": subaccount.version.stamp,
    }
