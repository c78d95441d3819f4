"""Who has something open, in the companies of the mapping and in those that it lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.status.people import OpenPeople, need_a_hand
from connector.services.shared.companies import companies_with_rows

if TYPE_CHECKING:
    from connector.domain.checks import Check
    from connector.ports.ledger import Ledger
    from connector.ports.state import Mappings


def open_people(ledger: Ledger, mappings: Mappings) -> OpenPeople:
    """The people with whom something is open; a mapping that makes no sense hides none of them."""
    companies = companies_with_rows(ledger, mappings)
    return OpenPeople.among(link for company in companies for link in ledger.open_links(company))


def people_check(ledger: Ledger, mappings: Mappings) -> Check:
    """Whether anyone needs a hand, as one line of `ping`."""
    return need_a_hand(open_people(ledger, mappings))
