"""How the rows of Rippling's Platform API become workers, departments and locations.

Pure reading of parsed JSON, forgiving about everything that is missing, null or new. A member that
is not there is withheld and becomes None; one that is null is empty. Unless it is wanted, nothing
of pay is looked at but the unit in which it is given. No requests are made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from connector.adapters.rippling.rest_wire import day, moment, pay_of, text
from connector.domain.people import (
    NOTHING,
    REMOTE,
    Address,
    EmploymentStatus,
    EmploymentType,
    Facts,
    Named,
    Personal,
    Worker,
)

Row: TypeAlias = Mapping[str, Any]
Names: TypeAlias = Callable[[bool], Mapping[str, str]]
"""Gives names by id; called with True when the ones it gave do not suffice."""

ENGAGEMENTS: Mapping[str, tuple[str, str | None, str | None]] = {
    "SALARIED_FT": ("EMPLOYEE", "SALARIED", "FULL-TIME"),
    "SALARIED_PT": ("EMPLOYEE", "SALARIED", "PART-TIME"),
    "HOURLY_FT": ("EMPLOYEE", "HOURLY", "FULL-TIME"),
    "HOURLY_PT": ("EMPLOYEE", "HOURLY", "PART-TIME"),
    "TEMP": ("EMPLOYEE", None, "TEMPORARY"),
    "CONTRACTOR": ("CONTRACTOR", None, None),
}
"""The employment types of this API as kind, period and amount, in the words of the REST API."""

PERIODS = {"YEAR": "SALARIED", "HOUR": "HOURLY"}
"""What the unit of pay says of somebody whose employment type leaves the period open."""

NICKNAMES = ("worklocationNickname", "workLocationNickname")
PHONES = ("phone", "phoneNumber")


@dataclass(frozen=True, slots=True)
class Register:
    """The names of all departments, or of all work locations, to complete what a row leaves out."""

    names: Names

    def complete(self, id_: str | None, name: str | None) -> Named:
        """The thing with this id or name; of a name that several have, the id stays unknown."""
        if id_ and not name:
            name = self.names(False).get(id_) or self.names(True).get(id_)
        elif name and not id_:
            found = self._ids(name, read_fresh=False) or self._ids(name, read_fresh=True)
            id_ = found[0] if len(found) == 1 else None
        return Named(id_, name) if id_ or name else NOTHING

    def _ids(self, name: str, *, read_fresh: bool) -> list[str]:
        return [id_ for id_, other in self.names(read_fresh).items() if other == name]


def worker_of(
    row: object,
    departments: Register,
    locations: Register,
    custom_fields: Collection[str] = (),
    *,
    with_pay: bool = False,
) -> Worker | None:
    """The worker in a row, or None where the row has no id.

    Of the custom fields only the named ones are kept; pay is looked at only `with_pay`.
    """
    row = _object(row)
    worker_id, person_id = text(row.get("id")), person_of(row)
    pay = _object(row.get("compensation")) if with_pay else {}
    if worker_id is None or person_id is None:
        return None
    return Worker(
        id=worker_id,
        person_id=person_id,
        facts=_facts(row, departments, locations, custom_fields),
        personal=_personal(row),
        updated_at=moment(row.get("updatedAt")),
        title=text(row.get("title")),
        manager_id=text(row.get("manager")),
        pay=pay_of(pay.get("annualSalary"), pay.get("currency")),
    )


def person_of(row: object) -> str | None:
    """The id of the person in a row; without one, the role stands for the person."""
    row = _object(row)
    return text(row.get("userId")) or text(row.get("id"))


def id_of(row: object) -> str | None:
    """The id of a row of any list."""
    return text(_object(row).get("id"))


def department_of(row: object) -> Named | None:
    """The department in a row, or None where it has no id."""
    id_ = id_of(row)
    return Named(id_, text(_object(row).get("name"))) if id_ else None


def location_of(row: object) -> Named | None:
    """The work location in a row, or None where it has no id."""
    id_ = id_of(row)
    return Named(id_, text(_object(row).get("nickname"))) if id_ else None


def _facts(
    row: Row, departments: Register, locations: Register, custom_fields: Collection[str]
) -> Facts:
    return Facts(
        status=_status(row.get("roleState")),
        number=text(row.get("employeeNumber")),
        start_date=day(row.get("startDate")),
        end_date=day(row.get("endDate")),
        department=departments.complete(text(row.get("departmentId")), text(row.get("department"))),
        location=_location(row, locations),
        employment_type=_employment_type(row),
        country=text(_object(row.get("workLocation")).get("country")),
        custom_fields=dict(_custom_fields(row, custom_fields)),
    )


def _status(value: object) -> EmploymentStatus:
    try:
        return EmploymentStatus(text(value) or "")
    except ValueError:
        return EmploymentStatus.UNKNOWN


def _location(row: Row, locations: Register) -> Named:
    if row.get("isRemote") is True:
        return REMOTE
    return locations.complete(text(row.get("workLocationId")), text(_first(row, NICKNAMES)))


def _employment_type(row: Row) -> EmploymentType:
    word = text(row.get("employmentType"))
    own = _object(row.get("companyEmploymentType"))
    kind, period, amount = ENGAGEMENTS.get(word or "", (None, None, None))
    if period is None and kind != "CONTRACTOR":
        period = _period(row, own)
    return EmploymentType(text(own.get("label")) or word, kind, period, amount)


def _period(row: Row, own: Row) -> str | None:
    if own.get("isHourly") is True:
        return "HOURLY"
    if own.get("isSalaried") is True:
        return "SALARIED"
    return PERIODS.get(text(_object(row.get("compensation")).get("salaryUnit")) or "")


def _custom_fields(row: Row, wanted: Collection[str]) -> Iterator[tuple[str, str]]:
    for title, entry in _object(row.get("customFields")).items():
        value = text(entry)
        if title in wanted and value:
            yield title, value


def _personal(row: Row) -> Personal:
    return Personal(
        given_name=_shown(row, "firstName"),
        family_name=_shown(row, "lastName"),
        work_email=_shown(row, "workEmail"),
        personal_email=_shown(row, "personalEmail"),
        mobile_phone=_phone(row),
        address=_home(row),
    )


def _shown(row: Row, name: str) -> str | None:
    return text(row[name]) or "" if name in row else None


def _phone(row: Row) -> str | None:
    shown = any(name in row for name in PHONES)
    return text(_first(row, PHONES)) or "" if shown else None


def _home(row: Row) -> Address | None:
    if "address" not in row:
        return None
    home = _object(row["address"])
    lines = (text(home.get(name)) for name in ("streetLine1", "streetLine2"))
    return Address(
        street="\n".join(line for line in lines if line),
        postal_code=text(home.get("zip")) or "",
        city=text(home.get("city")) or "",
        country=text(home.get("country")) or "",
    )


def _first(row: Row, names: Collection[str]) -> object:
    return next((row[name] for name in names if row.get(name)), None)


def _object(value: object) -> Row:
    return value if isinstance(value, dict) else {}
