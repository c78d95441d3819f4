"""Everything read and decided about one change, as it stands while the change is applied.

Immutable: whoever reads again makes a new one. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from connector.domain.changes import Cause, Change
from connector.domain.decisions import Decision
from connector.domain.errors import RefusedError
from connector.domain.guards import ChangeKind
from connector.domain.mapping.model import CompanyRules, MappingFile
from connector.domain.people import Worker
from connector.domain.records.digests import Seal
from connector.domain.records.ledger import EmployeeLink, Record, Rejection
from connector.domain.records.rejection.sparing import with_rejected


@dataclass(frozen=True, slots=True)
class ChangeContext:
    """One change, the person's rows and employments, and what to do about them.

    `refusal` is Visma's answer to the last attempt, where it is believed; `mapping_version` is the
    number of the mapping, or the first digits of its digest; `rejected_in` the company in which an
    operator has just rejected what is held.
    """

    change: Change
    record: Record
    workers: Sequence[Worker] = field(repr=False)
    decision: Decision
    now: datetime
    mapping: MappingFile = field(repr=False)
    refusal: RefusedError | None = None
    mapping_version: str = ""
    rejected_in: str | None = None

    def after_telling(self) -> ChangeContext:
        """The same once a lost write is told: over for this change, also in a rehearsal.

        A rehearsal ends no intent, and would find the same write again and again.
        """
        person = replace(self.record.person, intent=None)
        return replace(self, record=replace(self.record, person=person))

    @property
    def worker(self) -> Worker | None:
        """The employment that counts."""
        return self.decision.worker

    @property
    def is_drift(self) -> bool:
        """Whether the employee was edited in Visma: then the ledger is not to be trusted."""
        return self.change.cause is Cause.DRIFT

    @property
    def is_about_a_stranger(self) -> bool:
        """Whether neither Rippling nor the ledger knows anyone by the worker that was announced.

        Whoever may announce workers could fill the tables with names of their own making.
        """
        return not self.workers and not self.record.is_known

    @property
    def seal(self) -> Seal:
        """How the person's personal fields are stored."""
        return self.record.person.seal

    @property
    def record_of_worker(self) -> Record:
        """The record that knows for which employment someone is about to be created, or comes back.

        Should the answer be lost, another employment may count by the time someone looks: one of
        long ago, for whom is active nowhere.
        """
        person = self.record.person
        if self.worker is None or (person.worker_id and person.active_in):
            return self.record
        return replace(self.record, person=replace(person, worker_id=self.worker.id))

    def link(self, company: str | None) -> EmployeeLink | None:
        """The ledger's row of this person in a company."""
        return self.record.links.get(company or "")

    def rules(self, company: str) -> CompanyRules | None:
        """The rules of a company, where the mapping knows it."""
        return self.mapping.companies.get(company)

    def today(self, company: str) -> date:
        """The calendar day it is in a company; one that left the mapping has that of the others."""
        return self.mapping.earliest_day([company], self.now)

    def found_by(self, company: str | None) -> str:
        """The cause by which this was come to first: whatever waited since is not news by now."""
        link = self.link(company)
        return link.found_by if link and link.is_open else self.change.cause.value

    @property
    def companies_to_leave(self) -> tuple[str, ...]:
        """The companies in which an active employee must be assumed."""
        return assumed_active(self.change, self.record)

    def rejections(self, company: str | None) -> tuple[Rejection, ...]:
        """What an operator rejected in a company, just now or before."""
        link = self.link(company)
        if link is not None and company == self.rejected_in:
            return with_rejected(link.rejections, Rejection(link.held_kind, link.held_values))
        return link.rejections if link else ()

    @property
    def has_rejection(self) -> bool:
        """Whether an operator rejected anything about this person."""
        return any(self.rejections(company) for company in self.record.links)

    @property
    def held_in(self) -> str | None:
        """The company in which a change to this person is held."""
        return next((key for key, link in self.record.links.items() if link.is_held), None)


def assumed_active(change: Change, record: Record) -> tuple[str, ...]:
    """Where the person is active; after an edit in Visma, wherever there is an employee at all.

    Where leaving is held, an edit may have brought the employee back: the ledger still has it
    inactive, and whatever ends the hold, an approval above all, has to look again.
    """
    is_edited = change.cause is Cause.DRIFT
    links = record.links.items()
    kept = {key for key, link in links if link.exists and (is_edited or leaving_is_held(link))}
    return tuple(sorted(kept if is_edited else kept.union(record.active_in)))


def leaving_is_held(link: EmployeeLink) -> bool:
    """Whether a guard holds that the employee is made inactive."""
    return link.is_held and link.held_kind == ChangeKind.DEACTIVATE.value
