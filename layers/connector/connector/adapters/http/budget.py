"""One budget for each vendor and company, shared by every function of the stack.

The row of a budget is read only when nothing was heard for a while, and written only when calls run
short: there is no call to the table for each call to a vendor. That it cannot be read or written
stops no work; it is reported, and the limits that this process has seen itself still hold.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from connector.adapters.http.rate_limit import Limits
from connector.domain.budgets import Budget, current, merged
from connector.domain.errors import ConnectorError

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.ports.state import Budgets

FRESH = timedelta(seconds=15)
"""What was heard from the vendor or the others less than this ago is gone by."""

WHOLE_VENDOR = "all"
"""Stands for the company where a vendor counts for all of them."""


class Reports(Protocol):
    """Where it is shown how much is used, and that a budget could not be shared."""

    def used(self, vendor: str, company: str, percent: float, left: int) -> None:
        """The share of a budget that has been used, in percent, and the calls that are left."""

    def not_shared(self, name: str, reason: str) -> None:
        """A budget could not be shared; `reason` is a text of our own making."""


class RateBudget:
    """The budgets of all vendors and companies, as one function uses them.

    With `keeps_reserve` it leaves the last calls of a window to the operator.
    """

    def __init__(
        self,
        budgets: Budgets,
        reports: Reports,
        now: Callable[[], datetime],
        *,
        keeps_reserve: bool,
    ) -> None:
        self._budgets = budgets
        self._reports = reports
        self._now = now
        self._keeps_reserve = keeps_reserve

    def limits(
        self, vendor: str, company: str = WHOLE_VENDOR, *, penalty: float | None = None
    ) -> Limits:
        """The limits for a client on this budget; `penalty` in seconds is as in `Limits`."""
        shared = SharedBudget(vendor, company, self._budgets, self._reports, self._now)
        return Limits(vendor, self._now, shared, keeps_reserve=self._keeps_reserve, penalty=penalty)


class SharedBudget:
    """One budget of this process and all others."""

    def __init__(
        self,
        vendor: str,
        company: str,
        budgets: Budgets,
        reports: Reports,
        now: Callable[[], datetime],
    ) -> None:
        self._who = vendor, company
        self._name = vendor.lower() if company == WHOLE_VENDOR else f"{vendor.lower()} {company}"
        self._budgets = budgets
        self._reports = reports
        self._now = now
        self._heard_at: datetime | None = None
        self._told = Budget()
        self._told_at: datetime | None = None

    def before_a_call(self, known: Budget) -> Budget:
        """The budget to go by: what the others have told is looked up if the last word is old."""
        now = self._now()
        if not _is_old(self._heard_at, now):
            return known
        self._heard_at = now
        try:
            return merged(known, self._budgets.known(self._name), now)
        except ConnectorError as error:
            self._reports.not_shared(self._name, str(error))
            return known

    def after_an_answer(self, known: Budget, *, has_news: bool) -> None:
        """Tells the others once calls run short, whenever they run shorter, and now and then."""
        now = self._now()
        if has_news:
            self._heard_at = now
            if known.used_percent is not None and known.remaining is not None:
                self._reports.used(*self._who, known.used_percent, known.remaining)
        before, after = current(self._told, now).scarcity(), known.scarcity()
        if after > before or (after and _is_old(self._told_at, now)):
            self._tell(known, now)

    def _tell(self, known: Budget, now: datetime) -> None:
        self._told, self._told_at = known, now
        try:
            self._budgets.share(self._name, known)
        except ConnectorError as error:
            self._reports.not_shared(self._name, str(error))


def _is_old(moment: datetime | None, now: datetime) -> bool:
    return moment is None or now >= moment + FRESH
