"""Rippling as the services read it: workers page by page, and the lists they refer to.

Which API is behind it is not known here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the webhook loads this file, and must not load the mapping with it
    from connector.domain.checks import Check
    from connector.domain.facts import Named
    from connector.domain.people import Worker


@dataclass(frozen=True, slots=True)
class Page:
    """Some workers, and where to go on; `next_page_token` is None on the last page.

    `unreadable` counts rows that could not be told whose they are, and were skipped; `old` counts
    rows that came although only newer ones were asked for, and were skipped. `whole` is the mark of
    the page with these.
    """

    workers: Sequence[Worker]
    next_page_token: str | None = None
    unreadable: int = 0
    old: int = 0
    whole: str = ""

    def without_old(self, recent: Sequence[Worker]) -> Page:
        """The page with only these of its workers; the others are counted."""
        old = len(self.workers) - len(recent)
        return replace(self, workers=recent, old=old, whole=self.mark)

    @property
    def mark(self) -> str:
        """A digest of which workers the page shows, and when each was changed; empty without any.

        No list that comes to an end has one page twice, unless it is read again from the beginning.
        """
        if self.whole or not self.workers:
            return self.whole
        shown = "\n".join(f"{each.id} {each.updated_at}" for each in self.workers)
        return hashlib.blake2b(shown.encode(), digest_size=8).hexdigest()


class Source(Protocol):
    """Rippling, read only.

    * Reads may repeat rows; they never leave one out that existed before the read began.
    * Raises `RetryableError` when Rippling cannot answer, `ConfigurationError` when it will not.
    """

    @property
    def reads_increments(self) -> bool:
        """False where Rippling cannot say what changed: `changed_since` then is `everyone`."""

    def changed_since(self, cutoff: datetime, page_token: str | None = None) -> Iterator[Page]:
        """Pages of workers whose `updated_at` is at or after `cutoff`, oldest first.

        A filter may be ignored: rows before the cutoff may come, too.
        """

    def everyone(self, page_token: str | None = None) -> Iterator[Page]:
        """Pages of every worker in every status, by id; `page_token` resumes a read."""

    def person_of(self, worker_id: str) -> str | None:
        """The person behind a worker id, or None where Rippling shows no such worker."""

    def employments(
        self,
        worker_id: str,
        person_id: str,
        known: Iterable[str] = (),
        found: Iterable[str] = (),
    ) -> list[Worker]:
        """Every employment of one person, fresh, in one call. Empty: Rippling shows none.

        `worker_id` and `known`, worker ids of the person seen before, are among them unless they
        are really gone, whatever a search leaves out. `found` are further ones that may be there:
        nobody goes through them unless the search shows less than there is, or there is none.
        """

    def departments(self) -> list[Named]:
        """All departments."""

    def locations(self) -> list[Named]:
        """All work locations."""

    def checks(self, now: datetime, needs: Collection[str]) -> Iterator[Check]:
        """What this API lets the token do, check by check; the first one is the sign-in.

        `needs` are what the mapping asks for beyond the usual: `legal_entity`, `compensation`,
        `custom_fields`. Nothing that stands in the way is raised, and no one is named.
        """
