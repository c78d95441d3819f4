"""What to do about a person today: write, leave, wait for a day, or leave alone.

Between "who counts" (employment), "where do they belong" (placement) and "what differs" (planning):
this file joins scope, company and dates into one decision. It reads nothing and writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from connector.domain.employment import (
    NOTHING_COUNTED,
    Counted,
    EmploymentOnDay,
    EmploymentState,
    primary_employment,
    state_on,
)
from connector.domain.facts import EMPTY, UNKNOWN, Known, shown
from connector.domain.mapping.model import NOT_SHOWN_CLAIM, MappingFile
from connector.domain.mapping.routing import Route, not_shown, route, undecided_by
from connector.domain.people import EmploymentStatus, Worker
from connector.domain.planning import Outcome


class Action(StrEnum):
    """What a decision asks for."""

    WRITE = "write"
    LEAVE = "leave"
    SCHEDULE = "schedule"
    IGNORE = "ignore"
    KEEP = "keep"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a person, in which company, and the companies they must leave first.

    `unknown` names the facts that Rippling does not show and that this hinged on.
    """

    action: Action
    worker: Worker | None = None
    company: str | None = None
    reason: str = ""
    due_on: date | None = None
    leave_first: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def in_force_since(worker: Worker, outcome: Outcome, today: date) -> date | None:
    """The day from which a change of status holds, where that day has passed already."""
    days = {
        Outcome.DEACTIVATED: shown(worker.facts.end_date),
        Outcome.CREATED: shown(worker.facts.start_date),
        Outcome.REACTIVATED: shown(worker.facts.start_date),
    }
    day = days.get(outcome)
    return day if day and day < today else None


OVER = (EmploymentState.ENDED, EmploymentState.NEVER_BEGAN)

ENDING_WORDS = (EmploymentStatus.TERMINATED,)
"""Whoever has no employee and is on the way out waits for nothing."""

GONE = "Rippling shows no employment of this person; absence is never a termination"

NO_LONGER_SHOWN = (
    "Rippling no longer shows the employment that counted, and the others do not go on; absence is"
    " never a termination"
)

LOST = (GONE, NO_LONGER_SHOWN)
"""Why nothing is done about somebody until a person does something about them."""


def decide(
    workers: Sequence[Worker],
    mapping: MappingFile,
    now: datetime,
    active_in: Collection[str],
    counted: Counted = NOTHING_COUNTED,
) -> Decision:
    """What to do about a person with these employments, active in these Visma companies.

    `counted` is the employment that counted last time, and the days that Rippling showed of it
    then. Where it is gone, one that ended or has not begun says nothing about it, and somebody has
    to be told. One that goes on does, in scope or out of it.
    """
    workers = _with_doubts(workers, counted, has_begun=bool(active_in))
    it = counted.worker_id
    person = Situation(workers, mapping, now, active_in, it)
    decision = _decide(person)
    is_gone = bool(it) and bool(workers) and it not in {worker.id for worker in workers}
    goes_on = decision.action is Action.WRITE or _goes_on(decision, person)
    if active_in and is_gone and not goes_on:
        # The day on which another one begins still comes, and they are due then.
        return Decision(
            Action.KEEP, decision.worker, decision.company, NO_LONGER_SHOWN, decision.due_on
        )
    return decision


def _goes_on(decision: Decision, person: Situation) -> bool:
    """Whether somebody works in the employment decided by, of which it is known where it belongs.

    Where its legal entity is not shown, it belongs to the company that takes such people.
    """
    worker, company, mapping = decision.worker, decision.company, person.mapping
    if worker is None:
        return False
    takes_them = company is not None and mapping.claimant(NOT_SHOWN_CLAIM) == company
    is_known = takes_them or mapping.company_of(worker.facts.legal_entity) is not UNKNOWN
    states = (EmploymentState.WORKING, EmploymentState.ENDS_LATER)
    return is_known and person.today(worker).state in states


