"""How a company's people stand, counted: what the dashboard shows of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.domain.planning import Outcome
from connector.domain.records.ledger import EmployeeLink

NEEDING_A_HAND = (Outcome.HELD, Outcome.WAITING, Outcome.REJECTED)
"""The ends after which somebody has to do something before the person is in step."""


@dataclass(frozen=True, slots=True)
class Census:
    """The people of one company, by how they stand.

    `in_step` have an active employee with whom nothing is open; `open_since` is when it began for
    the one who has been open longest. Whomever an operator decided to leave as they are is in
    neither.
    """

    in_step: int = 0
    held: int = 0
    rejected: int = 0
    open_since: datetime | None = None

    def oldest(self, now: datetime) -> timedelta:
        """How long the one who has been open longest has been so; nothing if nobody is."""
        return now - self.open_since if self.open_since else timedelta()


def is_open(link: EmployeeLink) -> bool:
    """Whether somebody has to do something about this person."""
    return link.outcome in NEEDING_A_HAND and not link.is_left


def census_of(links: Iterable[EmployeeLink], differing: Collection[str] = ()) -> Census:
    """Counts the links of a company; the `differing` people are not in step, whatever they say."""
    opened, in_step = list[EmployeeLink](), 0
    for link in links:
        if is_open(link):
            opened.append(link)
        elif link.outcome not in NEEDING_A_HAND and link.person_id not in differing:
            in_step += link.is_active
    ends = Counter(link.outcome for link in opened)
    return Census(
        in_step=in_step,
        held=ends[Outcome.HELD],
        rejected=ends[Outcome.REJECTED],
        open_since=min((link.since for link in opened), default=None),
    )
