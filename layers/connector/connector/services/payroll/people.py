"""Where the people of a run are: read from the ledger and the audit, never decided here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from typing import Any

from connector.domain.catalogue import Catalogue, canonical
from connector.domain.mapping.missing import Missing, MissingKind
from connector.domain.payroll.places import Placed, Spell, shares_of, spells_of
from connector.domain.payroll.run import PayrollRun
from connector.domain.people import Facts
from connector.domain.planning import Outcome
from connector.domain.records.booking import booked_before
from connector.domain.records.ledger import EmployeeLink, Person, Record
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


@dataclass(frozen=True, slots=True)
class Left:
    """A day on which someone left a cost centre, or a department of which only that is known."""

    day: date
    cost_centre: str = ""
    department: str = ""


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

    def find(self, roster: Roster, workers: Collection[str], run: PayrollRun) -> Whereabouts:
        """Where the workers are on the days of a run; whoever cannot be placed is a problem."""
        days = run.days
        if days is None:
            return Whereabouts()
        links = {link.person_id: link for link in self.ledger.links(self.company)}
        left = self._left(days[0])
        found = Whereabouts()
        for worker in sorted(set(workers)):
            person = roster.by_worker.get(worker)
            link = links.get(person.id) if person else None
            if person is None or link is None or not link.exists:
                found.problems.append(self._stranger(worker, person))
                continue
            placed, problems = self._placed(
                Record(person, {self.company: link}), left.get(person.id, []), days
            )
            problems += self._elsewhere(person, link, run)
            found.problems += [f"employee {placed.code}: {each}" for each in problems]
            if link.is_held:
                found.notes.append(
                    f"employee {placed.code}: a change is held; posted where Visma has them"
                )
            if not problems:
                found.placed[worker] = placed
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

    def _elsewhere(self, person: Person, link: EmployeeLink, run: PayrollRun) -> Iterator[str]:
        """Whoever works in another company now, unless they left this one since the run began."""
        others = sorted({*person.active_in} - {self.company})
        if link.is_active or not others or run.days is None:
            return
        left_on = link.since.astimezone(self.zone).date()  # not later than that
        if left_on < run.days[0] or self._is_to_be_here(person, run):
            yield (
                f"is inactive in {self.company} and active in {', '.join(others)}; nobody is posted"
                f" where they do not work: `connector explain {person.worker_id}` says why"
            )

    def _is_to_be_here(self, person: Person, run: PayrollRun) -> bool:
        """Whether somebody is of the very legal entity of the run, or was decided to be here."""
        entity = Facts.from_json(person.facts).legal_entity.id if person.facts else None
        is_same = entity is not None and entity == run.legal_entity
        return is_same or person.placement.get("company") == self.company

    def _problems(self, link: EmployeeLink) -> Iterator[str]:
        """What of the person's department is not decided."""
        for key in link.waiting_for:
            missing = Missing.parse(key)
            if missing.kind in OF_A_DEPARTMENT:
                yield missing.message(self.company)

    def _placed(
        self, record: Record, left: list[Left], days: tuple[date, date]
    ) -> tuple[Placed, list[str]]:
        """Where a person was on these days, and what of it cannot be posted."""
        link = record.links[self.company]
        problems = list(self._problems(link))
        shares = shares_of(self._spells(record, left, problems), days)
        problems += [
            f"cost centre {share.cost_centre} is not active in Visma ({self.company})"
            for share in shares
            if share.cost_centre and not self.catalogue.has_cost_centre(share.cost_centre)
        ]
        return Placed(str(link.employee_code), shares), problems

    def _spells(self, record: Record, left: list[Left], problems: list[str]) -> list[Spell]:
        """The cost centres that the person was on, as the ledger and the audit know them."""
        link = record.links[self.company]
        booked = booked_before(record, self.company).cost_centre
        now = booked or (link.allocation.cost_centre if link.allocation else None)
        moves = [
            (each.day, each.cost_centre or self._centre(each.department, problems)) for each in left
        ]
        department = (link.written or {}).get("department", "")
        return spells_of(now or self._centre(department, problems), moves)

    def _centre(self, department: str, problems: list[str]) -> str:
        """The cost centre of a department in Visma."""
        known = self.catalogue.department(department)
        if known is None or not known.cost_centre:
            told = f"department {department}" if department else "no department: it"
            problems.append(f"{told} has no cost centre in Visma ({self.company})")
            return ""
        return known.cost_centre

    def _left(self, since: date) -> dict[str, list[Left]]:
        """What people left since a day, by person, in the order of time."""
        moment = datetime.combine(since, time(), self.zone)
        rows = [row for outcome in MOVED_BY for row in self.audit.of_outcome(outcome, moment)]
        found: dict[str, list[Left]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: str(row["time"])):
            if row.get("company") == self.company and not row.get("planned"):
                found[str(row["person"])] += left_in(row, self.zone)
        return found


def left_in(row: Mapping[str, Any], zone: tzinfo) -> Iterator[Left]:
    """What a row of the audit says somebody left; nothing where it says no such thing.

    A row of an earlier version tells the department alone.
    """
    day = datetime.fromisoformat(str(row["time"])).astimezone(zone).date()
    centre, then = row.get("cost_centre_before"), row.get("cost_centre_after")
    if centre and then:
        if not is_same(centre, then):
            yield Left(day, str(centre))
        return
    moves = (each for each in row.get("differences") or () if each.get("field") == "department")
    for each in moves:
        before = str(each.get("before") or "")
        if before and not is_same(before, each.get("after")):
            yield Left(day, department=before)


def is_same(code: object, other: object) -> bool:
    """Whether two codes are one to Visma."""
    return canonical(str(code or "")) == canonical(str(other or ""))
