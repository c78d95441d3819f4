"""What a stretch of simulated time came to: calls, messages, units, logs, seconds and dollars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tests.embedded.template import load_template
from tests.load.stage import Runs, Stage
from tests.support import cost

AWS_CALL_SECONDS = 0.01
"""Assumed: how long a call to DynamoDB, SQS or Secrets Manager takes."""

WHOLE_PROCESSOR_MB = 1769
"""With so much memory Lambda gives a function one processor, and with less its share of one."""

GB = 1024**3


@dataclass(frozen=True)
class Counted:
    """The counters of a stage at one moment, or between two."""

    at: datetime
    ticks: int
    sent: int
    received: int
    read_units: float
    write_units: float
    calls: Counter[str]
    aws: Counter[str]
    runs: Mapping[str, Runs]

    @classmethod
    def of(cls, stage: Stage) -> Counted:
        """The counters as they stand."""
        used = stage.cloud.used
        return cls(
            stage.clock.now(), stage.ticks, stage.cloud.changes.sent, stage.received,
            used.read_units, used.write_units, Counter(stage.vendors.calls), Counter(used.calls),
            {name: Runs(**vars(each)) for name, each in stage.runs.items()},
        )  # fmt: skip

    def since(self, before: Counted) -> Spent:
        """What came to pass between two moments."""
        runs = {
            name: Runs(**{key: value - vars(before.runs.get(name, Runs()))[key]
                          for key, value in vars(each).items()})
            for name, each in self.runs.items()
        }  # fmt: skip
        return Spent(
            hours=(self.at - before.at).total_seconds() / 3600,
            ticks=self.ticks - before.ticks,
            sent=self.sent - before.sent,
            received=self.received - before.received,
            read_units=self.read_units - before.read_units,
            write_units=self.write_units - before.write_units,
            calls=self.calls - before.calls,
            aws=self.aws - before.aws,
            runs=runs,
        )


@dataclass(frozen=True)
class Spent:
    """What a stretch of time cost."""

    hours: float
    ticks: int
    sent: int
    received: int
    read_units: float
    write_units: float
    calls: Counter[str]
    aws: Counter[str]
    runs: Mapping[str, Runs] = field(repr=False)

    def asked(self, vendor: str, word: str = "") -> int:
        """How many calls a vendor got, of one kind where a `word` of it is named."""
        counted = self.calls.items()
        return sum(n for name, n in counted if name.startswith(f"{vendor} ") and word in name)

    def of(self, service: str) -> int:
        """How many calls a service of AWS got from the functions."""
        return sum(n for name, n in self.aws.items() if name.startswith(f"{service}."))

    @property
    def log_bytes(self) -> int:
        """How much all functions have logged."""
        return sum(each.log_bytes for each in self.runs.values())

    @property
    def gb_seconds(self) -> float:
        """What Lambda bills: what vendors and AWS take, and our own seconds at the share given."""
        memory = memory_of_functions()
        return sum(
            _seconds(each, memory[name]) * memory[name] / 1024 for name, each in self.runs.items()
        )

    def dollars(self) -> dict[str, float]:
        """List prices of what was used; alarms, dashboard and secrets cost the same at any load."""
        invocations = sum(each.invocations for each in self.runs.values())
        # What hands the messages out receives and deletes each, beside what the functions ask.
        queue_calls = self.of("sqs") + 2 * self.received
        return {
            "tables": self.read_units * cost.READ_UNIT + self.write_units * cost.WRITE_UNIT,
            "functions": self.gb_seconds * cost.GB_SECOND + invocations * cost.INVOCATION,
            "queues": queue_calls * cost.QUEUE_CALL,
            "log lines": self.log_bytes / GB * cost.LOG_GB,
            "secrets": self.of("secretsmanager") * cost.SECRET_CALL,
            "schedules": self.ticks * cost.SCHEDULED,
        }


def memory_of_functions() -> dict[str, int]:
    """Megabytes of each function, as the template gives them."""
    return {
        name.removesuffix("Function").lower(): each["Properties"]["MemorySize"]
        for name, each in load_template()["Resources"].items()
        if each["Type"] == "AWS::Serverless::Function"
    }


def _seconds(runs: Runs, memory: int) -> float:
    share = min(1.0, memory / WHOLE_PROCESSOR_MB)
    return runs.waited + runs.asked * AWS_CALL_SECONDS + runs.cpu / share
