"""What an import or a rollback would do, and whether it is so much that the operator is asked.

What is too much is decided by the guards, and by nobody else: by the limits of the mapping in use,
so that a file cannot first widen the limit that it then goes beyond.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from connector.domain.changes import Cause
from connector.domain.errors import ConfigurationError
from connector.domain.guards import ChangeKind, Proposal, judge, rule_of
from connector.domain.mapping import file as mapping_file
from connector.domain.mapping.impact import Effect, EffectKind
from connector.domain.mapping.model import MappingFile
from connector.ports.guard_log import GuardLog
from connector.ports.ledger import Ledger
from connector.services.operate.json_types import JsonObject
from connector.services.operate.mapping_diff import MappingDiff
from connector.services.operate.mapping_import import NO_PREVIOUS, MappingImport
from connector.services.shared.guarding import ChangeGuard, proposals

UNGUARDED = {
    EffectKind.BLOCKS: (ChangeKind.MOVE, "strand"),
    EffectKind.EXCLUDES: (ChangeKind.DEACTIVATE, "leave out"),
}
"""What no guard holds, because nothing is written, and by whose limit it is too much."""


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
        return self._of(self.imports.read(text))

    def of_rollback(self) -> JsonObject:
        """What a return to the mapping before would do.

        Raises:
            ConfigurationError: there is none, or it has the shape of another version.
        """
        previous = self.imports.history.previous_mapping()
        if previous is None:
            raise ConfigurationError(NO_PREVIOUS)
        return self._of(mapping_file.load(previous[0]))

    def _of(self, after: MappingFile) -> JsonObject:
        before = self.imports.current()
        found = self.diff.today(before, after)
        dropped = [
            each for each in (before.companies if before else ()) if each not in after.companies
        ]
        exceeds = list(self._too_much(before or after, after, found)) if found else []
        return {**self.diff.of(after), "exceeds": exceeds, "dropped": dropped}

    def _too_much(
        self, before: MappingFile, after: MappingFile, found: Sequence[Effect]
    ) -> Iterator[str]:
        """Each thing that goes beyond a limit, as a sentence."""
        now = self.imports.clock.now()
        persons = self.ledger.persons({effect.person_id for effect in found})
        candidates = self.guard.assess_known(persons, Cause.MAPPING, after.in_force(now))
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
