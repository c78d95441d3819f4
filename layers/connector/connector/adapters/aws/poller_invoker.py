"""The poller as someone who can be asked to look. The webhook loads this file: it stays light."""

from __future__ import annotations

import json

from connector.adapters.aws.errors import Client, answering


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
