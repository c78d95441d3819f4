"""Where a person's cost is booked in Visma: the department, the cost centre and the account."""

from __future__ import annotations

from dataclasses import dataclass

from connector.domain.employees import same
from connector.domain.placement import IN_VISMA
from connector.domain.records.allocation import Allocation
from connector.domain.records.ledger import Record


@dataclass(frozen=True, slots=True)
class Booking:
    """Where a person's cost is booked in Visma; nothing where they have no active employee."""

    department: str = ""
    cost_centre: str = ""
    account: str = ""

    def named(self, when: str) -> dict[str, str]:
        """As members of a row, by whether it was so `before` or is so `after`."""
        return {
            f"department_{when}": self.department,
            f"cost_centre_{when}": self.cost_centre,
            f"account_{when}": self.account,
        }


NOWHERE = Booking()


def booked_before(record: Record, company: str | None) -> Booking:
    """Where the person's cost was booked in a company, as far as the ledger knows."""
    link, placement = record.links.get(company or ""), record.person.placement
    if link is None or not link.is_active:
        return NOWHERE
    here = placement if placement.get("company") == company else {}
    in_visma, kept = here.get(IN_VISMA, {}), link.allocation or Allocation()
    department = _first((link.written or {}).get("department"))
    # Of an earlier version only the placement tells, and only where it has come true.
    is_true = same("department", department, here.get("department", ""))
    placed = here.get("cost_centre") if is_true else None
    return Booking(
        department,
        _first(in_visma.get("cost_centre"), kept.cost_centre, placed),
        _first(in_visma.get("account"), kept.expense_account),
    )


def _first(*values: str | None) -> str:
    return next((value for value in values if value), "")
