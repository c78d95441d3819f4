"""Guards: how much of a company may change within a day before a human has to agree.

A run is one tick, one sweep or one edit of the mapping: its early look holds a kind of change that
would go over the limit, all of it or none. Whatever reaches the writer is counted there, over a
sliding day, people and not attempts. Counting and judging live here; who is asked, and where it is
stored, does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeAlias

from connector.domain.decisions import Action, Decision
from connector.domain.employees import PERSONAL_FIELDS
from connector.domain.mapping.model import Guards, MappingFile
from connector.domain.planning import Outcome, Plan

WINDOW = timedelta(hours=24)
"""Over so long a time the people of a kind of change are counted."""

RECLASSIFYING = ("employee_class", "branch", "calendar")


class ChangeKind(StrEnum):
    """The kinds of change that are guarded."""

    CREATE = "create"
    REACTIVATE = "reactivate"
    DEACTIVATE = "deactivate"
    TRANSFER = "transfer"
    MOVE = "move"
    RECLASSIFY = "reclassify"
    REWRITE = "rewrite"


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """What a run would do about one person, as far as it can be told without Visma.

    `changed` are the fields in which the employee would be placed otherwise than now.
    """

    decision: Decision
    active_in: tuple[str, ...]
    changed: frozenset[str] = frozenset()

    @property
    def is_work(self) -> bool:
        """Whether the person is to be an active employee of a company."""
        return self.decision.action is Action.WRITE and self.decision.company is not None

    @property
    def leaves(self) -> str | None:
        """The company that a leaver is counted in."""
        is_leaver = self.decision.action is Action.LEAVE and bool(self.active_in)
        return self.active_in[-1] if is_leaver else None

    @property
    def transfers_from(self) -> str | None:
        """The company that a person leaves for another one."""
        return next(iter(self.decision.leave_first), None) if self.is_work else None

    @property
    def is_created_in(self) -> str | None:
        """The company in which a person has no active employee yet."""
        is_new = self.is_work and self.decision.company not in self.active_in
        return self.decision.company if is_new else None

    def changes(self, fields: Iterable[str]) -> str | None:
        """The company in which a person is placed otherwise in any of these fields."""
        does = self.is_work and not self.changed.isdisjoint(fields)
        return self.decision.company if does else None


@dataclass(frozen=True, slots=True)
class GuardRule:
    """Everything about one guarded kind of change.

    `found_in` recognises it before a run queues anything, and says in which company it counts;
    `planned_by` recognises it before the writer sends anything.
    """

    kind: ChangeKind
    phrase: str
    percent: Callable[[Guards], int]
    found_in: Callable[[ProposedChange], str | None]
    planned_by: Callable[[Plan], bool]


def _updates(plan: Plan, fields: Iterable[str]) -> bool:
    return plan.outcome is Outcome.UPDATED and not set(fields).isdisjoint(plan.fields)


GUARDS: tuple[GuardRule, ...] = (
    GuardRule(
        ChangeKind.DEACTIVATE,
        "deactivate",
        lambda guards: guards.deactivate_percent,
        lambda change: change.leaves,
        lambda plan: plan.outcome is Outcome.DEACTIVATED,
    ),
    GuardRule(
        ChangeKind.TRANSFER,
        "move to another company",
        lambda guards: guards.transfer_percent,
        lambda change: change.transfers_from,
        lambda _: False,  # two plans make a transfer: the writer asks before the first of them
    ),
    GuardRule(
        ChangeKind.CREATE,
        "create or reactivate",
        lambda guards: guards.create_percent,
        lambda change: change.is_created_in,
        lambda plan: plan.outcome is Outcome.CREATED,
    ),
    GuardRule(
        ChangeKind.REACTIVATE,
        "reactivate",
        lambda guards: guards.reactivate_percent,
        lambda _: None,  # only the ledger's links tell it from a create, with which it is judged
        lambda plan: plan.outcome is Outcome.REACTIVATED,
    ),
    GuardRule(
        ChangeKind.MOVE,
        "move to another department",
        lambda guards: guards.move_percent,
        lambda change: change.changes(["department"]),
        lambda plan: _updates(plan, ["department"]),
    ),
    GuardRule(
        ChangeKind.RECLASSIFY,
        "give another class, branch or calendar to",
        lambda guards: guards.reclassify_percent,
        lambda change: change.changes(RECLASSIFYING),
        lambda plan: _updates(plan, RECLASSIFYING),
    ),
    GuardRule(
        ChangeKind.REWRITE,
        "rewrite the contact data of",
        lambda guards: guards.rewrite_percent,
        lambda _: None,  # personal data are in Visma alone
        lambda plan: _updates(plan, PERSONAL_FIELDS),
    ),
)
"""Every guarded kind of change, the first that applies decides. Both sides ask this table."""

EARLY: Mapping[ChangeKind, ChangeKind] = {ChangeKind.REACTIVATE: ChangeKind.CREATE}
"""Under which kind a run's early look has judged a kind, where that is not its own."""


