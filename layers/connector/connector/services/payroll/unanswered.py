"""Which payroll batches were sent and not answered, for every screen that says how things stand."""

from __future__ import annotations

from connector.ports.payroll.exports import ExportLog
from connector.ports.state import Mappings

TURNED_ON = "payroll#all"
"""The row of a mapping that has a part `payroll`."""


def unanswered(exports: ExportLog, mappings: Mappings) -> list[str]:
    """The keys of batches that Visma may or may not have; read only where payroll is turned on."""
    companies = [str(row["company"]) for row in mappings.rows() if row.get("rule") == TURNED_ON]
    return [
        export.key
        for company in companies
        for run in exports.of_company(company)
        for export in run.by_currency.values()
        if not export.is_exported
    ]
