"""FIFO queues as SQS keeps them: groups in order, visibility, receive counts, dead letters."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any, TypeAlias

from botocore.exceptions import ClientError

Request: TypeAlias = Mapping[str, Any]

TOLERATED = 3
"""CloudWatch may leave out of its age what was received repeatedly. Here it does after this many
receipts, the worse case for whoever waits for an alarm."""

_ids = count(1)


@dataclass
class Message:
    """A message; it can be received from `visible_at` on, once it is the first of its group."""

    body: str
    group: str
    sent_at: datetime
    visible_at: datetime
    attributes: Mapping[str, Any] = field(default_factory=dict)
    received: int = 0
    id: str = field(default_factory=lambda: f"m{next(_ids)}")
    is_gone: bool = False
    turn: int = 0
    """Which of its places in the order counts: each change of visibility gives it another."""

    @property
    def receipt(self) -> str:
        """The handle of its last delivery."""
        return f"{self.id}/{self.received}"


class Queue:
    """One FIFO queue; with dead letters, what was received too often goes there."""

    def __init__(
        self,
        now: Callable[[], datetime],
        visibility: float,
        dead_letters: Queue | None = None,
        most_received: int = 0,
    ) -> None:
        self.dead_letters = dead_letters
        self.most_received = most_received
        self.sent = 0
        self.most = 0
        """The most messages that lay here at one time."""
        self._now = now
        self._visibility = timedelta(seconds=visibility)
        self._messages: dict[str, Message] = {}
        self._groups: dict[str, deque[Message]] = {}
        self._order: list[tuple[datetime, int, Message]] = []
        self._turns = count(1)

    def __len__(self) -> int:
        return len(self._messages)

    def send(self, body: str, group: str, attributes: Mapping[str, Any], sent: datetime) -> Message:
        """Puts a message behind those of its group."""
        message = Message(body, group, sent, self._now(), attributes)
        self._messages[message.id] = message
        line = self._groups.setdefault(group, deque())
        line.append(message)
        if len(line) == 1:
            self._line_up(message)
        self.sent += 1
        self.most = max(self.most, len(self))
        return message

    def next_visible(self) -> datetime | None:
        """When a message can be received next; None where there is none."""
        self._forget_old_turns()
        return self._order[0][0] if self._order else None

    def receive(self, visibility: float | None = None) -> Message | None:
        """The message that can be received now and waits for longest, if there is one."""
        wait = self._visibility if visibility is None else timedelta(seconds=visibility)
        while (at := self.next_visible()) is not None and at <= self._now():
            message = self._order[0][2]
            if self.dead_letters is not None and message.received >= self.most_received:
                self.delete(message)
                sent = message.sent_at
                buried = self.dead_letters.send(message.body, message.group, {}, sent)
                buried.received = message.received
                continue
            message.received += 1
            message.visible_at = self._now() + wait
            self._line_up(message)
            return message
        return None

    def hide(self, receipt: str, seconds: float) -> None:
        """Keeps a message that was received from being received again for so long.

        Raises:
            KeyError: nobody holds it.
        """
        message = self._held(receipt)
        message.visible_at = self._now() + timedelta(seconds=seconds)
        self._line_up(message)

    def remove(self, receipt: str) -> None:
        """Takes a message off that was received; one that is gone already is no matter."""
        if message := self._messages.get(receipt.partition("/")[0]):
            self.delete(message)

    def delete(self, message: Message) -> None:
        """Takes a message off, and lets the next of its group be received."""
        del self._messages[message.id]
        message.is_gone = True
        line = self._groups[message.group]
        line.remove(message)
        if not line:
            del self._groups[message.group]
        elif not line[0].turn:
            self._line_up(line[0])

    def messages(self) -> list[Message]:
        """All that lies here."""
        return list(self._messages.values())

    def oldest(self) -> datetime | None:
        """When the oldest message was sent, of those that CloudWatch counts the age of."""
        counted = (each.sent_at for each in self._messages.values() if each.received <= TOLERATED)
        return min(counted, default=None)

    def _held(self, receipt: str) -> Message:
        message = self._messages[receipt.partition("/")[0]]
        if message.receipt != receipt or message.visible_at <= self._now():
            raise KeyError(receipt)
        return message

    def _line_up(self, message: Message) -> None:
        message.turn = next(self._turns)
        heappush(self._order, (message.visible_at, message.turn, message))

    def _forget_old_turns(self) -> None:
        while self._order and (self._order[0][2].is_gone or self._is_old(self._order[0])):
            heappop(self._order)

    @staticmethod
    def _is_old(place: tuple[datetime, int, Message]) -> bool:
        return place[1] != place[2].turn


class Queues:
    """The queues of a stack, by their addresses, as the API speaks of them."""

    def __init__(self, queues: Mapping[str, Queue], now: Callable[[], datetime]) -> None:
        self._queues = queues
        self._now = now
        self._known: dict[tuple[str, str], datetime] = {}

    def send_message(self, request: Request) -> dict[str, Any]:
        """Sends one, unless the same was sent to its group within five minutes."""
        queue, now = self._queues[request["QueueUrl"]], self._now()
        once = request["QueueUrl"] + request["MessageGroupId"], request["MessageDeduplicationId"]
        if self._known.get(once, now) > now:
            return {"MessageId": "known"}
        self._known[once] = now + timedelta(minutes=5)
        attributes = request.get("MessageAttributes", {})
        message = queue.send(request["MessageBody"], request["MessageGroupId"], attributes, now)
        return {"MessageId": message.id}

    def send_message_batch(self, request: Request) -> dict[str, Any]:
        """Sends up to ten."""
        for entry in request["Entries"]:
            self.send_message({**entry, "QueueUrl": request["QueueUrl"]})
        return {"Successful": [{"Id": entry["Id"]} for entry in request["Entries"]]}

    def receive_message(self, request: Request) -> dict[str, Any]:
        """Receives up to as many as asked for."""
        queue, found = self._queues[request["QueueUrl"]], list[Message]()
        while len(found) < request["MaxNumberOfMessages"]:
            if not (message := queue.receive(request.get("VisibilityTimeout"))):
                break
            found.append(message)
        return {"Messages": [_shown(each) for each in found]} if found else {}

    def delete_message(self, request: Request) -> dict[str, Any]:
        """Takes one off."""
        self._queues[request["QueueUrl"]].remove(request["ReceiptHandle"])
        return {}

    def change_message_visibility(self, request: Request) -> dict[str, Any]:
        """Hides one for longer, or shows it."""
        try:
            queue = self._queues[request["QueueUrl"]]
            queue.hide(request["ReceiptHandle"], request["VisibilityTimeout"])
        except KeyError:
            told: Any = {"Error": {"Code": "MessageNotInflight", "Message": ""}}
            raise ClientError(told, "ChangeMessageVisibility") from None
        return {}

    def get_queue_attributes(self, request: Request) -> dict[str, Any]:
        """How much lies there, waiting and in flight."""
        now = self._now()
        queue = self._queues[request["QueueUrl"]]
        flying = sum(1 for each in queue.messages() if each.visible_at > now and each.received)
        counts = {
            "ApproximateNumberOfMessages": len(queue) - flying,
            "ApproximateNumberOfMessagesNotVisible": flying,
            "ApproximateNumberOfMessagesDelayed": 0,
        }
        return {"Attributes": {name: str(counts[name]) for name in request["AttributeNames"]}}


def _shown(message: Message) -> dict[str, Any]:
    return {
        "MessageId": message.id,
        "ReceiptHandle": message.receipt,
        "Body": message.body,
        "Attributes": {
            "MessageGroupId": message.group,
            "SentTimestamp": str(int(message.sent_at.timestamp() * 1000)),
            "ApproximateReceiveCount": str(message.received),
        },
        "MessageAttributes": message.attributes,
    }
