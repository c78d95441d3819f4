"""How a view looks: tables and colours on a terminal, plain columns in a pipe."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator

from connector.cli.terminal import clean, is_plain
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

COLOURS = {"green": 32, "cyan": 36, "yellow": 33, "red": 31, "magenta": 35}
GAP = "  "


def show(view: View) -> None:
    """Writes a view to the standard output."""
    for part in view:
        if isinstance(part, Table) and part.rows and not is_plain():
            show_rich_table(part)
        else:
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
            # A file must come out of a pipe as it is; a terminal must not be controlled by it.
            text = part.text if is_plain() and not sys.stdout.isatty() else clean(part.text, "\n")
            yield text.removesuffix("\n")
        case Table():
            yield from column_lines(part)


def column_lines(table: Table) -> Iterator[str]:
    """A table as aligned columns; the last one is as long as its text, so nothing is cut off."""
    if not table.rows:
        return
    rows = [table.headings, *(tuple(clean(str(cell)) for cell in row) for row in table.rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.headings))]
    for row in rows:
        yield GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def show_rich_table(table: Table) -> None:
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
    for row in table.rows:
        # Text, not markup: "[red]" in a name is part of the name.
        drawn.add_row(*(Text(clean(str(cell))) for cell in row))
    Console(file=sys.stdout).print(drawn)


def glyph(level: str) -> str:
    """The mark of a level, coloured where someone looks at it."""
    mark, colour = GLYPHS[level]
    return mark if is_plain() else f"\x1b[{COLOURS[colour]}m{mark}\x1b[0m"


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
