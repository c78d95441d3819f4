"""What a vendor says about when there is room for the next call, and keeping to it.

Reads headers and remembers a moment; it neither sends nor sleeps.
"""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from connector.domain.errors import RateLimitedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from requests import Response

PATIENCE_SECONDS = 5.0
"""A vendor that asks for a longer wait than this gets it from the queue, not from a sleep."""

LONGEST_WINDOW_SECONDS = 3600.0
"""No known limit runs longer than an hour; a greater number is a mistake of the vendor's."""

FIRST_EPOCH = 1_000_000
"""A reset above this many seconds is not a wait but a moment."""


class Limits:
    """The room that one vendor leaves for calls."""

    def __init__(self, vendor: str, now: Callable[[], datetime]) -> None:
        self._vendor = vendor
        self._now = now
        self._closed_until = 0.0

    def raise_if_used_up(self) -> None:
        """Lets a call pass if there is room for it.

        Raises:
            RateLimitedError: there is none yet; with the seconds until there is.
        """
        wait = self._closed_until - self._seconds()
        if wait > 0:
            raise RateLimitedError(
                f"the calls that {self._vendor} allows are used up; there is room in {wait:.0f} s",
                retry_after=wait,
            )

    def note(self, response: Response) -> None:
        """Remembers what an answer says about room for the next call."""
        is_last = _number(response, "X-RateLimit-Remaining") == 0
        wait = self._reset(response) if is_last else 0.0
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            # A short wait is slept right after this, so that it need not be remembered.
            asked = max(wait, self.retry_after(response) or 0.0)
            wait = asked if asked > PATIENCE_SECONDS else 0.0
        if wait:
            self._closed_until = self._seconds() + wait

    def retry_after(self, response: Response) -> float | None:
        """The wait that an answer asks for, given in seconds or as a date."""
        seconds = _number(response, "Retry-After")
        if seconds is None:
            try:
                moment = parsedate_to_datetime(response.headers.get("Retry-After", ""))
                seconds = moment.timestamp() - self._seconds()
            except (ValueError, OverflowError):
                return None
        return _within_a_window(seconds)

    def _reset(self, response: Response) -> float:
        reset = _number(response, "X-RateLimit-Reset") or 0.0
        return _within_a_window(reset - self._seconds() if reset > FIRST_EPOCH else reset)

    def _seconds(self) -> float:
        return self._now().timestamp()


def _within_a_window(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST_WINDOW_SECONDS)


def _number(response: Response, header: str) -> float | None:
    text = response.headers.get(header, "").strip()
    return float(text) if re.fullmatch(r"\d{1,15}(\.\d{1,9})?", text) else None
