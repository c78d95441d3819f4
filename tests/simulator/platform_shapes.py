"""A simulated company's people, departments and places as the Platform API shows them.

One row of the REST API in, one of this API out. What the API cannot say is dropped here: legal
entities, reference codes, middle names, the kind of a phone number, why someone left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.simulator.rippling import Rippling
    from tests.simulator.tables import Row

Shape = dict[str, Any]
NICKNAME = "worklocationNickname"
"""How the model of 2024 spells the name of a work location; an example has a capital L."""

NOT_IN_2024 = frozenset({
    "startDate", "compensation", "departmentId", "workLocationId", "phone", "phoneNumber",
    "personalEmail", "address", "companyEmploymentType", "flsaStatus",
})  # fmt: skip
"""What the model of 2024 no longer lists."""


def employee(rippling: Rippling, worker: Row, shown_time: Callable[[Any], str]) -> Shape:
    """One role of a person."""
    user = rippling.tables["users"][worker["user_id"]]
    return {
        "id": worker["id"], "userId": worker["user_id"], "roleState": worker["status"],
        "employeeNumber": worker["number"], "title": worker["title"],
        "startDate": worker["start_date"], "endDate": worker["end_date"],
        "workEmail": worker["work_email"], "personalEmail": worker["personal_email"],
        "manager": worker["manager_id"], "isManager": worker["is_manager"], "spokeId": None,
        "gender": None, "flsaStatus": _overtime(worker["overtime_exemption"]),
        "createdAt": shown_time(worker["created_at"]),
        "updatedAt": shown_time(worker["updated_at"]),
        "customFields": {
            entry["name"]: entry["value"] for entry in rippling.custom_values.get(worker["id"], [])
        },
        **_name(user), **_reach(user), **_department(rippling, worker),
        **_place(rippling, worker), **_engagement(rippling, worker),
    }  # fmt: skip


def department(row: Row) -> Shape:
    """A department; its reference code is not shown."""
    return {"id": row["id"], "name": row["name"], "parent": row["parent_id"]}


def work_location(row: Row) -> Shape:
    """A work location."""
    return {"id": row["id"], "nickname": row["name"], "address": _address(row["address"])}


def custom_field(row: Row) -> Shape:
    """The definition of a custom field; the published example has no id."""
    return {"type": row["type"], "title": row["name"], "required": row["required"]}


def _name(user: Row) -> Shape:
    name = user["name"] or {}
    return {
        "name": user["display_name"], "firstName": name.get("given_name"),
        "lastName": name.get("family_name"),
        "preferredFirstName": name.get("preferred_given_name"),
        "preferredLastName": name.get("preferred_family_name"),
    }  # fmt: skip


def _reach(user: Row) -> Shape:
    numbers = {phone["type"]: phone["value"] for phone in user["phone_numbers"] or []}
    number = numbers.get("MOBILE") or numbers.get("WORK")
    homes = [one for one in user["addresses"] or [] if one["type"] == "HOME"]
    return {
        "phone": number, "phoneNumber": number, "address": _address(homes[0]) if homes else None,
    }  # fmt: skip


def _address(where: Mapping[str, Any]) -> Shape:
    return {
        "streetLine1": where["street_address"], "city": where["locality"],
        "state": where["region"], "zip": where["postal_code"], "country": where["country"],
    }  # fmt: skip


def _department(rippling: Rippling, worker: Row) -> Shape:
    row = rippling.tables["departments"].get(worker["department_id"])
    return {"department": row["name"] if row else None, "departmentId": worker["department_id"]}


def _place(rippling: Rippling, worker: Row) -> Shape:
    where = worker["location"] or {}
    row = rippling.tables["work-locations"].get(where.get("work_location_id"))
    return {
        "workLocation": _address(row["address"]) if row else None,
        "workLocationId": row["id"] if row else None,
        NICKNAME: row["name"] if row else None,
        "isRemote": where.get("type") == "REMOTE",
    }


def _engagement(rippling: Rippling, worker: Row) -> Shape:
    kind = rippling.tables["employment-types"].get(worker["employment_type_id"])
    pay = rippling.tables["compensations"].get(worker["compensation_id"])
    if kind is None:
        return {"employmentType": None, "companyEmploymentType": None, "compensation": None}
    is_hourly = kind["compensation_time_period"] == "HOURLY"
    return {
        "employmentType": _word(kind),
        "companyEmploymentType": {
            "label": kind["label"], "isHourly": is_hourly or None,
            "isSalaried": kind["compensation_time_period"] == "SALARIED" or None,
        },
        "compensation": _pay(pay, is_hourly) if pay else None,
    }  # fmt: skip


def _word(kind: Row) -> str:
    if kind["type"] == "CONTRACTOR":
        return "CONTRACTOR"
    if kind["amount_worked"] == "TEMPORARY":
        return "TEMP"
    part = "PT" if kind["amount_worked"] == "PART-TIME" else "FT"
    return f"{kind['compensation_time_period']}_{part}"


def _pay(pay: Row, is_hourly: bool) -> Shape:
    yearly, hourly = (_money(pay[name]) for name in ("annual_compensation", "hourly_wage"))
    return {
        "currency": pay["annual_compensation"]["currency_type"], "annualSalary": yearly,
        "salaryPerUnit": hourly if is_hourly else yearly,
        "salaryUnit": "HOUR" if is_hourly else "YEAR", "equityNumShares": 0,
    }  # fmt: skip


def _money(amount: Mapping[str, Any]) -> str:
    return f"{amount['value']:.2f}"


def _overtime(word: str | None) -> str | None:
    return word.lower().replace("_", "-") if word else None
