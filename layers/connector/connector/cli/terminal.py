"""Text that is safe to show: nothing from a vendor or a file may control the terminal.

Control characters, marks that change the direction of writing and characters without a width are
shown as escapes. So a department's name cannot repaint a line, or hide part of itself.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from connector.cli.exits import ExitCode

UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories: control, format, surrogate, private, unassigned, line and paragraph."""

BASIC_PLANE = 0xFFFF


def clean(text: str, keep: str = "") -> str:
    """The text with every unsafe character as a visible escape; those in `keep` stay.

    The escapes are those of JSON, so cleaned JSON is the same JSON.
    """
    return "".join(
        each if each in keep or unicodedata.category(each) not in UNSAFE else escape(each)
        for each in text
    )


def escape(character: str) -> str:
    """A character as JSON would escape it."""
    code = ord(character)
    if code <= BASIC_PLANE:
        return f"\\u{code:04x}"
    high, low = divmod(code - BASIC_PLANE - 1, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def accept_any_text() -> None:
    """Lets the output show what its encoding has, and escapes for the rest."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")


def is_plain() -> bool:
    """Whether output goes without colours and borders: into a pipe, or because it is wanted so."""
    unwanted = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return unwanted or not sys.stdout.isatty()


@contextmanager
def quiet_on_closed_pipe() -> Iterator[None]:
    """Ends the command without a word where no one reads on, as in `connector audit | head`."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more when it ends, and would complain then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(ExitCode.CLOSED_PIPE) from None
