"""Where a person's cost belongs on the days of a run: shares of cost centres, by calendar days.

What the ledger and the audit remember is put together here; nothing is decided a second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Share:
    """A cost centre, and for how many of the days a person was on it."""

    cost_centre: str
    days: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A paid person: the code of the employee in Visma, and the shares of their cost centres."""

    code: str
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Spell:
    """Since when someone is on a cost centre; `since` is None for the first that is known."""

    since: date | None
    cost_centre: str


def shares_of(spells: Sequence[Spell], days: tuple[date, date]) -> tuple[Share, ...]:
    """How the days of a run, the last one included, are shared; in the order of cost centres.

    Before the first spell that is known someone was where they were then.
    """
    first, last = days
    ordered = sorted(spells, key=lambda spell: spell.since or date.min)
    counted: dict[str, int] = {}
    for place, spell in enumerate(ordered):
        begin = first if place == 0 else max(first, spell.since or first)
        following = ordered[place + 1].since if place + 1 < len(ordered) else None
        end = last if following is None else min(last, date.fromordinal(following.toordinal() - 1))
        if begin <= end:
            counted[spell.cost_centre] = counted.get(spell.cost_centre, 0) + (end - begin).days + 1
    return tuple(Share(centre, counted[centre]) for centre in sorted(counted))


def spells_of(now: str, moves: Iterable[tuple[date, str]]) -> list[Spell]:
    """The spells that end on the present cost centre.

    `moves` are the days on which someone was moved, each with the cost centre they left; of two
    on one day the earlier one counts first.
    """
    left = sorted(moves, key=lambda move: move[0])
    since: list[date | None] = [None, *(day for day, _ in left)]
    centres = [*(centre for _, centre in left), now]
    return [Spell(day, centre) for day, centre in zip(since, centres, strict=True)]
