"""Signs of life while the account works: on a terminal, on the standard error, and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

QUIET_SECONDS = 1.0
"""A verb that is done sooner shows nothing in between."""


def say_nothing(_: str) -> None:
    """Where no one looks."""


@contextmanager
def progress(text: str, *, is_wanted: bool) -> Iterator[Callable[[str], None]]:
    """Shows a spinner with the text after a second; what it yields changes the text."""
    if not is_wanted or not sys.stderr.isatty():
        yield say_nothing
        return
    from rich.console import Console
    from rich.text import Text

    status = Console(stderr=True).status(Text(text))
    begin = Timer(QUIET_SECONDS, status.start)
    begin.daemon = True
    begin.start()
    try:
        yield lambda new: status.update(Text(new))
    finally:
        begin.cancel()
        begin.join()  # it may be starting just now; only what has started can be stopped
        status.stop()
