"""What a word of a mapping means: it keeps to a thing, whatever that is called."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import BaseModel

from connector.domain.facts import Named, Truth
from connector.domain.mapping.file import load
from connector.domain.mapping.naming.apart import apart
from connector.domain.mapping.naming.bindings import (
    Binding,
    NamedKind,
    Word,
    Words,
    are_left,
    brought_back,
    merged,
)
from connector.domain.mapping.naming.memory import NameMemory
from connector.domain.mapping.naming.settling import Rebound, returned, settled, unclear
from connector.domain.mapping.naming.words import row_text, words_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DEPARTMENT, ENTITY = NamedKind.DEPARTMENT, NamedKind.LEGAL_ENTITY
FIN, HR = Named("d1", "Finance"), Named("d2", "People")
FIN_LATER, HR_LATER = Named("d1", "People"), Named("d2", "Finance")
NORWAY = frozenset({"norway"})


def words(kind: NamedKind = DEPARTMENT, **digests: str) -> Words:
    return {kind: {word: Word(NORWAY, digest) for word, digest in digests.items()}}


ROWS, EDITED = words(Finance="a", People="b"), words(Finance="b2", People="a2")


def seen(
    memory: NameMemory,
    *things: Named,
    by: Words = ROWS,
    at: datetime = NOON,
    kind: NamedKind = DEPARTMENT,
) -> NameMemory:
    """The memory after a look on a day on which a sweep had come to its end."""
    memory = replace(memory, swept=whole(at.date().isoformat()))
    return memory.seen([(kind, thing) for thing in things], by, at)


def whole(day: str) -> dict[str, str]:
    """A sweep that showed everything."""
    return {kind.value: day for kind in NamedKind}


def means(memory: NameMemory, word: str, by: Words = ROWS, kind: NamedKind = DEPARTMENT) -> str:
    """The ids that a word means, or that nobody can tell."""
    found = memory.binding(kind, word, by[kind])
    if found is None:
        return "nothing"
    return "contested" if found.is_contested else " ".join(found.holders)


@pytest.fixture
def memory() -> NameMemory:
    return seen(NameMemory(), FIN, HR)


def test_a_word_means_what_was_seen_with_it_first(memory: NameMemory) -> None:
    assert (means(memory, "Finance"), means(memory, "People")) == ("d1", "d2")
    assert memory.recalled(DEPARTMENT, FIN, ROWS[DEPARTMENT]) is FIN


@pytest.mark.parametrize("things", [(FIN_LATER, HR_LATER), (HR_LATER, FIN_LATER)])
def test_names_that_are_swapped_change_nothing_for_as_long_as_it_lasts(
    memory: NameMemory, things: tuple[Named, ...]
) -> None:
    for days in range(1, 9):
        memory = seen(memory, *things, at=NOON + timedelta(days=days))

    assert (means(memory, "Finance"), means(memory, "People")) == ("d1", "d2")
    assert memory.recalled(DEPARTMENT, FIN_LATER, ROWS[DEPARTMENT]).keys == ("d1", "Finance")


def test_after_a_pause_nothing_counts_as_gone(memory: NameMemory) -> None:
    later = NOON + timedelta(days=30)

    memory = seen(memory, Named("d3", "Finance"), at=later)

    assert means(memory, "Finance") == "d1"


def test_a_department_that_nobody_is_in_for_more_than_three_days_gives_up_its_word(
    memory: NameMemory,
) -> None:
    again = Named("d3", "Finance")
    for days in (1, 2, 3):
        memory = seen(memory, again, HR, at=NOON + timedelta(days=days))
    assert means(memory, "Finance") == "d1"

    memory = seen(memory, again, HR, at=NOON + timedelta(days=4))

    assert means(memory, "Finance") == "d3"


def test_a_department_with_another_reference_code_gives_up_the_word_of_the_former_one() -> None:
    by = words(C1="a")
    memory = seen(NameMemory(), Named("d1", "Finance", "C1"), by=by)
    others = Named("d1", "Finance", "C2"), Named("d2", "People", "C1")
    for days in range(1, 5):
        memory = seen(memory, *others, by=by, at=NOON + timedelta(days=days))

    assert means(memory, "C1", by) == "d2"


@pytest.mark.parametrize("things", [(FIN_LATER, HR_LATER), (HR_LATER, FIN_LATER)])
def test_rows_edited_while_names_change_hands_mean_nothing_for_certain(
    memory: NameMemory, things: tuple[Named, ...]
) -> None:
    memory = seen(memory, *things, by=EDITED)

    assert {means(memory, word, EDITED) for word in ("Finance", "People")} == {"contested"}
    assert (means(memory, "Finance"), means(memory, "People")) == ("d1", "d2"), "as before"
    known = memory.recalled(DEPARTMENT, FIN_LATER, EDITED[DEPARTMENT])
    assert known.keys == ("d1",)
    assert set(known.unsettled) == {"Finance", "People"}


def test_rows_edited_while_nothing_is_renamed_mean_what_they_meant(memory: NameMemory) -> None:
    memory = seen(memory, FIN, HR, by=EDITED)

    assert (means(memory, "Finance", EDITED), means(memory, "People", EDITED)) == ("d1", "d2")


def test_an_import_settles_edited_rows_by_the_names_of_today(memory: NameMemory) -> None:
    lists = {DEPARTMENT: [FIN_LATER, HR_LATER]}

    memory, rebound = settled(memory, ROWS, EDITED, lists, NOON)

    assert (means(memory, "Finance", EDITED), means(memory, "People", EDITED)) == ("d2", "d1")
    assert [each.word for each in rebound] == ["Finance", "People"]
    assert (means(memory, "Finance"), means(memory, "People")) == ("d1", "d2"), "for a rollback"
    assert list(apart(memory, EDITED)) == []
    memory = seen(memory, FIN_LATER, HR_LATER, by=EDITED)
    assert means(memory, "Finance", EDITED) == "d2"


def test_an_import_leaves_rows_as_they_are_that_it_does_not_edit(memory: NameMemory) -> None:
    after = {DEPARTMENT: {**ROWS[DEPARTMENT], "Sales": Word(NORWAY, "s")}}
    lists = {DEPARTMENT: [FIN_LATER, HR_LATER, Named("d3", "Sales")]}

    memory, rebound = settled(memory, ROWS, after, lists, NOON)

    assert rebound == []
    assert [means(memory, word, after) for word in ("Finance", "People", "Sales")] == [
        "d1", "d2", "d3",
    ]  # fmt: skip
    told = {each.word: each for each in apart(memory, after)}
    assert set(told) == {"Finance", "People"}
    assert all(each.is_swapped for each in told.values())


BESIDE = {"added": (words(Finance="a"), words(Finance="a s")),
          "removed": (words(Finance="a s"), words(Finance="a"))}  # fmt: skip
"""The rows with a word, and those of an import that leaves one of them as it is."""


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("is_imported", [True, False])
def test_a_row_beside_it_leaves_the_meaning_of_a_row_as_it_is(
    beside: str, is_imported: bool
) -> None:
    before, after = BESIDE[beside]
    memory = seen(NameMemory(), FIN, HR, by=before)
    memory = seen(memory, FIN_LATER, HR_LATER, by=before)

    rebound: list[Rebound] = []
    if is_imported:
        lists = {DEPARTMENT: [FIN_LATER, HR_LATER]}
        memory, rebound = settled(memory, before, after, lists, NOON + timedelta(hours=1))
    memory = seen(memory, HR_LATER, FIN_LATER, by=after, at=NOON + timedelta(hours=2))

    assert rebound == []
    nobody_can_tell = beside == "added" and not is_imported  # names have changed hands by then
    assert means(memory, "Finance", after) == ("contested" if nobody_can_tell else "d1")


def test_a_row_beside_it_leaves_a_word_that_was_imported_since_the_row_before(
    memory: NameMemory,
) -> None:
    memory, _ = settled(
        memory, ROWS, EDITED, {DEPARTMENT: [FIN_LATER, HR_LATER]}, NOON + timedelta(hours=1)
    )
    with_another = words(Finance="b2 s", People="a2")

    memory = seen(memory, HR_LATER, FIN_LATER, by=with_another, at=NOON + timedelta(hours=2))

    assert means(memory, "Finance", with_another) == "d2"


MAPPING = """
companies:
  norway:
    legal_entities: ["Nordfab AS"]
    time_zone: Europe/Oslo
    employee_code: "{worker.number}"
    cost_centre_segment: 1
    defaults: {branch: "1", employee_class: STAFF, calendar: NORWAY}
    departments:
      - {rippling: Sales, department: SALES, cost_centre: "200"}
    employee_classes:
      - {when: {compensation_time_period: HOURLY}, employee_class: HOURLY}
