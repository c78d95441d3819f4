"""Every error of the product, grouped by what to do about it. Nothing else lives here.

    ConnectorError
     |- ConfigurationError      stop: a setting, a secret or the mapping must be changed by a human
     |- NotAChangeError         dead-letter: the message is not a change and never will be
     |- RetryableError          try again later, the change stays on the queue
     |   |- RateLimitedError         the vendor said when
     |   |- UpstreamUnavailableError a vendor does not answer, or not sensibly; nothing written
     |   |   |- NonsenseError            it answers, and not as its API would: the address?
     |   |- UnknownOutcomeError      a write's answer never came: look before trying again
     |   |- ConflictError            someone else changed the ledger or the employee: decide again
     |- RefusedError            the vendor says no to this request, and will say no again
     |- CodeTakenError          the employee code belongs to someone else

Messages name people by code or id, never by name, and never repeat a vendor's body.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from pathlib import Path


class ConnectorError(Exception):
    """Any failure that the product itself raises."""


class ConfigurationError(ConnectorError):
    """Something an operator must change; carries every problem found, not only the first."""

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("; ".join(self.problems))


class NotAChangeError(ConnectorError):
    """A queue message that cannot be read as a change."""


class RetryableError(ConnectorError):
    """Worth trying again; `retry_after` is in seconds where someone knows it."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RateLimitedError(RetryableError):
    """A vendor's limit is reached; `retry_after` seconds later there is room again."""


class UpstreamUnavailableError(RetryableError):
    """A vendor cannot be reached, fails, or answers nonsense; nothing was written."""


class NonsenseError(UpstreamUnavailableError):
    """What answers does not answer as the API would: it passes, or the address is another's."""


class UnknownOutcomeError(RetryableError):
    """A write was sent and may or may not have happened.

    `refusal` is set where the answer was a failure that gives a business reason: Visma reports
    some refusals as 500, which proves neither that it was applied nor that it was not. The write
    `may_land` later where no answer of Visma itself has come: it may be at it still.
    """

    def __init__(
        self,
        message: str,
        *,
        refusal: RefusedError | None = None,
        retry_after: float | None = None,
        may_land: bool = False,
    ) -> None:
        super().__init__(message, retry_after=retry_after)
        self.refusal = refusal
        self.may_land = may_land


class ConflictError(RetryableError):
    """The ledger row or the employee moved on since it was read."""


class RefusedError(ConnectorError):
    """A vendor refused a request for good; `field` and `reference` help to find out why."""

    def __init__(
        self, message: str, *, status: int, field: str | None = None, reference: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.field = field
        self.reference = reference


class CodeTakenError(ConnectorError):
    """An employee code that another person holds already, here or in Visma."""


def raised_at(error: BaseException) -> str:
    """The file and line of ours where an error came up."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "connector" in frame.filename] or frames
    return f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "an unknown place"


def fault_of(error: BaseException) -> str:
    """What an error of no kind above is, and where; its own text may be personal."""
    return f"{type(error).__name__} at {raised_at(error)}"
