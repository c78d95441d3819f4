"""Where the people of a run are: read from the ledger and the audit, never decided here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from typing import Any

from connector.domain.catalogue import Catalogue, canonical
from connector.domain.mapping.missing import Missing, MissingKind
from connector.domain.payroll.places import Placed, shares_of, spells_of
from connector.domain.planning import Outcome
from connector.domain.records.ledger import EmployeeLink, Person
from connector.ports.ledger import AuditLog, Ledger

MOVED_BY = (Outcome.UPDATED, Outcome.REACTIVATED)
"""The outcomes by which an employee gets another department."""

OF_A_DEPARTMENT = frozenset(
    {
        MissingKind.DEPARTMENT_RULE,
        MissingKind.DEPARTMENT_OR_RULE,
        MissingKind.DEPARTMENT,
        MissingKind.COST_CENTRE,
        MissingKind.DEPARTMENT_COST_CENTRE,
        MissingKind.AMBIGUOUS,
        MissingKind.TWO_ROWS,
        MissingKind.FACT,
    }
)


@dataclass(slots=True)
class Whereabouts:
    """The people who were found by worker id, and what is wrong with the others."""

    placed: dict[str, Placed] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Roster:
    """Everyone whom the ledger knows, by the ids of all employments they have had."""

    by_worker: Mapping[str, Person]

    @classmethod
    def read(cls, ledger: Ledger) -> Roster:
        """The whole ledger, in one read."""
        found: dict[str, Person] = {}
        for person in ledger.persons():
            seen = (*person.planned_fingerprints, *person.fingerprints, person.worker_id)
            found.update(dict.fromkeys(filter(None, seen), person))
        return cls(found)

    def companies_of(self, workers: Iterable[str]) -> set[str]:
        """The companies in which some workers belong."""
        known = (self.by_worker.get(worker) for worker in workers)
        companies = (str(person.placement.get("company", "")) for person in known if person)
        return set(filter(None, companies))


@dataclass(frozen=True, slots=True)
class PaidPeople:
    """Finds each worker's employee in one company, and the cost centres on the days of a run."""

    ledger: Ledger
    audit: AuditLog
    company: str
    catalogue: Catalogue
    zone: tzinfo

    def find(
        self, roster: Roster, workers: Collection[str], days: tuple[date, date]
    ) -> Whereabouts:
        """Where the workers are on these days; whoever cannot be placed is a problem."""
        links = {link.person_id: link for link in self.ledger.links(self.company)}
        left = self._departments_left(days[0])
        found = Whereabouts()
        for worker in sorted(set(workers)):
            person = roster.by_worker.get(worker)
            link = links.get(person.id) if person else None
            if person is None or link is None or not link.exists:
                found.problems.append(self._stranger(worker, person))
                continue
            problems = list(self._problems(link))
            centres = self._spells(link, left.get(link.person_id, []), problems)
            found.problems += [f"employee {link.employee_code}: {each}" for each in problems]
            if link.is_held:
                found.notes.append(
                    f"employee {link.employee_code}: a change is held; posted where Visma has them"
                )
            if not problems:
                shares = shares_of(spells_of(centres[-1][1], moves_in(centres)), days)
                found.placed[worker] = Placed(str(link.employee_code), shares)
        return found

    def _stranger(self, worker: str, person: Person | None) -> str:
        if person is None:
            return (
                f"worker {worker} is not known to the connector: `connector explain {worker}` says"
                " why"
            )
        elsewhere = ", ".join(company for company in person.active_in if company != self.company)
        there = f", but in {elsewhere}" if elsewhere else ""
        return (
            f"worker {worker} has no employee in {self.company}{there}: `connector explain"
            f" {worker}` says why"
        )

    def _problems(self, link: EmployeeLink) -> Iterator[str]:
        """What of the person's department is not decided."""
        for key in link.waiting_for:
            missing = Missing.parse(key)
            if missing.kind in OF_A_DEPARTMENT:
                yield missing.message(self.company)

    def _spells(
        self, link: EmployeeLink, left: list[tuple[date, str]], problems: list[str]
    ) -> list[tuple[date | None, str]]:
        """The cost centres in the order of time, each with the day on which it was left."""
        spells: list[tuple[date | None, str]] = []
        for day, department in left:
            spells.append((day, self._centre(department, problems)))
        allocation, written = link.allocation, link.written or {}
        centre = allocation.cost_centre if allocation else None
        department = written.get("department", "")
        spells.append((None, centre or self._centre(department, problems)))
        if centre and not self.catalogue.has_cost_centre(centre):
            problems.append(f"cost centre {centre} is not active in Visma ({self.company})")
        return spells

    def _centre(self, department: str, problems: list[str]) -> str:
        """The cost centre of a department in Visma."""
        known = self.catalogue.department(department)
        if known is None or not known.cost_centre:
            told = f"department {department}" if department else "no department: it"
            problems.append(f"{told} has no cost centre in Visma ({self.company})")
            return ""
        if not self.catalogue.has_cost_centre(known.cost_centre):
            problems.append(
                f"cost centre {known.cost_centre} of department {department} is not active in"
                f" Visma ({self.company})"
            )
        return known.cost_centre

    def _departments_left(self, since: date) -> dict[str, list[tuple[date, str]]]:
        """The days since then on which people left a department, and which, by person."""
        moment = datetime.combine(since, time(), self.zone)
        rows = [row for outcome in MOVED_BY for row in self.audit.of_outcome(outcome, moment)]
        found: dict[str, list[tuple[date, str]]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: str(row["time"])):
            before = department_left(row)
            if before and row.get("company") == self.company and not row.get("planned"):
                day = datetime.fromisoformat(str(row["time"])).astimezone(self.zone).date()
                found[str(row["person"])].append((day, before))
        return found


def moves_in(centres: list[tuple[date | None, str]]) -> list[tuple[date, str]]:
    """The moves alone: the days, and what was left on them."""
    return [(day, centre) for day, centre in centres if day is not None]


def department_left(row: Mapping[str, Any]) -> str:
    """The department that an audit row says somebody left; empty where it says no such thing."""
    for each in row.get("differences") or ():
        if each.get("field") == "department" and each.get("before"):
            before, after = str(each["before"]), str(each.get("after") or "")
            return before if canonical(before) != canonical(after) else ""
    return ""
