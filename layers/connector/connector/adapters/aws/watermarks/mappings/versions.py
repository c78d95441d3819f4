"""Up to which mapping everybody has been looked at, in the `WatermarksTable`: two rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.adapters.aws.watermarks.cursors import stored_moment, stored_text
from connector.domain.errors import ConflictError
from connector.domain.mapping.versions import HandledMapping
from connector.ports.state import AnnouncedMapping

if TYPE_CHECKING:
    from connector.adapters.aws.watermarks.table import WatermarksTable

HANDLED = "mapping handled"
ANNOUNCED = "mapping announced"

AS_SEEN = "attribute_not_exists(#digest) OR #digest = :seen"
ATTEMPTS = 5


class DynamoMappingVersions:
    """The digests of the mapping there is, and of the one handled last."""

    def __init__(self, rows: WatermarksTable) -> None:
        self._rows = rows

    def announced(self) -> AnnouncedMapping:
        item = self._rows.read(ANNOUNCED)
        return AnnouncedMapping(str(item.get("digest", "")), int(item.get("number", 0)))

    def announce(self, digest: str) -> int:
        """Put and not updated: that is all that the releaser may do.

        Raises:
            ConflictError: others announce mappings at this moment, one after the other.
        """
        for _ in range(ATTEMPTS):
            before = self.announced()
            if before.digest == digest:
                return before.number
            number = before.number + 1
            values = {"digest": digest, "number": number}
            if self._rows.put_if(AS_SEEN, {":seen": before.digest}, ANNOUNCED, values):
                return number
        raise ConflictError("others announced mappings at the same moment")

    def handled(self) -> HandledMapping:
        """An earlier version kept one text for each company, which says nothing now."""
        item = self._rows.read(HANDLED)
        return HandledMapping(
            item.get("digest", ""),
            {key: each for key, each in item.get("whole", {}).items() if isinstance(each, dict)},
            stored_moment(item.get("since")),
            bool(item.get("is_settled", False)),
        )

    def save_handled(self, handled: HandledMapping) -> None:
        values = {
            "digest": handled.digest,
            "whole": {company: dict(each) for company, each in handled.whole.items()},
            "since": stored_text(handled.since) or "",
            "is_settled": handled.is_settled,
        }
        self._rows.put_of_any_size(HANDLED, values)
