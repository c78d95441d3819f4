"""What was seen of the books of each company, in memory."""

from __future__ import annotations

from connector.domain.books.memory import BooksSeen


class InMemoryBooksMemory:
    """It lasts as long as the object."""

    def __init__(self) -> None:
        self._seen: dict[str, BooksSeen] = {}

    def seen(self, company: str) -> BooksSeen:
        return self._seen.get(company, BooksSeen())

    def remember(self, company: str, seen: BooksSeen) -> None:
        self._seen[company] = seen
