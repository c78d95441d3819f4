"""Validating a mapping, in use or in a file, against what both systems have.

It reads the systems; the comparison itself is in `mapping_check`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from connector.domain.errors import ConfigurationError
from connector.domain.facts import NOT_SHOWN, REMOTE, Named
from connector.domain.mapping.model import MappingFile
from connector.ports.clock import Clock
from connector.ports.rippling import Source
from connector.ports.secrets import Secrets
from connector.ports.state import Mappings
from connector.ports.visma import Targets
from connector.services.operate.json_types import JsonObject
from connector.services.operate.mapping_check import SystemsSnapshot, check
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
    watch: Callable[[MappingFile], None]
    """Told of the mapping before Rippling is read: the mapping decides which fields are read."""

    def findings(self, text: str | None) -> list[JsonObject]:
        """Everything that does not fit, in the mapping of this file or in the one in use.

        Raises:
            ConfigurationError: the file makes no sense, or a secret is unusable.
        """
        mapping = self.imports.read(str(text)) if text else self.mappings.load()
        self.watch(mapping.written)
        check_configuration(self.secrets, MappingInHand(mapping))
        if unusable := company_problems(self.secrets, mapping):
            raise ConfigurationError(told for each in unusable.values() for told in each)
        systems = SystemsSnapshot(
            departments=all_of(self.source.departments),
            locations=(*all_of(self.source.locations), REMOTE),
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
        return [asdict(finding) for finding in check(mapping, systems, self.clock.now())]


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

    def replace(self, mapping: MappingFile) -> tuple[int, int]:
        """Never: a check writes nothing."""
        raise AssertionError(f"a check writes nothing ({len(mapping.companies)} companies)")
