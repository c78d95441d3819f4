"""Bringing a mapping in, and going back to the one before.

A mapping that is shown to make no sense never gets into the table; what it replaces is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

from connector.domain.errors import ConfigurationError
from connector.domain.mapping import advice
from connector.domain.mapping import file as mapping_file
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.rows import difference, digest, digest_of, to_rows
from connector.ports.clock import Clock
from connector.ports.guard_log import GuardLog
from connector.ports.reference_cache import ReferenceCache
from connector.ports.state import MappingHistory, Mappings, MappingVersions, PreviousMapping
from connector.services.operate.ahead.row_bindings import RowBindings, Settlement
from connector.services.operate.json_types import Arguments, JsonObject
from connector.services.shared.current_mapping import BELIEVED_SECONDS
from connector.services.shared.guarding import keep

SETTLES_SECONDS = BELIEVED_SECONDS + 0.5
"""After so long every writer goes by the new mapping: an import returns when it is in force."""

NO_PREVIOUS = "there is no previous mapping to go back to; nothing was changed"


Rows: TypeAlias = Sequence[Mapping[str, Any]]
"""The rows of a mapping as they are stored."""


@dataclass(frozen=True, slots=True)
class MappingImport:
    """The operator's verbs that change the mapping."""

    mappings: Mappings
    versions: MappingVersions
    history: MappingHistory
    bindings: RowBindings
    cache: ReferenceCache
    guard_log: GuardLog
    clock: Clock
    sleep: Callable[[float], None]

    def read(self, text: str) -> MappingFile:
        """The mapping in a file, checked by what the cache knows of Visma's employee codes.

        Raises:
            ConfigurationError: with every problem, each naming its line and place.
        """
        return mapping_file.parse(text, self._key_length, self.clock.now())

    def import_mapping(self, arguments: Arguments) -> JsonObject:
        """Makes the table hold exactly the mapping of a file; refused, the old one stays."""
        seen, mapping = self.mappings.rows(), self.read(str(arguments.get("text", "")))
        warnings = [
            warning.message("companies", company)
            for company, rules in mapping.companies.items()
            for warning in advice.warnings(rules)
        ]
        settlement = self.bindings.settle(mapping)
        replaced = self._replace(seen, mapping, settlement)
        return {**replaced, "warnings": warnings, "rebound": settlement.told}

    def rollback(self, _: Arguments) -> JsonObject:
        """Brings back the mapping before the last import; done twice, it is as it was."""
        seen, previous = self.mappings.rows(), self.previous()
        mapping = mapping_file.load(previous.text)
        settlement = self.bindings.brought_back(mapping)
        replaced = self._replace(seen, mapping, settlement, previous)
        at = previous.imported_at.isoformat(timespec="seconds")
        return {**replaced, "before": at, "rebound": settlement.told}

    def previous(self) -> PreviousMapping:
        """The mapping to go back to. A rollback that was cut short is gone on with.

        Raises:
            ConfigurationError: there is none.
        """
        kept = self.history.previous_mapping()
        if kept is None:
            raise ConfigurationError(NO_PREVIOUS)
        current = self.current() if kept.replaced else None
        if current and digest_of(current) == digest_of(mapping_file.load(kept.text)):
            # It was done, and only not noted: what it replaced is the one before by now.
            return PreviousMapping(kept.replaced, kept.imported_at)
        return kept

    def export(self) -> str:
        """The mapping in the table, as a file."""
        return mapping_file.dump(self.mappings.load().written)

    def current(self) -> MappingFile | None:
        """The mapping in the table, or None where there is none that makes sense."""
        try:
            return self.mappings.load().written
        except ConfigurationError:
            return None

    def _replace(
        self,
        seen: Rows,
        mapping: MappingFile,
        settlement: Settlement,
        back_to: PreviousMapping | None = None,
    ) -> JsonObject:
        """What became of the rows, and which mapping was there before and is there now.

        Raises:
            ConflictError: they are not those any more that were seen; nothing was written.
        """
        after = to_rows(mapping)
        if is_edit := any(difference(seen, after)):
            written, removed = self._written(seen, mapping, settlement, back_to)
        else:  # whether somebody is about to change it is to be known all the same
            first = partial(self.bindings.keep, settlement)
            written, removed = self.mappings.replace(mapping, digest(seen), first)
        number = self.versions.announce(digest(after))
        if is_edit:
            self.sleep(SETTLES_SECONDS)
        return {
            "written": written,
            "removed": removed,
            "companies": list(mapping.companies),
            "digest_before": digest(seen) if seen else "none",
            "digest_after": digest(after),
            "number": number,
        }

    def _written(
        self,
        seen: Rows,
        mapping: MappingFile,
        settlement: Settlement,
        back_to: PreviousMapping | None,
    ) -> tuple[int, int]:
        """Keeps first and replaces then: what a cut-short import leaves can be gone back from.

        A rollback keeps both until it is done, so that it is gone on with, and never undone.
        """
        current, now = self.current(), self.clock.now()
        text = mapping_file.dump(current) if current else back_to.replaced if back_to else ""
        kept = PreviousMapping(text, now)
        meanwhile = replace(back_to, replaced=text) if back_to else kept

        def first() -> None:
            # Bindings are those of rows of one version: until these are there, they mean nothing.
            self.bindings.keep(settlement)
            if current:
                keep(current, self.guard_log)
            if text:
                self.history.save_previous_mapping(meanwhile)

        replaced = self.mappings.replace(mapping, digest(seen), first)
        # Whoever imports once the rows are there keeps another one, which is not to be lost.
        if text and back_to and self.history.previous_mapping() == meanwhile:
            self.history.save_previous_mapping(kept)
        return replaced

    def _key_length(self, company: str) -> int | None:
        return self.cache.catalogue(company).employee_key.length
