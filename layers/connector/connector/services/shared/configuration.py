"""Is the connector configured so that it can work? Everything wrong is said at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from connector.domain.errors import ConfigurationError
from connector.domain.mapping.model import MappingFile
from connector.ports.secrets import Secrets, VismaSecret
from connector.ports.state import Mappings

Loaded = TypeVar("Loaded")


def check_configuration(secrets: Secrets, mappings: Mappings) -> MappingFile:
    """The mapping, if it is usable, and Rippling's secret and that of one company at least are.

    What is wrong with one of several companies stops that company alone: see `company_problems`.

    Raises:
        ConfigurationError: with every problem of all three.
    """
    problems: list[str] = []
    _collect(problems, secrets.rippling)
    mapping = _collect(problems, mappings.load)
    if mapping is None:
        _collect(problems, secrets.visma)
        raise ConfigurationError(problems)
    unusable = company_problems(secrets, mapping)
    if problems or len(unusable) == len(mapping.companies):
        raise ConfigurationError(
            [*problems, *(each for told in unusable.values() for each in told)]
        )
    return mapping


def company_problems(secrets: VismaSecret, mapping: MappingFile) -> dict[str, list[str]]:
    """What is wrong with the Visma secret of each company that cannot be used, by its key."""
    found: dict[str, list[str]] = {}
    for key in mapping.companies:
        told: list[str] = []
        try:
            if secrets.visma_company(key) is None:
                told.append(f"company {key}: the Visma secret has no credentials for it")
        except ConfigurationError as error:
            told.extend(error.problems)
        if told:
            found[key] = told
    return found


def _collect(problems: list[str], load: Callable[[], Loaded]) -> Loaded | None:
    try:
        return load()
    except ConfigurationError as error:
        problems.extend(error.problems)
        return None
