"""How the rows of Rippling's REST API become workers, departments and locations.

Pure reading of parsed JSON, forgiving about everything that is missing, null or new. What Rippling
withholds or leaves out becomes None, what it shows as null an empty text. No requests are made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from connector.domain.people import (
    NOTHING,
    REMOTE,
    Address,
    EmploymentStatus,
    EmploymentType,
    Facts,
    Named,
    Pay,
    Personal,
    Worker,
)

Row: TypeAlias = Mapping[str, Any]
NameOf: TypeAlias = Callable[[str], str | None]
"""Gives the name of a work location by its id."""


def worker_of(
    row: object,
    withheld: frozenset[str],
    location_name: NameOf,
    custom_fields: Collection[str] = (),
    *,
    with_pay: bool = False,
) -> Worker | None:
    """The worker in a row, or None where the row has no id or does not say whose it is.

    Of the custom fields only the named ones are kept; pay is looked at only `with_pay`.
    """
    row = _object(row)
    worker_id, person_id = text(row.get("id")), person_of(row)
    if worker_id is None or person_id is None:
        return None
    return Worker(
        id=worker_id,
        person_id=person_id,
        facts=_facts(row, location_name, custom_fields),
        personal=_personal(row, withheld),
        updated_at=moment(row.get("updated_at")),
        title=text(row.get("title")),
        manager_id=text(row.get("manager_id")),
        pay=_pay(row, withheld) if with_pay else None,
    )


def person_of(row: Row) -> str | None:
    """The id of the person in a worker's row."""
    return text(row.get("user_id")) or text(_object(row.get("user")).get("id"))


def withheld_fields(answer: Row) -> frozenset[str]:
    """The names of the fields that an answer withholds from this token."""
    entries = _list(_object(answer.get("__meta")).get("redacted_fields"))
    names = (text(entry.get("name") if isinstance(entry, dict) else entry) for entry in entries)
    return frozenset(name for name in names if name)


def department_of(row: object) -> Named | None:
    """The department in a row, or None where it has no id."""
    row = _object(row)
    id_ = text(row.get("id"))
    return Named(id_, text(row.get("name")), text(row.get("reference_code"))) if id_ else None


def location_of(row: object) -> Named | None:
    """The work location in a row, or None where it has no id."""
    row = _object(row)
    id_ = text(row.get("id"))
    return Named(id_, text(row.get("name"))) if id_ else None


def moment(value: object) -> datetime | None:
    """A time stamp in UTC; one without an offset is UTC already."""
    try:
        stamp = datetime.fromisoformat(value.strip() if isinstance(value, str) else "")
        return stamp.astimezone(UTC) if stamp.tzinfo else stamp.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def day(value: object) -> date | None:
    """A calendar day; of a longer time stamp its first ten characters."""
    try:
        return date.fromisoformat(value.strip()[:10] if isinstance(value, str) else "")
    except ValueError:
        return None


