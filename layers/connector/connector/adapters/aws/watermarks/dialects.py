"""The dialect of each tenant in the `WatermarksTable`, readable in the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.adapters.aws.watermarks.cursors import stored_moment, stored_text
from connector.ports.dialects import BELIEVED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.adapters.aws.watermarks.table import WatermarksTable
    from connector.ports.clock import Clock


class DynamoDialects:
    """A row for each tenant: habit to word, and when that was learnt."""

    def __init__(self, rows: WatermarksTable, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock

    def known(self, tenant: str) -> Mapping[str, str]:
        return {habit: word for habit, (word, _) in self._fresh(tenant).items()}

    def learn(self, tenant: str, habit: str, word: str) -> None:
        now = stored_text(self._clock.now()) or ""
        self._rows.put(_key(tenant), {"habits": {**self._fresh(tenant), habit: [word, now]}})

    def _fresh(self, tenant: str) -> dict[str, list[str]]:
        habits = self._rows.read(_key(tenant)).get("habits", {})
        limit = self._clock.now() - BELIEVED
        return {
            habit: [word, at]
            for habit, (word, at) in habits.items()
            if (learnt := stored_moment(at)) and learnt > limit
        }


def _key(tenant: str) -> str:
    return f"dialect {tenant}"
