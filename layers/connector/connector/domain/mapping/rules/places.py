"""What a department, a work location and a legal entity of Rippling are in Visma, row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator, ValidationError

from connector.domain.facts import alike
from connector.domain.mapping.base import Code, Key, MappingModel, Text, given
from connector.domain.mapping.rules.conditions import Circumstances
from connector.domain.mapping.rules.validity import Dated

MARK = ": "
"""Stands between what a row names and its conditions, wherever a row is called by one text."""

ALWAYS = Circumstances()


def _none_if_empty(when: Circumstances | None) -> Circumstances | None:
    return when if when and when.plain else None


When = Annotated[Circumstances | None, BeforeValidator(given), AfterValidator(_none_if_empty)]
"""Conditions of a row; none where nothing is asked."""


class OfficeAddress(MappingModel):
    """The address that the people of a location get instead of their own."""

    line1: Text = ""
    postal_code: Text = ""
    city: Text = ""
    country: Text = ""


class DepartmentRule(Dated):
    """A Rippling department (by id, reference code or exact name) and what it is in Visma.

    With conditions it holds of those of its people alone of whom they all hold.
    """

    rippling: Key
    when: When = None
    department: Code
    cost_centre: Code | None = None

    @property
    def word(self) -> str:
        """By what it names the department."""
        return self.rippling

    @property
    def conditions(self) -> Circumstances:
        """What must hold of a worker besides."""
        return self.when or ALWAYS

    @property
    def outcome(self) -> Hashable:
        """What it says."""
        return self.department, self.cost_centre

    @property
    def label(self) -> str:
        """How the row is called: by what it names, and its conditions."""
        return called(self, self.rippling)


class LocationRule(Dated):
    """A Rippling work location (by id or exact name) and what it is in Visma."""

    rippling: Key
    branch: Code
    calendar: Code | None = None
    address: OfficeAddress | None = None

    @property
    def word(self) -> str:
        """By what it names the location."""
        return self.rippling

    @property
    def conditions(self) -> Circumstances:
        """None: a row holds of everyone at the location."""
        return ALWAYS

    @property
    def label(self) -> str:
        """How the row is called."""
        return called(self, self.rippling)


class BranchRule(Dated):
    """A legal entity in Rippling (by id or exact legal name) and the branch of its people.

    It goes before the branch of a location. With conditions it holds of those alone of whom they
    all hold.
    """

    legal_entity: Key
    when: When = None
    branch: Code

    @property
    def word(self) -> str:
        """By what it names the legal entity."""
        return self.legal_entity

    @property
    def conditions(self) -> Circumstances:
        """What must hold of a worker besides."""
        return self.when or ALWAYS

    @property
    def outcome(self) -> Hashable:
        """What it says."""
        return self.branch

    @property
    def label(self) -> str:
        """How the row is called: by what it names, and its conditions."""
        return called(self, self.legal_entity)


PlaceRule: TypeAlias = DepartmentRule | LocationRule | BranchRule


def called(row: PlaceRule, word: str) -> str:
    """How a row is called: `Production: location Oslo, from 2027-01-01`."""
    plain = row.conditions.plain.items()
    conditions = (*(f"{name.replace('_', ' ')} {text}" for name, text in plain), *row.time)
    return f"{word}{MARK}{', '.join(conditions)}" if conditions else word


def words_in(called_so: str) -> set[str]:
    """Every word by which a row that is called so may name its thing, in the form for comparing.

    `Oslo: Aker` may be the row of a place of that name, or one of several rows for Oslo: behind the
    mark anything may stand in a row that was entered by hand.
    """
    parts = called_so.split(MARK)
    return {alike(MARK.join(parts[:count])) for count in range(1, len(parts) + 1)}


def refuse_rows_for_the_same(kind: str, rows: Sequence[PlaceRule]) -> None:
    """Refuses a row for what an earlier one is for: under the same conditions, on a same day.

    Raises:
        ValidationError: with the place of each.
    """
    earlier: dict[Hashable, list[PlaceRule]] = defaultdict(list)
    labels: set[str] = set()
    twice: list[Any] = []
    for place, row in enumerate(rows):
        same = earlier[_identity(row)]
        # Of two rows with the same label one would replace the other where rows are stored.
        if row.label in labels or any(row.overlaps(each) for each in same):
            reason = {"error": ValueError(_two_at_once(kind, row, same))}
            twice.append({"type": "value_error", "loc": (place,), "input": row, "ctx": reason})
        same.append(row)
        labels.add(row.label)
    if twice:
        raise ValidationError.from_exception_data(kind, twice)


def _two_at_once(kind: str, row: PlaceRule, same: Sequence[PlaceRule]) -> str:
    other = next(
        (each.label for each in same if row.overlaps(each) and each.label != row.label), ""
    )
    if not other:
        return f"{kind} has more than one row for {row.label}; keep one of them"
    return f"{row.label} holds on the same days as {other}; let one end before the other begins"


def _identity(row: PlaceRule) -> Hashable:
    conditions = row.conditions.plain.items()
    return alike(row.word), frozenset((name, alike(word)) for name, word in conditions)
