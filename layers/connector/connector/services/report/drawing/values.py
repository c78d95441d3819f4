"""One value as text that can be seen, and as HTML."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING

from connector.domain.report.sheet import Unit

if TYPE_CHECKING:
    from connector.domain.report.sheet import Cell, Column, Table

HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060"
    "\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Characters that show nothing, turn the text around them, or cannot be written as UTF-8."""

TYPED = re.compile("`([^`]+)`")
NARROW_SPACE = "\u202f"
MINUS = "\N{MINUS SIGN}"
NO_VALUE = '<span class="none" aria-hidden="true">\u2013</span><span class="unseen">no value</span>'


def visible(text: str) -> str:
    """The text with its hidden characters named, as [U+202E], so that no value reads as another."""
    return HIDDEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def safe(text: str) -> str:
    """Any text as HTML, for content and for attributes in quotes."""
    return escape(visible(text))


def sentence(text: str) -> str:
    """A sentence as HTML; what stands in it between backticks is what to type."""
    return TYPED.sub(r"<code>\1</code>", safe(text))


def title_of(column: Column, table: Table) -> str:
    """The title of a column, with the currency where it is money."""
    has_currency = column.unit is Unit.MONEY and table.currency
    return f"{column.title} ({table.currency})" if has_currency else column.title


def written(cell: str | int | Decimal | date, unit: Unit) -> str:
    """A value for people: grouped numbers, two decimals for money, ISO days."""
    match cell:
        case str():
            return visible(cell)
        case datetime():
            return cell.isoformat(" ", "minutes")
        case date():
            return cell.isoformat()
        case _ if unit is Unit.MONEY:
            return _grouped(f"{Decimal(cell):z,.2f}")
        case _ if unit is Unit.COUNT:
            return _grouped(f"{Decimal(cell):,f}")
        case _:
            return str(cell)


def drawn(cell: Cell, unit: Unit) -> str:
    """A value as HTML; where there is none, a dash that is read as such."""
    return NO_VALUE if cell is None else escape(written(cell, unit))


def _grouped(number: str) -> str:
    return number.replace(",", NARROW_SPACE).replace("-", MINUS)
