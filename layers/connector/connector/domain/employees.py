"""The employee as Visma holds it: which fields there are, which of them are personal.

One flat dictionary from field path to text stands for an employee everywhere; the Visma adapter
alone knows the nested, wrapped shape on the wire.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from connector.domain.records.digests import Seal

BUSINESS_FIELDS = ("status", "department", "branch", "employee_class", "calendar")

PERSONAL_FIELDS = (
    "contact.first_name",
    "contact.middle_name",
    "contact.last_name",
    "contact.email",
    "contact.phone1",
    "contact.phone2",
    "address.line1",
    "address.line2",
    "address.line3",
    "address.postal_code",
    "address.city",
    "address.country",
)

FIELDS = BUSINESS_FIELDS + PERSONAL_FIELDS

REQUIRED_TO_CREATE = (
    "department",
    "branch",
    "employee_class",
    "calendar",
    "contact.last_name",
    "contact.email",
)

IDENTITY = ("contact.last_name", "contact.email")
"""The fields that Visma wants repeated in every update, changed or not."""

EMAIL = "contact.email"

DIMENSION = "EMPLOYEE"
"""The dimension of Visma whose key says what an employee code looks like."""

ACTIVE = "Active"
INACTIVE = "Inactive"

Fields: TypeAlias = Mapping[str, str]
"""Field path to text. A path left out is unknown; an empty text is empty."""

StoredValues: TypeAlias = Mapping[str, str]
"""Field path to stored value: business fields in clear, personal ones as hashes."""


@dataclass(frozen=True, slots=True)
class Employee:
    """An employee as read from Visma.

    `modified` is when it was changed last, as Visma shows it: which zone that is, it does not say.
    """

    code: str
    fields: Fields = field(repr=False)
    etag: str | None = None
    employee_id: int | None = None
    modified: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Written:
    """What Visma said after a write: the code it gave and the version the employee now has.

    Visma's own id is there where the employee was read in answer to the write.
    """

    code: str
    etag: str | None = None
    employee_id: int | None = None


def stored_value(path: str, value: str, seal: Seal) -> str:
    """The form in which a value is stored: business in clear, personal as a keyed digest."""
    plain = value.strip()
    return plain if path in BUSINESS_FIELDS or not plain else seal.of(path, plain)


def stored_values(fields: Fields, seal: Seal) -> dict[str, str]:
    """The marks of all fields."""
    return {path: stored_value(path, value, seal) for path, value in fields.items()}


def readable(stored: StoredValues, seal: Seal) -> dict[str, str]:
    """The marks that say something: personal ones made with another key, or with none, do not."""
    return {
        path: value for path, value in stored.items() if path in BUSINESS_FIELDS or seal.made(value)
    }


def is_readable(stored: StoredValues, seal: Seal) -> bool:
    """Whether every mark says something."""
    return len(readable(stored, seal)) == len(stored)


def proof_of(address: str, seal: Seal) -> str:
    """The stored proof of identity, from an e-mail address; empty where there is none."""
    return stored_value("contact.email", address.casefold(), seal)


def same(path: str, one: str, other: str) -> bool:
    """True where two marks of a field mean the same; Visma's codes know no case."""
    if path in BUSINESS_FIELDS:
        return one.strip().casefold() == other.strip().casefold()
    return one == other


NAMES = ("contact.last_name", "contact.first_name")

NOTHING: Fields = {}


def shows_same(
    written: StoredValues, shown: StoredValues, seal: Seal, desired: Fields = NOTHING
) -> bool | None:
    """Whether an employee that Visma shows is the one that was written; None where nothing tells.

    The address has to be as it was written, or as it is desired now, or both names: one name alone
    is shared by many. A digest that was made with another key says nothing, unless it is known what
    is desired.
    """
    told = [
        path
        for path in (EMAIL, *NAMES)
        if written.get(path) and (seal.made(written[path]) or path in desired)
    ]
    if not told:
        return None
    wanted = {path: stored_value(path, desired[path], seal) for path in told if path in desired}
    alike = {
        path: any(same(path, shown[path], each[path]) for each in (written, wanted) if path in each)
        for path in told
        if shown.get(path)  # nothing beside nothing tells no one apart
    }
    return _is_alike(alike)


def _is_alike(alike: Mapping[str, bool]) -> bool | None:
    """Whether address and names, as far as they can be compared, are those of one employee."""
    names = [alike.get(path) for path in NAMES]
    if alike.get(EMAIL):  # which may be a family's or an office's
        return names != [False, False]
    if any(names) and False not in alike.values():
        return True if all(names) else None
    return all(names)


CUT_AT = 30
"""A text at least so long that another one begins with may have been cut by Visma."""


def reads_as(path: str, wanted: str, shown: str) -> bool:
    """Whether Visma shows a wanted text in a form of its own: trimmed, lowered, formatted, cut."""
    if path in BUSINESS_FIELDS or not wanted.strip() or not shown.strip():
        return False
    plain, read = _plain(path, wanted), _plain(path, shown)
    is_cut = len(shown.strip()) >= CUT_AT and plain.startswith(read)
    return bool(read) and (plain == read or is_cut)


def is_answer_to(sent: Fields, employee: Employee) -> bool:
    """Whether an employee that was read after a write is the one to whom these fields were sent.

    The address tells, or the last name where none was sent; where neither was, nothing can.
    """
    path = next((path for path in (EMAIL, *IDENTITY) if sent.get(path, "").strip()), None)
    return path is None or reads_as(path, sent[path], employee.fields.get(path, ""))


def written_to(code: str, sent: Fields, shown: Employee) -> Written:
    """What a write to this code has made, by the employee shown after it.

    A version is taken from no employee but the one that shows what was sent.
    """
    if not is_answer_to(sent, shown):
        return Written(code)
    return Written(code, shown.etag, shown.employee_id)


def is_made_of(sent: Fields, employee: Employee) -> bool:
    """Whether an employee under a code that nobody asked for is the one just made of these fields.

    It has to have the address, which may be somebody else's as well, and no other name.
    """
    shown = employee.fields
    named = [path for path in NAMES if sent.get(path, "").strip() and shown.get(path, "").strip()]
    return reads_as(EMAIL, sent.get(EMAIL, ""), shown.get(EMAIL, "")) and all(
        reads_as(path, sent[path], shown[path]) for path in named
    )


def _plain(path: str, text: str) -> str:
    """What is left of a text when its form is taken away."""
    composed = unicodedata.normalize("NFKC", text).casefold()
    if path.startswith("contact.phone"):
        return "".join(filter(str.isdigit, composed)).removeprefix("00")
    if path == "address.postal_code":
        return "".join(filter(str.isalnum, composed))
    return " ".join(composed.split())


def row_version(etag: str) -> str:
    """The row version in an ETag: lists give it without quotation marks, gateways add to it."""
    plain = etag.strip().removeprefix("W/").strip('"')
    for added in ("-gzip", ";gzip", "-br", "--gzip"):
        plain = plain.removesuffix(added)
    return plain
