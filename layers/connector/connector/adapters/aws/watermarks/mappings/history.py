"""The mapping before the last import, in the `WatermarksTable`: one row."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from connector.domain.records.times import timestamp
from connector.ports.state import PreviousMapping

if TYPE_CHECKING:
    from connector.adapters.aws.watermarks.table import WatermarksTable

PREVIOUS_MAPPING = "mapping previous"


class DynamoMappingHistory:
    """The text of a mapping file, and when it was replaced."""

    def __init__(self, rows: WatermarksTable) -> None:
        self._rows = rows

    def previous_mapping(self) -> PreviousMapping | None:
        item = self._rows.read(PREVIOUS_MAPPING)
        if not item:
            return None
        at = datetime.fromisoformat(item["imported_at"])
        return PreviousMapping(item["text"], at, item.get("replaced", ""))

    def save_previous_mapping(self, previous: PreviousMapping) -> None:
        values = {"text": previous.text, "imported_at": timestamp(previous.imported_at)}
        if previous.replaced:
            values["replaced"] = previous.replaced
        self._rows.put_of_any_size(PREVIOUS_MAPPING, values)
