"""The queue in memory: no waiting times, no hidden messages."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from connector.ports.queue import NOT_A_CHANGE, DeadLetter, QueueLengths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from connector.domain.changes import Change


class InMemoryQueuedChanges:
    """What lies on the queue, in memory."""

    def __init__(self) -> None:
        self._queued: dict[str, tuple[str, datetime]] = {}

    def load(self) -> dict[str, tuple[str, datetime]]:
        return dict(self._queued)

    def save(self, queued: Mapping[str, tuple[str, datetime]]) -> None:
        self._queued = dict(queued)


class InMemoryChangeQueue:
    """The queue of changes in memory; what was sent and postponed is there to be looked at."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.postponed: list[tuple[str, float]] = []
        self.dead: list[DeadLetter] = []

    def send(self, changes: Iterable[Change]) -> int:
        before = len(self.changes)
        self.changes += changes
        return len(self.changes) - before

    def delay(self, receipt: str, seconds: float) -> None:
        self.postponed.append((receipt, seconds))

    def dead_letter(self, body: str, reason: str) -> None:
        self.dead.append(DeadLetter(uuid4().hex, body, NOT_A_CHANGE, uuid4().hex, reason))

    def dead_letters(self, limit: int) -> list[DeadLetter]:
        return self.dead[:limit]

    def release(self, letters: Iterable[DeadLetter]) -> None:
        """Lets others see dead letters again at once, which here they always do."""

    def delete(self, letter: DeadLetter) -> None:
        self.dead = [other for other in self.dead if other.receipt != letter.receipt]

    def is_empty(self) -> bool:
        return not self.changes

    def lengths(self) -> QueueLengths:
        return QueueLengths(len(self.changes), 0, len(self.dead))

    def sizes(self) -> tuple[int, int]:
        return len(self.changes), len(self.dead)