"""
CLASS_RULE = "      - {when: {department: Sales}, employee_class: SELLER}\n"
SWEDEN = MAPPING.partition("companies:")[2].replace("norway", "sweden").replace("AS", "AB")


def digest_of(text: str) -> str:
    return words_of(load(text))[DEPARTMENT]["Sales"].digest


@pytest.mark.parametrize("row", [CLASS_RULE, SWEDEN.lstrip("\n")], ids=["class", "company"])
def test_rows_with_a_word_are_told_apart(row: str) -> None:
    before, after = digest_of(MAPPING), digest_of(MAPPING + row)
    edited = digest_of((MAPPING + row).replace('"200"', '"300"', 1))

    assert are_left(before, after)
    assert are_left(after, before)
    assert not are_left(before, edited)
    assert not are_left(after, edited)


def test_an_import_that_cannot_ask_rippling_settles_nothing_of_which_it_knows_nothing_new(
    memory: NameMemory,
) -> None:
    memory, rebound = settled(memory, ROWS, EDITED, {}, NOON)

    assert rebound == []
    memory = seen(memory, FIN_LATER, HR_LATER, by=EDITED)
    assert means(memory, "Finance", EDITED) == "contested"


def test_a_legal_entity_that_gets_the_name_of_another_does_not_share_its_word() -> None:
    by = words(ENTITY, Nordfab="a")
    memory = seen(NameMemory(), Named("e1", "Nordfab"), Named("e2", "Sor"), by=by, kind=ENTITY)
    for days in range(6):
        renamed = Named("e1", "Sor"), Named("e2", "Nordfab")
        memory = seen(memory, *renamed, by=by, kind=ENTITY, at=NOON + timedelta(days=days))
    assert means(memory, "Nordfab", by, ENTITY) == "e1"

    memory = seen(memory, Named("e3", "Nordfab"), by=by, kind=ENTITY)

    assert means(memory, "Nordfab", by, ENTITY) == "e1", "nor does a new one of that name"


def test_legal_entities_share_a_word_by_which_both_are_called_at_the_same_time() -> None:
    by, twins = words(ENTITY, Nordfab="a"), (Named("e1", "Nordfab"), Named("e2", "Nordfab"))

    assert means(seen(NameMemory(), *twins, by=by, kind=ENTITY), "Nordfab", by, ENTITY) == "e1 e2"


@pytest.mark.parametrize(("is_renamed", "meant"), [(False, "e1 e2"), (True, "e1")])
def test_two_legal_entities_that_are_read_apart_share_a_word_once_both_were_seen_with_it(
    is_renamed: bool, meant: str
) -> None:
    """The other one was read before under that name, and may have lost it since."""
    by, memory = words(ENTITY, Nordfab="a"), NameMemory()
    memory = seen(memory, Named("e1", "Nordfab"), by=by, kind=ENTITY)
    later = NOON + timedelta(minutes=1)
    memory = seen(memory, Named("e2", "Nordfab"), by=by, kind=ENTITY, at=later)
    assert means(memory, "Nordfab", by, ENTITY) == "e1"

    day = NOON + timedelta(days=1)
    first = Named("e1", "Nord" if is_renamed else "Nordfab")
    memory = seen(memory, first, by=by, kind=ENTITY, at=day)
    memory = seen(memory, Named("e2", "Nordfab"), by=by, kind=ENTITY, at=day)

    assert means(memory, "Nordfab", by, ENTITY) == meant


def test_an_import_leaves_open_what_two_were_last_read_under_one_after_the_other() -> None:
    """Two legal entities swap names, and people of one alone were read since."""
    before, after = words(ENTITY, Nord="a", Sor="b"), words(ENTITY, Nord="b", Sor="a")
    memory = seen(NameMemory(), Named("e1", "Nord"), Named("e2", "Sor"), by=before, kind=ENTITY)
    memory = seen(memory, Named("e1", "Sor"), by=before, kind=ENTITY)

    memory, _ = settled(memory, before, after, {}, NOON)
    memory = seen(memory, Named("e2", "Nord"), by=after, kind=ENTITY)

    assert (means(memory, "Sor", after, ENTITY)) == "contested"
    memory, rebound = settled(memory, after, after, {}, NOON)
    assert [means(memory, each, after, ENTITY) for each in ("Sor", "Nord")] == ["e1", "e2"]
    assert [each.word for each in rebound] == ["Sor"]


def test_a_word_whose_thing_has_another_row_now_means_whatever_is_seen_with_it() -> None:
    """The legal entity that has the name now has nobody yet, so Rippling does not show it."""
    before, after = words(ENTITY, Nord="a", Sor="b"), words(ENTITY, Nord="b", Sor="a")
    memory = seen(NameMemory(), Named("e1", "Nord"), by=before, kind=ENTITY)
    memory = seen(memory, Named("e1", "Sor"), by=before, kind=ENTITY)

    memory, rebound = settled(memory, before, after, {}, NOON)

    assert means(memory, "Sor", after, ENTITY) == "e1"
    assert any("whatever legal entity is seen first" in each.message for each in rebound)
    memory = seen(memory, Named("e2", "Nord"), by=after, kind=ENTITY)
    assert means(memory, "Nord", after, ENTITY) == "e2"


def test_of_two_memories_the_binding_counts_that_was_settled_last() -> None:
    old, new = Binding({"d1": "2026-11-24"}, "1"), Binding({"d2": "2026-11-23"}, "2")
    key = "department Finance"
    for one, other in ((old, new), (new, old)):
        assert merged({key: {"a": one}}, {key: {"a": other}}) == {key: {"a": new}}
    seen_later = replace(old, holders={"d1": "2026-11-25"})
    assert merged({key: {"a": old}}, {key: {"a": seen_later}}) == {key: {"a": seen_later}}


def test_a_thing_that_is_only_renamed_is_told_with_its_new_name(memory: NameMemory) -> None:
    memory = seen(memory, Named("d1", "Economy"))

    (one,) = apart(memory, ROWS)

    assert (one.word, one.is_swapped, one.is_contested) == ("Finance", False, False)
    assert "called Economy in Rippling now; nobody moves" in one.message


ABROAD, NEWCOMER = Named("d1", "Finance abroad"), Named("d3", "Finance")


@pytest.mark.parametrize(
    "meanwhile", [words(Finance="a2"), words(Sales="s")], ids=["edited", "removed"]
)
def test_rows_that_come_back_mean_what_was_seen_daily_though_not_by_them(meanwhile: Words) -> None:
    by = words(Finance="a")
    memory = seen(NameMemory(), FIN, by=by)
    memory, _ = settled(memory, by, meanwhile, {DEPARTMENT: [FIN]}, NOON)
    for days in range(1, 8):
        things = (FIN,) if days < 3 else (ABROAD, NEWCOMER)
        memory = seen(memory, *things, by=meanwhile, at=NOON + timedelta(days=days))

    memory = replace(memory, bindings=brought_back(memory.bindings, by, "2026-12-01"))
    for thing in (NEWCOMER, ABROAD):  # whoever is seen first takes nothing
        memory = seen(memory, thing, by=by, at=NOON + timedelta(days=7, hours=1))

    assert means(memory, "Finance", by) == "d1"


@pytest.mark.parametrize(("days", "found"), [(3, "contested"), (4, "d2")])
def test_a_deleted_department_is_another_of_that_name_for_three_days(days: int, found: str) -> None:
    by, edited = words(People="b"), words(People="b2")
    memory = seen(NameMemory(), FIN, HR, by=by)
    for day in range(1, days + 1):
        memory = seen(memory, HR_LATER, by=by, at=NOON + timedelta(days=day))

    memory = seen(memory, HR_LATER, by=edited, at=NOON + timedelta(days=days, hours=1))

    assert means(memory, "People", edited) == found


@pytest.mark.parametrize(("days", "is_swapped"), [(3, True), (4, False)])
def test_a_row_is_told_of_another_thing_that_is_called_so_while_that_is_there(
    days: int, is_swapped: bool
) -> None:
    by = words(People="b")
    memory = seen(NameMemory(), HR, by=by)
    memory = seen(memory, Named("d9", "People"), by=by)
    for day in range(days + 1):
        memory = seen(memory, HR_LATER, by=by, at=NOON + timedelta(days=day))

    (one,) = apart(memory, by)

    assert one.is_swapped == is_swapped


def test_what_is_gone_is_forgotten_unless_a_word_means_it() -> None:
    by = words(Finance="a")
    memory = seen(NameMemory(), FIN, Named("d9", "Old"), by=by)
    for day in range(1, 5):
        memory = seen(memory, HR, by=by, at=NOON + timedelta(days=day))

    shared = memory.merged(NameMemory())

    assert set(shared.called) == {"department d1", "department d2"}


def test_after_a_pause_nothing_is_forgotten() -> None:
    memory = seen(NameMemory(), FIN, Named("d9", "Old"), HR)

    memory = seen(memory, HR, at=NOON + timedelta(days=30)).merged(memory)

    assert "department d9" in memory.called


def test_of_two_memories_the_name_counts_that_was_seen_last(memory: NameMemory) -> None:
    later = seen(memory, Named("d1", "Economy"), at=NOON + timedelta(seconds=1))

    for merged_memory in (memory.merged(later), later.merged(memory)):
        assert merged_memory.called["department d1"].name == "Economy"


def test_of_two_memories_the_locations_count_that_were_read_last() -> None:
    old = NameMemory(NOON, "a", {"l1": "Bergen"})
    new = NameMemory(NOON + timedelta(seconds=1), "b", {"l1": "Bergen HQ"})

    for merged_memory in (old.merged(new), new.merged(old)):
        assert (merged_memory.read_under, merged_memory.locations) == ("b", {"l1": "Bergen HQ"})


def test_rows_are_told_apart_by_the_same_digests_in_every_version() -> None:
    """A setting that a row gets later, with a default, must change none of these."""
    found = words_of(load(MAPPING + CLASS_RULE))

    assert {word: each.digest for word, each in found[DEPARTMENT].items()} == {
        "Sales": "117420ebff 8af6589136"
    }
    assert {word: each.digest for word, each in found[ENTITY].items()} == {
        "Nordfab AS": "c0499b15e5"
    }


class Row(BaseModel):
    """A row, and not one of the mapping's."""

    rippling: str
    department: str


