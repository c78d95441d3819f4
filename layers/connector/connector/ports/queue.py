"""The queue of changes and its dead letters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the webhook loads this file, and must not load the mapping with it
    from connector.domain.changes import Change


NOT_A_CHANGE = "not-a-change"
"""How the group of a dead letter begins that never was a change: each has one of its own, or SQS
would show ten of them and no more."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that could not be handled; `receipt` takes it off the queue."""

    id: str
    body: str
    group: str
    receipt: str = field(repr=False)
    reason: str = ""
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """Why the last attempt at a change did not come to its end, since when, and how many failed."""

    reason: str
    since: datetime
    at: datetime
    tries: int


class FailedAttempts(Protocol):
    """What stood in the way of changes that come again, or were given up; kept as long as they."""

    def note(self, correlation_id: str, reason: str) -> None:
        """Remembers that one more attempt at a change has failed, and why."""

    def of(self, correlation_ids: Iterable[str]) -> Mapping[str, FailedAttempt]:
        """What is remembered of these changes, by their correlation id."""


@dataclass(frozen=True, slots=True)
class QueueLengths:
    """About how many changes wait, how many are being dealt with, and how many were given up."""

    waiting: int
    in_flight: int
    dead: int


class QueuedChanges(Protocol):
    """What runs have put on the queue: for each worker a digest of why, and when."""

    def load(self) -> dict[str, tuple[str, datetime]]:
        """What was put there last, by worker."""

    def save(self, queued: Mapping[str, tuple[str, datetime]]) -> None:
        """Remembers what lies there; too much of it to be stored is forgotten."""


class FoundEmployments(Protocol):
    """The employments that runs have found, and that the ledger did not know.

    The writer asks for these as well where Rippling cannot be searched for a person, where the
    search leaves some out, and before anyone leaves, whichever message comes first. Each is kept as
    long as a dead letter about it could be.
    """

    def note(self, found: Mapping[str, Collection[str]]) -> None:
        """Adds employments, by person; of far too many people those found last are kept.

        Raises:
            RetryableError: they could not be stored.
        """

    def of(self, person_id: str) -> Collection[str]:
        """The worker ids found of a person, dealt with meanwhile or not."""


class ChangeQueue(Protocol):
    """The queue of changes and its dead letters."""

    def send(self, changes: Iterable[Change]) -> int:
        """Queues changes; how many. None is ever swallowed as a duplicate of another."""

    def delay(self, receipt: str, seconds: float) -> None:
        """Keeps a received message from being delivered again before that many seconds."""

    def dead_letter(self, body: str, reason: str) -> None:
        """Puts a message that is not a change among the dead letters."""

    def dead_letters(self, limit: int) -> list[DeadLetter]:
        """Some dead letters, oldest first; hidden from everyone else until they are put back.

        Of one group only the first few, until those are off the queue.
        """

    def resend(self, letter: DeadLetter, change: Change) -> None:
        """Queues the change of a dead letter, which stays; twice within minutes is once."""

    def release(self, letters: Iterable[DeadLetter]) -> None:
        """Lets others see dead letters again."""

    def delete(self, letter: DeadLetter) -> None:
        """Takes a dead letter off the queue."""

    def is_empty(self) -> bool:
        """Whether no change waits or is being dealt with, as far as can be told at once."""

    def lengths(self) -> QueueLengths:
        """How much lies on the queue and among the dead letters, as far as can be told at once."""

    def sizes(self) -> tuple[int, int]:
        """About how many changes wait or are being dealt with, and how many dead letters lie."""
