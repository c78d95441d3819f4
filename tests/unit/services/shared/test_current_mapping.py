"""The mapping of the writer: read again once it is another one, and not for every message."""

from __future__ import annotations

import pytest

from connector.adapters.memory import InMemoryMappings, InMemoryMappingVersions
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.rows import digest, to_rows
from connector.ports.state import AnnouncedMapping
from connector.services.shared.current_mapping import BELIEVED_SECONDS, CurrentMapping
from connector.services.shared.requirements import WatchedMappings
from tests.support.clock import HandClock
from tests.unit.builders import a_mapping, some_rules


class CountedMappings(InMemoryMappings):
    """Counts how often the whole table is read."""

    loads = 0

    def load(self) -> MappingFile:
        self.loads += 1
        return super().load()


class CountedVersions(InMemoryMappingVersions):
    """Counts how often it is asked which mapping there is."""

    asked = 0

    def announced(self) -> AnnouncedMapping:
        self.asked += 1
        return super().announced()


BEFORE = a_mapping(norway=some_rules())
AFTER = a_mapping(norway=some_rules(lead_days=3))


def digest_of(mapping: MappingFile) -> str:
    return digest(to_rows(mapping))


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def table() -> CountedMappings:
    return CountedMappings(BEFORE)


@pytest.fixture
def versions() -> CountedVersions:
    versions = CountedVersions()
    versions.announce(digest_of(BEFORE))
    return versions


@pytest.fixture
def mapping(table: CountedMappings, versions: CountedVersions, clock: HandClock) -> CurrentMapping:
    return CurrentMapping(table, versions, clock)


def test_a_busy_writer_reads_the_table_once_and_asks_every_few_seconds(
    mapping: CurrentMapping, table: CountedMappings, versions: CountedVersions, clock: HandClock
) -> None:
    for _ in range(20):
        assert mapping.load() == BEFORE
        clock.turn(seconds=1)

    assert table.loads == 1
    assert versions.asked == 20 // BELIEVED_SECONDS


def test_an_edit_is_seen_after_a_few_seconds(
    mapping: CurrentMapping, table: CountedMappings, versions: CountedVersions, clock: HandClock
) -> None:
    mapping.load()
    mapping.load()
    table.replace(AFTER)
    versions.announce(digest_of(AFTER))
    assert mapping.load() == BEFORE

    clock.turn(seconds=BELIEVED_SECONDS)

    assert [mapping.load(), mapping.load()] == [AFTER] * 2
    assert table.loads == 2


def test_a_change_that_an_edit_has_queued_sees_it_at_once(
    mapping: CurrentMapping, table: CountedMappings, versions: CountedVersions
) -> None:
    mapping.load()
    mapping.load()
    table.replace(AFTER)
    versions.announce(digest_of(AFTER))

    assert mapping.load(is_about_an_edit=True) == AFTER


def test_where_nothing_was_ever_announced_the_table_is_read_each_time(
    table: CountedMappings, clock: HandClock
) -> None:
    mapping = CurrentMapping(table, InMemoryMappingVersions(), clock)

    mapping.load()
    mapping.load()

    assert table.loads == 2


def test_whoever_reads_rippling_goes_by_it_also_where_it_is_the_one_of_before_again(
    table: CountedMappings, versions: CountedVersions, clock: HandClock
) -> None:
    """A rollback: the mapping at hand is in force again, and others have loaded one in between."""
    watched = WatchedMappings(table, clock)
    mapping = CurrentMapping(watched, versions, clock, goes_by=watched.go_by)
    known = mapping.load()
    table.replace(a_mapping(norway=some_rules(department_custom_field="Unit")))
    watched.load()
    assert watched.custom_fields() == {"Unit"}

    assert mapping.load() is known

    assert watched.custom_fields() == set()
