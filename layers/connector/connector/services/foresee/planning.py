"""What is planned for whom, by the mapping in force or by one that is not imported yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from connector.domain.foresight.plan import Plan
from connector.domain.mapping.model import MappingFile
from connector.ports.state import Mappings
from connector.services.foresee.explanation import Explanation, explain
from connector.services.foresee.foresight import Foresight
from connector.services.foresee.people import People
from connector.services.shared.nearest import must_be_one_of


@dataclass(frozen=True, slots=True)
class Planning:
    """The service behind `connector plan` and `explain`."""

    foresight: Foresight
    people: People
    mappings: Mappings
    read_mapping: Callable[[str], MappingFile]
    watch: Callable[[MappingFile], object]
    """Told of the mapping before Rippling is read: the mapping decides which fields are read."""

    def plan(self, names: Sequence[str], company: str, text: str, day: date | None = None) -> Plan:
        """What would be done about everyone, or about the people named, now or on a day.

        Raises:
            ConfigurationError: the file makes no sense, or there is no such company or person.
            ConnectorError: the ledger or Rippling does not answer.
        """
        mapping = self.read_mapping(text) if text else self.mappings.load()
        mapping = mapping.in_force(self.foresight.clock.now())
        self.watch(mapping.written)
        mapping = mapping.on(day) if day else mapping
        must_be_one_of("company", company, mapping.companies)
        if not names:
            return self.foresight.of_everyone(mapping, day).of(company or None, ())
        found = [self.people.find(name) for name in names]
        return self.foresight.of_people(mapping, found, day).of(company or None, ())

    def explain(self, name: str) -> Explanation:
        """Why one person is as they are in Visma.

        Raises:
            ConnectorError: nobody is known by this name, or a system does not answer.
        """
        mapping = self.mappings.load()
        self.watch(mapping.written)
        return explain(self.foresight, mapping, self.people.find(name))
