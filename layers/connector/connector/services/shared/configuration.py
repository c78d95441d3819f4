"""Is the connector configured so that it can work? Everything wrong is said at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from connector.domain.errors import ConfigurationError
from connector.domain.mapping.model import MappingFile
from connector.ports.secrets import Secrets
from connector.ports.state import Mappings

Loaded = TypeVar("Loaded")


def check_configuration(secrets: Secrets, mappings: Mappings) -> MappingFile:
    """The mapping, if both secrets and the mapping are usable and agree about the companies.

    Raises:
        ConfigurationError: with every problem of all three.
    """
    problems: list[str] = []
    _collect(problems, secrets.rippling)
    visma = _collect(problems, secrets.visma)
    mapping = _collect(problems, mappings.load)
    if visma is not None and mapping is not None:
        problems += [
            f"company {key}: the Visma secret has no credentials for it"
            for key in mapping.companies
            if key not in visma
        ]
    if problems or mapping is None:
        raise ConfigurationError(problems)
    return mapping


def _collect(problems: list[str], load: Callable[[], Loaded]) -> Loaded | None:
    try:
        return load()
    except ConfigurationError as error:
        problems.extend(error.problems)
        return None
