"""How the rows of Rippling's REST API become workers, departments and locations.

Pure reading of parsed JSON, forgiving about everything that is missing, null or new. What Rippling
withholds or leaves out becomes None, what it shows as null an empty text. No requests are made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TypeAlias

from connector.adapters.rippling.values import (
    Row,
    day,
    list_in,
    moment,
    object_in,
    objects_in,
    pay_of,
    shown_text,
    status_of,
    text,
)
from connector.domain.people import (
    NOTHING,
    REMOTE,
    Address,
    EmploymentType,
    Facts,
    Named,
    Pay,
    Personal,
    Worker,
)

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
    row = object_in(row)
    worker_id, person_id = text(row.get("id")), person_of(row)
    if worker_id is None or person_id is None:
        return None
    return Worker(
        id=worker_id,
        person_id=person_id,
        facts=facts_of_worker(row, location_name, custom_fields),
        personal=personal_of_user(row, withheld),
        updated_at=moment(row.get("updated_at")),
        title=text(row.get("title")),
        manager_id=text(row.get("manager_id")),
        pay=yearly_pay(row, withheld) if with_pay else None,
    )


def person_of(row: Row) -> str | None:
    """The id of the person in a worker's row."""
    return text(row.get("user_id")) or text(object_in(row.get("user")).get("id"))


def withheld_fields(answer: Row) -> frozenset[str]:
    """The names of the fields that an answer withholds from this token."""
    entries = list_in(object_in(answer.get("__meta")).get("redacted_fields"))
    names = (text(entry.get("name") if isinstance(entry, dict) else entry) for entry in entries)
    return frozenset(name for name in names if name)


def department_of(row: object) -> Named | None:
    """The department in a row, or None where it has no id."""
    row = object_in(row)
    id_ = text(row.get("id"))
    return Named(id_, text(row.get("name")), text(row.get("reference_code"))) if id_ else None


def location_of(row: object) -> Named | None:
    """The work location in a row, or None where it has no id."""
    row = object_in(row)
    id_ = text(row.get("id"))
    return Named(id_, text(row.get("name"))) if id_ else None


def facts_of_worker(row: Row, location_name: NameOf, custom_fields: Collection[str]) -> Facts:
    """The facts in a worker's row."""
    return Facts(
        status=status_of(row.get("status")),
        number=text(row.get("number")),
        person_number=text(object_in(row.get("user")).get("number")),
        start_date=day(row.get("start_date")),
        end_date=day(row.get("end_date")),
        termination_type=text(object_in(row.get("termination_details")).get("type")),
        department=department_of_worker(row),
        location=location_of_worker(object_in(row.get("location")), location_name),
        legal_entity=legal_entity_of_worker(row),
        employment_type=employment_type_in(object_in(row.get("employment_type"))),
        country=text(row.get("country")),
        custom_fields=dict(custom_fields_of_worker(row, custom_fields)),
    )


def department_of_worker(row: Row) -> Named:
    """The department that a worker's row names."""
    expanded = department_of(row.get("department")) or NOTHING
    return Named(text(row.get("department_id")) or expanded.id, expanded.name, expanded.code)


def legal_entity_of_worker(row: Row) -> Named:
    """The legal entity that a worker's row names."""
    expanded = object_in(row.get("legal_entity"))
    id_ = text(row.get("legal_entity_id")) or text(expanded.get("id"))
    return Named(id_, text(expanded.get("legal_name")))


def location_of_worker(place: Row, location_name: NameOf) -> Named:
    """The work location that a worker's row names."""
    if place.get("type") == "REMOTE":
        return REMOTE
    id_ = text(place.get("work_location_id"))
    return Named(id_, location_name(id_)) if id_ else NOTHING


def employment_type_in(row: Row) -> EmploymentType:
    """The employment type in its own row."""
    return EmploymentType(
        label=text(row.get("label")),
        kind=text(row.get("type")),
        period=text(row.get("compensation_time_period")),
        amount=text(row.get("amount_worked")),
    )


def custom_fields_of_worker(row: Row, wanted: Collection[str]) -> Iterator[tuple[str, str]]:
    """The wanted custom fields of a worker, name by name."""
    # The keys inside an entry are not published; these are the ones that have been seen.
    for entry in objects_in(row.get("custom_fields")):
        names = (text(entry.get(key)) for key in ("name", "title", "label"))
        name, value = next(filter(None, names), None), text(entry.get("value"))
        if name and value and name in wanted:
            yield name, value


def yearly_pay(row: Row, withheld: frozenset[str]) -> Pay | None:
    """The yearly pay, or None where it is withheld, missing, or no amount of any currency."""
    hidden = {"compensation", "annual_compensation", "compensation.annual_compensation"}
    package = object_in(row.get("compensation")) if not hidden & withheld else {}
    yearly = object_in(package.get("annual_compensation"))
    effective_on = day(package.get("salary_effective_date"))
    return pay_of(yearly.get("value"), yearly.get("currency_type"), effective_on)


def personal_of_user(row: Row, withheld: frozenset[str]) -> Personal:
    """The personal data in a worker's row and the user in it."""
    user = object_in(row.get("user")) if "user" not in withheld else {}
    name = object_in(part_of_user(user, "name", withheld))
    phones = part_of_user(user, "phone_numbers", withheld)
    return Personal(
        given_name=shown_text(name, "given_name"),
        middle_name=shown_text(name, "middle_name"),
        family_name=shown_text(name, "family_name"),
        work_email=None if "work_email" in withheld else shown_text(row, "work_email"),
        personal_email=None if "personal_email" in withheld else shown_text(row, "personal_email"),
        work_phone=phone_of_kind(phones, "WORK"),
        mobile_phone=phone_of_kind(phones, "MOBILE"),
        address=home_address(part_of_user(user, "addresses", withheld)),
    )


class _Withheld:
    """Stands for a part of the user that this token may not see."""


WITHHELD = _Withheld()


def part_of_user(user: Row, name: str, withheld: frozenset[str]) -> object:
    """A part of the user, or `WITHHELD`."""
    hidden = name not in user or name in withheld or f"user.{name}" in withheld
    return WITHHELD if hidden else user.get(name)


def phone_of_kind(phones: object, kind: str) -> str | None:
    """A user's phone number of a kind; None where phones are withheld."""
    if phones is WITHHELD:
        return None
    found = (text(one.get("value")) for one in objects_in(phones) if one.get("type") == kind)
    return next(filter(None, found), "")


def home_address(addresses: object) -> Address | None:
    """A user's home address; None where addresses are withheld."""
    if addresses is WITHHELD:
        return None
    known = objects_in(addresses)
    home: Row = next((one for one in known if one.get("type") == "HOME"), (known or [{}])[0])
    return Address(
        street=text(home.get("street_address")) or "",
        postal_code=text(home.get("postal_code")) or "",
        city=text(home.get("locality")) or "",
        country=text(home.get("country")) or "",
    )
