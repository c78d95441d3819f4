"""The controller's mapping: its format, its rules of sense, and which rule speaks for whom.

What Visma holds is not looked at here (see `placement`), and neither is where the rows are stored.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from functools import cached_property
from typing import Annotated, Literal, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator, model_validator

from connector.domain.employees import FIELDS
from connector.domain.facts import (
    UNKNOWN,
    Fact,
    Known,
    Named,
    Truth,
    alike,
    any_holds,
    fact,
    says,
)
from connector.domain.mapping.base import Code, Key, MappingModel, Text, Whole, did_you_mean
from connector.domain.mapping.rules.choice import Choice, choose
from connector.domain.mapping.rules.class_rules import ClassRule, first_that_holds, hinges_on_pay
from connector.domain.mapping.rules.conditions import Circumstances
from connector.domain.mapping.rules.examples import Example
from connector.domain.mapping.rules.labour import Labour
from connector.domain.mapping.rules.payroll import PayrollRules
from connector.domain.mapping.rules.places import (
    BranchRule,
    DepartmentRule,
    LocationRule,
    PlaceRule,
    refuse_rows_for_the_same,
)
from connector.domain.mapping.rules.validity import Dated, days_of_change
from connector.domain.people import Facts, Pay

EVERYBODY = "*"
NOT_SHOWN_CLAIM = "?"
"""Claims new people whose legal entity Rippling does not show."""

MOST_RULES = 500
"""So many class rules and examples a company may have: each is compared with all the others."""

CODE_PARTS = ("worker.number", "worker.id", "person.number")

Percent = Annotated[Whole, Field(ge=1, le=100)]
Owner = Literal["rippling", "once", "visma"]
AnyRule = TypeVar("AnyRule")
DATED_LISTS = ("departments", "branches", "locations", "employee_classes")
Rows: TypeAlias = Sequence[PlaceRule]


class Defaults(MappingModel):
    """What holds where no rule says otherwise."""

    branch: Code | None = None
    employee_class: Code | None = None
    calendar: Code | None = None


class Scope(MappingModel):
    """Who is left out, and what happens to someone who is left out from now on."""

    exclude_employment_types: tuple[Key, ...] = ("CONTRACTOR",)
    exclude_countries: tuple[Key, ...] = ()
    exclude_legal_entities: tuple[Key, ...] = ()
    exclude_departments: tuple[Key, ...] = ()
    deactivate_when_out_of_scope: bool = False

    def exclusions(self, facts: Facts) -> Iterator[tuple[str, str, Truth]]:
        """Each exclusion: which fact it is about, its word, and whether it holds of a worker."""
        for key in self.exclude_employment_types:
            yield "employment type", key, facts.employment_type.answers_to(key)
        for key in self.exclude_countries:
            yield "country", key, says(facts.country, key)
        for key in self.exclude_legal_entities:
            yield "legal entity", key, facts.legal_entity.answers_to(key)
        for key in self.exclude_departments:
            yield "department", key, facts.department.answers_to(key)


class Guards(MappingModel):
    """How much of a company may change in a day before a human has to agree."""

    deactivate_percent: Percent = 10
    move_percent: Percent = 25
    create_percent: Percent = 25
    reactivate_percent: Percent = 25
    transfer_percent: Percent = 25
    reclassify_percent: Percent = 25
    rewrite_percent: Percent = 25
    floor: Annotated[Whole, Field(ge=0)] = 5
    first_load: Literal["held", "allowed"] = "held"
    approvers: Annotated[Whole, Field(ge=1, le=2)] = 1


class CompanyRules(MappingModel):
    """Everything the controller decides for one Visma company."""

    legal_entities: tuple[Key, ...] = Field(min_length=1)
    time_zone: Text
    employee_code: Text = "{worker.number}"
    cost_centre_segment: Annotated[Whole, Field(ge=1, le=20)] = 1
    department_custom_field: Key | None = None
    email: Literal["work", "work_or_personal"] = "work"
    defaults: Defaults = Defaults()
    departments: tuple[DepartmentRule, ...] = ()
    branches: tuple[BranchRule, ...] = ()
    locations: tuple[LocationRule, ...] = ()
    employee_classes: tuple[ClassRule, ...] = Field(default=(), max_length=MOST_RULES)
    examples: tuple[Example, ...] = Field(default=(), max_length=MOST_RULES)
    fields: dict[str, Owner] = Field(default_factory=dict)
    lead_days: Annotated[Whole, Field(ge=0, le=60)] = 0
    scope: Scope = Scope()
    guards: Guards = Guards()
    labour: Labour | None = None
    payroll: PayrollRules | None = None
    _written: CompanyRules | None = PrivateAttr(default=None)

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ValueError, OSError, KeyError):
            raise ValueError(
                f"there is no time zone {name!r}; write one like Europe/Oslo"
            ) from None
        return name

    @field_validator("employee_code")
    @classmethod
    def _template_is_known(cls, template: str) -> str:
        try:
            parts = [part for part in string.Formatter().parse(template) if part[1] is not None]
        except ValueError as error:
            raise ValueError(f"the template cannot be read: {error}") from None
        unknown = [part[1] for part in parts if part[1] not in CODE_PARTS]
        if unknown or not parts:
            raise ValueError(f"use {' or '.join('{' + part + '}' for part in CODE_PARTS)}")
        if any(part[2] or part[3] for part in parts):
            raise ValueError("a part cannot be formatted; write {worker.number} alone")
        return template

    @field_validator("fields")
    @classmethod
    def _fields_exist(cls, fields: dict[str, Owner]) -> dict[str, Owner]:
        unknown = sorted(set(fields) - set(FIELDS))
        if unknown:
            hint = did_you_mean(unknown[0], FIELDS)
            has = f"it has {', '.join(FIELDS)}"
            raise ValueError(f"Visma has no field {', '.join(unknown)}{hint}; {has}")
        return fields

    @field_validator("departments", "branches", "locations")
    @classmethod
    def _rows_speak_once(cls, rows: Rows, info: ValidationInfo) -> Rows:
        refuse_rows_for_the_same(str(info.field_name), rows)
        return rows

    def claims(self, legal_entity: Named) -> Truth:
        """Whether this company claims a legal entity by one of its names."""
        return any_holds(map(legal_entity.answers_to, self.claimed))

    @cached_property
    def claimed(self) -> frozenset[str]:
        """The legal entities that this company claims, in the form for comparing them."""
        named = set(self.legal_entities) - {EVERYBODY, NOT_SHOWN_CLAIM}
        return frozenset(map(alike, named))

    @property
    def zone(self) -> tzinfo:
        """The time zone in which this company's days begin."""
        return ZoneInfo(self.time_zone)

    def owner(self, field: str) -> Owner:
        """Who decides a field of an employee."""
        return self.fields.get(field, "rippling")

    def department(self, facts: Facts) -> Choice[DepartmentRule]:
        """The row for a worker's department: by id, reference code, name, else a former name."""
        return choose("department", facts.department, self.departments, facts)

    def branch(self, facts: Facts) -> Choice[BranchRule]:
        """The row for a worker's legal entity, which goes before the branch of the location."""
        return choose("legal_entity", facts.legal_entity, self.branches, facts)

    @property
    def dated(self) -> Sequence[Dated]:
        """Everything that may hold for a time only."""
        return (*self.departments, *self.branches, *self.locations, *self.employee_classes)

    @property
    def written(self) -> CompanyRules:
        """The rules with those as well that do not hold today."""
        return self._written or self

    def on(self, day: date) -> CompanyRules:
        """The rules that hold on a day."""
        whole = self.written
        if all(row.holds_on(day) for row in whole.dated):
            return whole
        holding = {
            kind: tuple(row for row in getattr(whole, kind) if row.holds_on(day))
            for kind in DATED_LISTS
        }
        rules = whole.model_copy(update=holding)
        rules._written = whole
        return rules

    @property
    def conditions(self) -> Iterator[tuple[str, int, Circumstances]]:
        """The conditions of all rows and rules, each with its list and its place there."""
        for kind in ("departments", "branches"):
            rows: Rows = getattr(self, kind)
            yield from ((kind, place, row.conditions) for place, row in enumerate(rows))
        yield from (
            ("employee_classes", place, rule.when)
            for place, rule in enumerate(self.employee_classes)
        )

    def location(self, location: Named) -> Fact[LocationRule]:
        """The row for a Rippling work location: by id, by name, else by a former name."""
        return row_for(location, {alike(row.rippling): row for row in self.locations})

    def taken_from(self, company: str, thing: Named, rows: Rows) -> str:
        """The word by which a row of this company would name a thing; empty if none.

        A word counts where it is another thing's, and no row names this one.
        """
        words = {alike(row.word): row.word for row in rows}
        if any(alike(key) in words for key in thing.keys):
            return ""
        others = thing.others_words(company)
        return next((words[word] for word in others if word in words), "")

    def employee_class(self, facts: Facts, pay: Fact[Pay] = UNKNOWN) -> Fact[ClassRule]:
        """The rule that decides the class of a worker."""
        return first_that_holds(self.employee_classes, facts, pay)

    def hinges_on_pay(self, facts: Facts) -> bool:
        """True where the class of a worker cannot be told without knowing the pay."""
        return hinges_on_pay(self.employee_classes, facts)

    @property
    def uses_pay(self) -> bool:
        """True where any rule of this company asks for pay."""
        return any(rule.when.annual_pay for rule in self.employee_classes)

    def code_for(self, worker_id: str, facts: Facts) -> Fact[str]:
        """The employee code of a new employee; empty where Rippling lacks a part of it."""
        parts = (facts.number, Known(worker_id), facts.person_number)
        code = self.employee_code
        for part, value in zip(CODE_PARTS, parts, strict=True):
            if "{" + part + "}" in code:
                if not isinstance(value, Known):
                    return value
                code = code.replace("{" + part + "}", value.value)
        return Known(code)


