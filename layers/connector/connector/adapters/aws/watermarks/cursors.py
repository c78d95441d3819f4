"""How far each stream has been read, in the `WatermarksTable`: one row for each stream."""

from __future__ import annotations

from datetime import datetime

from connector.adapters.aws.watermarks.leases import DynamoLeases
from connector.adapters.aws.watermarks.table import without_empty
from connector.domain.cursors import Cursor
from connector.domain.records.times import timestamp


class DynamoCursors(DynamoLeases):
    """The cursors, and the leases under which they move."""

    def cursor(self, stream: str) -> Cursor:
        item = self._rows.read(stream)
        return Cursor(
            stream,
            watermark=stored_moment(item.get("watermark")),
            page_token=item.get("page_token"),
            started=stored_moment(item.get("started")),
            newest=stored_moment(item.get("newest")),
            seen=int(item.get("seen", 0)),
            loading=tuple(item.get("loading", ())),
            to_review=tuple(item["to_review"]) if "to_review" in item else None,
            ended=stored_moment(item.get("ended")),
            facts_unknown=item.get("facts_unknown", {}),
            crowded_since=stored_moment(item.get("crowded_since")),
            crowd_is_known=item.get("crowd_is_known", False),
        )

    def save(self, cursor: Cursor) -> None:
        values = {
            "watermark": stored_text(cursor.watermark),
            "page_token": cursor.page_token,
            "started": stored_text(cursor.started),
            "newest": stored_text(cursor.newest),
            "seen": cursor.seen or None,
            "loading": list(cursor.loading) or None,
            "ended": stored_text(cursor.ended),
            "facts_unknown": dict(cursor.facts_unknown) or None,
            "crowded_since": stored_text(cursor.crowded_since),
            "crowd_is_known": cursor.crowd_is_known or None,
        }
        kept = without_empty(values)
        if cursor.to_review is not None:
            kept["to_review"] = list(cursor.to_review)
        self._rows.put(cursor.stream, kept)


def stored_text(moment: datetime | None) -> str | None:
    """A moment as it is stored."""
    return timestamp(moment) if moment else None


def stored_moment(text: str | None) -> datetime | None:
    """A moment from the table."""
    return datetime.fromisoformat(text) if text else None
