"""The deployed stack without a deployment: what starts the functions, and time that is driven.

The schedules tick, the queue hands out its messages, two writers work side by side, CloudWatch
rings. The functions are the real handlers with the environment that the template gives them.
"""

from __future__ import annotations

import importlib
import io
import logging
import os
import sys
import time as real_time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

from connector.adapters.aws.clients import client
from connector.bootstrap.adapters import digest_key
from connector.domain.errors import ConnectorError
from connector.observability import CrashError
from tests.embedded.template import load_template
from tests.load.alarms import Alarms
from tests.load.cloud.cloud import STACK, Cloud, running
from tests.load.driven import driven_by
from tests.load.vendors import CountedVendors
from tests.simulator import Rippling, Visma, credentials, nordfab_rippling, nordfab_visma
from tests.support.clock import HandClock
from tests.support.direct import connected
from tests.support.environments import addresses, environments_of

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
BEGINS = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
TICK, SWEEP = timedelta(minutes=5), timedelta(days=1)
WRITERS = 2
VARIABLES = {"AWS_DEFAULT_REGION": "eu-north-1", "AWS_ACCESS_KEY_ID": "testing",
             "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true"}  # fmt: skip
SERVICES = ("poller", "writer", "operations", "releaser", "webhook")

Act = Callable[[], object]


@dataclass
class Runs:
    """What the invocations of one function came to."""

    invocations: int = 0
    failed: int = 0
    waited: float = 0.0
    """Seconds that vendors took."""
    asked: int = 0
    """Calls to AWS."""
    cpu: float = 0.0
    """Seconds of this machine, without those of AWS and of the vendors."""
    log_bytes: int = 0
    log_lines: int = 0


