"""Lists of Visma's books, page by page: foretold where Visma counts, else walked to the end."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from connector.adapters.http.pages import page_numbers
from connector.adapters.visma.wire import VismaRow, total_of

T = TypeVar("T")


class PagedList(Generic[T]):
    """A list whose first page has been read.

    `weigh` counts a page as Visma counts it: a page of batches counts their lines.
    """

    def __init__(
        self,
        path: str,
        read: Callable[[int], list[VismaRow]],
        make: Callable[[list[VismaRow]], list[T]],
        asked: int,
        weigh: Callable[[Sequence[VismaRow]], int] = len,
    ) -> None:
        self._path = path
        self._read = read
        self._make = make
        self._asked = asked
        self._weigh = weigh
        self._first = read(1)

    @property
    def pages(self) -> int | None:
        """How many pages there are; None where Visma does not say."""
        total = self._total(self._first)
        if total is None:
            return None if self._first else 1
        return max(1, math.ceil(total / self._size))

    def rows(self) -> list[T]:
        """All of it; behind the last page Visma may give an empty one, or the last over again."""
        found, page, seen = list(self._first), self._first, self._weigh(self._first)
        for number in page_numbers("Visma", self._path):
            if number == 1:
                continue
            total = self._total(page)
            is_counted = total is not None and seen >= total
            if not page or (is_counted and not self._may_be_more(page, total)):
                break
            following = self._read(number)
            if following == page:
                break
            page = following
            found += page
            seen += self._weigh(page)
        return self._make(found)

    def _may_be_more(self, page: Sequence[VismaRow], total: int | None) -> bool:
        """A full page whose total is its own length: totals have been wrong in just this way."""
        weight = self._weigh(page)
        return weight >= self._size and total == weight

    @property
    def _size(self) -> int:
        told = [row["metadata"] for row in self._first if isinstance(row.get("metadata"), dict)]
        sizes = [one.get("maxPageSize") for one in told]
        return min([self._asked, *(size for size in sizes if isinstance(size, int) and size > 0)])

    def _total(self, page: Sequence[VismaRow]) -> int | None:
        """How many there are in all; none beside rows says nothing."""
        total = total_of(page)
        return int(total) if 0 < total < float("inf") else None
