"""Where the export of payroll runs is joined.

Imports stand inside the builders, so that a cold start loads only what its function needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.bootstrap.services import catalogues_of

if TYPE_CHECKING:
    from connector.bootstrap.parts import Adapters, OperatorAdapters, OperatorOptions
    from connector.services.payroll.export import PayrollExport


def payroll_export(
    adapters: Adapters, operator_adapters: OperatorAdapters, options: OperatorOptions
) -> PayrollExport:
    """The service behind `connector payroll`."""
    from connector.services.payroll.export import PayrollExport
    from connector.services.payroll.ownership import Ownership
    from connector.services.payroll.preparation import Preparation

    parts = adapters.payroll()
    preparation = Preparation(
        runs=parts.runs,
        journals=parts.journals,
        targets=adapters.targets,
        catalogues=catalogues_of(adapters),
        ledger=adapters.ledger,
        audit=operator_adapters.audit_log,
        mappings=adapters.mappings,
        ownership=Ownership(parts.runs, adapters.cache, adapters.clock),
    )
    return PayrollExport(
        preparation=preparation,
        exports=parts.exports,
        leases=adapters.cursors,
        clock=adapters.clock,
        mode=options.mode,
    )