@dataclass
class Context:
    """Lambda's context, as far as the handlers look at it."""

    clock: HandClock
    ends: datetime
    invoked_function_arn: str = "arn:aws:lambda:eu-north-1:123456789012:function:connector"

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds left."""
        return int((self.ends - self.clock.now()).total_seconds() * 1000)


class Sink(io.TextIOBase):
    """What a function prints, until its invocation is over."""

    def __init__(self) -> None:
        self.text: list[str] = []

    def write(self, text: str) -> int:
        """Keeps it."""
        self.text.append(text)
        return len(text)

    def take(self) -> list[str]:
        """The lines so far."""
        lines, self.text = "".join(self.text).splitlines(), []
        return lines


@dataclass
class Stage:
    """A stack between two simulated vendors, with its clock."""

    rippling: Rippling
    visma: Visma
    clock: HandClock
    cloud: Cloud
    alarms: Alarms
    sink: Sink
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Of the stack, where it has not the default."""
    vendors: CountedVendors = field(init=False)
    runs: dict[str, Runs] = field(default_factory=dict)
    log: Counter[str] = field(default_factory=Counter)
    """How often each event was logged."""
    summaries: list[dict[str, Any]] = field(default_factory=list)
    received: int = 0
    ticks: int = 0
    sweeps_every: timedelta = SWEEP

    def __post_init__(self) -> None:
        self.vendors = CountedVendors.between(
            self.rippling, self.visma, self.clock.now, self._vendor_took
        )
        template = load_template()
        self._functions = {
            name.removesuffix("Function").lower(): each["Properties"]
            for name, each in template["Resources"].items()
            if each["Type"] == "AWS::Serverless::Function"
        }
        names = {"${AWS::StackName}-": f"{STACK}-"}
        given = {**addresses(self.rippling, self.visma), **self.parameters}
        self._environments = environments_of(template, given, names)
        self._modules: dict[str, ModuleType] = {}
        self._side_by_side = 1
        self._waited = 0.0
        self._elsewhere = 0.0
        self._next_tick, self.next_sweep = self.clock.now() + TICK, self.clock.now() + SWEEP
        self.cloud.ringing = self.alarms.ringing
        self.cloud.invoke = lambda _, event: self.invoke("poller", event) or {}

    # Time.

    def run_until(self, moment: datetime, is_over: Callable[[], bool] = lambda: False) -> None:
        """Lets schedules and queue do their work until then, or until it `is_over` after a tick."""
        while self.clock.now() < moment:
            waiting = self.cloud.changes.next_visible()
            due = min(self._next_tick, self.next_sweep)
            if waiting and max(waiting, self.clock.now()) < min(due, moment):
                self.clock.set(waiting)
                self.write()
            elif due <= moment:
                self.clock.set(due)
                self.tick(full_sweep=due == self.next_sweep)
                if is_over():
                    return
            else:
                self.clock.set(moment)

    def run_for(self, is_over: Callable[[], bool] = lambda: False, **time: float) -> None:
        """The same for so long."""
        self.run_until(self.clock.now() + timedelta(**time), is_over)

    def tick(self, *, full_sweep: bool = False) -> None:
        """What the schedules do when their time has come; then CloudWatch looks."""
        if full_sweep:
            self.next_sweep = self.clock.now() + self.sweeps_every
        else:
            self._next_tick += TICK
            self.ticks += 1
        summary = self.invoke("poller", {"full_sweep": True} if full_sweep else {})
        self.summaries += [summary] if summary else []
        self._measure()

    def write(self) -> None:
        """The queue hands a message to a writer."""
        message = self.cloud.changes.receive()
        if message is None:
            return
        self.received += 1
        record = {
            "messageId": message.id,
            "receiptHandle": message.receipt,
            "body": message.body,
            "attributes": {
                "MessageGroupId": message.group,
                "ApproximateReceiveCount": str(message.received),
                "SentTimestamp": str(int(message.sent_at.timestamp() * 1000)),
            },
        }
        self._side_by_side = WRITERS  # each turns the clock by half of what it takes
        answer = self.invoke("writer", {"Records": [record]})
        self._side_by_side = 1
        if answer == {"batchItemFailures": []}:
            self.cloud.changes.remove(message.receipt)

    def _measure(self) -> None:
        now, changes, dead = self.clock.now(), self.cloud.changes, self.cloud.dead_letters
        oldest = changes.oldest()
        age = (now - oldest).total_seconds() if oldest else 0.0
        self.alarms.put(("ApproximateAgeOfOldestMessage", "ChangesQueue"), age, now)
        visible = ("ApproximateNumberOfMessagesVisible", "ChangesDeadLetterQueue")
        self.alarms.put(visible, len(dead), now)
        self.alarms.look(now)

    def _vendor_took(self, seconds: float) -> None:
        self._waited += seconds
        self.clock.turn(seconds=seconds / self._side_by_side)

    # The functions.

    def invoke(self, name: str, event: dict[str, Any]) -> dict[str, Any] | None:
        """One invocation; None where it failed."""
        os.environ.update(self._environments[name])
        runs, calls = self.runs.setdefault(name, Runs()), self.cloud.used.calls.total()
        before, self._waited = self._waited, 0.0
        began, other = real_time.thread_time(), self._elsewhere
        ends = self.clock.now() + timedelta(seconds=int(self._functions[name]["Timeout"]))
        runs.invocations += 1
        answer: dict[str, Any] | None = None
        role = self._functions[name]["Role"]["Fn::GetAtt"][0]
        with redirect_stdout(self.sink), self.cloud.acting(role):
            module = self._modules.get(name) or self._loaded(name)
            try:
                answer = module.lambda_handler(event, Context(self.clock, ends))
            except (ConnectorError, CrashError):
                runs.failed += 1
                self.alarms.put(("Errors", f"{name.title()}Function"), 1, self.clock.now())
        runs.cpu += real_time.thread_time() - began - (self._elsewhere - other)
        runs.waited += self._waited
        runs.asked += self.cloud.used.calls.total() - calls
        self._waited = before
        self._take_log(runs)
        return answer

    def operate(self, verb: str, **arguments: Any) -> dict[str, Any]:
        """What the operations function answers to a verb."""
        answer = self.invoke("operations", {"verb": verb, "operator": "kari", **arguments})
        assert answer is not None
        return answer

    def start_cold(self) -> None:
        """Every environment is a new one, as after a deployment."""
        self._modules.clear()
        client.cache_clear()

    def elsewhere(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same call, its time not counted among a function's own."""

        def timed(*each: Any, **named: Any) -> Any:
            began = real_time.thread_time()
            try:
                return call(*each, **named)
            finally:
                self._elsewhere += real_time.thread_time() - began

        return timed

    def _loaded(self, name: str) -> ModuleType:
        client.cache_clear()
        digest_key.cache_clear()  # each function is a process of its own, and asks for itself
        module = importlib.reload(importlib.import_module(f"{name}.app"))
        self._modules[name] = module
        return module

    def _take_log(self, runs: Runs) -> None:
        now = self.clock.now()
        for line in self.sink.take():
            runs.log_bytes += len(line.encode()) + 1
            runs.log_lines += 1
            self.alarms.read(line, now)
            if '"_aws"' not in line:
                self.log[line.partition('"message":"')[2].partition('"')[0]] += 1


@contextmanager
def a_stage(people: int, companies: int = 2, **parameters: str) -> Iterator[Stage]:
    """A stack with these parameters and filled secrets that nobody has told anything yet.

    Raises:
        AssertionError: a function asked for what its role may not, even if it went on without.
    """
    clock = HandClock(BEGINS)
    rippling = nordfab_rippling(clock, people, companies=companies, port=1)
    visma = nordfab_visma(companies, clock, port=2)
    cloud, sink = Cloud(clock.now, parameters), Sink()
    stage = Stage(rippling, visma, clock, cloud, Alarms(STACK), sink, parameters)
    secret, keys = credentials(companies)
    cloud.put_secret("RipplingSecret", secret)
    cloud.put_secret("VismaSecret", keys)
    with ExitStack() as patches:
        patches.enter_context(patch.dict(os.environ, VARIABLES))
        patches.enter_context(patch.object(sys, "path", [*sys.path, str(FUNCTIONS)]))
        patches.enter_context(driven_by(clock))
        patches.enter_context(patch.object(cloud, "call", stage.elsewhere(cloud.call)))
        patches.enter_context(running(cloud))
        patches.enter_context(connected(stage.elsewhere(stage.vendors.answer)))
        patches.enter_context(_fresh_loggers())
        yield stage
    assert not cloud.rights.refused, sorted(set(cloud.rights.refused))


@contextmanager
def _fresh_loggers() -> Iterator[None]:
    """Loggers that print where it is printed now, and forget that afterwards."""
    _forget_loggers()
    client.cache_clear()
    try:
        yield
    finally:
        _forget_loggers()
        client.cache_clear()


def _forget_loggers() -> None:
    for name in SERVICES:
        logging.Logger.manager.loggerDict.pop(name, None)
