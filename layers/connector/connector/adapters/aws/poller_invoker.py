"""The poller as someone who can be asked to look. The webhook loads this file: it stays light."""

from __future__ import annotations

import json
from typing import Any

from connector.adapters.aws.errors import Client, answering
from connector.domain.errors import ConfigurationError

TELLING = ("ConfigurationError", "RetryableError", "UpstreamUnavailableError", "NonsenseError")
"""Errors of the product whose text is for an operator; another one is told by its type alone."""


class PollerInvoker:
    """Asks the poller function for a look, and does not wait for what it sees."""

    def __init__(self, client: Client, function: str) -> None:
        self._client = client
        self._function = function

    def request(self, company: str, employee_code: str | None = None) -> None:
        """Asks for a look at one employee, or at what the waiting people of a company wait for."""
        recheck = {"company": company}
        if employee_code is not None:
            recheck["employee_code"] = employee_code
        with answering("Lambda"):
            self._client.invoke(
                FunctionName=self._function,
                InvocationType="Event",
                Payload=json.dumps({"recheck": recheck}).encode(),
            )


class LambdaPollerRuns:
    """Has the poller function run, and waits for its answer. The client may try only once."""

    def __init__(self, client: Client, function: str) -> None:
        self._client = client
        self._function = function

    def run(self, *, full_sweep: bool) -> dict[str, Any]:
        """One run to its end; the summary, with the mode it ran in."""
        event = {"full_sweep": True} if full_sweep else {}
        with answering("Lambda"):
            answer = self._client.invoke(
                FunctionName=self._function, Payload=json.dumps(event).encode()
            )
            payload: dict[str, Any] = json.loads(answer["Payload"].read())
        if answer.get("FunctionError"):
            kind = str(payload.get("errorType", "an error"))
            told = f": {payload.get('errorMessage')}" if kind in TELLING else "; see its log"
            raise ConfigurationError(f"the poller failed with {kind}{told}")
        return payload
