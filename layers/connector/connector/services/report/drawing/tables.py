"""A table as HTML: rows that a screen reader can walk, in a region that scrolls where it must."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from connector.domain.report.sheet import Unit
from connector.services.report.drawing.bars import bar, scales_of
from connector.services.report.drawing.values import drawn, safe, title_of, written

if TYPE_CHECKING:
    from connector.domain.report.sheet import Cell, Column, Table
    from connector.services.report.drawing.bars import Scales

KINDS = {Unit.TEXT: "text", Unit.CODE: "code", Unit.COUNT: "number", Unit.DAY: "day",
         Unit.MONEY: "number"}  # fmt: skip
LONGEST_CODE = 32
"""A longer code is broken: no system has such, and it would push the others out of sight."""

LONGEST_WORD = 18
TEXT_WIDTH = 16
BAR_WIDTH = 14
GAP = 3
PHONE_WIDTH = 36
LAPTOP_WIDTH = 104
"""Characters, gaps included, that surely stand beside each other on such a screen."""


def table_of(name: str, table: Table, *, has_title: bool = True) -> str:
    """A table with its title, or what is said where it has no rows."""
    rows = len(table.rows)
    title = (
        f'<h3 id="{name}">{safe(table.title)} <span class="rows">{_counted(rows)}</span></h3>'
        if has_title
        else ""
    )
    note = f'<p class="note">{safe(table.note)}</p>' if table.note else ""
    body = _grid(table) if rows else f'<p class="empty">{safe(table.empty)}</p>'
    return f'<div class="part">{title}{note}{body}</div>'


def _counted(rows: int) -> str:
    return "" if not rows else "1 row" if rows == 1 else f"{rows} rows"


def _grid(table: Table) -> str:
    scales, series = scales_of(table), _series(table)
    head = "".join(_head(column, table) for column in table.columns)
    body = "\n".join(_row(row, table, scales, series) for row in table.rows)
    foot = _foot(table) if table.totals else ""
    grid = (
        f'<table><caption class="unseen">{safe(table.title)}, {_counted(len(table.rows))}'
        f"</caption><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody>{foot}</table>"
    )
    width = sum(_width(place, table) for place in range(len(table.columns)))
    if width <= PHONE_WIDTH:
        return f'<div class="sheet whole">{grid}</div>'
    fits = " whole-on-laptop" if width <= LAPTOP_WIDTH else ""
    return (
        f'<div class="sheet{fits}" role="region" tabindex="0" '
        f'aria-label="Table: {safe(table.title)}">{grid}</div>'
    )


def _foot(table: Table) -> str:
    no_bars = (0,) * len(table.columns)
    return f"<tfoot>{_row(table.totals, table, {}, no_bars)}</tfoot>"


def _series(table: Table) -> tuple[int, ...]:
    """The number of each column among those that are bars, for its colour; 0 for the others."""
    numbers = count(1)
    return tuple(next(numbers) if column.is_bar else 0 for column in table.columns)


def _head(column: Column, table: Table) -> str:
    title = safe(title_of(column, table))
    return f'<th scope="col" class="{_kind(column)}">{title}</th>'


def _kind(column: Column) -> str:
    return KINDS[column.unit] + (" measured" if column.is_bar else "")


def _row(row: tuple[Cell, ...], table: Table, scales: Scales, series: tuple[int, ...]) -> str:
    cells = [
        drawn(cell, column.unit) + (bar(cell, column.unit, scales, number) if number else "")
        for cell, column, number in zip(row, table.columns, series, strict=True)
    ]
    kinds = [
        _kind(column) + (" long" if _longest(cell, column) > LONGEST_CODE else "")
        for cell, column in zip(row, table.columns, strict=True)
    ]
    first = f'<th scope="row" class="{kinds[0]}">{cells[0]}</th>'
    others = (
        f'<td class="{kind}">{cell}</td>' for kind, cell in zip(kinds[1:], cells[1:], strict=True)
    )
    return f"<tr>{first}{''.join(others)}</tr>"


def _longest(cell: Cell, column: Column) -> int:
    """How many characters of a value stay together."""
    if cell is None:
        return 1
    text = written(cell, column.unit)
    if column.unit is Unit.TEXT:
        return max(map(len, text.split()), default=0)
    return len(text)


def _width(place: int, table: Table) -> int:
    """Characters that a column needs at least to be read with ease, with the gap beside it."""
    column = table.columns[place]
    longest = max(_longest(row[place], column) for row in table.rows)
    if column.unit is Unit.TEXT:
        widest = max(len(written(row[place] or "", column.unit)) for row in table.rows)
        longest = max(min(longest, LONGEST_WORD), min(widest, TEXT_WIDTH))
    title = max(map(len, title_of(column, table).split()), default=0)
    bar_width = BAR_WIDTH if column.is_bar else 0
    return max(min(longest, LONGEST_CODE), title) + bar_width + GAP
