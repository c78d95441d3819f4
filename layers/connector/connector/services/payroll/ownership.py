"""Of which company a payroll run is: its legal entity means what it means for the people in it.

What Rippling calls a legal entity today decides nothing where a word of the mapping is bound to it
or to another one, see `domain/mapping/naming`. Nothing is posted here, and nothing is learned.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from connector.domain.errors import ConfigurationError
from connector.domain.facts import Named, shown
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.naming.bindings import NamedKind
from connector.domain.mapping.naming.words import words_of
from connector.domain.mapping.routing import contested
from connector.domain.payroll.run import PayrollRun
from connector.ports.clock import Clock
from connector.ports.payroll.runs import PayrollRuns
from connector.ports.reference_cache import ReferenceCache


@dataclass(frozen=True, slots=True)
class Ownership:
    """Tells the company of a run, by the legal entity that Rippling shows with it."""

    runs: PayrollRuns
    cache: ReferenceCache
    clock: Clock

    def entity(self, entity_id: str, mapping: MappingFile) -> Named:
        """A legal entity with the words of the mapping that mean it, as its people have it.

        Raises:
            RetryableError: Rippling did not answer.
        """
        kind, words, memory = NamedKind.LEGAL_ENTITY, words_of(mapping), self.cache.names()
        listed = self.runs.legal_entity(entity_id)
        if listed.name is None:  # the token may not see it; what its workers had, is known still
            called = memory.as_called(kind, listed)
            listed = replace(called, is_partial=called.name is None)
        memory = memory.seen([(kind, listed)], words, self.clock.now())
        return memory.recalled(kind, listed, words.get(kind, {}))

    def claimant(self, run: PayrollRun, mapping: MappingFile) -> str | None:
        """The company that claims the legal entity of a run; None where that cannot be told."""
        if not run.legal_entity:
            return None
        return shown(mapping.company_of(self.entity(run.legal_entity, mapping)))

    def company_of(
        self, run: PayrollRun, mapping: MappingFile, of_people: Collection[str], wanted: str
    ) -> str:
        """The company whose run it is; by where its people are only where no legal entity is shown.

        Raises:
            ConfigurationError: it cannot be told, or is another one than is wanted.
        """
        company = self._by_entity(run, mapping) or _by_people(run, of_people)
        if wanted and wanted != company:
            raise ConfigurationError(f"run {run.id} is one of {company}, not of {wanted}")
        if company not in mapping.companies:
            raise ConfigurationError(f"run {run.id} is one of {company}, which has no mapping")
        return company

    def _by_entity(self, run: PayrollRun, mapping: MappingFile) -> str | None:
        """The claimant of its legal entity; None where Rippling shows no such thing, or its id."""
        if not run.legal_entity:
            return None
        entity = self.entity(run.legal_entity, mapping)
        company = shown(mapping.company_of(entity))
        if company is not None or entity.is_partial:
            return company
        raise ConfigurationError(f"whose run {run.id} is cannot be told: {_untold(entity)}")


def _untold(entity: Named) -> str:
    """Why no company can be told by a legal entity, and what to do."""
    if entity.unsettled:
        return contested("legal_entity", entity.unsettled)
    return (
        f"no company of the mapping claims its legal entity {entity.label} ({entity.id}); add it to"
        " `legal_entities` of one, by its name or its id"
    )


def _by_people(run: PayrollRun, of_people: Collection[str]) -> str:
    if len(of_people) == 1:
        return next(iter(of_people))
    companies = ", ".join(sorted(of_people)) or "no company of the mapping"
    raise ConfigurationError(
        f"whose run {run.id} is cannot be told: its people are of {companies}, and Rippling does"
        " not show the connector its legal entity"
    )
