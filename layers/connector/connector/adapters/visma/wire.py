"""The shapes in which Visma.net ERP reads, writes and refuses, against the flat ones used here.

Pure translation, one table for both directions of an employee. No requests are made here, and of
a refusal only the field and Visma's own reference are kept, never the words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from connector.adapters.visma.versions import version_of
from connector.domain.catalogue import Department, EmployeeKey, canonical
from connector.domain.employees import Employee, Fields
from connector.ports.visma import Listing, Sample

VismaRow: TypeAlias = Mapping[str, Any]
"""A JSON object as Visma sends it."""

EMPLOYEE_CODE = "employee_code"
"""Stands for the code itself where Visma refuses that; it is no field of ours."""

NO_LICENCE = "12027"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one field of an employee stands on the wire; Visma reads and writes it differently."""

    path: str
    written: str
    read: str


PLACES = (
    Place("status", "status", "status"),
    Place("department", "department", "department"),
    Place("branch", "branch", "branch.number"),
    Place("employee_class", "employeeClass", "employeeClass.id"),
    Place("calendar", "calendar", "calendarID"),
    Place("contact.first_name", "contact.firstName", "contact.firstName"),
    Place("contact.middle_name", "contact.middleName", "contact.midName"),
    Place("contact.last_name", "contact.lastName", "contact.lastName"),
    Place("contact.email", "contact.email", "contact.email"),
    Place("contact.phone1", "contact.phone1", "contact.phone1"),
    Place("contact.phone2", "contact.phone2", "contact.phone2"),
    Place("address.line1", "address.addressLine1", "address.addressLine1"),
    Place("address.line2", "address.addressLine2", "address.addressLine2"),
    Place("address.line3", "address.addressLine3", "address.addressLine3"),
    Place("address.postal_code", "address.postalCode", "address.postalCode"),
    Place("address.city", "address.city", "address.city"),
    Place("address.country", "address.countryId", "address.country.id"),
)
WRITTEN_STATUS = {"OnHold": "Hold"}
"""Visma reads back another word than the one it takes."""

WORDS: Mapping[str, str] = {
    "employeecd": EMPLOYEE_CODE,
    "employeenumber": EMPLOYEE_CODE,
    "employeenr": EMPLOYEE_CODE,
    "acctcd": EMPLOYEE_CODE,
    "employeeclass": "employee_class",
    "employeeclassid": "employee_class",
    "vendorclassid": "employee_class",
    "department": "department",
    "departmentid": "department",
    "branch": "branch",
    "branchid": "branch",
    "branchnumber": "branch",
    "calendar": "calendar",
    "calendarid": "calendar",
    "status": "status",
    "firstname": "contact.first_name",
    "midname": "contact.middle_name",
    "middlename": "contact.middle_name",
    "lastname": "contact.last_name",
    "email": "contact.email",
    "phone1": "contact.phone1",
    "phone2": "contact.phone2",
    "addressline1": "address.line1",
    "addressline2": "address.line2",
    "addressline3": "address.line3",
    "postalcode": "address.postal_code",
    "city": "address.city",
    "country": "address.country",
    "countryid": "address.country",
}
"""Visma's words for a field, and the field."""

_GUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_VISMA_ID = re.compile(rf"VismaId:\s*({_GUID})")
_MESSAGE_ID = re.compile(rf"(?:\w{{1,20}}_)?({_GUID})")
_NAMED_FIELD = re.compile(r"\bfield\W{1,3}([\w.]+)", re.IGNORECASE)
_WORD = re.compile(r"\w+")
LONGEST_TEXT, LONGEST_VALUE = 10_000, 1_000


