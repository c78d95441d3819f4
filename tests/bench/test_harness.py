"""The bench itself: its servers count, its judge finds what was planted, its tables come out.

No time is asserted anywhere, and no peer is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from tests.bench import reading
from tests.bench.company import staffed_rippling
from tests.bench.figures import Figures
from tests.bench.judge import Verdict, judge_reading
from tests.bench.running import FailedError, Measurement, Subject, middle, run
from tests.bench.served import EXPAND, FastRippling
from tests.bench.table import increments_table, markers, put, reading_table
from tests.simulator.rippling import DEMO_TOKEN

PEOPLE = 150


@pytest.fixture
def served() -> Iterator[FastRippling]:
    with FastRippling(staffed_rippling(PEOPLE)) as server:
        yield server


def ask(server: FastRippling, **query: str) -> list[str]:
    """The ids of all pages of an answer."""
    found: list[str] = []
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {DEMO_TOKEN}"
        asked = {"limit": "100", "expand": EXPAND, **query}
        content = session.get(f"{server.url}/workers/", params=asked, timeout=5).json()
        found += [row["id"] for row in content["results"]]
        while content["next_link"]:
            content = session.get(content["next_link"], timeout=5).json()
            found += [row["id"] for row in content["results"]]
    return found


def test_the_server_shows_everyone_once_with_everything_expanded_and_counts_its_calls(
    served: FastRippling,
) -> None:
    found = ask(served, order_by="id")

    assert len(found) == len(set(found)) == PEOPLE
    assert served.take_count() == 2
    assert served.take_count() == 0


def test_the_server_filters_by_the_time_of_the_change(served: FastRippling) -> None:
    newest = served.workers.newest
    assert len(ask(served, order_by="updated_at", filter=f"updated_at ge {newest:%FT%T}")) == 10
    later = newest + timedelta(seconds=1)
    assert ask(served, order_by="updated_at", filter=f"updated_at ge {later:%FT%T}") == []


def test_late_and_tied_rows_are_at_and_behind_the_newest_change() -> None:
    with reading.Served(PEOPLE) as company:
        served, before = company.workers, ask(company.workers, order_by="updated_at")
        newest = served.workers.newest
        chosen = company.change_for("late")

        since = ask(served, order_by="updated_at", filter=f"updated_at ge {newest:%FT%T}")
        assert served.workers.newest == newest
        assert len(chosen) == reading.LATE + reading.TIED
        assert len(chosen & set(since)) == reading.TIED
        company.restore()
        assert ask(served, order_by="updated_at") == before


def test_whoever_was_not_found_is_lost_and_whoever_was_found_in_vain_is_a_repeat() -> None:
    assert judge_reading({"a", "b", "c"}, ["a", "b", "b", "x"]) == Verdict(lost=1, repeats=2)
    assert judge_reading({"a"}, ["a"]) == Verdict()


def test_our_own_poll_misses_no_one_in_any_stage(tmp_path: Path) -> None:
    figures = Figures(reading.POLL)

    with reading.Served(PEOPLE) as company:
        reading.play(reading.POLL, company, tmp_path, figures)

    assert figures.verdicts["full"] == figures.verdicts["sweep"] == Verdict()
    assert {stage: each.harm for stage, each in figures.verdicts.items()} == dict.fromkeys(
        ("full", "sweep", "nothing", "changed", "late"), 0
    )
    assert all(one.calls > 0 and one.wall > 0 for runs in figures.runs.values() for one in runs)


def test_a_driver_that_fails_is_told_and_not_measured(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="nowhere"):
        run(Subject("nowhere", "floor"), {"url": "http://127.0.0.1:9", "token": "t"}, tmp_path)


def test_the_median_of_each_figure_counts() -> None:
    runs = [Measurement(1, 3, 1, 10, 5), Measurement(2, 1, 9, 30, 5), Measurement(3, 2, 2, 20, 7)]

    assert middle(runs) == Measurement(2, 2, 2, 20, 5)


def test_the_tables_show_every_figure_and_the_ratio_to_the_floor() -> None:
    floor, other = Figures(Subject("the floor", "")), Figures(Subject("another", ""))
    floor.add("full", Measurement(0.1, 2.0, 1.0, 30, 100), Verdict())
    for stage, calls in (("full", 100), ("nothing", 1), ("changed", 2), ("late", 3)):
        other.add(stage, Measurement(0.2, 5.0, 4.0, 50, calls), Verdict(lost=calls, repeats=9))

    assert reading_table([floor, other], "the floor").splitlines()[2:] == [
        "| the floor | 100 | 2.00 | 1.0 | 1.00 | 0.10 | 30 |",
        "| another | 100 | 5.00 | 2.5 | 4.00 | 0.20 | 50 |",
    ]
    assert increments_table([floor, other]).splitlines()[2:] == [
        "| another | 1 | 5.00 | 9 | 2 | 5.00 | 9 | 2 | 3 | 5.00 | 9 | 3 |"
    ]


def test_a_part_of_the_page_is_replaced_and_the_text_around_it_stays(tmp_path: Path) -> None:
    begin, end = markers("reading")
    page = tmp_path / "page.md"
    page.write_text(f"before\n\n{begin}\nold\n{end}\n\nafter\n", "utf-8")

    put("reading", "new", page)
    put("reading", "newer", page)

    assert page.read_text("utf-8") == f"before\n\n{begin}\nnewer\n{end}\n\nafter\n"
    with pytest.raises(ValueError, match="writing"):
        put("writing", "new", page)
