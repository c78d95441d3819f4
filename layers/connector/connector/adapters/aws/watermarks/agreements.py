"""The results of the daily reconciliation in the `WatermarksTable`: one row for each company."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.records.agreement import KEPT, Agreement

if TYPE_CHECKING:
    from connector.adapters.aws.watermarks.table import WatermarksTable


class DynamoAgreements:
    """The row has the results, the oldest first, no more than are kept."""

    def __init__(self, rows: WatermarksTable) -> None:
        self._rows = rows

    def of(self, company: str) -> tuple[Agreement, ...]:
        results = self._rows.read(stream_of(company)).get("results", ())
        return tuple(Agreement.from_json(company, each) for each in results)

    def save(self, agreement: Agreement) -> None:
        """Only the poller writes it, under its lease."""
        results = [*self.of(agreement.company), agreement][-KEPT:]
        stored = {"results": [each.to_json() for each in results]}
        self._rows.put(stream_of(agreement.company), stored)


def stream_of(company: str) -> str:
    """The name of a company's row."""
    return f"reconciliation {company}"
