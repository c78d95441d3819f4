"""Where the month-end report is joined: one line for each maker of a section.

Imports stand inside the builders, so that a cold start loads only what its function needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.bootstrap.services import catalogues_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.bootstrap.parts import Adapters, OperatorAdapters, OperatorOptions
    from connector.services.books.explaining import Explaining
    from connector.services.books.service import Books
    from connector.services.foresee.foresight import Foresight
    from connector.services.report.readings import Readings
    from connector.services.report.service import Report, SectionMaker


def report(
    adapters: Adapters,
    operator_adapters: OperatorAdapters,
    options: OperatorOptions,
    foresight: Foresight,
) -> Report:
    """The service behind `connector report`."""
    from connector.services.report.delimited import files_of
    from connector.services.report.delivery import Delivery
    from connector.services.report.html import page_of
    from connector.services.report.readings import Readings
    from connector.services.report.service import Report

    def makers() -> Sequence[SectionMaker]:
        readings = Readings(
            foresight,
            adapters.mappings,
            adapters.mapping_versions,
            catalogues_of(adapters),
            operator_adapters.audit_log,
        )
        labour = books(adapters, operator_adapters, options)
        return section_makers(readings, labour, adapters, options)

    delivery = Delivery(operator_adapters.reports, page_of, files_of)
    return Report(
        makers, adapters.mappings, adapters.modes, delivery, adapters.clock, options.stack
    )


def books(
    adapters: Adapters, operator_adapters: OperatorAdapters, options: OperatorOptions
) -> Books:
    """The service that compares labour cost with the posted ledger."""
    from connector.services.books.service import Books

    return Books(
        ledgers=operator_adapters.ledgers,
        ledger=adapters.ledger,
        audit=operator_adapters.audit_log,
        memory=operator_adapters.books_memory,
        clock=adapters.clock,
        cost_allocation=options.cost_allocation,
    )


def explaining(
    adapters: Adapters, operator_adapters: OperatorAdapters, options: OperatorOptions
) -> Explaining:
    """The service that says why one cost centre differs."""
    from connector.services.books.explaining import Explaining

    service = books(adapters, operator_adapters, options)
    return Explaining(service, adapters.mappings, catalogues_of(adapters))


def section_makers(
    readings: Readings, labour: Books, adapters: Adapters, options: OperatorOptions
) -> Sequence[SectionMaker]:
    """The makers of all sections, in the order in which they are shown."""
    from connector.services.books.maker import PostedCost
    from connector.services.report import costs, dimensions, months, people

    return (
        people.HeadCount(readings),
        costs.ExpectedCost(readings, options.cost_allocation),
        PostedCost(readings, labour),
        people.Open(readings),
        dimensions.Dimensions(readings),
        months.Drift(readings),
        months.Changes(readings),
        months.BackDated(readings),
        months.Decisions(readings),
        months.MappingVersions(readings),
        running_of(adapters),
    )


def running_of(adapters: Adapters) -> SectionMaker:
    """The maker of the section about the connector itself."""
    from connector.services.report.states import Running

    return Running(
        modes=adapters.modes,
        pauses=adapters.pauses,
        cursors=adapters.cursors,
        queue=adapters.queue,
        exports=adapters.payroll().exports,
        mappings=adapters.mappings,
        clock=adapters.clock,
    )
