"""One way in which an answer differs from what its vendor publishes: names and types, never values.

Whoever reads these words may be outside the company, so that nothing of a person is in them: a name
that does not look like the name of a member is not repeated either.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,59}")
NO_PLAIN_NAME = "(no plain name)"


class What(StrEnum):
    """What is otherwise than published."""

    MISSING = "missing"
    NEW = "new"
    RETYPED = "retyped"
    UNKNOWN_WORD = "unknown word"
    STATUS = "status"
    HEADER = "header"


HARMLESS = frozenset({What.NEW, What.HEADER})
"""What is only there besides takes nothing from the connector."""


@dataclass(frozen=True, slots=True, order=True)
class Deviation:
    """What one operation's answers do otherwise, and where; `expected` and `found` are types."""

    operation: str
    status: int
    place: str
    what: What
    expected: str = ""
    found: str = ""

    @property
    def text(self) -> str:
        """The sentence of a log line and of `ping`."""
        answer = f"{self.operation} answers {self.status}"
        match self.what:
            case What.MISSING:
                return f"{answer} without {self.place} ({self.expected})"
            case What.NEW:
                return f"{answer} with {self.place} ({self.found}), which is new"
            case What.RETYPED:
                return f"{answer} with {self.place} as {self.found} instead of {self.expected}"
            case What.UNKNOWN_WORD:
                return f"{answer} with a word in {self.place} that is not published"
            case What.HEADER:
                return f"{answer} with the header {self.place}, which is not published"
        return f"{answer}, which is not published"

    @property
    def is_harmless(self) -> bool:
        """True where nothing that the connector reads is concerned."""
        return self.what in HARMLESS

    def to_row(self) -> dict[str, object]:
        """The deviation as it is stored and shown to programs."""
        return asdict(self)


def deviation_of(row: Mapping[str, object]) -> Deviation:
    """The deviation that was stored.

    Raises:
        ValueError: the row is not one.
    """
    try:
        return Deviation(
            operation=str(row["operation"]),
            status=int(str(row["status"])),
            place=str(row["place"]),
            what=What(str(row["what"])),
            expected=str(row.get("expected", "")),
            found=str(row.get("found", "")),
        )
    except KeyError as error:
        raise ValueError(f"no {error} in the row of a deviation") from None


def plain(name: str) -> str:
    """A name that may be shown: what looks like anything but the name of a member is left out."""
    return name if _PLAIN.fullmatch(name) else NO_PLAIN_NAME
