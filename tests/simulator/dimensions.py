"""Visma's segmented keys: dimensions, their segments, and the values of a segment.

The cost centre is a value of one segment of `SUBACCOUNT`. Records and rules only; no HTTP.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, UUID, uuid5

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class RefusedError(ValueError):
    """A write that Visma refuses, with the status and the words of the refusal."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


@dataclass(frozen=True)
class Version:
    """When a record was last written, and its row version."""

    number: int
    at: datetime

    @property
    def stamp(self) -> str:
        """The row version as Visma shows it, and as `If-Match` must quote it."""
        return base64.b64encode(self.number.to_bytes(8, "big")).decode()

    @property
    def shown(self) -> str:
        """The time of the last write, without a zone as Visma gives it."""
        return self.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")


@dataclass
class SegmentValue:
    """One value of a segment."""

    value: str
    description: str
    version: Version
    is_active: bool = True


@dataclass
class Segment:
    """One segment of a dimension."""

    number: int
    description: str
    length: int
    version: Version
    values: dict[str, SegmentValue] = field(default_factory=dict)
    is_auto_number: bool = False


@dataclass
class Dimension:
    """A segmented key."""

    name: str
    description: str
    segments: dict[int, Segment] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """How many characters a whole key has."""
        return sum(segment.length for segment in self.segments.values())


def public_id(*parts: object) -> str:
    """The same id each time for the same thing."""
    return str(_uuid(*parts))


def show_dimension(dimension: Dimension, *, with_values: bool) -> dict[str, Any]:
    """A dimension as the API reads it."""
    return {
        "id": dimension.name,
        "length": dimension.length,
        "description": dimension.description,
        "segments": [
            show_segment(dimension, segment, with_values=with_values)
            for segment in dimension.segments.values()
        ],
    }


def show_segment(
    dimension: Dimension, segment: Segment, *, with_values: bool = True
) -> dict[str, Any]:
    """A segment as the API reads it."""
    identity = public_id(dimension.name, segment.number)
    shown = {
        "internalId": identity,
        "segmentId": segment.number,
        "description": segment.description,
        "length": segment.length,
        "publicId": identity,
        "timeStamp": segment.version.stamp,
        "lastModified": segment.version.shown,
        "validate": bool(segment.values),
        "isAutoNumber": segment.is_auto_number,
        "consolNumChar": 0,
        "consolOrder": segment.number,
    }
    if with_values:
        values = segment.values.values()
        shown["segmentValues"] = [_show_value(dimension, segment, one) for one in values]
    return shown


def change_values(
    segment: Segment, changes: list[Mapping[str, Any]], version: Callable[[], Version]
) -> None:
    """Applies a list of value changes to a segment, all or none."""
    values = dict(segment.values)
    for change in changes:
        value = str(change.get("value", ""))
        match change.get("operation"):
            case "Insert":
                values[value] = _inserted(segment, values, value, change, version())
            case "Update":
                values[value] = _updated(values, value, change, version())
            case "Delete":
                _known(values, value)
                del values[value]
            case other:
                raise RefusedError(f"Operation {other} is not valid.", 500)
    segment.values = values
    segment.version = version()


def _inserted(
    segment: Segment,
    values: Mapping[str, SegmentValue],
    value: str,
    change: Mapping[str, Any],
    version: Version,
) -> SegmentValue:
    if value in values:
        raise RefusedError(f"The segment value {value} exists already.", 500)
    if not value or len(value) > segment.length:
        raise RefusedError(f"The segment value {value} does not fit {segment.length}.", 500)
    return SegmentValue(
        value, _wrapped(change, "description", ""), version, _is_active(change, True)
    )


def _updated(
    values: Mapping[str, SegmentValue], value: str, change: Mapping[str, Any], version: Version
) -> SegmentValue:
    known = _known(values, value)
    description = _wrapped(change, "description", known.description)
    return SegmentValue(value, description, version, _is_active(change, known.is_active))


def _known(values: Mapping[str, SegmentValue], value: str) -> SegmentValue:
    if value not in values:
        raise RefusedError(f"The segment value {value} cannot be found in the system.", 500)
    return values[value]


def _wrapped(change: Mapping[str, Any], name: str, default: str) -> str:
    return str(change.get(name, {}).get("value", default))


def _is_active(change: Mapping[str, Any], default: bool) -> bool:
    return bool(change.get("active", {}).get("value", default))


def _show_value(dimension: Dimension, segment: Segment, one: SegmentValue) -> dict[str, Any]:
    identity = public_id(dimension.name, segment.number, one.value)
    return {
        "internalId": identity,
        "segmentId": segment.number,
        "valueId": one.value,
        "description": one.description,
        "publicId": identity,
        "active": one.is_active,
        "timeStamp": one.version.stamp,
        "lastModified": one.version.shown,
    }


def _uuid(*parts: object) -> UUID:
    return uuid5(NAMESPACE_URL, "/".join(str(part) for part in parts))
