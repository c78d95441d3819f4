"""What an import or a rollback would do, and whether it is so much that the operator is asked.

What is too much is decided by the guards, and by nobody else: by the limits of the mapping in use,
so that a file cannot first widen the limit that it then goes beyond.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from connector.domain.changes import Cause
from connector.domain.guards import ChangeKind, Proposal, judge, rule_of
from connector.domain.mapping import file as mapping_file
from connector.domain.mapping.impact import Effect, EffectKind
from connector.domain.mapping.model import MappingFile
from connector.ports.guard_log import GuardLog
from connector.ports.ledger import Ledger
from connector.services.operate.ahead.row_bindings import Settlement
from connector.services.operate.json_types import JsonObject
from connector.services.operate.mapping_diff import MappingDiff
from connector.services.operate.mapping_import import MappingImport
from connector.services.shared.guarding import ChangeGuard, proposals

UNGUARDED = {
    EffectKind.BLOCKS: (ChangeKind.MOVE, "strand"),
    EffectKind.EXCLUDES: (ChangeKind.DEACTIVATE, "leave out"),
}
"""What no guard holds, because nothing is written, and by whose limit it is too much."""

TOUCHING = (EffectKind.MOVES, EffectKind.BLOCKS)


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """The look ahead of `connector mappings import` and `rollback`. Nothing is changed."""

    diff: MappingDiff
    imports: MappingImport
    guard: ChangeGuard
    guard_log: GuardLog
    ledger: Ledger

    def of_file(self, text: str) -> JsonObject:
        """What an import of a file would do.

        Raises:
            ConfigurationError: the file makes no sense.
        """
        return self._of(self.imports.bindings.settle(self.imports.read(text)))

    def of_rollback(self) -> JsonObject:
        """What a return to the mapping before would do.

        Raises:
            ConfigurationError: there is none, or it has the shape of another version.
        """
        previous = mapping_file.load(self.imports.previous().text)
        return self._of(self.imports.bindings.brought_back(previous))

    def _of(self, settlement: Settlement) -> JsonObject:
        before, after = self.imports.current(), settlement.mapping
        found = self.diff.today(before, settlement)
        dropped = [
            each for each in (before.companies if before else ()) if each not in after.companies
        ]
        exceeds = list(self._too_much(before or after, settlement, found)) if found else []
        if any(effect.kind in TOUCHING for effect in found):
            # Where names changed hands, a file by the names of today touches nobody.
            exceeds += [f"it moves or strands people, and {each}" for each in settlement.told]
        return {**self.diff.of(settlement), "exceeds": exceeds, "dropped": dropped}

    def _too_much(
        self, before: MappingFile, after: Settlement, found: Sequence[Effect]
    ) -> Iterator[str]:
        """Each thing that goes beyond a limit, as a sentence."""
        now = self.imports.clock.now()
        known = self.ledger.persons({effect.person_id for effect in found})
        persons = map(after.names.sees, known)
        candidates = self.guard.assess_known(persons, Cause.MAPPING, after.mapping.in_force(now))
        counted, guards_in = self.guard_log.counted, self.guard.guards_in(before)
        for breach in judge(proposals(candidates), guards_in, self.ledger.headcount, counted):
            yield (
                f"it would {rule_of(breach.kind).phrase} {breach.count} of {breach.population}"
                f" people in {breach.company}, and the guard allows {breach.limit} a day"
            )
        for effect, (kind, word) in UNGUARDED.items():
            yield from self._unguarded(effect, kind, word, before, found)

    def _unguarded(
        self,
        effect: EffectKind,
        kind: ChangeKind,
        word: str,
        before: MappingFile,
        found: Collection[Effect],
    ) -> Iterator[str]:
        wanted: list[Proposal] = [
            (each.company, kind, each.person_id) for each in found if each.kind is effect
        ]
        guards_in = self.guard.guards_in(before)
        for breach in judge(wanted, guards_in, self.ledger.headcount, lambda *_: ()):
            yield (
                f"it would {word} {breach.count} of {breach.population} people in {breach.company},"
                f" more than the {breach.limit} that its guards let {kind.value} in a day"
            )
