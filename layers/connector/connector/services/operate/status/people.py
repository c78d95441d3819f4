"""Who has something open, of all companies that the mapping has rows for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.status.people import OpenPeople, need_a_hand

if TYPE_CHECKING:
    from connector.domain.checks import Check
    from connector.ports.ledger import Ledger
    from connector.ports.state import Mappings


def open_people(ledger: Ledger, mappings: Mappings) -> OpenPeople:
    """The people with whom something is open; a mapping that makes no sense hides none of them."""
    companies = dict.fromkeys(str(row["company"]) for row in mappings.rows())
    return OpenPeople.among(link for company in companies for link in ledger.open_links(company))


def people_check(ledger: Ledger, mappings: Mappings) -> Check:
    """Whether anyone needs a hand, as one line of `ping`."""
    return need_a_hand(open_people(ledger, mappings))
