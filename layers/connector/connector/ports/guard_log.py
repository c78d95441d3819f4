"""What the guards of one run or hour have found, for the writer to obey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from connector.domain.guards import Run


class GuardLog(Protocol):
    """The breaches of each run, and the counters of what belongs to no run."""

    def run(self, run: str) -> Run:
        """What a run was not allowed to do; nothing where it is not known."""

    def save_run(self, run: Run) -> None:
        """Remembers what a run was not allowed to do."""

    def count_up(self, counter: str) -> int:
        """Adds one to a counter and says what it comes to."""
