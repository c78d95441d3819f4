"""Dead letters: whose they are and why, and that a replay loses none and tells what became of it.

The stories run over a real FIFO queue as well, because what it hides is what a replay trips over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from connector.adapters.memory import InMemoryChangeQueue
from connector.domain.changes import Cause, Change
from connector.domain.errors import RetryableError
from connector.domain.records.mode import ModeName
from connector.ports.queue import DeadLetter
from connector.services.operate.verbs.replay import Replay
from connector.services.operate.verbs.verb import Right
from tests.support.aws import Account
from tests.support.loaded import a_loaded_world
from tests.support.world import World

Row = dict[str, Any]
REPLAY = Replay()


@pytest.fixture
def people() -> int:
    return 3


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=30) as world:
        yield world


def asked(world: World, verb: str, **arguments: Any) -> Row:
    """What the operator is answered, as it would come through Lambda."""
    request = {"verb": verb, **arguments}
    return dict(json.loads(json.dumps(world.operator.dispatch(request, Right.ENGINEER))))


def workers(world: World, count: int) -> list[Row]:
    rows = world.rippling.rows("workers")
    return [row for row in rows if row["status"] == "ACTIVE" and not row["end_date"]][:count]


def given_up(world: World, worker: Row, name: str = "", *, person: bool = True) -> Change:
    """A change that the queue has given up."""
    correlation = name or f"c-{worker['id']}"
    who = worker["user_id"] if person else None
    change = Change(worker["id"], Cause.POLL, correlation, who)
    letter = DeadLetter(correlation, change.to_body(), change.group, f"r-{correlation}")
    world.queue.dead.append(letter)
    return change


def replayed(world: World, **arguments: Any) -> Row:
    """A replay as the command carries it out, the writer at work in between."""
    request: Row = {"verb": "replay", **arguments}
    result = asked(world, **request)
    while result["ok"] and not REPLAY.is_complete(result):
        world.drain()
        world.clock.turn(seconds=10)
        request = dict(json.loads(json.dumps(REPLAY.continued(request, result))))
        then = asked(world, **request)
        result = REPLAY.added(result, then) if then["ok"] else then
    return result


def text_of(result: Row) -> str:
    return "\n".join(str(part) for part in REPLAY.view(result))


# Looking


def test_a_dead_letter_says_whose_it_is_why_it_failed_since_when_and_how_often(
    world: World,
) -> None:
    worker, other = workers(world, 2)
    first = world.clock.now()
    for change in (given_up(world, worker), given_up(world, other, person=False)):
        world.attempts.note(change.correlation_id, "Rippling does not answer")
        world.clock.turn(hours=7)
        world.attempts.note(change.correlation_id, "the secret is not JSON")

    one, two = asked(world, "dead-letters")["rows"]

    assert one["number"] == str(worker["number"])
    departments = {each["id"]: each["name"] for each in world.rippling.rows("departments")}
    assert one["company"] == "norway"
    assert one["department"] == departments[worker["department_id"]]
    assert (one["reason"], one["tries"]) == ("the secret is not JSON", 2)
    assert one["since"] == first.isoformat()
    assert two["number"] == str(other["number"]), "the ledger knows whose worker it is"


def test_a_letter_without_a_reason_says_that_no_attempt_has_left_one(world: World) -> None:
    given_up(world, workers(world, 1)[0])
    world.queue.dead_letter("{]", "the message is not JSON")

    unexplained, poison = asked(world, "dead-letters")["rows"]

    assert unexplained["reason"].startswith("no attempt has left a reason")
    assert (poison["is_change"], poison["reason"]) == (False, "the message is not JSON")


def test_letters_that_someone_else_looks_at_are_counted_and_said_to_be_hidden(
    world: World,
) -> None:
    for worker in workers(world, 3):
        given_up(world, worker)
    world.queue.dead_letters(2)

    answer = asked(world, "dead-letters")

    assert (len(answer["rows"]), answer["total"]) == (1, 3)
    assert asked(world, "dead-letters") == answer, "whoever looks hides nothing for longer"


# Replaying


def test_a_replay_ends_with_what_became_of_each(world: World) -> None:
    mover, same = workers(world, 2)
    world.rippling.move(mover["id"], "Finance")
    for worker in (mover, same):
        given_up(world, worker)

    result = replayed(world)

    assert (result["replayed"], result["left"], result["waiting"]) == (2, 0, {})
    assert {each["number"]: each["outcome"] for each in result["results"]} == {
        str(mover["number"]): "updated",
        str(same["number"]): "unchanged",
    }
    assert world.queue.dead == []
    assert not REPLAY.needs_attention(result)
    assert "2 replayed" in text_of(result)


@pytest.mark.parametrize("by", ["number", "id", "user_id"])
def test_only_the_letters_of_those_who_are_named_are_replayed(world: World, by: str) -> None:
    named, other = workers(world, 2)
    for worker in (other, named, other, named):
        given_up(world, worker, f"{worker['id']}-{len(world.queue.dead)}")

    result = replayed(world, people=[str(named[by])])

    assert result["replayed"] == 2
    assert {letter.group for letter in world.queue.dead} == {other["id"]}
    assert len(asked(world, "dead-letters")["rows"]) == 2, "those that were passed over are seen"


def test_whoever_is_unknown_is_refused_with_the_nearest_and_nothing_is_replayed(
    world: World,
) -> None:
    known, other = workers(world, 2)
    given_up(world, known)

    number = str(known["number"])
    answer = asked(world, "replay", people=[number, f"{number}9", str(other["number"])])

    assert answer["ok"] is False
    assert "the nearest are" in answer["problems"][0]
    assert number in answer["problems"][0]
    assert "no dead letter is about" in answer["problems"][1]
    assert (len(world.queue.dead), world.queue.changes) == (1, [])


def test_a_persons_letters_are_queued_in_the_order_in_which_they_were_given_up(
    world: World,
) -> None:
    (worker,) = workers(world, 1)
    changes = [given_up(world, worker, f"c{number}") for number in range(25)]

    asked(world, "replay")

    assert world.queue.changes == changes


def test_no_more_than_so_many_a_second_are_queued(world: World) -> None:
    for worker in workers(world, 10):
        given_up(world, worker)
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        world.clock.turn(seconds=seconds)

    begun = world.clock.now()
    service = world.operator.desk.given_up
    object.__setattr__(service, "sleep", sleep)
    result = service.begin([], 2)

    assert result["replayed"] == 10
    assert (world.clock.now() - begun).total_seconds() == pytest.approx(5)
    assert slept == [1.0] * 5


def test_a_long_replay_says_how_far_it_is_and_goes_on_where_it_stopped(world: World) -> None:
    for worker in workers(world, 15):
        given_up(world, worker)
    service = world.operator.desk.given_up
    object.__setattr__(service, "sleep", lambda seconds: world.clock.turn(seconds=seconds))

    first = asked(world, "replay", most_per_second=1)

    assert (first["replayed"], first["more"]) == (10, True)
    assert not REPLAY.is_complete(first)
    result = REPLAY.added(first, asked(world, **REPLAY.continued({}, first)))
    assert result["replayed"] == 15
    assert len(result["waiting"]) == 15


def test_without_time_left_nothing_is_begun_and_all_letters_stay(world: World) -> None:
    given_up(world, workers(world, 1)[0])
    world.clock.remaining = 10.0

    result = asked(world, "replay")

    assert (result["replayed"], result["more"]) == (0, True)
    assert len(world.queue.dead) == 1


class Losing(InMemoryChangeQueue):
    """A queue that is sent to, and does not answer when a letter is to be taken away."""

    is_down = True

    def delete(self, letter: DeadLetter) -> None:
        if self.is_down:
            raise RetryableError("SQS does not answer")
        super().delete(letter)


def test_an_answer_lost_between_sending_and_deleting_loses_nothing_and_doubles_nothing(
    world: World,
) -> None:
    queue = Losing()
    world.queue = queue
    world.build()
    for worker in workers(world, 3):
        given_up(world, worker)

    cut = replayed(world)

    assert (cut["replayed"], len(queue.dead)) == (1, 3)
    assert "SQS does not answer" in text_of(cut)
    assert "stays among the dead letters: `connector replay` goes on" in text_of(cut)
    assert REPLAY.needs_attention(cut)

    queue.is_down = False
    queue.hidden.clear()  # nobody has put them back: they are seen again after half a minute
    before = sum(map(len, world.tables.audit.values()))
    result = replayed(world)
    after = sum(map(len, world.tables.audit.values()))
    assert (result["replayed"], queue.dead) == (3, [])
    assert after - before == 2 + 1, "what was sent before is not sent once more; one is the act"
    assert (len(result["results"]), result["waiting"]) == (3, {})


def test_what_is_no_change_is_left_and_does_not_stand_in_the_way(world: World) -> None:
    for _ in range(12):
        world.queue.dead_letter("{]", "the message is not JSON")
    given_up(world, workers(world, 1)[0])

    result = replayed(world)

    assert (result["replayed"], result["left"]) == (1, 12)
    assert len(world.queue.dead) == 12
    assert REPLAY.needs_attention(result)


def test_what_fails_again_is_said_with_its_reason_instead_of_being_waited_for(
    world: World,
) -> None:
    (worker,) = workers(world, 1)
    change = given_up(world, worker)
    request: Row = {"verb": "replay"}
    result = asked(world, **request)
    world.queue.changes.clear()  # the writer has it, and fails
    world.attempts.note(change.correlation_id, "Visma does not answer")
    rounds = 0
    while not REPLAY.is_complete(result):
        world.clock.turn(seconds=10)
        rounds += 1
        result = REPLAY.added(result, asked(world, **REPLAY.continued(request, result)))

    assert rounds < 10
    (failing,) = result["failing"]
    assert (failing["number"], failing["reason"]) == (
        str(worker["number"]),
        "Visma does not answer",
    )
    assert "Visma does not answer" in text_of(result)
    assert REPLAY.needs_attention(result)


def test_while_the_connector_is_off_nothing_is_replayed_into_nothing(world: World) -> None:
    given_up(world, workers(world, 1)[0])
    object.__setattr__(world.operator.desk.given_up, "mode", ModeName.OFF)

    answer = asked(world, "replay")

    assert answer["ok"] is False
    assert "the connector is off" in answer["problems"][0]
    assert (len(world.queue.dead), world.queue.changes) == (1, [])


def test_who_replayed_is_on_record_with_how_many_and_looking_on_is_not(world: World) -> None:
    (worker,) = workers(world, 1)
    given_up(world, worker)

    replayed(world, people=[str(worker["number"])], operator="arn:aws:iam::1:user/eva")

    acts = [row for row in world.tables.audit["operators"] if row["outcome"] == "replay"]
    (act,) = acts
    assert act["said"]["replayed"] == "1"
    assert act["said"]["only"] == worker["user_id"]


# Over the real queue


def test_over_sqs_all_letters_are_shown_replayed_and_deleted(account: Account) -> None:
    poller, queue = account.handler("poller"), account.resources["ChangesDeadLetterQueue"]
    poller.lambda_handler({}, None)
    sqs = account.client("sqs")
    for record in account.receive():
        sqs.send_message(
            QueueUrl=queue,
            MessageBody=record["body"],
            MessageGroupId=record["attributes"]["MessageGroupId"],
            MessageDeduplicationId=f"dead-{record['messageId']}",
        )
        account.delete(record)
    for number in range(25):
        sqs.send_message(
            QueueUrl=queue,
            MessageBody="{]",
            MessageGroupId=f"not-a-change-{number}",
            MessageDeduplicationId=f"poison-{number}",
        )

    listed = account.operate("dead-letters")
    assert listed["total"] == 28
    assert sum(row["is_change"] for row in listed["rows"]) == 3
    again = account.operate("dead-letters")
    assert len(again["rows"]) == len(listed["rows"]), "whoever looks puts them back"

    answer = account.operate("replay")

    assert (answer["replayed"], answer["more"], answer["trouble"]) == (3, False, "")
    assert answer["left"] == 25
    assert len(account.receive()) == 3
    assert account.operate("dead-letters")["total"] == 25


def test_a_queue_that_shows_the_same_letters_again_and_again_is_replayed_to_its_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = DeadLetter("1", "no change", "g", "r1", "it is no change")
    monkeypatch.setattr(world.queue, "dead_letters", lambda _: [odd])

    answer = world.operator.dispatch({"verb": "replay"})

    assert (answer["replayed"], answer["left"], answer["more"]) == (0, 1, False)
