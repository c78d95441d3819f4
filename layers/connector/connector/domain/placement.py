"""Where a worker belongs in Visma: company, department, cost centre, branch, class, calendar.

Decided from the business facts, the mapping and the catalogue, so the same answer can be had again
from the ledger without reading Rippling; only a class that hinges on pay needs the pay. Nothing is
ever guessed by likeness: what no rule and no code names is missing, and the person waits for that.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from connector.domain.catalogue import Catalogue, Part
from connector.domain.facts import EMPTY, UNKNOWN, Absence, Fact, Known, fact
from connector.domain.mapping.missing import WHERE, Missing, MissingKind
from connector.domain.mapping.model import CompanyRules
from connector.domain.mapping.rules.choice import contested_word
from connector.domain.mapping.rules.class_rules import label
from connector.domain.mapping.rules.places import BranchRule, DepartmentRule
from connector.domain.people import Facts, Pay

__all__ = [
    "IN_VISMA",
    "WHERE",
    "Missing",
    "MissingKind",
    "Placement",
    "Remembered",
    "resolve_placement",
]

IN_VISMA = "in_visma"
"""Under this name the ledger keeps beside a placement how the employee is placed in Visma by now:
who waits is placed otherwise there."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a worker belongs, by which rules, and what is missing for it to hold.

    `unknown` names the facts that Rippling does not show: what hinges on them is as it was before,
    and these fields are `kept`, whatever Visma has in them by now.
    """

    company: str
    department: str | None = None
    cost_centre: str | None = None
    expense_account: str | None = None
    branch: str | None = None
    employee_class: str | None = None
    calendar: str | None = None
    rules: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    unknown: tuple[str, ...] = ()
    kept: frozenset[str] = frozenset()

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
        ignored = ("rules", IN_VISMA)
        mine, theirs = (
            {key: value for key, value in plain.items() if value and key not in ignored}
            for plain in (self.to_json(), remembered)
        )
        return mine != theirs

    def fields(self) -> dict[str, str]:
        """The business fields that the employee should have: those that are known, and decided."""
        known = {
            "department": self.department,
            "branch": self.branch,
            "employee_class": self.employee_class,
            "calendar": self.calendar,
        }
        return {
            path: value
            for path, value in known.items()
            if value is not None and path not in self.kept
        }


@dataclass(frozen=True, slots=True)
class Remembered:
    """Where a person belonged in a company before: it stands in for facts that are not shown."""

    department: str | None = None
    cost_centre: str | None = None
    branch: str | None = None
    employee_class: str | None = None
    calendar: str | None = None

    @classmethod
    def of(
        cls, placement: Mapping[str, Any], company: str, written: Mapping[str, str] | None = None
    ) -> Remembered:
        """From the remembered form of a placement in this company, else from what was written."""
        if placement.get("company") != company or "rules" not in placement:
            plain = written or {}
            names = ("department", "branch", "employee_class", "calendar")
            return cls(**{name: plain.get(name) or None for name in names})
        known = {**placement, **placement.get(IN_VISMA, {})}
        return cls(**{name: known.get(name) for name in _REMEMBERED})


_REMEMBERED = tuple(each.name for each in fields(Remembered))
NOTHING_REMEMBERED = Remembered()


def placing_facts(facts: Facts) -> tuple[Hashable, ...]:
    """All of the facts that a placement is made of, in a form that can be compared."""
    custom: Hashable = None
    match facts.custom_fields:
        case Known(own):
            custom = frozenset(own.items())
        case absent:
            custom = absent
    return (
        facts.department,
        facts.location,
        facts.legal_entity,
        facts.employment_type,
        facts.country,
        custom,
    )


def resolve_placement(
    company: str,
    rules: CompanyRules,
    facts: Facts,
    catalogue: Catalogue,
    pay: Fact[Pay] = UNKNOWN,
    *,
    remembered: Remembered = NOTHING_REMEMBERED,
) -> Placement:
    """Where a worker with these facts belongs in one company.

    What hinges on a fact that is unknown is as remembered; where nothing is, the fact is missing.
    """
    branch = _branch(company, rules, facts, remembered)
    parts = (
        _department(company, rules, facts, catalogue, remembered),
        *((branch,) if branch else ()),
        _location(company, rules, facts, remembered, gives_branch=branch is None),
        _class(company, rules, facts, pay, remembered),
    )
    values = {name: value for part in parts for name, value in part.values.items()}
    place = Placement(
        company=company,
        **values,
        expense_account=catalogue.expense_account(values.get("department")),
        rules=tuple(part.rule for part in parts if part.rule),
        unknown=tuple(part.unknown for part in parts if part.unknown),
        kept=frozenset(field for part in parts if part.unknown for field in part.values),
    )
    missing = [*_missing_in_visma(place, catalogue), *(m for part in parts for m in part.missing)]
    return replace(place, missing=tuple(missing))


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a placement: its values, the rule that gave them, the fact that is unknown."""

    values: Mapping[str, str | None]
    rule: str = ""
    unknown: str = ""
    missing: tuple[Missing, ...] = ()


