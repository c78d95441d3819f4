"""Text that is safe to show: nothing from a vendor or a file may control the terminal.

Control characters, marks that change the direction of writing and characters that cannot be seen
are shown as escapes. So a department's name cannot repaint a line, or hide part of itself.
"""

from __future__ import annotations

import codecs
import os
import sys
import unicodedata
from contextlib import suppress

from connector.cli.exits import ExitCode

UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories: control, format, surrogate, private, unassigned, line and paragraph."""

INVISIBLE = frozenset(
    map(
        chr,
        (
            0x034F,  # combining grapheme joiner
            *(0x115F, 0x1160, 0x3164, 0xFFA0),  # fillers of Hangul: letters without a shape
            *(0x17B4, 0x17B5),  # vowels of Khmer that are never shown
            *(0x180B, 0x180C, 0x180D, 0x180F),  # variation selectors of Mongolian
            0x2800,  # braille without a dot
            *range(0xFE00, 0xFE10),  # variation selectors
            *range(0xE0100, 0xE01F0),
        ),
    )
)
"""Letters and marks by their category, and yet nothing can be seen of them."""

BASIC_PLANE = 0xFFFF
ESCAPING = "connector.escaping"
"""The name of the error handler for what an encoding does not have."""


def clean(text: str, keep: str = "") -> str:
    """The text with every unsafe character as a visible escape; those in `keep` stay.

    The escapes are those of JSON, so cleaned JSON is the same JSON.
    """
    return "".join(each if each in keep or is_safe(each) else escape(each) for each in text)


def is_safe(character: str) -> bool:
    """Whether a character shows itself and does nothing else."""
    return unicodedata.category(character) not in UNSAFE and character not in INVISIBLE


def escape(character: str) -> str:
    """A character as JSON would escape it."""
    code = ord(character)
    if code <= BASIC_PLANE:
        return f"\\u{code:04x}"
    high, low = divmod(code - BASIC_PLANE - 1, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def escape_unencodable(error: UnicodeError) -> tuple[str, int]:
    """What stands for characters that the encoding of the output does not have."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(escape, error.object[error.start : error.end])), error.end


def prepare_output() -> None:
    """Lets the output show what its encoding has, and the escapes of JSON for the rest.

    Python's own `backslashreplace` would make JSON that no program can read.
    """
    codecs.register_error(ESCAPING, escape_unencodable)
    if sys.stdout is None:  # started with a closed output, as in `connector audit >&-`
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors=ESCAPING)


def write_file_as_it_is(text: str) -> None:
    """Sends a file into a pipe: in UTF-8, as it would be on the disk, whatever the terminal has."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:
        reconfigure(encoding="utf-8")
    sys.stdout.write(text)


def is_plain() -> bool:
    """Whether output goes without colours and borders: into a pipe, or because it is wanted so."""
    unwanted = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return unwanted or not sys.stdout.isatty()


def give_up_output(error: OSError) -> ExitCode:
    """Ends without a word where no one reads on (`connector audit | head`), else says why."""
    with suppress(OSError):
        # Python flushes once more when it ends, and would complain then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return ExitCode.CLOSED_PIPE
    sys.stderr.write(f"cannot write the output: {error.strerror or error}\n")
    return ExitCode.REFUSED
