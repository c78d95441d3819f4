"""What a mapping file would do if it were imported: to whom, and to which rows.

From the ledger, and by what departments and locations are called in Rippling now. No one is read
from either system, and nothing is changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from connector.domain.catalogue import Catalogue
from connector.domain.mapping.impact import Effect, EffectKind, company_hinging_on_pay, effect_on
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.rows import difference, row_key, to_rows
from connector.domain.records.ledger import Person
from connector.ports.ledger import Ledger
from connector.services.operate.ahead.row_bindings import Settlement
from connector.services.operate.json_types import Arguments, JsonObject
from connector.services.operate.mapping_check import DAYS_AHEAD
from connector.services.operate.mapping_import import MappingImport

SHOWN = 20


@dataclass(frozen=True, slots=True)
class _Look:
    """What an import is looked at from: the mapping of today, the people, and Visma as cached."""

    before: MappingFile | None
    persons: tuple[Person, ...]
    catalogue_of: Callable[[str], Catalogue]

    def effects(self, after: MappingFile) -> list[Effect]:
        """What a mapping would do to people."""
        effects = (
            effect_on(person, self.before, after, self.catalogue_of) for person in self.persons
        )
        return [effect for effect in effects if effect]


@dataclass(frozen=True, slots=True)
class MappingDiff:
    """The operator's look ahead at an import."""

    ledger: Ledger
    imports: MappingImport

    def show(self, arguments: Arguments) -> JsonObject:
        """Whom an import of a file would move, release, strand, leave out and take in.

        Today, and on each of the next days on which other rows of it hold.
        """
        after = self.imports.read(str(arguments.get("text", "")))
        return self.of(self.imports.bindings.settle(after))

    def today(self, before: MappingFile | None, after: Settlement) -> list[Effect]:
        """What one mapping in place of another does to people today."""
        return self._look(before, after).effects(after.mapping.in_force(self.imports.clock.now()))

    def _look(self, before: MappingFile | None, after: Settlement) -> _Look:
        return _Look(
            before.in_force(self.imports.clock.now()) if before else None,
            tuple(map(after.names.sees, (each for each in self.ledger.persons() if each.facts))),
            cache(self.imports.cache.catalogue),
        )

    def of(self, settlement: Settlement) -> JsonObject:
        """The same of a mapping in place of the one in use."""
        before, now, after = self.imports.current(), self.imports.clock.now(), settlement.mapping
        look = self._look(before, settlement)
        today = after.in_force(now)
        found = look.effects(today)
        unclear = [company_hinging_on_pay(each, look.before, today) for each in look.persons]
        known = [*(before.companies if before else ()), *after.companies]
        companies = dict.fromkeys([*known, *(effect.company for effect in found)])
        return {
            "companies": [
                {
                    **self._company(company, [each for each in found if each.company == company]),
                    "hinges_on_pay": unclear.count(company),
                    "visma_known": bool(look.catalogue_of(company).read_at),
                }
                for company in companies
            ],
            "later": list(self._later(after, now, look, found)),
            "rows": self._rows(after),
            "rebound": settlement.told,
            "blocked": sum(effect.kind is EffectKind.BLOCKS for effect in found),
        }

    def _later(
        self, after: MappingFile, now: datetime, look: _Look, today: Sequence[Effect]
    ) -> Iterator[JsonObject]:
        """The days ahead, each with what happens on it and not before."""
        told = set(today)
        for day in after.days_ahead(now)[:DAYS_AHEAD]:
            found = [effect for effect in look.effects(after.on(day)) if effect not in told]
            told.update(found)
            companies = dict.fromkeys(effect.company for effect in found)
            yield {
                "day": day.isoformat(),
                "companies": [
                    self._company(company, [each for each in found if each.company == company])
                    for company in companies
                ],
            }

    def _company(self, company: str, effects: Sequence[Effect]) -> JsonObject:
        by_kind: dict[EffectKind, list[Effect]] = defaultdict(list)
        for effect in effects:
            by_kind[effect.kind].append(effect)
        codes = self._codes(company) if effects else {}
        described = {
            kind.value: _shortened(
                {"who": codes.get(each.person_id, f"worker {each.worker_id}"), "how": each.how}
                for each in by_kind[kind]
            )
            for kind in EffectKind
        }
        return {"company": company, **described}

    def _codes(self, company: str) -> dict[str, str]:
        """The employee code that each person has in a company, or would get."""
        links = self.ledger.links(company)
        codes = ((each.person_id, each.employee_code or each.expected_code) for each in links)
        return {person_id: code for person_id, code in codes if code}

    def _rows(self, after: MappingFile) -> JsonObject:
        resting = self.imports.mappings.rows()
        known = {row_key(row) for row in resting}
        written, removed = difference(resting, to_rows(after))
        added = [row for row in written if row_key(row) not in known]
        changed = [row for row in written if row_key(row) in known]
        named = {"added": added, "changed": changed, "removed": removed}
        return {
            word: _shortened(sorted(", ".join(row_key(row)) for row in rows))
            for word, rows in named.items()
        }


def _shortened(things: Iterable[Any]) -> JsonObject:
    """How many there are, and the first of them."""
    listed = list(things)
    return {"count": len(listed), "first": listed[:SHOWN]}
