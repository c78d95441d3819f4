"""What was seen of the books of each company, in the `WatermarksTable`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.books.memory import BooksSeen

if TYPE_CHECKING:
    from connector.adapters.aws.watermarks.table import WatermarksTable


class DynamoBooksMemory:
    """One row for each company: `books norway`."""

    def __init__(self, rows: WatermarksTable) -> None:
        self._rows = rows

    def seen(self, company: str) -> BooksSeen:
        item = self._rows.read(f"books {company}")
        departments = item.get("departments", {})
        return BooksSeen(
            item.get("newest", {}),
            {name: (booked[0], booked[1]) for name, booked in departments.items()},
        )

    def remember(self, company: str, seen: BooksSeen) -> None:
        departments = {name: list(booked) for name, booked in seen.departments.items()}
        values = {"newest": dict(seen.newest), "departments": departments}
        self._rows.put_of_any_size(f"books {company}", values)