def _with_doubts(
    workers: Sequence[Worker], counted: Counted, *, has_begun: bool
) -> Sequence[Worker]:
    """The workers, a day of theirs unknown where Rippling showed one and now shows nothing.

    Whoever is on the way out has a last day: that it is gone is not that it is over. And whoever
    has begun has a first day: where it is gone, first days are hidden, and others may have come.
    """
    it = next((each for each in workers if each.id == counted.worker_id), None)
    gone = days_gone(it, counted, has_begun=has_begun) if it else ()
    if it and "end_date" in gone:
        ending = replace(it, facts=replace(it.facts, end_date=UNKNOWN))
        workers = [ending if each is it else each for each in workers]
    return [_with_hidden_start(each) for each in workers] if "start_date" in gone else workers


def days_gone(worker: Worker, counted: Counted, *, has_begun: bool) -> tuple[str, ...]:
    """The days of the employment that counted which Rippling showed once, and hides by now."""
    facts, is_it = worker.facts, worker.id == counted.worker_id
    is_ending = facts.status is EmploymentStatus.TERMINATED
    last = is_ending and is_last_day_gone(worker, counted)
    first = is_it and has_begun and facts.start_date is EMPTY and counted.first_day is not EMPTY
    return (*(("start_date",) if first else ()), *(("end_date",) if last else ()))


def is_last_day_gone(worker: Worker, counted: Counted) -> bool:
    """Whether the employment that counted had a last day, and shows none now: taken, or hidden."""
    is_it = worker.id == counted.worker_id
    return is_it and worker.facts.end_date is EMPTY and isinstance(counted.last_day, Known)


def _with_hidden_start(worker: Worker) -> Worker:
    if worker.facts.start_date is not EMPTY:
        return worker
    return replace(worker, facts=replace(worker.facts, start_date=UNKNOWN))


@dataclass(frozen=True)
class Situation:
    """Everything a decision about one person is made of."""

    workers: Sequence[Worker]
    mapping: MappingFile
    now: datetime
    active_in: Collection[str]
    counted: str = ""

    def route(self, worker: Worker) -> Route:
        """Where an employment belongs; each is asked about several times, and looked at once.

        Where its legal entity is not shown, or what its scope hinges on, only the employment that
        counts stays where the person is; another one may be in any company, or in none.
        """
        return self._looked_at[id(worker)][0]

    def today(self, worker: Worker) -> EmploymentOnDay:
        """An employment on the present day of the company that it belongs to."""
        return self._looked_at[id(worker)][1]

    @cached_property
    def _looked_at(self) -> Mapping[int, tuple[Route, EmploymentOnDay]]:
        routes = [(worker, self._route(worker)) for worker in self.workers]
        return {id(worker): (to, self._today(worker, to)) for worker, to in routes}

    def _route(self, worker: Worker) -> Route:
        to = route(worker.facts, self.mapping, self.active_in)
        is_another = bool(self.counted) and worker.id != self.counted
        if is_another and self.active_in and to.unknown and not self._follows_at_home(to):
            return replace(
                to, waits=True, reason=to.reason or undecided_by(to.unknown, worker.facts)
            )
        return to

    def _follows_at_home(self, to: Route) -> bool:
        """Whether the employment that counted is no more, and another one follows where it was.

        Where it is not shown of which company that one is, it goes to the company that takes such
        people, as it would had the person been made inactive in between: that is this one.
        """
        before = [each for each in self.workers if each.id == self.counted]
        is_over = all(self._today(each, self._route(each)).state in OVER for each in before)
        takes_them = self.mapping.claimant(NOT_SHOWN_CLAIM) == to.company
        return to.unknown == ("legal_entity",) and takes_them and is_over

    def _today(self, worker: Worker, to: Route) -> EmploymentOnDay:
        company = to.company
        if company is None:
            return state_on(worker, self.mapping.earliest_day(self.active_in, self.now))
        # The lead is a company's: of one that is only guessed it says nothing.
        lead_days = 0 if to.waits else self.mapping.companies[company].lead_days
        return state_on(worker, self.mapping.today(company, self.now), lead_days=lead_days)

    @property
    def in_scope(self) -> list[Worker]:
        """The employments that the mapping does not leave out."""
        return [worker for worker in self.workers if not self.route(worker).left_out]

    @property
    def next_day(self) -> date | None:
        """The next day on which something changes, whichever employment says so."""
        days = [self.today(worker).due_on for worker in self.in_scope]
        return min((day for day in days if day), default=None)

    @property
    def has_left(self) -> bool:
        """Whether someone who is active worked in an employment that is over, and in no other."""
        states = {self.today(worker).state for worker in self.workers}
        is_doubtful = EmploymentState.UNCLEAR in states
        return bool(self.active_in) and not is_doubtful and not states.isdisjoint(OVER)


