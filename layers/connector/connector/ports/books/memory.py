"""What is remembered of the books of a company between two reports."""

from __future__ import annotations

from typing import Protocol

from connector.domain.books.memory import BooksSeen


class BooksMemory(Protocol):
    """One row for each company."""

    def seen(self, company: str) -> BooksSeen:
        """What was seen last; nothing where no report was made."""

    def remember(self, company: str, seen: BooksSeen) -> None:
        """Keeps what was seen."""
