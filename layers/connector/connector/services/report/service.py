"""Making the month-end report: each section by a maker of its own, one that fails hides no other.

To add a section: a maker, and one line where the makers are joined (`bootstrap/reporting.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from connector.domain.errors import ConfigurationError, ConnectorError, fault_of
from connector.domain.report.period import Month, Period, month_in
from connector.domain.report.sheet import Section, Sheet
from connector.ports.clock import Clock
from connector.ports.state import Mappings, Modes
from connector.services.report.delivery import Delivered, Delivery
from connector.services.shared.nearest import must_be_one_of


class SectionMaker(Protocol):
    """Makes one section of the report, from whatever it reads."""

    @property
    def key(self) -> str:
        """The key of the section."""

    @property
    def title(self) -> str:
        """The title of the section."""

    def section(self, period: Period) -> Section:
        """The section of a month.

        Raises:
            ConnectorError: something cannot be read; it is told in the section's place.
        """


@dataclass(frozen=True, slots=True)
class Report:
    """The service behind `connector report`. The makers of a report read for it alone."""

    makers: Callable[[], Sequence[SectionMaker]]
    mappings: Mappings
    modes: Modes
    delivery: Delivery
    clock: Clock
    stack: str

    def make(self, text: str, company: str) -> tuple[Sheet, Delivered]:
        """The report of a month, and where it is.

        Raises:
            ConfigurationError: there is no such month, or no such company; with the nearest.
        """
        sheet = self.of(text, company)
        return sheet, self.delivery.deliver(sheet, company)

    def of(self, text: str, company: str) -> Sheet:
        """The report of a month that an operator typed, of one company or of all.

        Raises:
            ConfigurationError: there is no such month, or no such company; with the nearest.
        """
        now = self.clock.now()
        period = Period(self.month_of(text, company), now.date(), company)
        sections = tuple(section_of(maker, period) for maker in self.makers())
        mode = self.modes.current().name.value
        return Sheet(period.month.text, now, self.stack, mode, sections)

    def month_of(self, text: str, company: str) -> Month:
        """The month that an operator typed, of a company that there is; raises as `of` does."""
        try:
            month = month_in(text, self.clock.now().date())
        except ValueError as error:
            raise ConfigurationError(str(error)) from None
        must_be_one_of("company", company, {str(row["company"]) for row in self.mappings.rows()})
        return month


def section_of(maker: SectionMaker, period: Period) -> Section:
    """The section of a maker; where it cannot be made, one that says so and keeps the month open.

    A right that was taken away, a vendor that is down or a fault of ours may be about one section:
    the others are made all the same.
    """
    try:
        return maker.section(period)
    except ConnectorError as error:
        return unread(maker, str(error))
    except Exception as error:  # noqa: BLE001 the type tells enough, its text may be personal
        return unread(maker, f"it ends in an error ({fault_of(error)})")


def unread(maker: SectionMaker, why: str) -> Section:
    """Stands for a section that could not be made."""
    needs = f"{maker.title}: this could not be read: {why.rstrip('.')}. Type `connector ping`."
    return Section(maker.key, maker.title, needs_human=(needs,))
