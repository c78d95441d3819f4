"""Log lines as they get into the log, whatever the tests do with the functions' output."""

from __future__ import annotations

import json
import logging
from typing import Any, TypeAlias

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

Lines: TypeAlias = list[dict[str, Any]]


class Rendered(logging.Handler):
    """Every line as it gets into the log, rendered by the formatter that the functions have."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: Lines = []
        self.sizes: list[int] = []

    def addFilter(self, filter: Any) -> None:  # noqa: N802, A002 - the name is logging's
        """Takes none: Powertools puts one on the root logger that keeps its own lines away."""

    def emit(self, record: logging.LogRecord) -> None:
        for handler in logging.getLogger(record.name).handlers:
            if isinstance(handler.formatter, LambdaPowertoolsFormatter):
                text = handler.format(record)
                self.lines.append(json.loads(text))
                self.sizes.append(len(text.encode()) + 1)  # and the end of the line
