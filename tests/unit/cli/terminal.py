"""Standard output that someone looks at, and what must never reach it."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import strategies as st

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
ACTING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
UNSEEN = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\ufe00\ufe0f\U000e0100"
)
HOSTILE = (
    "\x1b[2J\x1b[32mok all is well",
    "\x1b]0;title\x07",
    "\x9b31m",
    "a\rb",
    "a\nok  all is well",
    "x\x07",
    "\u202eevil",
    "\u2066\u061c",
    "a\u200b\u200d\ufeffb",
    "a\u2028b\u2029c",
    "\udcff",
    UNSEEN,
    "[red]x[/red] [link=http://x]y[/link] :boom:",
)

texts = st.lists(st.sampled_from(HOSTILE) | st.text(st.characters()), max_size=3).map("".join)
"""Any text there is, half surrogates included, and often one that is meant ill."""


class Terminal(io.StringIO):
    """Standard output that someone looks at."""

    def isatty(self) -> bool:
        return True


def acting_in(shown: str) -> list[str]:
    """The characters that do something else than to show themselves; lines may end."""
    return [
        each
        for each in shown
        if each != "\n" and (unicodedata.category(each) in ACTING or each in UNSEEN)
    ]


@contextmanager
def output(*, is_terminal: bool, columns: int = 400) -> Iterator[io.StringIO]:
    """Catches the output, on a terminal with colours or in a pipe.

    A context and no fixture: Hypothesis runs a test many times over one fixture.
    """
    caught = Terminal() if is_terminal else io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", caught)
        patch.setenv("TERM", "xterm")
        patch.setenv("COLUMNS", str(columns))
        patch.delenv("NO_COLOR", raising=False)
        yield caught
