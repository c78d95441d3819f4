"""What keeps a spreadsheet from computing the values that a file brings to it."""

from __future__ import annotations

import re

COMPUTED = re.compile("(^|[,;\t\r\n])(?=[\\s\"']*[=+\\-@＝＋－＠]|\t|\r)")  # noqa: RUF001 - as Excel reads them
"""Where a cell begins that would be computed.

Whichever separator a file has, a spreadsheet of another country cuts its lines at the other one:
what follows a comma or a semicolon within a value may become a cell.
"""


def inert(text: str) -> str:
    """The text with an apostrophe before whatever a spreadsheet would compute."""
    return COMPUTED.sub(r"\1'", text)
