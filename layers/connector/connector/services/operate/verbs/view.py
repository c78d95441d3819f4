"""What a verb shows, before anyone decides how it looks: lines, tables and checks.

Nothing here knows a terminal. Text from a vendor is passed on as it is; `connector.cli` cleans it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text."""

    text: str = ""
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; nothing is shown where there are no rows."""

    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check of `ping`: how it went, what it found, and what to do."""

    level: str
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A text that is shown to the letter, such as a mapping file."""

    text: str


Part: TypeAlias = Line | Table | CheckLine | Document
View: TypeAlias = Sequence[Part]


def lines(*texts: str) -> list[Part]:
    """A view of plain lines."""
    return [Line(text) for text in texts]
