"""The report as CSV, one file a table, as a spreadsheet opens it in the countries of Visma.net."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from connector.domain.report.sheet import Unit
from connector.services.report.drawing.values import title_of, visible
from connector.services.report.naming import named
from connector.services.shared.spreadsheets import inert

if TYPE_CHECKING:
    from connector.domain.report.sheet import Cell, Sheet, Table

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads a file as Windows-1252, and Øst is no longer Øst."""

SEPARATOR = ";"
DECIMAL_MARK = ","
"""Excel in Norwegian, Swedish, Danish, Finnish and Dutch cuts at semicolons, and takes 10.12 for a
day in December."""


def files_of(sheet: Sheet) -> dict[str, str]:
    """The text of each table by the name of its file, `<section>-<table>.csv`; UTF-8 when written.

    The values are those of the page, without grouping, currency and totals.
    """
    return {
        f"{name}.csv": _text_of(table) for _, _, tables in named(sheet) for name, table in tables
    }


def _text_of(table: Table) -> str:
    written = io.StringIO()
    written.write(BYTE_ORDER_MARK)
    lines = csv.writer(written, delimiter=SEPARATOR, lineterminator="\r\n")
    lines.writerow([inert(visible(title_of(column, table))) for column in table.columns])
    units = [column.unit for column in table.columns]
    lines.writerows([_field(*pair) for pair in zip(row, units, strict=True)] for row in table.rows)
    return written.getvalue()


def _field(cell: Cell, unit: Unit) -> str:
    match cell:
        case None:
            return ""
        case str():
            return inert(visible(cell))
        case datetime():
            return cell.isoformat(" ", "minutes")
        case date():
            return cell.isoformat()
        case int() if unit is not Unit.MONEY:
            return str(cell)
        case _:
            form = "z.2f" if unit is Unit.MONEY else "f"
            return format(Decimal(cell), form).replace(".", DECIMAL_MARK)
