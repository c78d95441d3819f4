"""Counts, lists and times as a person would say them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

UNITS = ((1440, "day"), (60, "hour"))


def counted(count: int, one: str, many: str = "") -> str:
    """A number of things; none are "no" things."""
    return f"{count or 'no'} {one if count == 1 else many or f'{one}s'}"


def listed(names: Sequence[str], most: int, between: str = ", ") -> str:
    """The first names, and how many more there are."""
    more = len(names) - most
    return between.join([*names[:most], *([f"and {more} more"] if more > 0 else [])])


def moment(time: datetime) -> str:
    """A time to the minute."""
    return f"{time:%Y-%m-%d %H:%M} UTC"


def last_ended(what: str, at: datetime | None, now: datetime) -> str:
    """When something last came to its end."""
    if at is None:
        return f"No {what} has come to its end yet."
    if now - at < timedelta(minutes=1):
        return f"The last {what} ended just now."
    return f"The last {what} ended {lasted(now - at)} ago ({moment(at)})."


def lasted(span: timedelta) -> str:
    """A length of time in the greatest unit of which there are two."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    size, unit = next((each for each in UNITS if minutes >= 2 * each[0]), (1, "minute"))
    return counted(minutes // size, unit)
