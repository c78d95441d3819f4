"""What runs have put on the queue, in the `WatermarksTable`: one row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.adapters.aws.watermarks.table import WatermarksTable

QUEUED = "queued"


class DynamoQueuedChanges:
    """For each worker a digest of why they were queued, and the minute."""

    def __init__(self, rows: WatermarksTable) -> None:
        self._rows = rows

    def load(self) -> dict[str, tuple[str, datetime]]:
        queued = self._rows.read(QUEUED).get("workers", {})
        return {
            worker: (str(digest), datetime.fromtimestamp(int(minute) * 60, UTC))
            for worker, (digest, minute) in queued.items()
        }

    def save(self, queued: Mapping[str, tuple[str, datetime]]) -> None:
        workers = {
            worker: [digest, int(at.timestamp()) // 60] for worker, (digest, at) in queued.items()
        }
        self._rows.put_of_any_size(QUEUED, {"workers": workers})