class LaterRow(Row):
    """The same as a later version may have it."""

    spread: str = "evenly"


def test_a_setting_that_rows_get_later_changes_no_row_that_has_not_set_it() -> None:
    row = {"rippling": "Sales", "department": "SALES"}

    before, after = Row.model_validate(row), LaterRow.model_validate(row)
    set_otherwise = LaterRow.model_validate({**row, "spread": "otherwise"})

    assert row_text(before) == row_text(after)
    assert row_text(before) != row_text(set_otherwise)


TWO = {
    "neither held it": ((Named("d7", "Finance"), Named("d8", "Finance")), 1),
    "one of them held it": ((FIN, Named("d8", "Finance")), 0),
    "there is one": ((Named("d7", "Finance"),), 0),
}


@pytest.mark.parametrize("two", TWO)
@pytest.mark.parametrize("is_contested", [True, False])
def test_an_edited_word_of_two_departments_is_unclear_unless_one_of_them_held_it(
    two: str, is_contested: bool
) -> None:
    things, expected = TWO[two]
    before, after = words(Finance="a"), words(Finance="b")
    memory = seen(NameMemory(), FIN, by=before)
    if is_contested:
        memory, before = seen(memory, ABROAD, by=after), after

    found = list(unclear(memory, before, after, {DEPARTMENT: things}))

    assert means(memory, "Finance", before) == ("contested" if is_contested else "d1")
    assert len(found) == expected
    assert all("departments d7 and d8 are called so" in each.message for each in found)


