"""The dashboard shows what the code writes, all of it, and the people first."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from connector.observability import LOGGABLE
from tests.embedded.template import ROOT, load_template
from tests.support.insights import OF_INSIGHTS, Query
from tests.template.conftest import of_type
from tests.template.emitted import Curve, curves
from tests.template.test_docs import rows, section
from tests.template.test_relations import Functions, Resources, references

STACK = "STACK"
NAMESPACE = f"RipplingToVisma/{STACK}"
COLUMNS = 24

LEFT_OUT = {
    "AuditChainsChecked": "a number of rows that only grows; what matters of it is AuditBroken",
}
"""Metrics of the connector's own that are not on the dashboard, and why."""

OF_EVERY_LINE = {"level", "message", "service", "timestamp", "xray_trace_id"}
"""What Powertools puts into a line besides the keys of ours."""

OF_AWS = {
    "AWS/SQS": {"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"},
    "AWS/Lambda": {"Duration", "Errors", "Throttles"},
    "AWS/ApiGateway": {"Count", "4XXError", "5XXError"},
}
"""What AWS itself measures, as its documentation names it."""


def resolved(text: str) -> str:
    return text.replace("${AWS::StackName}", STACK).replace("${AWS::Region}", "eu-north-1")


def dashboard() -> list[dict[str, Any]]:
    (made,) = of_type(load_template()["Resources"], "AWS::CloudWatch::Dashboard").values()
    widgets: list[dict[str, Any]] = json.loads(resolved(made["DashboardBody"]["Fn::Sub"]))[
        "widgets"
    ]
    return widgets


def written_out(metrics: list[list[Any]]) -> Iterator[list[str]]:
    """The rows of a widget with every `.` replaced by what stands above it."""
    above: list[str] = []
    for row in metrics:
        names = [each for each in row if isinstance(each, str)]
        above = [above[at] if each == "." else each for at, each in enumerate(names)]
        if above:
            yield above


def searched(expression: str) -> tuple[str, Curve]:
    """The namespace and the curves for which an expression searches."""
    found = re.search(
        r"""SEARCH\('\{"(?P<namespace>[^"]+)",(?P<keys>[\w,]+)\} """
        r"""MetricName="(?P<name>\w+)"', '(Minimum|Maximum)', \d+\)""",
        expression,
    )
    assert found, expression
    return found["namespace"], (
        found["name"],
        frozenset((key, "*") for key in found["keys"].split(",")),
    )


def shown(widget: dict[str, Any]) -> Iterator[tuple[str, Curve]]:
    """The curves of a widget, each with its namespace."""
    metrics = widget["properties"].get("metrics", [])
    for namespace, name, *dimensions in written_out(metrics):
        pairs = zip(dimensions[::2], dimensions[1::2], strict=True)
        yield namespace, (name, frozenset(pairs))
    for row in metrics:
        yield from (searched(each["expression"]) for each in row if isinstance(each, dict))


def all_shown() -> list[tuple[str, Curve]]:
    return [each for widget in dashboard() for each in shown(widget)]


def own_shown() -> set[Curve]:
    return {curve for namespace, curve in all_shown() if namespace == NAMESPACE}


def test_every_metric_on_the_dashboard_is_written_by_the_code_with_the_same_dimensions() -> None:
    assert own_shown() - curves() == set()


def test_every_metric_that_the_code_writes_is_on_the_dashboard_or_is_left_out_for_a_reason() -> (
    None
):
    missing = {name for name, _ in curves() - own_shown()}

    assert missing == LEFT_OUT.keys()
    assert all(LEFT_OUT.values())


def test_no_curve_is_shown_in_two_places() -> None:
    assert len(set(all_shown())) == len(all_shown())


