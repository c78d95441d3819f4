"""How the rows of Rippling's REST API become workers, departments and locations.

Pure reading of parsed JSON, forgiving about everything that is missing, null or new. What Rippling
withholds, leaves out or shows as nonsense is unknown, what it shows as null is empty. No requests
are made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeAlias, TypeVar

from connector.adapters.rippling.values import (
    Row,
    day,
    fact_in,
    fact_of,
    is_odd_value,
    list_in,
    moment,
    number_text,
    object_in,
    objects_in,
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
    shown,
)
from connector.domain.people import (
    HIDDEN_TYPE,
    Address,
    EmploymentStatus,
    EmploymentType,
    Facts,
    Pay,
    Personal,
    Worker,
    only_never_began,
)

T = TypeVar("T")

UNCLEAR = EmploymentStatus.UNKNOWN

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
    worker_id, person_id = reference_in(row.get("id")), person_of(row)
    if worker_id is None or person_id is None:
        return None
    return Worker(
        id=worker_id,
        person_id=person_id,
        facts=facts_of_worker(row, withheld, location_name, custom_fields),
        personal=personal_of_user(row, withheld),
        updated_at=moment(row.get("updated_at")),
        title=text(row.get("title")),
        manager_id=text(row.get("manager_id")),
        pay=yearly_pay(row, withheld) if with_pay else UNKNOWN,
    )


def person_of(row: Row) -> str | None:
    """The id of the person in a worker's row."""
    return reference_in(row.get("user_id")) or reference_in(object_in(row.get("user")).get("id"))


def withheld_fields(answer: Row) -> frozenset[str]:
    """The names of the fields that an answer withholds from this token."""
    entries = list_in(object_in(answer.get("__meta")).get("redacted_fields"))
    names = (text(entry.get("name") if isinstance(entry, dict) else entry) for entry in entries)
    return frozenset(field_path(name) for name in names if name)


def field_path(name: str) -> str:
    """A field as it is named among those withheld, without the list or object it is found in.

    How Rippling spells a field inside another is not published: every form is taken.
    """
    plain = name.replace("[]", "").replace("/", ".").strip(".").removeprefix("$.")
    for before in ("results.", "worker.", "workers.", "data."):
        plain = plain.removeprefix(before)
    return plain


def is_withheld(withheld: frozenset[str], *names: str) -> bool:
    """Whether a member is withheld under any of its names, or everything around it is.

    `names` are paths from the worker on: of `user.name` the `user` may be withheld as well.
    """
    if not withheld:  # nearly always, and every member of every row is asked about
        return False
    whole = {".".join(name.split(".")[:end]) for name in names for end in (1, 2, 3)}
    return not withheld.isdisjoint(whole)


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


def facts_of_worker(
    row: Row, withheld: frozenset[str], location_name: NameOf, custom_fields: Collection[str]
) -> Facts:
    """The facts in a worker's row."""

    def member(name: str, read: Callable[[object], T | None]) -> Fact[T]:
        if name not in row or (withheld and is_withheld(withheld, name)):
            return UNKNOWN
        return fact_in(row[name], read)

    return Facts(
        status=UNCLEAR if is_withheld(withheld, "status") else status_of(row.get("status")),
        number=member("number", number_text),
        person_number=person_number_of(row, withheld),
        start_date=member("start_date", day),
        end_date=member("end_date", day),
        termination_type=termination_type_of(row, withheld),
        department=department_of_worker(row, withheld),
        location=location_of_worker(row, withheld, location_name),
        legal_entity=legal_entity_of_worker(row, withheld),
        employment_type=employment_type_of_worker(row, withheld),
        country=member("country", text),
        custom_fields=custom_fields_of_worker(row, withheld, custom_fields),
    )


def person_number_of(row: Row, withheld: frozenset[str]) -> Fact[str]:
    """The number of the person behind a worker."""
    hidden = is_withheld(withheld, "user.number")
    return fact_of(object_in(row.get("user")), "number", number_text, hidden=hidden)


def termination_type_of(row: Row, withheld: frozenset[str]) -> Fact[str]:
    """That an employment never began; of how others ended nothing is kept."""
    if is_withheld(withheld, "termination_details.type"):
        return UNKNOWN
    details = row.get("termination_details")
    if details is None:
        return EMPTY
    if not isinstance(details, dict):
        return UNKNOWN
    return only_never_began(fact_in(details.get("type"), text))


def department_of_worker(row: Row, withheld: frozenset[str]) -> Named:
    """The department that a worker's row names."""
    own = department_of(row.get("department"))
    return named_of(row, "department", own, withheld, ("department.name",))


def legal_entity_of_worker(row: Row, withheld: frozenset[str]) -> Named:
    """The legal entity that a worker's row names."""
    own = object_in(row.get("legal_entity"))
    name = text(own.get("legal_name"))
    entity = Named(text(own.get("id")), name) if name else None
    return named_of(
        row, "legal_entity", entity, withheld, ("legal_entity.legal_name", "legal_name")
    )


def named_of(
    row: Row, member: str, expanded: Named | None, withheld: frozenset[str], names: Iterable[str]
) -> Named:
    """A thing that a worker's row names by its id and shows as an object beside it.

    Without the object only the id is known; without either, nothing is: a worker has one of each.
    Without its id it may be a thing of another name that a row of the mapping holds to.
    """
    own = expanded or Named()
    id_ = text(row.get(f"{member}_id")) or own.id
    if is_withheld(withheld, f"{member}_id"):
        id_ = None
    hidden = is_withheld(withheld, member, *names)
    if hidden or own.name is None:
        return Named(id_, code=None if hidden else own.code, is_partial=True)
    return Named(id_, own.name, own.code, is_partial=id_ is None)