def _decide(person: Situation) -> Decision:
    if not person.workers:
        return Decision(Action.KEEP, reason=GONE)
    in_scope = person.in_scope
    employment = primary_employment(in_scope or person.workers, person.today, person.counted)
    if employment is None:
        raise AssertionError("there is at least one employment")
    return _decision(employment, person) if in_scope else _out_of_scope(employment, person)


def _decision(employment: EmploymentOnDay, person: Situation) -> Decision:
    worker, to = employment.worker, person.route(employment.worker)
    company, due_on = to.company, person.next_day
    match employment.state:
        case EmploymentState.WORKING | EmploymentState.ENDS_LATER if to.waits:
            return _undecided(worker, to, person)
        case EmploymentState.WORKING | EmploymentState.ENDS_LATER:
            others = tuple(sorted(set(person.active_in) - {company}))
            return Decision(
                Action.WRITE, worker, company, "", due_on, leave_first=others, unknown=to.unknown
            )
        case EmploymentState.STARTS_LATER:
            action = Action.LEAVE if person.has_left else Action.SCHEDULE
            return Decision(action, worker, company, _starts(worker), due_on)
        case EmploymentState.ENDED | EmploymentState.NEVER_BEGAN as state:
            return Decision(Action.LEAVE, worker, company, reason_of_end(worker, state))
        case EmploymentState.NOT_HIRED:
            return Decision(Action.IGNORE, worker, company, "the offer is not accepted yet")
        case _:
            return _undecided(worker, _unclear(to, employment), person)


def _undecided(worker: Worker, to: Route, person: Situation) -> Decision:
    """What to do while a fact is unknown: an employee stays as it is, anyone else waits for it."""
    is_waiting = not person.active_in and worker.facts.status not in ENDING_WORDS
    action = Action.WAIT if is_waiting else Action.KEEP
    if to.unknown == ("status",):
        action = Action.KEEP  # there is nothing to wait for: the word is not one of ours
    return Decision(action, worker, to.company, to.reason, unknown=to.unknown)


def _unclear(to: Route, employment: EmploymentOnDay) -> Route:
    """The route of an employment of which it cannot be told where it stands."""
    unknown = employment.unknown
    is_status = unknown == ("status",)
    reason = "Rippling gives a status we do not know" if is_status else not_shown(unknown)
    return replace(to, unknown=unknown, waits=True, reason=reason)


def _out_of_scope(employment: EmploymentOnDay, person: Situation) -> Decision:
    worker, to = employment.worker, person.route(employment.worker)
    companies = person.mapping.companies
    leaving = [
        company
        for company in person.active_in
        if company in companies and companies[company].scope.deactivate_when_out_of_scope
    ]
    if (leaving or employment.state in OVER) and person.active_in:
        return Decision(Action.LEAVE, worker, to.company, to.left_out)
    due_on = employment.due_on if person.active_in else None  # who leaves, leaves in any case
    return Decision(Action.IGNORE, worker, to.company, to.left_out, due_on)


def _starts(worker: Worker) -> str:
    day = shown(worker.facts.start_date)
    return f"starts on {day.isoformat()}" if day else "accepted, but without a start date"


def reason_of_end(worker: Worker, state: EmploymentState) -> str:
    """Why an employment is over, for the audit."""
    if state is EmploymentState.NEVER_BEGAN:
        return "the employment never began"
    day = shown(worker.facts.end_date)
    return f"left on {day.isoformat()}" if day else "left"
