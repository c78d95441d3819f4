"""What a difference can come from, and which of several causes explain one, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import combinations
from typing import TypeAlias

from connector.domain.books.accounts import CostKind

NOTHING = Decimal(0)
Amounts: TypeAlias = Mapping[tuple[str, CostKind], Decimal]
"""By how much more is posted than expected, by branch and kind, on one cost centre."""


class CauseKind(StrEnum):
    """What a difference comes from; of two that explain as much, the one that stands first."""

    MOVED = "moved within the month"
    UNPOSTED = "waits to be posted"
    WRONG_ACCOUNT = "on an account of another kind"
    WRONG_COST_CENTRE = "on another cost centre"
    ACCRUAL = "accrual without its counter-account"
    NO_COST_CENTRE = "posted on no cost centre"
    CURRENCY = "paid in another currency"
    WAITING = "waits for a place"


ADVICE: Mapping[CauseKind, str] = {
    CauseKind.MOVED: "the month was posted on one cost centre; move the part of it by a journal",
    CauseKind.UNPOSTED: "release and post the batch in Visma, or delete it there",
    CauseKind.WRONG_ACCOUNT: "correct the account by a journal in Visma",
    CauseKind.WRONG_COST_CENTRE: "correct the sub-account by a journal in Visma",
    CauseKind.ACCRUAL: "the other side is on no account of accrued cost; correct it in Visma",
    CauseKind.NO_COST_CENTRE: (
        "another payroll system, or an import, posts without a cost centre; correct it there"
    ),
    CauseKind.CURRENCY: "see the rate it was posted at, and the rate in the mapping",
    CauseKind.WAITING: "their cost is not expected anywhere yet; see connector waiting",
}


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause: whom it is about, by number, and in which batches it shows.

    `amounts` is what it explains, for the ranking alone; empty where that is not known.
    """

    kind: CauseKind
    people: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    """Other cost centres that have a part in it."""

    amounts: Amounts = field(default_factory=dict, repr=False)

    @property
    def advice(self) -> str:
        """What to do about it."""
        return ADVICE[self.kind]


MOST_WEIGHED = 12
"""So many candidates are weighed in every combination: two that cancel out are found only so."""

PRICE = Decimal("0.01")
"""The share of a difference that a further cause has to explain to be told at all."""


def explaining(difference: Amounts, candidates: Iterable[Cause], enough: Decimal) -> list[Cause]:
    """The causes that together explain a difference best, the one that explains most first.

    What is left below `enough` is explained. A candidate without an amount, such as people who
    wait, is told last, and only where something is left.
    """
    everything = list(candidates)
    weighable = [cause for cause in everything if cause.amounts]
    if size(difference) <= enough:
        return []
    near = sorted(
        weighable, key=lambda cause: (size(without(difference, cause.amounts)), _rank(cause))
    )
    best = _best(difference, near[:MOST_WEIGHED], enough)
    left = difference
    for cause in best:
        left = without(left, cause.amounts)
    unknown = [cause for cause in everything if not cause.amounts]
    return [*best, *(unknown if size(left) > enough else ())]


def _best(difference: Amounts, weighed: list[Cause], enough: Decimal) -> list[Cause]:
    price = max(enough, size(difference) * PRICE)
    chosen: tuple[Cause, ...] = ()
    least = size(difference)
    for count in range(1, len(weighed) + 1):
        if least <= price * count:
            break  # no larger set can cost less
        for causes in combinations(weighed, count):
            left = difference
            for cause in causes:
                left = without(left, cause.amounts)
            if size(left) + price * count < least:
                chosen, least = causes, size(left) + price * count
    return sorted(chosen, key=lambda cause: (-size(cause.amounts), _rank(cause)))


def _rank(cause: Cause) -> int:
    return tuple(CauseKind).index(cause.kind)


def size(amounts: Amounts) -> Decimal:
    """How much is left in all, whatever the sign."""
    return sum(map(abs, amounts.values()), NOTHING)


def without(amounts: Amounts, part: Amounts) -> dict[tuple[str, CostKind], Decimal]:
    """What is left of a difference once a part of it is explained; only its own cells count."""
    return {key: amount - part.get(key, NOTHING) for key, amount in amounts.items()}
