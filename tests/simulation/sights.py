"""What Rippling has shown the connector of departments, locations and legal entities.

By this the second opinion knows what was seen, and when: a word of the mapping means what is seen
first. Nothing here knows what the connector makes of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.simulator.messages import Request, Response
from tests.support.mapping_rules import ENTITY

READERS = ("poller", "writer")
"""The functions that surely keep what they see."""

BY_REST, BY_PLATFORM = "/workers/", "/employees"
A_PAGE = "5"
"""So many people a reader asks for; whoever asks for another number only tries out a right."""


class Sights:
    """What the functions have been shown, under its kind, and whether all of it is known."""

    def __init__(self) -> None:
        self.is_in_doubt = False
        """Whether something was shown to a function of which nobody can say what it kept."""
        self._shown: dict[str, set[str]] = {}

    def note(self, function: str, request: Request, response: Response) -> None:
        """Takes in an answer that reached a function; what names nothing shows nothing."""
        is_page = request.query.get("limit", A_PAGE) == A_PAGE
        if not request.path.startswith((BY_REST, BY_PLATFORM)) or not is_page:
            return
        for kind, thing in _named(response.payload):
            if function in READERS:
                self._shown.setdefault(kind, set()).add(thing)
            else:
                self.is_in_doubt = True

    def taken(self) -> Mapping[str, set[str]]:
        """The ids of what was shown since this was asked last."""
        shown, self._shown = self._shown, {}
        return shown

    def doubt(self) -> None:
        """What was shown since the last time may have been kept, or lost."""
        self.is_in_doubt |= bool(self.taken())


def _named(payload: bytes) -> Iterator[tuple[str, str]]:
    """The kind and the id of everything that an answer names in the rows of people."""
    try:
        content = json.loads(payload)
    except ValueError:
        return
    found = content.get("results", [content]) if isinstance(content, dict) else content
    for row in found if isinstance(found, list) else ():
        if isinstance(row, dict):
            yield from _of_row(row)


def _of_row(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    department, entity, location = map(row.get, ("department", ENTITY, "location"))
    things = {
        "department": department.get("id") if isinstance(department, dict) else None,
        ENTITY: entity.get("id") if isinstance(entity, dict) else None,
        "location": location.get("work_location_id") if isinstance(location, dict) else None,
    }
    things["department"] = things["department"] or row.get("departmentId")
    things["location"] = things["location"] or row.get("workLocationId")
    yield from ((kind, str(thing)) for kind, thing in things.items() if thing)
