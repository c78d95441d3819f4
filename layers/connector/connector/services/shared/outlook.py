"""What would be done about people, as far as a run can tell that reads and writes nothing.

What is in the end done decides the writer, who reads each person fresh.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connector.domain.catalogue import Catalogue
from connector.domain.changes import Cause
from connector.domain.decisions import NO_LONGER_SHOWN, Action, Decision, decide
from connector.domain.employees import same
from connector.domain.facts import UNKNOWN
from connector.domain.guards import ChangeKind, ProposedChange, kind_of
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.rows import digest_of
from connector.domain.people import Worker
from connector.domain.placement import (
    IN_VISMA,
    Placement,
    Remembered,
    placing_facts,
    resolve_placement,
)
from connector.domain.planning import Outcome
from connector.domain.reconciliation import is_otherwise
from connector.domain.records.ledger import Person
from connector.ports.clock import Clock


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person to be re-checked, and what would probably be done about them."""

    worker_id: str
    person_id: str
    cause: Cause
    proposed: tuple[str, ChangeKind] | None = None
    is_employed: bool = False
    reason: tuple[str, str] = ("", "")
    """Under which name the queued change is remembered, and a digest of what asks for it: the row
    that was read, else the mapping, and the last outcome."""

    is_new: bool = False
    """Whether it is about an employment that the ledger does not know."""

    is_known: bool = False
    """Whether the ledger knows the person."""

    unchanged_since: datetime | None = None
    """When Rippling changed the row of somebody whom the writer last left unchanged."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would be done about people, by the mapping and the cached catalogues of this moment."""

    mapping: MappingFile
    clock: Clock
    shared: Callable[[str], Catalogue]
    catalogues: dict[str, Catalogue] = field(default_factory=dict)
    _placements: dict[tuple[Any, ...], Placement] = field(default_factory=dict)

    def catalogue_of(self, company: str) -> Catalogue:
        """The catalogue of a company as all functions shared it when it was first asked for."""
        if company not in self.catalogues:
            self.catalogues[company] = self.shared(company)
        return self.catalogues[company]

    def renew(self, company: str, catalogue: Catalogue) -> None:
        """From here on this is the catalogue of a company."""
        if self.catalogues.get(company) is not catalogue:
            self.catalogues[company] = catalogue
            self._placements.clear()

    def candidate(
        self,
        worker: Worker,
        employments: Sequence[Worker],
        person: Person,
        cause: Cause,
        row: str = "",
    ) -> Candidate:
        """A worker with what would be done about the person behind them.

        Someone about whom this cannot be said is queued all the same: what is wrong with them then
        stops the writer at them alone, and no one else.
        """
        # An edit in Visma has to be looked at there; every other look is like the next.
        look = "row" if row else "drift" if cause is Cause.DRIFT else "look"
        # Whoever is being dealt with at this moment may have been decided under the mapping before.
        asked_for = row or digest_of(self.mapping)
        asks = hashlib.sha256(f"{person.audit.hash} {asked_for}".encode()).hexdigest()[:10]
        reason = f"{worker.id} {look}", asks
        try:
            judged = self._judged(worker, employments, person, cause)
        except Exception:  # noqa: BLE001 whatever it is, it is about one person
            judged = Candidate(worker.id, worker.person_id, cause)
        is_new = bool(row) and worker.id not in person.worker_ids
        is_settled = person.outcome == Outcome.UNCHANGED.value
        return replace(
            judged,
            reason=reason,
            is_new=is_new,
            is_known=person.version > 0,
            unchanged_since=worker.updated_at if is_settled else None,
        )

    def is_otherwise(self, employments: Sequence[Worker], person: Person) -> bool:
        """Whether someone would end otherwise today than the ledger has them.

        Who was never dealt with is a change like any other. Someone about whom it cannot be said is
        looked at by the writer.
        """
        if not person.outcome:
            return False
        try:
            decision = self._decision(employments, person)
            if decision.company and not self.catalogue_of(decision.company).read_at:
                return False  # nothing can be said of a company that was never read
            return is_otherwise(person, decision, self._placed(decision, person))
        except Exception:  # noqa: BLE001 whatever it is, it is about one person
            return True

    def has_lost(self, employments: Sequence[Worker], person: Person) -> bool:
        """Whether the employment that somebody is active for is gone, and no other one goes on.

        Rippling shows them, so nobody misses them, and absence is never a termination.
        """
        is_shown = person.worker_id in {worker.id for worker in employments}
        if not person.active_in or not person.worker_id or is_shown:
            return False
        try:
            return self._decision(employments, person).reason == NO_LONGER_SHOWN
        except Exception:  # noqa: BLE001 whatever it is, it is about one person
            return False

    def _decision(self, employments: Sequence[Worker], person: Person) -> Decision:
        now = self.clock.now()
        return decide(employments, self.mapping, now, person.active_in, person.counted)

    def _placed(self, decision: Decision, person: Person) -> Placement | None:
        """Where someone who works belongs, by the facts of today."""
        company, worker = decision.company, decision.worker
        if decision.action is not Action.WRITE or company is None or worker is None:
            return None
        remembered = Remembered.of(person.placement, company)
        rules = self.mapping.companies[company]
        pay = worker.pay if rules.uses_pay else UNKNOWN
        # Many people have the same facts, as far as they decide where one belongs.
        alike = company, remembered, pay, *placing_facts(worker.facts)
        if alike not in self._placements:
            self._placements[alike] = resolve_placement(
                company,
                rules,
                worker.facts,
                self.catalogue_of(company),
                pay,
                remembered=remembered,
            )
        return self._placements[alike]

    def _judged(
        self, worker: Worker, employments: Sequence[Worker], person: Person, cause: Cause
    ) -> Candidate:
        decision = self._decision(employments, person)
        change = ProposedChange(
            decision, tuple(person.active_in), self.changed_fields(decision, person)
        )
        is_employed = decision.action is Action.WRITE
        return Candidate(worker.id, worker.person_id, cause, kind_of(change), is_employed)

    def changed_fields(self, decision: Decision, person: Person) -> frozenset[str]:
        """The fields in which a person would be placed otherwise than the employee in Visma is."""
        before = person.placement.get(IN_VISMA, {})
        placement = self._placed(decision, person) if before else None
        if placement is None:
            return frozenset()
        return frozenset(
            field
            for field, value in placement.fields().items()
            if before.get(field) and not same(field, value, before[field])
        )
