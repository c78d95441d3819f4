"""Whether the general ledger of a company may be read, and how it answers where nobody says.

Four calls; only where the mapping asks for the labour cost of the company.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from connector.domain.books.accounts import Account, kind_of
from connector.domain.books.expected import period_of
from connector.domain.checks import Check, Level
from connector.domain.mapping.rules.labour import Labour
from connector.domain.report.period import Month
from connector.domain.status.wording import counted
from connector.ports.books.general_ledger import BooksHabits, GeneralLedgers

NAME = "books"


def books_check(ledgers: GeneralLedgers, company: str, labour: Labour, now: datetime) -> Check:
    """The line about the books of one company; what may not be read raises, and is told as bad."""
    ledger = ledgers.company(company)
    actual = [one.number for one in ledger.ledgers() if one.is_actual]
    chosen = [number for number in actual if labour.ledger in (None, number)]
    if len(chosen) != 1:
        return _without_one_ledger(actual)
    accounts = ledger.accounts()
    if not any(kind_of(one, labour) for one in accounts):
        return _without_labour(len(accounts), labour)
    last = Month.of(now.date()).before
    period = ledger.period(period_of(last))
    if period is None:
        return _without_period(last)
    told = (_kinds(accounts, labour), _with_public_code(accounts))
    habits = ledger.habits(period.key, chosen[0])
    return Check(
        NAME,
        Level.GOOD,
        f"The general ledger {chosen[0]} can be read. {'; '.join(told)}. {_told(habits, last)}",
    )


def _without_one_ledger(actual: list[str]) -> Check:
    return Check(
        NAME,
        Level.BAD,
        f"The general ledger can be read; its actual ledgers are {', '.join(actual) or 'none'}, and"
        " one is needed.",
        "name it as ledger under labour in the mapping",
    )


def _without_labour(accounts: int, labour: Labour) -> Check:
    return Check(
        NAME,
        Level.BAD,
        f"Of {counted(accounts, 'account')} none holds labour cost by the chart {labour.chart}.",
        "see chart and accounts under labour in the mapping",
    )


def _without_period(month: Month) -> Check:
    return Check(
        NAME,
        Level.WARNING,
        f"The general ledger can be read; it has no financial period for {month.text}.",
        "generate the periods of the year in Visma",
    )


def _kinds(accounts: list[Account], labour: Labour) -> str:
    kinds = Counter(kind for one in accounts if (kind := kind_of(one, labour)))
    found = ", ".join(f"{count} {kind.value}" for kind, count in sorted(kinds.items()))
    return f"Labour accounts: {found}"


def _with_public_code(accounts: list[Account]) -> str:
    count = sum(bool(one.public_code) for one in accounts)
    return f"{count} of {len(accounts)} accounts have a public code"


def _told(habits: BooksHabits, month: Month) -> str:
    """What the tenant answers of what no one has published."""
    if habits.names_subaccounts is None:
        return f"Nothing is posted in {month.text}, so that balances show nothing of their form."
    form = "in the newer form" if habits.names_subaccounts else "in the older form, as text"
    size = f"{habits.page_size} rows a page at most" if habits.page_size else "no size of a page"
    count = "says how many rows there are" if habits.counts_rows else "does not count its rows"
    return f"Balances name their sub-account {form}; Visma tells {size} and {count}."
