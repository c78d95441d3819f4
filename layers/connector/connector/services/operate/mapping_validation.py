"""Validating a mapping, in use or in a file, against what both systems have.

It reads the systems; the comparison itself is in `mapping_check`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass

from connector.domain.errors import ConfigurationError
from connector.domain.facts import NOT_SHOWN, REMOTE, Named
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.naming.bindings import NamedKind
from connector.ports.clock import Clock
from connector.ports.rippling import Source
from connector.ports.secrets import Secrets
from connector.ports.state import Mappings, nothing
from connector.ports.visma import Targets
from connector.services.operate.ahead.row_bindings import RowBindings, Settlement
from connector.services.operate.json_types import JsonObject
from connector.services.operate.mapping_check import Finding, SystemsSnapshot, check
from connector.services.operate.mapping_import import MappingImport
from connector.services.operate.mapping_in_use import InUse
from connector.services.shared.catalogues import Catalogues
from connector.services.shared.configuration import check_configuration, company_problems


@dataclass(frozen=True, slots=True)
class MappingValidation:
    """The service behind `connector mappings check`."""

    source: Source
    mappings: Mappings
    imports: MappingImport
    catalogues: Catalogues
    targets: Targets
    secrets: Secrets
    clock: Clock
    bindings: RowBindings
    """Told of the mapping before Rippling is read: it decides what is read, and words mean."""

    def findings(self, text: str | None) -> list[JsonObject]:
        """Everything that does not fit, in the mapping of this file or in the one in use.

        Raises:
            ConfigurationError: the file makes no sense, or a secret is unusable.
        """
        mapping = self.imports.read(str(text)) if text else self.mappings.load()
        settlement = self.bindings.watch(mapping.written, is_check=True)
        check_configuration(self.secrets, MappingInHand(mapping))
        if unusable := company_problems(self.secrets, mapping):
            raise ConfigurationError(told for each in unusable.values() for told in each)
        systems = SystemsSnapshot(
            departments=settlement.named(
                NamedKind.DEPARTMENT, lambda: all_of(self.source.departments)
            ),
            locations=settlement.named(
                NamedKind.LOCATION, lambda: all_of(self.source.locations), REMOTE
            ),
            workers=tuple(w for page in self.source.everyone() for w in page.workers),
            catalogues={
                company: self.catalogues.read_fresh(company, rules)
                for company, rules in mapping.companies.items()
            },
            in_use={
                company: InUse.by(self.targets.company(company).employees())
                for company in mapping.companies
            },
        )
        of_names = findings_of(settlement, self.bindings.known(mapping.written))
        found = check(mapping, systems, self.clock.now())
        return [asdict(finding) for finding in (*of_names, *found)]


def findings_of(settlement: Settlement, after: Settlement) -> Iterator[Finding]:
    """Words of which an import would change the meaning, or cannot tell it, and those renamed.

    In use, what Rippling is called is known better `after` everyone has been read.
    """
    for each in settlement.rebound:
        for company in sorted(each.companies):
            yield Finding(company, each.message, is_warning=True)
    for word in settlement.unclear:
        for company in sorted(word.companies):
            yield Finding(company, word.message)
    for one in (after if settlement.is_in_use else settlement).apart:
        for company in sorted(one.companies):
            yield Finding(company, one.message)


def all_of(read: Callable[[], Iterable[Named]]) -> tuple[Named, ...]:
    """All of a list; where the token may not read it, one thing of which nothing is shown."""
    try:
        return tuple(read())
    except ConfigurationError:
        return (NOT_SHOWN,)


@dataclass(frozen=True, slots=True)
class MappingInHand:
    """A mapping that is not in the table yet, in place of the table."""

    mapping: MappingFile

    def load(self) -> MappingFile:
        """The mapping."""
        return self.mapping

    def rows(self) -> list[JsonObject]:
        """No rows: it is stored nowhere."""
        return []

    def replace(
        self, mapping: MappingFile, seen: str | None = None, first: Callable[[], None] = nothing
    ) -> tuple[int, int]:
        """Never: a check writes nothing."""
        raise AssertionError(f"a check writes nothing ({len(mapping.companies)} companies)")
