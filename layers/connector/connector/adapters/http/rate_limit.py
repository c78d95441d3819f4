"""What a vendor says about when there is room for the next call, and keeping to it.

Reads headers and remembers a budget; it neither sends nor sleeps. Whoever shares the budget with
others is `RateBudget`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from connector.domain.budgets import LONGEST_WINDOW, Budget, current
from connector.domain.errors import RateLimitedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import Response

PATIENCE_SECONDS = 5.0
"""A vendor that asks for a longer wait than this gets it from the queue, not from a sleep."""

FIRST_EPOCH = 1_000_000
"""A reset above this many seconds is not a wait but a moment."""


class Sharing(Protocol):
    """How the budget is shared with whoever else makes calls on it."""

    def before_a_call(self, known: Budget) -> Budget:
        """The budget to go by, what others have told included."""

    def after_an_answer(self, known: Budget, *, has_news: bool) -> None:
        """Tells others what they should know; `has_news` if the vendor said what is left."""


class Alone:
    """No one else makes calls on this budget, or no one can be asked."""

    def before_a_call(self, known: Budget) -> Budget:
        """The budget as it is."""
        return known

    def after_an_answer(self, known: Budget, *, has_news: bool) -> None:
        """There is no one to be told."""


class Limits:
    """The room that one vendor leaves for calls; with `keeps_reserve`, but for the operator's.

    `penalty` is how many seconds the vendor's documentation says to wait after a 429 that names
    no wait.
    """

    def __init__(
        self,
        vendor: str,
        now: Callable[[], datetime],
        sharing: Sharing | None = None,
        *,
        keeps_reserve: bool = False,
        penalty: float | None = None,
    ) -> None:
        self._vendor = vendor
        self._now = now
        self._sharing = sharing or Alone()
        self._keeps_reserve = keeps_reserve
        self._penalty = penalty
        self._budget = Budget()

    def raise_if_used_up(self) -> None:
        """Lets a call pass if there is room for it.

        Raises:
            RateLimitedError: there is none yet; with the seconds until there is.
        """
        self._budget = self._sharing.before_a_call(self._budget)
        wait = self._budget.wait(self._now(), keeps_reserve=self._keeps_reserve)
        if wait > 0:
            kept = self._budget.reserve if self._keeps_reserve and self._budget.remaining else 0
            reserved = f" but for {kept} kept for the operator" if kept else ""
            raise RateLimitedError(
                f"the calls that {self._vendor} allows are used up{reserved};"
                f" there is room in {wait:.0f} s",
                retry_after=wait,
            )

    def note(self, response: Response) -> None:
        """Remembers what an answer says about room for the next call."""
        now = self._now()
        known, told = current(self._budget, now), self._told(response, now)
        closed_until = known.closed_until
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            asked = self.retry_after(response) or 0.0
            if asked:
                closed_until = max(now + timedelta(seconds=asked), closed_until or now)
            if max(asked, self._reset(response)) <= PATIENCE_SECONDS:
                # A short wait is slept right after this: only the others need to hear of it.
                self._sharing.after_an_answer(
                    replace(known, closed_until=closed_until), has_news=False
                )
                return
        has_news = told.remaining is not None
        self._budget = replace(told if has_news else known, closed_until=closed_until)
        self._sharing.after_an_answer(self._budget, has_news=has_news)

    def retry_after(self, response: Response) -> float | None:
        """The wait that an answer asks for, in seconds; where a 429 names none, the penalty."""
        asked = self._asked(response)
        is_limit = response.status_code == HTTPStatus.TOO_MANY_REQUESTS
        return self._penalty if asked is None and is_limit else asked

    def _asked(self, response: Response) -> float | None:
        seconds = header_number(response, "Retry-After")
        if seconds is None:
            try:
                moment = parsedate_to_datetime(response.headers.get("Retry-After", ""))
                seconds = moment.timestamp() - self._seconds()
            except (ValueError, OverflowError):
                return None
        return _within_a_window(seconds)

    def _told(self, response: Response, now: datetime) -> Budget:
        limit = header_number(response, "X-RateLimit-Limit")
        remaining = header_number(response, "X-RateLimit-Remaining")
        wait = self._reset(response)
        return Budget(
            None if limit is None else int(limit),
            None if remaining is None else int(remaining),
            now + timedelta(seconds=wait) if wait else None,
        )

    def _reset(self, response: Response) -> float:
        reset = header_number(response, "X-RateLimit-Reset") or 0.0
        return _within_a_window(reset - self._seconds() if reset > FIRST_EPOCH else reset)

    def _seconds(self) -> float:
        return self._now().timestamp()


def _within_a_window(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST_WINDOW.total_seconds())


def header_number(response: Response, header: str) -> float | None:
    """The number in a header, or None."""
    text = response.headers.get(header, "").strip()
    return float(text) if re.fullmatch(r"\d{1,15}(\.\d{1,9})?", text) else None
