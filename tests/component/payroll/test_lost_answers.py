"""Whatever answer is lost and wherever it is cut short: one batch a run, never two, never none."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from connector.adapters.memory import InMemoryExportLog
from connector.domain.errors import UnknownOutcomeError
from connector.services.payroll.sending import RUN_SECONDS, Wish
from tests.component.payroll.conftest import OPERATOR, PATH, Payday, opened, payroll_mapping
from tests.support.world import a_world

FOUR_MINUTES = 241
EXPORTS = int(os.environ.get("CONNECTOR_EXPORTS", "200"))
"""A fifth of a thousand: the same twenty answers are lost again and again."""


class CrashError(Exception):
    """The process ends in the middle of it."""


def balanced(batch: dict[str, Any]) -> bool:
    return bool(batch["debitTotal"] == batch["creditTotal"] > 0)


def test_an_answer_that_is_lost_costs_no_second_batch(payday: Payday) -> None:
    payday.world.visma.faults.lose_answer(method="POST", path=PATH, times=1)

    answer = payday.export()

    assert answer["ok"], answer
    (batch,) = payday.batches()
    assert answer["batches"][0]["is_found"]
    assert answer["batches"][0]["number"] == batch["batchNumber"]
    assert payday.posts() == 1
    assert "is exported already" in payday.export()["problems"][0]


@pytest.mark.parametrize("fault", ["reset", "fail"])
def test_a_batch_that_never_arrived_is_sent_again_once_it_can_no_longer_come(
    payday: Payday, fault: str
) -> None:
    getattr(payday.world.visma.faults, fault)(
        method="POST", path=PATH, times=1, **({"status": 504} if fault == "fail" else {})
    )

    first = payday.export()
    too_early = payday.export()
    (row,) = [row for row in payday.says("runs")["rows"] if row["run"] == payday.run_id]
    payday.world.clock.turn(seconds=FOUR_MINUTES)
    then = payday.export()

    assert "Visma did not answer and does not show it yet" in first["problems"][0]
    assert too_early["problems"] == first["problems"]
    assert row["batches"][0]["stage"] == "begun"
    assert then["ok"], then
    assert len(payday.batches()) == 1
    assert payday.posts() == 2


def test_a_batch_that_was_not_answered_is_red_in_status_and_keeps_the_month_open(
    payday: Payday,
) -> None:
    def payroll_of_status() -> list[dict[str, Any]]:
        shown = payday.world.operator.dispatch({"verb": "status"})
        lines = [line for group in shown["groups"] for line in group["checks"]]
        return [line for line in lines if line["name"] == "payroll"]

    def reasons() -> str:
        sections = payday.world.operator.dispatch({"verb": "report"})["sections"]
        return " ".join(reason for section in sections for reason in section["needs_human"])

    assert payroll_of_status() == []
    payday.world.visma.faults.reset(method="POST", path=PATH, times=1)

    payday.export()

    (line,) = payroll_of_status()
    assert (line["level"], line["remedy"]) == ("bad", "connector payroll runs")
    assert "1 payroll batch sent to Visma and not answered: RP" in line["message"]
    assert "1 payroll batch sent to Visma and not answered" in reasons()
    payday.world.clock.turn(seconds=FOUR_MINUTES)
    payday.export()
    assert payroll_of_status() == []
    assert "payroll batch" not in reasons()


def test_a_batch_that_arrives_minutes_later_is_found_and_not_sent_again(payday: Payday) -> None:
    payday.world.visma.faults.late(method="POST", path=PATH, times=1)

    first = payday.export()
    payday.world.clock.turn(seconds=200)
    payday.world.visma.land()
    then = payday.export()

    assert not first["ok"]
    assert then["ok"], then
    assert then["batches"][0]["is_found"]
    assert (len(payday.batches()), payday.posts()) == (1, 1)


def test_a_lost_batch_is_found_although_nothing_could_be_sent_any_more(payday: Payday) -> None:
    payday.world.visma.faults.late(method="POST", path=PATH, times=1)
    payday.export()
    payday.world.visma.land()
    payday.world.visma.close_period("202610")

    then = payday.export()

    assert then["ok"], then
    assert len(payday.batches()) == 1


@pytest.mark.parametrize("status", [400, 500])
def test_what_visma_refuses_is_refused_and_forgotten(payday: Payday, status: int) -> None:
    world = payday.world
    world.visma.set_preference("refusal_status", status)
    world.visma.set_preference("checks_control_totals", True)
    world.visma.set_preference("on_long_text", "refuse")
    books = world.visma.books("norway")
    allows, books.company.allows_new_subaccounts = books.company.allows_new_subaccounts, False
    gone = {
        number: books.company.subaccounts.pop(number)
        for number in list(books.company.subaccounts)
        if number.startswith("000")
    }

    refused = payday.export()
    books.company.allows_new_subaccounts = allows
    books.company.subaccounts.update(gone)

    assert "Visma refused to enter batch RP" in refused["problems"][0]
    assert payday.plan()["batches"][0]["state"] == "new"
    assert payday.export()["ok"]
    assert len(payday.batches()) == 1


def test_where_visma_shows_no_batch_at_all_an_operator_looks_first(payday: Payday) -> None:
    payday.world.visma.faults.reset(method="POST", path=PATH, times=1)
    payday.world.visma.books("norway").batches.clear()
    payday.export()
    payday.world.clock.turn(seconds=FOUR_MINUTES)

    refused = payday.export()
    sent = payday.export(not_there=True)

    assert "shows the connector no batch at all" in refused["problems"][0]
    assert sent["ok"], sent
    assert len(payday.batches()) == 1


def test_two_batches_with_one_key_stop_everything_and_are_named(payday: Payday) -> None:
    payday.world.visma.faults.reset(method="POST", path=PATH, times=1)
    payday.export()
    payday.world.clock.turn(seconds=FOUR_MINUTES)
    payday.export()
    payday.world.exports = InMemoryExportLog()
    payday.world.build()
    books = payday.world.visma.books("norway")
    copy = replace(books.batches[-1], number="900001")
    books.batches.append(copy)

    answer = payday.export()

    assert "Visma has 2 batches with the key" in answer["problems"][0]
    assert "900001" in answer["problems"][0]
    assert payday.posts() == 2


def test_a_batch_is_found_by_its_key_although_all_memory_of_it_is_lost(payday: Payday) -> None:
    (sent,) = payday.export()["batches"]
    payday.world.exports = InMemoryExportLog()
    payday.world.build()

    (found,) = payday.export()["batches"]

    assert found["is_found"]
    assert found["number"] == sent["number"]
    assert len(payday.batches()) == 1


def test_a_batch_that_was_edited_or_is_not_on_hold_is_said(payday: Payday) -> None:
    payday.world.visma.faults.late(method="POST", path=PATH, times=1)
    payday.export()
    payday.world.visma.land()
    batch = payday.world.visma.books("norway").batches[-1]
    batch.status = "Balanced"
    batch.lines.pop()

    answer = payday.export()

    assert (
        answer["batches"][0]["remarks"]
        == [
            "its total is not as it was sent",
            "its balance is not as it was sent",
            "its number of lines is not as it was sent",
            "its status, which is Balanced is not as it was sent",
        ]
        or "its balance is not as it was sent" in answer["batches"][0]["remarks"]
    )


# Two operators


def test_of_two_operators_at_once_one_exports(
    payday: Payday, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds: list[dict[str, Any]] = []
    journal = journal_of(payday)
    enter = journal.enter

    def enter_while_another_tries(entry: Any) -> str:
        seconds.append(payday.export())
        number: str = enter(entry)
        return number

    monkeypatch.setattr(journal, "enter", enter_while_another_tries)

    assert payday.export()["ok"]
    assert "is under way" in seconds[0]["problems"][0]
    assert len(payday.batches()) == 1


def test_even_without_the_lease_only_one_of_two_sends(
    payday: Payday, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def everyone(_: str, __: float) -> Iterator[bool]:
        yield True

    monkeypatch.setattr(payday.world.cursors, "lease", everyone)
    seconds: list[dict[str, Any]] = []
    save = payday.world.exports.save

    def save_behind_another(exports: Any) -> Any:
        monkeypatch.setattr(payday.world.exports, "save", save)
        seconds.append(payday.export())
        return save(exports)

    monkeypatch.setattr(payday.world.exports, "save", save_behind_another)

    first = payday.export()

    assert seconds[0]["ok"]
    assert not first["ok"]
    assert len(payday.batches()) == payday.posts() == 1


# Crashes


def journal_of(payday: Payday) -> Any:
    return payday.world.operator.desk.payroll.preparation.journals.of("norway")


def ports_of(payday: Payday) -> list[tuple[Any, str]]:
    """Every call of a port that an export makes."""
    journal, log = journal_of(payday), payday.world.exports
    return [
        (journal, "chart"), (journal, "find"), (journal, "enter"), (journal, "read"),
        (log, "of_run"), (log, "save"),
        (payday.world.operator.desk.payroll.preparation.runs, "run"),
        (payday.world.operator.desk.payroll.preparation.runs, "records"),
    ]  # fmt: skip


@contextmanager
def crashing_at(payday: Payday, place: int, *, is_done: bool) -> Iterator[list[str]]:
    """Ends the process at the n-th call of a port, before it is made or after."""
    calls: list[str] = []
    patched = ports_of(payday)
    before = [getattr(owner, name) for owner, name in patched]

    def wrapped(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def crash(*given: Any, **named: Any) -> Any:
            calls.append(name)
            is_it = len(calls) == place
            if is_it and not is_done:
                raise CrashError
            result = call(*given, **named)
            if is_it:
                raise CrashError
            return result

        return crash

    for (owner, name), call in zip(patched, before, strict=True):
        setattr(owner, name, wrapped(name, call))
    try:
        yield calls
    finally:
        for owner, name in patched:
            delattr(owner, name)


def test_a_crash_at_every_call_of_a_port_and_again_is_one_batch(payday: Payday) -> None:
    world = payday.world
    service = world.operator.desk.payroll
    with crashing_at(payday, 0, is_done=False) as calls:
        service.export(Wish(payday.run_id, OPERATOR))
    assert {"find", "enter", "read", "save"} <= set(calls)
    for place in range(1, len(calls) + 1):
        for is_done in (False, True):
            run = payday.approved()
            sent = len(payday.batches())
            with crashing_at(payday, place, is_done=is_done), pytest.raises(CrashError):
                service.export(Wish(run, OPERATOR))
            world.clock.turn(seconds=RUN_SECONDS + FOUR_MINUTES)

            answer = payday.export(run)

            at = calls[place - 1], is_done
            already = [each for each in answer.get("problems", ()) if "exported already" in each]
            assert answer["ok"] or already, (at, answer)
            assert len(payday.batches()) == sent + 1, at
    assert all(map(balanced, payday.batches()))


def test_a_crash_while_the_batch_is_under_way_is_remembered(
    payday: Payday, monkeypatch: pytest.MonkeyPatch
) -> None:
    payday.world.visma.faults.late(method="POST", path=PATH, times=1)
    journal = journal_of(payday)
    enter = journal.enter

    def sent_and_gone(entry: Any) -> str:
        with pytest.raises(UnknownOutcomeError):
            enter(entry)
        raise CrashError

    monkeypatch.setattr(journal, "enter", sent_and_gone)
    with pytest.raises(CrashError):
        payday.world.operator.desk.payroll.export(Wish(payday.run_id, OPERATOR))
    monkeypatch.setattr(journal, "enter", enter)

    early = payday.export()
    payday.world.visma.land()
    then = payday.export()

    assert "Visma did not answer and does not show it yet" in early["problems"][0]
    assert then["batches"][0]["is_found"]
    assert len(payday.batches()) == payday.posts() == 1


# Many


@pytest.mark.timeout(900)
def test_of_many_exports_with_every_fifth_answer_lost_each_is_one_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = payroll_mapping().replace("lines: folded", "lines: cost_centre")
    with a_world(people=3, mapping_text=text) as world:
        payday = opened(world)
        world.visma.books("norway").batches.clear()
        for year in range(2023, 2048):
            world.visma.open_year(year)
        world.visma.faults.lose_answer(method="POST", path=PATH, every=5)
        runs = []
        for place in range(EXPORTS):
            run = world.rippling.payroll.draft_run("Nordfab AS", *month(place))
            world.rippling.payroll.approve_run(run["id"])
            runs.append(run["id"])

        chart = journal_of(payday).chart(date(2023, 1, 1))
        monkeypatch.setattr(journal_of(payday), "chart", lambda _: chart)
        answers = []
        for place, run in enumerate(runs):
            if place % 20 == 0:
                world.clock.turn(days=3)
            answers.append(payday.export(run))

        assert [answer for answer in answers if not answer["ok"]] == []
        batches = payday.batches()
        keys = {batch["description"].split()[0] for batch in batches}
        assert len(batches) == len(keys) == EXPORTS
        assert all(map(balanced, batches))
        assert {batch["status"] for batch in batches} == {"Hold"}
        found = [answer for answer in answers if answer["batches"][0]["is_found"]]
        assert len(found) == EXPORTS // 5
        numbers = [answer["batches"][0]["number"] for answer in answers]
        assert sorted(numbers) == sorted(batch["batchNumber"] for batch in batches)


def month(place: int) -> tuple[date, date, date]:
    """One of the months of 25 years in which everyone works, and a day of payment."""
    first = date(2023 + place // 12 % 25, place % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first, last, last
