"""The vendors' limits hold, and hold for all: one budget for every function and environment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from connector.domain.changes import Cause, Change
from connector.domain.errors import RateLimitedError, RetryableError
from tests.simulator import Rippling, Visma
from tests.support.aws import Account, FakeContext
from tests.support.world import World, a_world

CONTEXT = FakeContext()
ERP = "/v1/.*"


@pytest.fixture
def world() -> Iterator[World]:
    with a_world(people=60) as world:
        world.visma.calls_per_hour = 60
        yield world


def _change(worker: dict[str, Any]) -> Change:
    return Change(worker["id"], Cause.POLL, "c", worker["user_id"])


def _use_up(world: World) -> None:
    """Works until a change is postponed because the hour of Visma is used up."""
    world.tick()
    for change in world.queue.changes:
        try:
            world.applier.apply(change)
        except RateLimitedError:
            return
    raise AssertionError("the hour was long enough for everyone")


def test_an_hour_that_ends_in_the_middle_of_a_first_load_loses_and_doubles_nobody(
    world: World,
) -> None:
    began = world.clock.now()

    outcomes = world.first_load()

    codes = [item["employeeNumber"] for item in world.visma.employees()]
    creates = world.visma.calls("POST", "/v1/employee")
    assert outcomes["created"] == len(codes) == len(set(codes)) == len(creates) > 50
    assert world.buried == []
    assert 429 not in {call.status for call in world.visma.calls(path=ERP)}
    assert timedelta(hours=2) <= world.clock.now() - began < timedelta(hours=4)


def test_two_environments_that_take_turns_see_one_budget(world: World) -> None:
    world.tick()
    one, other = world, world.another()
    changes = list(world.queue.changes)
    refused = 0
    for place, change in enumerate(changes):
        try:
            (one if place % 2 else other).applier.apply(change)
        except RateLimitedError:
            refused += 1

    assert refused > 0
    # Ten are kept for the operator; each environment may err by the call it has under way.
    assert 50 <= len(world.visma.calls(path=ERP)) <= 51
    assert 429 not in {call.status for call in world.visma.calls(path=ERP)}


def test_once_the_hour_is_used_up_no_cold_environment_makes_a_call_until_the_next(
    world: World,
) -> None:
    _use_up(world)
    worker = world.rippling.workers()[-1]
    world.clear_journals()

    for _ in range(10):
        with pytest.raises(RateLimitedError) as caught:
            world.another().applier.apply(_change(worker))
    assert world.visma.journal == []

    world.clock.turn(seconds=caught.value.retry_after or 0)
    world.another().applier.apply(_change(worker))

    assert world.visma.calls("POST", "/v1/employee") != []


def test_the_poller_makes_no_call_on_the_hour_that_the_writers_have_used_up(world: World) -> None:
    _use_up(world)
    world.clock.turn(minutes=20)  # whatever was cached about Visma is stale by now
    worker = world.rippling.hire(
        department="Sales", location="Oslo", employment_type="Salaried full-time"
    )
    world.clear_journals()

    summary = world.another().tick()

    assert summary.queued > 0
    assert worker["id"] in {change.worker_id for change in world.queue.changes}
    assert world.visma.journal == []


def test_the_operator_still_works_on_what_was_kept_back(world: World) -> None:
    _use_up(world)
    operator = world.another(keeps_reserve=False).operator

    answer = operator.dispatch({"verb": "mappings check"})

    assert answer["ok"], answer
    with pytest.raises(RateLimitedError, match="kept for the operator"):
        world.targets.company("norway").read("none")


def test_an_operator_is_told_when_there_is_room_once_the_reserve_is_gone_as_well(
    world: World,
) -> None:
    _use_up(world)
    operator = world.another(keeps_reserve=False)
    for _ in range(10):
        operator.targets.company("norway").read("none")

    answer = operator.operator.dispatch({"verb": "mappings check"})

    assert not answer["ok"]
    assert "the calls that Visma allows are used up; there is room in" in answer["problems"][0]
    assert 429 not in {call.status for call in world.visma.calls(path=ERP)}


def test_the_used_up_hour_of_one_company_leaves_the_other_alone() -> None:
    with a_world(people=20, companies=2) as world:
        world.visma.calls_per_hour = 30
        for _ in range(20):
            world.targets.company("norway").read("none")

        with pytest.raises(RateLimitedError):
            world.another().targets.company("norway").read("none")
        assert world.another().targets.company("sweden").read("none") is None
        assert world.reported.percent["Visma", "norway"] == 66.7
        assert world.reported.percent["Visma", "sweden"] == 3.3


def test_a_table_that_is_down_stops_no_work_and_is_not_silent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise RetryableError("DynamoDB is busy (ThrottlingException)")

    monkeypatch.setattr(world.budgets, "known", fail)
    monkeypatch.setattr(world.budgets, "share", fail)

    assert world.first_load()["created"] > 50
    assert "visma norway: DynamoDB is busy (ThrottlingException)" in world.reported.troubles
    assert 429 not in {call.status for call in world.visma.calls(path=ERP)}


# Rippling


def test_a_poll_without_room_at_rippling_ends_quietly_and_the_next_finds_it_all() -> None:
    with a_world(people=20) as world:
        world.first_load()
        before = world.cursors.cursor("workers")
        worker = world.rippling.hire(
            department="Sales", location="Oslo", employment_type="Salaried full-time"
        )
        world.rippling.faults.fail(429, path="/workers/", times=1, retry_after=1800)
        polls = world.metrics.counts["PollSucceeded"]

        summary = world.tick()

        assert (summary.postponed, summary.queued) == (True, 0)
        assert "Rippling has no room" in summary.problems[0]
        assert world.metrics.counts["PollSucceeded"] == polls
        assert world.metrics.counts["PollPostponed"] == 1
        assert world.cursors.cursor("workers") == before
        calls = len(world.rippling.journal)
        assert world.another().tick().postponed  # nor does a cold one ask in vain
        assert len(world.rippling.journal) == calls

        world.clock.turn(seconds=1800)
        assert world.tick().queued == 1
        assert world.drain() == {"created": 1}
        assert world.employee_of(worker)["status"] == "Active"


def test_a_first_walk_that_runs_out_of_calls_goes_on_where_it_stopped() -> None:
    with a_world(people=450) as world:
        world.rippling.faults.fail(429, path="/workers/", every=3, retry_after=1800)
        sweeps: list[str] = []
        while not sweeps or sweeps[-1] != "finished":
            sweeps.append(world.tick().sweep)
            world.clock.turn(seconds=1800)

        refused = [call for call in world.rippling.calls(path="/workers/") if call.status == 429]
        assert sweeps == ["cut short", "cut short", "finished"]
        assert len(refused) == 2
        assert len(world.rippling.calls(path="/workers/")) - len(refused) == 5
        assert {change.worker_id for change in world.queue.changes} == {
            worker["id"] for worker in world.rippling.workers()
        }


def test_a_burst_at_the_place_where_a_walk_goes_on_does_not_make_it_begin_anew() -> None:
    with a_world(people=450) as world:
        world.rippling.faults.fail(429, path="/workers/", every=3, times=1, retry_after=1800)
        assert world.tick().sweep == "cut short"
        world.clock.turn(seconds=1800)
        world.rippling.faults.fail(429, path="/workers/", times=3, retry_after=1)
        assert world.tick().postponed

        assert world.tick().sweep == "finished"
        served = [call for call in world.rippling.calls(path="/workers/") if call.status == 200]
        assert len(served) == 5


def test_a_read_of_changes_that_runs_out_of_calls_goes_on_where_it_stopped() -> None:
    with a_world(people=250) as world:
        world.visma.calls_per_hour = 100_000
        world.first_load()
        world.clock.turn(hours=1)
        for worker in world.rippling.workers():
            world.rippling.touch(worker["id"], at=world.clock.now())
            world.rippling.move(worker["id"], department="Finance", silent=True)
        world.rippling.faults.fail(429, path="/workers/", every=3, times=1, retry_after=1800)

        first = world.tick()
        page_token = world.cursors.cursor("workers").page_token
        world.clock.turn(seconds=1800)
        second = world.tick()

        assert (first.workers_read, first.postponed) == (200, False)
        assert page_token is not None
        assert second.workers_read == 50
        assert first.queued + second.queued == len({c.worker_id for c in world.queue.changes})
        assert world.cursors.cursor("workers").page_token is None


def test_a_full_sweep_that_found_no_room_is_made_up_for() -> None:
    with a_world(people=20) as world:
        world.first_load()
        world.rippling.faults.fail(429, path="/workers/", times=1, retry_after=1800)
        assert world.tick(full_sweep=True).postponed
        world.clock.turn(seconds=1800)

        assert world.tick().sweep == "finished"
        assert world.tick().sweep == "none"


def test_a_sweep_that_found_no_room_after_a_read_of_changes_loses_nothing_of_it() -> None:
    with a_world(people=20) as world:
        world.first_load()
        worker = world.rippling.hire(
            department="Sales", location="Oslo", employment_type="Salaried full-time"
        )
        world.rippling.faults.fail(429, path="/workers/", every=2, times=1, retry_after=1800)

        summary = world.tick(full_sweep=True)

        assert (summary.queued, summary.postponed, summary.sweep) == (1, False, "none")
        assert world.queue.changes[0].worker_id == worker["id"]
        world.clock.turn(seconds=1800)
        assert world.tick().sweep == "finished"


def test_a_first_load_that_found_no_room_at_first_is_still_a_first_load() -> None:
    with a_world(people=60) as world:
        text = world.mapping_text.replace("first_load: allowed", "first_load: held")
        assert text != world.mapping_text
        world.edit_mapping(text)
        world.rippling.faults.fail(429, path="/workers/", times=1, retry_after=1800)
        assert world.tick(full_sweep=True).postponed
        world.clock.turn(seconds=1800)

        world.tick()

        assert world.drain()["created"] == 0


# The real handlers


@pytest.fixture
def people() -> int:
    return 30


def _deliver(account: Account) -> int:
    """Hands every message to a writer that is cold each time; how many must come again."""
    failed = 0
    while records := account.receive():
        for record in records:
            writer = account.handler("writer")
            answer = writer.lambda_handler({"Records": [record]}, CONTEXT)
            failed += bool(answer["batchItemFailures"])
            if not answer["batchItemFailures"]:
                account.delete(record)
    return failed


def test_cold_writers_share_the_budget_and_hide_what_has_no_room_until_the_next_hour(
    account: Account, visma: Visma, capsys: pytest.CaptureFixture[str]
) -> None:
    visma.calls_per_hour = 40
    account.handler("poller").lambda_handler({}, CONTEXT)

    failed = _deliver(account)

    assert failed > 0
    assert account.receive() == []  # hidden, for as long as Visma asks
    assert len(visma.calls(path=ERP)) == 40 - 10
    assert 429 not in {call.status for call in visma.calls(path=ERP)}
    (row,) = (
        item for item in account.scan("WatermarksTable") if item["stream"]["S"].startswith("budget")
    )
    assert (row["stream"]["S"], row["limit"]["N"]) == ("budget visma norway", "40")
    assert account.operate("mappings check")["ok"]
    lines = capsys.readouterr().out
    assert '"BudgetUsed":[75.0]' in lines
    assert "BudgetNotShared" not in lines


def test_rippling_closed_to_the_poller_is_closed_to_a_cold_writer_and_operator(
    account: Account, rippling: Rippling
) -> None:
    rippling.faults.fail(429, path="/workers/", times=1, retry_after=1800)
    worker = rippling.workers()[0]
    account.client("sqs").send_message(
        QueueUrl=account.resources["ChangesQueue"],
        MessageBody=_change(worker).to_body(),
        MessageGroupId=worker["id"],
        MessageDeduplicationId="1",
    )

    summary = account.handler("poller").lambda_handler({}, CONTEXT)

    assert summary["postponed"]
    calls = len(rippling.journal)
    assert _deliver(account) == 1
    answer = account.operate("mappings check")
    assert "the calls that Rippling allows are used up" in answer["problems"][0]
    assert len(rippling.journal) == calls
