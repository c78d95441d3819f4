"""How much room a table needs: whether it fits a screen, scrolls there, or is better stacked.

Counted in characters, on the safe side: without a script the page cannot measure itself.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from connector.domain.report.sheet import Unit
from connector.services.report.drawing.values import title_of, written

if TYPE_CHECKING:
    from connector.domain.report.sheet import Cell, Column, Table

LONGEST_CODE = 32
"""A longer code is broken: no system has such, and it would push the others out of sight."""

PROSE = 40
"""A longer text is a sentence: it wants width, and on a phone a line of its own."""

SHORT = 18
"""Texts up to so long stay on one line, such as the names of companies."""

TEXT_WIDTH = 16
PROSE_WIDTH = 33
BAR_WIDTH = 14
GAP = 3
PHONE_WIDTH = 36
LAPTOP_WIDTH = 119
"""Characters, gaps included, that surely stand beside each other on such a screen."""

SMALL_LETTER, OTHER, FULL_WIDTH = 1.0, 1.2, 2.0
BOLD = 1.1


class Fit(Enum):
    """Where a table surely has all its columns beside each other; the value is its class."""

    PHONE = "whole"
    LAPTOP = "whole-on-laptop"
    UNKNOWN = "wide"


def fit_of(table: Table) -> Fit:
    """The smallest screen on which a table does not have to scroll."""
    width = sum(_width(place, table) for place in range(len(table.columns)))
    if width <= PHONE_WIDTH:
        return Fit.PHONE
    return Fit.LAPTOP if width <= LAPTOP_WIDTH else Fit.UNKNOWN


def is_prose(place: int, table: Table) -> bool:
    """Whether a column holds sentences."""
    column = table.columns[place]
    return column.unit is Unit.TEXT and max(map(len, _texts(place, table)), default=0) > PROSE


def is_short(place: int, table: Table) -> bool:
    """Whether a column of text holds only names that stay on one line."""
    column = table.columns[place]
    return column.unit is Unit.TEXT and max(map(len, _texts(place, table)), default=0) <= SHORT


def is_long(cell: Cell, column: Column) -> bool:
    """Whether a value must be broken to fit at all."""
    if cell is None:
        return False
    pieces = _pieces(written(cell, column.unit), column.unit)
    return max(map(len, pieces), default=0) > LONGEST_CODE


def _texts(place: int, table: Table) -> list[str]:
    unit = table.columns[place].unit
    cells = (row[place] for row in table.rows)
    return [written(cell, unit) for cell in cells if cell is not None]


def _pieces(text: str, unit: Unit) -> list[str]:
    """What of a value stays together: only text is broken, between its words."""
    return text.split() if unit is Unit.TEXT else [text]


def _room(text: str) -> float:
    """The room that characters take, in that of a small letter."""
    return sum(
        FULL_WIDTH
        if east_asian_width(letter) in "WF"
        else SMALL_LETTER
        if letter.islower() or letter.isspace()
        else OTHER
        for letter in text
    )


def _width(place: int, table: Table) -> float:
    """Characters that a column needs to be read with ease, with the gap beside it."""
    column, texts = table.columns[place], _texts(place, table)
    pieces = [piece[:LONGEST_CODE] for text in texts for piece in _pieces(text, column.unit)]
    if is_short(place, table):
        pieces = texts
    elif column.unit is Unit.TEXT:
        pieces.append("m" * (PROSE_WIDTH if is_prose(place, table) else TEXT_WIDTH))
    title = max(map(_room, title_of(column, table).split()), default=1)
    room = max(map(_room, pieces), default=1)
    return max(room, BOLD * title) + (BAR_WIDTH if column.is_bar else 0) + GAP
