"""Reading page by page: resumed, within Rippling's limit, and within the time of an invocation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from connector.domain.cursors import Cursor
from connector.domain.errors import ConnectorError, RateLimitedError
from connector.ports.clock import Clock
from connector.ports.rippling import Page
from connector.services.find.batch import Batch

RESERVE_SECONDS = 60.0
"""A read is cut short when less than this is left of the invocation: queueing takes its time."""

MOST_FOUND = 12_000
"""A read is cut short as well when so many people wait to be queued."""


MOST_MARKS = 50
"""So many runs of one read leave a mark behind, the first and the latest ones."""


class Pages:
    """The pages of one read, as many as Rippling's limit lets pass.

    `next_page_token` is where the read goes on after the last page taken; `problems` says why the
    pages ended early, if they did. `marks` are those of a page of each run of this read before.

    A page token may be of use no more: tokens expire, and an old one is refused in many ways. Then
    all pages come from the beginning, and `is_new` says so. If Rippling is in truth out of reach,
    that read fails as well, and that is raised.

    Where a page comes twice, the list goes round in a circle and would never end: the pages end
    there, `is_circle` says so, and there is no next one.

    Raises:
        RateLimitedError: not even the first page passes.
    """

    def __init__(
        self,
        read: Callable[[str | None], Iterator[Page]],
        page_token: str | None,
        marks: Sequence[str] = (),
        circled: int = 0,
    ) -> None:
        self._read, self._page_token = read, page_token
        self._before, self._circled, self._first = tuple(marks), circled, ""
        self.next_page_token: str | None = None
        self.problems: list[str] = []
        self.is_new, self.is_circle = page_token is None, False

    @classmethod
    def of(cls, read: Callable[[str | None], Iterator[Page]], cursor: Cursor) -> Pages:
        """The pages from where a cursor stands."""
        return cls(read, cursor.page_token, cursor.marks, cursor.circled)

    def __iter__(self) -> Iterator[Page]:
        pages = self._resumed()
        page = next(pages, None)
        seen = set() if self.is_new else set(self._before)
        while page is not None:
            self.next_page_token = page.next_page_token
            if page.next_page_token and page.mark in seen:
                self._break_off()
                return
            seen |= {page.mark} - {""}
            self._first = self._first or page.mark
            yield page
            try:
                page = next(pages, None)
            except RateLimitedError as error:
                # Whoever came before the limit is queued; the next tick goes on behind them.
                self.problems.append(str(error))
                return

    @property
    def marks(self) -> tuple[str, ...]:
        """What the next run has to know, if this read is cut short."""
        marks = tuple(filter(None, (*(() if self.is_new else self._before), self._first)))
        return marks[:1] + marks[1:][-MOST_MARKS:]

    @property
    def goes_nowhere(self) -> bool:
        """Whether the read came no further than the runs before, and has not come to its end."""
        is_repeated = self.is_new and self._page_token is not None
        is_no_further = is_repeated or self.runs <= self._circled
        return self.is_circle or (is_no_further and bool(self.next_page_token))

    @property
    def runs(self) -> int:
        """How many runs this read has come, as far as they have left a mark; this one included."""
        return max(1, len(self.marks))

    def must_stop(self, batch: Batch, clock: Clock) -> bool:
        """Whether the read is to be cut short here, with pages left."""
        is_late = clock.remaining_seconds() < RESERVE_SECONDS
        return bool(self.next_page_token) and (is_late or len(batch.candidates) >= MOST_FOUND)

    def _resumed(self) -> Iterator[Page]:
        """The pages from the page token on; all of them where it has become unusable."""
        pages = self._read(self._page_token)
        try:
            first = next(pages, None)
        except RateLimitedError:
            raise
        except ConnectorError:
            if self._page_token is None:
                raise
            self.is_new = True
            pages = self._read(None)
            first = next(pages, None)
        return iter(()) if first is None else chain([first], pages)

    def _break_off(self) -> None:
        self.is_circle, self.next_page_token = True, None
        self.problems.append(
            "Rippling's pages go round in a circle: whoever they show is dealt with, and the read"
            " starts again"
        )
