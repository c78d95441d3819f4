"""What Rippling does not let the token do, asked before a scheduled sweep and by `ping`."""

from __future__ import annotations

from connector.domain.checks import Check, Level
from connector.domain.mapping.model import EVERYBODY, MappingFile
from connector.ports.clock import Clock
from connector.ports.rippling import Source
from connector.ports.telemetry import Metrics


def missing_capabilities(
    source: Source, mapping: MappingFile, clock: Clock, metrics: Metrics, *, cost_allocation: bool
) -> list[Check]:
    """What Rippling does not let the token do, before a scheduled sweep; counted, never raised."""
    needs = needs_of(mapping, cost_allocation=cost_allocation)
    checks = source.checks(clock.now(), needs)
    missing = [check for check in checks if check.level in (Level.WARNING, Level.BAD)]
    metrics.count("CapabilitiesMissing", len(missing))
    return missing


def needs_of(mapping: MappingFile | None, *, cost_allocation: bool) -> frozenset[str]:
    """What is asked of Rippling beyond the usual, in the words of its `expand`."""
    companies = tuple(mapping.companies.values()) if mapping else ()
    asks = {
        "legal_entity": any(set(rules.legal_entities) - {EVERYBODY} for rules in companies),
        "compensation": cost_allocation or any(rules.uses_pay for rules in companies),
        "custom_fields": any(rules.department_custom_field for rules in companies),
    }
    return frozenset(name for name, is_asked in asks.items() if is_asked)
