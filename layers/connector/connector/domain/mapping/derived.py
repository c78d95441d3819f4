"""What is worked out from a mapping, once for each: a mapping never changes.

What that is does not belong here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from connector.domain.mapping.model import MappingFile

Derived = TypeVar("Derived")


def once_a_mapping(work: Callable[[MappingFile], Derived]) -> Callable[[MappingFile], Derived]:
    """The same, remembered with the mapping; what it gives back must not be changed by anyone."""

    @wraps(work)
    def remembered(mapping: MappingFile) -> Derived:
        known: dict[object, Any] = mapping.derived
        if work not in known:
            known[work] = work(mapping)
        found: Derived = known[work]
        return found

    return remembered
