"""The queue of changes and its dead letters in SQS. The webhook loads this file: it stays light."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import ClientError

from connector.adapters.aws.errors import Client, answering, code_of
from connector.domain.errors import ConfigurationError, RetryableError
from connector.ports.queue import NOT_A_CHANGE, DeadLetter, QueueLengths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from connector.domain.changes import Change

LARGEST_SEND = 10
SEND_ATTEMPTS = 3
LOOK_SECONDS = 30
LONGEST_POSTPONEMENT = 43_200 - 120
"""SQS counts its twelve hours from the moment of delivery; the writer runs for up to a minute."""

NOT_HELD = frozenset(
    {
        "AWS.SimpleQueueService.MessageNotInflight",
        "InvalidParameterValue",
        "MessageNotInflight",
        "ReceiptHandleIsInvalid",
    }
)
"""What SQS says of a message that others see already, or that is gone."""

IN_FLIGHT = "ApproximateNumberOfMessagesNotVisible"
COUNTS = ["ApproximateNumberOfMessages", IN_FLIGHT, "ApproximateNumberOfMessagesDelayed"]


class SqsChangeQueue:
    """The queue of changes; one group a worker, and no change is ever a duplicate of another.

    `on_queued` is told of each change once SQS has it.
    """

    def __init__(
        self,
        client: Client,
        queue_url: str,
        dead_letter_url: str = "",
        *,
        on_queued: Callable[[Change], None] | None = None,
    ) -> None:
        self._client = client
        self._on_queued = on_queued
        self._queue = queue_url
        self._dead_letters = dead_letter_url

    def send(self, changes: Iterable[Change]) -> int:
        """Queues changes; how many. None is ever swallowed as a duplicate of another."""
        waiting, sent = iter(changes), 0
        while chunk := list(islice(waiting, LARGEST_SEND)):
            self._send([_entry(position, change) for position, change in enumerate(chunk)])
            sent += len(chunk)
            if self._on_queued:
                for change in chunk:
                    self._on_queued(change)
        return sent

    def resend(self, letter: DeadLetter, change: Change) -> None:
        """Queues the change of a dead letter, which stays; twice within five minutes is once."""
        self._send([{**_entry(0, change), "MessageDeduplicationId": f"replay-{letter.id}"}])
        if self._on_queued:
            self._on_queued(change)

    def dead_letter(self, body: str, reason: str) -> None:
        """Puts a message that is not a change among the dead letters."""
        unique = uuid4().hex
        with answering("SQS"):
            self._client.send_message(
                QueueUrl=self._dead_letters,
                MessageBody=body,
                MessageGroupId=f"{NOT_A_CHANGE}-{unique}",
                MessageDeduplicationId=unique,
                MessageAttributes={"reason": {"DataType": "String", "StringValue": reason}},
            )

    def dead_letters(self, limit: int) -> list[DeadLetter]:
        """Some dead letters, oldest first; no one else sees them for half a minute."""
        found: list[DeadLetter] = []
        while len(found) < limit:
            letters = self._look(min(LARGEST_SEND, limit - len(found)))
            if not letters:
                break
            found += letters
        return sorted(found, key=_age)

    def release(self, letters: Iterable[DeadLetter]) -> None:
        """Lets others see dead letters again at once."""
        for letter in letters:
            try:
                self._hide(self._dead_letters, letter.receipt, 0)
            except ClientError as error:
                if code_of(error) not in NOT_HELD:
                    raise

    def delete(self, letter: DeadLetter) -> None:
        """Takes a dead letter off the queue."""
        with answering("SQS"):
            self._client.delete_message(QueueUrl=self._dead_letters, ReceiptHandle=letter.receipt)

    def is_empty(self) -> bool:
        """Whether SQS counts no change: waiting, delayed or being dealt with."""
        return sum(self._counts(self._queue).values()) == 0

    def sizes(self) -> tuple[int, int]:
        """About how many changes wait or are being dealt with, and how many dead letters lie."""
        lengths = self.lengths()
        return lengths.waiting + lengths.in_flight, lengths.dead

    def lengths(self) -> QueueLengths:
        """How much lies on the queue and among the dead letters, as far as can be told at once."""
        changes, dead = self._counts(self._queue), self._counts(self._dead_letters)
        in_flight = changes.pop(IN_FLIGHT)
        return QueueLengths(sum(changes.values()), in_flight, sum(dead.values()))

    def delay(self, receipt: str, seconds: float) -> None:
        """Keeps a received message from being delivered again before that many seconds."""
        wait = min(LONGEST_POSTPONEMENT, max(0, math.ceil(seconds)))
        self._hide(self._queue, receipt, wait)

    def _send(self, entries: Sequence[Mapping[str, Any]]) -> None:
        for _ in range(SEND_ATTEMPTS):
            try:
                with answering("SQS"):
                    answer = self._client.send_message_batch(QueueUrl=self._queue, Entries=entries)
            except ClientError as error:
                raise ConfigurationError(
                    f"SQS takes no changes ({code_of(error)}): is it there, the role allowed?"
                ) from None
            refused = {failure["Id"] for failure in answer.get("Failed", ())}
            entries = [entry for entry in entries if entry["Id"] in refused]
            if not entries:
                return
        raise RetryableError(f"SQS did not take {len(entries)} change(s)")

    def _counts(self, queue: str) -> dict[str, int]:
        with answering("SQS"):
            answer = self._client.get_queue_attributes(QueueUrl=queue, AttributeNames=COUNTS)
        return {name: int(answer["Attributes"].get(name, 0)) for name in COUNTS}

    def _look(self, limit: int) -> list[DeadLetter]:
        with answering("SQS"):
            answer = self._client.receive_message(
                QueueUrl=self._dead_letters,
                MaxNumberOfMessages=limit,
                VisibilityTimeout=LOOK_SECONDS,
                WaitTimeSeconds=1,  # asks every server: a short poll may miss letters
                MessageSystemAttributeNames=["MessageGroupId", "SentTimestamp"],
                MessageAttributeNames=["reason"],
            )
        return [_letter(message) for message in answer.get("Messages", ())]

    def _hide(self, queue: str, receipt: str, seconds: int) -> None:
        with answering("SQS"):
            self._client.change_message_visibility(
                QueueUrl=queue, ReceiptHandle=receipt, VisibilityTimeout=seconds
            )


def _entry(position: int, change: Change) -> dict[str, str]:
    return {
        "Id": str(position),
        "MessageBody": change.to_body(),
        "MessageGroupId": change.group,
        "MessageDeduplicationId": uuid4().hex,
    }


def _letter(message: Mapping[str, Any]) -> DeadLetter:
    attributes = message.get("Attributes", {})
    reason = message.get("MessageAttributes", {}).get("reason", {})
    sent = attributes.get("SentTimestamp")
    return DeadLetter(
        id=message["MessageId"],
        body=message["Body"],
        group=attributes.get("MessageGroupId", ""),
        receipt=message["ReceiptHandle"],
        reason=reason.get("StringValue", ""),
        sent_at=datetime.fromtimestamp(int(sent) / 1000, UTC) if sent else None,
    )


def _age(letter: DeadLetter) -> datetime:
    return letter.sent_at or datetime.max.replace(tzinfo=UTC)
