"""What a mapping file would do if it were imported: to whom, and to which rows.

From the ledger alone: neither Rippling nor Visma is asked, and nothing is changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from connector.domain.mapping.impact import Effect, EffectKind, company_hinging_on_pay, effect_on
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.rows import difference, row_key, to_rows
from connector.ports.ledger import Ledger
from connector.services.operate.json_types import Arguments, JsonObject
from connector.services.operate.mapping_import import MappingImport

SHOWN = 20


@dataclass(frozen=True, slots=True)
class MappingDiff:
    """The operator's look ahead at an import."""

    ledger: Ledger
    imports: MappingImport

    def show(self, arguments: Arguments) -> JsonObject:
        """Whom an import of a file would move, release, strand, leave out and take in."""
        after = self.imports.read(str(arguments.get("text", "")))
        before = self.imports.current()
        persons = [person for person in self.ledger.persons() if person.facts]
        catalogue_of = cache(self.imports.cache.catalogue)
        effects = [effect_on(person, before, after, catalogue_of) for person in persons]
        found = [effect for effect in effects if effect]
        unclear = [company_hinging_on_pay(person, before, after) for person in persons]
        known = [*(before.companies if before else ()), *after.companies]
        companies = dict.fromkeys([*known, *(effect.company for effect in found)])
        return {
            "companies": [
                {
                    **self._company(company, [each for each in found if each.company == company]),
                    "hinges_on_pay": unclear.count(company),
                    "visma_known": bool(catalogue_of(company).read_at),
                }
                for company in companies
            ],
            "rows": self._rows(after),
            "blocked": sum(effect.kind is EffectKind.BLOCKS for effect in found),
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
