"""Where a worker belongs in Visma: company, department, cost centre, branch, class, calendar.

Decided from the business facts, the mapping and the catalogue, so the same answer can be had again
from the ledger without reading Rippling; only a class that hinges on pay needs the pay. Nothing is
ever guessed by likeness: what no rule and no code names is missing, and the person waits for that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from connector.domain.catalogue import Catalogue, Part
from connector.domain.mapping.class_rules import label
from connector.domain.mapping.model import CompanyRules, DepartmentRule, LocationRule
from connector.domain.people import Facts, Pay


class MissingKind(StrEnum):
    """The kinds of thing a person can wait for."""

    DEPARTMENT_RULE = "department_rule"
    LOCATION_RULE = "location_rule"
    CLASS_RULE = "class_rule"
    CALENDAR = "calendar"
    DEPARTMENT = "department"
    COST_CENTRE = "cost_centre"
    DEPARTMENT_COST_CENTRE = "department_cost_centre"
    BRANCH = "branch"


WHERE: Mapping[MissingKind, tuple[Part, ...]] = {
    MissingKind.DEPARTMENT_RULE: (Part.DEPARTMENTS,),  # a reference code may become a department
    MissingKind.DEPARTMENT: (Part.DEPARTMENTS,),
    MissingKind.DEPARTMENT_COST_CENTRE: (Part.DEPARTMENTS,),
    MissingKind.COST_CENTRE: (Part.COST_CENTRES,),
    MissingKind.BRANCH: (Part.BRANCHES,),
}
"""Which parts of the catalogue can make a missing thing appear; the other kinds need a rule."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that must exist before a person can be written."""

    kind: MissingKind
    name: str

    def __str__(self) -> str:
        """The key under which the waiting are found: `cost_centre#310`."""
        return f"{self.kind}#{self.name}"

    @classmethod
    def parse(cls, key: str) -> Missing:
        """The thing that a key stands for."""
        kind, _, name = key.partition("#")
        return cls(MissingKind(kind), name)

    def message(self, company: str) -> str:
        """What is missing and what to do about it, for a controller."""
        return _MESSAGES[self.kind].format(name=self.name, company=company)


_MESSAGES: Mapping[MissingKind, str] = {
    MissingKind.DEPARTMENT_RULE: (
        "no row of the mapping of {company} names the Rippling department {name}; add one"
    ),
    MissingKind.LOCATION_RULE: (
        "no row of the mapping of {company} names the Rippling location {name},"
        " and there is no default branch; add one"
    ),
    MissingKind.CLASS_RULE: (
        "no employee class rule of {company} holds ({name}), and there is no default; add one"
    ),
    MissingKind.CALENDAR: "the mapping of {company} names no calendar ({name}); add a default",
    MissingKind.DEPARTMENT: (
        "Visma ({company}) has no department {name}; add it there, or change the row"
    ),
    MissingKind.COST_CENTRE: (
        "Visma ({company}) has no active cost centre {name}; add it there, or change the row"
    ),
    MissingKind.DEPARTMENT_COST_CENTRE: (
        "in Visma ({company}) the department and the cost centre do not belong together ({name});"
        " correct the department's expense sub-account, or change the row"
    ),
    MissingKind.BRANCH: (
        "Visma ({company}) has no active branch {name}; add it there, or change the row"
    ),
}


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a worker belongs, by which rules, and what is missing for it to hold."""

    company: str
    department: str | None = None
    cost_centre: str | None = None
    expense_account: str | None = None
    branch: str | None = None
    employee_class: str | None = None
    calendar: str | None = None
    rules: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The form that the ledger stores; equal placements have equal forms.

        The expense account is Visma's own and follows from the department: it is left out.
        """
        plain: dict[str, Any] = {
            "company": self.company,
            "department": self.department,
            "cost_centre": self.cost_centre,
            "branch": self.branch,
            "employee_class": self.employee_class,
            "calendar": self.calendar,
            "rules": list(self.rules),
            "missing": [str(thing) for thing in self.missing],
        }
        return {key: value for key, value in plain.items() if value}

    @property
    def parts_in_question(self) -> frozenset[Part]:
        """The parts of the catalogue that could make what is missing appear."""
        return frozenset(part for thing in self.missing for part in WHERE.get(thing.kind, ()))

    def differs_from(self, remembered: Mapping[str, Any]) -> bool:
        """True where the remembered form of a placement says something else, rules aside."""
        mine = {**self.to_json(), "rules": None}
        return mine != {**remembered, "rules": None}

    def fields(self) -> dict[str, str]:
        """The business fields of the employee, those that are known."""
        known = {
            "department": self.department,
            "branch": self.branch,
            "employee_class": self.employee_class,
            "calendar": self.calendar,
        }
        return {path: value for path, value in known.items() if value is not None}


