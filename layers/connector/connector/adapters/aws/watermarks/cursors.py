"""How far each stream has been read, in the `WatermarksTable`: one row for each stream."""

from __future__ import annotations

from datetime import datetime

from connector.adapters.aws.watermarks.leases import DynamoLeases
from connector.adapters.aws.watermarks.table import without_empty
from connector.domain.audit import timestamp
from connector.domain.cursors import Cursor


class DynamoCursors(DynamoLeases):
    """The cursors, and the leases under which they move."""

    def cursor(self, stream: str) -> Cursor:
        item = self._rows.read(stream)
        return Cursor(
            stream,
            watermark=_moment(item.get("watermark")),
            page_token=item.get("page_token"),
            started=_moment(item.get("started")),
            newest=_moment(item.get("newest")),
            seen=int(item.get("seen", 0)),
            loading=tuple(item.get("loading", ())),
            ended=_moment(item.get("ended")),
        )

    def save(self, cursor: Cursor) -> None:
        values = {
            "watermark": _text(cursor.watermark),
            "page_token": cursor.page_token,
            "started": _text(cursor.started),
            "newest": _text(cursor.newest),
            "seen": cursor.seen or None,
            "loading": list(cursor.loading) or None,
            "ended": _text(cursor.ended),
        }
        self._rows.put(cursor.stream, without_empty(values))


def _text(moment: datetime | None) -> str | None:
    return timestamp(moment) if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
