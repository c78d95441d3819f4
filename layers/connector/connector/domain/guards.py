"""Guards: how much of a company one run may change before a human has to agree.

A run is one tick, one sweep or one edit of the mapping. What is over the line is held, all of it or
none. Counting and judging live here; who is asked, and where it rests, does not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from connector.domain.decisions import Action, Decision
from connector.domain.mapping.model import Guards, MappingFile


class ChangeKind(StrEnum):
    """The kinds of change that are guarded."""

    CREATE = "create"
    DEACTIVATE = "deactivate"
    MOVE = "move"
    TRANSFER = "transfer"


WORDS: Mapping[ChangeKind, str] = {
    ChangeKind.CREATE: "create",
    ChangeKind.DEACTIVATE: "deactivate",
    ChangeKind.MOVE: "move to another department",
    ChangeKind.TRANSFER: "move to another company",
}


@dataclass(frozen=True, slots=True)
class GuardBreach:
    """A kind of change of which a run would do too much in one company."""

    company: str
    kind: ChangeKind
    count: int
    limit: int
    population: int

    def message(self, run: str) -> str:
        """Why somebody is held, and what to do about it."""
        return (
            f"run {run} would {WORDS[self.kind]} {self.count} of {self.population} people in"
            f" {self.company}, and the guard allows {self.limit}; approve or reject it"
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
        """A plain form that rests beside the watermarks."""
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
    percent = {
        ChangeKind.CREATE: guards.create_percent,
        ChangeKind.DEACTIVATE: guards.deactivate_percent,
        ChangeKind.MOVE: guards.move_percent,
        ChangeKind.TRANSFER: guards.move_percent,
    }[kind]
    return max(guards.floor, population * percent // 100)


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
        guards = _guards(mapping, company)
        if count <= guards.floor:
            continue
        is_loading = kind is ChangeKind.CREATE and company in loading
        population = 0 if is_loading else population_of(company)
        allowed = limit(kind, guards, population)
        if count > allowed:
            breaches.append(GuardBreach(company, kind, count, allowed, population))
    return tuple(breaches)


def kind_of(
    decision: Decision, active_in: Iterable[str], *, changes_department: bool
) -> tuple[str, ChangeKind] | None:
    """The guarded kind of change that a decision amounts to, and the company that it touches."""
    active = tuple(active_in)
    if decision.action is Action.LEAVE and active:
        return active[-1], ChangeKind.DEACTIVATE
    if decision.action is not Action.WRITE or decision.company is None:
        return None
    if decision.leave_first:
        return decision.leave_first[0], ChangeKind.TRANSFER
    if decision.company not in active:
        return decision.company, ChangeKind.CREATE
    return (decision.company, ChangeKind.MOVE) if changes_department else None


def _guards(mapping: MappingFile, company: str) -> Guards:
    rules = mapping.companies.get(company)
    return rules.guards if rules else Guards()
