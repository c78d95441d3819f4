"""Batches and summaries add up, and no one's own is changed by it."""

from __future__ import annotations

from dataclasses import asdict, fields

from connector.domain.changes import Cause
from connector.domain.cursors import Cursor
from connector.services.find.batch import Batch, Summary
from connector.services.shared.outlook import Candidate

ONE = Summary(
    skipped=True,
    workers_read=1,
    queued=2,
    due=3,
    released=4,
    drifted=5,
    rows_before_cutoff=6,
    unreadable_rows=7,
    facts_unknown={"country": 8},
    goes_nowhere=True,
)
OTHER = Summary(
    paused=True,
    postponed=True,
    sweep="finished",
    workers_read=10,
    queued=20,
    due=30,
    released=40,
    drifted=50,
    rows_before_cutoff=60,
    unreadable_rows=70,
    facts_unknown={"location": 80},
)


def test_summaries_add_up_member_by_member() -> None:
    whole = ONE + OTHER

    assert whole == Summary(
        skipped=True,
        paused=True,
        postponed=True,
        sweep="finished",
        workers_read=11,
        queued=22,
        due=33,
        released=44,
        drifted=55,
        rows_before_cutoff=66,
        unreadable_rows=77,
        facts_unknown={"location": 80, "country": 8},
        goes_nowhere=True,
    )


def test_what_became_of_a_sweep_is_not_lost_among_what_is_no_sweep() -> None:
    parts = [Summary(), Summary(sweep="cut short"), Summary()]

    assert sum(parts, start=Summary()).sweep == "cut short"


def test_every_member_takes_part_in_the_sum() -> None:
    whole = asdict(ONE + OTHER + Summary(problems=["one"]))

    assert [name for name, value in whole.items() if value == asdict(Summary())[name]] == []


def test_a_problem_is_told_once_and_in_the_order_of_its_appearance() -> None:
    report = Summary(problems=["b", "a"]) + Summary(problems=["a", "c"])

    assert report.problems == ["b", "a", "c"]


def test_the_answer_of_the_function_has_its_members_in_a_fixed_order() -> None:
    assert [field.name for field in fields(Summary)] == [
        "skipped",
        "paused",
        "postponed",
        "sweep",
        "workers_read",
        "queued",
        "due",
        "released",
        "drifted",
        "rows_before_cutoff",
        "unreadable_rows",
        "facts_unknown",
        "problems",
        "goes_nowhere",
    ]


def test_batches_add_up_to_a_new_one() -> None:
    one = Batch((Candidate("w1", "p1", Cause.POLL),), (Cursor("a"),), Summary(due=1))
    other = Batch((Candidate("w2", "p2", Cause.SWEEP),), (Cursor("b"),), Summary(due=2))

    both = one + other

    assert [each.worker_id for each in both.candidates] == ["w1", "w2"]
    assert [each.stream for each in both.cursors] == ["a", "b"]
    assert (both.report.due, one.report.due, other.report.due) == (3, 1, 2)
