"""The contract of the `WatermarksTable`: cursors, leases, caches and counters, kept anywhere."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.adapters.aws.dynamodb import from_item, to_item
from connector.adapters.aws.watermarks.cursors import DynamoCursors
from connector.adapters.aws.watermarks.guard_log import DynamoGuardLog
from connector.adapters.aws.watermarks.mappings.history import DynamoMappingHistory
from connector.adapters.aws.watermarks.queued import (
    DynamoFoundEmployments,
    DynamoQueuedChanges,
)
from connector.adapters.aws.watermarks.reference_cache import DynamoReferenceCache
from connector.adapters.aws.watermarks.table import WatermarksTable
from connector.adapters.found_employments import MOST_PEOPLE
from connector.adapters.memory import (
    InMemoryCursors,
    InMemoryFoundEmployments,
    InMemoryGuardLog,
    InMemoryMappingHistory,
    InMemoryQueuedChanges,
    InMemoryReferenceCache,
)
from connector.domain.catalogue import Catalogue, Department, EmployeeKey, Part
from connector.domain.cursors import Cursor, Sightings, sighting
from connector.domain.errors import RetryableError
from connector.domain.facts import Named
from connector.domain.guards import ChangeKind
from connector.domain.mapping.model import Guards
from connector.domain.mapping.naming.bindings import Binding, NamedKind, Word
from connector.domain.mapping.naming.memory import NameMemory
from connector.domain.mapping.naming.sighting import Seen
from connector.ports.cursors import Cursors
from connector.ports.guard_log import GuardLog
from connector.ports.queue import FoundEmployments, QueuedChanges
from connector.ports.reference_cache import ReferenceCache
from connector.ports.state import MappingHistory, PreviousMapping
from tests.contract.bench import NOON, Watched, aws, make_table, refusal
from tests.support.clock import HandClock


@dataclass
class Kept:
    """All that one reader keeps in the table."""

    cursors: Cursors
    cache: ReferenceCache
    guard_log: GuardLog
    mapping_history: MappingHistory
    queued: QueuedChanges
    employments: FoundEmployments


@dataclass
class Bench:
    """What is kept, and the clock it goes by; `other` is another reader of the same rows."""

    clock: HandClock
    one: Kept
    other: Kept


@pytest.fixture(params=["memory", "dynamodb"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    clock = HandClock()
    if request.param == "memory":
        kept = Kept(
            InMemoryCursors(clock),
            InMemoryReferenceCache(),
            InMemoryGuardLog(clock),
            InMemoryMappingHistory(),
            InMemoryQueuedChanges(),
            InMemoryFoundEmployments(clock),
        )
        yield Bench(clock, kept, kept)
        return
    with aws("dynamodb") as client:
        make_table(client, "WatermarksTable")
        yield Bench(clock, on_dynamodb(client, clock), on_dynamodb(client, clock))


@pytest.fixture
def client() -> Iterator[Any]:
    with aws("dynamodb") as client:
        make_table(client, "WatermarksTable")
        yield client


def on_dynamodb(client: Any, clock: HandClock | None = None) -> Kept:
    rows, clock = WatermarksTable(client, "WatermarksTable"), clock or HandClock()
    return Kept(
        DynamoCursors(rows, clock),
        DynamoReferenceCache(rows),
        DynamoGuardLog(rows, clock),
        DynamoMappingHistory(rows),
        DynamoQueuedChanges(rows),
        DynamoFoundEmployments(rows, clock),
    )


def a_catalogue() -> Catalogue:
    return Catalogue(
        departments={
            "PROD": Department("PROD", "Production", "200", "5010"),
            "BARE": Department("Bare"),
        },
        branches={"1": True, "2": False},
        cost_centres={"200": True, "310": False},
        employee_key=EmployeeKey(10, auto_numbered=True),
        read_at={Part.DEPARTMENTS: NOON, Part.BRANCHES: NOON + timedelta(microseconds=3)},
    )


# Cursors

SEEN = Sightings(frozenset({0, sighting("p1"), 2**64 - 1}), frozenset({"p2", "p\u00e5"}), ("p3",))


def test_a_stream_never_read_is_at_its_beginning(bench: Bench) -> None:
    assert bench.one.cursors.cursor("workers") == Cursor("workers")


@pytest.mark.parametrize(
    "cursor",
    [
        Cursor("workers", watermark=NOON + timedelta(microseconds=1)),
        Cursor("workers", page_token="https://rippling.test/workers?cursor=2", started=NOON),
        Cursor("workers", NOON, "7", NOON - timedelta(hours=1), NOON + timedelta(hours=1)),
        Cursor("workers", NOON, ended=NOON + timedelta(microseconds=5)),
        Cursor("workers", ended=NOON, facts_unknown={"department": 3, "location": 1}),
        Cursor("workers", started=NOON, shown={}),
        Cursor("workers", started=NOON, shown={"department": True, "location": False}),
        Cursor("workers", NOON, ended=NOON, crowded_since=NOON),
        Cursor("workers", NOON, ended=NOON, crowded_since=NOON, crowd_is_known=True),
        Cursor("workers", page_token="7", started=NOON, sightings=SEEN),
        Cursor("workers", page_token="7", started=NOON, marks=("0a1b", "2c3d"), circled=3),
        Cursor("workers", started=NOON, asked=("p1",), asked_before=("p1", "p2")),
        Cursor("workers", started=NOON, to_review=("norway",), sightings=Sightings()),
        Cursor("workers"),
    ],
)
def test_a_cursor_is_remembered(bench: Bench, cursor: Cursor) -> None:
    bench.one.cursors.save(Cursor("workers", NOON, "old", NOON, NOON, ended=NOON))

    bench.one.cursors.save(cursor)

    assert bench.other.cursors.cursor("workers") == cursor


def test_streams_do_not_share_a_cursor(bench: Bench) -> None:
    bench.one.cursors.save(Cursor("workers", NOON))
    bench.one.cursors.save(Cursor("workers (rehearsal)", NOON - timedelta(days=1)))

    assert bench.one.cursors.cursor("workers").watermark == NOON


def test_whom_a_sweep_has_read_may_be_more_than_a_row_holds_and_is_kept_no_longer(
    client: Any,
) -> None:
    seen = Sightings(frozenset(range(30_000)), frozenset(map(str, range(9_000))))
    one, other = on_dynamodb(client).cursors, on_dynamodb(client).cursors
    cut = Cursor("workers", page_token="7", started=NOON, sightings=seen)

    one.save(cut)

    assert other.cursor("workers") == cut
    assert len(rows_of(client)) == 3
    other.save(Cursor("workers", ended=NOON))
    assert one.cursor("workers") == Cursor("workers", ended=NOON)
    left = [row for row in rows_of(client) if len(row) > 1]
    assert [row["stream"] for row in left] == ["workers"], "nobody is in a row that is not needed"


def test_where_a_part_of_whom_a_sweep_has_read_is_not_its_own_nobody_is_known(client: Any) -> None:
    cursors = on_dynamodb(client).cursors
    cut = Cursor("workers", page_token="7", started=NOON, sightings=SEEN)
    cursors.save(cut)
    rows = WatermarksTable(client, "WatermarksTable")
    rows.put("workers seen 1", {**rows.read("workers seen 1"), "seen_as": "another"})

    assert on_dynamodb(client).cursors.cursor("workers") == replace(cut, sightings=None)

    rows.put("workers seen 1", {})
    assert on_dynamodb(client).cursors.cursor("workers") == replace(cut, sightings=None)


def rows_of(client: Any) -> list[dict[str, Any]]:
    return [from_item(each) for each in client.scan(TableName="WatermarksTable")["Items"]]


# Leases


def test_a_lease_has_one_holder_at_a_time(bench: Bench) -> None:
    with (
        bench.one.cursors.lease("workers", 60) as one,
        bench.other.cursors.lease("workers", 60) as other,
    ):
        assert (one, other) == (True, False)


def test_streams_are_leased_apart(bench: Bench) -> None:
    with bench.one.cursors.lease("workers", 60), bench.other.cursors.lease("sweep", 60) as other:
        assert other


def test_a_lease_is_free_again_when_its_holder_leaves(bench: Bench) -> None:
    with bench.one.cursors.lease("workers", 60):
        pass

    with bench.other.cursors.lease("workers", 60) as again:
        assert again


def test_a_lease_is_free_again_when_its_holder_fails(bench: Bench) -> None:
    with pytest.raises(KeyError), bench.one.cursors.lease("workers", 60):
        raise KeyError

    with bench.other.cursors.lease("workers", 60) as again:
        assert again


def test_who_came_in_vain_does_not_end_the_lease(bench: Bench) -> None:
    with bench.one.cursors.lease("workers", 60):
        with bench.other.cursors.lease("workers", 60):
            pass
        with bench.other.cursors.lease("workers", 60) as still:
            assert not still


def test_a_lease_runs_out(bench: Bench) -> None:
    with bench.one.cursors.lease("workers", 60):
        bench.clock.turn(seconds=59)
        with bench.other.cursors.lease("workers", 60) as early:
            assert not early
        bench.clock.turn(seconds=1)
        with bench.other.cursors.lease("workers", 60) as late:
            assert late


def test_who_held_a_lease_too_long_does_not_end_the_next_ones(bench: Bench) -> None:
    slow = bench.one.cursors.lease("workers", 60)
    slow.__enter__()
    bench.clock.turn(seconds=61)

    with bench.other.cursors.lease("workers", 60) as taken:
        slow.__exit__(None, None, None)
        with bench.one.cursors.lease("workers", 60) as third:
            assert (taken, third) == (True, False)


def test_a_lease_that_ran_out_and_was_taken_and_given_back_is_left_in_peace(bench: Bench) -> None:
    slow = bench.one.cursors.lease("workers", 60)
    slow.__enter__()
    bench.clock.turn(seconds=61)
    with bench.other.cursors.lease("workers", 60):
        pass

    slow.__exit__(None, None, None)

    with bench.one.cursors.lease("workers", 60) as again:
        assert again


# The cache


def test_a_catalogue_never_read_is_empty(bench: Bench) -> None:
    assert bench.one.cache.catalogue("norway") == Catalogue()


@pytest.mark.parametrize("catalogue", [a_catalogue(), Catalogue()])
def test_a_catalogue_is_remembered(bench: Bench, catalogue: Catalogue) -> None:
    bench.one.cache.save_catalogue("norway", catalogue)

    assert bench.other.cache.catalogue("norway") == catalogue
    assert bench.other.cache.catalogue("sweden") == Catalogue()


def test_the_parts_of_a_remembered_catalogue_age_as_they_did(bench: Bench) -> None:
    bench.one.cache.save_catalogue("norway", a_catalogue())

    stale = bench.one.cache.catalogue("norway").stale_parts(NOON, older_than=60)

    assert stale == (Part.COST_CENTRES, Part.EMPLOYEE_KEY)


def test_before_the_second_import_there_is_no_previous_mapping(bench: Bench) -> None:
    assert bench.one.mapping_history.previous_mapping() is None


def a_long_file() -> str:
    return "".join(f"- {{rippling: Avdeling {number:05}, å: ø}}\n" for number in range(15_000))


@pytest.mark.parametrize("text", ["companies: {}\n", "å\n" * 9, a_long_file()], ids=len)
def test_the_previous_mapping_is_kept_to_the_letter(bench: Bench, text: str) -> None:
    bench.one.mapping_history.save_previous_mapping(PreviousMapping("another", NOON, text))
    assert bench.other.mapping_history.previous_mapping() == PreviousMapping("another", NOON, text)

    previous = PreviousMapping(text, NOON + timedelta(days=1))
    bench.one.mapping_history.save_previous_mapping(previous)
    assert bench.other.mapping_history.previous_mapping() == previous


def test_the_previous_mapping_can_be_read_in_the_console(client: Any) -> None:
    on_dynamodb(client).mapping_history.save_previous_mapping(
        PreviousMapping("companies: {}", NOON)
    )

    (item,) = client.scan(TableName="WatermarksTable")["Items"]
    assert from_item(item) == {
        "stream": "mapping previous",
        "text": "companies: {}",
        "imported_at": "2026-11-24T12:00:00.000000Z",
    }


def test_names_never_saved_are_an_empty_memory(bench: Bench) -> None:
    assert bench.one.cache.names() == NameMemory()


@pytest.mark.parametrize(
    "memory",
    [
        NameMemory(
            NOON,
            "d1",
            {"l1": "Bergen", "l2": ""},
            {"location l1": ("Bergen HQ", "Bergen")},
            {"location l1": ("norway",)},
            {"location l1": Seen("Bergen HQ", "", "2026-11-24T12:00:00")},
            {"location Bergen": {"d1": Binding({"l1": "2026-11-24"}, "2026-11-24T12:00:00")}},
            "2026-11-24",
            {"location": "2026-11-24", "department": "2026-11-20"},
        ),
        NameMemory(locations={f"l{number}": f"Sted {number} å" * 3 for number in range(20_000)}),
    ],
    ids=["small", "of any size"],
)
def test_names_are_remembered(bench: Bench, memory: NameMemory) -> None:
    bench.one.cache.share(memory)

    assert bench.other.cache.names() == memory


def bound(word: str, since: datetime = NOON) -> NameMemory:
    binding = Binding({"d1": "2026-11-24"}, since.isoformat())
    return NameMemory(bindings={f"department {word}": {"a": binding}}, looked="2026-11-24")


def test_what_two_share_is_remembered_of_both(bench: Bench) -> None:
    bench.one.cache.share(bound("Sales"))

    shared = bench.other.cache.share(bound("Finance"))

    assert set(shared.bindings) == {"department Sales", "department Finance"}
    assert bench.one.cache.names() == shared


def test_what_another_shares_in_the_middle_of_it_is_kept(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = on_dynamodb(client), on_dynamodb(client)
    plain, left = WatermarksTable.put_if, [bound("Sales"), bound("People")]

    def others_first(*given: Any) -> bool:
        if left:
            memory = left.pop()
            with monkeypatch.context() as within:
                within.setattr(WatermarksTable, "put_if", plain)
                other.cache.share(memory)
        return plain(*given)

    monkeypatch.setattr(WatermarksTable, "put_if", others_first)
    one.cache.share(bound("Finance"))

    words = {"department Sales", "department People", "department Finance"}
    assert set(one.cache.names().bindings) == words


def test_names_that_others_share_all_the_time_are_tried_again_later(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WatermarksTable, "put_if", lambda *_: False)

    with pytest.raises(RetryableError, match="names is being changed by others"):
        on_dynamodb(client).cache.share(bound("Finance"))


def test_names_that_no_one_counted_the_changes_of_are_known_and_kept(client: Any) -> None:
    """What a version stored that knew neither of the count nor of the moment of a name."""
    row = {"stream": "names", "called": {"department d1": ["Sales", ""]}, "looked": "2026-11-24"}
    client.put_item(TableName="WatermarksTable", Item=to_item(row))

    shared = on_dynamodb(client).cache.share(bound("Finance"))

    assert shared.called == {"department d1": Seen("Sales", "", "2026-11-24")}


def test_sweeps_of_an_earlier_version_prove_nothing_of_what_they_may_not_have_shown(
    client: Any,
) -> None:
    """It stored the day of the last one, whatever that could see."""
    called = {"department d1": ["Sales", "", "2026-11-10T12:00:00"]}
    row = {"stream": "names", "called": called, "looked": "2026-11-24", "swept": "2026-11-24"}
    client.put_item(TableName="WatermarksTable", Item=to_item(row))

    known = on_dynamodb(client).cache.names()

    assert known.swept == {}
    assert [thing for thing, _ in known.things(NamedKind.DEPARTMENT).there()] == ["d1"]


def test_what_an_earlier_version_stored_says_what_words_mean(client: Any) -> None:
    names = {
        "stream": "names",
        "held_by": {"department Finance": ["d1", "2026-11-20"]},
        "used": {"department d1": ["Finance"], "legal_entity e1": ["Nordfab", "Old"]},
    }
    client.put_item(TableName="WatermarksTable", Item=to_item(names))
    by = {
        NamedKind.DEPARTMENT: {"Finance": Word(frozenset({"norway"}), "a")},
        NamedKind.LEGAL_ENTITY: {"Nordfab": Word(frozenset({"norway"}), "b")},
    }
    things = [
        (NamedKind.DEPARTMENT, Named("d2", "Finance")),
        (NamedKind.DEPARTMENT, Named("d1", "Economy")),
        (NamedKind.LEGAL_ENTITY, Named("e1", "Sor")),
    ]
    cache = on_dynamodb(client).cache

    known = cache.share(cache.names().seen(things, by, NOON))
    known = cache.share(known.seen(things, by, NOON + timedelta(days=1)))

    found = [known.binding(kind, word, by[kind]) for kind, word in
             ((NamedKind.DEPARTMENT, "Finance"), (NamedKind.LEGAL_ENTITY, "Nordfab"))]  # fmt: skip
    assert [list(each.holders) for each in found if each] == [["d1"], ["e1"]]
    assert not any(each.is_contested for each in found if each)


def test_what_a_later_version_stores_besides_is_ignored(client: Any) -> None:
    binding = {"holders": {"d1": "2026-11-24"}, "since": "2026-11-24T12:00:00", "later": "x"}
    names = {
        "stream": "names",
        "bindings": {"department Sales": {"a": binding}, "team Blue": {"a": binding}},
        "called": {"department d1": ["Sales", "S1", "2026-11-24", "more"]},
        "later": {"x": "y"},
    }
    department = {"id": "SALES", "description": "Sales", "later": "x"}
    catalogue = {
        "stream": "catalogue norway",
        "departments": {"SALES": department},
        "employee_key": {"length": 6, "later": "x"},
        "later": "x",
    }
    for row in (names, catalogue):
        client.put_item(TableName="WatermarksTable", Item=to_item(row))
    cache = on_dynamodb(client).cache

    known, read = cache.share(NameMemory(looked="2026-11-24")), cache.catalogue("norway")

    assert known.called == {"department d1": Seen("Sales", "S1", "2026-11-24")}
    assert known.bindings["department Sales"]["a"] == Binding(
        {"d1": "2026-11-24"}, "2026-11-24T12:00:00"
    )
    assert (read.departments["SALES"], read.employee_key) == (
        Department("SALES", "Sales"),
        EmployeeKey(6),
    )


def test_a_catalogue_is_cached_however_large_it_is(bench: Bench) -> None:
    cost_centres = {f"{number:06}": number % 7 > 0 for number in range(60_000)}
    large = replace(a_catalogue(), cost_centres=cost_centres)

    bench.one.cache.save_catalogue("norway", large)

    assert bench.other.cache.catalogue("norway") == large


# DynamoDB alone


def test_a_cached_catalogue_can_be_read_in_the_console(client: Any) -> None:
    on_dynamodb(client).cache.save_catalogue("norway", a_catalogue())

    key = to_item({"stream": "catalogue norway"})
    item = from_item(client.get_item(TableName="WatermarksTable", Key=key)["Item"])

    assert item["departments"] == {
        "PROD": {
            "id": "PROD",
            "description": "Production",
            "cost_centre": "200",
            "expense_account": "5010",
        },
        "BARE": {"id": "Bare"},
    }
    assert item["cost_centres"] == {"200": True, "310": False}
    assert item["read_at"]["departments"] == "2026-11-24T12:00:00.000000Z"


def test_a_lease_needs_no_right_to_delete(client: Any) -> None:
    watched = Watched(client)

    with on_dynamodb(watched).cursors.lease("workers", 60):
        pass

    assert [name for name, _ in watched.calls] == ["put_item", "update_item"]


def test_finished_work_does_not_fail_because_its_lease_cannot_be_given_back(
    client: Any,
) -> None:
    watched = Watched(client)
    watched.answers["update_item"] = [refusal("ThrottlingException")]

    with on_dynamodb(watched).cursors.lease("workers", 60) as held:
        assert held


def test_a_lease_that_cannot_be_asked_for_is_not_a_lease_held_by_another(client: Any) -> None:
    watched = Watched(client)
    watched.answers["put_item"] = [refusal("ThrottlingException")]

    with pytest.raises(RetryableError), on_dynamodb(watched).cursors.lease("workers", 60):
        pass


def test_what_is_read_is_the_latest(client: Any) -> None:
    watched = Watched(client)

    on_dynamodb(watched).cursors.cursor("workers")

    assert watched.calls[0][1]["ConsistentRead"]


def test_people_are_counted_once_and_up_to_the_limit_for_all_readers(bench: Bench) -> None:
    def count(guard_log: GuardLog, person: str, limit: int = 2) -> bool:
        return guard_log.count("norway", ChangeKind.MOVE, person, limit)

    one, other = bench.one.guard_log, bench.other.guard_log
    assert [count(one, "p1"), count(other, "p2"), count(one, "p1")] == [True, True, True]
    assert [count(one, "p3"), count(other, "p4")] == [False, False]
    assert count(other, "p3", limit=3)

    assert set(one.counted("norway", ChangeKind.MOVE)) == {"p1", "p2", "p3"}
    assert set(one.counted("norway", ChangeKind.CREATE)) == set()
    assert set(one.counted("sweden", ChangeKind.MOVE)) == set()
    assert not one.count("sweden", ChangeKind.MOVE, "p1", 0)


def test_what_is_set_for_a_company_is_known_to_all_readers_when_it_has_left(bench: Bench) -> None:
    one, other = bench.one.guard_log, bench.other.guard_log
    assert other.last_known("norway") is None

    one.keep("norway", Guards(move_percent=3))
    one.keep("norway", Guards(move_percent=4, approvers=2, first_load="allowed"))
    one.keep("sweden", Guards())

    assert other.last_known("norway") == Guards(move_percent=4, approvers=2, first_load="allowed")
    assert other.last_known("sweden") == Guards()


def test_a_day_later_there_is_room_again(bench: Bench) -> None:
    guard_log, kind = bench.one.guard_log, ChangeKind.DEACTIVATE
    guard_log.count("norway", kind, "p1", 1)
    bench.clock.turn(hours=23)
    assert not guard_log.count("norway", kind, "p2", 1)

    bench.clock.turn(hours=1, seconds=60)

    assert set(guard_log.counted("norway", kind)) == set()
    assert guard_log.count("norway", kind, "p2", 1)
    assert set(guard_log.counted("norway", kind)) == {"p2"}


def test_who_was_counted_the_day_before_counts_as_anybody_else(bench: Bench) -> None:
    guard_log, kind = bench.one.guard_log, ChangeKind.CREATE
    guard_log.count("norway", kind, "p1", 1)
    bench.clock.turn(hours=24, seconds=60)
    assert guard_log.count("norway", kind, "p2", 2)

    assert not guard_log.count("norway", kind, "p1", 1)


def test_who_is_allowed_for_a_day_is_not_counted(bench: Bench) -> None:
    one, other, kind = bench.one.guard_log, bench.other.guard_log, ChangeKind.CREATE
    one.count("norway", kind, "p1", 1)
    one.allow_all("norway", kind)

    assert [other.count("norway", kind, f"p{number}", 0) for number in range(3)] == [True] * 3
    assert set(other.counted("norway", kind)) == set()
    assert not other.count("norway", ChangeKind.MOVE, "p1", 0)
    assert not other.count("sweden", kind, "p1", 0)

    bench.clock.turn(hours=24, seconds=1)
    assert [other.count("norway", kind, f"p{number}", 1) for number in range(3)] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("count", [0, 3, 12_000])
def test_what_was_queued_is_remembered_however_much_it_is(bench: Bench, count: int) -> None:
    queued = {f"4f01640{number:017} row": (f"{number:010}", NOON) for number in range(count)}

    bench.one.queued.save(queued)

    assert bench.other.queued.load() == queued


def test_new_employments_add_up_for_each_person(bench: Bench) -> None:
    bench.one.employments.note({"p1": {"w1", "w2"}, "p2": {"w3"}})
    bench.other.employments.note({"p1": {"w4"}})

    assert sorted(bench.one.employments.of("p1")) == ["w1", "w2", "w4"]
    assert list(bench.other.employments.of("p2")) == ["w3"]
    assert list(bench.one.employments.of("p3")) == []


def test_a_new_employment_is_kept_until_no_dead_letter_can_be_about_it(bench: Bench) -> None:
    bench.one.employments.note({"p1": {"w1", "w2"}})
    bench.clock.turn(days=10)
    bench.one.employments.note({"p1": {"w2"}})
    bench.clock.turn(days=4, hours=23)
    bench.one.employments.note({"p2": {"w3"}})

    assert sorted(bench.other.employments.of("p1")) == ["w1", "w2"]

    bench.clock.turn(hours=2)
    bench.one.employments.note({"p3": {"w4"}})

    assert list(bench.other.employments.of("p1")) == ["w2"]
    assert list(bench.other.employments.of("p2")) == ["w3"]


def test_of_far_too_many_new_employments_the_newest_are_kept(bench: Bench) -> None:
    bench.one.employments.note({f"{number:024x}": {secrets.token_hex(12)} for number in range(9)})
    bench.clock.turn(minutes=1)
    many = {secrets.token_hex(12): {secrets.token_hex(12)} for _ in range(MOST_PEOPLE)}

    bench.one.employments.note(many)

    assert list(bench.other.employments.of(f"{0:024x}")) == []
    assert all(list(bench.other.employments.of(each)) == list(many[each]) for each in [*many][-3:])


def test_a_new_employment_costs_a_read_and_a_write_for_all_people_of_a_run(client: Any) -> None:
    watched = Watched(client)
    found = on_dynamodb(watched).employments

    found.note({f"p{number}": {f"w{number}"} for number in range(50)})
    ((_, written),) = [each for each in watched.calls if each[0] == "put_item"]
    goes = datetime.fromtimestamp(from_item(written["Item"])["expires_at"], UTC)
    assert goes == HandClock().now() + timedelta(days=15), "nobody's id stays for good"
    assert [name for name, _ in watched.calls] == ["get_item", "put_item"]

    assert found.of("p7") == ["w7"]
    assert watched.count("get_item") == 2


def test_where_there_is_room_a_person_is_counted_with_one_call(client: Any) -> None:
    watched = Watched(client)
    guard_log = on_dynamodb(watched).guard_log
    guard_log.count("norway", ChangeKind.MOVE, "p1", 5)
    watched.calls.clear()

    guard_log.count("norway", ChangeKind.MOVE, "p2", 5)

    assert [name for name, _ in watched.calls] == ["update_item"]
