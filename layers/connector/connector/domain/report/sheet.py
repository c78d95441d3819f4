"""The month-end report as data: sections of tables, and what keeps a month from being closed.

What stands in it is gathered elsewhere, how it looks is decided elsewhere: every section, whoever
makes it, is drawn as a page and written as CSV by the same code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, auto
from itertools import chain
from typing import TypeAlias

Cell: TypeAlias = str | int | Decimal | date | None
"""One value of a table; nothing where there is none, or where it may not be shown."""

NO_COST_CENTRE = "(none)"
"""What stands in a table for the cost centre of who or what has none."""


class Unit(Enum):
    """What the values of a column are, for their place and their writing."""

    TEXT = auto()
    CODE = auto()
    """A number or a name that systems know, never broken nor counted with."""

    COUNT = auto()
    DAY = auto()
    MONEY = auto()
    """In the currency that the table names."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; those that are bars are drawn to one scale within their table."""

    title: str
    unit: Unit = Unit.TEXT
    is_bar: bool = False
    is_difference: bool = False
    """Nothing or zero is as it should be; any other value is drawn so that it is found at once."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; the key names its CSV file."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...] = ()
    empty: str = "None."
    """What is said where there are no rows."""

    note: str = ""
    currency: str = ""
    """Of the columns of money, as `NOK`; where it differs from row to row, a column says it."""

    totals: tuple[Cell, ...] = ()
    """A last row that adds up the others; no bar is drawn for it, and CSV leaves it out."""


@dataclass(frozen=True, slots=True)
class Section:
    """One question of a controller and its answer."""

    key: str
    title: str
    tables: tuple[Table, ...] = ()
    needs_human: tuple[str, ...] = ()
    """What keeps the month from being closed, a sentence each, with what to do."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The report of one month."""

    month: str
    """As `2026-11`."""

    made_at: datetime
    stack: str
    mode: str
    sections: tuple[Section, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the month is not ready to be closed; none where it is."""
        return tuple(chain.from_iterable(section.needs_human for section in self.sections))

    @property
    def is_ready(self) -> bool:
        """Whether nothing keeps the month from being closed."""
        return not self.reasons
