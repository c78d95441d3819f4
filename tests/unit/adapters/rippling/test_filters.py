"""When an empty answer of Rippling's REST API is believed, and what it costs to look into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connector.adapters.dialect import Dialect
from connector.adapters.http.client import HttpClient
from connector.adapters.rippling.filters import NOTHING_SINCE, literal
from connector.adapters.rippling.rest import RipplingRestSource
from connector.ports.rippling import Page
from tests.simulator import Rippling, nordfab_rippling

CUTOFF = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
"""After everything that has happened at Nordfab, as if the newest row had been removed."""

A_PAGE = 10
QUESTIONS = 2 * 2
"""By each operator what is new, and what was there before."""


@pytest.fixture
def nordfab() -> Iterator[Rippling]:
    with nordfab_rippling(people=25) as rippling:
        yield rippling


def _source(rippling: Rippling, dialect: Dialect | None = None) -> RipplingRestSource:
    http = HttpClient(
        "Rippling",
        rippling.url,
        authorization=lambda _: "Bearer demo-rippling-token",
        sleep=lambda _: None,
    )
    return RipplingRestSource(http, location_names=lambda *_: {}, page_size=A_PAGE, dialect=dialect)


def _ids(pages: Iterable[Page]) -> list[str]:
    return [worker.id for page in pages for worker in page.workers]


def _calls(rippling: Rippling) -> int:
    calls = len(rippling.calls("GET", "/workers/"))
    rippling.clear_journal()
    return calls


def _newest(rippling: Rippling) -> datetime:
    return max(datetime.fromisoformat(each["updated_at"]) for each in rippling.workers())


def test_pages_of_a_while_ago_make_no_filter_honest_that_shows_nothing(nordfab: Rippling) -> None:
    nordfab.understands.dead.add("updated_at")
    source = _source(nordfab)
    newer = nordfab.hire(at=CUTOFF)
    nordfab.faults.stale_page(path="/workers/", times=20)
    list(source.changed_since(CUTOFF))
    nordfab.faults.clear()

    found = [_ids(source.changed_since(CUTOFF)) for _ in range(2)]

    assert found == [[newer["id"]]] * 2


def test_a_filter_that_once_was_honest_is_not_believed_when_it_shows_nothing_any_more(
    nordfab: Rippling,
) -> None:
    source = _source(nordfab)
    assert [_ids(source.changed_since(CUTOFF)) for _ in range(2)] == [[], []]
    newer = nordfab.hire(at=CUTOFF)

    nordfab.understands.dead.add("updated_at")

    assert _ids(source.changed_since(CUTOFF)) == [newer["id"]]


def test_where_the_newest_row_was_removed_everyone_is_read_once_and_then_one_row_is_the_proof(
    nordfab: Rippling,
) -> None:
    source, everyone = _source(nordfab), -(-len(nordfab.workers()) // A_PAGE)

    costs = [(_ids(source.changed_since(CUTOFF)), _calls(nordfab)) for _ in range(3)]

    assert costs == [([], QUESTIONS + everyone), ([], 2), ([], 2)]


def test_where_the_proof_was_removed_as_well_everyone_is_read_again(nordfab: Rippling) -> None:
    dialect = Dialect("rippling")
    source = _source(nordfab, dialect)
    list(source.changed_since(CUTOFF))
    before = _newest(nordfab)
    newest = [each for each in nordfab.workers() if each["updated_at"] >= before.isoformat()[:19]]
    for each in newest:
        nordfab.remove(each["id"])
    _calls(nordfab)

    costs = [(_ids(source.changed_since(CUTOFF)), _calls(nordfab) > 2) for _ in range(2)]

    assert costs == [([], True), ([], False)]
    assert dialect.word(NOTHING_SINCE) == literal(_newest(nordfab))


def test_what_an_earlier_version_remembered_proves_nothing_by_itself(nordfab: Rippling) -> None:
    """It kept the moment of the question, and believed any empty answer to it."""
    dialect = Dialect("rippling")
    dialect.learn(NOTHING_SINCE, literal(CUTOFF))
    nordfab.understands.dead.add("updated_at")
    newer = nordfab.hire(at=CUTOFF + timedelta(seconds=5))

    assert _ids(_source(nordfab, dialect).changed_since(CUTOFF)) == [newer["id"]]
