"""Exit codes, and the errors that lead to one of them."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """How the command ends."""

    DONE = 0
    FINDINGS = 1
    WRONG_USAGE = 2
    REFUSED = 3
    INTERRUPTED = 130
    CLOSED_PIPE = 141


EXIT_CODES = {
    ExitCode.DONE: "done, nothing needs attention",
    ExitCode.FINDINGS: "done, and something needs attention",
    ExitCode.WRONG_USAGE: "wrong usage, or a file that cannot be read",
    ExitCode.REFUSED: "refused, or the stack was not reached",
    ExitCode.INTERRUPTED: "interrupted",
}
"""What each code means, for the help. A closed pipe is a matter between programs."""


class CommandError(Exception):
    """The command cannot go on; its text is for the operator, and `code` is how it ends."""

    code: ClassVar[ExitCode] = ExitCode.REFUSED


class NotReachedError(CommandError):
    """The stack, its operations function or AWS cannot be reached."""


class UnreadableFileError(CommandError):
    """The file that was named cannot be read as text: the call was wrong, and nothing was asked."""

    code = ExitCode.WRONG_USAGE


class UnwritableFileError(CommandError):
    """The answer came, and the file that was named for it cannot be written."""
