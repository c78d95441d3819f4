"""Which found employments are kept, and how long, whatever they are stored in.

Nothing is stored here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    Found: TypeAlias = Mapping[str, Mapping[str, int]]
    """Person to employments, each with the minute when it was found last."""

KEPT = timedelta(days=15)
"""A dead letter stays for fourteen days, and may be replayed on the last of them."""

MOST_PEOPLE = 3_000
"""So many fit into a row that is readable in the console, and are read before each change."""


def with_found(before: Found, found: Mapping[str, Collection[str]], now: datetime) -> Found:
    """What was found with what is found now, without what is too old; of too many, the newest."""
    oldest, minute = minute_of(now - KEPT), minute_of(now)
    after = {
        person: recent
        for person, workers in before.items()
        if (recent := {each: at for each, at in workers.items() if at >= oldest})
    }
    for person, workers in found.items():
        known = after.pop(person, {})  # whoever is found again goes to the end
        after[person] = {**known, **dict.fromkeys(sorted(workers), minute)}
    newest = sorted(after, key=lambda person: max(after[person].values()))[-MOST_PEOPLE:]
    return {person: after[person] for person in newest}


def minute_of(moment: datetime) -> int:
    """The minute of a moment, counted from 1970 on."""
    return int(moment.timestamp()) // 60
