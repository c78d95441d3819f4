"""What the daily reconciliation found in one company, counted: kept, so that it can be shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.domain.reconciliation import Finding, Origin, Shortfall


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the people of a company stood in Visma beside the ledger at one moment.

    `in_step` are as they were written and have nothing open; `different` were edited or renumbered,
    or their code is somebody else's, or two sweeps have asked for them in vain; `missing` are gone
    from Visma; `extra` are active employees whom the ledger does not know. Where the list showed
    too few, only `shown` of the active ones were on it; `unseen` were not, and are neither in step
    nor known to be missing.
    """

    company: str
    at: datetime
    in_step: int
    different: int
    missing: int
    extra: int
    unseen: int = 0
    shown: int = 0

    @classmethod
    def of(
        cls,
        company: str,
        at: datetime,
        in_step: int,
        found: Iterable[Finding],
        extra: int,
        short: Shortfall | None = None,
    ) -> Agreement:
        """Counted from what was found."""
        origins = Counter(finding.origin for finding in found)
        missing = origins.pop(Origin.MISSING, 0)
        counts = in_step, sum(origins.values()), missing, extra
        unseen, shown = (len(short.unseen), short.shown) if short else (0, 0)
        return cls(company, at, *counts, unseen, shown)

    @property
    def is_whole(self) -> bool:
        """Whether everyone is in step, and nobody else is there."""
        return not (self.different or self.missing or self.extra or self.unseen)

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each."""
        return {
            "in_step": self.in_step,
            "different": self.different,
            "missing": self.missing,
            "extra": self.extra,
        }

    def to_json(self) -> dict[str, Any]:
        """The form that is stored."""
        short = {"unseen": self.unseen, "shown": self.shown} if self.unseen else {}
        return {"at": self.at.isoformat(), **self.counts, **short}

    @classmethod
    def from_json(cls, company: str, data: dict[str, Any]) -> Agreement:
        """The agreement that `to_json` wrote."""
        names = ("in_step", "different", "missing", "extra", "unseen", "shown")
        counts = {name: int(data.get(name, 0)) for name in names}
        return cls(company, datetime.fromisoformat(data["at"]), **counts)


KEPT = 100
"""So many results of a company are kept: a month can be told weeks after it is over."""
