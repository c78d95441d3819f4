"""What another mapping would do to a person: decided from what the ledger remembers, nothing read.

Pure comparison. How many a guard would hold is not looked at here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from connector.domain.catalogue import Catalogue
from connector.domain.facts import UNKNOWN, Known, alike
from connector.domain.mapping.model import CompanyRules, MappingFile
from connector.domain.mapping.routing import route
from connector.domain.mapping.rules.places import words_in
from connector.domain.people import EmploymentStatus, Facts
from connector.domain.placement import (
    Missing,
    MissingKind,
    Placement,
    Remembered,
    resolve_placement,
)
from connector.domain.planning import Outcome
from connector.domain.records.ledger import Person

NEEDS_A_RULE = frozenset(
    {
        MissingKind.DEPARTMENT_RULE,
        MissingKind.TWO_ROWS,
        MissingKind.LOCATION_RULE,
        MissingKind.CLASS_RULE,
        MissingKind.CALENDAR,
    }
)
"""What is known to be missing without knowing what Visma has."""

LOCATED = "locations: "
"""Begins what a placement says of the row for the location."""

COMPARED = ("company", "department", "cost_centre", "branch", "employee_class", "calendar")


class EffectKind(StrEnum):
    """What a mapping may do to a person."""

    MOVES = "moves"
    RELEASES = "releases"
    BLOCKS = "blocks"
    EXCLUDES = "excludes"
    INCLUDES = "includes"


@dataclass(frozen=True, slots=True)
class Effect:
    """What would happen to one person, in which company, and how."""

    kind: EffectKind
    person_id: str
    worker_id: str
    company: str
    how: str


def effect_on(
    person: Person,
    before: MappingFile | None,
    after: MappingFile,
    catalogue_of: Callable[[str], Catalogue],
) -> Effect | None:
    """What replacing one mapping by another does to someone, or None where it does nothing."""
    facts = Facts.from_json(person.facts)
    to = route(facts, after, person.active_in)
    problem, company = to.left_out, to.company
    remembered = str(person.placement.get("company", ""))
    if "rules" not in person.placement:
        was_left_out = before is not None and route(facts, before, person.active_in).left_out
        if not was_left_out or problem or facts.status is not EmploymentStatus.ACTIVE:
            return None  # nothing was to be written, for a reason that no mapping can change
        kind, where, how = EffectKind.INCLUDES, str(company), ""
    elif problem or company is None:
        kind, where, how = EffectKind.EXCLUDES, remembered, problem
    else:
        placement = placement_of_known(person, company, after, catalogue_of(company))
        found = _compared(person.placement, placement, catalogue_of(company))
        if found is None:
            return None
        kind, how = found
        where = company if kind is EffectKind.RELEASES else remembered
    return Effect(kind, person.id, person.worker_id, where, how)


def company_hinging_on_pay(
    person: Person, before: MappingFile | None, after: MappingFile
) -> str | None:
    """The company in which a change of class depends on pay alone, or None."""
    facts = Facts.from_json(person.facts)
    company = route(facts, after, person.active_in).company
    if company is None or "rules" not in person.placement:
        return None
    old = before.companies.get(company) if before else None
    new = after.companies[company]
    is_open = old is None or _about_class(old) != _about_class(new)
    return company if is_open and new.hinges_on_pay(facts) else None


def _about_class(rules: CompanyRules) -> tuple[Any, ...]:
    return rules.employee_classes, rules.defaults.employee_class


def placement_of_known(
    person: Person, company: str, mapping: MappingFile, catalogue: Catalogue
) -> Placement:
    """Where a person would be placed in a company, by the facts in the ledger alone."""
    return resolve_placement(
        company,
        mapping.companies[company],
        Facts.from_json(person.facts),
        catalogue,
        remembered=Remembered.of(person.placement, company),
    )


def has_moved(
    person: Person,
    mapping: MappingFile,
    catalogue_of: Callable[[str], Catalogue],
    *,
    by_rules_alone: bool = False,
) -> bool:
    """Whether a person would be placed otherwise today than the ledger remembers.

    So would whoever waits and is out of scope by now: what they waited for does not matter any
    more. With `by_rules_alone` it does not count what has come or gone in Visma since.
    """
    to = route(Facts.from_json(person.facts), mapping, person.active_in)
    remembered = person.placement
    if to.left_out and person.outcome == Outcome.WAITING.value:
        return True
    if to.company is None:
        return bool(remembered.get("company"))
    if "rules" not in remembered:  # never placed, as nothing was to be written
        return to.company != remembered.get("company")
    placement = placement_of_known(person, to.company, mapping, catalogue_of(to.company))
    if by_rules_alone:
        placement, remembered = replace(placement, missing=()), {**remembered, "missing": None}
    return placement.differs_from(remembered)


def located_by(person: Person, mapping: MappingFile) -> set[tuple[str, str]]:
    """By which rows for locations somebody is placed, and was: companies, and words of the rows.

    Such a row gives more than a place: an address, which no placement shows. So does one that takes
    the place of another and says the same of the branch.
    """
    before = str(person.placement.get("company", ""))
    labels = (rule.partition(LOCATED)[2] for rule in person.placement.get("rules", ()))
    found = {(before, word) for label in labels if label for word in words_in(label)}
    facts = Facts.from_json(person.facts)
    company = route(facts, mapping, person.active_in).company
    row = mapping.companies[company].location(facts.location) if company else UNKNOWN
    return found | {(str(company), alike(row.value.word))} if isinstance(row, Known) else found


def waits_in_vain(stored: Person, now: Person, mapping: MappingFile) -> bool:
    """Whether somebody waits to be told where they belong, and can be told by the facts of `now`.

    `now` is the same person by what words mean by now. The company may be the one that was guessed
    while nobody could tell: then no placement says that they are to be looked at.
    """
    if stored.outcome != Outcome.WAITING.value:
        return False
    before, to = (
        route(Facts.from_json(each.facts), mapping, each.active_in) for each in (stored, now)
    )
    return before.waits and not to.waits


def _compared(
    before: Mapping[str, Any], after: Placement, catalogue: Catalogue
) -> tuple[EffectKind, str] | None:
    missing = missing_by_rules(after, catalogue)
    if missing:
        message = "; ".join(thing.message(after.company) for thing in missing)
        return None if before.get("missing") else (EffectKind.BLOCKS, message)
    changes = changes_between(before, after)
    if before.get("missing"):
        return EffectKind.RELEASES, changes
    return (EffectKind.MOVES, changes) if changes else None


def missing_by_rules(placement: Placement, catalogue: Catalogue) -> list[Missing]:
    """What would be waited for; of a company that was never asked, only what needs a rule."""
    is_known = bool(catalogue.read_at)
    return [thing for thing in placement.missing if is_known or thing.kind in NEEDS_A_RULE]


def changes_between(before: Mapping[str, Any], after: Placement) -> str:
    """What of a placement changes, from what to what."""
    now = after.to_json()
    changes = (
        f"{name.replace('_', ' ')} {before.get(name, '(none)')} -> {now.get(name, '(none)')}"
        for name in COMPARED
        if before.get(name) != now.get(name)
    )
    return ", ".join(changes)
