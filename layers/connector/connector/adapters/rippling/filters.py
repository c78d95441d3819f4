"""How a list of Rippling is asked for some of its rows, in whichever way this tenant understands.

Nobody has published how an operator or field is answered that a list does not know: it may be
refused, ignored, or match nothing. So an answer is believed only where it shows that the question
was understood, and what works is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from connector.adapters.dialect import Dialect

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
WORKS, DOES_NOT = "works", "does not work"


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """The question for what changed at or after a moment."""

    dialect: Dialect

    def operators(self) -> list[str]:
        """The operators to try, the one that worked the last time first."""
        known = self.dialect.word(SINCE)
        return sorted(OPERATORS, key=lambda operator: operator != known)

    def is_answered(self, first: Page, cutoff: datetime) -> bool:
        """Whether a first page shows that the filter was understood.

        A cutoff mostly lies before the newest row that was read, so that an honest answer has a
        row. It has none where that row has been removed, which is looked into once for each cutoff,
        or where the cutoff lies after it, past a mass change. What cannot be read as a worker shows
        nothing: it may stand in every list.
        """
        if any(is_before(worker, cutoff - ROUNDING) for worker in first.workers):
            return False
        is_nothing_new = self.dialect.word(NOTHING_SINCE) == literal(cutoff)
        return bool(first.workers or is_nothing_new)

    def works(self, operator: str) -> None:
        """Remembers what was understood."""
        if operator != OPERATORS[0] or self.dialect.word(SINCE):
            self.dialect.learn(SINCE, operator)

    def nothing_since(self, cutoff: datetime) -> None:
        """Remembers that everyone was read and no one has changed."""
        self.dialect.learn(NOTHING_SINCE, literal(cutoff))


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


def shows_any_since(page: Page, moment: datetime) -> bool:
    """Whether a page has a worker who is not known to be older than a moment."""
    return not all(is_before(each, moment) for each in page.workers)


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
