"""What is left of the calls that a vendor allows, who may use it, and which of two views counts.

Nothing here reads a header, a clock or a table.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

RESERVED_PERCENT = 5
FEWEST_RESERVED = 10

NEAR = timedelta(minutes=1)
"""This close to the next window nothing is kept back: an operator can wait that long."""

SAME_WINDOW = timedelta(seconds=5)
"""Ends of windows this close are one: vendors tell whole seconds, and answers take some."""

LONGEST_WINDOW = timedelta(hours=1)
"""No known limit runs longer than an hour; a greater number is a mistake of the vendor's."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The calls of the running window as last heard of; None is what no one has said."""

    limit: int | None = None
    remaining: int | None = None
    resets_at: datetime | None = None
    closed_until: datetime | None = None

    @property
    def reserve(self) -> int:
        """The calls kept back for the operator: one in twenty, at least ten, at most half."""
        if self.limit is None:
            return 0
        return min(max(FEWEST_RESERVED, self.limit * RESERVED_PERCENT // 100), self.limit // 2)

    @property
    def used_percent(self) -> float | None:
        """The share of the window's calls that has been used, by whomever."""
        if not self.limit or self.remaining is None:
            return None
        return round(100 * (1 - min(self.remaining, self.limit) / self.limit), 1)

    def wait(self, now: datetime, *, keeps_reserve: bool) -> float:
        """Seconds until a call may be sent, 0 for at once; an operator keeps no reserve."""
        moments = [now]
        if self.closed_until:
            moments.append(self.closed_until)
        if self.remaining is not None and self.resets_at:
            is_kept = keeps_reserve and self.resets_at - now > NEAR
            if self.remaining <= (self.reserve if is_kept else 0):
                moments.append(self.resets_at)
        return min(max(moments) - now, LONGEST_WINDOW).total_seconds()

    def scarcity(self) -> int:
        """0 with plenty left; 1 near the reserve, 2 within it, 3 with nothing left."""
        if self.closed_until or self.remaining == 0:
            return 3
        if self.remaining is None:
            return 0
        return (self.remaining <= self.reserve) + (self.remaining <= 2 * self.reserve)


def current(budget: Budget, now: datetime) -> Budget:
    """What of a view still counts: a window and a closure that have an end, in the next hour."""
    known = budget if _is_ahead(budget.resets_at, now) else Budget()
    closed = budget.closed_until if _is_ahead(budget.closed_until, now) else None
    return replace(known, closed_until=closed)


def merged(one: Budget, other: Budget, now: datetime) -> Budget:
    """Two views in one: of two windows the later, within one the fewer calls, the later closure."""
    one, other = current(one, now), current(other, now)
    closures = [each.closed_until for each in (one, other) if each.closed_until]
    return replace(_window(one, other), closed_until=max(closures, default=None))


def _window(one: Budget, other: Budget) -> Budget:
    if one.resets_at is None or other.resets_at is None:
        return other if one.resets_at is None else one
    latest = max(one.resets_at, other.resets_at)
    if abs(one.resets_at - other.resets_at) > SAME_WINDOW:
        return one if one.resets_at == latest else other
    return replace(min(one, other, key=_remaining), resets_at=latest)


def _remaining(budget: Budget) -> float:
    return float("inf") if budget.remaining is None else budget.remaining


def _is_ahead(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and now < moment <= now + LONGEST_WINDOW + NEAR
