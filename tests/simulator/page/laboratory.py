"""A department of Nordfab that is not ready: everyone hired into it waits for its cost centre."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulator.rippling import Rippling
    from tests.simulator.visma import Visma

NAME, CODE, COST_CENTRE = "Laboratory", "LAB", "710"
ROW = f'      - {{rippling: {NAME}, department: {CODE}, cost_centre: "{COST_CENTRE}"}}\n'
DEPARTMENTS = "    departments:\n"


def open_laboratory(rippling: Rippling, visma: Visma, mapping: str) -> str:
    """Adds the department on both sides, without its cost centre; the mapping with its row.

    Only the first company of the mapping has it.
    """
    rippling.add_department(NAME)
    visma.add_department(CODE, NAME)
    return mapping.replace(DEPARTMENTS, DEPARTMENTS + ROW, 1)