def test_a_word_that_several_departments_hold_is_unclear() -> None:
    before, after = words(Finance="a"), words(Finance="b")
    held = Binding({"d7": "2026-11-24", "d8": "2026-11-24"}, NOON.isoformat())
    memory = NameMemory(bindings={"department Finance": {"a": held}})

    assert list(unclear(memory, before, after, {DEPARTMENT: TWO["neither held it"][0]}))


@pytest.mark.parametrize(
    ("before", "after"),
    [({}, words(Finance="a")), (words(Finance="a"), words(Finance="a"))],
    ids=["new", "left"],
)
def test_a_word_that_is_new_or_left_as_it_is_is_not_unclear(before: Words, after: Words) -> None:
    memory = seen(NameMemory(), FIN, by=before) if before else NameMemory()

    assert not list(unclear(memory, before, after, {DEPARTMENT: TWO["neither held it"][0]}))


def test_a_mapping_that_comes_back_tells_what_its_words_mean_otherwise(memory: NameMemory) -> None:
    lists = {DEPARTMENT: [FIN_LATER, HR_LATER]}
    memory, _ = settled(memory, ROWS, EDITED, lists, NOON + timedelta(hours=1))

    told = [each.message for each in returned(memory, EDITED, ROWS)]

    assert told == [
        "Finance means department d1 from now on (before: d2)",
        "People means department d2 from now on (before: d1)",
    ]
    assert list(returned(memory, ROWS, ROWS)) == []


