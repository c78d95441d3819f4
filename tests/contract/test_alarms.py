"""The contract of the alarms, and what only CloudWatch can get wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.parsers import ResponseParserError

from connector.adapters.aws.alarms import CloudWatchAlarms
from connector.adapters.memory import InMemoryAlarms
from connector.domain.errors import ConfigurationError, ConnectorError, RetryableError
from connector.domain.status.alarms import NEXT_COMMAND, RingingAlarm
from connector.ports.telemetry import Alarms
from tests.contract.bench import Watched, aws, refusal


@dataclass
class Bench:
    """The alarms, and a way to have one ring."""

    alarms: Alarms
    ring: Callable[[str], None]


@pytest.fixture
def client() -> Iterator[Any]:
    with aws("cloudwatch") as client:
        yield client


def put(client: Any, name: str, state: str = "OK") -> None:
    client.put_metric_alarm(
        AlarmName=name, MetricName="m", Namespace="n", Statistic="Sum", Period=60,
        EvaluationPeriods=1, Threshold=0, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    client.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")


@pytest.fixture(params=["memory", "cloudwatch"])
def bench(request: pytest.FixtureRequest) -> Any:
    if request.param == "memory":
        memory = InMemoryAlarms()
        return Bench(memory, lambda name: memory.now.append(RingingAlarm(name)))
    client = request.getfixturevalue("client")
    for name in NEXT_COMMAND:
        put(client, f"connector-{name}")
    alarms = CloudWatchAlarms(client, "connector-")
    return Bench(alarms, lambda name: put(client, f"connector-{name}", "ALARM"))


def test_none_rings_at_first(bench: Bench) -> None:
    assert bench.alarms.ringing() == []


def test_those_that_ring_are_listed_by_name(bench: Bench) -> None:
    bench.ring("writer-errors")
    bench.ring("changes-held")

    assert [alarm.name for alarm in bench.alarms.ringing()] == ["changes-held", "writer-errors"]


def test_every_alarm_that_there_may_be_is_told(bench: Bench) -> None:
    for name in NEXT_COMMAND:
        bench.ring(name)

    assert [alarm.name for alarm in bench.alarms.ringing()] == sorted(NEXT_COMMAND)


def test_since_when_an_alarm_rings_is_told(client: Any) -> None:
    put(client, "connector-changes-held", "ALARM")

    (alarm,) = CloudWatchAlarms(client, "connector-").ringing()

    assert alarm.since is not None
    assert alarm.since.tzinfo is not None


def test_the_alarms_of_others_are_not_asked_for(client: Any) -> None:
    for name in ("connector-test-changes-held", "connector-of-somebody-else", "changes-held"):
        put(client, name, "ALARM")
    watched = Watched(client)

    assert CloudWatchAlarms(watched, "connector-").ringing() == []
    ((name, request),) = watched.calls
    assert name == "describe_alarms"
    assert set(request["AlarmNames"]) == {f"connector-{each}" for each in NEXT_COMMAND}
    assert len(request["AlarmNames"]) <= 100  # as many as CloudWatch takes


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (refusal("AccessDenied"), ConfigurationError),
        (refusal("InternalFailure"), RetryableError),
        (refusal("Throttling"), RetryableError),
        (EndpointConnectionError(endpoint_url="x"), RetryableError),
        (ResponseParserError("not XML"), ConfigurationError),
    ],
    ids=["refused", "broken", "busy", "away", "another"],
)
def test_whatever_is_wrong_with_cloudwatch_is_an_error_of_ours(
    client: Any, error: Exception, kind: type[ConnectorError]
) -> None:
    watched = Watched(client)
    watched.answers["describe_alarms"] = [error]

    with pytest.raises(kind, match="CloudWatch"):
        CloudWatchAlarms(watched, "connector-").ringing()
