"""What everyone costs, decrypted as long as there is time: each person is a call to KMS."""

from __future__ import annotations

from collections.abc import Iterator

from connector.domain.errors import RetryableError
from connector.domain.records.ledger import EmployeeLink
from connector.ports.clock import Clock
from connector.ports.ledger import Ledger

RESERVE_SECONDS = 45.0
"""What the rest of a report needs."""


def costs_in_time(ledger: Ledger, company: str, clock: Clock) -> Iterator[EmployeeLink]:
    """The people of a company with what they cost in clear.

    Raises:
        RetryableError: there is no time left to decrypt all of it.
    """
    for link in ledger.costs(company):
        if clock.remaining_seconds() < RESERVE_SECONDS:
            raise RetryableError(
                f"there was no time to decrypt what everyone in {company} costs; make the report"
                " company by company"
            )
        yield link