def test_a_metric_is_documented_with_the_functions_that_write_it() -> None:
    documented = {
        name: set(cells[0].split(", "))
        for name, cells in rows(section("configuration.md", "Metrics")).items()
    }
    written: dict[str, set[str]] = {}
    for name, dimensions in curves():
        for key, value in dimensions:
            if key == "service":
                written.setdefault(name, set()).add(value)
    by_vendor = {name for name in written if name.startswith(("Rippling", "Visma"))}

    assert {name: documented[name] for name in written.keys() - by_vendor} == {
        name: services for name, services in written.items() if name not in by_vendor
    }


def test_what_the_code_really_writes_is_what_the_dashboard_asks_for() -> None:
    code = (
        "import sys; sys.path.insert(0, 'layers/connector')\n"
        "from connector.observability import BudgetReports, EmfMetrics, Log\n"
        "metrics = EmfMetrics('poller')\n"
        "metrics.count('PollSucceeded'); metrics.call('Visma', 200)\n"
        "metrics.gauge('PeopleInStep', 3, Company='norway')\n"
        "BudgetReports(metrics, Log('poller')).used('Visma', 'norway', 40.0, 300)\n"
        "metrics.count_for_stack('ShapeDeviations')\n"
        "metrics.flush()"
    )
    variables = load_template()["Globals"]["Function"]["Environment"]["Variables"]
    given = {name: resolved(value["Fn::Sub"]) for name, value in variables.items()}
    told = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, cwd=ROOT,
        env={**os.environ, **given, "POWERTOOLS_SERVICE_NAME": "poller"},
    ).stdout  # fmt: skip

    written = [curve for line in told.splitlines() for curve in of_line(json.loads(line))]

    assert len(written) == 6
    for namespace, (name, dimensions) in written:
        any_value = frozenset((key, "*") for key, _ in dimensions)
        asked = {(namespace, (name, dimensions)), (namespace, (name, any_value))}
        assert asked & set(all_shown()), (namespace, name, dimensions)


def of_line(line: dict[str, Any]) -> Iterator[tuple[str, Curve]]:
    """The curves that CloudWatch makes of a line of metrics."""
    for each in line["_aws"]["CloudWatchMetrics"]:
        (keys,) = each["Dimensions"]
        dimensions = frozenset((key, line[key]) for key in keys)
        yield from ((each["Namespace"], (metric["Name"], dimensions)) for metric in each["Metrics"])


def test_every_metric_of_aws_exists_and_is_of_this_stack(
    resources: Resources, functions: Functions
) -> None:
    queues = of_type(resources, "AWS::SQS::Queue").values()
    names = {
        "FunctionName": {resolved(each["FunctionName"]["Fn::Sub"]) for each in functions.values()},
        "QueueName": {resolved(each["QueueName"]["Fn::Sub"]) for each in queues},
        "ApiName": {STACK},
    }

    for namespace, (name, dimensions) in all_shown():
        if namespace == NAMESPACE:
            continue
        assert name in OF_AWS[namespace]
        ((key, value),) = dimensions
        assert value in names[key]


def test_every_queue_and_every_function_that_runs_by_itself_is_shown(
    resources: Resources, functions: Functions
) -> None:
    of_aws = {
        (name, value) for space, (name, pairs) in all_shown() if space != NAMESPACE
        for _, value in pairs
    }  # fmt: skip
    running = functions.keys() - {"PreflightFunction"}  # runs during a deployment only

    for each in running:
        function = resolved(functions[each]["FunctionName"]["Fn::Sub"])
        assert {(name, function) for name in OF_AWS["AWS/Lambda"]} <= of_aws
    for queue in of_type(resources, "AWS::SQS::Queue").values():
        shown_of = resolved(queue["QueueName"]["Fn::Sub"])
        assert ("ApproximateNumberOfMessagesVisible", shown_of) in of_aws


def test_people_come_first_and_aws_comes_last() -> None:
    widgets = dashboard()
    (plumbing,) = (
        each["y"] for each in widgets if each["properties"].get("markdown") == "# Plumbing"
    )
    first = {name for each in widgets if each["y"] < plumbing for _, (name, _) in shown(each)}

    assert {"PeopleInStep", "PeopleWaiting", "PeopleHeld", "PeopleRejected"} <= first
    assert {"OldestOpenHours", "CallsLeft", "ChangesCreated", "ChangesDeactivated"} <= first
    for each in widgets:
        for namespace, _ in shown(each):
            assert each["y"] > plumbing or namespace == NAMESPACE


