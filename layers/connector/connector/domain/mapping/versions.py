"""Which mapping somebody was decided under, told by digests: what an edit may touch, and when.

Pure; that it is made up for is the business of `services/find/catch_up`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from connector.domain.facts import alike
from connector.domain.mapping.derived import once_a_mapping
from connector.domain.mapping.model import CompanyRules, MappingFile
from connector.domain.mapping.rows import digest_of

SHOWN_BY_PLACEMENTS = ("departments", "branches", "examples")
"""Edits of these show in where somebody would be placed; edits of all else may touch anyone."""
TOUCHES_NOBODY = ("labour", "payroll")
"""What only the month-end report and the payroll export go by."""


THE_REST, OF_LOCATION = "company", "location "
"""Names of the digests of a company: of one location's row each, and of everything else."""

Place: TypeAlias = tuple[str, str]
"""A company, and the word by which one of its rows names a location, in the form for comparing."""

Whole: TypeAlias = Mapping[str, Mapping[str, str]]
"""For each company the digests of the rules whose effect no placement shows, by their names."""


@dataclass(frozen=True, slots=True)
class HandledMapping:
    """Up to which mapping everybody has been looked at.

    `whole` says the same of the rules whose effect no placement shows, each as it was when all whom
    it may touch were looked at: where it is not as in the mapping, somebody is still to be looked
    at. It is `settled` once everybody was looked at again after any write had ended that may have
    crossed it.
    """

    digest: str = ""
    whole: Whole = field(default_factory=dict)
    since: datetime | None = None
    is_settled: bool = False

    @classmethod
    def of(cls, mapping: MappingFile, now: datetime) -> HandledMapping:
        """A mapping that everybody has just been looked at under."""
        return cls(digest_of(mapping), _whole(mapping), now)

    def is_of(self, mapping: MappingFile) -> bool:
        """Whether everybody has been looked at under this mapping, as it holds today."""
        return (self.digest, self.whole) == (digest_of(mapping), _whole(mapping))

    def after_edits(
        self,
        current: HandledMapping,
        companies: Collection[str],
        places: Collection[Place],
    ) -> HandledMapping:
        """What is handled once everyone was looked at in these companies, and in these places.

        Nothing else is, whatever the mapping says by now: the edit of it may still be lost.
        """
        whole = {
            company: rules
            if company in companies
            else _with(self.whole.get(company, {}), rules, names_of(company, places))
            for company, rules in current.whole.items()
        }
        return replace(current, whole=whole)


def names_of(company: str, places: Collection[Place]) -> set[str]:
    """Under which names these places are handled, as far as they are of a company."""
    return {f"{OF_LOCATION}{word}" for key, word in places if key == company}


def _with(
    handled: Mapping[str, str], current: Mapping[str, str], names: Collection[str]
) -> dict[str, str]:
    as_before = {name: each for name, each in handled.items() if name not in names}
    return as_before | {name: each for name, each in current.items() if name in names}


@once_a_mapping
def _whole(mapping: MappingFile) -> Whole:
    return {key: whole_digests(rules) for key, rules in mapping.companies.items()}


def whole_digests(rules: CompanyRules) -> dict[str, str]:
    """Digests of the rules of a company whose effect no placement shows, by their names."""
    excluded = {*SHOWN_BY_PLACEMENTS, *TOUCHES_NOBODY, "locations"}
    plain = rules.model_dump(mode="json", exclude=excluded)
    if not rules.uses_pay:  # otherwise the ledger cannot tell the class
        plain.pop("employee_classes")
    for rule in plain.get("employee_classes", ()):  # the days say when, and not what
        rule.pop("from")
        rule.pop("until")
    # A row without an address counts as well: it may take the place of one that has one.
    addresses = {
        f"{OF_LOCATION}{alike(row.word)}": _digest(row.address.model_dump()) if row.address else ""
        for row in rules.locations
    }
    return {THE_REST: _digest(plain), **addresses}


def _digest(plain: object) -> str:
    text = json.dumps(plain, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
