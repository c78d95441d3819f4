"""What is kept between runs: the mapping, the budgets, and flags such as a polling pause.

The ledger, the cursors, the reference cache and the guard log have files of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:  # the webhook loads this file, and must not load the mapping with it
    from collections.abc import Callable

    from connector.domain.budgets import Budget
    from connector.domain.mapping.model import MappingFile
    from connector.domain.mapping.versions import HandledMapping
    from connector.domain.records.agreement import Agreement
    from connector.domain.records.mode import Mode


class Budgets(Protocol):
    """What all functions together know of each budget, in the `WatermarksTable`.

    A budget is named by its vendor and company. Every failure is a `ConnectorError`.
    """

    def known(self, name: str) -> Budget:
        """What still counts of what has been told; an empty budget where nothing does."""

    def share(self, name: str, budget: Budget) -> None:
        """Adds a view to what is known; an older one never takes the place of a newer."""


def nothing() -> None:
    """What is to be done first where there is nothing."""


class Mappings(Protocol):
    """The `MappingsTable`. No reader ever sees half of an import."""

    def load(self) -> MappingFile:
        """The mapping as it is now.

        Raises:
            ConfigurationError: there is none, or its rows do not make sense; with every problem.
            RetryableError: an import is under way.
        """

    def rows(self) -> list[dict[str, Any]]:
        """The rows as they are stored."""

    def replace(
        self,
        mapping: MappingFile,
        seen: str | None = None,
        first: Callable[[], None] = nothing,
    ) -> tuple[int, int]:
        """Makes the table hold exactly this mapping; how many rows were written and removed.

        One at a time, from before the rows are read until the last is written. `seen` is the digest
        of the rows by which it was decided; what has to be kept of these is kept by `first`, once
        nobody else can replace them and before any is replaced.

        Raises:
            RetryableError: another import is under way; nothing was written.
            ConflictError: the rows are others than were seen; nothing was written.
        """


@dataclass(frozen=True, slots=True)
class AnnouncedMapping:
    """The mapping announced last: its digest, and how many there have been with it."""

    digest: str = ""
    number: int = 0


class MappingVersions(Protocol):
    """Which mapping there is, by its digest, and up to which everybody has been looked at."""

    def announced(self) -> AnnouncedMapping:
        """What was announced last; empty where nothing was."""

    def announce(self, digest: str) -> int:
        """Makes a digest known, before anyone is queued because of that mapping; its number.

        One that is known already keeps its number.
        """

    def handled(self) -> HandledMapping:
        """The mapping handled last; an empty one where none was."""

    def save_handled(self, handled: HandledMapping) -> None:
        """Remembers that a mapping has been handled."""


@dataclass(frozen=True, slots=True)
class PreviousMapping:
    """The mapping before this one, as a file, and when the import was that replaced it.

    While a rollback to it is under way, `replaced` is the mapping that it replaces.
    """

    text: str
    imported_at: datetime
    replaced: str = ""


class MappingHistory(Protocol):
    """The one mapping before this one, for a rollback."""

    def previous_mapping(self) -> PreviousMapping | None:
        """The mapping before the last import or rollback; None before the first."""

    def save_previous_mapping(self, previous: PreviousMapping) -> None:
        """Keeps it in place of the one kept before."""


@dataclass(frozen=True, slots=True)
class PollingPause:
    """Since when nothing is polled any more, and why."""

    at: datetime
    reason: str


class Modes(Protocol):
    """What the connector does by itself: nothing, a rehearsal, or all of it."""

    def current(self) -> Mode:
        """The mode there is; off where none was ever said."""

    def save(self, mode: Mode) -> None:
        """Makes it this one."""


class Agreements(Protocol):
    """What the daily reconciliation of each company has found, for as long as a month is told."""

    def of(self, company: str) -> tuple[Agreement, ...]:
        """The results of a company, the oldest first; the last one is of the last full sweep."""

    def save(self, agreement: Agreement) -> None:
        """Adds a result; only the poller does, one at a time."""


class PollingPauses(Protocol):
    """Whether polling was paused from outside; it stays so until an operator resumes it."""

    def pause(self, reason: str) -> None:
        """Stops polling."""

    def current(self) -> PollingPause | None:
        """The pause there is, if any."""

    def end(self) -> PollingPause | None:
        """Ends the pause there is; it, or None where there was none."""


class Notifications(Protocol):
    """The ids of accepted notifications, for as long as they might come again."""

    def take(self, notification_id: str, until: datetime) -> bool:
        """True for the first caller, False for every later one, until then."""

    def give_back(self, notification_id: str) -> None:
        """Lets it be taken again: nothing came of it."""


class InstallStates(Protocol):
    """The states of installations that were started here: each is good for one, for a while."""

    def remember(self, state: str, until: datetime) -> None:
        """Makes a state valid until then."""

    def is_open(self, state: str) -> bool:
        """Whether a state is valid; it stays so."""

    def use_up(self, state: str) -> bool:
        """Whether a state was valid; from now on it is not, and only one caller gets True."""