def test_without_a_whole_sweep_nothing_is_gone(memory: NameMemory) -> None:
    newcomer = [(DEPARTMENT, NEWCOMER)]
    for days in range(1, 8):
        memory = memory.seen(newcomer, ROWS, NOON + timedelta(days=days))
    assert means(memory, "Finance") == "d1"

    memory = memory.merged(NameMemory(swept=whole("2026-12-01")))
    memory = memory.seen(newcomer, ROWS, NOON + timedelta(days=7, hours=1))

    assert means(memory, "Finance") == "d3"


def on(days: int) -> datetime:
    return NOON + timedelta(days=days)


def test_a_kind_that_no_sweep_showed_whole_loses_nothing_by_those_that_showed_another(
    memory: NameMemory,
) -> None:
    for days in range(1, 8):
        memory = memory.swept_on(on(days).date(), [ENTITY])
        memory = memory.seen([(DEPARTMENT, NEWCOMER)], ROWS, on(days))

    assert means(memory, "Finance") == "d1"


def test_after_days_in_which_a_kind_was_hidden_nothing_of_it_counts_as_gone_at_once(
    memory: NameMemory,
) -> None:
    """One look at everything, on the first day of sight, is as one after a pause."""
    memory = memory.swept_on(NOON.date(), [DEPARTMENT])
    for days in range(1, 8):
        memory = memory.seen([(ENTITY, Named("e1", "Nordfab"))], ROWS, on(days))

    first = memory.swept_on(on(7).date(), [DEPARTMENT])
    assert means(first.seen([(DEPARTMENT, NEWCOMER)], ROWS, on(7)), "Finance") == "d1"

    for days in range(8, 12):
        first = first.swept_on(on(days).date(), [DEPARTMENT])
        first = first.seen([(DEPARTMENT, NEWCOMER)], ROWS, on(days))
    assert means(first, "Finance") == "d3"


