"""How a view looks: tables and colours on a terminal, plain columns in a pipe."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from shutil import get_terminal_size

from connector.cli.terminal import clean, is_plain, write_file_as_it_is
from connector.services.operate.verbs.view import CheckLine, Document, Line, Part, Table, View

PAGE_WIDTH, MARGIN = 100, 6
GLYPHS = {
    "good": ("ok", "green"),
    "note": ("--", "cyan"),
    "warning": ("! ", "yellow"),
    "bad": ("!!", "red"),
    "unknown": ("??", "magenta"),
}
"""How a check is marked, and the colour of that on a terminal."""

GAP = "  "
BORDER_WIDTH = 3
"""What a column of a table with borders needs besides its text."""

NARROWEST_FOLD = 24
"""The last column of a table is folded to no less than this."""


def show(view: View) -> None:
    """Writes a view to the standard output."""
    for part in view:
        match part:
            case Document() if not sys.stdout.isatty():
                write_file_as_it_is(part.text)
            case Table() if not is_plain() and fits(part):
                show_with_borders(part)
            case _:
                sys.stdout.writelines(f"{line}\n" for line in text_lines(part))


def text_lines(part: Part) -> Iterator[str]:
    """A part as lines of plain text."""
    match part:
        case Line():
            yield " " * part.indent + clean(part.text)
        case CheckLine():
            yield f"  {glyph(part.level)}  {folded(clean(part.text))}"
            if part.remedy:
                yield " " * MARGIN + folded(clean(part.remedy))
        case Document():
            yield clean(part.text, "\n").removesuffix("\n")
        case Table():
            yield from column_lines(part)


def column_lines(table: Table) -> Iterator[str]:
    """A table as aligned columns; the last one is as long as its text, so nothing is cut off."""
    if not table.rows:
        return
    widths = widths_of(table)
    for row in (table.headings, *cleaned_rows(table)):
        cells = (
            cell + " " * (width - cells_in(cell)) for cell, width in zip(row, widths, strict=True)
        )
        yield GAP.join(cells).rstrip()


def cleaned_rows(table: Table) -> list[tuple[str, ...]]:
    """The rows of a table, safe to show."""
    return [tuple(clean(str(cell)) for cell in row) for row in table.rows]


def widths_of(table: Table) -> list[int]:
    """How wide each column is, its heading included."""
    columns = zip(table.headings, *cleaned_rows(table), strict=True)
    return [max(map(cells_in, column)) for column in columns]


def cells_in(text: str) -> int:
    """How wide a text is on a terminal, where some characters are two cells wide and some none."""
    from rich.cells import cell_len

    return cell_len(text)


def fits(table: Table) -> bool:
    """Whether the terminal has room for a table with borders without cutting an id off.

    There is nothing to draw without rows.
    """
    *ids, last = widths_of(table)
    needed = sum(ids) + min(last, NARROWEST_FOLD) + BORDER_WIDTH * len(table.headings)
    return bool(table.rows) and needed <= get_terminal_size().columns


def show_with_borders(table: Table) -> None:
    """A table with its last column folded to the width of the terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    drawn = RichTable(box=SIMPLE_HEAD, pad_edge=False)
    *ids, last = table.headings
    for heading in ids:
        drawn.add_column(heading, no_wrap=True)
    drawn.add_column(last, overflow="fold")
    for row in cleaned_rows(table):
        # Text, not markup: "[red]" in a name is part of the name.
        drawn.add_row(*map(Text, row))
    Console(file=sys.stdout, width=get_terminal_size().columns).print(drawn)


def glyph(level: str) -> str:
    """The mark of a level, coloured where someone looks at it."""
    mark, colour = GLYPHS[level]
    if is_plain():
        return mark
    from rich.style import Style

    return Style(color=colour).render(mark)


def folded(text: str) -> str:
    """A text folded to the width of the page, under its mark."""
    margin = " " * MARGIN
    return textwrap.fill(
        text,
        PAGE_WIDTH,
        initial_indent=margin,
        subsequent_indent=margin,
        break_on_hyphens=False,
        break_long_words=False,
    ).lstrip()
