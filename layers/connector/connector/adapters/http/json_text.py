"""Reading the JSON of an answer, whatever is in it: bytes that are no text, numbers without end."""

from __future__ import annotations

import json
from typing import Any

MOST_DIGITS = 40
"""A whole number with more digits means nothing, and Python may refuse to read it."""


def parsed(content: bytes) -> Any:
    """The parsed body of an answer; where it is not UTF-8, the rest of it is still read.

    Raises:
        ValueError: it is not JSON.
        RecursionError: it is nested too deeply to be read.
    """
    encoding = json.detect_encoding(content)
    return json.loads(content.decode(encoding, errors="replace"), parse_int=_integer)


def _integer(digits: str) -> int | float:
    """A whole number; one that is too long to mean anything is infinite or nearly so."""
    return int(digits) if len(digits) <= MOST_DIGITS else float(digits)