def location_of_worker(row: Row, withheld: frozenset[str], location_name: NameOf) -> Named:
    """The work location that a worker's row names."""
    place = object_in(row.get("location"))
    if is_withheld(
        withheld, "location", "location.work_location_id", "work_location_id", "location.type"
    ):
        return NOT_SHOWN
    if place.get("type") == "REMOTE":
        return REMOTE
    id_ = text(place.get("work_location_id"))
    name = location_name(id_) if id_ else None
    return Named(id_, name, is_partial=name is None)


def employment_type_of_worker(row: Row, withheld: frozenset[str]) -> EmploymentType:
    """The employment type that a worker's row shows as an object."""
    own = row.get("employment_type")
    if not isinstance(own, dict) or not own or is_withheld(withheld, "employment_type"):
        return HIDDEN_TYPE

    def member(name: str) -> Fact[str]:
        if name not in own or (withheld and is_withheld(withheld, f"employment_type.{name}")):
            return UNKNOWN
        return fact_in(own[name], text)

    label = member("label")
    id_ = text(own.get("id")) or text(row.get("employment_type_id"))
    return EmploymentType(
        named=Named(id_, shown(label), is_partial=label is UNKNOWN or id_ is None),
        kind=member("type"),
        period=member("compensation_time_period"),
        amount=member("amount_worked"),
    )


CUSTOM_FIELD_NAMES = ("name", "title", "label")


def custom_fields_of_worker(
    row: Row, withheld: frozenset[str], wanted: Collection[str]
) -> Fact[Mapping[str, str]]:
    """The wanted custom fields of a worker, by name; unknown where they are not shown."""
    if not wanted:
        return EMPTY
    entries = row.get("custom_fields")
    if not isinstance(entries, list) or is_withheld(withheld, "custom_fields"):
        return UNKNOWN
    named = {custom_field_name(entry): entry for entry in objects_in(entries)}
    shown = {name: named[name].get("value", {}) for name in wanted if name in named}
    # An entry without a known name may be the very one that is wanted.
    is_unclear = None in named and shown.keys() < {*wanted}
    if is_unclear or any(map(is_odd_value, shown.values())):
        return UNKNOWN
    found = {name: text(value) for name, value in shown.items()}
    return Known({name: value for name, value in found.items() if value})


def custom_field_name(entry: Row) -> str | None:
    """The name of a custom field: the keys of an entry are not published; these have been seen."""
    names = (text(entry.get(key)) for key in CUSTOM_FIELD_NAMES)
    return next(filter(None, names), None)


def yearly_pay(row: Row, withheld: frozenset[str]) -> Fact[Pay]:
    """The yearly pay; unknown where it is withheld, left out, or no amount of any currency."""
    package = row.get("compensation")
    names = ("compensation.annual_compensation.value", "annual_compensation")
    if not isinstance(package, dict) or is_withheld(withheld, *names):
        return UNKNOWN
    yearly = package.get("annual_compensation", UNKNOWN)
    if yearly is not None and not isinstance(yearly, dict):
        return UNKNOWN
    yearly = object_in(yearly)
    effective_on = day(package.get("salary_effective_date"))
    return pay_of(yearly.get("value"), yearly.get("currency_type"), effective_on)


def personal_of_user(row: Row, withheld: frozenset[str]) -> Personal:
    """The personal data in a worker's row and the user in it."""
    user = object_in(row.get("user")) if "user" not in withheld else {}
    name = object_in(part_of_user(user, "name", withheld))
    phones = part_of_user(user, "phone_numbers", withheld)

    def part_of_name(part: str) -> str | None:
        if withheld and is_withheld(withheld, f"user.name.{part}", f"name.{part}"):
            return None
        return shown_text(name, part)

    def address(member: str) -> str | None:
        return None if is_withheld(withheld, member) else shown_text(row, member)

    return Personal(
        given_name=part_of_name("given_name"),
        middle_name=part_of_name("middle_name"),
        family_name=part_of_name("family_name"),
        work_email=address("work_email"),
        personal_email=address("personal_email"),
        work_phone=phone_of_kind(phones, "WORK"),
        mobile_phone=phone_of_kind(phones, "MOBILE"),
        address=home_address(part_of_user(user, "addresses", withheld)),
    )


class _Withheld:
    """Stands for a part of the user that this token may not see."""


WITHHELD = _Withheld()


def part_of_user(user: Row, name: str, withheld: frozenset[str]) -> object:
    """A part of the user, or `WITHHELD`."""
    hidden = name not in user or is_withheld(withheld, f"user.{name}", name)
    return WITHHELD if hidden else user.get(name)


def phone_of_kind(phones: object, kind: str) -> str | None:
    """A user's phone number of a kind; None where phones are withheld, or it cannot be read."""
    if phones is WITHHELD:
        return None
    values = [one.get("value") for one in objects_in(phones) if one.get("type") == kind]
    given = [value for value in values if value not in (None, "")]
    return plain_or_none(given[0]) if given else ""


def home_address(addresses: object) -> Address | None:
    """A user's home address; None where it is withheld or cannot be read."""
    if addresses is WITHHELD:
        return None
    known = objects_in(addresses)
    home: Row = next((one for one in known if one.get("type") == "HOME"), (known or [{}])[0])
    names = ("street_address", "postal_code", "locality", "country")
    parts = [plain_or_none(home.get(name) or "") for name in names]
    if None in parts:
        return None
    return Address(*(part or "" for part in parts))
