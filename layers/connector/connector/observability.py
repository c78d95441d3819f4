"""Logs and metrics: the only place that builds Powertools objects and decides what may be logged.

A log message is a constant event in the past tense; everything variable is a key of `LOGGABLE`.
Nothing personal is a key, and no value is ever put into a message.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from os import environ, uname
from types import TracebackType
from typing import Any, ClassVar, TypeAlias

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from connector import __version__
from connector.domain.changes import Change
from connector.domain.errors import ConfigurationError, ConnectorError, fault_of, raised_at

# Else a line that cannot be written is told on stderr, with all errors behind it, in their words.
logging.raiseExceptions = False

NAMESPACE = environ.get("POWERTOOLS_METRICS_NAMESPACE", "RipplingToVisma")
"""Of the stack: the alarms of two stacks in one account never hear each other's functions."""

MOMENT = "%Y-%m-%dT%H:%M:%S.%FZ"
"""RFC 3339, as Lambda wants it, down to milliseconds."""

TOO_MANY = 429

UNITS = {"BudgetUsed": MetricUnit.Percent, "OldestOpenHours": MetricUnit.NoUnit}
"""Gauges that count nothing; CloudWatch knows no unit for hours."""

LOGGABLE = frozenset(
    {
        "architecture",
        "cause",
        "company",
        "correlation_id",
        "count",
        "delivery",
        "kind",
        "outcome",
        "problems",
        "reason",
        "retry_after",
        "runtime",
        "status",
        "summary",
        "verb",
        "version",
        "worker",
    }
)
"""The keys that a log line may carry: codes, ids, counts and texts of our own making."""


class Log:
    """Writes log lines that carry nothing but loggable keys."""

    def __init__(self, service: str) -> None:
        self._logger = Logger(service=service, location=None, datefmt=MOMENT, utc=True)
        for name in ("boto3", "botocore", "urllib3"):
            logging.getLogger(name).setLevel(logging.WARNING)

    def info(self, event: str, **keys: Any) -> None:
        """Something happened as it should."""
        self._logger.info(event, extra=_allowed(keys), stacklevel=3)

    def warning(self, event: str, **keys: Any) -> None:
        """Something went wrong and is taken care of."""
        self._logger.warning(event, extra=_allowed(keys), stacklevel=3)

    def error(self, event: str, **keys: Any) -> None:
        """Something needs a human."""
        self._logger.error(event, extra=_allowed(keys), stacklevel=3)


def announce_start(service: str) -> None:
    """Logs what runs here; called as a function's module is loaded, so once a cold start."""
    machine = uname().machine
    Log(service).info(
        "started",
        version=__version__,
        runtime=f"python{sys.version_info.major}.{sys.version_info.minor}",
        architecture="arm64" if machine == "aarch64" else machine,
    )


Dimensions: TypeAlias = tuple[tuple[str, str], ...]


class EmfMetrics:
    """Counters and gauges in the log stream, flushed at the end of each invocation."""

    # Shared by all instances of a process, as Powertools shares the counters.
    _counts: ClassVar[dict[str, float]] = {}
    _gauges: ClassVar[dict[Dimensions, dict[str, float]]] = {}

    def __init__(self, service: str) -> None:
        self.service = service
        self._metrics = Metrics(namespace=NAMESPACE, service=service)

    def count(self, name: str, value: float = 1) -> None:
        """Adds to a counter; zero is not worth a metric."""
        if value:
            self._counts[name] = self._counts.get(name, 0) + value

    def call(self, vendor: str, status: int) -> None:
        """Counts a call to a vendor, and apart those that were refused for their number."""
        self.count(f"{vendor}Calls")
        self.count(f"{vendor}Throttled", status == TOO_MANY)

    def gauge(self, name: str, value: float, **dimensions: str) -> None:
        """Remembers a value; the last one in an invocation is written, without the function."""
        self._gauges.setdefault(tuple(dimensions.items()), {})[name] = value

    def count_for_stack(self, name: str, value: float = 1) -> None:
        """Writes a counter of the whole stack at once: it does not say in which function."""
        _write({name: value})

    def flush(self) -> None:
        """Writes the counters and gauges of this invocation, if there are any, each once."""
        if self._counts:
            for name, value in self._counts.items():
                self._metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
            self._counts.clear()
            for key, text in _kept_at_any_level().items():
                self._metrics.add_metadata(key=key, value=text)
            self._metrics.flush_metrics()
        while self._gauges:
            dimensions, values = self._gauges.popitem()
            _write(values, dimensions)


