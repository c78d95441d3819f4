"""Why a cost centre differs in a month, for `connector report --cost-centre ... --explain`.

People and batches are named by number. What fewer than three people cost is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from connector.domain.books.causes.explanation import Explanation, StayChange
from connector.domain.books.comparison import Place
from connector.domain.books.expected import period_of
from connector.domain.books.folding import Shown, shown
from connector.domain.books.month import MonthBooks
from connector.domain.books.subaccounts import Where
from connector.domain.catalogue import canonical
from connector.domain.errors import ConfigurationError, RetryableError
from connector.domain.mapping.base import did_you_mean
from connector.domain.mapping.model import CompanyRules
from connector.domain.report.period import Month
from connector.ports.state import Mappings
from connector.services.books.service import Books
from connector.services.operate.json_types import JsonObject
from connector.services.shared.catalogues import Catalogues


@dataclass(frozen=True, slots=True)
class Explaining:
    """Explains one cost centre in every company that the mapping has labour settings for."""

    books: Books
    mappings: Mappings
    catalogues: Catalogues

    def explain(self, month: Month, company: str, cost_centre: str) -> list[JsonObject]:
        """One explanation for each company, or for the one that is asked for.

        Raises:
            ConfigurationError: no company is set up for it, or none has this cost centre.
            RetryableError: Visma cannot answer, or its books do not add up.
        """
        place = place_of(cost_centre)
        known: set[str] = set()
        told = []
        for key, rules in self._compared(company).items():
            books, explanation = self._of(key, month, rules, place)
            known |= {str(cell.place) for cell in books.comparison.cells}
            if explanation.cells:
                told.append(told_of(books, explanation))
        if not told:
            hint = did_you_mean(cost_centre, sorted(known))
            raise ConfigurationError(
                f"nobody works on cost centre {cost_centre} in {month.text}, and nothing is posted"
                f" there{hint}; there are {', '.join(sorted(known)) or 'none'}"
            )
        return told

    def _compared(self, company: str) -> dict[str, CompanyRules]:
        """The companies asked about whose labour cost is compared."""
        found = {
            key: rules
            for key, rules in self.mappings.load().companies.items()
            if company in ("", key) and rules.labour is not None
        }
        if not found:
            raise ConfigurationError(
                f"the mapping has no labour part for {company or 'any company'}, so that nothing is"
                " compared: see docs/mapping.md#labour"
            )
        return found

    def _of(
        self, company: str, month: Month, rules: CompanyRules, place: Place
    ) -> tuple[MonthBooks, Explanation]:
        catalogue = self.catalogues.current(company, rules)
        books, explanation = self.books.explain(company, month, rules, catalogue, place)
        check = books.posted.check
        if not check.is_passed:
            raise RetryableError(check.sentence(company, period_of(month)))
        return books, explanation


def place_of(text: str) -> Place:
    """The cost centre that an operator typed, or one of the places that are none."""
    words = {where.value: where for where in Where}
    return words.get(text.strip().lower(), canonical(text))


def told_of(books: MonthBooks, explanation: Explanation) -> JsonObject:
    """An explanation as plain data, without a person's cost."""
    place = str(explanation.place)
    return {
        "company": books.company,
        "month": books.month.text,
        "cost_centre": place,
        "currency": books.currency,
        "cells": [_cell(row) for row in shown(books.comparison.cells) if row.place == place],
        "people": list(explanation.people),
        "changes": list(map(_change, explanation.changes)),
        "causes": list(_causes(explanation)),
        "is_open": explanation.is_open,
    }


def _change(change: StayChange) -> JsonObject:
    return {"number": change.number, "day": change.day.isoformat(), "what": change.what}


def _causes(explanation: Explanation) -> Iterator[JsonObject]:
    for cause in explanation.causes:
        yield {
            "cause": cause.kind.value,
            "people": list(cause.people),
            "batches": list(cause.batches),
            "places": list(cause.places),
            "advice": cause.advice,
        }


def _cell(row: Shown) -> JsonObject:
    return {
        "branch": row.branch,
        "kind": row.kind.value,
        "expected": _text(row.expected),
        "posted": _text(row.posted),
        "waiting": _text(row.pending),
        "difference": _text(row.difference),
        "verdict": row.verdict.value,
        "why": row.why,
    }


def _text(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}"
