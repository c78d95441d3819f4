"""Since when and how recently an answer was seen to deviate; what of that is news, and is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from connector.domain.records.times import timestamp
from connector.domain.shapes.deviation import Deviation, deviation_of

FORGOTTEN = timedelta(days=30)
"""What no answer does for so long is forgotten; it would be news again."""

SEEN_AGAIN = timedelta(days=1)
"""How old a sighting has to be before seeing it again is worth a write."""

MOST_KEPT = 200
"""Of one tenant: a row has room for them, and a person for the first few."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A deviation, and since when and how recently it was seen, to the day."""

    deviation: Deviation
    first: datetime
    last: datetime

    def to_row(self) -> dict[str, object]:
        """The sighting as it is stored and shown to programs."""
        moments = {"first": timestamp(self.first), "last": timestamp(self.last)}
        return {**self.deviation.to_row(), **moments}


Sightings: TypeAlias = Mapping[Deviation, Sighting]


def known(rows: Iterable[Mapping[str, object]], now: datetime) -> Sightings:
    """What was stored and is not forgotten yet; what a hand has made unreadable is left out."""
    sightings = (_from_row(row) for row in rows)
    return {each.deviation: each for each in sightings if each and now - each.last <= FORGOTTEN}


def noted(before: Sightings, found: Collection[Deviation], now: datetime) -> Sightings | None:
    """All sightings with those found now, or None where nothing has to be written."""
    old = [before[each] for each in found if each in before]
    if len(old) == len(found) and all(now - each.last <= SEEN_AGAIN for each in old):
        return None
    first = {each.deviation: each.first for each in old}
    new = {each: Sighting(each, first.get(each, now), now) for each in found}
    latest = sorted({**before, **new}.values(), key=lambda each: (each.last, each.deviation))
    return {each.deviation: each for each in latest[-MOST_KEPT:]}


def _from_row(row: Mapping[str, object]) -> Sighting | None:
    try:
        first, last = (datetime.fromisoformat(str(row[name])) for name in ("first", "last"))
        return Sighting(deviation_of(row), first, last)
    except (KeyError, ValueError):
        return None