def rule_of(kind: ChangeKind) -> GuardRule:
    """The rule of a kind."""
    return next(rule for rule in GUARDS if rule.kind is kind)


def kind_of(change: ProposedChange) -> tuple[str, ChangeKind] | None:
    """The guarded kind of a proposed change, and the company that it counts in."""
    for rule in GUARDS:
        if company := rule.found_in(change):
            return company, rule.kind
    return None


def kind_of_plan(plan: Plan) -> ChangeKind | None:
    """The guarded kind of change that a plan for one employee amounts to."""
    return next((rule.kind for rule in GUARDS if rule.planned_by(plan)), None)


@dataclass(frozen=True, slots=True)
class GuardBreach:
    """A kind of change of which a run would do too much in one company."""

    company: str
    kind: ChangeKind
    count: int
    limit: int
    population: int

    def message(self, run: str) -> str:
        """Why a change is held, and what to do about it."""
        return (
            f"run {run} would {rule_of(self.kind).phrase} {self.count} of {self.population} people"
            f" in {self.company}, and the guard allows {self.limit} a day; approve or reject it"
        )


@dataclass(frozen=True, slots=True)
class FullWindow:
    """A kind of change of which a company has had enough within a day."""

    company: str
    kind: ChangeKind
    limit: int
    population: int

    @property
    def run(self) -> str:
        """The name by which everyone is approved or rejected whom the window holds."""
        return f"window-{self.company}-{self.kind}"

    @property
    def message(self) -> str:
        """Why a change is held, and what to do about it."""
        return (
            f"within 24 hours the guard lets the connector {rule_of(self.kind).phrase} {self.limit}"
            f" of {self.population} people in {self.company}, and so many it was; approve or"
            " reject it"
        )


@dataclass(frozen=True, slots=True)
class Run:
    """What a run was not allowed to do by itself."""

    id: str
    breaches: tuple[GuardBreach, ...] = ()

    def holds(self, company: str, kind: ChangeKind) -> GuardBreach | None:
        """The breach against a kind of change in a company, if there is one."""
        early = EARLY.get(kind, kind)
        found = (each for each in self.breaches if (each.company, each.kind) == (company, early))
        return next(found, None)

    def to_json(self) -> dict[str, Any]:
        """The form that is stored beside the watermarks."""
        names = ("company", "kind", "count", "limit", "population")
        return {
            "breaches": [
                {name: getattr(breach, name) for name in names} for breach in self.breaches
            ]
        }

    @classmethod
    def from_json(cls, run: str, data: Mapping[str, Any]) -> Run:
        """The run that `to_json` wrote."""
        breaches = (
            GuardBreach(
                str(each["company"]),
                ChangeKind(each["kind"]),
                int(each["count"]),
                int(each["limit"]),
                int(each["population"]),
            )
            for each in data.get("breaches", ())
        )
        return cls(run, tuple(breaches))


