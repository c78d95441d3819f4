"""The plain data that verbs take and give: it becomes JSON between the account and the command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
Arguments: TypeAlias = Mapping[str, Any]
"""What the operator gave, by the names of the arguments."""
