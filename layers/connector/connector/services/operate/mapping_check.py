"""Validates a mapping against both systems: what it names that is missing, whom it leaves out.

Reads everything and changes nothing. People are named by the employee code they have or would get.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from connector.domain.catalogue import NUMBERED_BY_VISMA, Catalogue
from connector.domain.decisions import Action, decide
from connector.domain.facts import Named, Truth, any_holds, shown
from connector.domain.mapping import lint
from connector.domain.mapping.model import CompanyRules, MappingFile
from connector.domain.people import Worker
from connector.domain.placement import missing_in_department, resolve_placement

SHOWN_CODES = 10
THE_CODE = "the employee code"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to fix, in a sentence; `people` counts those it keeps waiting."""

    company: str
    message: str
    people: int = 0


@dataclass(frozen=True, slots=True)
class SystemsSnapshot:
    """What both systems hold: the other side of every row."""

    departments: tuple[Named, ...]
    locations: tuple[Named, ...]
    workers: tuple[Worker, ...]
    catalogues: Mapping[str, Catalogue]


def check(mapping: MappingFile, around: SystemsSnapshot, now: datetime) -> list[Finding]:
    """Everything that is wrong with a mapping, rows first, then people."""
    findings = [
        finding
        for company, rules in mapping.companies.items()
        for finding in row_findings(company, rules, around)
    ]
    return findings + list(people_findings(mapping, around, now))


def row_findings(company: str, rules: CompanyRules, around: SystemsSnapshot) -> Iterator[Finding]:
    """What is wrong with the rows of a company, whoever they are about."""
    catalogue = around.catalogues[company]
    for problem in lint.problems(rules, catalogue.employee_key.length):
        yield Finding(company, problem.message())
    departments = [row.rippling for row in rules.departments]
    yield from unknown_names(company, "department", departments, around.departments)
    locations = [row.rippling for row in rules.locations]
    yield from unknown_names(company, "location", locations, around.locations)
    for row in rules.departments:
        for thing in missing_in_department(row.department, row.cost_centre, catalogue):
            yield Finding(company, f"departments: {row.rippling}: {thing.message(company)}")
    yield from branch_findings(company, rules, catalogue)
    if catalogue.employee_key.auto_numbered:
        yield Finding(company, NUMBERED_BY_VISMA)


def branch_findings(company: str, rules: CompanyRules, catalogue: Catalogue) -> Iterator[Finding]:
    """The branches that rows and defaults name, and Visma does not have."""
    named = [(f"locations: {row.rippling}", row.branch) for row in rules.locations]
    named += [("defaults", rules.defaults.branch)] if rules.defaults.branch else []
    for where, branch in named:
        if not catalogue.has_branch(branch):
            yield Finding(company, f"{where}: Visma has no active branch {branch}")


def unknown_names(
    company: str, kind: str, keys: Iterable[str], existing: Iterable[Named]
) -> Iterator[Finding]:
    """Rows that name something Rippling does not have."""
    things = list(existing)
    for key in keys:
        if any_holds(thing.answers_to(key) for thing in things) is Truth.NO:
            yield Finding(company, f"{kind}s: {key}: Rippling has no such {kind}")


def people_findings(
    mapping: MappingFile, around: SystemsSnapshot, now: datetime
) -> Iterator[Finding]:
    """People whom no row covers, and codes that do not fit or are given twice."""
    waiting: dict[tuple[str, str], list[str]] = defaultdict(list)
    holders: dict[tuple[str, str], int] = defaultdict(int)
    for company, worker in _working(mapping, around.workers, now):
        rules, catalogue = mapping.companies[company], around.catalogues[company]
        code = shown(rules.code_for(worker.id, worker.facts))
        name = code or f"worker {worker.id}"
        for thing in resolve_placement(company, rules, worker.facts, catalogue, worker.pay).missing:
            waiting[company, thing.message(company)].append(name)
        problem = catalogue.problem_with_code(code, THE_CODE)
        if problem and problem != NUMBERED_BY_VISMA:  # that is said once, of the company
            waiting[company, problem].append(name)
        holders[company, name] += 1
    for (company, problem), codes in waiting.items():
        yield Finding(company, f"{problem}: {shown_codes(codes)}", len(codes))
    for (company, code), count in holders.items():
        if count > 1:
            yield Finding(company, f"{count} people would get the employee code {code}", count)


def _working(
    mapping: MappingFile, workers: Iterable[Worker], now: datetime
) -> Iterator[tuple[str, Worker]]:
    by_person: dict[str, list[Worker]] = defaultdict(list)
    for worker in workers:
        by_person[worker.person_id].append(worker)
    for employments in by_person.values():
        decision = decide(employments, mapping, now, ())
        works = decision.action in (Action.WRITE, Action.SCHEDULE, Action.WAIT)
        if works and decision.company and decision.worker:
            yield decision.company, decision.worker


def shown_codes(codes: list[str]) -> str:
    """The first few codes, and how many more there are."""
    more = f" and {len(codes) - SHOWN_CODES} more" if len(codes) > SHOWN_CODES else ""
    return ", ".join(codes[:SHOWN_CODES]) + more