def _as_before(fact: str, **values: str | None) -> _Part:
    """A part as it was, since a fact is not shown; without a value the fact itself is missing."""
    word = fact.replace("_", " ")
    main = next(iter(values.values()))
    missing = () if main else (Missing(MissingKind.FACT, word),)
    return _Part(values, f"as before: the {word} is not shown", fact, missing)


def _department(
    company: str, rules: CompanyRules, facts: Facts, catalogue: Catalogue, remembered: Remembered
) -> _Part:
    rows = rules.departments
    if word := rules.taken_from(company, facts.department, rows) or contested_word(
        company, facts.department, rows, facts
    ):
        return _Part({}, missing=(Missing(MissingKind.AMBIGUOUS, word),))
    choice = rules.department(facts)
    if choice.rivals:
        return _two_rows(choice.rivals)
    if isinstance(choice.row, Known):
        return _in_department(choice.row.value, f"departments: {choice.row.value.label}", catalogue)
    own = _own_department(rules, facts, catalogue) if choice.row is EMPTY else UNKNOWN
    match own:
        case Known((code, source)):
            own_row = DepartmentRule(rippling=code, department=code)
            return _in_department(own_row, f"departments: {source}", catalogue)
        case Absence.UNKNOWN:
            word = next(iter(choice.hinges_on), "custom_fields")
            kept = {"department": remembered.department, "cost_centre": remembered.cost_centre}
            return _as_before(word, **kept)
    names_one = facts.department.code or isinstance(_custom_department(rules, facts), Known)
    # Only a code can turn up in Visma; for a row nobody needs to be asked.
    kind = MissingKind.DEPARTMENT_OR_RULE if names_one else MissingKind.DEPARTMENT_RULE
    return _Part({}, missing=(Missing(kind, facts.department.label),))


def _own_department(
    rules: CompanyRules, facts: Facts, catalogue: Catalogue
) -> Fact[tuple[str, str]]:
    """The Visma department that Rippling names itself, and where: it needs no row."""
    code = facts.department.code
    if code and catalogue.department(code):
        return Known((code, "reference code"))
    match _custom_department(rules, facts):
        case Known(own) if catalogue.department(own):
            return Known((own, "custom field"))
        case Absence.UNKNOWN:
            return UNKNOWN
    return UNKNOWN if facts.department.is_partial else EMPTY


def _custom_department(rules: CompanyRules, facts: Facts) -> Fact[str]:
    if rules.department_custom_field is None:
        return EMPTY
    match facts.custom_fields:
        case Known(own):
            return fact(own.get(rules.department_custom_field))
        case absent:
            return absent


def _in_department(row: DepartmentRule, rule: str, catalogue: Catalogue) -> _Part:
    known = catalogue.department(row.department)
    cost_centre = row.cost_centre or (known.cost_centre if known else None)
    return _Part({"department": row.department, "cost_centre": cost_centre}, rule)


