"""The contract of the queue of changes and its dead letters."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from connector.adapters.aws.sqs import LONGEST_POSTPONEMENT, SqsChangeQueue
from connector.adapters.memory import InMemoryChangeQueue
from connector.domain.changes import Cause, Change
from connector.domain.errors import ConfigurationError, RetryableError
from connector.ports.queue import ChangeQueue, DeadLetter, QueueLengths
from tests.contract.bench import Watched, aws, make_queue, refusal

A = Change("w1", Cause.POLL, "a", "p1")
B = Change("w1", Cause.WEBHOOK, "b")
LAYER = Path(__file__).parents[2] / "layers" / "connector"
EVERY_ATTRIBUTE: Any = {"MessageSystemAttributeNames": ["All"], "MaxNumberOfMessages": 10}


@dataclass
class Bench:
    """A queue, what is on it, and a way for a change to become a dead letter."""

    queue: ChangeQueue
    changes: Callable[[], list[Change]]
    give_up: Callable[[Change], None]


@dataclass
class Sqs:
    """A queue in SQS, and the client behind it."""

    client: Watched
    queue_url: str
    dead_letter_url: str

    @property
    def queue(self) -> SqsChangeQueue:
        return SqsChangeQueue(self.client, self.queue_url, self.dead_letter_url)

    def take(self, url: str) -> list[dict[str, Any]]:
        """Every message that can be had, taken off the queue."""
        taken: list[dict[str, Any]] = []
        while messages := self.client.receive_message(QueueUrl=url, **EVERY_ATTRIBUTE).get(
            "Messages"
        ):
            for message in messages:
                self.client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            taken += messages
        return taken

    def changes(self) -> list[Change]:
        return [Change.from_body(message["Body"]) for message in self.take(self.queue_url)]

    def give_up(self, change: Change) -> None:
        """What SQS does with a change that was delivered too often."""
        self.client.send_message(
            QueueUrl=self.dead_letter_url,
            MessageBody=change.to_body(),
            MessageGroupId=change.group,
            MessageDeduplicationId=change.correlation_id,
        )


@pytest.fixture
def sqs() -> Iterator[Sqs]:
    with aws("sqs") as client:
        yield Sqs(
            Watched(client),
            make_queue(client, "ChangesQueue"),
            make_queue(client, "ChangesDeadLetterQueue"),
        )


@pytest.fixture(params=["memory", "sqs"])
def bench(request: pytest.FixtureRequest) -> Bench:
    if request.param == "sqs":
        real: Sqs = request.getfixturevalue("sqs")
        return Bench(real.queue, real.changes, real.give_up)
    held = InMemoryChangeQueue()

    def give_up(change: Change) -> None:
        letter = DeadLetter(change.correlation_id, change.to_body(), change.group, "r")
        held.dead.append(replace(letter, receipt=change.correlation_id))

    return Bench(held, lambda: held.changes, give_up)


# Changes


def test_a_change_arrives_as_it_was_sent(bench: Bench) -> None:
    assert bench.queue.send([A, B]) == 2

    assert bench.changes() == [A, B]


def test_no_change_is_swallowed_as_a_repetition(bench: Bench) -> None:
    bench.queue.send([A])
    bench.queue.send([B])
    bench.queue.send([A])
    bench.queue.send([A, A])

    assert bench.changes() == [A, B, A, A, A]


def test_many_changes_arrive_in_their_order(bench: Bench) -> None:
    changes = [Change("w1", Cause.SWEEP, f"c{number}") for number in range(25)]

    assert bench.queue.send(iter(changes)) == 25
    assert bench.changes() == changes


def test_nothing_to_send_is_nothing_sent(bench: Bench) -> None:
    assert bench.queue.send([]) == 0
    assert bench.changes() == []


def test_changes_and_dead_letters_are_counted_apart_wherever_they_are(bench: Bench) -> None:
    assert bench.queue.sizes() == (0, 0)
    bench.queue.send([A, B])
    bench.queue.dead_letter("{]", "the message is not JSON")

    assert bench.queue.sizes() == (2, 1)


def test_a_message_that_somebody_holds_counts_as_well(sqs: Sqs) -> None:
    sqs.queue.send([A])
    sqs.queue.dead_letter("{]", "the message is not JSON")
    sqs.client.receive_message(QueueUrl=sqs.queue_url)
    sqs.queue.dead_letters(1)

    assert sqs.queue.sizes() == (1, 1)


def test_what_waits_is_told_from_what_is_being_dealt_with(sqs: Sqs) -> None:
    sqs.queue.send([A, replace(A, worker_id="w2"), replace(A, worker_id="w3")])
    sqs.queue.dead_letter("{]", "the message is not JSON")
    sqs.client.receive_message(QueueUrl=sqs.queue_url, MaxNumberOfMessages=1)

    assert sqs.queue.lengths() == QueueLengths(waiting=2, in_flight=1, dead=1)


def test_the_lengths_add_up_to_what_is_on_the_queue(bench: Bench) -> None:
    bench.queue.send([A, B])

    assert bench.queue.lengths() == QueueLengths(waiting=2, in_flight=0, dead=0)


# Dead letters


def test_a_message_that_is_no_change_is_buried_with_the_reason(bench: Bench) -> None:
    bench.queue.dead_letter("{]", "the message is not JSON")

    (letter,) = bench.queue.dead_letters(10)

    assert (letter.body, letter.reason) == ("{]", "the message is not JSON")
    assert letter.group.startswith("not-a-change-")
    assert bench.changes() == []


def test_all_that_is_no_change_is_shown_and_not_only_the_first_ten(bench: Bench) -> None:
    for _ in range(25):
        bench.queue.dead_letter("{]", "the message is not JSON")

    assert len(bench.queue.dead_letters(100)) == 25


def test_the_same_message_can_be_buried_twice(bench: Bench) -> None:
    bench.queue.dead_letter("{]", "the message is not JSON")
    bench.queue.dead_letter("{]", "the message is not JSON")

    assert len(bench.queue.dead_letters(10)) == 2


def test_a_change_given_up_is_a_dead_letter_in_its_group(bench: Bench) -> None:
    bench.give_up(A)

    (letter,) = bench.queue.dead_letters(10)

    assert Change.from_body(letter.body) == A
    assert (letter.group, letter.reason) == ("w1", "")


def test_dead_letters_come_oldest_first_and_no_more_than_asked_for(bench: Bench) -> None:
    given_up = [Change(f"w{number}", Cause.POLL, f"c{number}") for number in range(25)]
    for change in given_up:
        bench.give_up(change)

    letters = bench.queue.dead_letters(23)

    assert [Change.from_body(letter.body) for letter in letters] == given_up[:23]


def test_fewer_dead_letters_than_asked_for_are_all_of_them(bench: Bench) -> None:
    bench.give_up(A)

    assert len(bench.queue.dead_letters(100)) == 1
    assert bench.queue.dead_letters(0) == []


def test_a_dead_letter_that_is_forgotten_is_gone_and_the_others_are_not(bench: Bench) -> None:
    bench.give_up(A)
    bench.give_up(Change("w2", Cause.POLL, "other"))
    letters = bench.queue.dead_letters(10)

    bench.queue.delete(letters[0])
    release(bench.queue, letters[1:])

    assert [letter.group for letter in bench.queue.dead_letters(10)] == ["w2"]


def test_a_dead_letter_that_is_sent_again_twice_is_queued_once_and_stays_until_deleted(
    bench: Bench,
) -> None:
    bench.give_up(A)
    (letter,) = bench.queue.dead_letters(10)

    bench.queue.resend(letter, A)
    bench.queue.resend(letter, A)

    assert bench.changes() == [A]
    release(bench.queue, [letter])
    (still,) = bench.queue.dead_letters(10)
    assert still.id == letter.id


def test_the_letters_of_one_worker_are_shown_in_the_order_in_which_they_were_given_up(
    bench: Bench,
) -> None:
    for change in (A, B, Change("w1", Cause.DUE, "c")):
        bench.give_up(change)

    assert [
        Change.from_body(each.body).correlation_id for each in bench.queue.dead_letters(10)
    ] == ["a", "b", "c"]


def test_a_dead_letter_shows_no_receipt(bench: Bench) -> None:
    bench.give_up(A)

    (letter,) = bench.queue.dead_letters(1)

    assert letter.receipt not in repr(letter) or letter.receipt in (letter.id, letter.body)


def release(queue: ChangeQueue, letters: list[DeadLetter]) -> None:
    assert isinstance(queue, InMemoryChangeQueue | SqsChangeQueue)
    queue.release(letters)


# SQS alone


def test_changes_are_grouped_by_worker_under_an_id_of_their_own(sqs: Sqs) -> None:
    sqs.queue.send([A, A, Change("w2", Cause.POLL, "c")])

    attributes = [message["Attributes"] for message in sqs.take(sqs.queue_url)]

    assert [each["MessageGroupId"] for each in attributes] == ["w1", "w1", "w2"]
    assert len({each["MessageDeduplicationId"] for each in attributes}) == 3


def test_changes_travel_ten_at_a_time(sqs: Sqs) -> None:
    sqs.queue.send([A] * 21)

    assert sqs.client.count("send_message_batch") == 3


def test_what_sqs_did_not_take_is_sent_again_and_nothing_else(sqs: Sqs) -> None:
    sqs.client.answers["send_message_batch"] = [
        {"Successful": [{"Id": "0"}], "Failed": [{"Id": "1", "SenderFault": False, "Code": "X"}]}
    ]

    assert sqs.queue.send([A, B]) == 2

    assert sqs.changes() == [B]
    first, again = [request["Entries"] for _, request in sqs.client.calls[:2]]
    assert again == first[1:]


def test_what_sqs_keeps_refusing_is_an_error(sqs: Sqs) -> None:
    failed = {"Failed": [{"Id": "1", "SenderFault": False, "Code": "X"}]}
    sqs.client.answers["send_message_batch"] = [failed] * 3

    with pytest.raises(RetryableError, match=r"1 change"):
        sqs.queue.send([A, B])

    assert sqs.client.count("send_message_batch") == 3


@pytest.mark.parametrize(
    "error",
    [refusal("ThrottlingException"), EndpointConnectionError(endpoint_url="https://sqs.test")],
)
def test_a_queue_out_of_reach_can_be_tried_again(sqs: Sqs, error: Exception) -> None:
    sqs.client.answers["send_message_batch"] = [error]

    with pytest.raises(RetryableError):
        sqs.queue.send([A])


def test_a_queue_that_may_not_be_written_to_is_no_passing_fault(sqs: Sqs) -> None:
    sqs.client.answers["send_message_batch"] = [refusal("AccessDenied")]

    with pytest.raises(ConfigurationError, match="AccessDenied"):
        sqs.queue.send([A])


def test_a_dead_letter_says_since_when(sqs: Sqs) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    sqs.give_up(A)

    (letter,) = sqs.queue.dead_letters(1)

    assert letter.sent_at
    assert before <= letter.sent_at <= datetime.now(UTC)


def test_a_dead_letter_that_was_looked_at_is_seen_again_when_put_back(sqs: Sqs) -> None:
    sqs.give_up(A)
    letters = sqs.queue.dead_letters(1)
    hidden = sqs.queue.dead_letters(1)

    sqs.queue.release(letters)

    assert hidden == []
    assert len(sqs.queue.dead_letters(1)) == 1


@pytest.mark.parametrize("code", ["MessageNotInflight", "InvalidParameterValue"])
def test_a_dead_letter_that_others_see_already_need_not_be_put_back(sqs: Sqs, code: str) -> None:
    sqs.give_up(A)
    sqs.give_up(B)
    letters = sqs.queue.dead_letters(2)
    sqs.client.answers["change_message_visibility"] = [refusal(code)]

    sqs.queue.release(letters)

    assert sqs.client.count("change_message_visibility") == 2


@pytest.mark.parametrize(
    ("asked", "given"),
    [(0, 0), (-3, 0), (1.2, 2), (3600, 3600), (10**6, LONGEST_POSTPONEMENT)],
)
def test_a_change_can_be_postponed_for_twelve_hours_at_most(
    sqs: Sqs, asked: float, given: int
) -> None:
    sqs.queue.send([A])
    (message,) = sqs.client.receive_message(QueueUrl=sqs.queue_url)["Messages"]

    sqs.queue.delay(message["ReceiptHandle"], asked)

    name, request = sqs.client.calls[-1]
    assert name == "change_message_visibility"
    assert (request["QueueUrl"], request["VisibilityTimeout"]) == (sqs.queue_url, given)
    assert given < 43_200


def test_a_postponed_change_holds_back_the_later_ones_of_its_worker(sqs: Sqs) -> None:
    sqs.queue.send([A, B])
    (message,) = sqs.client.receive_message(QueueUrl=sqs.queue_url)["Messages"]

    sqs.queue.delay(message["ReceiptHandle"], 100)

    assert sqs.changes() == []


@pytest.mark.parametrize("module", ["connector.adapters.aws.sqs", "connector.adapters.aws.secrets"])
def test_what_the_webhook_loads_is_light(module: str) -> None:
    heavy = (
        "('requests', 'tenacity', 'pydantic', 'yaml', 'boto3', 'connector.domain.mapping.model')"
    )
    code = f"import sys, {module}; print([name for name in {heavy} if name in sys.modules])"

    found = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(LAYER)},
    )

    assert found.stdout.strip() == "[]"
