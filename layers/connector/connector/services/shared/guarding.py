"""The guards at both ends of the queue: before a run queues anything, and before the writer writes.

A run never writes: it queues references, and where a guard is breached, it leaves the breach for
the writer to find. What a breach is, is decided in `domain/guards`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from connector.domain.changes import Cause, Change
from connector.domain.guards import (
    ChangeKind,
    FullWindow,
    Proposal,
    Run,
    guards_of,
    judge,
    limit,
)
from connector.domain.mapping.model import Guards, MappingFile
from connector.domain.people import Facts, Worker
from connector.domain.records.approvals import OperatorDecision
from connector.domain.records.ledger import EmployeeLink, Person, Record
from connector.ports.approvals import Approvals
from connector.ports.clock import Clock
from connector.ports.guard_log import GuardLog
from connector.ports.ledger import Ledger
from connector.ports.queue import ChangeQueue, FoundEmployments, QueuedChanges
from connector.ports.reference_cache import ReferenceCache
from connector.services.shared.new_change import new_change, new_run
from connector.services.shared.outlook import Candidate, Outlook

REMEMBERED_FOR = timedelta(hours=12)
"""After so long a message counts as gone: by then it is dealt with, or among the dead letters."""


@dataclass(frozen=True, slots=True)
class ChangeGuard:
    """Queues what a run found, after its guards have judged all of it."""

    ledger: Ledger
    cache: ReferenceCache
    guard_log: GuardLog
    change_queue: ChangeQueue
    queued: QueuedChanges
    employments: FoundEmployments
    clock: Clock

    def assess(
        self,
        workers: Mapping[str, Worker],
        persons: Iterable[Person],
        cause: Cause,
        outlook: Outlook,
    ) -> list[Candidate]:
        """What is probably to be done about these workers, by fingerprint, and their `persons`."""
        by_person: dict[str, list[Worker]] = defaultdict(list)
        for worker in workers.values():
            by_person[worker.person_id].append(worker)
        known = {person.id: person for person in persons}
        return [
            outlook.candidate(
                worker,
                by_person[worker.person_id],
                known.get(worker.person_id) or Person(worker.person_id),
                cause,
                row,
            )
            for row, worker in workers.items()
        ]

    def assess_known(
        self, persons: Iterable[Person], cause: Cause, mapping: MappingFile
    ) -> list[Candidate]:
        """The same for people of whom only the ledger's facts are at hand."""
        outlook = self.outlook(mapping)
        candidates = []
        for person in persons:
            worker = Worker(person.worker_id, person.id, Facts.from_json(person.facts))
            # Of someone who was never seen whole there is nothing to be judged by.
            employments = [worker] if person.facts else []
            candidates.append(outlook.candidate(worker, employments, person, cause))
        return candidates

    def otherwise(
        self,
        employments: Mapping[str, Sequence[Worker]],
        persons: Iterable[Person],
        cause: Cause,
        outlook: Outlook,
    ) -> list[Candidate]:
        """Those of these people who would end otherwise today than the ledger has them."""
        return [
            outlook.candidate(employments[person.id][0], employments[person.id], person, cause)
            for person in persons
            if outlook.is_otherwise(employments[person.id], person)
        ]

    def queue(
        self, found: Sequence[Candidate], mapping: MappingFile, loading: Collection[str] = ()
    ) -> int:
        """Queues everyone with the name of this run, under which a breached guard is remembered.

        The breach is saved first, and new employments are noted: the writer may be quicker than the
        rest of this function, and may take another message first. Whoever lies on the queue for the
        same reason is left there, so that an outage grows no queue, and a worker with several
        reasons gets one message: the writer looks at all there is.
        """
        before, found = self._on_the_queue(found), by_new_employments(found)
        # Also beside one that lies on the queue already.
        new = new_employments(found, is_loading=bool(loading))
        once = {each.reason: each for each in reversed(found)}  # a tick and a sweep may find both
        found = [each for each in reversed(once.values()) if not is_among(before, each)]
        if not found:
            return 0
        run_id = new_run()
        self._save_breaches(run_id, found, mapping, loading)
        asked = {each.person_id for each in found}
        if noted := {person: ids for person, ids in new.items() if person in asked}:
            self.employments.note(noted)
        sent = self.change_queue.send(
            new_change(each.worker_id, each.person_id, each.cause, run=run_id)
            for each in one_for_each(found)
        )
        now = self.clock.now()
        self.queued.save(before | {each.reason[0]: (each.reason[1], now) for each in found})
        return sent

    def _save_breaches(
        self,
        run_id: str,
        found: Sequence[Candidate],
        mapping: MappingFile,
        loading: Collection[str],
    ) -> None:
        """Remembers which guards a run breaches, if any."""
        for company in loading:
            if self.guards_in(mapping)(company).first_load == "allowed":
                self.guard_log.allow_all(company, ChangeKind.CREATE)
        breaches = judge(
            proposals(found),
            self.guards_in(mapping),
            self.ledger.headcount,
            self.guard_log.counted,
            loading,
        )
        if breaches:
            self.guard_log.save_run(Run(run_id, breaches))

    def guards_in(self, mapping: MappingFile) -> Callable[[str], Guards]:
        """The limits of each company, in the mapping or no more."""
        return limits(mapping, self.guard_log)

    def keep(self, mapping: MappingFile) -> None:
        """Remembers what a mapping sets for its companies, for when one of them leaves it."""
        keep(mapping, self.guard_log)

    def _on_the_queue(self, found: Sequence[Candidate]) -> dict[str, tuple[str, datetime]]:
        """What was queued and may lie there still: nothing where the queue is empty."""
        if not found:
            return {}
        oldest = self.clock.now() - REMEMBERED_FOR
        before = {worker: each for worker, each in self.queued.load().items() if each[1] > oldest}
        is_known = any(is_among(before, each) for each in found)
        return {} if is_known and self.change_queue.is_empty() else before

    def outlook(self, mapping: MappingFile) -> Outlook:
        """What would be done about people, for one read: each catalogue is read once for it."""
        return Outlook(mapping, self.clock, self.cache.catalogue)