def test_a_thing_of_which_only_the_id_is_shown_is_there(memory: NameMemory) -> None:
    for days in range(1, 8):
        memory = seen(memory, Named("d1", is_partial=True), NEWCOMER, at=on(days))

    assert means(memory, "Finance") == "d1"
    assert memory.called["department d1"].at == NOON.isoformat(), "its name was not seen"


def test_a_legal_entity_of_which_only_the_id_is_shown_shares_no_name_with_another() -> None:
    """When it was called so last stays as it was: the other one may have taken the name over."""
    by = words(ENTITY, Nordfab="a")
    memory = seen(NameMemory(), Named("e1", "Nordfab"), by=by, kind=ENTITY)
    for days in range(1, 5):
        memory = seen(memory, Named("e1", is_partial=True), by=by, at=on(days), kind=ENTITY)
        memory = seen(memory, Named("e2", "Nordfab"), by=by, at=on(days), kind=ENTITY)

    assert means(memory, "Nordfab", by, ENTITY) == "e1"


def test_a_department_whose_reference_code_is_not_shown_keeps_the_word_of_it() -> None:
    by = words(C1="a")
    memory = seen(NameMemory(), Named("d1", "Finance", "C1"), by=by)
    for days in range(1, 8):
        both = Named("d1", "Finance"), Named("d2", "C1")
        memory = seen(memory, *both, by=by, at=on(days))

    assert means(memory, "C1", by) == "d1"


