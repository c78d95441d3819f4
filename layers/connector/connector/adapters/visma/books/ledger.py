"""The books of one company of Visma.net ERP: which reads are made, and what their answers mean.

Shapes are in `rows`, pages in `listing`. There is no write here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from connector.adapters.http.client import HttpClient, media_type
from connector.adapters.http.rate_limit import header_number
from connector.adapters.visma.absence import MISSING, is_fault
from connector.adapters.visma.books.listing import PagedList
from connector.adapters.visma.books.rows import (
    Wanted,
    account_of,
    balance_of,
    entries_of,
    habits_of,
    is_of,
    ledger_of,
    line_of,
    lines_in,
    period_of,
    subaccount_of,
    totals_of,
)
from connector.adapters.visma.refusals import is_page, raise_for_access
from connector.adapters.visma.wire import NO_LICENCE, VismaRow, failure_of
from connector.domain.books.accounts import Account
from connector.domain.books.posted import NOTHING, Balance, BooksPeriod, Entry, LedgerName
from connector.domain.books.subaccounts import SubAccount
from connector.domain.budgets import Budget
from connector.domain.errors import ConfigurationError, NonsenseError

if TYPE_CHECKING:
    from requests import Response

    from connector.adapters.visma.targets import VismaTargets
    from connector.ports.books.general_ledger import BooksHabits
    from connector.ports.shapes import AnswerWatch

PAGE_SIZE = 1000
"""Cut to what Visma allows; it says what that is."""

BALANCES, BATCHES = "/v2/generalLedgerBalance", "/v2/journaltransaction"
LINES = "/v1/GeneralLedgerTransactions"
GENERAL_LEDGER = "GL"


class VismaBooks:
    """The general ledgers of Visma.net ERP, over the sign-in and the budget of each company."""

    def __init__(
        self, targets: VismaTargets, watch: Callable[[str], AnswerWatch] | None = None
    ) -> None:
        self._targets = targets
        self._watch = watch

    def company(self, key: str) -> VismaGeneralLedger:
        """That of one company; its calls are counted from now.

        Raises:
            ConfigurationError: the Visma secret has no such company.
        """
        way = self._targets.way_watched_by(key, self._watch)
        return VismaGeneralLedger(key, way.http, way.headers)


class VismaGeneralLedger:
    """The general ledger of one company of Visma.net ERP."""

    def __init__(
        self, company: str, http: HttpClient, headers: Callable[[], Mapping[str, str]] = dict
    ) -> None:
        self._company = company
        self._http = http
        self._headers = headers
        self._calls = 0
        self._room = Budget()

    @property
    def calls(self) -> int:
        """How many calls were made so far."""
        return self._calls

    @property
    def room(self) -> Budget:
        """The calls that are left, as the last answer told them."""
        return self._room

    def ledgers(self) -> list[LedgerName]:
        """The ledgers."""
        return [ledger_of(row) for row in self._list("/v1/ledger", {}, "ledgers")]

    def period(self, key: str) -> BooksPeriod | None:
        """One financial period, or None where there is no such."""
        path = f"/v1/financialPeriod/{quote(key, safe='')}"
        response = self._get(path, {}, "financial periods", is_final=is_fault)
        if response.status_code in MISSING and not is_page(response):
            return None
        found = period_of(self._content(response, dict))
        if found.key != key:
            raise NonsenseError(
                f"Visma showed another financial period of {self._company} than {key}"
            )
        return found

    def accounts(self) -> list[Account]:
        """The accounts."""
        return [account_of(row) for row in self._list("/v1/account", {}, "accounts")]

    def subaccounts(self) -> PagedList[SubAccount]:
        """The sub-accounts with their segments."""
        return self._paged(
            "/v1/subaccount",
            {},
            "sub-accounts",
            lambda rows: [subaccount_of(row) for row in _once(rows)],
        )

    def balances(self, period: str, ledger: str, account: str | None = None) -> PagedList[Balance]:
        """What moved in a period on the actual ledger, on one account or on all."""
        query = {"periodId": period, "ledger": ledger, "balanceType": "Actual"}
        wanted: Wanted = {
            ("financialPeriod",): period,
            ("ledger", "id"): ledger,
            ("balanceType",): "Actual",
        }
        if account is not None:
            query["account"] = account
            wanted = {**wanted, ("account", "number"): account}
        return self._paged(
            BALANCES,
            query,
            "balances",
            lambda rows: [
                balance_of(row) for row in self._asked_for(rows, wanted, is_whole=account is None)
            ],
        )

    def waiting(self, period: str, status: str) -> PagedList[Entry]:
        """The lines of the batches in one state."""
        wanted: Wanted = {("financialPeriod",): period, ("status",): status}
        return self._paged(
            BATCHES,
            {"periodId": period, "status": status},
            "journal batches",
            lambda rows: self._merged(row for row in rows if is_of(row, wanted)),
            weigh=_lines_on,
        )

    def lines(self, period: str, ledger: str, account: str) -> PagedList[Entry]:
        """The posted lines of one account."""
        query = {"ledger": ledger, "fromPeriod": period, "toPeriod": period, "account": account}
        wanted: Wanted = {
            ("period",): period,
            ("ledger", "id"): ledger,
            ("account", "number"): account,
        }
        return self._paged(
            LINES,
            query,
            "ledger transactions",
            lambda rows: [line_of(row) for row in _once(rows) if is_of(row, wanted)],
        )

    def habits(self, period: str, ledger: str) -> BooksHabits:
        """How balances are answered, from the first page of them."""
        query = {"periodId": period, "ledger": ledger, "balanceType": "Actual"}
        asked = {**query, "pageNumber": "1", "pageSize": str(PAGE_SIZE)}
        rows = self._list(BALANCES, asked, "balances")
        return habits_of(rows)

    def batch(self, number: str) -> list[Entry] | None:
        """The lines of one batch of the general ledger; numbers are unique in a module only."""
        path = f"{BATCHES}/{quote(number, safe='')}"
        response = self._get(path, {}, "journal batches", is_final=is_fault)
        if response.status_code in MISSING and not is_page(response):
            return None
        entries = self._merged([self._content(response, dict)])
        return [one for one in entries if one.module == GENERAL_LEDGER] or None

    def _asked_for(self, rows: list[VismaRow], wanted: Wanted, *, is_whole: bool) -> list[VismaRow]:
        found = [row for row in _once(rows) if is_of(row, wanted)]
        if rows and not found and is_whole:
            raise NonsenseError(
                f"Visma shows balances of {self._company} and none of them is of the period and"
                " ledger that were asked for; nothing was added up"
            )
        return found

    def _merged(self, pieces: Iterable[VismaRow]) -> list[Entry]:
        """The lines of batches that came in pieces; each has to come to what its header says."""
        entries: dict[tuple[str, str, int], Entry] = {}
        totals = {}
        for piece in pieces:
            for one in entries_of(piece):
                entries[one.module, one.batch, one.line] = one
                totals[one.module, one.batch] = totals_of(piece)
        for (module, number), (debit, credit) in totals.items():
            own = [one for key, one in entries.items() if key[:2] == (module, number)]
            sums = (
                sum((one.debit for one in own), NOTHING),
                sum((one.credit for one in own), NOTHING),
            )
            if sums != (debit, credit):
                raise NonsenseError(
                    f"journal batch {module} {number} of {self._company} did not come whole: its"
                    " lines do not add up to its totals. If it was edited just now, run it again"
                )
        return list(entries.values())

    def _paged(
        self,
        path: str,
        query: Mapping[str, str],
        what: str,
        make: Callable[[list[VismaRow]], list[Any]],
        weigh: Callable[[Sequence[VismaRow]], int] = len,
    ) -> PagedList[Any]:
        def read(number: int) -> list[VismaRow]:
            asked = {**query, "pageNumber": str(number), "pageSize": str(PAGE_SIZE)}
            return self._list(path, asked, what)

        return PagedList(path, read, make, PAGE_SIZE, weigh)

    def _list(self, path: str, query: Mapping[str, str], what: str) -> list[VismaRow]:
        response = self._get(path, query, what)
        # This one list answers nothing at all where it has no rows.
        if path == LINES and response.status_code == HTTPStatus.OK and not response.content:
            return []
        rows: list[Any] = self._content(response, list)
        if not all(isinstance(row, dict) for row in rows):
            raise self._unreadable(response)
        return rows

    def _get(
        self,
        path: str,
        query: Mapping[str, str],
        what: str,
        is_final: Callable[[Response], bool] | None = None,
    ) -> Response:
        self._calls += 1
        response = self._http.get(path, query, self._headers(), is_final=is_final)
        self._note(response)
        is_licensed = failure_of(response.content).fault_code != NO_LICENCE
        if response.status_code == HTTPStatus.FORBIDDEN and is_licensed:
            raise ConfigurationError(
                f"Visma does not let the connector read the {what} of company {self._company}"
                " (403): see in the Developer Portal that the scope read is approved by the"
                " company, and that its licence covers the general ledger"
            )
        raise_for_access(response, self._company)
        return response

    def _note(self, response: Response) -> None:
        limit = header_number(response, "X-RateLimit-Limit")
        left = header_number(response, "X-RateLimit-Remaining")
        if limit is not None and left is not None:
            self._room = Budget(int(limit), int(left))

    def _content(self, response: Response, kind: type) -> Any:
        if response.status_code != HTTPStatus.OK:
            raise self._unreadable(response)
        content = self._http.json_of(response)
        if not isinstance(content, kind):
            raise self._unreadable(response)
        return content

    def _unreadable(self, response: Response) -> NonsenseError:
        return NonsenseError(
            f"Visma answered a read of the books of company {self._company} with status"
            f" {response.status_code} and nothing usable ({media_type(response)}); it will be tried"
            " again. If it stays so, check the base URL"
        )


def _lines_on(page: Sequence[VismaRow]) -> int:
    """How Visma counts a page of batches: by line, and an empty batch takes the place of one."""
    return sum(len(lines_in(row)) or 1 for row in page)


def _once(rows: Iterable[VismaRow]) -> list[VismaRow]:
    """The rows without those that came twice, as they do where pages move; metadata aside."""
    found: list[VismaRow] = []
    seen: set[str] = set()
    for row in rows:
        key = repr(sorted((name, value) for name, value in row.items() if name != "metadata"))
        if key not in seen:
            seen.add(key)
            found.append(row)
    return found