def new_employments(found: Iterable[Candidate], *, is_loading: bool) -> dict[str, set[str]]:
    """The employments, by person, that the writer would not see by every message about the person.

    They are new to the ledger; another one may be known to it, or found before the writer has dealt
    with this one, and the writer may come to that first. In a first load, where everyone is new,
    whoever is found with one employment is left out.
    """
    new: dict[str, set[str]] = defaultdict(set)
    known = set[str]()
    for each in found:
        if each.is_new:
            new[each.person_id].add(each.worker_id)
        if each.is_known:
            known.add(each.person_id)
    if not is_loading:
        return dict(new)
    return {person: ids for person, ids in new.items() if person in known or len(ids) > 1}


def by_new_employments(found: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, each person with a new employment addressed by that one.

    Where Rippling cannot be searched for a person, the writer sees the employment that it is asked
    about beside those that the ledger knows: asked about an older one, it would take whoever left
    it for one who has left.
    """
    new = {each.person_id: each.worker_id for each in found if each.is_new}
    return [
        each if each.is_new else replace(each, worker_id=new.get(each.person_id, each.worker_id))
        for each in found
    ]


ALIKE = (Cause.POLL, Cause.SWEEP, Cause.DUE)
"""The causes whose messages ask for the same. The others ask for a look at what was edited."""


def one_for_each(found: Sequence[Candidate]) -> list[Candidate]:
    """One candidate for each worker, and one more for each other thing that is to be looked at."""
    each_once = {
        (each.worker_id, "" if each.cause in ALIKE else each.cause): each
        for each in reversed(found)
    }
    return list(reversed(each_once.values()))


def is_among(queued: Mapping[str, tuple[str, datetime]], candidate: Candidate) -> bool:
    """Whether a candidate was queued for the same reason."""
    name, asks = candidate.reason
    return name in queued and queued[name][0] == asks


def proposals(found: Iterable[Candidate]) -> list[Proposal]:
    """What is proposed for each person, once; a person employed anywhere is not about to leave."""
    people: dict[str, Candidate] = {}
    for each in found:
        known = people.get(each.person_id)
        if known is None or (each.is_employed and not known.is_employed):
            people[each.person_id] = each
    return [(*each.proposed, each.person_id) for each in people.values() if each.proposed]


def keep(mapping: MappingFile, guard_log: GuardLog) -> None:
    """Remembers what a mapping sets for its companies, for when one of them leaves it."""
    for company, rules in mapping.companies.items():
        guard_log.keep(company, rules.guards)


def limits(mapping: MappingFile, guard_log: GuardLog) -> Callable[[str], Guards]:
    """The limits of each company; of one that left the mapping, by what it had last."""
    return lambda company: guards_of(mapping, company, guard_log.last_known)


COUNTED_FOR = timedelta(minutes=5)

FIRST_COUNTED = 200
"""So many people of a company are counted first: seldom does it matter whether there are more."""


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many people a company has at least, and whether that is all of them."""

    at: datetime
    people: int
    is_exact: bool


NOT_WHAT_WAS_APPROVED = "what was approved is not what would be done now; approve or reject it"


@dataclass(frozen=True, slots=True)
class GuardCheck:
    """Whether the writer may do a guarded kind of change about one person, and if not, why.

    Whatever the cause of a change, the person is counted here: no sender is trusted to have done
    it, and no message is without a verdict.
    """

    ledger: Ledger
    guard_log: GuardLog
    approvals: Approvals
    clock: Clock
    headcounts: dict[str, Headcount] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)

    def is_rejected(self, held: EmployeeLink) -> bool:
        """Whether the operator rejects what is held."""
        return self._decision_on(held, approvers=1) is OperatorDecision.REJECT

    def approvers(self, mapping: MappingFile, company: str) -> int:
        """How many people have to approve what is held in a company."""
        return limits(mapping, self.guard_log)(company).approvers

    def breach(
        self,
        change: Change,
        kind: ChangeKind,
        plan: str,
        company: str,
        record: Record,
        mapping: MappingFile,
    ) -> tuple[str, str] | None:
        """None where the change may be made, and then the person is counted for the day.

        Else who holds it (a run, or the window of the day) and the message. `plan` is the digest of
        the change.
        """
        link, approvers = record.links.get(company), self.approvers(mapping, company)
        if link and link.held_kind == kind.value:
            decision = self._decision_on(link, approvers)
            if decision is not OperatorDecision.APPROVE:
                is_allowed = self._is_allowed(kind, plan, company, record, approvers)
                return None if is_allowed else (link.held_run, link.reason)
            if link.held_plan == plan:
                return None
            return link.held_run, f"{NOT_WHAT_WAS_APPROVED}; {link.reason}"
        found = self._held_by(change, kind, company, record.person.id, mapping)
        if found is None or self._arrives(kind, company, record):
            return None
        return None if self._is_allowed(kind, plan, company, record, approvers) else found

    def _arrives(self, kind: ChangeKind, company: str, record: Record) -> bool:
        """Whether someone left another company today, counted there, and has yet to arrive here.

        The move was interrupted between the two: held now, they would be active in neither.
        """
        if kind not in (ChangeKind.CREATE, ChangeKind.REACTIVATE) or record.active_in:
            return False
        others = (key for key, link in record.links.items() if key != company and link.exists)
        person_id = record.person.id
        return any(person_id in self.guard_log.counted(key, ChangeKind.TRANSFER) for key in others)

    def _held_by(
        self, change: Change, kind: ChangeKind, company: str, person_id: str, mapping: MappingFile
    ) -> tuple[str, str] | None:
        if change.run:
            if change.run not in self.runs:  # saved before anyone was queued, and never changed
                self.runs.clear()
                self.runs[change.run] = self.guard_log.run(change.run)
            breach = self.runs[change.run].holds(company, kind)
            if breach:
                return change.run, breach.message(change.run)
        return self._full_window(kind, company, person_id, mapping)

    def _is_allowed(
        self, kind: ChangeKind, plan: str, company: str, record: Record, approvers: int
    ) -> bool:
        """Whether a plan was applied in which this very change was foretold, by enough people."""
        said = self.approvals.latest(record.person.id, company)
        is_allowed = said is not None and said.allows(kind, plan, self.clock.now())
        return said is not None and is_allowed and said.is_enough(approvers)

    def _decision_on(self, held: EmployeeLink, approvers: int) -> OperatorDecision | None:
        said = self.approvals.latest(held.person_id, held.company)
        if said is None or not said.is_about(held, self.clock.now()):
            return None
        return said.decision if said.is_enough(approvers) else None

    def _full_window(
        self, kind: ChangeKind, company: str, person_id: str, mapping: MappingFile
    ) -> tuple[str, str] | None:
        """None where the person could be counted among those of the last day."""
        guards, known = limits(mapping, self.guard_log)(company), self._known_headcount(company)
        allowed = limit(kind, guards, known.people) if known else guards.floor
        while not self.guard_log.count(company, kind, person_id, allowed):
            if known and known.is_exact:
                full = FullWindow(company, kind, allowed, known.people)
                return full.run, full.message
            known = self._counted_further(company, known)
            allowed = limit(kind, guards, known.people)
        return None

    def _known_headcount(self, company: str) -> Headcount | None:
        known = self.headcounts.get(company)
        return known if known and self.clock.now() - known.at <= COUNTED_FOR else None

    def _counted_further(self, company: str, known: Headcount | None) -> Headcount:
        """A company is counted no further than it matters: its size is no cost of a change."""
        enough = 2 * known.people if known else FIRST_COUNTED
        people = self.ledger.headcount(company, enough)
        known = Headcount(self.clock.now(), people, is_exact=people < enough)
        self.headcounts[company] = known
        return known
