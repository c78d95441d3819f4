"""How far each stream has been read, in the `WatermarksTable`: one row for each stream.

Whom a sweep under way has read is in rows beside it, as many as it takes.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime
from struct import iter_unpack, pack
from typing import TYPE_CHECKING
from uuid import uuid4

from connector.adapters.aws.watermarks.leases import DynamoLeases
from connector.adapters.aws.watermarks.table import MOST_BYTES, without_empty
from connector.domain.cursors import Cursor, Sightings
from connector.domain.records.times import timestamp

if TYPE_CHECKING:
    from connector.adapters.aws.dynamodb import Item
    from connector.adapters.aws.watermarks.table import WatermarksTable
    from connector.ports.clock import Clock


class DynamoCursors(DynamoLeases):
    """The cursors, and the leases under which they move."""

    def __init__(self, rows: WatermarksTable, clock: Clock) -> None:
        super().__init__(rows, clock)
        self._parts: dict[str, int] = {}

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
            shown=item.get("shown"),
            crowded_since=stored_moment(item.get("crowded_since")),
            crowd_is_known=item.get("crowd_is_known", False),
            sightings=self._sightings(stream, item),
            marks=tuple(item.get("marks", ())),
            circled=int(item.get("circled", 0)),
            asked=tuple(item.get("asked", ())),
            asked_before=tuple(item.get("asked_before", ())),
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
            "marks": list(cursor.marks) or None,
            "circled": cursor.circled or None,
            "asked": list(cursor.asked) or None,
            "asked_before": list(cursor.asked_before) or None,
        }
        kept = without_empty(values)
        if cursor.to_review is not None:
            kept["to_review"] = list(cursor.to_review)
        if cursor.shown is not None:
            kept["shown"] = dict(cursor.shown)
        # The parts first: a row that names parts which are not there yet remembers nobody.
        kept |= self._with_sightings(cursor)
        self._rows.put(cursor.stream, kept)

    def _sightings(self, stream: str, item: Item) -> Sightings | None:
        """Whom the sweep has read; None where a part is not the one that was written with it."""
        self._parts[stream] = int(item.get("seen_parts", 0))
        parts = [self._rows.read(part_of(stream, each)) for each in range(self._parts[stream])]
        if not parts or any(each.get("seen_as") != item.get("seen_as") for each in parts):
            return None
        return sightings_from("".join(each["seen"] for each in parts))

    def _with_sightings(self, cursor: Cursor) -> Item:
        """What the cursor's row says of the rows that now hold whom the sweep has read."""
        stream, name = cursor.stream, uuid4().hex
        text = stored_sightings(cursor.sightings) if cursor.sightings else ""
        parts = [text[at : at + MOST_BYTES] for at in range(0, len(text), MOST_BYTES)]
        for place, part in enumerate(parts):
            self._rows.put(part_of(stream, place), {"seen": part, "seen_as": name})
        for place in range(len(parts), self._parts.get(stream, 0)):
            self._rows.put(part_of(stream, place), {})  # nobody is kept longer than needed
        self._parts[stream] = len(parts)
        return {"seen_parts": len(parts), "seen_as": name} if parts else {}


def part_of(stream: str, place: int) -> str:
    """The name of a row with a part of whom a sweep has read."""
    return f"{stream} seen {place + 1}"


def stored_sightings(sightings: Sightings) -> str:
    """Whom a sweep has read, as a text of one byte a character."""
    people = sorted(sightings.people)
    values = {
        "people": base64.b64encode(pack(f">{len(people)}Q", *people)).decode("ascii"),
        "partly": sorted(sightings.partly),
        "missing": list(sightings.missing),
    }
    return json.dumps(values)


def sightings_from(text: str) -> Sightings:
    """Whom a sweep has read, from the text that `stored_sightings` made."""
    values = json.loads(text)
    people = iter_unpack(">Q", base64.b64decode(values["people"]))
    return Sightings(
        frozenset(each for (each,) in people),
        frozenset(values["partly"]),
        tuple(values["missing"]),
    )


def stored_text(moment: datetime | None) -> str | None:
    """A moment as it is stored."""
    return timestamp(moment) if moment else None


def stored_moment(text: str | None) -> datetime | None:
    """A moment from the table."""
    return datetime.fromisoformat(text) if text else None
