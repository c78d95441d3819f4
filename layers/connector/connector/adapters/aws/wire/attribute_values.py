"""Values as DynamoDB has them on the wire: `{"S": "text"}`. Knows neither tables nor requests.

boto3's own classes for this would load the whole of its resources with every cold start; a test
compares the two.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

AttributeValue: TypeAlias = Mapping[str, Any]
"""One value under the one letter of its type."""


def to_attribute(value: Any) -> AttributeValue:
    """A plain value as DynamoDB wants it.

    Raises:
        TypeError: DynamoDB has nothing for a value like this.
    """
    if isinstance(value, str):
        return {"S": value}
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, Mapping):
        return {"M": {str(name): to_attribute(inner) for name, inner in value.items()}}
    if isinstance(value, list | tuple):
        return {"L": [to_attribute(inner) for inner in value]}
    return {"N": _number(value)}


def from_attribute(attribute: AttributeValue) -> Any:
    """A stored value as a plain one: whole numbers as int, others as float, sets as sorted lists.

    Raises:
        TypeError: it is of a type that the connector never stores.
    """
    ((kind, value),) = attribute.items()
    if kind not in _READERS:
        raise TypeError(f"an attribute of the type {kind} is not one of the connector's")
    return _READERS[kind](value)


def plain_members(members: Mapping[str, AttributeValue]) -> dict[str, Any]:
    """The same for several, by their names; nearly all of them are texts."""
    return {
        name: inner["S"] if "S" in inner else from_attribute(inner)
        for name, inner in members.items()
    }


def _number(value: Any) -> str:
    if isinstance(value, int | Decimal) or (isinstance(value, float) and math.isfinite(value)):
        return str(value)
    raise TypeError(f"DynamoDB stores no value like a {type(value).__name__}")


def _plain_number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(number)


def _as_it_is(value: Any) -> Any:
    return value


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "S": _as_it_is,
    "N": _plain_number,
    "M": plain_members,
    "L": lambda members: [from_attribute(inner) for inner in members],
    "BOOL": _as_it_is,
    "NULL": lambda _: None,
    "SS": sorted,
    "NS": lambda numbers: sorted(map(_plain_number, numbers)),
}
