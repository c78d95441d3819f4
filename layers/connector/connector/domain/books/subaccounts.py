"""How a whole sub-account gives a cost centre: the value of one of its segments.

Balances name a sub-account by its id, by its number, or by its number with separators; journal
lines bring their segments with them. Leading zeros and padding are kept as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from connector.domain.catalogue import canonical

SEPARATORS = str.maketrans("", "", "-./ ")


class Where(StrEnum):
    """Why a posting is on no cost centre of the mapping."""

    NO_COST_CENTRE = "without a cost centre"
    NOT_MAPPED = "not mapped"


@dataclass(frozen=True, slots=True)
class SubAccount:
    """One sub-account with the values of its segments, by their numbers."""

    id: int | None
    number: str
    segments: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SubAccountName:
    """How a row names its sub-account; any of it may be missing."""

    id: int | None = None
    number: str = ""
    segments: Mapping[int, str] = field(default_factory=dict)

    @property
    def is_given(self) -> bool:
        """Whether the row has a sub-account at all."""
        return self.id is not None or bool(self.number.strip()) or bool(self.segments)


class SubAccounts:
    """The sub-accounts of a company, found by however a row names them."""

    def __init__(self, rows: Iterable[SubAccount]) -> None:
        known = list(rows)
        self._by_id = {row.id: row for row in known if row.id is not None}
        self._by_number = {bare(row.number): row for row in known}

    def find(self, name: SubAccountName) -> SubAccount | None:
        """The sub-account that a row names, or None."""
        by_id = self._by_id.get(name.id) if name.id is not None else None
        return by_id or self._by_number.get(bare(name.number))

    def key(self, name: SubAccountName) -> str:
        """One text for one sub-account, however a row names it; empty where it names none."""
        known = self.find(name)
        number = known.number if known else name.number
        return bare(number) or (f"id {name.id}" if name.id is not None else "")

    def cost_centre(self, name: SubAccountName, segment: int) -> str | None:
        """The value of a segment; None where the sub-account is unknown, or has no such segment."""
        value = name.segments.get(segment)
        if value is None and (known := self.find(name)):
            value = known.segments.get(segment)
        return value.strip() if value is not None else None


@dataclass(frozen=True, slots=True)
class Places:
    """Which values of the segment are cost centres that the mapping or the people know."""

    known: frozenset[str]

    @classmethod
    def of(cls, codes: Iterable[str | None]) -> Places:
        """The places with these codes."""
        return cls(frozenset(canonical(code) for code in codes if code))

    def place(self, value: str | None, *, is_given: bool) -> str | Where:
        """The cost centre, or why there is none."""
        if not is_given or (value is not None and is_neutral(value)):
            return Where.NO_COST_CENTRE
        if value is None or canonical(value) not in self.known:
            return Where.NOT_MAPPED
        return canonical(value)


def is_neutral(value: str) -> bool:
    """Whether a segment's value stands for no cost centre: nothing, or nothing but zeros."""
    return not value.strip().strip("0")


def bare(number: str) -> str:
    """A sub-account's number without the separators and the padding that some rows have."""
    return number.translate(SEPARATORS).upper()