def resolve_placement(
    company: str,
    rules: CompanyRules,
    facts: Facts,
    catalogue: Catalogue,
    pay: Pay | None = None,
    *,
    remembered_class: str | None = None,
) -> Placement:
    """Where a worker with these facts belongs in one company.

    Where the class depends on pay that is unknown, the remembered one is kept.
    """
    department, source = _department(rules, facts, catalogue)
    location = rules.location(facts.location)
    class_, class_rule = _class(rules, facts, pay, remembered_class)
    place = Placement(
        company=company,
        department=department.department if department else None,
        cost_centre=_cost_centre(department, catalogue),
        expense_account=catalogue.expense_account(department.department if department else None),
        branch=location.branch if location else rules.defaults.branch,
        employee_class=class_,
        calendar=(location.calendar if location else None) or rules.defaults.calendar,
        rules=tuple(_rules_used(source, location, class_rule)),
    )
    return replace(place, missing=tuple(_missing(place, facts, catalogue)))


def class_in(placement: Mapping[str, Any], company: str) -> str | None:
    """The class in the remembered form of a placement, if it is one in this company."""
    same_company = placement.get("company") == company
    return placement.get("employee_class") if same_company else None


def _department(
    rules: CompanyRules, facts: Facts, catalogue: Catalogue
) -> tuple[DepartmentRule | None, str]:
    row = rules.department(facts.department)
    if row:
        return row, f"departments: {row.rippling}"
    code = facts.department.code
    if code and catalogue.department(code):
        return DepartmentRule(rippling=code, department=code), "departments: reference code"
    own = facts.custom_fields.get(rules.department_custom_field or "")
    if own and catalogue.department(own):
        return DepartmentRule(rippling=own, department=own), "departments: custom field"
    return None, ""


def _class(
    rules: CompanyRules, facts: Facts, pay: Pay | None, remembered: str | None
) -> tuple[str | None, str]:
    """The class, and which rule gives it."""
    if pay is None and remembered and rules.hinges_on_pay(facts):
        return remembered, "as before: the pay is not known"
    rule = rules.employee_class(facts, pay)
    if rule is None:
        return rules.defaults.employee_class, "default"
    return rule.employee_class, label(rules.employee_classes, rule)


def _cost_centre(row: DepartmentRule | None, catalogue: Catalogue) -> str | None:
    if row is None:
        return None
    known = catalogue.department(row.department)
    return row.cost_centre or (known.cost_centre if known else None)


def _rules_used(department: str, location: LocationRule | None, class_: str) -> Iterator[str]:
    if department:
        yield department
    yield f"locations: {location.rippling}" if location else "locations: default"
    yield f"employee_classes: {class_}"


def _missing(place: Placement, facts: Facts, catalogue: Catalogue) -> Iterator[Missing]:
    if place.department is None:
        yield Missing(
            MissingKind.DEPARTMENT_RULE, _name_of(facts.department.name, facts.department.id)
        )
    else:
        yield from missing_in_department(place.department, place.cost_centre, catalogue)
    if place.branch is None:
        yield Missing(MissingKind.LOCATION_RULE, _name_of(facts.location.name, facts.location.id))
    elif not catalogue.has_branch(place.branch):
        yield Missing(MissingKind.BRANCH, place.branch)
    if place.employee_class is None:
        yield Missing(MissingKind.CLASS_RULE, _name_of(facts.employment_type.label, None))
    if place.calendar is None:
        yield Missing(MissingKind.CALENDAR, "default")


def missing_in_department(
    department: str, cost_centre: str | None, catalogue: Catalogue
) -> Iterator[Missing]:
    """What Visma lacks for a department to take people in with this cost centre."""
    known = catalogue.department(department)
    if known is None:
        yield Missing(MissingKind.DEPARTMENT, department)
    if cost_centre and not catalogue.has_cost_centre(cost_centre):
        yield Missing(MissingKind.COST_CENTRE, cost_centre)
    elif known and cost_centre and not _carries(known.cost_centre, cost_centre):
        yield Missing(MissingKind.DEPARTMENT_COST_CENTRE, f"{department}={cost_centre}")


def _carries(actual: str | None, wanted: str) -> bool:
    return actual is not None and actual.strip().upper() == wanted.strip().upper()


def _name_of(name: str | None, id_: str | None) -> str:
    return name or id_ or "(none)"
