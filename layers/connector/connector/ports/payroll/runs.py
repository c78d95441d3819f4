"""Rippling's payroll runs, read only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from connector.domain.facts import Named
    from connector.domain.payroll.run import PayRecord, PayrollRun


class PayrollRuns(Protocol):
    """The payroll runs that the token is shown.

    Raises `RetryableError` when Rippling cannot answer, `ConfigurationError` when it will not.
    """

    def runs(self) -> Sequence[PayrollRun]:
        """Every run, each once."""

    def run(self, run_id: str) -> PayrollRun | None:
        """One run, or None where Rippling shows no such run."""

    def records(self, run_id: str) -> Sequence[PayRecord]:
        """What each worker is paid in a run, each record once.

        Raises:
            ConfigurationError: a record cannot be read, so that no sum of them would be right.
        """

    def legal_entity(self, entity_id: str) -> Named:
        """What is shown of a legal entity: its id at least."""
