"""Logs and metrics: the only place that builds Powertools objects and decides what may be logged.

A log message is a constant event in the past tense; everything variable is a key of `LOGGABLE`.
Nothing personal is a key, and no value is ever put into a message.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from connector.domain.errors import ConfigurationError, ConnectorError

NAMESPACE = "RipplingToVisma"
TOO_MANY = 429

LOGGABLE = frozenset(
    {
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
        "status",
        "summary",
        "verb",
        "worker",
    }
)
"""The keys that a log line may carry: codes, ids, counts and texts of our own making."""


class Log:
    """Writes log lines that carry nothing but loggable keys."""

    def __init__(self, service: str) -> None:
        self._logger = Logger(service=service, use_rfc3339=True)
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


class EmfMetrics:
    """Counters in the log stream, flushed at the end of each invocation."""

    def __init__(self, service: str) -> None:
        self._metrics = Metrics(namespace=NAMESPACE, service=service)

    def count(self, name: str, value: float = 1) -> None:
        """Adds to a counter; zero is not worth a metric."""
        if value:
            self._metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)

    def call(self, vendor: str, status: int) -> None:
        """Counts a call to a vendor, and apart those that were refused for their number."""
        self.count(f"{vendor}Calls")
        self.count(f"{vendor}Throttled", status == TOO_MANY)

    def flush(self) -> None:
        """Writes the counters of this invocation, if there are any."""
        if self._metrics.metric_set:
            self._metrics.flush_metrics()


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
            self.log.error("invocation crashed", kind=type(error).__name__, reason=_place(error))
        self.metrics.flush()
        if error is not None and not isinstance(error, ConnectorError):
            raise CrashError(f"{type(error).__name__} at {_place(error)}") from None


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "connector" in frame.filename] or frames
    return f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "an unknown place"


def _allowed(keys: dict[str, Any]) -> dict[str, Any]:
    forbidden = sorted(set(keys) - LOGGABLE)
    if forbidden:
        raise ValueError(f"these keys may not be logged: {', '.join(forbidden)}")
    return keys
