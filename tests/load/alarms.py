"""The alarms of `template.yaml`, rung as CloudWatch rings them, by what the functions write.

Metrics come from the lines that Lambda would take for metrics, and from what SQS and Lambda count.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from tests.embedded.template import load_template

Name: TypeAlias = tuple[str, str]
"""What is measured, and of what: a function, a queue, or nothing in particular."""

OWN, LAMBDA, SQS = "", "lambda", "sqs"
COMPARES = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
}


@dataclass(frozen=True)
class Alarm:
    """One alarm over one metric."""

    name: str
    metric: Name
    is_sum: bool
    period: int
    periods: int
    breaches: int
    compares: str
    threshold: float
    breaches_without_data: bool


@dataclass
class Ring:
    """An alarm that rang, and until when."""

    name: str
    since: datetime
    until: datetime | None = None


@dataclass
class Series:
    """The sums and the greatest values of a metric, for each period that an alarm looks at."""

    sums: dict[tuple[int, int], float] = field(default_factory=lambda: defaultdict(float))
    tops: dict[tuple[int, int], float] = field(default_factory=lambda: defaultdict(float))


class Alarms:
    """Every alarm of the template, and when each of them rang."""

    def __init__(self, stack: str) -> None:
        self.alarms = alarms_of(load_template()["Resources"], stack)
        self.rings: list[Ring] = []
        self._periods = {alarm.period for alarm in self.alarms}
        self._series: dict[Name, Series] = defaultdict(Series)
        self._ringing: dict[str, Ring] = {}

    def put(self, metric: Name, value: float, now: datetime) -> None:
        """One value of a metric."""
        series, second = self._series[metric], int(now.timestamp())
        for period in self._periods:
            place = period, second // period
            series.sums[place] += value
            series.tops[place] = max(series.tops[place], value)

    def read(self, line: str, now: datetime) -> None:
        """A line of a function's log; it is a metric where Lambda would take it for one."""
        if '"_aws"' not in line:
            return
        said = json.loads(line)
        for directive in said["_aws"]["CloudWatchMetrics"]:
            (dimensions,) = directive["Dimensions"]
            if set(dimensions) <= {"service"}:
                of = said["service"] if dimensions else ""
                for metric in directive["Metrics"]:
                    values = said[metric["Name"]]
                    value = sum(values) if isinstance(values, list) else values
                    self.put((metric["Name"], of), value, now)

    def window(self, name: str) -> timedelta:
        """How far back an alarm looks."""
        alarm = next(each for each in self.alarms if each.name == name)
        return timedelta(seconds=alarm.period * alarm.periods)

    def look(self, now: datetime) -> None:
        """Rings what is to ring, and ends what is over."""
        for alarm in self.alarms:
            is_rung, known = self._is_rung(alarm, now), self._ringing.get(alarm.name)
            if is_rung and not known:
                self._ringing[alarm.name] = Ring(alarm.name, now)
                self.rings.append(self._ringing[alarm.name])
            elif known and not is_rung:
                known.until = now
                del self._ringing[alarm.name]

    def ringing(self) -> Mapping[str, datetime]:
        """Those that ring, and since when."""
        return {name: ring.since for name, ring in self._ringing.items()}

    def _is_rung(self, alarm: Alarm, now: datetime) -> bool:
        series = self._series.get(alarm.metric)
        if series is None and not alarm.breaches_without_data:
            return False
        last = int(now.timestamp()) // alarm.period
        held = (series.sums if alarm.is_sum else series.tops) if series else {}
        breaching = 0
        for place in range(last - alarm.periods + 1, last + 1):
            value = held.get((alarm.period, place))
            if value is None:
                breaching += alarm.breaches_without_data
            else:
                breaching += COMPARES[alarm.compares](value, alarm.threshold)
        return breaching >= alarm.breaches


def alarms_of(resources: Mapping[str, Any], stack: str) -> list[Alarm]:
    """The alarms over one metric; the one that sums up throttled functions has nothing to say."""
    written = [each for each in resources.values() if each["Type"] == "AWS::CloudWatch::Alarm"]
    return [
        _alarm(each["Properties"], stack)
        for each in written
        if "MetricName" in each["Properties"] and "Condition" not in each
    ]


def _alarm(written: Mapping[str, Any], stack: str) -> Alarm:
    periods = int(written["EvaluationPeriods"])
    return Alarm(
        name=written["AlarmName"]["Fn::Sub"].replace("${AWS::StackName}", stack),
        metric=(written["MetricName"], _of(written)),
        is_sum=written["Statistic"] == "Sum",
        period=int(written["Period"]),
        periods=periods,
        breaches=int(written.get("DatapointsToAlarm", periods)),
        compares=written["ComparisonOperator"],
        threshold=float(written["Threshold"]),
        breaches_without_data=written["TreatMissingData"] == "breaching",
    )


def _of(written: Mapping[str, Any]) -> str:
    """What a metric is of: the value of its dimension, where it has one."""
    for dimension in written.get("Dimensions", ()):
        value = dimension["Value"]
        if isinstance(value, str):
            return value
        ((_, name),) = value.items()
        return name if isinstance(name, str) else str(name[0])
    return ""


def hours(ring: Ring, now: datetime) -> float:
    """For how long an alarm rang."""
    seconds = ((ring.until or now) - ring.since).total_seconds()
    return math.ceil(seconds / 360) / 10