class BudgetReports:
    """Shows how much of each vendor's budget is used and left, and where it was not shared."""

    def __init__(self, metrics: EmfMetrics, log: Log) -> None:
        self._metrics = metrics
        self._log = log

    def used(self, vendor: str, company: str, percent: float, left: int) -> None:
        """The share of a budget that has been used, in percent, and the calls that are left."""
        self._metrics.gauge("BudgetUsed", percent, Vendor=vendor, Company=company)
        self._metrics.gauge("CallsLeft", left, Vendor=vendor, Company=company)

    def not_shared(self, name: str, reason: str) -> None:
        """A budget could not be shared; the work goes on."""
        self._metrics.count("BudgetNotShared")
        self._log.warning("budget not shared", reason=f"{name}: {reason}")


class LoggedChanges:
    """Logs each change as it gets onto the queue, with the id by which it is found again."""

    def __init__(self, service: str) -> None:
        self._log = Log(service)

    def queued(self, change: Change) -> None:
        """A change is on the queue; what a webhook says is told by its correlation id alone."""
        is_posted = change.cause.value == "webhook"  # whatever was posted, nobody has read it yet
        named = {} if is_posted else {"worker": change.worker_id}
        cause, correlation_id = change.cause.value, change.correlation_id
        self._log.info("change queued", cause=cause, correlation_id=correlation_id, **named)


class LoggedShapes:
    """Tells of an answer that is otherwise than published: a metric that rings, and a log line."""

    def __init__(self, metrics: EmfMetrics, log: Log) -> None:
        self._metrics = metrics
        self._log = log

    def deviates(self, tenant: str, text: str) -> None:
        """A tenant's answers do something otherwise; the text has names and types only."""
        self._metrics.count_for_stack("ShapeDeviations")
        self._log.warning("shape deviates", kind=tenant, reason=text)


class CrashError(Exception):
    """A bug: something that no part of the product foresees. Says where, and quotes nothing."""


class Invocation:
    """One run of a function: its log, its metrics, and a line for whatever stops it.

    An error of ours is logged with its reason and raised on, so that Lambda counts it. Any other is
    replaced by its kind and place, because its text may quote anything.
    """

    def __init__(self, service: str) -> None:
        self.log = Log(service)
        self.metrics = EmfMetrics(service)

    def __enter__(self) -> Invocation:
        """Begins the run."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Tells what stopped the run, if anything did, and writes the metrics."""
        if isinstance(error, ConfigurationError):
            self.log.error("configuration unusable", problems=list(error.problems))
        elif isinstance(error, ConnectorError):
            self.log.error("invocation failed", reason=str(error), kind=type(error).__name__)
        elif error is not None:
            self.log.error("invocation crashed", kind=type(error).__name__, reason=raised_at(error))
        self.metrics.flush()
        if error is not None and not isinstance(error, ConnectorError):
            raise CrashError(fault_of(error)) from None


def _write(values: Mapping[str, float], dimensions: Dimensions = ()) -> None:
    """One line for all values with the same dimensions."""
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    metrics.service = ""  # one curve, whichever function shows it
    for name, value in values.items():
        metrics.add_metric(name=name, unit=UNITS.get(name, MetricUnit.Count), value=value)
    for key, text in dimensions:
        metrics.add_dimension(name=key, value=text)
    for key, text in _kept_at_any_level().items():
        metrics.add_metadata(key=key, value=text)
    metrics.flush_metrics()


def _kept_at_any_level() -> dict[str, str]:
    """What makes Lambda keep a line of metrics, however severe a log line has to be.

    A line without a level and a time of its own counts as INFO, and would be dropped above that.
    """
    moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"level": environ.get("AWS_LAMBDA_LOG_LEVEL", "INFO"), "timestamp": moment}


def _allowed(keys: dict[str, Any]) -> dict[str, Any]:
    forbidden = sorted(set(keys) - LOGGABLE)
    if forbidden:
        raise ValueError(f"these keys may not be logged: {', '.join(forbidden)}")
    return keys
