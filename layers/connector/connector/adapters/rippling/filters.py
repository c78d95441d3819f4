"""How a list of Rippling is asked for some of its rows, in whichever way this tenant understands.

Nobody has published how an operator or field is answered that a list does not know: it may be
refused, ignored, or match nothing. So an answer is believed only where it shows that the question
was understood, and what works is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from connector.adapters.dialect import Dialect
from connector.adapters.rippling.responses import ID

if TYPE_CHECKING:
    from connector.domain.people import Worker
    from connector.ports.rippling import Page

OPERATORS = ("ge", "gte")
"""At or after a moment: the first is what other clients send, the second what is documented."""

ROUNDING = timedelta(seconds=60)
"""A row no older than this before a cutoff proves nothing against the filter."""

JUST_BEFORE = 2 * ROUNDING
"""So long before a cutoff there is a row, unless it was removed: no cutoff lies more than a second
after the newest row that was read."""

KEPT_ACROSS_PAGES = ("expand", "filter", "order_by", "limit")

SINCE, NOTHING_SINCE, BY_USER = "changed since", "nothing changed since", "filter by user_id"
WORKS, DOES_NOT, LEAVES_OUT = "works", "does not work", "leaves some out"

SEARCHES: Mapping[str | None, int] = {DOES_NOT: 0, LEAVES_OUT: 1}
"""How often a search is made, by what is known of it. Else a second one bears out the first: a page
may be one of a while ago, so that only what happens twice says something of the search."""


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """The question for what changed at or after a moment."""

    dialect: Dialect

    def operators(self) -> list[str]:
        """The operators to try, the one that worked the last time first."""
        known = self.dialect.word(SINCE)
        return sorted(OPERATORS, key=lambda operator: operator != known)

    def is_answered(self, first: Page, cutoff: datetime) -> bool:
        """Whether a first page shows that the filter was understood: it has rows, and none too old.

        A cutoff mostly lies before the newest row that was read, so that an honest answer has a
        row. It has none where that row has been removed, or where the cutoff lies after it, past a
        mass change. What cannot be read as a worker shows nothing: it may stand in every list.
        """
        is_old = any(is_before(worker, cutoff - ROUNDING) for worker in first.workers)
        return bool(first.workers) and not is_old

    def sure_before(self, cutoff: datetime) -> datetime:
        """A moment from which on an honest filter shows a row that is older than the cutoff.

        There is one just before it, or else where the newest was when everyone was read. That no
        row was found there proves nothing: a page may be one of a while ago, but what a filter
        shows is there.
        """
        known = self.dialect.word(NOTHING_SINCE)
        newest = datetime.fromisoformat(known).replace(tzinfo=UTC) if known else cutoff
        return min(cutoff - JUST_BEFORE, newest)

    def works(self, operator: str) -> None:
        """Remembers what was understood."""
        if operator != OPERATORS[0] or self.dialect.word(SINCE):
            self.dialect.learn(SINCE, operator)

    def nothing_since(self, newest: datetime) -> None:
        """Remembers the time of the newest row, as everyone was read and no one had changed."""
        self.dialect.learn(NOTHING_SINCE, literal(newest))


@dataclass(frozen=True, slots=True)
class PersonSearch:
    """The search for one person, and what makes up for what it does not show.

    It may leave out an employment that the list of everyone shows, for a moment or for good, and
    somebody who works would be taken for a leaver. So whoever is expected is asked for by id.
    `search` gives a person's employments by id, or None where others are shown or it is refused;
    `worker` reads one by its id.
    """

    dialect: Dialect
    person_id: str
    search: Callable[[str], dict[str, Worker] | None]
    worker: Callable[[str], Worker | None]

    def employments(self, expected: Iterable[str], found: Iterable[str]) -> list[Worker]:
        """What the search shows, and of `expected` and `found` whatever it leaves out.

        A search that shows all of the `expected` that are there is believed, and nobody goes
        through `found`. What is once known to leave some out is not believed, whatever it shows.
        """
        asked, read = dict.fromkeys(expected), cache(self._of_person)
        word = self.dialect.word(BY_USER)
        shown: dict[str, Worker] = {}
        searches = SEARCHES.get(word, 2) if ID.fullmatch(self.person_id) else 0
        for _ in range(searches):
            answer = self.search(self.person_id)
            shown |= answer or {}
            if answer is None or word == LEAVES_OUT:
                continue
            if not any(read(each) for each in asked if each not in answer):
                return list(answer.values())
        if searches > 1:
            self.dialect.learn(BY_USER, LEAVES_OUT if shown else DOES_NOT)
        by_id = {each: read(each) for each in (*asked, *found) if each not in shown}
        return [*shown.values(), *(each for each in by_id.values() if each)]

    def _of_person(self, worker_id: str) -> Worker | None:
        worker = self.worker(worker_id)
        return worker if worker and worker.person_id == self.person_id else None


def changed_filter(operator: str, cutoff: datetime) -> str:
    """The filter for rows of a moment or later."""
    return f"updated_at {operator} {literal(cutoff)}"


def changed_since(operator: str, cutoff: datetime) -> dict[str, str]:
    """The question for rows of a moment or later, oldest first."""
    return {"filter": changed_filter(operator, cutoff), "order_by": "updated_at"}


def user_filter(person_id: str) -> str:
    """The filter for the rows of one person."""
    return f"user_id eq '{person_id}'"


def literal(moment: datetime) -> str:
    """A moment as every known caller writes it: UTC without a zone, whole seconds, rounded down."""
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()


def is_before(worker: Worker, moment: datetime) -> bool:
    """Whether a row is known to be older than a moment."""
    return worker.updated_at is not None and worker.updated_at < moment


def only_recent(pages: Iterable[Page], cutoff: datetime) -> Iterator[Page]:
    """The pages of everyone without the rows from before the cutoff, which are counted."""
    return (without_old(page, cutoff) for page in pages)


def without_old(page: Page, cutoff: datetime) -> Page:
    """A page without its rows from before the cutoff, which are counted."""
    return page.without_old([each for each in page.workers if not is_before(each, cutoff)])


def newest_of(page: Page, before: datetime | None) -> datetime | None:
    """The time of the newest row of a page, and of those before it."""
    times = [worker.updated_at for worker in page.workers if worker.updated_at]
    return max([*times, before] if before else times, default=None)


def is_filtered(link: str) -> bool:
    """Whether a link goes on in a filtered list. A link that says nothing is taken for one."""
    asked = dict(parse_qsl(urlsplit(link).query))
    return "filter" in asked or not set(KEPT_ACROSS_PAGES) & set(asked)


def asked_by(link: str) -> dict[str, str]:
    """What a link says of the question it goes on with."""
    asked = dict(parse_qsl(urlsplit(link).query))
    return {name: asked[name] for name in KEPT_ACROSS_PAGES if name in asked}


def with_question(link: str, asked: Mapping[str, str]) -> str:
    """A link with what it lacks of the question it goes on with; its own values stay."""
    parts = urlsplit(link)
    has = dict(parse_qsl(parts.query, keep_blank_values=True))
    lacks = {name: asked[name] for name in KEPT_ACROSS_PAGES if asked.get(name) and name not in has}
    if not lacks:
        return link
    query = "&".join(filter(None, (parts.query, urlencode(lacks))))
    return urlunsplit(parts._replace(query=query))
