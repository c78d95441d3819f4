"""The mapping before the last import, in the `WatermarksTable`: one row."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from connector.domain.records.times import timestamp

if TYPE_CHECKING:
    from connector.adapters.aws.watermarks.table import WatermarksTable

PREVIOUS_MAPPING = "mapping previous"


class DynamoMappingHistory:
    """The text of a mapping file, and when it was replaced."""

    def __init__(self, rows: WatermarksTable) -> None:
        self._rows = rows

    def previous_mapping(self) -> tuple[str, datetime] | None:
        item = self._rows.read(PREVIOUS_MAPPING)
        if not item:
            return None
        return item["text"], datetime.fromisoformat(item["imported_at"])

    def save_previous_mapping(self, text: str, imported_at: datetime) -> None:
        values = {"text": text, "imported_at": timestamp(imported_at)}
        self._rows.put_of_any_size(PREVIOUS_MAPPING, values)
