"""Rows that companies share: written once in the file, and part of each company that includes them.

Only the file knows of them. Before a mapping is made of it, each company gets its copy; what is
wrong with a copy is told of the place where the row was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, TypeAlias

from pydantic import Field, ValidationError, ValidationInfo, field_validator

from connector.domain.facts import alike
from connector.domain.mapping.base import Key, MappingModel, did_you_mean, found
from connector.domain.mapping.closed_words import items, member
from connector.domain.mapping.model import MOST_RULES, CompanyRules
from connector.domain.mapping.problems import INCLUDE, SHARED, SHARED_KINDS, message
from connector.domain.mapping.rules.class_rules import ClassRule
from connector.domain.mapping.rules.places import DepartmentRule, refuse_rows_for_the_same
from connector.domain.mapping.source.document import Document, Steps

MOST_SHARED = 20_000
"""So many rows and rules all companies together may include."""

TOO_MANY = f"the companies include more than {MOST_SHARED} rows together; share fewer"
UNUSED = "no company includes it; include it in one, or leave it out"

Told: TypeAlias = tuple[Steps, str]
"""A place in the file, and what is wrong there."""


class SharedRows(MappingModel):
    """Rows and rules under a name, for every company that includes it."""

    departments: tuple[DepartmentRule, ...] = ()
    employee_classes: tuple[ClassRule, ...] = Field(default=(), max_length=MOST_RULES)

    @field_validator("departments")
    @classmethod
    def _rows_speak_once(
        cls, rows: tuple[DepartmentRule, ...], info: ValidationInfo
    ) -> tuple[DepartmentRule, ...]:
        refuse_rows_for_the_same(str(info.field_name), rows)
        return rows


class WrittenCompany(CompanyRules):
    """A company as it is written: its own rules, and the names of those that it shares."""

    include: tuple[Key, ...] = ()


class WrittenMapping(MappingModel):
    """A mapping as it is written."""

    shared: dict[Key, SharedRows] = Field(default_factory=dict)
    companies: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,30}$")], WrittenCompany] = (
        Field(min_length=1)
    )


def expanded(file: Document) -> tuple[Document, list[Told]]:
    """The file with what companies include written out, and what is wrong with the including."""
    if not isinstance(file.plain, dict) or not _shares(file.plain):
        return file, []
    reading = _Expansion(member(file.plain, SHARED))
    companies = member(file.plain, "companies")
    plain = {key: value for key, value in file.plain.items() if key != SHARED}
    if isinstance(companies, dict):
        plain["companies"] = {
            company: reading.company(company, part) for company, part in companies.items()
        }
    problems = [*reading.problems, *reading.wrong_in_shared()]
    return replace(file, plain=plain, origins=reading.origins), problems


def _shares(plain: Mapping[str, Any]) -> bool:
    companies = member(plain, "companies")
    parts = companies.values() if isinstance(companies, dict) else ()
    return SHARED in plain or any(isinstance(part, dict) and INCLUDE in part for part in parts)


@dataclass(slots=True)
class _Expansion:
    """Companies being written out."""

    shared: Any
    origins: dict[Steps, Steps] = field(default_factory=dict)
    problems: list[Told] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    copied: int = 0

    def company(self, company: str, part: Any) -> Any:
        """A company with a copy of what it includes, behind its own."""
        if not isinstance(part, dict) or INCLUDE not in part:
            return part
        names = list(self._names(company, part[INCLUDE]))
        written = {key: value for key, value in part.items() if key != INCLUDE}
        for kind in SHARED_KINDS:
            own = part.get(kind, [])
            if isinstance(own, list) and (kind in part or names):
                written[kind] = [*own, *self._copies(company, kind, own, names)]
        return written

    def _names(self, company: str, included: Any) -> Iterator[str]:
        """The blocks that a company includes, as far as there are such."""
        place: Steps = ("companies", company, INCLUDE)
        if not isinstance(included, list):
            wrong = f"{found(included)} stands where a list, such as [a, b], belongs"
            self.problems.append((place, wrong))
            return
        known = self.shared if isinstance(self.shared, dict) else {}
        for position, name in items(included):
            if not isinstance(name, str) or name not in known:
                told = f"{found(name)} names nothing under {SHARED}{did_you_mean(name, known)}"
                self.problems.append(((*place, position), told))
            elif name in included[:position]:
                self.problems.append(((*place, position), f"{name} stands here a second time"))
            else:
                self.used.add(name)
                yield name

    def _copies(self, company: str, kind: str, own: list[Any], names: list[str]) -> Iterator[Any]:
        """The shared rows of a kind but those for departments that the company has rows for."""
        mine = {alike(word) for word in map(_word, own) if word}
        place = len(own)
        for name in names:
            for position, row in items(member(self.shared[name], kind)):
                if kind == "departments" and alike(_word(row)) in mine:
                    continue
                self.copied += 1
                if self.copied > MOST_SHARED:
                    self.problems.append((("companies", company, INCLUDE), TOO_MANY))
                    return
                here: Steps = ("companies", company, kind, place)
                self.origins[here] = (SHARED, name, kind, position)
                place += 1
                yield row

    def wrong_in_shared(self) -> Iterator[Told]:
        """What is wrong with the shared rows as such."""
        if not isinstance(self.shared, dict):
            if self.shared is not None:
                wrong = f"{found(self.shared)} stands where a map of keys and values belongs"
                yield (SHARED,), wrong
            return
        for name, block in self.shared.items():
            if name not in self.used:
                yield (SHARED, name), UNUSED
            try:
                SharedRows.model_validate(block)
            except ValidationError as error:
                for problem in error.errors():
                    steps: Steps = (SHARED, name, *problem["loc"])
                    yield steps, message({**problem, "loc": steps})


def _word(row: Any) -> str:
    word = member(row, "rippling")
    return word if isinstance(word, str) else ""