def limit(kind: ChangeKind, guards: Guards, population: int) -> int:
    """How many people a kind of change may concern in a day: a percentage, at least the floor."""
    if kind is ChangeKind.CREATE and population == 0 and guards.first_load == "allowed":
        return UNLIMITED
    return max(guards.floor, population * rule_of(kind).percent(guards) // 100)


def enough_for(count: int, kind: ChangeKind, guards: Guards) -> int | None:
    """How many people a company must have for so many to be allowed; None where none suffice."""
    percent = rule_of(kind).percent(guards)
    return -(-count * 100 // percent) if percent else None


UNLIMITED = 10**9

FEWEST_PERCENT = 80
"""A source that shows fewer than this of those whom it should show is not believed."""

FEWEST_MISSING = 5
"""That many of them may always be missing."""


def shows_too_few(expected: Collection[str], unseen: Collection[str]) -> bool:
    """True where a source leaves out far too many of those whom it should show.

    `unseen` are those of the `expected` who are not there. Whoever else a source shows, past people
    and strangers, stands for nobody: however many they are, they say nothing of the others.
    """
    return _are_too_few(len(expected) - len(unseen), len(expected))


def proves_too_few(rows: int, expected: Collection[str]) -> bool:
    """True where a source has so few rows, whosever they are, that far too many are left out.

    Many rows prove nothing: that enough are there, only `shows_too_few` can tell.
    """
    return _are_too_few(rows, len(expected))


def _are_too_few(shown: int, expected: int) -> bool:
    return expected - shown > FEWEST_MISSING and shown * 100 < expected * FEWEST_PERCENT


Proposal: TypeAlias = tuple[str, ChangeKind, str]
"""A company, a guarded kind of change, and the person."""


def judge(
    wanted: Iterable[Proposal],
    guards_in: Callable[[str], Guards],
    population_of: Callable[[str, int | None], int],
    counted: Callable[[str, ChangeKind], Collection[str]],
    loading: Collection[str] = (),
) -> tuple[GuardBreach, ...]:
    """The breaches against what a run wants; a company is counted only as far as that can matter.

    `counted` are the people of a kind within the last day, who are not counted again. `loading` are
    the companies whose first load is under way, however many have arrived already.
    """
    people: dict[tuple[str, ChangeKind], set[str]] = defaultdict(set)
    for company, kind, person in wanted:
        people[company, kind].add(person)
    breaches = []
    for (company, kind), proposed in sorted(people.items()):
        guards = guards_in(company)
        before = set(counted(company, kind))
        count = len(before | proposed)
        if count <= guards.floor or proposed <= before:
            continue
        is_loading = kind is ChangeKind.CREATE and company in loading
        population = 0 if is_loading else population_of(company, enough_for(count, kind, guards))
        allowed = limit(kind, guards, population)
        if count > allowed:
            breaches.append(GuardBreach(company, kind, count, allowed, population))
    return tuple(breaches)


def guards_of(
    mapping: MappingFile, company: str, last_known: Callable[[str], Guards | None]
) -> Guards:
    """The limits of a company.

    One that left the mapping keeps those that it had last; where none are known, it has the
    strictest of all that there are. Neither is ever weaker than the defaults.
    """
    if rules := mapping.companies.get(company):
        return rules.guards
    known = last_known(company)
    return strictest([known] if known else [each.guards for each in mapping.companies.values()])


def strictest(several: Iterable[Guards]) -> Guards:
    """Guards of which no limit is weaker than that of any of these, or than the default."""
    every = (Guards(), *several)
    lowest = {name: min(getattr(each, name) for each in every) for name in NUMBERS}
    return Guards(
        **lowest, approvers=max(each.approvers for each in every), first_load=Guards().first_load
    )


NUMBERS = frozenset(Guards.model_fields) - {"first_load", "approvers"}
"""The settings of a guard that are stricter the lower they are."""
