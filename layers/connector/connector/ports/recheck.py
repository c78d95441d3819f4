"""How the poller is asked: by the webhook for a re-check, by an operator for a run."""

from __future__ import annotations

from typing import Any, Protocol


class RecheckTrigger(Protocol):
    """Whoever can look at Visma: the poller, seen from the webhook."""

    def request(self, company: str, employee_code: str | None = None) -> None:
        """Asks for a look at one employee, or at what the waiting people of a company wait for.

        Raises:
            RetryableError: it cannot be asked for at this moment.
        """


class PollerRuns(Protocol):
    """The poller, seen from the operator: it runs, and says what it did."""

    def run(self, *, full_sweep: bool) -> dict[str, Any]:
        """One run to its end; the summary, with the mode it ran in.

        Raises:
            ConfigurationError: it failed for a reason that somebody has to put right.
            RetryableError: it cannot be reached, or no answer came: it may be running all the same.
        """