class MappingFile(MappingModel):
    """A whole mapping: one part for each Visma company, by a key of the controller's own."""

    companies: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,30}$")], CompanyRules] = (
        Field(min_length=1)
    )

    _written: MappingFile | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _entities_are_claimed_once(self) -> MappingFile:
        twice = repeated(name for rules in self.companies.values() for name in rules.legal_entities)
        if twice:
            raise ValueError(f"more than one company claims the legal entity {', '.join(twice)}")
        return self

    def company_of(self, legal_entity: Named) -> Fact[str]:
        """The company that claims a legal entity, else the one that takes everybody.

        The surest word decides: whoever claims it by its id goes before whoever does by its name.
        """
        for key in map(alike, legal_entity.keys):
            for company, rules in self.companies.items():
                if key in rules.claimed:
                    return Known(company)
        claims = (rules.claims(legal_entity) for rules in self.companies.values())
        if any_holds(claims) is Truth.UNKNOWN or legal_entity.former:
            return UNKNOWN  # not shown, or renamed so that no company names it any more
        return fact(self.claimant(EVERYBODY))

    def claimant(self, claim: str) -> str | None:
        """The company with this very claim."""
        having = (key for key, rules in self.companies.items() if claim in rules.legal_entities)
        return next(having, None)

    @property
    def uses_pay(self) -> bool:
        """True where any rule of any company asks for pay."""
        return any(rules.uses_pay for rules in self.companies.values())

    @property
    def written(self) -> MappingFile:
        """The mapping with what does not hold today as well, which is how it is stored."""
        return self._written or self

    def in_force(self, now: datetime) -> MappingFile:
        """The mapping as it holds at a moment; the very same one as long as that is the same."""
        return self.written._as_on(tuple(self.today(company, now) for company in self.companies))

    def on(self, day: date) -> MappingFile:
        """The mapping as it holds on a day, in each company on its own."""
        return self.written._as_on((day,) * len(self.companies))

    @cached_property
    def known_days(self) -> dict[tuple[date, ...], MappingFile]:
        """The mapping on days on which it was asked for already."""
        return {}

    @cached_property
    def derived(self) -> dict[object, object]:
        """What has been worked out from it, see `derived`."""
        return {}

    def _as_on(self, days: tuple[date, ...]) -> MappingFile:
        if days not in self.known_days:
            pairs = zip(self.companies.items(), days, strict=True)
            companies = {company: rules.on(day) for (company, rules), day in pairs}
            is_whole = all(companies[key] is rules for key, rules in self.companies.items())
            mapping = self if is_whole else MappingFile.model_construct(companies=companies)
            mapping._written = None if is_whole else self
            self.known_days.clear()
            self.known_days[days] = mapping
        return self.known_days[days]

    def days_ahead(self, now: datetime) -> list[date]:
        """The days to come on which other rows or rules hold, the next first."""
        return sorted(
            {
                day
                for company, rules in self.written.companies.items()
                for day in days_of_change(rules.dated)
                if day > self.today(company, now)
            }
        )

    def today(self, company: str, now: datetime) -> date:
        """The calendar day it is in a company at the moment `now`."""
        return now.astimezone(self.companies[company].zone).date()

    def earliest_day(self, companies: Iterable[str], now: datetime) -> date:
        """The earliest calendar day that it is in any of these companies.

        Those that the mapping does not have do not count; where none is left, all of the mapping's
        do. So no day is over for anyone before it is over where they work.
        """
        here = [company for company in companies if company in self.companies]
        return min(self.today(company, now) for company in here or self.companies)


def repeated(words: Iterable[str]) -> list[str]:
    """The words that stand there more than once."""
    return sorted(word for word, count in Counter(words).items() if count > 1)


def row_for(thing: Named, rows: Mapping[str, AnyRule]) -> Fact[AnyRule]:
    """The row that names a thing; unknown where none does for certain, and one may."""
    found = (rows[key] for key in map(alike, thing.keys) if key in rows)
    row = next(found, None)
    is_open = thing.is_partial or any(word in rows for word in thing.unsettled)
    if row is None and is_open and rows:
        return UNKNOWN
    return fact(row)
