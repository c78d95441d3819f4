"""The mode of a running connector: off, a rehearsal, or live. An operator changes it, no deploy.

Only what a mode means; the functions that ask for it are the poller, the writer, the releaser and
the operations. The webhook loads nothing of this: what it queues comes to nothing while it is off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ModeName(StrEnum):
    """What the connector does by itself."""

    OFF = "off"
    REHEARSAL = "rehearsal"
    LIVE = "live"


STREAMS = {ModeName.REHEARSAL: "workers (rehearsal)", ModeName.LIVE: "workers"}
"""The stream that is read in a mode: a rehearsal does not touch that of the live connector."""


@dataclass(frozen=True, slots=True)
class Mode:
    """The mode, since when, and why; a new deployment is off."""

    name: ModeName = ModeName.OFF
    since: datetime | None = None
    reason: str = ""

    @property
    def is_off(self) -> bool:
        """Whether nothing is read and nothing is written."""
        return self.name is ModeName.OFF

    @property
    def message(self) -> str:
        """The mode for an operator, with the verb that leaves it."""
        since = f" since {self.since.isoformat(timespec='seconds')}" if self.since else ""
        why = f": {self.reason}" if self.reason else ""
        return f"{_MESSAGES[self.name]}{since}{why}"


_MESSAGES = {
    ModeName.OFF: (
        "the connector is off, nothing is read and nothing is written; `connector rehearse` plans"
        " without writing, `connector go-live` writes; off"
    ),
    ModeName.REHEARSAL: (
        "this is a rehearsal, everything is planned and audited and nothing is written to Visma;"
        " `connector go-live` writes; a rehearsal"
    ),
    ModeName.LIVE: "live",
}
