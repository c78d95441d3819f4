"""Who has something open, in the companies of the mapping and in those that it lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.status.people import OpenPeople, need_a_hand, of_left_behind, of_people
from connector.services.shared.companies import left_behind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from connector.domain.checks import Check
    from connector.domain.status.section import Section
    from connector.ports.ledger import Ledger
    from connector.ports.state import Mappings


def everyone(ledger: Ledger, mappings: Mappings) -> tuple[OpenPeople, Mapping[str, int]]:
    """With whom something is open, and how many are left in companies that left the mapping.

    A mapping that makes no sense hides none of them. Where there is none at all, that is told
    elsewhere, and no company has left it.
    """
    mapped = list(dict.fromkeys(str(row["company"]) for row in mappings.rows()))
    left = left_behind(ledger.employed(), mapped)
    links = (link for company in (*mapped, *left) for link in ledger.open_links(company))
    return OpenPeople.among(links), left if mapped else {}


def people_section(ledger: Ledger, mappings: Mappings, now: datetime) -> Section:
    """The lines about people."""
    people, left = everyone(ledger, mappings)
    return of_people(people, now) + of_left_behind(left)


def people_check(ledger: Ledger, mappings: Mappings) -> Check:
    """Whether anyone needs a hand, as one line of `ping`."""
    return need_a_hand(*everyone(ledger, mappings))
