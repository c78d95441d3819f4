"""Guards: how much of a company one run may change before a human has to agree.

A run is one tick, one sweep or one edit of the mapping. A kind of change over its limit is held,
all of it or none. Counting and judging live here; who is asked, and where it is stored, does not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from connector.domain.decisions import Action, Decision
from connector.domain.mapping.model import Guards, MappingFile
from connector.domain.planning import Outcome, Plan


class ChangeKind(StrEnum):
    """The kinds of change that are guarded."""

    CREATE = "create"
    DEACTIVATE = "deactivate"
    MOVE = "move"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """What a run would do about one person, as far as it can be told without Visma."""

    decision: Decision
    active_in: tuple[str, ...]
    changes_department: bool

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

    @property
    def moves_within(self) -> str | None:
        """The company in which a person changes the department."""
        return self.decision.company if self.is_work and self.changes_department else None


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
        lambda guards: guards.move_percent,
        lambda change: change.transfers_from,
        lambda _: False,  # two plans make a transfer: the writer asks before the first of them
    ),
    GuardRule(
        ChangeKind.CREATE,
        "create",
        lambda guards: guards.create_percent,
        lambda change: change.is_created_in,
        lambda plan: plan.outcome is Outcome.CREATED,
    ),
    GuardRule(
        ChangeKind.MOVE,
        "move to another department",
        lambda guards: guards.move_percent,
        lambda change: change.moves_within,
        lambda plan: plan.outcome is Outcome.UPDATED and "department" in plan.fields,
    ),
)
"""Every guarded kind of change, the first that applies decides. Both sides ask this table."""


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
            f" in {self.company}, and the guard allows {self.limit}; approve or reject it"
        )


@dataclass(frozen=True, slots=True)
class Run:
    """What a run was not allowed to do by itself."""

    id: str
    breaches: tuple[GuardBreach, ...] = ()

    def holds(self, company: str, kind: ChangeKind) -> GuardBreach | None:
        """The breach against a kind of change in a company, if there is one."""
        found = (each for each in self.breaches if (each.company, each.kind) == (company, kind))
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
    """How many changes of a kind a run may do: a percentage, but never less than the floor."""
    if kind is ChangeKind.CREATE and population == 0 and guards.first_load == "allowed":
        return UNLIMITED
    return max(guards.floor, population * rule_of(kind).percent(guards) // 100)


UNLIMITED = 10**9

FEWEST_PERCENT = 80
"""A source that shows fewer of the known workers than this is not believed."""

FEWEST_MISSING = 5
"""That many workers may always be missing."""


def shows_too_few(seen: int, known: int) -> bool:
    """True where a source shows far fewer workers than the ledger knows to be employed."""
    return known - seen > FEWEST_MISSING and seen * 100 < known * FEWEST_PERCENT


def judge(
    wanted: Iterable[tuple[str, ChangeKind]],
    mapping: MappingFile,
    population_of: Callable[[str], int],
    loading: Collection[str] = (),
) -> tuple[GuardBreach, ...]:
    """The breaches against what a run wants; a company is counted only where that can matter.

    `loading` are the companies whose first load is under way, however many have arrived already.
    """
    counts: dict[tuple[str, ChangeKind], int] = {}
    for each in wanted:
        counts[each] = counts.get(each, 0) + 1
    breaches = []
    for (company, kind), count in sorted(counts.items()):
        guards = guards_of(mapping, company)
        if count <= guards.floor:
            continue
        is_loading = kind is ChangeKind.CREATE and company in loading
        population = 0 if is_loading else population_of(company)
        allowed = limit(kind, guards, population)
        if count > allowed:
            breaches.append(GuardBreach(company, kind, count, allowed, population))
    return tuple(breaches)


def guards_of(mapping: MappingFile, company: str) -> Guards:
    """The limits of a company; the defaults where the mapping does not know it."""
    rules = mapping.companies.get(company)
    return rules.guards if rules else Guards()
