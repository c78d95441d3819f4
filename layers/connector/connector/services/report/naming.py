"""What sections and tables are called in addresses within the page, and as files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.domain.report.sheet import Section, Sheet, Table

UNFIT = re.compile("[^a-z0-9]+")
PAGES_OWN = "page-"
"""So begin the names that the page has for its own parts."""


def named(sheet: Sheet) -> Iterator[tuple[str, Section, tuple[tuple[str, Table], ...]]]:
    """Every section with a name of its own, and its tables with theirs.

    Names are letters, digits and hyphens, whatever the keys hold; no two are the same.
    """
    taken: set[str] = set()
    for section in sheet.sections:
        name = _own(_plain(section.key), taken)
        tables = tuple(
            (_own(f"{name}-{_plain(table.key)}", taken), table) for table in section.tables
        )
        yield name, section, tables


def _plain(key: str) -> str:
    plain = UNFIT.sub("-", key.lower()).strip("-") or "part"
    return f"the-{plain}" if plain.startswith(PAGES_OWN) else plain


def _own(plain: str, taken: set[str]) -> str:
    name, number = plain, 1
    while name in taken:
        number += 1
        name = f"{plain}-{number}"
    taken.add(name)
    return name
