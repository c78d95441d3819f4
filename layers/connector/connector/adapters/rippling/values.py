"""Reading single values from Rippling's JSON, forgiving about everything missing, null or new.

Both APIs share these; what a row means is in the two wires.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from connector.domain.people import EmploymentStatus, Pay

Row: TypeAlias = Mapping[str, Any]
"""A JSON object as Rippling sends it."""

EXPANDS = ("user", "department", "employment_type", "legal_entity")
"""What the REST API is asked to expand in a worker's row, and what `ping` therefore tries."""


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


def status_of(value: object) -> EmploymentStatus:
    """The status of an employment; a word that is new is unknown."""
    try:
        return EmploymentStatus(text(value) or "")
    except ValueError:
        return EmploymentStatus.UNKNOWN


def shown_text(row: Row, name: str) -> str | None:
    """The text of a member; None where the member is not shown at all."""
    return text(row[name]) or "" if name in row else None


def object_in(value: object) -> Row:
    """A JSON object; an empty one for all else."""
    return value if isinstance(value, dict) else {}


def list_in(value: object) -> list[Any]:
    """A JSON list; an empty one for all else."""
    return value if isinstance(value, list) else []


def objects_in(value: object) -> list[Row]:
    """The objects of a JSON list."""
    return [entry for entry in list_in(value) if isinstance(entry, dict)]
