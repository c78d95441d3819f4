"""The month that a report is about. Months begin and end in UTC, as the days of the audit do."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

MONTHS = 12
FIRST_YEAR = 2000
"""Before it nothing is meant by a year."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One calendar month."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month in which a day is."""
        return cls(day.year, day.month)

    @property
    def text(self) -> str:
        """As `2026-11`."""
        return f"{self.year:04}-{self.number:02}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year, self.number, monthrange(self.year, self.number)[1])

    @property
    def before(self) -> Month:
        """The month before."""
        return Month.of(self.first - timedelta(days=1))

    @property
    def days(self) -> Iterator[date]:
        """Its days, the first one first."""
        return (
            self.first + timedelta(days=offset)
            for offset in range((self.last - self.first).days + 1)
        )

    def share(self, first: date | None, last: date | None) -> Decimal:
        """How much of it lies between two days, both included; an open end has no limit."""
        begin, end = max(first or self.first, self.first), min(last or self.last, self.last)
        return Decimal(max((end - begin).days + 1, 0)) / self.last.day

    def is_over(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.last < today


@dataclass(frozen=True, slots=True)
class Period:
    """A month of all companies, or of one; `today` is the day on which it is looked at."""

    month: Month
    today: date
    company: str = ""

    @property
    def is_over(self) -> bool:
        """Whether the month has ended."""
        return self.month.is_over(self.today)

    @property
    def day(self) -> date:
        """The day as of which people are counted: the last one, or today in a running month."""
        return min(self.month.last, self.today)

    def covers(self, company: str) -> bool:
        """Whether a company is among those that the report is about."""
        return self.company in ("", company)


def month_in(text: str, today: date) -> Month:
    """The month that an operator typed; the last one that has ended where none was.

    Raises:
        ValueError: it is no month, or one that has not begun; with the nearest right one.
    """
    running = Month.of(today)
    if not text:
        return running.before
    month = _nearest(text, today)
    if month > running:
        raise ValueError(f"month: {text} has not begun; the nearest is {running.text}")
    if month.text != text:
        raise ValueError(f"month: {text} is not a month; did you mean {month.text}?")
    return month


def _nearest(text: str, today: date) -> Month:
    """The month that is probably meant by something typed."""
    numbers = [int(each) for each in re.findall(r"\d{1,4}", text)]
    if re.fullmatch(r"\d{6}", text):
        numbers = [int(text[:4]), int(text[4:])]
    year = next((each for each in numbers if each >= FIRST_YEAR), None)
    number = next((each for each in numbers if each < FIRST_YEAR), None)
    if year is None and number is not None and 1 <= number <= MONTHS:
        month = Month(today.year, number)
        return month if month <= Month.of(today) else Month(today.year - 1, number)
    if year is None or number is None:
        return Month.of(today).before
    return Month(year, min(max(number, 1), MONTHS))
