"""Bars beside numbers: one scale for all columns of a table that count the same thing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from connector.domain.report.sheet import Unit

if TYPE_CHECKING:
    from connector.domain.report.sheet import Cell, Table

Scales: TypeAlias = Mapping[Unit, Decimal]
"""The greatest value of each unit that is drawn as bars."""

WIDTH, HEIGHT = 100, 8
LEAST = Decimal(1)
"""So wide is a bar at least: a little is not nothing."""


def scales_of(table: Table) -> Scales:
    """The scales of a table's bars; counts and money have one each."""
    greatest: dict[Unit, Decimal] = {}
    for place, column in enumerate(table.columns):
        if column.is_bar:
            sizes = [_size(row[place]) for row in table.rows]
            greatest[column.unit] = max([greatest.get(column.unit, Decimal(0)), *sizes])
    return greatest


def bar(cell: Cell, unit: Unit, scales: Scales, series: int) -> str:
    """A bar as long as its value, for the eye only; nothing drawn where there is no value.

    What is below zero has a mark of its own: the length alone would not tell.
    """
    size, greatest = _size(cell), scales.get(unit, Decimal(0))
    length = max(LEAST, WIDTH * size / greatest) if size and greatest else Decimal(0)
    is_below = size > 0 and isinstance(cell, int | Decimal) and cell < 0
    kind = "below" if is_below else f"series-{series}"
    return (
        f'<svg class="bar" aria-hidden="true" focusable="false" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'preserveAspectRatio="none"><rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>'
        f'<rect class="{kind}" width="{length:.1f}" height="{HEIGHT}"/></svg>'
    )


def _size(cell: Cell) -> Decimal:
    if not isinstance(cell, int | Decimal) or not Decimal(cell).is_finite():
        return Decimal(0)
    return abs(Decimal(cell))
