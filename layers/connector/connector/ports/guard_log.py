"""What the guards have found and counted, for the writer to obey, and what was set for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection

    from connector.domain.guards import ChangeKind, Run
    from connector.domain.mapping.model import Guards


class GuardLog(Protocol):
    """The breaches of each run, and who was changed within the last day, by company and kind.

    People are counted once, however often a change of theirs is tried.
    """

    def run(self, run: str) -> Run:
        """What a run was not allowed to do; nothing where it is not known."""

    def save_run(self, run: Run) -> None:
        """Remembers what a run was not allowed to do."""

    def counted(self, company: str, kind: ChangeKind) -> Collection[str]:
        """The people counted within the last day."""

    def count(self, company: str, kind: ChangeKind, person_id: str, limit: int) -> bool:
        """Counts a person among those of the last day, unless `limit` others were counted.

        At once and for all writers: of two, only one gets the last place.
        """

    def allow_all(self, company: str, kind: ChangeKind) -> None:
        """Counts no one of a company and kind for a day: its first load was allowed."""

    def last_known(self, company: str) -> Guards | None:
        """What was set for a company when it was in the mapping last; None where no one saw it."""

    def keep(self, company: str, guards: Guards) -> None:
        """Remembers what is set for a company, for when it leaves the mapping."""
