"""What is worked out from a mapping once."""

from __future__ import annotations

from connector.domain.mapping import file as mapping_file
from connector.domain.mapping.derived import once_a_mapping
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.naming.words import words_of
from connector.domain.mapping.rows import digest, digest_of, to_rows
from tests.simulator.nordfab import NORDFAB_MAPPING


def test_each_mapping_is_worked_on_once() -> None:
    worked_on: list[MappingFile] = []

    @once_a_mapping
    def companies(mapping: MappingFile) -> tuple[str, ...]:
        worked_on.append(mapping)
        return tuple(mapping.companies)

    one, other = mapping_file.parse(NORDFAB_MAPPING), mapping_file.parse(NORDFAB_MAPPING)
    assert [companies(each) for each in (one, one, other)] == [tuple(one.companies)] * 3
    assert [each is one for each in worked_on] == [True, False]


def test_what_was_worked_out_makes_no_mapping_another_one() -> None:
    one, other = mapping_file.parse(NORDFAB_MAPPING), mapping_file.parse(NORDFAB_MAPPING)
    assert digest_of(one) == digest(to_rows(other))
    assert words_of(one)
    assert one == other
    assert to_rows(one) == to_rows(other)


def test_an_edited_mapping_has_a_digest_and_words_of_its_own() -> None:
    before = mapping_file.parse(NORDFAB_MAPPING)
    known = digest_of(before), words_of(before)
    after = mapping_file.parse(NORDFAB_MAPPING.replace("Sales", "Selling"))
    assert digest_of(after) != known[0]
    assert words_of(after) != known[1]
