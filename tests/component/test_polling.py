"""`tick` and `sweep`: the poller runs as it does by itself, and the operator sees what it did."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from connector.adapters.aws.poller_invoker import LambdaPollerRuns
from connector.domain.errors import ConfigurationError, RetryableError
from connector.domain.records.mode import Mode, ModeName
from connector.services.operate.verbs.running.polling import Sweep, Tick
from connector.services.operate.verbs.verb import Verb
from tests.embedded.template import load_template
from tests.support.loaded import a_loaded_world
from tests.support.world import World

Row = dict[str, Any]
TICK, SWEEP = Tick(), Sweep()


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=30) as world:
        yield world


def asked(world: World, request: Row) -> Row:
    """What the operator is answered, as it would come through Lambda."""
    return dict(json.loads(json.dumps(world.operator.dispatch(request))))


def done(world: World, verb: Verb) -> Row:
    """A verb as the command carries it out, asking until it is complete."""
    request: Row = {"verb": verb.name, "operator": "arn:aws:iam::1:user/eva"}
    result = asked(world, request)
    while result["ok"] and not verb.is_complete(result):
        request = verb.continued(request, result)
        then = asked(world, request)
        result = verb.added(result, then) if then["ok"] else then
    return result


def text_of(verb: Verb, result: Row) -> str:
    return "\n".join(str(part) for part in verb.view(result))


def test_a_tick_queues_who_has_changed_and_says_so(world: World) -> None:
    worker = world.hire()

    result = done(world, TICK)

    assert (result["mode"], result["queued"]) == ("live", 1)
    assert "1 queued" in text_of(TICK, result)
    assert not TICK.needs_attention(result)
    world.drain()
    assert world.employee_of(worker)["status"] == "Active"


def test_a_tick_that_finds_nothing_says_that_nothing_has_changed(world: World) -> None:
    world.tick()  # whatever the first load had left
    result = done(world, TICK)

    assert result["queued"] == 0
    assert "queued" not in text_of(TICK, {**result, "workers_read": 0})


@pytest.mark.parametrize("verb", [TICK, SWEEP], ids=lambda verb: verb.name)
def test_while_the_connector_is_off_it_is_said_that_nothing_was_done(
    world: World, verb: Verb
) -> None:
    world.modes.save(Mode(ModeName.OFF))

    result = done(world, verb)

    assert result["mode"] == "off"
    shown = text_of(verb, result)
    assert "the connector is off" in shown
    assert "nothing was done" in shown
    assert verb.needs_attention(result)


def test_a_tick_that_meets_another_run_says_so_and_does_nothing(world: World) -> None:
    world.hire()
    with world.cursors.lease("workers", 270):
        result = done(world, TICK)

    assert (result["skipped"], result["queued"]) == (True, 0)
    assert "another run of the poller is under way" in text_of(TICK, result)
    assert TICK.needs_attention(result)


def test_a_sweep_that_meets_another_run_waits_for_it_and_is_done_then(
    world: World,
) -> None:
    slept: list[float] = []
    lease = world.cursors.lease("workers", 270)
    lease.__enter__()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        world.clock.turn(seconds=seconds)
        if len(slept) == 3:
            lease.__exit__(None, None, None)

    object.__setattr__(world.operator.desk.polling, "sleep", sleep)
    result = done(world, SWEEP)

    assert len(slept) == 3
    assert (result["sweep"], result["skipped"]) == ("finished", False)


def test_a_sweep_does_not_wait_for_another_run_for_ever(world: World) -> None:
    def sleep(seconds: float) -> None:
        world.clock.turn(seconds=seconds)

    object.__setattr__(world.operator.desk.polling, "sleep", sleep)
    lease = world.cursors.lease("workers", 100_000)
    lease.__enter__()

    result = done(world, SWEEP)

    assert result["skipped"]
    assert result["runs"] < 200


def test_a_sweep_that_is_cut_short_is_gone_on_with_until_it_is_finished(world: World) -> None:
    worker = world.hire()
    assert world.settle()["created"] == 1
    world.clock.remaining = 100.0  # too little to begin with Visma in the same run
    world.visma.edit_employee(str(worker["number"]), department="MGMT")

    result = done(world, SWEEP)

    assert result["sweep"] == "finished"
    assert result["runs"] == 2, "everyone in Rippling, and then the company in Visma"
    assert (result["drifted"], result["queued"]) == (1, 1)
    assert "the full sweep is finished" in text_of(SWEEP, result)
    assert world.cursors.cursor("workers sweep").started is None


def test_a_sweep_that_a_tick_has_finished_meanwhile_is_not_begun_once_more(world: World) -> None:
    world.clock.remaining = 100.0
    first = asked(world, {"verb": "sweep"})
    assert first["sweep"] == "cut short"
    assert world.tick().sweep == "finished"

    then = asked(world, SWEEP.continued({}, first))

    assert (then["sweep"], then["is_over"]) == ("none", True)
    assert SWEEP.added(first, then)["queued"] == 0


def test_who_had_the_poller_run_is_on_record_once(world: World) -> None:
    world.clock.remaining = 100.0
    assert done(world, SWEEP)["runs"] == 2

    (act,) = [row for row in world.tables.audit["operators"] if row["outcome"] == "sweep"]
    assert act["operator"] == "arn:aws:iam::1:user/eva"
    assert act["said"]["mode"] == "live"


# The function behind it


class Lambda:
    """Answers an invocation as Lambda does."""

    def __init__(self, payload: Any = None, error: str = "", fault: Exception | None = None):
        self._answer = {"Payload": io.BytesIO(json.dumps(payload).encode())}
        self._answer |= {"FunctionError": error} if error else {}  # type: ignore[dict-item]
        self._fault = fault
        self.asked: list[Row] = []

    def invoke(self, **request: Any) -> Any:
        self.asked.append(request)
        if self._fault:
            raise self._fault
        return self._answer


@pytest.mark.parametrize(("is_sweep", "sent"), [(False, {}), (True, {"full_sweep": True})])
def test_the_poller_is_waited_for_and_its_summary_given(is_sweep: bool, sent: Row) -> None:
    client = Lambda({"queued": 3})

    assert LambdaPollerRuns(client, "poller").run(full_sweep=is_sweep) == {"queued": 3}

    (request,) = client.asked
    assert json.loads(request["Payload"]) == sent
    assert "InvocationType" not in request, "an event would be answered before anything is done"


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("ConfigurationError", "ConfigurationError: the secret is not JSON"),
        ("KeyError", "KeyError; see its log"),
    ],
)
def test_a_poller_that_failed_says_why_where_that_is_meant_to_be_read(kind: str, told: str) -> None:
    payload = {"errorType": kind, "errorMessage": "the secret is not JSON"}

    with pytest.raises(ConfigurationError, match=told):
        LambdaPollerRuns(Lambda(payload, "Unhandled"), "poller").run(full_sweep=False)


def test_a_poller_that_does_not_answer_may_run_all_the_same_and_is_not_asked_twice() -> None:
    client = Lambda(fault=ReadTimeoutError(endpoint_url="https://lambda.test"))

    with pytest.raises(RetryableError):
        LambdaPollerRuns(client, "poller").run(full_sweep=False)

    assert len(client.asked) == 1


def test_the_poller_is_waited_for_longer_than_it_runs_and_shorter_than_the_one_who_waits() -> None:
    from connector.bootstrap.adapters import POLLER_SECONDS

    functions = load_template()["Resources"]
    runs, waits = (
        functions[name]["Properties"]["Timeout"]
        for name in ("PollerFunction", "OperationsFunction")
    )
    assert runs < POLLER_SECONDS < waits