def test_only_what_a_sweep_counts_once_a_day_is_carried_on() -> None:
    """Anything else would look alive after the poller has stopped."""
    carried = {
        name
        for widget in dashboard()
        for row in widget["properties"].get("metrics", [])
        for each in row
        if isinstance(each, dict) and each["expression"].startswith("FILL(")
        for _, (name, _) in [searched(each["expression"])]
    }

    found = {"PeopleInStep", "PeopleDifferent", "PeopleMissing", "PeopleExtra"}
    assert carried == {*found, "PeopleHeld", "PeopleRejected", "OldestOpenHours"}


def test_no_widget_lies_over_another_or_outside() -> None:
    covered: set[tuple[int, int]] = set()
    for each in dashboard():
        assert each["x"] + each["width"] <= COLUMNS
        cells = {
            (x, y)
            for x in range(each["x"], each["x"] + each["width"])
            for y in range(each["y"], each["y"] + each["height"])
        }
        assert not cells & covered, each["properties"].get("title")
        covered |= cells


def test_two_stacks_and_two_regions_share_no_dashboard_and_the_deployer_may_make_it(
    resources: Resources,
) -> None:
    (made,) = of_type(resources, "AWS::CloudWatch::Dashboard").values()
    policy = (ROOT / "docs" / "policies" / "deployer.json").read_text(encoding="utf-8")

    assert made["DashboardName"] == {"Fn::Sub": "${AWS::StackName}-${AWS::Region}"}
    assert '"arn:aws:cloudwatch::ACCOUNT:dashboard/STACK-*"' in policy
    for each in dashboard():
        if each["type"] == "metric":
            assert each["properties"]["region"] == "eu-north-1"


def test_a_saved_query_is_in_the_folder_of_its_stack_and_asks_for_nothing_personal(
    resources: Resources,
) -> None:
    groups = set(of_type(resources, "AWS::Logs::LogGroup"))
    definitions = of_type(resources, "AWS::Logs::QueryDefinition")

    assert len(definitions) == 5
    for name, each in definitions.items():
        query = Query.of(each["QueryString"])
        top = {field.partition(".")[0] for field in query.shown | query.asked}
        assert top <= LOGGABLE | OF_EVERY_LINE | OF_INSIGHTS, name
        assert each["Name"]["Fn::Sub"].startswith("${AWS::StackName}/")
        for group in each["LogGroupNames"]:
            assert next(references(group)) in groups


@pytest.mark.parametrize("app", [True, False])
def test_one_alarm_watches_whether_any_function_is_throttled(
    resources: Resources, functions: Functions, app: bool
) -> None:
    alarm = resources["FunctionsThrottledAlarm"]["Properties"]
    metrics = [
        each["Fn::If"][1] if "Fn::If" in each else each
        for each in alarm["Metrics"]
        if app or "Fn::If" not in each
    ]
    stats = [each["MetricStat"] for each in metrics if "MetricStat" in each]

    assert [each["Expression"] for each in metrics if each["ReturnData"]] == ["SUM(METRICS())"]
    watched = set()
    for each in stats:
        metric = each["Metric"]
        assert (metric["Namespace"], metric["MetricName"]) == ("AWS/Lambda", "Throttles")
        assert (each["Stat"], each["Period"]) == ("Sum", 300)
        ((name, value),) = (tuple(pair.values()) for pair in metric["Dimensions"])
        assert name == "FunctionName"
        watched.add(value["Ref"])
    there = {name for name in functions if app or resources[name].get("Condition") is None}
    assert watched == there - {"PreflightFunction"}
    assert alarm["DatapointsToAlarm"] < alarm["EvaluationPeriods"], "a burst rings nothing"
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)
