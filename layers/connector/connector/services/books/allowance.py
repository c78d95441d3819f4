"""How many calls a read of the books may still make: foretold, and refused before they are made."""

from __future__ import annotations

from dataclasses import dataclass

from connector.domain.errors import ConfigurationError, RateLimitedError
from connector.ports.books.general_ledger import GeneralLedger


@dataclass(frozen=True, slots=True)
class Allowance:
    """The calls of one read of one company; it leaves the operator's reserve of the window alone.

    Poller and writers leave that reserve alone, too: a read that comes down to it makes changes of
    people wait for the next window.
    """

    company: str
    ledger: GeneralLedger
    most: int

    def ask(self, more: int) -> None:
        """Lets so many more calls be made.

        Raises:
            ConfigurationError: that would be more than the mapping allows.
            RateLimitedError: they would touch what is kept of the calls of this window.
        """
        made = self.ledger.calls
        if made + more > self.most:
            raise ConfigurationError(
                f"the books of {self.company} would take {made + more} calls to Visma, and the"
                f" mapping allows {self.most} (labour.most_calls); raise it, or read them by hand"
            )
        room = self.ledger.room
        if room.remaining is not None and room.remaining - more < room.reserve:
            raise RateLimitedError(
                f"the books of {self.company} would take {more} more calls to Visma;"
                f" {room.remaining} of this hour's are left, and {room.reserve} of these are kept"
                " for your other commands. Run the report again in the next hour"
            )
