"""A table as HTML: rows that a screen reader can walk, in a region that scrolls where it must."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING

from connector.domain.report.sheet import Unit
from connector.services.report.drawing.bars import bar, scales_of
from connector.services.report.drawing.values import drawn, safe, sentence, title_of
from connector.services.report.drawing.widths import Fit, fit_of, is_long, is_prose, is_short

if TYPE_CHECKING:
    from connector.domain.report.sheet import Cell, Table

KINDS = {
    Unit.TEXT: "text",
    Unit.CODE: "code",
    Unit.COUNT: "number",
    Unit.DAY: "day",
    Unit.MONEY: "number",
}


def table_of(name: str, table: Table, within: str | None) -> str:
    """A table, or what is said where it has no rows.

    It has a title of its own, and is named for who cannot see what it stands `within`, the title
    of its section; without that, the title of the section is its own.
    """
    title = "" if within is None else f'<h3 id="{name}">{safe(table.title)}{rows_of(table)}</h3>'
    note = f'<p class="note">{sentence(table.note)}</p>' if table.note else ""
    if not table.rows:
        empty = f'<p class="empty">{sentence(table.empty)}</p>'
        return f'<div class="part nothing">{title}{empty}{note}</div>'
    return f'<div class="part">{title}{note}{_Grid(table, within).drawn()}</div>'


def rows_of(table: Table) -> str:
    """How many rows a table has, beside its title; nothing where there are none."""
    return f' <span class="rows">{_counted(table)}</span>' if table.rows else ""


def _counted(table: Table) -> str:
    rows = len(table.rows)
    return "1 row" if rows == 1 else f"{rows} rows"


def key_of(table: Table) -> int:
    """The column that tells the rows apart: the first, or the code beside what it repeats."""
    units = [column.unit for column in table.columns[:2]]
    if units != [Unit.TEXT, Unit.CODE]:
        return 0
    firsts = {row[0] for row in table.rows}
    return int(len(table.rows) == 1 or len(firsts) < len(table.rows))


class _Grid:
    """The rows of one table under their columns."""

    def __init__(self, table: Table, within: str | None) -> None:
        self._table = table
        self._name = safe(table.title if within is None else f"{within}: {table.title}")
        self._columns = table.columns
        self._titles = [safe(title_of(column, table)) for column in table.columns]
        self._prose = [is_prose(place, table) for place in range(len(table.columns))]
        self._scales = scales_of(table)
        numbers = count(1)
        self._series = [next(numbers) if column.is_bar else 0 for column in table.columns]
        self._key = key_of(table)
        self._kinds = [self._kind(place) for place in range(len(table.columns))]

    def drawn(self) -> str:
        """The table in its frame."""
        fit, stacks = fit_of(self._table), any(self._prose)
        kinds = " ".join([fit.value, "stacks" if stacks else f"bars-{max(self._series)}"])
        # A table whose parts are shown as blocks is one to a screen reader only if it says so.
        role = ' role="table"' if stacks else ""
        table = f"<table{role}>{self._caption()}{self._head()}{self._body()}{self._foot()}</table>"
        if fit is Fit.PHONE:
            return f'<div class="sheet {kinds}">{table}</div>'
        name = f'aria-label="{self._name}"'
        return f'<div class="sheet {kinds}" role="region" tabindex="0" {name}>{table}</div>'

    def _caption(self) -> str:
        return f'<caption class="unseen">{self._name}, {_counted(self._table)}</caption>'

    def _head(self) -> str:
        heads = "".join(
            f'<th scope="col"{self._role("columnheader")} class="{self._kinds[place]}">{title}</th>'
            for place, title in enumerate(self._titles)
        )
        group, row = self._role("rowgroup"), self._role("row")
        return f"<thead{group}><tr{row}>{heads}</tr></thead>"

    def _body(self) -> str:
        rows = "\n".join(self._row(row) for row in self._table.rows)
        return f"<tbody{self._role('rowgroup')}>\n{rows}\n</tbody>"

    def _foot(self) -> str:
        """The totals; a bar would have another scale than those above, a dash would say nothing."""
        if not self._table.totals:
            return ""
        cells = (
            self._cell(place, cell, "" if cell is None else self._text(place, cell))
            for place, cell in enumerate(self._table.totals)
        )
        group, row = self._role("rowgroup"), self._role("row")
        return f"<tfoot{group}><tr{row}>{''.join(cells)}</tr></tfoot>"

    def _row(self, row: tuple[Cell, ...]) -> str:
        cells = []
        for place, (cell, column) in enumerate(zip(row, self._columns, strict=True)):
            content = self._text(place, cell)
            if series := self._series[place]:
                content += bar(cell, column.unit, self._scales, series)
            cells.append(self._cell(place, cell, content))
        return f"<tr{self._role('row')}>{''.join(cells)}</tr>"

    def _text(self, place: int, cell: Cell) -> str:
        """A value, a difference with its sign also above zero."""
        column = self._columns[place]
        is_above = column.is_difference and isinstance(cell, int | Decimal) and cell > 0
        return ("+" if is_above else "") + drawn(cell, column.unit)

    def _cell(self, place: int, cell: Cell, content: str) -> str:
        column = self._columns[place]
        kinds = [self._kinds[place]]
        kinds += ["long"] if is_long(cell, column) else []
        if column.is_difference:
            kinds.append("differs" if cell else "same")
        kind = f'class="{" ".join(kinds)}"'
        if place == self._key:
            return f'<th scope="row"{self._role("rowheader")} {kind}>{content}</th>'
        title = f' data-title="{self._titles[place]}"' if any(self._prose) else ""
        return f"<td{self._role('cell')}{title} {kind}>{content}</td>"

    def _kind(self, place: int) -> str:
        kinds = ["prose"] if self._prose[place] else [KINDS[self._columns[place].unit]]
        kinds += ["short"] if is_short(place, self._table) else []
        kinds += ["measured"] if self._series[place] else []
        kinds += ["key"] if place == self._key else []
        return " ".join(kinds)

    def _role(self, role: str) -> str:
        return f' role="{role}"' if any(self._prose) else ""