def text(value: object) -> str | None:
    """A single value as text; None for what is blank, and for lists and objects."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() or None if isinstance(value, str | int | float) else None


def pay_of(value: object, currency: object, effective_on: date | None = None) -> Pay | None:
    """The pay in a number or a numeric text, or None where it is no amount of any currency."""
    try:
        amount, money = Decimal(text(value) or ""), text(currency)
    except InvalidOperation:
        return None
    is_money = money is not None and amount.is_finite() and amount >= 0
    return Pay(amount, str(money).upper(), effective_on) if is_money else None


def _facts(row: Row, location_name: NameOf, custom_fields: Collection[str]) -> Facts:
    return Facts(
        status=_status(row.get("status")),
        number=text(row.get("number")),
        person_number=text(_object(row.get("user")).get("number")),
        start_date=day(row.get("start_date")),
        end_date=day(row.get("end_date")),
        termination_type=text(_object(row.get("termination_details")).get("type")),
        department=_department(row),
        location=_location(_object(row.get("location")), location_name),
        legal_entity=_legal_entity(row),
        employment_type=_employment_type(_object(row.get("employment_type"))),
        country=text(row.get("country")),
        custom_fields=dict(_custom_fields(row, custom_fields)),
    )


def _status(value: object) -> EmploymentStatus:
    try:
        return EmploymentStatus(text(value) or "")
    except ValueError:
        return EmploymentStatus.UNKNOWN


def _department(row: Row) -> Named:
    expanded = department_of(row.get("department")) or NOTHING
    return Named(text(row.get("department_id")) or expanded.id, expanded.name, expanded.code)


def _legal_entity(row: Row) -> Named:
    expanded = _object(row.get("legal_entity"))
    id_ = text(row.get("legal_entity_id")) or text(expanded.get("id"))
    return Named(id_, text(expanded.get("legal_name")))


def _location(place: Row, location_name: NameOf) -> Named:
    if place.get("type") == "REMOTE":
        return REMOTE
    id_ = text(place.get("work_location_id"))
    return Named(id_, location_name(id_)) if id_ else NOTHING


def _employment_type(row: Row) -> EmploymentType:
    return EmploymentType(
        label=text(row.get("label")),
        kind=text(row.get("type")),
        period=text(row.get("compensation_time_period")),
        amount=text(row.get("amount_worked")),
    )


def _custom_fields(row: Row, wanted: Collection[str]) -> Iterator[tuple[str, str]]:
    # The keys inside an entry are not published; these are the ones that have been seen.
    for entry in _objects(row.get("custom_fields")):
        names = (text(entry.get(key)) for key in ("name", "title", "label"))
        name, value = next(filter(None, names), None), text(entry.get("value"))
        if name and value and name in wanted:
            yield name, value


def _pay(row: Row, withheld: frozenset[str]) -> Pay | None:
    """The yearly pay, or None where it is withheld, missing, or no amount of any currency."""
    hidden = {"compensation", "annual_compensation", "compensation.annual_compensation"}
    package = _object(row.get("compensation")) if not hidden & withheld else {}
    yearly = _object(package.get("annual_compensation"))
    effective_on = day(package.get("salary_effective_date"))
    return pay_of(yearly.get("value"), yearly.get("currency_type"), effective_on)


def _personal(row: Row, withheld: frozenset[str]) -> Personal:
    user = _object(row.get("user")) if "user" not in withheld else {}
    name = _object(_part(user, "name", withheld))
    phones = _part(user, "phone_numbers", withheld)
    return Personal(
        given_name=_shown(name, "given_name"),
        middle_name=_shown(name, "middle_name"),
        family_name=_shown(name, "family_name"),
        work_email=None if "work_email" in withheld else _shown(row, "work_email"),
        personal_email=None if "personal_email" in withheld else _shown(row, "personal_email"),
        work_phone=_phone(phones, "WORK"),
        mobile_phone=_phone(phones, "MOBILE"),
        address=_home(_part(user, "addresses", withheld)),
    )


class _Withheld:
    """Stands for a part of the user that this token may not see."""


WITHHELD = _Withheld()


def _part(user: Row, name: str, withheld: frozenset[str]) -> object:
    hidden = name not in user or name in withheld or f"user.{name}" in withheld
    return WITHHELD if hidden else user.get(name)


def _shown(row: Row, name: str) -> str | None:
    return text(row[name]) or "" if name in row else None


def _phone(phones: object, kind: str) -> str | None:
    if phones is WITHHELD:
        return None
    found = (text(one.get("value")) for one in _objects(phones) if one.get("type") == kind)
    return next(filter(None, found), "")


def _home(addresses: object) -> Address | None:
    if addresses is WITHHELD:
        return None
    known = _objects(addresses)
    home: Row = next((one for one in known if one.get("type") == "HOME"), (known or [{}])[0])
    return Address(
        street=text(home.get("street_address")) or "",
        postal_code=text(home.get("postal_code")) or "",
        city=text(home.get("locality")) or "",
        country=text(home.get("country")) or "",
    )


def _object(value: object) -> Row:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _objects(value: object) -> list[Row]:
    return [entry for entry in _list(value) if isinstance(entry, dict)]
