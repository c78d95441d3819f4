"""Which payroll batches were sent and not answered, for every screen that says how things stand."""

from __future__ import annotations

from collections.abc import Iterable

from connector.ports.payroll.exports import ExportLog
from connector.ports.state import Mappings

TURNED_ON = "payroll#all"
"""The row of a mapping that has a part `payroll`."""


def unanswered(exports: ExportLog, mappings: Mappings) -> list[str]:
    """The keys of batches that Visma may or may not have; a mapping hides none of them."""
    turned_on = (str(row["company"]) for row in mappings.rows() if row.get("rule") == TURNED_ON)
    return [
        export.key
        for company in companies_with_batches(exports, turned_on)
        for run in exports.of_company(company)
        for export in run.by_currency.values()
        if not export.is_exported
    ]


def companies_with_batches(exports: ExportLog, mapped: Iterable[str]) -> list[str]:
    """The `mapped` companies in their order, and then all others that batches were begun for.

    A company that left the mapping, or that exports no more, leaves its batches behind.
    """
    return list(dict.fromkeys((*mapped, *exports.companies())))
