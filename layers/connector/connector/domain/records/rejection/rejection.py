"""What the ledger keeps of a change that an operator rejected. What it spares is in `sparing`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

WHOLE = ("create", "reactivate", "deactivate", "transfer")
"""Kinds of a change that are one thing, whatever they write."""

REJECTED = "the operator rejected it; it is not done as long as the same is asked for"
"""Why nothing was done; a row of the ledger or the audit says so."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """The very change that was held: its kind, and the values that it would have written.

    Values are stored ones: personal fields are sealed. There are none where an earlier version
    kept it, and no kind either where that had rejected it: whatever would be done is meant then.
    """

    kind: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether it is done wholly or not at all; of another, each field is one of its own."""
        return self.kind in WHOLE
