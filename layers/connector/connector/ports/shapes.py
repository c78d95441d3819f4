"""Who is shown the vendors' answers, and where it is kept what they do otherwise than published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from typing import Any

    from connector.domain.shapes.deviation import Deviation
    from connector.domain.shapes.sightings import Sighting


class AnswerWatch(Protocol):
    """Is shown every answer of one tenant; it never raises, whatever the answer is."""

    def answered(self, method: str, path: str, status: int, headers: Iterable[str]) -> None:
        """Looks at the head of an answer; only the names of its headers are given."""

    def content(self, method: str, path: str, status: int, content: Any) -> None:
        """Looks at the parsed body of an answer."""


class ShapeMemory(Protocol):
    """The deviations of each tenant, as `rippling` or `visma norway`, shared by all functions."""

    def seen(self, tenant: str) -> list[Sighting]:
        """What a tenant's answers were seen to do otherwise within the last month, in order."""

    def note(self, tenant: str, deviations: Collection[Deviation]) -> Collection[Deviation]:
        """Remembers that these are seen now; the ones that are news."""
