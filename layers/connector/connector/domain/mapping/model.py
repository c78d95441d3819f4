"""The controller's mapping: its format, its rules of sense, and which rule speaks for whom.

What Visma holds is not looked at here (see `placement`), and neither is where the rows are stored.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, tzinfo
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator, model_validator

from connector.domain.employees import FIELDS
from connector.domain.errors import ConfigurationError
from connector.domain.mapping.base import Code, Key, MappingModel
from connector.domain.mapping.class_rules import ClassRule, first_that_holds, hinges_on_pay
from connector.domain.mapping.examples import Example
from connector.domain.people import Facts, Named, Pay

EVERYBODY = "*"

CODE_PARTS = ("worker.number", "worker.id", "person.number")

Percent = Annotated[int, Field(ge=1, le=100)]
Owner = Literal["rippling", "once", "visma"]
AnyRule = TypeVar("AnyRule")


class OfficeAddress(MappingModel):
    """The address that the people of a location get instead of their own."""

    line1: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""


class DepartmentRule(MappingModel):
    """A Rippling department (by id, reference code or exact name) and what it is in Visma."""

    rippling: Key
    department: Code
    cost_centre: Code | None = None


class LocationRule(MappingModel):
    """A Rippling work location (by id or exact name) and what it is in Visma."""

    rippling: Key
    branch: Code
    calendar: Code | None = None
    address: OfficeAddress | None = None


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

    def excludes(self, facts: Facts) -> str | None:
        """What leaves this worker out, as the controller wrote it (`country DK`), or None."""
        kind = Named(id=facts.employment_type.kind, name=facts.employment_type.label)
        excluded = (
            ("employment type", self.exclude_employment_types, kind),
            ("country", self.exclude_countries, Named(id=facts.country)),
            ("legal entity", self.exclude_legal_entities, facts.legal_entity),
            ("department", self.exclude_departments, facts.department),
        )
        found = (
            f"{word} {key}" for word, keys, own in excluded for key in keys if own.answers_to(key)
        )
        return next(found, None)


class Guards(MappingModel):
    """How much of a company one run may change before a human has to agree."""

    deactivate_percent: Percent = 10
    move_percent: Percent = 25
    create_percent: Percent = 25
    floor: Annotated[int, Field(ge=0)] = 5
    first_load: Literal["held", "allowed"] = "held"


class CompanyRules(MappingModel):
    """Everything the controller decides for one Visma company."""

    legal_entities: tuple[Key, ...] = Field(min_length=1)
    time_zone: str
    employee_code: str = "{worker.number}"
    cost_centre_segment: Annotated[int, Field(ge=1, le=20)] = 1
    department_custom_field: Key | None = None
    email: Literal["work", "work_or_personal"] = "work"
    defaults: Defaults = Defaults()
    departments: tuple[DepartmentRule, ...] = ()
    locations: tuple[LocationRule, ...] = ()
    employee_classes: tuple[ClassRule, ...] = ()
    examples: tuple[Example, ...] = ()
    fields: dict[str, Owner] = Field(default_factory=dict)
    lead_days: Annotated[int, Field(ge=0, le=60)] = 0
    scope: Scope = Scope()
    guards: Guards = Guards()

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
            raise ValueError(f"Visma has no field {', '.join(unknown)}; it has {', '.join(FIELDS)}")
        return fields

    @model_validator(mode="after")
    def _rows_speak_once(self) -> CompanyRules:
        for kind in ("departments", "locations"):
            keys = [row.rippling for row in getattr(self, kind)]
            twice = sorted({key for key in keys if keys.count(key) > 1})
            if twice:
                raise ValueError(f"{kind} has more than one row for {', '.join(twice)}")
        return self

    @property
    def zone(self) -> tzinfo:
        """The time zone in which this company's days begin."""
        return ZoneInfo(self.time_zone)

    def owner(self, field: str) -> Owner:
        """Who decides a field of an employee."""
        return self.fields.get(field, "rippling")

    def department(self, department: Named) -> DepartmentRule | None:
        """The row for a Rippling department: by id, else by reference code, else by exact name."""
        rows = {row.rippling: row for row in self.departments}
        keys = (department.id, department.code, department.name)
        return first_match(rows.get(key or "") for key in keys)

    def location(self, location: Named) -> LocationRule | None:
        """The row for a Rippling work location: by id, else by exact name."""
        rows = {row.rippling: row for row in self.locations}
        return first_match(rows.get(key or "") for key in (location.id, location.name))

    def employee_class(self, facts: Facts, pay: Pay | None = None) -> ClassRule | None:
        """The first rule that holds of a worker; a pay band never holds of unknown pay."""
        return first_that_holds(self.employee_classes, facts, pay)

    def hinges_on_pay(self, facts: Facts) -> bool:
        """True where the class of a worker cannot be told without knowing the pay."""
        return hinges_on_pay(self.employee_classes, facts)

    @property
    def uses_pay(self) -> bool:
        """True where any rule of this company asks for pay."""
        return any(rule.when.annual_pay for rule in self.employee_classes)

    def code_for(self, worker_id: str, facts: Facts) -> str | None:
        """The employee code of a new employee, or None where Rippling lacks a part of it."""
        values = dict(zip(CODE_PARTS, (facts.number, worker_id, facts.person_number), strict=True))
        code = self.employee_code
        for part, value in values.items():
            if "{" + part + "}" in code:
                if not value:
                    return None
                code = code.replace("{" + part + "}", value)
        return code


