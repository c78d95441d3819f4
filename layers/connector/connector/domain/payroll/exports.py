"""What the connector remembers of the batches that it made of a run: begun, and exported.

Where it is stored is not known here, and no line of a batch is among it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class Stage(StrEnum):
    """How far a batch is."""

    BEGUN = "begun"
    """It is about to be sent, or was sent and not answered."""

    EXPORTED = "exported"


@dataclass(frozen=True, slots=True)
class Export:
    """The newest batch of one run in one currency.

    `content` and `total` are keyed digests of what Rippling showed and of the sum of the debits,
    `lands_until` is how late Visma may still enter a batch that was begun. `earlier` are the
    numbers of the batches before it. `before` is the exported one that a batch which was begun is
    instead of, so that it is not forgotten with it; rows from before it was kept have none.
    """

    key: str
    revision: int
    stage: Stage
    content: str
    total: str
    period: str
    lines: int
    people: int
    begun_at: datetime
    lands_until: datetime
    operator: str
    number: str = ""
    earlier: tuple[str, ...] = ()
    before: Export | None = None

    @property
    def is_exported(self) -> bool:
        """Whether it is known to be in Visma, or to have been."""
        return self.stage is Stage.EXPORTED

    @property
    def last_exported(self) -> Export | None:
        """This one if it is known to be in Visma, or to have been, else the one before it."""
        return self if self.is_exported else self.before

    def may_land(self, now: datetime) -> bool:
        """Whether Visma may still enter it, although it is not there."""
        return not self.is_exported and now < self.lands_until

    def entered(self, number: str) -> Export:
        """The same once its number in Visma is known."""
        return replace(self, stage=Stage.EXPORTED, number=number, before=None)

    def over(self, now: datetime) -> Export:
        """The same once it is sure that nothing of it can come any more."""
        return replace(self, lands_until=now)


@dataclass(frozen=True, slots=True)
class RunExports:
    """All that is remembered of a run in a company, by currency; `version` guards every write."""

    company: str
    run: str
    version: int = 0
    by_currency: Mapping[str, Export] = field(default_factory=dict)

    def with_export(self, currency: str, export: Export) -> RunExports:
        """The same with one export replaced."""
        return replace(self, by_currency={**self.by_currency, currency: export})

    def given_up(self, currency: str) -> RunExports:
        """The same as it was before a batch was begun, of which nothing was entered."""
        left = dict(self.by_currency)
        if before := left.pop(currency).last_exported:
            left[currency] = before
        return replace(self, by_currency=left)


def each_once(*numbers: str) -> tuple[str, ...]:
    """Numbers of batches in their order, each once and none empty."""
    return tuple(dict.fromkeys(filter(None, numbers)))
