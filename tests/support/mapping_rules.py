"""The controller's mapping as a plain structure, and what its words mean, by imports and looks.

A second opinion on what a row means: it knows the rows of each import, what things were called at
that moment, and what was seen since. It shares no decision with the product.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from tests.simulator.nordfab import nordfab_mapping

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

TABLES = {"department": "departments", "location": "locations"}
"""The kinds of things of which one row names one, and where their rows are."""

ENTITY, CLAIMS = "legal_entity", "legal_entities"
"""Legal entities, and where a company claims them."""

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


NOBODY = ""
"""What a word means that only something with another word is called by."""

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
        self._in_force: dict[str, dict[str, Any]] = {}
        self._before: dict[str, dict[str, Any]] | None = None
        self._meant: dict[tuple[Word, frozenset[str]], str] = {}

    def text(self) -> str:
        """The file."""
        plain = {"companies": self.companies}
        return str(yaml.dump(plain, Dumper=DUMPER, sort_keys=False, allow_unicode=True))

    # What its words mean.

    def import_now(self, things: Things, *, is_by_hand: bool = False) -> None:
        """The file is imported while things are called so, or its rows are edited by hand.

        The words of rows that are new or edited mean what is called so now; all others go on
        meaning what they meant, whatever rows were added beside them or taken away.
        """
        if self._in_force and self._in_force != self.companies and not is_by_hand:
            self._before = self._in_force
        before, after = self._imported, dict(self._rows())
        self._imported, self._in_force = after, deepcopy(self.companies)
        self.means = {word: thing for word, thing in self.means.items() if word in after}
        for word, rows in after.items():
            old = before.get(word, frozenset())
            # What is added by hand is doubted, and what is only taken away is not.
            is_left = bool(old) and (rows <= old or (old <= rows and not is_by_hand))
            if word not in self.means or not is_left:
                self._settle(word, things)
        self._keep()

    def roll_back(self) -> bool:
        """The mapping before is in force again, and its words mean what they meant."""
        if self._before is None:
            return False
        self.companies, self._before = deepcopy(self._before), self.companies
        self._imported, self._in_force = dict(self._rows()), deepcopy(self.companies)
        versions, known = self._imported.items(), {word for word, _ in self._meant}
        self.means = {word: NOBODY for word in self._imported if word in known}
        self.means |= {each[0]: thing for each, thing in self._meant.items() if each in versions}
        return True

    def look(self, things: Things) -> None:
        """Things are seen: a word that means nothing yet means what is called so."""
        if not self._in_force:
            self._imported, self._in_force = dict(self._rows()), deepcopy(self.companies)
        for word in self._imported:
            if not self.means.get(word):
                self._settle(word, things, is_look=True)
        self._keep()

    def _keep(self) -> None:
        """Each version of the rows with a word has a meaning of its own."""
        for word, thing in self.means.items():
            self._meant[word, self._imported[word]] = thing

    def _settle(self, word: Word, things: Things, *, is_look: bool = False) -> None:
        """What has a word of its own gets none besides because it is called so: see ADR 39."""
        kind, text = word
        called = [each.id for each in things.get(kind, ()) if text in each.words]
        if called and self.means.get(word) not in called:
            owners = {thing for (each, _), thing in self.means.items() if each == kind}
            free = [each for each in called if not is_look or each not in owners]
            self.means[word] = free[0] if free else NOBODY
        elif not called and kind == ENTITY and not is_look:
            names = {each.id: each.name for each in things[kind]}
            if (kind, names.get(self.means.get(word, ""), "")) in self._imported:
                self.means[word] = NOBODY  # whatever is seen with that name, since none is listed

    def _rows(self) -> Iterator[tuple[Word, frozenset[str]]]:
        for kind, table in TABLES.items():
            rows = [
                (row["rippling"], f"{key} {sorted(row.items())}")
                for key, rules in self.companies.items()
                for row in rules[table]
            ]
            for word in dict.fromkeys(word for word, _ in rows):
                yield (kind, word), frozenset(row for each, row in rows if each == word)
        claims = [(w, key) for key, rules in self.companies.items() for w in rules[CLAIMS]]
        for word in dict.fromkeys(word for word, _ in claims):
            yield (ENTITY, word), frozenset(key for each, key in claims if each == word)

    def row_of(self, kind: str, company: str, thing: Thing) -> tuple[dict[str, str], bool]:
        """The row of a company that means a thing, empty if none; and whether one only seems to."""
        rows = {row["rippling"]: row for row in self.companies[company][TABLES[kind]]}
        for word in (*thing.words, *thing.former):
            if word in rows and self._is_for(kind, word, thing):
                return rows[word], False
        return {}, any(word in rows for word in thing.words)

    def _is_for(self, kind: str, word: str, thing: Thing) -> bool:
        """Whether a word means a thing, or nothing yet and would if it were looked at now.

        What a word means keeps it: a name that it got meanwhile gives it no other row.
        """
        if meant := self.means.get((kind, word)):
            return meant == thing.id
        owners = {owner for (each, _), owner in self.means.items() if each == kind}
        return word == thing.id or (word in thing.words and thing.id not in owners)

    # Edits of the file.

    def follow(self, kind: str, things: Things) -> None:
        """Writes every row by what the thing that it means is called now."""
        for rules in self.companies.values():
            if kind == ENTITY:
                called = [self._called_now(kind, each, things[kind]) for each in rules[CLAIMS]]
                rules[CLAIMS] = list(dict.fromkeys(called))
                continue
            rows: dict[str, dict[str, str]] = {}
            for row in rules[TABLES[kind]]:
                name = self._called_now(kind, row["rippling"], things[kind])
                rows.setdefault(name, {**row, "rippling": name})
            rules[TABLES[kind]] = list(rows.values())

    def _called_now(self, kind: str, word: str, things: Iterable[Thing]) -> str:
        """What the thing is called that a word means, or was called so where it means nothing."""
        meant = self.means.get((kind, word))
        if not meant:
            owners = set(self.means.values())
            things = [each for each in things if each.id not in owners]
        for thing in things:
            is_meant = thing.id == meant if meant else word in (*thing.words, *thing.former)
            if is_meant and word != thing.id:
                return thing.name
        return word

    def departments(self, company: str) -> dict[str, dict[str, str]]:
        """The rows for departments, by the name that stands in them."""
        return {row["rippling"]: row for row in self.companies[company]["departments"]}

    def edit_department(self, company: str, n: int, fields: dict[str, str]) -> None:
        """Has one of the rows say something else, whatever its word means."""
        rows = self.companies[company]["departments"]
        rows[n % len(rows)] = {"rippling": rows[n % len(rows)]["rippling"], **fields}

    def put_department(self, company: str, row: dict[str, str]) -> None:
        """Adds or replaces the row of a department."""
        rows = {**self.departments(company), row["rippling"]: row}
        self.companies[company]["departments"] = list(rows.values())

    def drop_department(self, company: str, name: str) -> None:
        """Takes the row of a department out, if there is one."""
        rows = self.companies[company]["departments"]
        self.companies[company]["departments"] = [row for row in rows if row["rippling"] != name]

    # What it says.

    def company_of(self, thing: Thing) -> str | None:
        """The company that claims a legal entity."""
        claims = {word: key for key, rules in self.companies.items() for word in rules[CLAIMS]}
        words = (each for each in (*thing.words, *thing.former) if each in claims)
        return next((claims[each] for each in words if self._is_for(ENTITY, each, thing)), None)

    def is_undecided(self, entity: Thing) -> bool:
        """Whether no company claims a legal entity that a row named once, or seems to name now.

        By the name that it has now a row may mean another one. A former name whose row is there,
        and means nothing yet, waits for whatever is called so.
        """
        words = [word for kind, word in self._imported if kind == ENTITY]
        waiting = [word for word in words if not self.means.get((ENTITY, word))]
        had = [word for ((_, word), _), meant in self._meant.items() if meant == entity.id]
        was_named = any(word not in (*entity.words, *waiting) for word in had)
        seems_named = any(word in words for word in entity.words)
        return self.company_of(entity) is None and (was_named or seems_named)
