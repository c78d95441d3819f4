"""The mode in the `WatermarksTable`: one row, that a person can read and an operator changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.adapters.aws.watermarks.cursors import stored_moment, stored_text
from connector.domain.records.mode import Mode, ModeName

if TYPE_CHECKING:
    from connector.adapters.aws.watermarks.table import WatermarksTable

MODE = "mode"


class DynamoModes:
    """The row of the mode."""

    def __init__(self, rows: WatermarksTable) -> None:
        self._rows = rows

    def current(self) -> Mode:
        item = self._rows.read(MODE)
        known = {name.value for name in ModeName}
        if item.get("name") not in known:
            return Mode()  # never said, or nothing that can be read: nothing is done
        return Mode(
            ModeName(item["name"]), stored_moment(item.get("since")), item.get("reason", "")
        )

    def save(self, mode: Mode) -> None:
        values = {
            "name": mode.name.value,
            "since": stored_text(mode.since) or "",
            "reason": mode.reason,
        }
        self._rows.put(MODE, values)