@dataclass(frozen=True, slots=True)
class Failure:
    """What is kept of an answer that failed; `is_business` where the ERP itself gave a reason."""

    is_business: bool = False
    field: str | None = None
    reference: str | None = None
    fault_code: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of a segmented key: its number, its name, and how many characters it takes."""

    number: int
    name: str
    length: int | None


def flat_fields(row: VismaRow) -> dict[str, str]:
    """Every field of an employee as read; what is absent or null is empty."""
    return {place.path: _found(row, place.read) for place in PLACES}


def wrapped(fields: Fields) -> dict[str, Any]:
    """The body of a write with these fields; an empty text clears a field, null never occurs."""
    body: dict[str, Any] = {"contact": {}}
    for place in PLACES:
        if place.path in fields:
            value = fields[place.path]
            if place.path == "status":
                value = WRITTEN_STATUS.get(value, value)
            *parents, name = place.written.split(".")
            holder = body
            for parent in parents:
                holder = holder.setdefault(parent, {})
            holder[name] = {"value": value}
    return body


def employee_of(row: VismaRow, etag: str | None = None) -> Employee | None:
    """The employee in a row, or None where the row has no code."""
    code, number, stamp = (
        text_in(row, "employeeNumber"),
        row.get("employeeId"),
        row.get("timeStamp"),
    )
    if not code:
        return None
    employee_id = number if isinstance(number, int) else None
    modified = text_in(row, "lastModifiedDateTime") or ""
    return Employee(code, flat_fields(row), version_of(stamp, etag), employee_id, modified)


def failure_of(content: bytes) -> Failure:
    """What is kept of the body of an answer that failed, whatever it is."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return Failure()
    if not isinstance(body, dict):
        return Failure()
    words = _words_in(body)
    return Failure(
        is_business=bool(text_in(body, "message")),
        field=_field_in(words),
        reference=_reference(words, body.get("ExceptionMessageID")),
        fault_code=text_in(body, "ExceptionFaultCode") or None,
    )


def words_of(content: bytes) -> str:
    """What the ERP says in an answer that failed: never shown, and kept as a digest at most."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    return _words_in(body) if isinstance(body, dict) else ""


def _words_in(body: VismaRow) -> str:
    texts = [body.get(name) for name in ("message", "ExceptionMessage", "ExceptionDetails")]
    return " ".join(text[:LONGEST_TEXT] for text in texts if isinstance(text, str))


def departments_of(
    rows: Sequence[VismaRow], segments: Sequence[Segment], cost_centre_segment: int
) -> dict[str, Department]:
    """The departments by canonical id, each with the cost centre that its expenses go to."""
    found = {}
    for row in rows:
        id_ = text_in(row, "departmentId")
        if id_:
            found[canonical(id_)] = Department(
                id=id_,
                description=text_in(row, "description"),
                cost_centre=cost_centre_of(row, segments, cost_centre_segment),
                expense_account=_found(row, "expenseAccount.number") or None,
            )
    return found


def branches_of(rows: Sequence[VismaRow]) -> dict[str, bool]:
    """The branches by canonical number, and whether they are active."""
    numbered = ((text_in(row, "number"), row.get("isActive")) for row in rows)
    return {canonical(number): active is not False for number, active in numbered if number}


def segments_of(dimension: VismaRow) -> tuple[Segment, ...]:
    """The segments of a dimension, in the order in which they make up a key."""
    found = [
        Segment(_int(row, "segmentId") or 0, text_in(row, "description"), _int(row, "length"))
        for row in segment_rows(dimension)
    ]
    return tuple(sorted(found, key=lambda segment: segment.number))


def segment_values_of(dimension: VismaRow, number: int) -> dict[str, bool]:
    """The values of one segment in canonical form, and whether they are active."""
    rows = [row for row in segment_rows(dimension) if _int(row, "segmentId") == number]
    values = [value for row in rows for value in objects_under(row, "segmentValues")]
    named = ((text_in(value, "valueId"), value.get("active")) for value in values)
    return {canonical(value): active is not False for value, active in named if value}


def employee_key_of(dimension: VismaRow) -> EmployeeKey:
    """The form of an employee code."""
    rows = segment_rows(dimension)
    length = _int(dimension, "length") or sum(_int(row, "length") or 0 for row in rows)
    return EmployeeKey(length or None, any(row.get("isAutoNumber") is True for row in rows))


def total_of(rows: Sequence[VismaRow]) -> float:
    """How many there are in all, repeated in every row; without it, only an empty page ends."""
    told = (row["metadata"] for row in rows if isinstance(row.get("metadata"), dict))
    totals = (metadata.get("totalCount") for metadata in told)
    return next((total for total in totals if isinstance(total, int)), float("inf"))


def is_full(rows: Sequence[VismaRow], asked: int) -> bool:
    """Whether a page has as many rows as it may, so that more may follow whatever its total says.

    A total of nothing says nothing.
    """
    told = [row["metadata"] for row in rows if isinstance(row.get("metadata"), dict)]
    sizes = [one.get("maxPageSize") for one in told]
    most = min([asked, *(size for size in sizes if isinstance(size, int) and size > 0)])
    total = total_of(rows)
    is_told_apart = total > len(rows)  # more than this page: Visma has counted all of them
    return bool(rows) and not is_told_apart and (len(rows) >= most or total == 0)


def listing_of(pages: Iterable[tuple[Iterable[Employee], float]]) -> Listing:
    """All employees that pages add; whole where no page says that there are more in all."""
    employees, most = list[Employee](), 0.0
    for page, total in pages:
        employees += page
        most = max(most, total if total < float("inf") else 0)
    return Listing(tuple(employees), is_whole=len(employees) >= most)


def sample_of(rows: Sequence[VismaRow], headers: Mapping[str, str]) -> Sample:
    """What a page of employees and the headers that came with it tell of the company."""
    employees = [employee for employee in map(employee_of, rows) if employee]
    fields = [employee.fields for employee in employees]
    total = total_of(rows)
    return Sample(
        shown=len(fields),
        count=int(total) if len(fields) <= total < float("inf") else None,
        classes=frozenset(each["employee_class"] for each in fields) - {""},
        calendars=frozenset(each["calendar"] for each in fields) - {""},
        calls_left=_whole(headers.get("X-RateLimit-Remaining")),
        calls_limit=_whole(headers.get("X-RateLimit-Limit")),
        employees=tuple(employees),
    )


def _whole(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"[0-9]{1,9}", text.strip()) else None


def cost_centre_of(department: VismaRow, segments: Sequence[Segment], number: int) -> str | None:
    """The cost centre that a department's expenses go to."""
    subaccount = department.get("expenseSubaccount")
    if not isinstance(subaccount, dict) or subaccount.get("active") is False:
        return None
    # Leading blanks are an empty first segment, so only the end may be trimmed.
    key = str(subaccount.get("id") or "").rstrip()
    return (_piece(key, segments, number) or "").strip() or None


