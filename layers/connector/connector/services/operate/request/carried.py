"""What the command adds to a request when it asks on, beside what the operator typed."""

from __future__ import annotations

from enum import Enum, auto


class Carried(Enum):
    """The types that such a member can have."""

    TEXT = auto()
    TEXTS = auto()
    FLAG = auto()
    COUNT = auto()
    MOMENT = auto()
    """A time with its zone."""

    PLACE = auto()
    """Where a page of the audit ended: time, person, number."""

    TEXT_BY_TEXT = auto()
    ROWS = auto()
    """What a plan asks for: person, company, digest, number of each."""
