"""How far a reader has read. What may move it is decided where the pages are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a reader has read: a stream of changes by its watermark, a sweep by its page token.

    `page_token` is where a read that was cut short continues; `started` is set during a sweep, and
    `newest` and `seen` are the greatest time and the number of rows it has come across, `loading`
    the companies that had no employee when it began. `ended` is when a read last came to its end.
    """

    stream: str
    watermark: datetime | None = None
    page_token: str | None = None
    started: datetime | None = None
    newest: datetime | None = None
    seen: int = 0
    loading: tuple[str, ...] = ()
    ended: datetime | None = None
