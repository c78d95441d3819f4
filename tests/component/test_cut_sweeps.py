"""A sweep that its time cuts into several runs finds what a sweep in one run finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal, TypeAlias

import pytest

from connector.domain.errors import RateLimitedError, UpstreamUnavailableError
from connector.domain.guards import ChangeKind
from connector.services.find.batch import Summary
from connector.services.find.review import CompanyReview
from tests.support.loaded import a_loaded_world
from tests.support.states import MAPPING_BY_NAME, held_in_visma
from tests.support.world import World

Row: TypeAlias = dict[str, Any]
Api: TypeAlias = Literal["rest", "platform"]

PEOPLE = 60
ENOUGH, FOR_ONE_COMPANY, NONE_LEFT = 1000.0, 100.0, 10.0
MOST_MOVES = 5  # the floor
SWEEP = "workers sweep"
APIS = pytest.mark.parametrize("api", ["rest", "platform"])


@contextmanager
def a_company(api: Api = "rest", pages: int = 3) -> Iterator[World]:
    """A company that was loaded yesterday, and whose list takes so many pages."""
    is_platform = api == "platform"
    text = MAPPING_BY_NAME if is_platform else ""
    with a_loaded_world(people=PEOPLE, by_platform=is_platform, mapping_text=text) as world:
        world.clock.turn(days=1)
        rows = -(-len(world.rippling.workers()) // pages)
        inner: Any = world.source.source  # type: ignore[attr-defined]
        if is_platform:
            inner._page_size = rows
        else:
            inner._limit = str(rows)
        yield world


def swept(world: World, *between: Callable[[], object], is_cut: bool = True) -> list[Summary]:
    """The runs of a full sweep, and what happens after the first of them, the second, ...

    One that is cut has time for one page, one person or one company in each run.
    """
    happens = list(between)
    world.clock.turn(days=1)
    runs: list[Summary] = []
    while not runs or runs[-1].sweep == "cut short":
        world.clock.remaining = time_left(world) if is_cut else ENOUGH
        runs.append(world.tick(full_sweep=not runs))
        world.clock.turn(minutes=5)
        if happens and runs[-1].sweep == "cut short":
            happens.pop(0)()
    world.clock.remaining = ENOUGH
    return runs


def time_left(world: World) -> float:
    sweep = world.cursors.cursor(SWEEP)
    is_looking = sweep.sightings is not None and sweep.sightings.missing
    is_review = sweep.to_review is not None and not is_looking
    return FOR_ONE_COMPANY if is_review else NONE_LEFT


def told(runs: list[Summary]) -> str:
    return "\n".join(problem for run in runs for problem in run.problems)


def active(world: World) -> list[Row]:
    """Everyone at work who has one employment, by id, which is how Rippling shows them."""
    rows = world.rippling.workers()
    mine = [each["user_id"] for each in rows]
    return sorted(
        (
            each
            for each in rows
            if each["status"] == "ACTIVE"
            and not each["end_date"]
            and mine.count(each["user_id"]) == 1
            and each["user_id"] in world.tables.persons
            and world.tables.persons[each["user_id"]].active_in
        ),
        key=lambda each: str(each["id"]),
    )


def rehired(world: World, worker: Row, department: str = "Sales") -> Row:
    """The person is hired once more, elsewhere, and Visma says so."""
    again = world.rippling.rehire(
        worker["user_id"],
        world.clock.now().date().isoformat(),
        status="ACTIVE",
        department=department,
        employment_type="Salaried full-time",
    )
    world.settle()
    return again


def place_of(world: World, worker: Row) -> tuple[str, str]:
    employee = world.employee_of(worker)
    return str(employee["department"]), str(employee["status"])


def looks(world: World) -> int:
    """How many calls asked for one person."""
    if world.platform:
        return len(world.platform.calls("GET", "/employees/(?!include).*"))
    asked = world.rippling.calls("GET", "/workers/")
    by_person = [call for call in asked if "user_id" in call.query.get("filter", "")]
    return len(by_person) + len(world.rippling.calls("GET", "/workers/[^/]+/"))


def clear(world: World) -> None:
    world.clear_journals()
    if world.platform:
        world.platform.clear_journal()


def elsewhere(world: World) -> Row:
    return next(each for each in active(world) if place_of(world, each)[0] != "SALES")


@APIS
@pytest.mark.parametrize("pages", [1, 2, 3, 10])
def test_a_rehire_that_is_taken_back_is_undone_however_often_the_sweep_is_cut(
    api: Api, pages: int
) -> None:
    with a_company(api, pages) as world:
        first = elsewhere(world)
        before = place_of(world, first)
        again = rehired(world, first)
        assert place_of(world, first) == ("SALES", "Active") != before
        world.rippling.remove(again["id"])

        runs = swept(world)

        assert len(runs) > pages
        assert sum(run.queued for run in runs) == 1
        world.drain()
        assert place_of(world, first) == before
        clear(world)
        assert sum(run.queued for run in swept(world)) == 0, "once is enough"
        assert looks(world) == 0


@APIS
@pytest.mark.parametrize("pages", [1, 2, 3, 10])
def test_whoever_is_gone_is_told_however_often_the_sweep_is_cut(api: Api, pages: int) -> None:
    with a_company(api, pages) as world:
        one, other = active(world)[3], active(world)[-3]
        for each in (one, other):
            world.rippling.remove(each["id"])
        for _ in range(2):
            world.metrics.counts.clear()

            runs = swept(world)

            assert world.metrics.counts["PeopleGone"] == 2
            assert one["user_id"] in told(runs)
            assert other["user_id"] in told(runs)
            assert world.drain() == {}, "absence is never a termination"
        assert place_of(world, one)[1] == place_of(world, other)[1] == "Active"


@APIS
@pytest.mark.parametrize("pages", [1, 3, 10])
@pytest.mark.parametrize("is_an_older_one_left", [True, False])
def test_whoever_lost_the_employment_that_counted_is_told_until_they_are_made_inactive_by_hand(
    api: Api, pages: int, is_an_older_one_left: bool
) -> None:
    with a_company(api, pages) as world:
        worker, is_cut = elsewhere(world), pages > 1
        world.rippling.terminate(worker["id"], world.clock.now().date().isoformat())
        world.settle()
        again = rehired(world, worker)
        assert place_of(world, worker) == ("SALES", "Active")
        world.rippling.remove(again["id"])
        if not is_an_older_one_left:
            world.rippling.remove(worker["id"])
        for _ in range(2):
            world.metrics.counts.clear()
            runs = swept(world, is_cut=is_cut)
            assert world.metrics.counts["PeopleGone"] == 1
            assert worker["user_id"] in told(runs)
            assert world.drain() == {}, "absence is never a termination"
        world.visma.edit_employee(str(worker["number"]), company="norway", status="Inactive")

        swept(world, is_cut=is_cut)

        assert world.drain() == {"unchanged": 1}
        assert "by hand" in world.audit_of(worker["user_id"])[-1]["message"]
        world.metrics.counts.clear()
        assert worker["user_id"] not in told(swept(world, is_cut=is_cut))
        assert world.metrics.counts["PeopleGone"] == 0
        assert world.drain() == {}
        assert place_of(world, worker)[1] == "Inactive"


@pytest.mark.parametrize("pages", [1, 3])
@pytest.mark.parametrize("other", ["begins later", "has no first day", "offer", "unknown word"])
def test_whoever_lost_the_employment_that_counted_is_told_beside_one_that_has_not_begun(
    other: str, pages: int
) -> None:
    with a_company(pages=pages) as world:
        worker = active(world)[5]
        word = {"offer": "HIRED", "unknown word": "SOMETHING"}.get(other, "ACCEPTED")
        first_day = world.clock.now().date() + timedelta(days=90)
        second = world.rippling.rehire(
            worker["user_id"],
            first_day,
            department="Sales",
            location="Oslo",
            employment_type="Salaried full-time",
            status=word,
        )
        if other == "has no first day":
            world.rippling.change(second["id"], start_date=None)
        world.settle()
        world.rippling.remove(worker["id"])
        for _ in range(2):
            world.metrics.counts.clear()

            runs = swept(world, is_cut=pages > 1)

            assert world.metrics.counts["PeopleGone"] == 1
            assert worker["user_id"] in told(runs)
            world.drain()
            assert place_of(world, worker)[1] == "Active", "absence is never a termination"


@pytest.mark.parametrize("pages", [1, 3])
def test_whoever_left_is_gone_and_was_brought_back_by_hand_is_told(pages: int) -> None:
    with a_company(pages=pages) as world:
        leaver = active(world)[5]
        world.rippling.terminate(leaver["id"], world.clock.now().date().isoformat())
        world.settle()
        swept(world)
        world.drain()
        world.rippling.remove(leaver["id"])
        world.visma.edit_employee(str(leaver["number"]), company="norway", status="Active")
        world.metrics.counts.clear()

        runs = swept(world)

        assert world.metrics.counts["PeopleGone"] == 1
        assert leaver["user_id"] in told(runs)
        assert world.drain() == {}, "no audit row says so daily"


def test_a_sweep_whose_review_alone_is_cut_tells_who_was_brought_back_and_is_gone() -> None:
    with a_company(pages=1) as world:
        leaver = active(world)[5]
        world.rippling.terminate(leaver["id"], world.clock.now().date().isoformat())
        world.settle()
        world.rippling.remove(leaver["id"])
        world.visma.edit_employee(str(leaver["number"]), company="norway", status="Active")
        world.metrics.counts.clear()
        world.clock.remaining = FOR_ONE_COMPANY

        runs = [world.tick(full_sweep=True), world.tick()]

        assert [run.sweep for run in runs] == ["cut short", "finished"]
        assert world.metrics.counts["PeopleGone"] == 1
        assert leaver["user_id"] in told(runs)


def brought_back_and_gone(world: World, count: int) -> list[Row]:
    """Leavers whom Rippling no longer shows, and whom finance has set active by hand."""
    leavers = active(world)[5 : 5 + count]
    for leaver in leavers:
        world.rippling.terminate(leaver["id"], world.clock.now().date().isoformat())
    world.settle()
    for leaver in leavers:
        world.rippling.remove(leaver["id"])
        world.visma.edit_employee(str(leaver["number"]), company="norway", status="Active")
    world.metrics.counts.clear()
    return leavers


def test_who_was_brought_back_and_cannot_be_looked_for_in_time_is_told_and_left_to_the_writer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with a_company(pages=1) as world:
        leavers = brought_back_and_gone(world, 2)
        world.clock.remaining = FOR_ONE_COMPANY
        first = world.tick(full_sweep=True)
        read = CompanyReview.read

        def takes_all_the_time(self: Any, *given: Any) -> Any:
            found = read(self, *given)
            world.clock.remaining = NONE_LEFT
            return found

        monkeypatch.setattr(CompanyReview, "read", takes_all_the_time)
        clear(world)

        last = world.tick()

        assert [first.sweep, last.sweep] == ["cut short", "finished"]
        assert looks(world) == 0
        assert "2 people whom someone has set active by hand" in told([last])
        assert "left to the writer" in told([last])
        assert {each.person_id for each in world.queue.changes} >= {e["user_id"] for e in leavers}


def test_who_was_brought_back_and_of_whom_rippling_cannot_answer_is_left_to_the_writer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with a_company(pages=1) as world:
        one, other = sorted(brought_back_and_gone(world, 2), key=lambda each: str(each["user_id"]))
        world.clock.remaining = FOR_ONE_COMPANY
        inner: Any = world.source.source  # type: ignore[attr-defined]
        employments = inner.employments

        def refuses_one(worker_id: str, person_id: str, *known: Any) -> Any:
            if person_id == one["user_id"]:
                raise UpstreamUnavailableError("no answer")
            return employments(worker_id, person_id, *known)

        monkeypatch.setattr(inner, "employments", refuses_one)

        runs = [world.tick(full_sweep=True), world.tick()]

        assert f"{one['user_id']} is left to the writer" in told(runs)
        assert world.metrics.counts["PeopleGone"] == 1
        assert {each.person_id for each in world.queue.changes} == {one["user_id"]}
        assert other["user_id"] in told(runs)


@APIS
def test_only_whoever_is_missing_costs_a_call(api: Api) -> None:
    with a_company(api) as world:
        for each in active(world)[::9][:3]:
            rehired(world, each)
        gone = active(world)[4]
        world.rippling.remove(gone["id"])
        clear(world)

        swept(world)

        # Where the one who is gone has an id that is unknown, Rippling is asked once more.
        assert looks(world) == (1 if api == "platform" else 2)


@pytest.mark.parametrize("cut_behind", ["the older one", "the newer one"])
def test_two_employments_on_either_side_of_a_cut_are_judged_together(cut_behind: str) -> None:
    with a_company() as world:
        first = elsewhere(world)
        again = rehired(world, first)
        person = world.tables.persons[first["user_id"]]
        older = next(each for each in world.source.employments(first["id"], person.id))
        assert (older.id, person.worker_id) == (first["id"], again["id"])
        if cut_behind == "the older one":
            # The ledger believes that the older one counts: beside it the newer one is read.
            believed = replace(person, worker_id=older.id, facts=older.facts.to_json())
        else:
            wrong = {**person.placement, "department": "PROD"}
            believed = replace(person, placement=wrong)
        world.tables.persons[person.id] = believed
        clear(world)

        runs = swept(world)

        assert sum(run.queued for run in runs) == 1
        assert looks(world) == 0, "all of it was read"
        world.drain()
        assert world.tables.persons[person.id].worker_id == again["id"]
        assert world.tables.persons[person.id].placement["department"] == "SALES"


@APIS
@pytest.mark.parametrize("pages", [3, 10])
def test_a_busy_week_ends_alike_whether_its_sweeps_are_cut_or_not(api: Api, pages: int) -> None:
    assert a_busy_week(api, pages, is_cut=True) == a_busy_week(api, pages, is_cut=False)


def a_busy_week(api: Api, pages: int, *, is_cut: bool) -> tuple[list[Row], int]:
    """How Visma is in the end, and how many are told to be gone.

    While the first sweep is under way, the mapping is edited and HR is at it.
    """
    with a_company(api, pages) as world:
        people = active(world)
        taken_back = [rehired(world, each) for each in people[::8]]
        for each in (*taken_back, people[1], people[-1]):
            world.rippling.remove(each["id"])
        rehired(world, people[2], "Finance")

        def edit() -> None:
            rows = world.mapping_text.splitlines()
            line = next(each for each in rows if "rippling: Finance" in each)
            world.edit_mapping(world.mapping_text.replace(line, line.replace("FIN", "MGMT")))
            world.drain()

        def hire() -> None:
            world.notice(world.hire()["id"])
            world.rippling.terminate(people[5]["id"], world.clock.now().date().isoformat())

        if is_cut:
            swept(world, edit, hire)
        else:
            swept(world, is_cut=False)
            edit()
            hire()
        for _ in range(4):
            world.drain()
            world.metrics.counts.clear()
            swept(world, is_cut=is_cut)
        assert world.drain() == {}
        return held_in_visma(world.visma), world.metrics.counts["PeopleGone"]


@APIS
def test_whoever_is_hired_between_two_runs_is_not_told_to_be_gone(api: Api) -> None:
    with a_company(api) as world:
        hired: list[Row] = []

        def hire() -> None:
            hired.append(world.hire())
            world.notice(hired[0]["id"])

        runs = swept(world, hire)
        world.drain()

        assert place_of(world, hired[0]) == ("SALES", "Active")
        assert "no longer in Rippling" not in told(runs)
        assert world.metrics.counts["PeopleGone"] == 0


def test_a_row_that_slips_between_two_runs_is_looked_for_and_not_told_to_be_gone() -> None:
    with a_company("platform") as world:
        rows = active(world)
        # A leaver nobody has to hear of: the rows behind move up by one, over the cut.
        leaver = next(each for each in rows if each["id"] > rows[2]["id"])
        world.rippling.terminate(leaver["id"], world.clock.now().date().isoformat())
        world.settle()
        clear(world)

        runs = swept(world, lambda: world.rippling.remove(leaver["id"]))

        assert world.metrics.counts["PeopleGone"] == 0, told(runs)
        assert looks(world) == 1


def test_whoever_is_gone_and_has_no_employee_is_not_told() -> None:
    with a_company() as world:
        leaver = active(world)[2]
        world.rippling.terminate(leaver["id"], world.clock.now().date().isoformat())
        world.settle()
        later = (world.clock.now() + timedelta(days=90)).date().isoformat()
        again = world.rippling.rehire(leaver["user_id"], later, status="ACCEPTED")
        world.settle()
        assert world.tables.persons[leaver["user_id"]].worker_id == again["id"]
        world.rippling.remove(again["id"])
        clear(world)

        def delete() -> None:
            assert world.cursors.cursor(SWEEP).sightings.missing == (leaver["user_id"],)  # type: ignore[union-attr]
            world.rippling.remove(leaver["id"])

        runs = swept(world, nothing, nothing, delete)

        assert looks(world) > 0
        assert world.metrics.counts["PeopleGone"] == 0
        assert told(runs) == ""


def nothing() -> None:
    """Nothing happens."""


def test_a_sweep_begun_by_the_version_before_tells_nothing_of_whom_it_did_not_see() -> None:
    with a_company() as world:
        gone = active(world)[2]
        world.rippling.remove(gone["id"])

        def deploy() -> None:
            cursor = world.cursors.cursor(SWEEP)
            world.cursors.save(replace(cursor, sightings=None))

        clear(world)
        runs = swept(world, deploy)
        assert runs[-1].sweep == "finished"
        assert (told(runs), looks(world)) == ("", 0)
        assert gone["user_id"] in told(swept(world))


def test_a_sweep_under_way_keeps_no_names_and_a_finished_one_nobody() -> None:
    with a_company() as world:
        world.clock.remaining = NONE_LEFT
        world.tick(full_sweep=True)
        under_way = world.cursors.cursor(SWEEP).sightings
        assert under_way
        assert len(under_way.people) >= PEOPLE // 4
        world.clock.remaining = ENOUGH

        assert world.tick().sweep == "finished"

        assert world.cursors.cursor(SWEEP).sightings is None


@pytest.mark.parametrize("pages", [1, 3])
def test_where_far_too_many_are_missing_the_sweep_is_aborted_whoever_else_is_there(
    pages: int,
) -> None:
    with a_company(pages=pages) as world:
        employed = [each for each in world.tables.persons.values() if each.active_in]
        missing = [each.worker_id for each in employed[::4]]
        assert len(missing) > len(employed) // 5
        for worker_id in missing:
            world.rippling.remove(worker_id)
            # As many others come as are missing: the number of people shows nothing.
            world.hire(employment_type="Contractor")
        clear(world)

        runs = swept(world)

        assert runs[-1].sweep == "aborted"
        assert f"{len(employed) - len(missing)} of the {len(employed)} people" in told(runs)
        assert looks(world) == 0
        assert world.metrics.counts["PeopleGone"] == 0


@pytest.mark.parametrize("pages", [1, 3])
def test_of_many_hires_taken_back_at_once_the_guard_holds_what_is_too_much(pages: int) -> None:
    with a_company(pages=pages) as world:
        people = [each for each in active(world) if place_of(world, each)[0] != "SALES"][:12]
        before = {each["id"]: place_of(world, each) for each in people}
        assert "move_percent: 25" in world.mapping_text
        world.edit_mapping(world.mapping_text.replace("move_percent: 25", "move_percent: 1"))
        again = [rehired(world, each) for each in people]
        while held := world.operator.dispatch({"verb": "held"})["rows"]:
            who = [row["person"] for row in held]
            world.operator.dispatch({"verb": "approve", "people": who})
            world.drain()
        world.clock.turn(days=2)
        for each in again:
            world.rippling.remove(each["id"])

        swept(world)
        world.drain()

        back = [each for each in people if place_of(world, each) == before[each["id"]]]
        assert len(back) == len(world.guard_log.counted("norway", ChangeKind.MOVE)) <= MOST_MOVES
        assert len(world.operator.dispatch({"verb": "held"})["rows"]) == len(people) - len(back)


def test_where_the_calls_run_short_the_sweep_goes_on_looking_in_the_next_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with a_company() as world:
        one, other = active(world)[3], active(world)[-3]
        for each in (one, other):
            world.rippling.remove(each["id"])
        inner: Any = world.source.source  # type: ignore[attr-defined]
        employments, asked = inner.employments, []

        def refuses_once(worker_id: str, person_id: str, *known: Any) -> Any:
            asked.append(person_id)
            if len(asked) == 1:
                raise RateLimitedError("Rippling's calls are used up", retry_after=60)
            return employments(worker_id, person_id, *known)

        monkeypatch.setattr(inner, "employments", refuses_once)

        runs = swept(world)

        assert runs[-1].sweep == "finished"
        assert asked[0] == asked[1] != asked[2]
        assert world.metrics.counts["PeopleGone"] == 2
        assert "Rippling's calls are used up" in told(runs)


def test_of_whom_rippling_cannot_answer_is_told_and_the_sweep_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with a_company() as world:
        one, other = active(world)[3], active(world)[-3]
        for each in (one, other):
            world.rippling.remove(each["id"])
        inner: Any = world.source.source  # type: ignore[attr-defined]
        employments = inner.employments

        def refuses(worker_id: str, person_id: str, *known: Any) -> Any:
            if person_id == one["user_id"]:
                raise UpstreamUnavailableError("Rippling answers 500")
            return employments(worker_id, person_id, *known)

        monkeypatch.setattr(inner, "employments", refuses)

        runs = swept(world)

        assert runs[-1].sweep == "finished"
        assert world.metrics.counts["PeopleGone"] == 1
        assert f"{one['user_id']} is left to the next sweep: Rippling answers 500" in told(runs)
        assert (
            "1 person(s) with an active employee are no longer in Rippling, or not with the"
            f" employment that counted: {other['user_id']}" in told(runs)
        )
