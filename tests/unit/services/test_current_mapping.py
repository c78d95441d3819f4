"""The mapping of the writer: read again once it is another one, and not for every message."""

from __future__ import annotations

import pytest

from connector.adapters.memory import InMemoryMappings, InMemoryMappingVersions
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.rows import digest, to_rows
from connector.services.shared.current_mapping import CurrentMappings
from tests.unit.builders import a_mapping, some_rules


class CountedMappings(InMemoryMappings):
    """Counts how often the whole table is read."""

    loads = 0

    def load(self, good_enough: str = "") -> MappingFile:
        self.loads += 1
        return super().load()


BEFORE = a_mapping(norway=some_rules())
AFTER = a_mapping(norway=some_rules(lead_days=3))


def digest_of(mapping: MappingFile) -> str:
    return digest(to_rows(mapping))


@pytest.fixture
def table() -> CountedMappings:
    return CountedMappings(BEFORE)


@pytest.fixture
def versions() -> InMemoryMappingVersions:
    return InMemoryMappingVersions()


def test_a_mapping_that_is_announced_is_read_once(
    table: CountedMappings, versions: InMemoryMappingVersions
) -> None:
    versions.announce(digest_of(BEFORE))
    mappings = CurrentMappings(table, versions)

    assert [mappings.load(), mappings.load(), mappings.load()] == [BEFORE] * 3
    assert table.loads == 1


def test_a_change_queued_under_the_mapping_at_hand_asks_for_nothing(
    table: CountedMappings, versions: InMemoryMappingVersions
) -> None:
    mappings = CurrentMappings(table, versions)
    mappings.load()
    versions.announced = pytest.fail  # type: ignore[method-assign]

    assert mappings.load(digest_of(BEFORE)) == BEFORE
    assert table.loads == 1


def test_an_edit_is_seen_as_soon_as_it_is_announced(
    table: CountedMappings, versions: InMemoryMappingVersions
) -> None:
    versions.announce(digest_of(BEFORE))
    mappings = CurrentMappings(table, versions)
    mappings.load()
    table.replace(AFTER)
    versions.announce(digest_of(AFTER))

    assert mappings.load() == AFTER
    assert mappings.load(digest_of(AFTER)) == AFTER
    assert mappings.load(digest_of(BEFORE)) == AFTER, "an old message, by what holds now"
    assert table.loads == 2


def test_a_change_queued_under_a_newer_mapping_has_it_read(
    table: CountedMappings, versions: InMemoryMappingVersions
) -> None:
    mappings = CurrentMappings(table, versions)
    mappings.load()
    table.replace(AFTER)

    assert mappings.load(digest_of(AFTER)) == AFTER


def test_where_nothing_was_ever_announced_the_table_is_read_each_time(
    table: CountedMappings, versions: InMemoryMappingVersions
) -> None:
    mappings = CurrentMappings(table, versions)

    mappings.load()
    mappings.load()

    assert table.loads == 2
