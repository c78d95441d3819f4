"""What stored facts say of a person's number and department. Light: verbs load it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def number_in(facts: Mapping[str, Any]) -> str:
    """The number of a worker in stored facts, where Rippling shows one."""
    number = facts.get("number")
    return number if isinstance(number, str) else ""


def department_in(facts: Mapping[str, Any]) -> str:
    """Rippling's name of the department in stored facts."""
    named = facts.get("department")
    return str(named.get("name") or "") if isinstance(named, Mapping) else ""
