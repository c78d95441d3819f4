"""How the webhook asks the poller for a re-check."""

from __future__ import annotations

from typing import Protocol


class RecheckTrigger(Protocol):
    """Whoever can look at Visma: the poller, seen from the webhook."""

    def request(self, company: str, employee_code: str | None = None) -> None:
        """Asks for a look at one employee, or at what the waiting people of a company wait for.

        Raises:
            RetryableError: it cannot be asked for at this moment.
        """
