"""When an empty answer of Rippling's REST API is believed, and what it costs to look into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connector.adapters.dialect import Dialect
from connector.adapters.http.client import HttpClient
from connector.adapters.rippling.filters import BY_USER, LEAVES_OUT, NOTHING_SINCE, literal
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


def test_one_page_of_a_while_ago_does_not_end_the_search_for_people(nordfab: Rippling) -> None:
    """Asked one by one, an employment that began since would not be among them."""
    dialect = Dialect("rippling")
    source = _source(nordfab, dialect)
    first = nordfab.numbered(1001)
    nordfab.terminate(first["id"], "2026-11-20")
    again = nordfab.rehire(first["user_id"], "2026-11-21")
    stranger = nordfab.numbered(1020)
    nordfab.faults.stale_page(path="/workers/", times=1)
    source.employments(stranger["id"], stranger["user_id"])
    nordfab.faults.stale_page(path="/workers/", times=1)

    found = source.employments(first["id"], first["user_id"], [first["id"]])

    assert {each.id for each in found} == {first["id"], again["id"]}
    assert dialect.word(BY_USER) is None


def test_a_search_that_shows_others_time_and_again_is_not_made_again(nordfab: Rippling) -> None:
    nordfab.understands.ignored.add("user_id")
    source, person = _source(nordfab), nordfab.numbered(1001)

    costs = []
    for _ in range(2):
        found = source.employments(person["id"], person["user_id"])
        costs.append(([each.id for each in found], len(nordfab.journal)))
        nordfab.clear_journal()

    assert costs == [([person["id"]], 2 + 1), ([person["id"]], 1)]


def test_a_search_that_leaves_one_out_is_made_up_for_and_believed_no_more(
    nordfab: Rippling, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialect = Dialect("rippling")
    source, first = _source(nordfab, dialect), nordfab.numbered(1001)
    second, third = (nordfab.rehire(first["user_id"], f"2026-11-2{day}") for day in (1, 2))
    honest = source._filtered_by
    hides = {second["id"], third["id"]}
    monkeypatch.setattr(
        source,
        "_filtered_by",
        lambda person: {
            id_: one for id_, one in (honest(person) or {}).items() if id_ not in hides
        },
    )

    costs = []
    for known in ([second["id"], "0" * 24], []):
        nordfab.clear_journal()
        found = source.employments(first["id"], first["user_id"], known, [third["id"]])
        costs.append(({each.id for each in found}, len(nordfab.journal)))

    assert costs[0][0] == {first["id"], second["id"], third["id"]}
    assert costs[1] == ({first["id"], third["id"]}, 1 + 1)
    assert dialect.word(BY_USER) == LEAVES_OUT


def test_what_is_gone_says_nothing_against_the_search(nordfab: Rippling) -> None:
    dialect = Dialect("rippling")
    source, person = _source(nordfab, dialect), nordfab.numbered(1001)
    stranger = nordfab.numbered(1002)

    further = iter(["1" * 24])
    known = ["0" * 24, stranger["id"]]
    (found,) = source.employments(person["id"], person["user_id"], known, further)

    assert (found.id, dialect.word(BY_USER)) == (person["id"], None)
    assert list(further), "nobody is asked for beyond what is known"
