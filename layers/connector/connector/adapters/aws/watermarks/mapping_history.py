"""The mapping before the last import, in the `WatermarksTable`: one row."""

from __future__ import annotations

import base64
import zlib
from datetime import datetime
from typing import TYPE_CHECKING

from connector.domain.records.audit import timestamp

if TYPE_CHECKING:
    from connector.adapters.aws.watermarks.table import WatermarksTable

PREVIOUS_MAPPING = "mapping previous"
LONGEST_PLAIN_TEXT = 300_000
"""A row may have 400 KB; a longer text is stored packed, no longer readable in the console."""


class DynamoMappingHistory:
    """The text of a mapping file, and when it was replaced."""

    def __init__(self, rows: WatermarksTable) -> None:
        self._rows = rows

    def previous_mapping(self) -> tuple[str, datetime] | None:
        item = self._rows.read(PREVIOUS_MAPPING)
        if not item:
            return None
        text = item["text"] if "text" in item else unpacked(item["packed_text"])
        return text, datetime.fromisoformat(item["imported_at"])

    def save_previous_mapping(self, text: str, imported_at: datetime) -> None:
        is_long = len(text.encode()) > LONGEST_PLAIN_TEXT
        kept = {"packed_text": packed(text)} if is_long else {"text": text}
        self._rows.put(PREVIOUS_MAPPING, {**kept, "imported_at": timestamp(imported_at)})


def packed(text: str) -> str:
    """A text as short as it can be stored."""
    return base64.b64encode(zlib.compress(text.encode(), level=9)).decode("ascii")


def unpacked(packed_text: str) -> str:
    """The text that was packed."""
    return zlib.decompress(base64.b64decode(packed_text)).decode()
