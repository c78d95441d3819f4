"""The bench itself: its servers count, its judge finds what was planted, its tables come out.

No time is asserted anywhere, and no peer is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.bench import __main__ as command
from tests.bench import reading, writing
from tests.bench.__main__ import PARTS, main
from tests.bench.company import staffed_rippling, staffed_visma, task_of
from tests.bench.figures import Figures
from tests.bench.judge import Verdict, Wanted, judge_reading, judge_writing
from tests.bench.running import FailedError, Measurement, Subject, middle, run
from tests.bench.served import EXPAND, FastRippling
from tests.bench.table import (
    PAGE,
    harm_table,
    increments_table,
    markers,
    put,
    reading_table,
    speed_table,
)
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


def employee(code: str, email: str, **other: Any) -> dict[str, Any]:
    """A row of Visma, who is right but for what is said otherwise."""
    row = {"employeeNumber": code, "contact": {"email": email}, "department": "FIN"}
    return {**row, "employeeId": int(code), "status": "Active", **other}


WANTED = [Wanted("a@example.no", "1", "FIN"), Wanted("b@example.no", "2", "FIN")]
RIGHT = [employee("1", "a@example.no"), employee("2", "b@example.no")]
STRANGER = employee("7", "z@example.no")


def verdict(rows: list[dict[str, Any]], told: list[str] | None = None) -> Verdict:
    """What the judge says of these rows, in a Visma where a stranger was before."""
    return judge_writing(WANTED, rows, {7: STRANGER}, told or [])


def test_nobody_is_lost_or_doubled_where_everyone_is_there_once() -> None:
    assert verdict([*RIGHT, STRANGER]) == Verdict()


def test_a_planted_duplicate_is_found() -> None:
    twin = employee("90000", "a@example.no")
    assert verdict([*RIGHT, STRANGER, twin]) == Verdict(doubled=1)


@pytest.mark.parametrize(
    "second",
    [
        [],
        [employee("2", "b@example.no", department="SALES")],
        [employee("2", "b@example.no", status="Inactive")],
        [employee("3", "b@example.no")],
    ],
    ids=["not there", "in another department", "not active", "under another code"],
)
def test_whoever_is_not_there_as_they_should_be_is_lost_and_untold_unless_reported(
    second: list[dict[str, Any]],
) -> None:
    rows = [RIGHT[0], STRANGER, *second]
    assert verdict(rows) == Verdict(lost=1, untold=1)
    assert verdict(rows, told=["2"]) == Verdict(lost=1)


def test_a_stranger_who_was_touched_is_wrong_even_if_the_new_person_is_right_there() -> None:
    wanted = [Wanted("c@example.no", "7", "FIN")]
    taken = employee("7", "c@example.no")

    assert judge_writing(wanted, [taken], {7: STRANGER}, []) == Verdict(wrong=1)
    assert judge_writing([], [], {7: STRANGER}, []) == Verdict(wrong=1)


def test_a_report_about_someone_who_is_right_is_a_false_alarm() -> None:
    assert verdict([*RIGHT, STRANGER], told=["1"]) == Verdict(alarms=1)


def test_our_own_writer_doubles_and_loses_no_one_where_answers_are_lost(tmp_path: Path) -> None:
    figures = Figures(writing.OURS)
    scenario = next(one for one in writing.SCENARIOS if one.takes_twice)

    writing.play(writing.OURS, scenario, 15, tmp_path, figures)

    ((name, runs),) = figures.runs.items()
    assert figures.verdicts[name] == Verdict()
    assert runs[0].calls > 2 * 15  # the answers that were lost cost a look each


def test_a_visma_that_takes_a_code_twice_has_both() -> None:
    with staffed_visma(kind=writing.TakingVisma) as visma:
        rippling = staffed_rippling(1)
        (sent,) = writing.bodies(rippling, rippling.workers())
        token = writing.bearer(task_of("", visma.url))
        for _ in range(2):
            answer = requests.post(
                f"{visma.url}/v1/employee",
                data=sent["body"],
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
                timeout=5,
            )
            assert answer.status_code == 201
        assert [each["employeeNumber"] for each in visma.employees()] == [sent["code"], "90000"]
        found = judge_writing(writing.wanted(rippling), visma.employees(), {}, [])
        assert found == Verdict(doubled=1)


def test_our_own_poll_misses_no_one_and_sees_that_nothing_has_changed(tmp_path: Path) -> None:
    poll = replace(reading.POLL, stages=("full", reading.UNMEASURED, "sweep", "late"))
    figures = Figures(poll)

    with reading.Served(PEOPLE) as company:
        reading.play(poll, company, tmp_path, figures)

    assert figures.verdicts == dict.fromkeys(("full", "sweep", "late"), Verdict())
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
        "| the floor | 100 | 2.00 | 1.0 | 1.00 | 1.0 | 0.10 | 30 |",
        "| another | 100 | 5.00 | 2.5 | 4.00 | 4.0 | 0.20 | 50 |",
    ]
    assert increments_table([floor, other]).splitlines()[2:] == [
        "| another | 1 | 5.00 / 4.00 | 9 | 2 | 5.00 / 4.00 | 9 | 2 | 3 | 5.00 / 4.00 | 9 | 3 |"
    ]


def test_the_tables_of_writing_say_what_became_of_the_people() -> None:
    ours, other = Figures(Subject("ours", "")), Figures(Subject("other", ""))
    ours.add("quiet", Measurement(0.5, 2.0, 1.0, 50, 20), Verdict())
    ours.add("bad", Measurement(0.5, 2.0, 1.0, 50, 1), Verdict())
    other.add("quiet", Measurement(0.4, 1.0, 0.5, 60, 10), Verdict(lost=3, alarms=2))
    other.add("bad", Measurement(0.4, 1.0, 0.5, 60, 12), Verdict(2, 4, 5, 1, 0))

    assert speed_table([ours, other], ["quiet"], "ours").splitlines()[2:] == [
        "| ours: quiet | 20 | 2.00 | 1.0 | 1.00 | 1.0 | 0.50 | 50 |",
        "| other: quiet | 10 | 1.00 | 0.5 | 0.50 | 0.5 | 0.40 | 60 |",
    ]
    assert harm_table([ours, other], ["quiet", "bad"]).splitlines()[2:] == [
        "| quiet | all right; 20 calls | 3 not done and told, 2 false alarms; 10 calls |",
        "| bad | all right; 1 call | **4 doubled**, **5 of somebody else overwritten**,"
        " **1 lost and not told**, 1 not done and told; 12 calls |",
    ]


def test_the_page_has_a_place_for_each_part() -> None:
    text = PAGE.read_text("utf-8")

    assert [text.count(line) for part in PARTS for line in markers(part)] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ([], ["reading", "writing"]),
        (["--workers", "10000", "--repeats", "3"], ["reading", "writing"]),
        (["--workers", "500"], []),
        (["--employees", "20"], []),
        (["--repeats", "1"], []),
        (["--peers", "ours"], []),
        (["--only", "reading"], []),
        (["--only", "reading", "--repeats", "1", "--write"], ["reading"]),
    ],
)
def test_only_a_full_run_writes_the_page_unless_it_is_told_to(
    monkeypatch: pytest.MonkeyPatch, words: list[str], written: list[str]
) -> None:
    put_there: list[str] = []
    monkeypatch.setattr(command, "put", lambda part, _: put_there.append(part))
    for part in PARTS:
        monkeypatch.setitem(PARTS, part, lambda _: "a table")

    assert main(words) == 0

    assert put_there == written


def test_a_part_of_the_page_is_replaced_and_the_text_around_it_stays(tmp_path: Path) -> None:
    begin, end = markers("reading")
    page = tmp_path / "page.md"
    page.write_text(f"before\n\n{begin}\nold\n{end}\n\nafter\n", "utf-8")

    put("reading", "new", page)
    put("reading", "newer", page)

    assert page.read_text("utf-8") == f"before\n\n{begin}\nnewer\n{end}\n\nafter\n"
    with pytest.raises(ValueError, match="writing"):
        put("writing", "new", page)