def _branch(
    company: str, rules: CompanyRules, facts: Facts, remembered: Remembered
) -> _Part | None:
    """The branch by the legal entity; None where the location says it."""
    if word := contested_word(company, facts.legal_entity, rules.branches, facts):
        return _Part({}, missing=(Missing(MissingKind.AMBIGUOUS, word),))
    choice = rules.branch(facts)
    match choice.row:
        case Known(row):
            return _Part({"branch": row.branch}, f"branches: {row.label}")
        case Absence.UNKNOWN:
            return _as_before(choice.hinges_on[0], branch=remembered.branch)
    return _two_rows(choice.rivals) if choice.rivals else None


def _two_rows(rivals: Iterable[DepartmentRule | BranchRule]) -> _Part:
    named = " / ".join(sorted(row.label for row in rivals))
    return _Part({}, missing=(Missing(MissingKind.TWO_ROWS, named),))


def _location(
    company: str,
    rules: CompanyRules,
    facts: Facts,
    remembered: Remembered,
    *,
    gives_branch: bool,
) -> _Part:
    """The calendar, and the branch unless the legal entity says it."""
    if word := rules.taken_from(company, facts.location, rules.locations):
        return _Part({}, missing=(Missing(MissingKind.AMBIGUOUS, word),))
    rule, branch, calendar = "locations: default", rules.defaults.branch, rules.defaults.calendar
    match rules.location(facts.location):
        case Known(row):
            rule, branch = f"locations: {row.label}", row.branch
            calendar = row.calendar or calendar
        case Absence.UNKNOWN:
            kept = {"branch": remembered.branch} if gives_branch else {}
            return _as_before("location", **kept, calendar=remembered.calendar)
        case _ if company in facts.location.former_in:
            # A row here named this location by its former name, and none does any more: no default
            # may take its place, or everyone there would move because of a word.
            missing = Missing(MissingKind.LOCATION_RULE, facts.location.label)
            return _Part({}, missing=(missing,))
    lacks = []
    if gives_branch and branch is None:
        lacks.append(Missing(MissingKind.LOCATION_RULE, facts.location.label))
    if calendar is None:
        lacks.append(Missing(MissingKind.CALENDAR, "default"))
    values = {"branch": branch, "calendar": calendar} if gives_branch else {"calendar": calendar}
    return _Part(values, rule, missing=tuple(lacks))


def _class(
    company: str, rules: CompanyRules, facts: Facts, pay: Fact[Pay], remembered: Remembered
) -> _Part:
    """The class, and which rule gives it."""
    match rules.employee_class(facts, pay):
        case Known(rule):
            name = label(rules.written.employee_classes, rule)
            return _Part({"employee_class": rule.employee_class}, f"employee_classes: {name}")
        case Absence.UNKNOWN:
            is_pay = pay is UNKNOWN and rules.hinges_on_pay(facts)
            return _as_before(
                "pay" if is_pay else _unknown_of_class(facts),
                employee_class=remembered.employee_class,
            )
    default = rules.defaults.employee_class
    named = facts.employment_type.named
    is_renamed = company in named.former_in  # a rule here named it, and none does any more
    lacks_rule = default is None or is_renamed
    missing = (Missing(MissingKind.CLASS_RULE, named.label),) if lacks_rule else ()
    return _Part({"employee_class": default}, "employee_classes: default", missing=missing)


def _unknown_of_class(facts: Facts) -> str:
    """The fact that a class hinges on and that is not shown: most often the employment type."""
    conditions = ("employment_type", "country", "department", "location", "legal_entity")
    return next((name for name in conditions if name in facts.unknown), "pay")


def _missing_in_visma(place: Placement, catalogue: Catalogue) -> Iterator[Missing]:
    if place.department is not None:
        yield from missing_in_department(place.department, place.cost_centre, catalogue)
    if place.branch is not None and not catalogue.has_branch(place.branch):
        yield Missing(MissingKind.BRANCH, place.branch)


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
