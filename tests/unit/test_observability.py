"""What may be logged: codes, ids, counts and texts of our own making, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from typing import Any

import pytest

from connector import __version__
from connector.observability import LOGGABLE, BudgetReports, EmfMetrics, Log
from tests.embedded.template import ROOT


@pytest.mark.parametrize("key", ["name", "email", "body", "salary", "worker_name"])
def test_a_key_that_is_not_on_the_list_cannot_be_logged(
    key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ValueError, match="may not be logged"):
        Log("writer").info("change applied", **{key: "Kari Testmann"})

    assert "Testmann" not in capsys.readouterr().out


def test_nothing_on_the_list_names_a_person() -> None:
    assert not LOGGABLE & {"name", "email", "phone", "address", "person_name", "body", "token"}


def flushed(metrics: EmfMetrics, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The lines that CloudWatch makes metrics of."""
    metrics.flush()
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARN", "ERROR"])
def test_metrics_are_as_severe_as_a_line_has_to_be_to_be_kept(
    level: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_LOG_LEVEL", level)
    metrics = EmfMetrics("poller")
    metrics.count("PollSucceeded")
    metrics.gauge("BudgetUsed", 12.5, Vendor="Visma", Company="norway")

    lines = flushed(metrics, capsys)

    assert len(lines) == 2
    for line in lines:
        assert line["level"] == level
        assert line["timestamp"].endswith("Z")  # without a time of its own, a line counts as INFO
        assert datetime.fromisoformat(line["timestamp"]).tzinfo


def test_without_a_level_from_lambda_metrics_count_as_information(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AWS_LAMBDA_LOG_LEVEL", raising=False)
    metrics = EmfMetrics("poller")
    metrics.count("PollSucceeded")

    (line,) = flushed(metrics, capsys)

    assert (line["level"], line["PollSucceeded"], line["service"]) == ("INFO", [1.0], "poller")


def test_the_last_share_of_an_invocation_is_one_curve_for_each_budget(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "writer")
    metrics = EmfMetrics("writer")
    reports = BudgetReports(EmfMetrics("writer"), Log("writer"))
    reports.used("Visma", "norway", 40.0, 3000)
    reports.used("Visma", "norway", 40.2, 2990)
    reports.used("Rippling", "all", 3.0, 970)

    lines = flushed(metrics, capsys)

    told = {
        (name, line["Vendor"], line["Company"]): line[name]
        for line in lines
        for name in ("BudgetUsed", "CallsLeft")
        if name in line
    }
    assert told == {
        ("BudgetUsed", "Visma", "norway"): [40.2],
        ("BudgetUsed", "Rippling", "all"): [3.0],
        ("CallsLeft", "Visma", "norway"): [2990],
        ("CallsLeft", "Rippling", "all"): [970],
    }
    units = {"BudgetUsed": "Percent", "CallsLeft": "Count"}
    for line in lines:
        (emf,) = line["_aws"]["CloudWatchMetrics"]
        assert emf["Namespace"] == "RipplingToVisma"
        assert emf["Dimensions"] == [["Vendor", "Company"]]
        assert {metric["Name"]: metric["Unit"] for metric in emf["Metrics"]} == units
    assert flushed(metrics, capsys) == []


def test_a_budget_that_could_not_be_shared_is_counted_and_told(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    metrics = EmfMetrics("writer")

    BudgetReports(metrics, Log("writer")).not_shared("visma norway", "DynamoDB is busy")

    (log,) = caplog.records
    assert (log.levelname, log.getMessage()) == ("WARNING", "budget not shared")
    assert vars(log)["reason"] == "visma norway: DynamoDB is busy"
    assert flushed(metrics, capsys)[-1]["BudgetNotShared"] == [1.0]


@pytest.mark.parametrize(
    "function", ["poller", "webhook", "notification", "install", "writer", "releaser", "operations"]
)
def test_a_cold_start_says_once_what_runs(function: str) -> None:
    code = f"import sys; sys.path[:0] = ['layers/connector', 'functions']; import {function}.app"

    shown = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout

    (line,) = (json.loads(each) for each in shown.splitlines())
    assert (line["message"], line["level"], line["service"]) == ("started", "INFO", function)
    assert line["version"] == __version__
    assert line["runtime"] == f"python{sys.version_info.major}.{sys.version_info.minor}"
    assert line["architecture"] in {"arm64", "x86_64"}
