"""Reading page by page: resumed, within Rippling's limit, and within the time of an invocation."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from connector.domain.errors import ConnectorError, RateLimitedError
from connector.ports.clock import Clock
from connector.ports.rippling import Page
from connector.services.find.batch import Batch

RESERVE_SECONDS = 60.0
"""A read is cut short when less than this is left of the invocation: queueing takes its time."""

MOST_FOUND = 12_000
"""A read is cut short as well when so many people wait to be queued."""


class Pages:
    """The pages of one read, as many as Rippling's limit lets pass.

    `next_page_token` is where the read goes on after the last page taken; `problems` says why the
    pages ended early, if they did.

    Raises:
        RateLimitedError: not even the first page passes.
    """

    def __init__(
        self, read: Callable[[str | None], Iterator[Page]], page_token: str | None
    ) -> None:
        self._pages = resumed(read, page_token)
        self.next_page_token: str | None = None
        self.problems: list[str] = []

    def __iter__(self) -> Iterator[Page]:
        page = next(self._pages, None)
        while page is not None:
            self.next_page_token = page.next_page_token
            yield page
            try:
                page = next(self._pages, None)
            except RateLimitedError as error:
                # Whoever came before the limit is queued; the next tick goes on behind them.
                self.problems.append(str(error))
                return

    def must_stop(self, batch: Batch, clock: Clock) -> bool:
        """Whether the read is to be cut short here, with pages left."""
        is_late = clock.remaining_seconds() < RESERVE_SECONDS
        return bool(self.next_page_token) and (is_late or len(batch.candidates) >= MOST_FOUND)


def resumed(read: Callable[[str | None], Iterator[Page]], page_token: str | None) -> Iterator[Page]:
    """The pages from a page token on; all of them where the token has become unusable.

    Tokens expire, and an old one is refused in many ways. If Rippling is in truth out of reach, the
    read from the beginning fails as well, and that is raised.
    """
    pages = read(page_token)
    try:
        first = next(pages, None)
    except RateLimitedError:
        raise
    except ConnectorError:
        if page_token is None:
            raise
        pages = read(None)
        first = next(pages, None)
    if first is not None:
        yield first
        yield from pages
