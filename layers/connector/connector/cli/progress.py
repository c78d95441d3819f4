"""Signs of life while the account works: on a terminal, on the standard error, and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def say_nothing(_: str) -> None:
    """Where no one looks."""


@contextmanager
def progress(text: str, *, is_wanted: bool) -> Iterator[Callable[[str], None]]:
    """Shows a spinner with the text; what it yields changes the text."""
    if not is_wanted or not sys.stderr.isatty():
        yield say_nothing
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(Text(text)) as status:
        yield lambda new: status.update(Text(new))
