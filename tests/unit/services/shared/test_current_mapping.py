"""The mapping of the writer: read again once it is another one, and not for every message."""

from __future__ import annotations

import pytest

from connector.adapters.memory import InMemoryMappings, InMemoryMappingVersions
from connector.domain.errors import RetryableError
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.rows import digest, to_rows
from connector.services.shared.current_mapping import CurrentMappings
from tests.unit.builders import a_mapping, some_rules


class CountedMappings(InMemoryMappings):
    """Counts how often the whole table is read."""

    loads = 0
    is_away = False

    def load(self) -> MappingFile:
        self.loads += 1
        if self.is_away:
            raise RetryableError("an import is under way")
        return super().load()


class CountedVersions(InMemoryMappingVersions):
    """Counts how often it is asked which mapping there is."""

    asked = 0

    def announced(self) -> str:
        self.asked += 1
        return super().announced()


BEFORE = a_mapping(norway=some_rules())
AFTER = a_mapping(norway=some_rules(lead_days=3))


def digest_of(mapping: MappingFile) -> str:
    return digest(to_rows(mapping))


@pytest.fixture
def table() -> CountedMappings:
    return CountedMappings(BEFORE)


@pytest.fixture
def versions() -> CountedVersions:
    versions = CountedVersions()
    versions.announce(digest_of(BEFORE))
    return versions


def test_a_mapping_that_is_announced_is_read_once(
    table: CountedMappings, versions: CountedVersions
) -> None:
    mappings = CurrentMappings(table, versions)

    assert [mappings.load(), mappings.load(), mappings.load()] == [BEFORE] * 3
    assert table.loads == 1


def test_an_edit_is_seen_as_soon_as_it_is_announced(
    table: CountedMappings, versions: CountedVersions
) -> None:
    mappings = CurrentMappings(table, versions)
    mappings.load()
    table.replace(AFTER)
    versions.announce(digest_of(AFTER))

    assert [mappings.load(), mappings.load()] == [AFTER] * 2
    assert table.loads == 2


def test_where_nothing_was_ever_announced_the_table_is_read_each_time(
    table: CountedMappings,
) -> None:
    mappings = CurrentMappings(table, InMemoryMappingVersions())

    mappings.load()
    mappings.load()

    assert table.loads == 2


def test_for_the_messages_of_one_batch_it_is_asked_once(
    table: CountedMappings, versions: CountedVersions
) -> None:
    mappings = CurrentMappings(table, versions)
    mappings.load()
    versions.asked = 0

    with mappings.settled():
        assert [mappings.load(), mappings.load(), mappings.load()] == [BEFORE] * 3
    assert versions.asked == 1

    table.replace(AFTER)
    versions.announce(digest_of(AFTER))
    with mappings.settled():
        assert mappings.load() == AFTER


def test_a_mapping_that_cannot_be_loaded_is_asked_for_by_each_message(
    table: CountedMappings, versions: CountedVersions
) -> None:
    mappings, table.is_away = CurrentMappings(table, versions), True

    with mappings.settled():
        with pytest.raises(RetryableError):
            mappings.load()
        table.is_away = False
        assert mappings.load() == BEFORE
