"""The controller's mapping as a plain structure, and what its words mean, by the imports alone.

A second opinion on what a row means: it knows the rows of each import and what things were called
at that moment, and shares no decision with the product.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias

import yaml

from tests.simulator.nordfab import nordfab_mapping

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

TABLES = {"department": "departments", "location": "locations"}
"""The kinds of things of which one row names one, and where their rows are."""

Word: TypeAlias = tuple[str, str]
"""A kind, and a word for something of it."""


@dataclass(frozen=True)
class Thing:
    """A department or a location of Rippling, and the names that it had before, newest first."""

    id: str
    name: str
    code: str = ""
    former: tuple[str, ...] = ()

    @property
    def words(self) -> list[str]:
        """What it is called now, the surest first."""
        return [each for each in (self.id, self.code, self.name) if each]


Things: TypeAlias = Mapping[str, Iterable[Thing]]
"""What Rippling lists, by kind."""


class Rules:
    """The mapping, which is edited and imported as a file, and what its words mean."""

    def __init__(self) -> None:
        loaded = yaml.load(nordfab_mapping(2), Loader=LOADER)  # noqa: S506 - plain texts
        self.companies: dict[str, dict[str, Any]] = loaded["companies"]
        for rules in self.companies.values():
            rules["fields"] = {}
        self.means: dict[Word, str] = {}
        """What a word means since an import or a look settled it: the id of a thing."""
        self._imported: Mapping[Word, frozenset[str]] = {}

    def text(self) -> str:
        """The file."""
        plain = {"companies": self.companies}
        return str(yaml.dump(plain, Dumper=DUMPER, sort_keys=False, allow_unicode=True))

    # What its words mean.

    def import_now(self, things: Things) -> None:
        """The file is imported while things are called so.

        The words of rows that are new or edited mean what is called so now; all others go on
        meaning what they meant, whatever rows were added beside them or taken away.
        """
        before, after = self._imported, dict(self._rows())
        self._imported = after
        self.means = {word: thing for word, thing in self.means.items() if word in after}
        for word, rows in after.items():
            old = before.get(word, frozenset())
            if word not in self.means or not old or not (rows <= old or old <= rows):
                self._settle(word, things)

    def look(self, things: Things) -> None:
        """Things are seen: a word that means nothing yet means what is called so."""
        self._imported = self._imported or dict(self._rows())
        for word in self._imported:
            if word not in self.means:
                self._settle(word, things)

    def _settle(self, word: Word, things: Things) -> None:
        kind, text = word
        called = [each.id for each in things.get(kind, ()) if text in each.words]
        if called and self.means.get(word) not in called:
            self.means[word] = called[0]

    def _rows(self) -> Iterator[tuple[Word, frozenset[str]]]:
        for kind, table in TABLES.items():
            rows = [
                (row["rippling"], f"{key} {sorted(row.items())}")
                for key, rules in self.companies.items()
                for row in rules[table]
            ]
            for word in dict.fromkeys(word for word, _ in rows):
                yield (kind, word), frozenset(row for each, row in rows if each == word)

    def words(self) -> set[Word]:
        """Every word of the file."""
        return {word for word, _ in self._rows()}

    def row_of(self, kind: str, company: str, thing: Thing) -> tuple[dict[str, str], bool]:
        """The row of a company that means a thing, empty if none; and whether one only seems to."""
        rows = {row["rippling"]: row for row in self.companies[company][TABLES[kind]]}
        for word in (*thing.words, *thing.former):
            if word in rows and self.means.get((kind, word), thing.id) == thing.id:
                return rows[word], False
        return {}, any(word in rows for word in thing.words)

    # Edits of the file.

    def follow(self, kind: str, things: Things) -> None:
        """Writes every row by what the thing that it means is called now."""
        for rules in self.companies.values():
            rows: dict[str, dict[str, str]] = {}
            for row in rules[TABLES[kind]]:
                name = self._called_now(kind, row["rippling"], things[kind])
                rows.setdefault(name, {**row, "rippling": name})
            rules[TABLES[kind]] = list(rows.values())

    def _called_now(self, kind: str, word: str, things: Iterable[Thing]) -> str:
        """What the thing is called that a word means, or was called so where it means nothing."""
        meant = self.means.get((kind, word))
        for thing in things:
            is_meant = thing.id == meant if meant else word in (*thing.words, *thing.former)
            if is_meant and word != thing.id:
                return thing.name
        return word

    def rename_entity(self, company: str, name: str, new_name: str) -> None:
        """Has a company follow the new name of its legal entity."""
        names = self.companies[company]["legal_entities"]
        self.companies[company]["legal_entities"] = [
            new_name if each == name else each for each in names
        ]

    def departments(self, company: str) -> dict[str, dict[str, str]]:
        """The rows for departments, by the name that stands in them."""
        return {row["rippling"]: row for row in self.companies[company]["departments"]}

    def put_department(self, company: str, row: dict[str, str]) -> None:
        """Adds or replaces the row of a department."""
        rows = {**self.departments(company), row["rippling"]: row}
        self.companies[company]["departments"] = list(rows.values())

    def drop_department(self, company: str, name: str) -> None:
        """Takes the row of a department out, if there is one."""
        rows = self.companies[company]["departments"]
        self.companies[company]["departments"] = [row for row in rows if row["rippling"] != name]

    # What it says.

    def company_of(self, names: Iterable[str]) -> str | None:
        """The company that claims a legal entity, by its name or by one it had before."""
        for name, (key, rules) in product(names, self.companies.items()):
            if name in rules["legal_entities"]:
                return str(key)
        return None
