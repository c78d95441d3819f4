"""Leases in the `WatermarksTable`. The webhook loads this file: it stays light."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from connector.domain.errors import RetryableError
from connector.domain.records.times import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.adapters.aws.watermarks.table import WatermarksTable
    from connector.ports.clock import Clock

LEASE_IS_FREE = (
    "attribute_not_exists(#lease_owner) OR #lease_until <= :now OR #lease_owner = :owner"
)
OWN = "#lease_owner = :owner"


class DynamoLeases:
    """One holder at a time; a lease whose holder is gone runs out."""

    def __init__(self, rows: WatermarksTable, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock

    @contextmanager
    def lease(self, stream: str, seconds: float) -> Iterator[bool]:
        row, owner, now = f"lease {stream}", uuid4().hex, self._clock.now()
        until = timestamp(now + timedelta(seconds=seconds))
        held = self._rows.put_if(
            LEASE_IS_FREE,
            {":now": timestamp(now), ":owner": owner},
            row,
            {"lease_owner": owner, "lease_until": until},
        )
        try:
            yield held
        finally:
            # A lease that cannot be given back runs out by itself; the work under it is done.
            if held:
                with suppress(RetryableError):
                    given = {":owner": owner}
                    self._rows.update_if(OWN, given, row, "REMOVE #lease_owner, #lease_until")