def test_an_import_settles_every_word_that_was_edited_in_the_table(memory: NameMemory) -> None:
    """One of the words was doubted, since its people were seen; nobody was seen by the other."""
    memory = seen(seen(memory, FIN_LATER), FIN_LATER, by=EDITED)
    lists = {DEPARTMENT: [FIN_LATER, HR_LATER]}
    assert [means(memory, each, EDITED) for each in ("Finance", "People")] == ["contested", "d2"]

    memory, rebound = settled(memory, EDITED, EDITED, lists, NOON)

    assert (means(memory, "Finance", EDITED), means(memory, "People", EDITED)) == ("d2", "d1")
    assert {each.word for each in rebound} == {"Finance", "People"}


@pytest.mark.parametrize("kind", [ENTITY, NamedKind.EMPLOYMENT_TYPE])
@pytest.mark.parametrize("is_called_so", [True, False])
def test_what_an_import_settles_by_names_of_before_is_doubted_where_the_next_read_says_otherwise(
    kind: NamedKind, is_called_so: bool
) -> None:
    """Nothing lists them: HR may have put a name right since it was read."""
    first, before = words(kind, Nord="a", Sor="b"), words(kind, Group="a", Sor="b")
    after = words(kind, Nord="a2", Sor="b")
    memory = seen(NameMemory(), Named("e1", "Nord"), Named("e2", "Sor"), by=first, kind=kind)
    memory = seen(memory, Named("e1", "Group"), by=first, kind=kind)
    memory, _ = settled(memory, first, before, {}, NOON)
    memory = seen(memory, Named("e1", "Group"), Named("e2", "Nord"), by=before, kind=kind)

    memory, _ = settled(memory, before, after, {}, NOON)
    assert means(memory, "Nord", after, kind) == "e2", "as it was read last"

    name = "Nord" if is_called_so else "Sor"
    memory = seen(memory, Named("e2", name), by=after, kind=kind)
    memory = seen(memory, Named("e2", "Later"), by=after, kind=kind)

    expected = "e2" if is_called_so else "contested"
    assert means(memory, "Nord", after, kind) == expected


def test_a_rollback_gives_a_word_that_meant_nothing_then_nothing_that_it_was_given_since() -> None:
    """Nobody was in Finance: the name was given to another department with the rows after."""
    memory = seen(NameMemory(), Named("d2", "People"))
    memory, _ = settled(memory, ROWS, EDITED, {DEPARTMENT: [FIN_LATER, HR_LATER]}, NOON)
    assert means(memory, "Finance", EDITED) == "d2"

    bindings = brought_back(memory.bindings, ROWS, NOON.date().isoformat())
    memory = seen(replace(memory, bindings=bindings), HR_LATER)

    assert [means(memory, each) for each in ("Finance", "People")] == ["", "d2"]


def test_a_word_that_comes_back_by_hand_is_doubted_where_its_thing_has_another_row() -> None:
    """A day ago it meant what is called otherwise since, and has a row by that name."""
    before, after = words(Economy="e"), words(Economy="e", Finance="f")
    memory = seen(NameMemory(), FIN, by=words(Finance="a"))
    economy = Named("d1", "Economy")
    memory, _ = settled(memory, words(Finance="a"), before, {DEPARTMENT: [economy]}, NOON)
    memory = seen(memory, economy, by=before)
    assert means(memory, "Economy", before) == "d1"

    memory = seen(memory, economy, by=after)

    assert means(memory, "Finance", after) == "contested"
    memory, _ = settled(memory, after, after, {DEPARTMENT: [economy, Named("d2", "Finance")]}, NOON)
    assert means(memory, "Finance", after) == "d2"


def test_a_name_that_is_shown_without_an_id_names_nothing_while_names_have_changed_hands(
    memory: NameMemory,
) -> None:
    hidden = Named(name="Finance")
    assert memory.recalled(DEPARTMENT, hidden, ROWS[DEPARTMENT]) == hidden

    memory = seen(memory, FIN_LATER, HR_LATER)

    recalled = memory.recalled(DEPARTMENT, hidden, ROWS[DEPARTMENT])
    assert recalled.unsettled == ("Finance",)
    assert recalled.answers_to("Finance") is Truth.UNKNOWN
