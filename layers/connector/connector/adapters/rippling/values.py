"""Reading single values from Rippling's JSON, forgiving about everything missing, null or new.

Both APIs share these; what a row means is in the two wires.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias, TypeVar

from connector.domain.changes import is_reference
from connector.domain.facts import EMPTY, UNKNOWN, Fact, Known
from connector.domain.people import EmploymentStatus, Pay

T = TypeVar("T")

FIRST_YEAR, LAST_YEAR = 1900, 2999
"""No day or time outside these years is one: systems write 0001 for "none", 9999 for "no end"."""

LONGEST_TEXT = 1_000
_BROKEN = re.compile("[\ud800-\udfff\ufffd]")
HUGE = 10**40
"""No number of this size means anything, and the text of one may be endless."""

Row: TypeAlias = Mapping[str, Any]
"""A JSON object as Rippling sends it."""

EXPANDS = ("user", "department", "employment_type", "legal_entity")
"""What the REST API is asked to expand in a worker's row, and what `ping` therefore tries."""


def moment(value: object) -> datetime | None:
    """A time stamp in UTC; one without an offset is UTC already. None in a year that is no year."""
    try:
        stamp = datetime.fromisoformat(value.strip() if isinstance(value, str) else "")
        found = stamp.astimezone(UTC) if stamp.tzinfo else stamp.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def day(value: object) -> date | None:
    """A calendar day; of a longer time stamp its first ten characters."""
    try:
        found = date.fromisoformat(value.strip()[:10] if isinstance(value, str) else "")
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def text(value: object) -> str | None:
    """A single value as text; None for what is blank, no single value, or cannot be a text."""
    if not isinstance(value, str):
        return _number_as_text(value)
    plain = value.strip()
    return plain if plain and is_text(plain) else None


def _number_as_text(value: object) -> str | None:
    """A number or a truth value as text; nothing for what is neither."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        if not (math.isfinite(value) and value.is_integer()):
            return str(value)
        value = int(value)
    return str(value) if isinstance(value, int) and abs(value) < HUGE else None


def is_odd_value(value: object) -> bool:
    """Whether a value says something that is no single value and cannot be read as one."""
    is_blank = isinstance(value, str) and not value.strip()
    return value is not None and not is_blank and value != [] and text(value) is None


def is_text(plain: str) -> bool:
    """Whether something can be stored and sent: not too long, and no character in it is broken."""
    return len(plain) <= LONGEST_TEXT and (plain.isascii() or not _BROKEN.search(plain))


def fact_of(row: Row, name: str, read: Callable[[object], T | None], *, hidden: bool) -> Fact[T]:
    """The fact in a member: unknown where it is hidden, left out, or cannot be read."""
    if hidden or name not in row:
        return UNKNOWN
    return fact_in(row[name], read)


def fact_in(value: object, read: Callable[[object], T | None]) -> Fact[T]:
    """The fact in a value that is shown: null and blank are empty, nonsense is unknown."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return EMPTY
    found = read(value)
    return UNKNOWN if found is None else Known(found)


def number_text(value: object) -> str | None:
    """A number that people are known by; a truth value or an infinite number is none."""
    is_number = not isinstance(value, bool) and not (
        isinstance(value, float) and not math.isfinite(value)
    )
    return text(value) if is_number else None


def pay_of(value: object, currency: object, effective_on: date | None = None) -> Fact[Pay]:
    """The pay in a number or a numeric text; unknown where it is no amount of any currency."""
    if value is None and currency is None:
        return EMPTY
    try:
        amount, money = Decimal(text(value) or ""), text(currency)
    except InvalidOperation:
        return UNKNOWN
    is_money = money is not None and amount.is_finite() and 0 <= amount < HUGE
    return Known(Pay(amount, str(money).upper(), effective_on)) if is_money else UNKNOWN


def reference_in(value: object) -> str | None:
    """An id that can be kept, sent and asked for; None for any other."""
    plain = text(value)
    return plain if is_reference(plain) else None


def status_of(value: object) -> EmploymentStatus:
    """The status of an employment; a word that is new is unknown."""
    try:
        return EmploymentStatus(text(value) or "")
    except ValueError:
        return EmploymentStatus.UNKNOWN


def shown_text(row: Row, name: str) -> str | None:
    """The text of a member; None where it is not shown, or shows what cannot be read."""
    if name not in row:
        return None
    value = row[name]
    return "" if value is None or value == "" else plain_or_none(value)


def plain_or_none(value: object) -> str | None:
    """The text of a value that is shown, empty where it is blank; None where it is nonsense."""
    if isinstance(value, str) and not value.strip():
        return ""
    return text(value)


def object_in(value: object) -> Row:
    """A JSON object; an empty one for all else."""
    return value if isinstance(value, dict) else {}


def list_in(value: object) -> list[Any]:
    """A JSON list; an empty one for all else."""
    return value if isinstance(value, list) else []


def objects_in(value: object) -> list[Row]:
    """The objects of a JSON list."""
    return [entry for entry in list_in(value) if isinstance(entry, dict)]
