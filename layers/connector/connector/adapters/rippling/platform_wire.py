"""How the rows of Rippling's Platform API become workers, departments and locations.

Pure reading of parsed JSON, forgiving about everything that is missing, null or new. A member that
is not there is withheld and becomes None; one that is null is empty. Unless it is wanted, nothing
of pay is looked at but the unit in which it is given. No requests are made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from connector.adapters.rippling.values import (
    Row,
    day,
    fact_of,
    is_odd_value,
    moment,
    number_text,
    object_in,
    pay_of,
    plain_or_none,
    reference_in,
    shown_text,
    status_of,
    text,
)
from connector.domain.facts import (
    EMPTY,
    NOT_SHOWN,
    REMOTE,
    UNKNOWN,
    Fact,
    Known,
    Named,
    fact,
)
from connector.domain.people import (
    HIDDEN_TYPE,
    Address,
    EmploymentType,
    Facts,
    Personal,
    Worker,
)

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
"""What the unit of pay says of someone whose employment type leaves the period open."""

NICKNAMES = ("worklocationNickname", "workLocationNickname")
PHONES = ("phone", "phoneNumber")


@dataclass(frozen=True, slots=True)
class Register:
    """The names of all departments, or of all work locations, to complete what a row leaves out."""

    names: Names

    def complete(self, id_: str | None, name: str | None) -> Named:
        """The thing with this id or name; of a name that several have, the id stays unknown.

        An id that stands for the name as well is no name.
        """
        if name == id_:
            name = None
        if id_ and not name:
            name = self.names(False).get(id_) or self.names(True).get(id_)
        elif name and not id_:
            return (
                self._named(name, read_fresh=False)
                or self._named(name, read_fresh=True)
                or (Named(None, name))
            )
        return Named(id_, name, is_partial=name is None)

    def _named(self, word: str, *, read_fresh: bool) -> Named | None:
        """The thing with this name, or with this id where it stands in place of the name.

        Which of the two a row shows, no one has said for certain.
        """
        known = self.names(read_fresh)
        found = [id_ for id_, name in known.items() if name == word]
        if found:
            return Named(found[0] if len(found) == 1 else None, word)
        return Named(word, known[word]) if known.get(word) else None


def worker_of_employee(
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
    row = object_in(row)
    worker_id, person_id = reference_in(row.get("id")), person_of_employee(row)
    pay = object_in(row.get("compensation")) if with_pay else {}
    if worker_id is None or person_id is None:
        return None
    return Worker(
        id=worker_id,
        person_id=person_id,
        facts=facts_of_employee(row, departments, locations, custom_fields),
        personal=personal_of_employee(row),
        updated_at=moment(row.get("updatedAt")),
        title=text(row.get("title")),
        manager_id=text(row.get("manager")),
        pay=pay_of(pay.get("annualSalary"), pay.get("currency")) if pay else UNKNOWN,
    )


def person_of_employee(row: object) -> str | None:
    """The id of the person in a row; without one, the role stands for the person."""
    row = object_in(row)
    return reference_in(row.get("userId")) or reference_in(row.get("id"))


def id_of(row: object) -> str | None:
    """The id of a row of any list."""
    return text(object_in(row).get("id"))


def department_in_list(row: object) -> Named | None:
    """The department in a row, or None where it has no id."""
    id_ = id_of(row)
    return Named(id_, text(object_in(row).get("name"))) if id_ else None


def location_in_list(row: object) -> Named | None:
    """The work location in a row, or None where it has no id."""
    id_ = id_of(row)
    return Named(id_, text(object_in(row).get("nickname"))) if id_ else None


def facts_of_employee(
    row: Row, departments: Register, locations: Register, custom_fields: Collection[str]
) -> Facts:
    """The facts in an employee's row."""
    return Facts(
        status=status_of(row.get("roleState")),
        number=fact_of(row, "employeeNumber", number_text, hidden=False),
        start_date=fact_of(row, "startDate", day, hidden=False),
        end_date=fact_of(row, "endDate", day, hidden=False),
        department=departments.complete(text(row.get("departmentId")), text(row.get("department"))),
        location=location_of_employee(row, locations),
        legal_entity=NOT_SHOWN,  # this API has none
        employment_type=employment_type_of_employee(row),
        country=country_of_employee(row),
        custom_fields=custom_fields_of_employee(row, custom_fields),
    )


def country_of_employee(row: Row) -> Fact[str]:
    """The country of the work location."""
    place = row.get("workLocation")
    if row.get("isRemote") is True and place is None:
        return EMPTY
    return fact_of(object_in(place), "country", text, hidden=False)


def location_of_employee(row: Row, locations: Register) -> Named:
    """The work location that an employee's row names."""
    if row.get("isRemote") is True:
        return REMOTE
    return locations.complete(text(row.get("workLocationId")), text(first_member(row, NICKNAMES)))


def employment_type_of_employee(row: Row) -> EmploymentType:
    """The employment type in the words of the REST API."""
    word = text(row.get("employmentType"))
    own = object_in(row.get("companyEmploymentType"))
    if word is None:
        return HIDDEN_TYPE
    named = Named(name=text(own.get("label")) or word)
    if word not in ENGAGEMENTS:  # a word that is new says neither who is a contractor nor how paid
        return replace(HIDDEN_TYPE, named=named)
    kind, period, amount = ENGAGEMENTS[word]
    if period is None and kind != "CONTRACTOR":
        period = period_of_pay(row, own)
    return EmploymentType(named, fact(kind), fact(period), fact(amount))


def period_of_pay(row: Row, own: Row) -> str | None:
    """Whether pay is by the hour, where the employment type leaves it open."""
    if own.get("isHourly") is True:
        return "HOURLY"
    if own.get("isSalaried") is True:
        return "SALARIED"
    return PERIODS.get(text(object_in(row.get("compensation")).get("salaryUnit")) or "")


def custom_fields_of_employee(row: Row, wanted: Collection[str]) -> Fact[Mapping[str, str]]:
    """The wanted custom fields of an employee, by title; unknown where they are not shown."""
    if not wanted:
        return EMPTY
    entries = row.get("customFields")
    if not isinstance(entries, dict):
        return UNKNOWN
    shown = {title: entry for title, entry in entries.items() if title in wanted}
    if any(map(is_odd_value, shown.values())):
        return UNKNOWN
    values = {title: text(entry) for title, entry in shown.items()}
    return Known({title: value for title, value in values.items() if value})


def personal_of_employee(row: Row) -> Personal:
    """The personal data in an employee's row."""
    return Personal(
        given_name=shown_text(row, "firstName"),
        family_name=shown_text(row, "lastName"),
        work_email=shown_text(row, "workEmail"),
        personal_email=shown_text(row, "personalEmail"),
        mobile_phone=phone_of_employee(row),
        address=address_of_employee(row),
    )


def phone_of_employee(row: Row) -> str | None:
    """The phone number; None where it is not shown."""
    shown = any(name in row for name in PHONES)
    return plain_or_none(first_member(row, PHONES) or "") if shown else None


def address_of_employee(row: Row) -> Address | None:
    """The home address; None where it is not shown."""
    if "address" not in row:
        return None
    home = object_in(row["address"])
    names = ("streetLine1", "streetLine2", "zip", "city", "country")
    parts = [plain_or_none(home.get(name) or "") for name in names]
    if None in parts:
        return None
    first, second, *rest = (part or "" for part in parts)
    return Address("\n".join(line for line in (first, second) if line), *rest)


def first_member(row: Row, names: Collection[str]) -> object:
    """The first of several members that has a value."""
    return next((row[name] for name in names if row.get(name)), None)