class MappingFile(MappingModel):
    """A whole mapping: one part for each Visma company, by a key of the controller's own."""

    companies: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,30}$")], CompanyRules] = (
        Field(min_length=1)
    )

    @model_validator(mode="after")
    def _entities_are_claimed_once(self) -> MappingFile:
        claims = [name for rules in self.companies.values() for name in rules.legal_entities]
        twice = sorted({name for name in claims if claims.count(name) > 1})
        if twice:
            raise ValueError(f"more than one company claims the legal entity {', '.join(twice)}")
        return self

    def company_of(self, facts: Facts) -> str | None:
        """The company that claims a worker's legal entity, else the one that takes everyone."""
        named = self._claimant(lambda claims: any(map(facts.legal_entity.answers_to, claims)))
        return named or self._claimant(lambda claims: EVERYBODY in claims)

    def _claimant(self, claims: Callable[[tuple[str, ...]], bool]) -> str | None:
        found = (key for key, rules in self.companies.items() if claims(rules.legal_entities))
        return next(found, None)

    def scope_problem(self, facts: Facts) -> str | None:
        """Why a worker is left out, for a controller, or None."""
        company = self.company_of(facts)
        if company is None:
            entity = facts.legal_entity
            return f"no company of the mapping claims the legal entity {entity.name or entity.id}"
        left_out = self.companies[company].scope.excludes(facts)
        return f"{left_out} is out of scope in {company}" if left_out else None

    @property
    def uses_pay(self) -> bool:
        """True where any rule of any company asks for pay."""
        return any(rules.uses_pay for rules in self.companies.values())

    def today(self, company: str, now: datetime) -> date:
        """The calendar day it is in a company at the moment `now`."""
        return now.astimezone(self.companies[company].zone).date()


def validate(data: Mapping[str, Any]) -> MappingFile:
    """The mapping in a plain structure.

    Raises:
        ConfigurationError: with every problem, each naming the place where it stands.
    """
    try:
        return MappingFile.model_validate(data)
    except ValidationError as error:
        raise ConfigurationError(
            f"{path_of(problem['loc'])}: {message(problem)}" for problem in error.errors()
        ) from None


def path_of(location: Iterable[int | str]) -> str:
    """Where in a mapping a problem stands: `companies.norway.departments[2].cost_centre`."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".") or "mapping"


def message(problem: Mapping[str, Any]) -> str:
    """What is wrong, in words a controller understands."""
    known = {
        "extra_forbidden": "there is no such key",
        "missing": "this key is missing",
        "string_too_short": "must not be empty",
    }
    return known.get(problem["type"], str(problem["msg"]).removeprefix("Value error, "))


def first_match(found: Iterator[AnyRule | None]) -> AnyRule | None:
    """The first of several answers that is one."""
    return next((item for item in found if item is not None), None)