def _piece(key: str, segments: Sequence[Segment], number: int) -> str | None:
    """The part of a sub-account's key that belongs to one segment, where that can be told."""
    numbers = [segment.number for segment in segments]
    if number not in numbers:
        return None
    position, pieces = numbers.index(number), key.split("-")
    if len(pieces) == len(segments) > 1:
        return pieces[position]
    return piece_at(key, [segment.length for segment in segments], position)


def piece_at(key: str, lengths: Sequence[int | None], position: int) -> str | None:
    """One of the pieces that a key without separators consists of, by their lengths."""
    known = [length for length in lengths if length is not None]
    if len(known) < len(lengths) or len(key) > sum(known):
        return None
    begin = sum(known[:position])
    return key[begin : begin + known[position]]


def _field_in(words: str) -> str | None:
    """The field that a refusal is about: the one it calls a field, else the first it mentions."""
    named = [match.group(1).rpartition(".")[2] for match in _NAMED_FIELD.finditer(words)]
    spoken = [match.group() for match in _WORD.finditer(words)]
    pairs = [one + other for one, other in pairwise(spoken)]
    candidates: Iterator[str | None] = (
        WORDS.get(word.casefold()) for word in (*named, *pairs, *spoken)
    )
    return next(filter(None, candidates), None)


def _reference(words: str, message_id: object) -> str | None:
    match = _VISMA_ID.search(words)
    if match is None and isinstance(message_id, str):
        match = _MESSAGE_ID.fullmatch(message_id.strip())
    return match.group(1) if match else None


def _found(row: VismaRow, path: str) -> str:
    value: Any = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return single_value(value)


def text_in(row: VismaRow, name: str) -> str:
    """A member as text."""
    return single_value(row.get(name))


def single_value(value: object) -> str:
    """A single value without the padding of Visma's keys; nothing for all else.

    Of a text that no field of the ERP can hold only the beginning is kept.
    """
    is_single = isinstance(value, str | int | float) and not isinstance(value, bool)
    return str(value).strip()[:LONGEST_VALUE] if is_single else ""


def _int(row: VismaRow, name: str) -> int | None:
    value = row.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def segment_rows(dimension: VismaRow) -> list[VismaRow]:
    """The segments of a dimension, as Visma sends them."""
    return objects_under(dimension, "segments")


def objects_under(row: VismaRow, name: str) -> list[VismaRow]:
    """The objects in a list under this name."""
    value = row.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
