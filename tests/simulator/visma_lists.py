"""How a list of the fake Visma.net is asked: which page of it, and changed since when.

No rows are read here; every function gets those that the endpoint has found.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.simulator.dimensions import RefusedError

if TYPE_CHECKING:
    from tests.simulator.visma_api import Visit

CONDITIONS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le,
}  # fmt: skip
DELTA_FORMATS = (
    "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%f",
)  # fmt: skip


def paged(visit: Visit, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the page that is asked for, each with the metadata that Visma repeats."""
    page = rows[page_asked(visit)]
    metadata = page_metadata(visit, len(rows))
    return [{**row, **metadata} for row in page]


def page_asked(visit: Visit) -> slice:
    """Which part of all rows is asked for; a size beyond the greatest is cut without a word."""
    limit = visit.manners.max_page_size
    size = min(asked_number(visit, "pageSize", limit), limit)
    start = (asked_number(visit, "pageNumber", 1) - 1) * size
    return slice(start, start + size)


def page_metadata(visit: Visit, count: int) -> dict[str, Any]:
    """What each row of a page says about all of them, if anything."""
    if visit.manners.total_count == "absent":
        return {}
    total = 0 if visit.manners.total_count == "zero" else count
    return {"metadata": {"totalCount": total, "maxPageSize": visit.manners.max_page_size}}


def asked_number(visit: Visit, name: str, default: int) -> int:
    """A whole number of 1 or more from the query."""
    text = visit.request.query.get(name, "")
    return max(int(text), 1) if text.isdigit() else default


def changed(visit: Visit, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows that the moment and the condition of the query allow; they come as a pair."""
    bound = visit.request.query.get("lastModifiedDateTime")
    condition = visit.request.query.get("lastModifiedDateTimeCondition")
    if bound is None and condition is None:
        return rows
    if bound is None or condition is None or condition not in CONDITIONS:
        raise RefusedError("lastModifiedDateTime and its condition must be sent together.")
    compare, limit = CONDITIONS[condition], read_moment(bound)
    return [
        row for row in rows if compare(datetime.fromisoformat(row["lastModifiedDateTime"]), limit)
    ]


def read_moment(text: str) -> datetime:
    """A moment in one of the forms that Visma takes."""
    for form in DELTA_FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007  (Visma's times have no zone)
        except ValueError:
            continue
    raise RefusedError(f"lastModifiedDateTime cannot be read: {text}")
