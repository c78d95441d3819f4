"""The queue in memory: no waiting times; what is hidden stays so until it is put back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from connector.adapters.found_employments import with_found
from connector.ports.queue import NOT_A_CHANGE, DeadLetter, FailedAttempt, QueueLengths

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from connector.adapters.found_employments import Found
    from connector.domain.changes import Change
    from connector.ports.clock import Clock


class InMemoryQueuedChanges:
    """What lies on the queue, in memory."""

    def __init__(self) -> None:
        self._queued: dict[str, tuple[str, datetime]] = {}

    def load(self) -> dict[str, tuple[str, datetime]]:
        return dict(self._queued)

    def save(self, queued: Mapping[str, tuple[str, datetime]]) -> None:
        self._queued = dict(queued)


class InMemoryFoundEmployments:
    """The employments that runs have found, in memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._found: Found = {}

    def note(self, found: Mapping[str, Collection[str]]) -> None:
        self._found = with_found(self._found, found, self._clock.now())

    def of(self, person_id: str) -> list[str]:
        return list(self._found.get(person_id, {}))


class InMemoryFailedAttempts:
    """What stood in the way of changes, in memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._attempts: dict[str, FailedAttempt] = {}

    def note(self, correlation_id: str, reason: str) -> None:
        before, now = self._attempts.get(correlation_id), self._clock.now()
        since, tries = (before.since, before.tries) if before else (now, 0)
        self._attempts[correlation_id] = FailedAttempt(reason, since, now, tries + 1)

    def of(self, correlation_ids: Iterable[str]) -> dict[str, FailedAttempt]:
        return {each: self._attempts[each] for each in correlation_ids if each in self._attempts}


class InMemoryChangeQueue:
    """The queue of changes in memory; what was sent and postponed is there to be looked at."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.postponed: list[tuple[str, float]] = []
        self.dead: list[DeadLetter] = []
        self.hidden: set[str] = set()
        self.resent: set[str] = set()

    def send(self, changes: Iterable[Change]) -> int:
        before = len(self.changes)
        self.changes += changes
        return len(self.changes) - before

    def delay(self, receipt: str, seconds: float) -> None:
        self.postponed.append((receipt, seconds))

    def dead_letter(self, body: str, reason: str) -> None:
        unique = uuid4().hex
        self.dead.append(DeadLetter(unique, body, f"{NOT_A_CHANGE}-{unique}", unique, reason))

    def dead_letters(self, limit: int) -> list[DeadLetter]:
        shown = [each for each in self.dead if each.receipt not in self.hidden][: max(0, limit)]
        self.hidden |= {each.receipt for each in shown}
        return shown

    def resend(self, letter: DeadLetter, change: Change) -> None:
        if letter.id not in self.resent:
            self.resent.add(letter.id)
            self.send([change])

    def release(self, letters: Iterable[DeadLetter]) -> None:
        self.hidden -= {each.receipt for each in letters}

    def delete(self, letter: DeadLetter) -> None:
        self.dead = [other for other in self.dead if other.receipt != letter.receipt]

    def is_empty(self) -> bool:
        return not self.changes

    def lengths(self) -> QueueLengths:
        return QueueLengths(len(self.changes), 0, len(self.dead))

    def sizes(self) -> tuple[int, int]:
        return len(self.changes), len(self.dead)
