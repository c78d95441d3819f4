"""Visma.net ERP as the services see it: one target for each company."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:  # the webhook loads this file, and must not load the mapping with it
    from connector.domain.catalogue import Part
    from connector.domain.employees import Employee, Fields, Written


@dataclass(frozen=True, slots=True)
class Sample:
    """What the first page of a company's employees tells of the company, and of the calls left.

    `count` is how many employees there are in all, where Visma says so; `employees` are those of
    the page.
    """

    shown: int
    count: int | None = None
    classes: frozenset[str] = frozenset()
    calendars: frozenset[str] = frozenset()
    calls_left: int | None = None
    calls_limit: int | None = None
    employees: tuple[Employee, ...] = field(default=(), repr=False)

    @property
    def first(self) -> Employee | None:
        """The first of the page, where there is any."""
        return next(iter(self.employees), None)


@dataclass(frozen=True, slots=True)
class Listing:
    """All employees that the list of a company shows.

    `is_whole` is false where that are fewer than the list itself says there are: then it tells
    nothing of whoever is not on it.
    """

    employees: tuple[Employee, ...] = field(default=(), repr=False)
    is_whole: bool = True


class VersionShown(StrEnum):
    """Where Visma shows the version of an employee: the ETag of the answer, or its timeStamp."""

    AGREES = "agrees"
    ALTERED = "altered"
    """Header and body mean the same; a gateway has changed the form of the header."""

    DIFFERS = "differs"
    ONLY_BODY = "only body"
    ONLY_HEADER = "only header"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class SingleReads:
    """How a company answers about one employee at a time.

    `missing` is the status and the media type for an employee that cannot exist. The first one of
    the list may be shown under its number, or another or none; None where the list is empty.
    """

    missing: str
    is_missing_understood: bool
    is_first_shown: bool | None = None
    version: VersionShown | None = None


class Target(Protocol):
    """One company of Visma.net ERP.

    * A write is sent at most once a call. Where its answer is lost, `UnknownOutcomeError`.
    * `ConflictError` when the employee changed since `etag`; `RefusedError` when Visma says no.
    """

    def read(self, code: str) -> Employee | None:
        """The employee with this code, or None."""

    def create(self, code: str, fields: Fields) -> Written:
        """Creates the employee. The code that Visma really gave is in the answer."""

    def update(self, code: str, fields: Fields, *, identity: Fields, etag: str | None) -> Written:
        """Writes the given fields if the employee still is at version `etag`, where one is known.

        `identity` are last name and e-mail as they are, which Visma wants repeated.
        """

    def rename(self, employee_id: int, new_code: str) -> None:
        """Gives an employee another code. Only an operator asks for this."""

    def catalogue(
        self, parts: Iterable[Part], cost_centre_segment: int | None
    ) -> Mapping[Part, Any]:
        """Some parts of the company's catalogue, one call each.

        Without a segment there are no cost centres, and departments come without theirs.
        """

    def employees(self) -> Iterator[Employee]:
        """Every employee of the company."""

    def all_employees(self) -> Listing:
        """The same at once, for whoever concludes something from somebody's absence."""

    def sign_in(self) -> tuple[str, ...]:
        """Signs in again; the rights that were asked for and not given, where Visma says so."""

    def segments(self) -> Mapping[int, str]:
        """The segments of a sub-account, by number, with their names."""

    def sample(self) -> Sample:
        """What the first page of employees tells."""

    def single_reads(self, first: Employee | None) -> SingleReads:
        """How the company answers about the first employee, and about one that cannot exist."""


class Targets(Protocol):
    """The companies of Visma.net ERP."""

    def company(self, key: str) -> Target:
        """The target for one company of the mapping."""
