"""What the auditor says when a promise is broken: which check, and what it saw."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Check(StrEnum):
    """The promises that are looked after, each under a short name."""

    REASON = "nothing changes without a reason"
    PLACE = "the right people in the right places"
    DOUBLE = "no one twice"
    LIMIT = "the limits of every sliding day"
    QUEUE = "one queued message for one person"
    OPEN = "one open row for everything open"
    AUDIT = "the audit is complete, appended to, and verifies"
    CANARY = "nothing personal anywhere"
    CALLS = "calls within the contracts"
    REST = "all comes to rest"
    FAULT = "no function breaks"


class ViolationError(AssertionError):
    """A promise is broken."""

    def __init__(self, check: Check, problems: Iterable[str], when: str = "") -> None:
        self.check = check
        self.problems = list(problems)
        self.when = when
        super().__init__(f"{check}{f' ({when})' if when else ''}: {'; '.join(self.problems)}")


def demand(check: Check, problems: Iterable[str], when: str = "") -> None:
    """Raises where there is any problem."""
    found = list(problems)
    if found:
        raise ViolationError(check, found, when)
