"""Up to which mapping everybody has been looked at, in the `WatermarksTable`: two rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.adapters.aws.watermarks.cursors import stored_moment, stored_text
from connector.domain.mapping.versions import HandledMapping
from connector.ports.state import AnnouncedMapping

if TYPE_CHECKING:
    from connector.adapters.aws.watermarks.table import WatermarksTable

HANDLED = "mapping handled"
ANNOUNCED = "mapping announced"


class DynamoMappingVersions:
    """The digests of the mapping there is, and of the one handled last."""

    def __init__(self, rows: WatermarksTable) -> None:
        self._rows = rows

    def announced(self) -> AnnouncedMapping:
        item = self._rows.read(ANNOUNCED)
        return AnnouncedMapping(str(item.get("digest", "")), int(item.get("number", 0)))

    def announce(self, digest: str) -> int:
        is_another = "attribute_not_exists(#digest) OR #digest <> :digest"
        given = {":digest": digest, ":one": 1}
        self._rows.update_if(is_another, given, ANNOUNCED, "SET #digest = :digest ADD #number :one")
        return self.announced().number

    def handled(self) -> HandledMapping:
        item = self._rows.read(HANDLED)
        return HandledMapping(
            item.get("digest", ""),
            item.get("whole", {}),
            stored_moment(item.get("since")),
            bool(item.get("is_settled", False)),
        )

    def save_handled(self, handled: HandledMapping) -> None:
        values = {
            "digest": handled.digest,
            "whole": dict(handled.whole),
            "since": stored_text(handled.since) or "",
            "is_settled": handled.is_settled,
        }
        self._rows.put(HANDLED, values)
