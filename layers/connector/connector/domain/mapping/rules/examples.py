"""The controller's own examples: someone invented, and where the rules have to put them.

Only what an example looks like; whether it holds is found out in `mapping_sense`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, model_validator

from connector.domain.facts import NOTHING, Fact, Named, fact
from connector.domain.mapping.base import Amount, Code, Condition, Currency, MappingModel, given
from connector.domain.mapping.rules.validity import OptionalDay
from connector.domain.people import EmploymentStatus, EmploymentType, Facts, Pay


class Money(MappingModel):
    """An amount in a currency."""

    amount: Amount
    currency: Currency


class Given(MappingModel):
    """Someone invented, in the words of the conditions of a class rule."""

    compensation_time_period: Condition = None
    employment_type: Condition = None
    kind: Condition = None
    amount_worked: Condition = None
    country: Condition = None
    department: Condition = None
    location: Condition = None
    legal_entity: Condition = None
    annual_pay: Annotated[Money | None, BeforeValidator(given)] = None

    @property
    def facts(self) -> Facts:
        """The facts of someone like this, who works."""
        return Facts(
            status=EmploymentStatus.ACTIVE,
            department=_named(self.department),
            location=_named(self.location),
            legal_entity=_named(self.legal_entity),
            employment_type=EmploymentType.of(
                self.employment_type, self.kind, self.compensation_time_period, self.amount_worked
            ),
            country=fact(self.country),
        )

    @property
    def pay(self) -> Fact[Pay]:
        """What they earn."""
        money = self.annual_pay
        return fact(Pay(money.amount, money.currency) if money else None)


class Example(MappingModel):
    """Someone invented, and what the rules have to make of them; only what is named is checked.

    By the rules of a `day`, where there is one, else by those of the day on which it is checked.
    """

    given: Given
    day: OptionalDay = None
    employee_class: Code | None = None
    department: Code | None = None
    branch: Code | None = None

    @model_validator(mode="after")
    def _expects_something(self) -> Example:
        if self.employee_class is None and self.department is None and self.branch is None:
            raise ValueError("say what is expected: employee_class, department or branch")
        return self


def _named(key: str | None) -> Named:
    """A thing that answers to one key, whether that is its id, its code or its name."""
    return Named(key, key, key) if key else NOTHING
