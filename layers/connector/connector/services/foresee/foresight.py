"""What would become of people if the writer looked at them now.

The writer's own steps run over adapters that send nothing and note nothing, and what they would
have written down is read off. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from connector.domain.changes import Cause
from connector.domain.errors import ConnectorError, fault_of
from connector.domain.facts import shown
from connector.domain.foresight.foreseen import Foreseen
from connector.domain.foresight.plan import Plan
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.rows import digest_of
from connector.domain.people import Worker
from connector.domain.planning import Outcome
from connector.domain.records.audit import AuditRow
from connector.domain.records.ledger import EmployeeLink, Person
from connector.ports.clock import Clock
from connector.ports.guard_log import GuardLog
from connector.ports.ledger import Ledger
from connector.services.apply.applier import Applier, Guards
from connector.services.foresee.beside import beside, cause_of, edited_in
from connector.services.foresee.guards import AskedGuards, judged
from connector.services.foresee.numbers import department_in, number_in
from connector.services.foresee.people import Found
from connector.services.foresee.snapshot import Snapshot, SnapshotReader
from connector.services.shared.guarding import GuardCheck
from connector.services.shared.new_change import new_change


class Witness(Protocol):
    """Who would have been written to."""

    def taken(self) -> list[tuple[Person, tuple[EmployeeLink, ...], tuple[AuditRow, ...]]]:
        """What would have been written since this was asked last."""


class Stage(Protocol):
    """Builds the writer over adapters that send nothing and note nothing."""

    def live(
        self, mapping: MappingFile, guards: Guards, day: date | None = None
    ) -> tuple[Applier, Witness]:
        """Over both systems as they are, each person read alone; as if it were that day."""

    def over(
        self, snapshot: Snapshot, mapping: MappingFile, guards: Guards, day: date | None = None
    ) -> tuple[Applier, Witness]:
        """Over what was read of everyone; as if it were that day."""


@dataclass(frozen=True, slots=True)
class Foresight:
    """Foretells, and changes nothing."""

    stage: Stage
    snapshots: SnapshotReader
    ledger: Ledger
    guard_log: GuardLog
    guard_check: GuardCheck
    clock: Clock

    def of_everyone(self, mapping: MappingFile, day: date | None = None) -> Plan:
        """What would become of everyone whom Rippling shows, and of nobody else; now or on a day.

        Raises:
            ConnectorError: Rippling does not answer, or does not show everyone.
        """
        return self.of_snapshot(self.snapshots.read(mapping), mapping, day)

    def of_snapshot(
        self, snapshot: Snapshot, mapping: MappingFile, day: date | None = None
    ) -> Plan:
        """The same of what was read already."""
        guards = AskedGuards(self.guard_check)
        applier, witness = self.stage.over(snapshot, mapping, guards, day)
        edited = edited_in(snapshot, mapping.companies)
        people = [
            each
            for person, workers in snapshot.employments.items()
            for each in foreseen(
                applier,
                witness,
                guards,
                subject(person, workers, snapshot.persons.get(person)),
                Cause.DRIFT if person in edited else Cause.SWEEP,
            )
        ]
        return self._plan(people, mapping, snapshot.loading, snapshot.problems)

    def of_people(
        self, mapping: MappingFile, people: Iterable[Found], day: date | None = None
    ) -> Plan:
        """What would become of these people; each is read alone, in both systems."""
        guards = AskedGuards(self.guard_check)
        applier, witness = self.stage.live(mapping, guards, day)
        targets = applier.employee_writer.targets
        foreknown = [
            each
            for found in people
            for each in foreseen(
                applier,
                witness,
                guards,
                Subject.of(found),
                cause_of(list(beside(targets, found.record, mapping.companies))),
            )
        ]
        return self._plan(foreknown, mapping, (), ())

    def _plan(
        self,
        people: Sequence[Foreseen],
        mapping: MappingFile,
        loading: Collection[str],
        problems: Iterable[str],
    ) -> Plan:
        after = judged(people, mapping, self.ledger, self.guard_log, loading)
        return Plan(self.clock.now(), after, tuple(problems), digest_of(mapping.written))


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom it is about: a person, one of their workers, and whether the ledger knows them."""

    person: str
    worker: str
    is_known: bool
    number: str = ""
    department: str = ""
    placement: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Found) -> Subject:
        """Somebody who was found by a name."""
        person, facts = found.record.person, found.record.person.facts
        known = number_in(facts), department_in(facts), person.placement
        return cls(person.id, found.worker_id, found.record.is_known, *known)


def subject(person_id: str, workers: Sequence[Worker], person: Person | None) -> Subject:
    """Somebody whom Rippling shows; the employment that counted last time speaks for them."""
    counted = person.worker_id if person else ""
    worker = next((each for each in workers if each.id == counted), workers[-1])
    return Subject(
        person_id,
        worker.id,
        person is not None,
        shown(worker.facts.number) or "",
        worker.facts.department.name or "",
        person.placement if person else {},
    )


def foreseen(
    applier: Applier,
    witness: Witness,
    guards: AskedGuards,
    about: Subject,
    cause: Cause = Cause.SWEEP,
) -> Iterator[Foreseen]:
    """What would become of one person, company by company; what cannot be told stops only them."""
    change = new_change(about.worker, about.person, cause)
    witness.taken()
    guards.asked.clear()
    try:
        applier.apply(change)
    except ConnectorError as error:
        yield _untold(about, str(error))
        return
    except Exception as error:  # noqa: BLE001 whatever it is, it is about one person
        yield _untold(about, f"it ends in an error ({fault_of(error)})")
        return
    for person, links, rows in witness.taken():
        for row in rows:
            link = next((each for each in links if each.company == row.company), None)
            end = _ending(about, person, link, row, guards)
            yield replace(end, is_edited=cause is Cause.DRIFT)


def _untold(about: Subject, reason: str) -> Foreseen:
    found = Foreseen(
        about.person, about.worker, "", "", reason, about.number, about.department, reason=reason
    )
    return found.signed(is_known=about.is_known)


def _ending(
    about: Subject, person: Person, link: EmployeeLink | None, row: AuditRow, guards: AskedGuards
) -> Foreseen:
    company = row.company or ""
    kind, plan = guards.asked.get((about.person, company), ("", ""))
    link = link or EmployeeLink(about.person, company, row.outcome, row.time)
    found = Foreseen(
        person=about.person,
        worker=row.worker_id or about.worker,
        company=company,
        outcome=row.outcome.value,
        message=row.message,
        number=row.employee_code or link.expected_code or about.number,
        department=department_in(person.facts) or about.department,
        kind=str(kind),
        plan=plan,
        held=row.reason if row.outcome is Outcome.HELD else "",
        reason=row.reason,
        waiting_for=link.waiting_for,
        due_on=str(link.due_on or ""),
        cost_centre=(
            _cost_centre(about.placement, row.company),
            _cost_centre(person.placement, row.company),
        ),
        differences=row.differences,
    )
    return found.signed(is_known=about.is_known)


def _cost_centre(placement: Mapping[str, Any], company: str | None) -> str:
    return str(placement.get("cost_centre", "")) if placement.get("company") == company else ""
