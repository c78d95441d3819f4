"""The review of one company: the rejected are retried, and Visma is compared with the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from connector.domain.catalogue import canonical
from connector.domain.changes import Cause
from connector.domain.employees import Employee
from connector.domain.errors import (
    ConfigurationError,
    ConflictError,
    RetryableError,
    UpstreamUnavailableError,
)
from connector.domain.mapping.model import MappingFile
from connector.domain.planning import Outcome
from connector.domain.reconciliation import (
    Finding,
    Origin,
    Shortfall,
    brought_back,
    done_meanwhile,
    extra,
    learnt,
    reconcile,
    shortfall,
    unused,
)
from connector.domain.records.agreement import Agreement
from connector.domain.records.census import census_of, is_open
from connector.domain.records.ledger import EmployeeLink
from connector.domain.status.wording import counted
from connector.ports.clock import Clock
from connector.ports.ledger import Ledger
from connector.ports.state import Agreements
from connector.ports.telemetry import Metrics
from connector.ports.visma import Targets
from connector.services.find.batch import Batch, Summary
from connector.services.find.pages import RESERVE_SECONDS
from connector.services.shared.guarding import ChangeGuard

PATIENCE = timedelta(days=1)
MOST_NAMED = 5

MOST_LEARNT = 2_000
"""Of so many employees a review notes Visma's own id at most: some twenty seconds."""


@dataclass(frozen=True, slots=True)
class _Beside:
    """The employees of a company, if there are any to ask for, and who is otherwise there."""

    employees: list[Employee] | None = None
    found: list[Finding] = field(default_factory=list)
    back: frozenset[str] = frozenset()
    short: Shortfall | None = None

    @property
    def unseen(self) -> tuple[str, ...]:
        """Whom a list that shows too few leaves out: nobody can say how they are."""
        return self.short.unseen if self.short else ()


@dataclass(frozen=True, slots=True)
class CompanyReview:
    """Finds the people with whom something is open although Rippling says nothing new of them."""

    ledger: Ledger
    targets: Targets
    guard: ChangeGuard
    clock: Clock
    metrics: Metrics
    agreements: Agreements

    def read(self, company: str, mapping: MappingFile, asked: Collection[str] = ()) -> Batch:
        """The rejected of a company, and whoever has another employee there than the ledger knows.

        Where Visma does not answer, the report says so; the rejected are tried again all the same.
        `asked` are people whom the sweep asks for in vain: they are not in step either.
        Visma is not asked about a company that the mapping lost: all that is left to do there is
        to leave it, and the report says so as long as somebody is active.
        """
        links, claims = self.ledger.holdings(company)
        is_lost = company not in mapping.companies
        self._release(company, unused(claims, links))
        problems = list(_of_lost(company, links)) if is_lost else []
        beside = _Beside() if is_lost else self._beside(company, links, problems)
        self._count_stuck(links, beside.unseen, is_lost=is_lost)
        differing = {finding.person_id for finding in beside.found}
        is_compared = not problems and not is_lost
        in_vain = _asked_in_vain(links, asked, differing)
        not_in_step = differing | {*beside.unseen} | {each.person_id for each in in_vain}
        in_step = self._show(company, links, not_in_step, is_compared=is_compared)
        if beside.employees is not None:
            stranger = sum(1 for _ in extra(links, beside.employees))
            now = self.clock.now()
            found = [*beside.found, *in_vain]
            self._keep(Agreement.of(company, now, in_step, found, stranger, beside.short))
        problems += [beside.short.told] if beside.short else []
        problems += [_told_of(company, in_vain)] if in_vain else []
        differing -= judged_already(links, beside.found)
        # Someone who is both is queued once: the writer reads the employee in either case.
        done = self._done_meanwhile(links, beside)
        again = self.ledger.persons((set(rejected_in(links)) | done) - differing)
        candidates = self.guard.assess_known(again, Cause.SWEEP, mapping)
        candidates += self.guard.assess_known(self.ledger.persons(differing), Cause.DRIFT, mapping)
        self._learn(learnt(links, beside.employees or ()))
        report = Summary(drifted=len(differing), problems=problems)
        return Batch(tuple(candidates), report=report, brought_back=beside.back)

    def _beside(
        self, company: str, links: Collection[EmployeeLink], problems: list[str]
    ) -> _Beside:
        """What Visma has beside the ledger; nothing, and a problem more, where it cannot say."""
        if not any(link.exists for link in links):
            return _Beside()
        try:
            employees = list(self._employees(company))
        except (RetryableError, ConfigurationError) as error:
            problems.append(f"{company}: {error}")
            return _Beside()
        back = frozenset(brought_back(links, employees))
        short = shortfall(company, links, employees)
        return _Beside(employees, reconcile(links, employees), back, short)

    def _done_meanwhile(self, links: Collection[EmployeeLink], beside: _Beside) -> set[str]:
        """The people of whom nothing may be left to hold, as Visma has them: the writer looks."""
        held = {link.person_id: link for link in links if link.is_held}
        if not held or beside.employees is None:
            return set()
        by_code = {canonical(employee.code): employee for employee in beside.employees}
        return {
            person.id
            for person in self.ledger.persons(set(held))
            if done_meanwhile(
                held[person.id],
                person,
                by_code.get(canonical(held[person.id].employee_code or "")),
                is_whole=beside.short is None,
            )
        }

    def _count_stuck(
        self, links: Iterable[EmployeeLink], unseen: Collection[str], *, is_lost: bool
    ) -> None:
        """Counts who needs a hand: for longer than a day, or because Visma does not show them."""
        stuck = {link.person_id for link in links if self._is_stuck(link, is_lost=is_lost)}
        self.metrics.count("PeopleStuck", len(stuck | {*unseen}))

    def _is_stuck(self, link: EmployeeLink, *, is_lost: bool) -> bool:
        """Whether somebody has needed a hand for longer than a day.

        Whoever is active in a company that the mapping lost does, whatever the last word was,
        unless an operator has said that they are to stay as they are.
        """
        is_left_behind = is_lost and link.is_active and not link.is_left
        needs_a_hand = is_open(link) or is_left_behind
        return needs_a_hand and self.clock.now() - link.since > PATIENCE

    def _show(
        self,
        company: str,
        links: Iterable[EmployeeLink],
        differing: Collection[str],
        *,
        is_compared: bool,
    ) -> int:
        """Shows how the people of a company stand; who is in step only if Visma could be asked."""
        census = census_of(links, differing)
        hours = census.oldest(self.clock.now()) / timedelta(hours=1)
        self.metrics.gauge("PeopleHeld", census.held, Company=company)
        self.metrics.gauge("PeopleRejected", census.rejected, Company=company)
        self.metrics.gauge("OldestOpenHours", round(hours, 1), Company=company)
        if is_compared:
            self.metrics.gauge("PeopleInStep", census.in_step, Company=company)
        return census.in_step

    def _keep(self, agreement: Agreement) -> None:
        """Keeps what was found, and shows it."""
        self.agreements.save(agreement)
        company = agreement.company
        self.metrics.gauge("PeopleDifferent", agreement.different, Company=company)
        missing = agreement.missing + agreement.unseen
        self.metrics.gauge("PeopleMissing", missing, Company=company)
        self.metrics.gauge("PeopleExtra", agreement.extra, Company=company)

    def _learn(self, ids: Iterable[tuple[EmployeeLink, int]]) -> None:
        """Notes whose employee is whose, before codes change hands: no answer to a create tells it.

        Whoever is left out for want of time is learnt by the next sweep.
        """
        for link, employee_id in islice(ids, MOST_LEARNT):
            if self.clock.remaining_seconds() < RESERVE_SECONDS:
                return
            self.ledger.learn_id(link, employee_id)

    def _release(self, company: str, claims: Iterable[tuple[str, str]]) -> None:
        """Frees the codes that were claimed for creates which never came to be.

        Whoever is in the middle of a write is left alone; so is whoever moves meanwhile.
        """
        for code, owner in claims:
            record = self.ledger.record(owner)
            link = record.links.get(company)
            is_used = link is not None and canonical(link.employee_code or "") == canonical(code)
            if record.person.intent is None and not is_used:
                with suppress(ConflictError):
                    self.ledger.release_claim(record, (company, code))

    def _employees(self, company: str) -> Iterator[Employee]:
        """The employees of a company, as long as there is time left to queue what is found."""
        for employee in self.targets.company(company).employees():
            if self.clock.remaining_seconds() < RESERVE_SECONDS:
                raise UpstreamUnavailableError(
                    f"Visma is too slow to list the employees of {company} in one run; they were"
                    " not compared with the ledger today"
                )
            yield employee


