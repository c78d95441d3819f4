"""Validates a mapping against both systems: what it names that is missing, whom it leaves out.

Reads everything and changes nothing. People are named by the employee code they have or would get.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from connector.domain.catalogue import NUMBERED_BY_VISMA, Catalogue
from connector.domain.decisions import Action, decide
from connector.domain.facts import Named, shown
from connector.domain.mapping import advice, lint
from connector.domain.mapping.model import CompanyRules, MappingFile
from connector.domain.mapping.routing import route
from connector.domain.people import EmploymentStatus, Worker
from connector.domain.placement import missing_in_department, resolve_placement
from connector.services.operate.mapping_in_use import InUse, unused_codes
from connector.services.operate.mapping_words import InRippling, wrong_or_unchecked

SHOWN_CODES = 10
DAYS_AHEAD = 4
"""So many of the days on which the mapping changes by itself are looked at beforehand."""
THE_CODE = "the employee code"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to fix, in a sentence; `people` counts those it keeps waiting.

    Where it `is_unchecked` nobody knows whether there is anything to fix; where it `is_warning` it
    may be meant so.
    """

    company: str
    message: str
    people: int = 0
    is_unchecked: bool = False
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class SystemsSnapshot:
    """What both systems hold: the other side of every row."""

    departments: tuple[Named, ...]
    locations: tuple[Named, ...]
    workers: tuple[Worker, ...]
    catalogues: Mapping[str, Catalogue]
    in_use: Mapping[str, InUse] = field(default_factory=dict)

    @property
    def in_rippling(self) -> InRippling:
        """What Rippling has, as far as it shows it."""
        facts = [worker.facts for worker in self.workers]
        return InRippling(self.departments, self.locations, facts)


def check(mapping: MappingFile, around: SystemsSnapshot, now: datetime) -> list[Finding]:
    """Everything that is wrong with a mapping, rows first, then people."""
    findings = [
        finding
        for company in mapping.written.companies
        for finding in row_findings(company, mapping.written, around, now)
    ]
    today = mapping.in_force(now)
    findings += empty_companies(today, around.workers)
    of_today = list(people_findings(today, around, now))
    return [*findings, *of_today, *_of_days_ahead(mapping, around, now, of_today)]


def _of_days_ahead(
    mapping: MappingFile, around: SystemsSnapshot, now: datetime, of_today: Sequence[Finding]
) -> Iterator[Finding]:
    """What is going to be wrong with today's people on the days on which other rows hold."""
    told = set(of_today)
    for day in mapping.days_ahead(now)[:DAYS_AHEAD]:
        for finding in people_findings(mapping.on(day), around, now):
            if finding not in told:
                yield replace(finding, message=f"from {day.isoformat()}: {finding.message}")
            told.add(finding)


def row_findings(
    company: str, mapping: MappingFile, around: SystemsSnapshot, now: datetime
) -> Iterator[Finding]:
    """What is wrong with the rows of a company, whoever they are about."""
    rules, catalogue = mapping.companies[company], around.catalogues[company]
    for problem in lint.problems(rules, catalogue.employee_key.length, now):
        yield Finding(company, problem.message())
    for warning in advice.warnings(rules):
        yield Finding(company, warning.message(), is_warning=True)
    everyone = mapping.companies.values()
    for message, is_checked in wrong_or_unchecked(rules, around.in_rippling, everyone):
        yield Finding(company, message, is_unchecked=not is_checked)
    for row in rules.departments:
        for thing in missing_in_department(row.department, row.cost_centre, catalogue):
            yield Finding(company, f"departments: {row.label}: {thing.message(company)}")
    yield from branch_findings(company, rules, catalogue)
    for message in unused_codes(rules, around.in_use.get(company, InUse())):
        yield Finding(company, message, is_unchecked=True)
    if catalogue.employee_key.auto_numbered:
        yield Finding(company, NUMBERED_BY_VISMA)


def branch_findings(company: str, rules: CompanyRules, catalogue: Catalogue) -> Iterator[Finding]:
    """The branches that rows and defaults name, and Visma does not have."""
    named = [(f"locations: {row.label}", row.branch) for row in rules.locations]
    named += [(f"branches: {row.label}", row.branch) for row in rules.branches]
    named += [("defaults", rules.defaults.branch)] if rules.defaults.branch else []
    for where, branch in named:
        if not catalogue.has_branch(branch):
            yield Finding(company, f"{where}: Visma has no active branch {branch}")


def empty_companies(mapping: MappingFile, workers: Iterable[Worker]) -> Iterator[Finding]:
    """Companies to which nobody belongs who works: no one is claimed, or all are out of scope."""
    working = [each for each in workers if each.facts.status is not EmploymentStatus.TERMINATED]
    routes = [route(worker.facts, mapping) for worker in working]
    for company in mapping.companies if routes else ():
        reasons = Counter(each.left_out for each in routes if each.company == company)
        if "" in reasons or any(each.waits and each.company != company for each in routes):
            continue
        of = f"{sum(reasons.values())} of {len(routes)} people"
        why = f": {'; '.join(sorted(reasons))}" if reasons else ""
        yield Finding(
            company,
            f"nobody belongs to {company}: it claims {of}{', and all are left out' if why else ''}"
            f"{why}",
        )


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
