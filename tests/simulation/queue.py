"""The queue as SQS keeps a FIFO queue: groups in order, visibility, receive counts, dead letters.

What FIFO and at-least-once allow happens here: a message whose deletion was lost comes again, and
so does one whose receiver died; groups come in whatever order the seed says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import Random

from connector.domain.changes import Change
from connector.domain.errors import RetryableError
from connector.ports.queue import NOT_A_CHANGE, DeadLetter, QueueLengths

VISIBILITY_SECONDS = 540
MOST_RECEIVED = 30
LARGEST_BATCH = 10


@dataclass
class Message:
    """A message on the queue; it is in flight until `visible_at`."""

    id: str
    body: str
    group: str
    visible_at: datetime
    received: int = 0


class SimulatedQueue:
    """A FIFO queue of changes and its dead letters."""

    def __init__(self, now: Callable[[], datetime], draw: Random) -> None:
        self.messages: list[Message] = []
        self.dead: list[DeadLetter] = []
        self.hidden: dict[str, datetime] = {}
        self.resent: set[str] = set()
        self.sent: list[str] = []
        self.lost_deletions = 0
        self.takes_only: int | None = None
        self._now = now
        self._draw = draw
        self._ids = count(1)

    # What the connector sees.

    def send(self, changes: Iterable[Change]) -> int:
        """Queues changes; where the queue `takes_only` so many, the others are refused."""
        taken = 0
        for change in changes:
            if self.takes_only is not None and taken >= self.takes_only:
                self.takes_only = None
                raise RetryableError("SQS did not take 1 change(s)")
            self._put(change.to_body(), change.group)
            taken += 1
        return taken

    def delay(self, receipt: str, seconds: float) -> None:
        """Keeps a received message from being delivered again before that many seconds."""
        for message in self.messages:
            if message.id == receipt:
                message.visible_at = self._now() + timedelta(seconds=max(0, seconds))

    def dead_letter(self, body: str, reason: str) -> None:
        """Puts a message that is not a change among the dead letters."""
        self.bury(body, NOT_A_CHANGE, reason)

    def dead_letters(self, limit: int) -> list[DeadLetter]:
        """Some dead letters, oldest first; they are shown to nobody else for some minutes."""
        now = self._now()
        seen = [each for each in self.dead if self.hidden.get(each.receipt, now) <= now][:limit]
        again = now + timedelta(seconds=VISIBILITY_SECONDS)
        self.hidden |= {each.receipt: again for each in seen}
        return seen

    def resend(self, letter: DeadLetter, change: Change) -> None:
        """Queues the change of a dead letter, once however often that is asked for."""
        if letter.id not in self.resent:
            self.send([change])
            self.resent.add(letter.id)

    def release(self, letters: Iterable[DeadLetter]) -> None:
        """Lets others see dead letters again."""
        for letter in letters:
            self.hidden.pop(letter.receipt, None)

    def delete(self, letter: DeadLetter) -> None:
        """Takes a dead letter off the queue."""
        self.dead = [other for other in self.dead if other.receipt != letter.receipt]

    def is_empty(self) -> bool:
        """Whether no change waits or is being dealt with."""
        return not self.messages

    def lengths(self) -> QueueLengths:
        """How much lies on the queue and among the dead letters."""
        flying = sum(each.visible_at > self._now() for each in self.messages)
        return QueueLengths(len(self.messages) - flying, flying, len(self.dead))

    def sizes(self) -> tuple[int, int]:
        """How many changes lie there, and how many dead letters."""
        return len(self.messages), len(self.dead)

    def lengths_by_group(self) -> Counter[str]:
        """How many messages lie there of each group."""
        return Counter(each.group for each in self.messages)

    # What AWS does.

    def receive(self, most: int = LARGEST_BATCH) -> list[Message]:
        """Up to so many messages; no group of which one is in flight, each group in order."""
        self._give_up()
        now, locked, by_group = self._now(), set[str](), dict[str, list[Message]]()
        for message in self.messages:
            if message.visible_at > now:
                locked.add(message.group)
            by_group.setdefault(message.group, []).append(message)
        groups = sorted(by_group.keys() - locked)
        self._draw.shuffle(groups)
        found = [message for group in groups for message in by_group[group]][:most]
        for message in found:
            message.received += 1
            message.visible_at = now + timedelta(seconds=VISIBILITY_SECONDS)
        return found

    def remove(self, message: Message) -> None:
        """Takes a message off that was dealt with, unless that gets lost."""
        if self.lost_deletions:
            self.lost_deletions -= 1
            return
        self.messages = [other for other in self.messages if other.id != message.id]

    def next_visible(self) -> datetime | None:
        """When the next message can be received; None where there is none.

        Where one of a group is in flight, those behind it wait as long as that one.
        """
        by_group: dict[str, datetime] = {}
        for each in self.messages:
            by_group[each.group] = max(each.visible_at, by_group.get(each.group, each.visible_at))
        return min(by_group.values(), default=None)

    def inject(self, body: str) -> None:
        """Puts any text on the queue."""
        self._put(body, "injected")

    def _give_up(self) -> None:
        now = self._now()
        for message in list(self.messages):
            if message.visible_at <= now and message.received >= MOST_RECEIVED:
                self.messages.remove(message)
                self.bury(message.body, message.group)

    def _put(self, body: str, group: str) -> None:
        self.sent.append(body)
        self.messages.append(Message(f"m{next(self._ids)}", body, group, self._now()))

    def bury(self, body: str, group: str, reason: str = "") -> None:
        """Puts a message among the dead letters."""
        name = f"d{next(self._ids)}"
        self.dead.append(DeadLetter(name, body, group, name, reason, self._now()))
