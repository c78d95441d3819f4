"""The mapping for whoever asks often: loaded again only once it is another one.

Every edit is announced by its digest before anyone is queued because of it, so one small read tells
whether the mapping at hand is still the one. Whatever the size of the mapping, that read is small,
and a busy writer makes it every other second. A decision that an edit crosses in that time is made
up for like any other that crossed one, see `services/find/catch_up`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.rows import digest_of
from connector.ports.clock import Clock
from connector.ports.state import Mappings, MappingVersions

BELIEVED_SECONDS = 2.0
"""So long it is not asked again which mapping there is, unless an edit is what it is about."""

DIGITS = 12
"""So many of a digest stand for a mapping that has no number."""


class CurrentMapping:
    """Keeps the mapping that it has loaded, for one warm process.

    `goes_by` hears which one it is each time that it is asked for.
    """

    def __init__(
        self,
        mappings: Mappings,
        versions: MappingVersions,
        clock: Clock,
        believed_seconds: float = BELIEVED_SECONDS,
        goes_by: Callable[[MappingFile], None] = lambda _: None,
    ) -> None:
        self._mappings = mappings
        self._goes_by = goes_by
        self._versions = versions
        self._clock = clock
        self._believed = timedelta(seconds=believed_seconds)
        self._known: MappingFile | None = None
        self._digest = ""
        self._number: int | None = None
        self._asked_at: datetime | None = None

    def load(self, *, is_about_an_edit: bool = False) -> MappingFile:
        """The mapping as it holds today; as it was announced last, at most a few seconds ago.

        Raises:
            ConfigurationError: there is none, or its rows do not make sense; with every problem.
            RetryableError: an import is under way.
        """
        known = self._known
        # With a new day other rows may hold: whoever is asked for what they need hears of it, too.
        is_of_today = known is not None and known.in_force(self._clock.now()) is known
        if known and is_of_today and self._is_current(is_about_an_edit=is_about_an_edit):
            self._goes_by(known)  # whoever reads Rippling may have gone by another one meanwhile
            return known
        self._known = self._mappings.load().in_force(self._clock.now())
        self._digest, self._asked_at = digest_of(self._known.written), None
        self._number = None
        return self._known

    def version(self) -> str:
        """The number of the mapping loaded last.

        Where it was not announced yet it has none: then the first digits of its digest.
        """
        if self._number is None:
            announced = self._versions.announced()
            self._number = announced.number if announced.digest == self._digest else 0
        return str(self._number) if self._number else self._digest[:DIGITS]

    def _is_current(self, *, is_about_an_edit: bool) -> bool:
        now = self._clock.now()
        is_believed = self._asked_at is not None and now - self._asked_at < self._believed
        if is_believed and not is_about_an_edit:
            return True
        announced = self._versions.announced()
        if self._digest != announced.digest:
            return False
        self._number = announced.number
        self._asked_at = now
        return True
