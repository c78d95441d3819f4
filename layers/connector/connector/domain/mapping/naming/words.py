"""The words by which a mapping names things in Rippling, each with the rows that have it."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator

from pydantic import BaseModel

from connector.domain.facts import alike
from connector.domain.mapping.derived import once_a_mapping
from connector.domain.mapping.model import CompanyRules, MappingFile
from connector.domain.mapping.naming.bindings import NamedKind, Word, Words

DIGITS = 10


def words_of(mapping: MappingFile) -> Words:
    """The words by which a mapping names things, those as well that do not hold yet."""
    return _written_words(mapping.written)


@once_a_mapping
def _written_words(mapping: MappingFile) -> Words:
    companies: dict[tuple[NamedKind, str], set[str]] = defaultdict(set)
    rows: dict[tuple[NamedKind, str], set[str]] = defaultdict(set)
    for company, rules in mapping.companies.items():
        for kind, word, row in _words(rules):
            companies[kind, alike(word)].add(company)
            rows[kind, alike(word)].add(f"{company} {row}")
    found: dict[NamedKind, dict[str, Word]] = {kind: {} for kind in NamedKind}
    for (kind, word), having in companies.items():
        found[kind][word] = Word(frozenset(having), _digest(rows[kind, word]))
    return found


def _digest(rows: Iterable[str]) -> str:
    return " ".join(sorted(hashlib.sha256(row.encode()).hexdigest()[:DIGITS] for row in rows))


def _words(rules: CompanyRules) -> Iterator[tuple[NamedKind, str, str]]:
    """Each word that names something, its kind, and the row in which it stands."""
    scope = rules.scope
    for kind, place_rows in (
        (NamedKind.DEPARTMENT, rules.departments),
        (NamedKind.LOCATION, rules.locations),
        (NamedKind.LEGAL_ENTITY, rules.branches),
    ):
        yield from ((kind, row.word, row_text(row)) for row in place_rows)
    for kind, place, words in (
        (NamedKind.LEGAL_ENTITY, "claims", rules.legal_entities),
        (NamedKind.DEPARTMENT, "excludes", scope.exclude_departments),
        (NamedKind.LEGAL_ENTITY, "excludes", scope.exclude_legal_entities),
        (NamedKind.EMPLOYMENT_TYPE, "excludes", scope.exclude_employment_types),
    ):
        yield from ((kind, word, place) for word in words)
    for name, position, when in rules.conditions:
        plain = when.plain
        row = row_text(getattr(rules, name)[position])
        yield from ((kind, plain[kind.value], row) for kind in NamedKind if kind.value in plain)


def row_text(row: BaseModel) -> str:
    """A row as a text of which only another row has another."""
    return json.dumps(row.model_dump(mode="json", exclude_defaults=True), sort_keys=True)
