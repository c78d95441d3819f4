"""Rows and rules that hold from a day on, or until one: both days belong to the time they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from connector.domain.mapping.base import MappingModel, found, given, one_text

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
DAY_BELONGS = "a day such as 2027-01-31 belongs"


def _day(value: Any) -> Any:
    text = value.isoformat() if type(value) is date else one_text(value)
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else _no_day(value)
    except ValueError:
        return _no_day(value)


def _no_day(value: Any) -> date:
    raise ValueError(f"{found(value)} stands where {DAY_BELONGS}")


Day = Annotated[date, BeforeValidator(_day), PlainSerializer(date.isoformat, return_type=str)]
"""A calendar day in the company's time zone, written as text wherever it is stored."""
OptionalDay = Annotated[Day | None, BeforeValidator(given)]


class Dated(MappingModel):
    """A row or rule that may hold for a time only."""

    valid_from: OptionalDay = Field(default=None, alias="from")
    until: OptionalDay = None

    @model_validator(mode="after")
    def _is_a_time(self) -> Dated:
        if self.first_day > self.last_day:
            raise ValueError("until must not be before from")
        return self

    @property
    def first_day(self) -> date:
        """The first day on which it holds."""
        return self.valid_from or date.min

    @property
    def last_day(self) -> date:
        """The last day on which it holds."""
        return self.until or date.max

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.first_day <= day <= self.last_day

    def overlaps(self, other: Dated) -> bool:
        """Whether there is a day on which both hold."""
        return max(self.first_day, other.first_day) <= min(self.last_day, other.last_day)

    def spans(self, other: Dated) -> bool:
        """Whether it holds on each day on which the other one does."""
        return self.first_day <= other.first_day and other.last_day <= self.last_day

    @property
    def time(self) -> tuple[str, ...]:
        """When it holds, in words; nothing where it always does."""
        days = (("from", self.valid_from), ("until", self.until))
        return tuple(f"{word} {day.isoformat()}" for word, day in days if day)


def days_of_change(rows: Iterable[Dated]) -> Iterator[date]:
    """The days on which other rows hold than on the day before."""
    for row in rows:
        if row.valid_from is not None:
            yield row.valid_from
        if row.until is not None and row.until < date.max:
            yield row.until + timedelta(days=1)
