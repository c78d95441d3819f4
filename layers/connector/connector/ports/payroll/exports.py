"""The memory of what was exported. It outlives the stack, as the ledger does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from connector.domain.payroll.exports import RunExports


class ExportLog(Protocol):
    """What was made of each run in each company."""

    def of_run(self, company: str, run: str) -> RunExports:
        """What is known now, consistently; of version 0 where nothing is."""

    def of_company(self, company: str) -> Iterator[RunExports]:
        """Everything that is known of a company, perhaps a moment late."""

    def companies(self) -> list[str]:
        """Every company that a batch was ever begun for, in or out of the mapping, by name."""

    def save(self, exports: RunExports) -> RunExports:
        """Writes it down; the same with the version that it has now.

        Raises:
            ConflictError: someone else wrote since it was read; nothing was written.
        """