def _asked_in_vain(
    links: Iterable[EmployeeLink], asked: Collection[str], differing: Collection[str]
) -> list[Finding]:
    """The people of a company for whom sweeps ask in vain, and who do not differ already."""
    here = {link.person_id for link in links if link.exists} & {*asked} - {*differing}
    return [Finding(each, Origin.ASKED) for each in sorted(here)]


def _told_of(company: str, in_vain: Sequence[Finding]) -> str:
    """That the list of everyone asks for what the writer does not find, and what to do."""
    return (
        f"{company}: {counted(len(in_vain), 'person', 'people')} would end otherwise by Rippling's"
        " list of everyone, sweep after sweep, and the writer leaves them as they are:"
        f" {', '.join(each.person_id for each in in_vain[:MOST_NAMED])}; compare what `connector"
        " plan` and `connector explain` say of them, and report it to Rippling"
    )


def _of_lost(company: str, links: Collection[EmployeeLink]) -> Iterator[str]:
    """That a company which the mapping lost has people left, and what to do about them."""
    active = [link for link in links if link.is_active]
    if not active:
        return
    held = sum(link.is_held for link in active)
    listed = f"{held} of them held: approve whom `connector held` lists; " if held else ""
    yield (
        f"{company}: the mapping no longer has this company, and"
        f" {counted(len(active), 'person is', 'people are')} active there still; {listed}"
        "type `connector mappings rollback`, or `connector mappings import` with the company or"
        " with another one that claims its legal entities, or have their employments ended in"
        " Rippling"
    )


def rejected_in(links: Iterable[EmployeeLink]) -> Iterator[str]:
    """The people whom Visma refused, and no operator rejected."""
    for link in links:
        if link.outcome is Outcome.REJECTED and not link.is_left:
            yield link.person_id


def judged_already(links: Iterable[EmployeeLink], found: Iterable[Finding]) -> set[str]:
    """Who was edited in Visma, and is held for it: told, and not judged again."""
    judged = {link.person_id for link in links if link.is_held}
    return judged & {each.person_id for each in found if each.origin is Origin.EDITED}
