"""Reads the tables of published answers. `python -m tests.support.shapes` makes them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from connector.domain.shapes.contract import Contract

Api: TypeAlias = Literal["rippling-rest", "rippling-platform", "visma", "visma-books"]


@cache
def contract_of(api: Api) -> Contract:
    """The published answers of one API; read once a process, with its first answer."""
    text = Path(__file__).with_name(f"{api}.json").read_text("utf-8")
    return Contract(json.loads(text))
