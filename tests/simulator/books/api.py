"""The endpoints of the fake Visma.net ERP API that read and write a company's books.

Tokens, limits and sockets are not here; every function gets a request that may be served.
"""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from tests.simulator.books.balances import (
    balances,
    show_balance,
    show_transaction,
    transactions,
)
from tests.simulator.books.batches import show_batch
from tests.simulator.books.chart import show_account, show_ledger, show_period
from tests.simulator.books.entering import change_batch, create_batch
from tests.simulator.dimensions import RefusedError
from tests.simulator.messages import Response, json_response
from tests.simulator.visma_api import (
    Visit,
    compiled,
    created,
    etag,
    missing,
    precondition,
    updated,
)
from tests.simulator.visma_lists import changed, page_asked, page_metadata, paged, read_moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.simulator.books.batches import Batch, Line
    from tests.simulator.books.books import Books

Row = dict[str, Any]
BALANCES = ("begBalance", "endingBalance", "currBegBalance", "currEndingBalance")
LISTED_STATUSES = frozenset(
    {"Hold", "Balanced", "Unposted", "Posted", "Voided", "Scheduled", "Unreleased"}
)
LEDGER_KINDS = frozenset({"Actual", "Report", "Statistical", "Budget"})
SERIES = "BATCH"


def list_accounts(visit: Visit) -> Response:
    """GET /v1/account: always whole, as it has no pages."""
    query = visit.request.query
    rows = [
        show_account(account)
        for account in _books(visit).accounts.values()
        if ("active" not in query or account.is_active == visit.wants("active"))
        and query.get("publicCode", account.public_code) == account.public_code
        and account.number > query.get("greaterThanValue", "")
    ]
    return json_response(200, changed(visit, rows))


def list_ledgers(visit: Visit) -> Response:
    """GET /v1/ledger: always whole, as it has no pages."""
    above = visit.request.query.get("greaterThanValue", "")
    ledgers = _books(visit).ledgers.values()
    rows = [show_ledger(ledger) for ledger in ledgers if ledger.number > above]
    return json_response(200, changed(visit, rows))


def list_periods(visit: Visit) -> Response:
    """GET /v1/financialPeriod: those behind a year or a period, if one is named."""
    above = visit.request.query.get("greaterThanValue", "")
    periods = [
        period
        for period in _books(visit).periods.values()
        if (str(period.year) if len(above) == 4 else period.key) > above
    ]
    return json_response(200, [show_period(period) for period in periods])


def read_period(visit: Visit, key: str) -> Response:
    """GET /v1/financialPeriod/{financialPeriodId}: the lock."""
    period = _books(visit).periods.get(key) or missing(visit, "Financial period")
    return json_response(200, show_period(period))


def read_series(visit: Visit, key: str) -> Response:
    """GET /v1/numberSequence/{numberingId}: not whether numbers of one's own are allowed."""
    if key.upper() != SERIES:
        missing(visit, "Number sequence")
    last = _books(visit).last_number()
    sequence = {
        "numberingId": SERIES, "startNbr": "000001", "endNbr": "999999",
        "lastNbr": f"{last:06d}", "nbrStep": 1, "nextNumber": f"{last + 1:06d}",
    }  # fmt: skip
    shown = {"numberingId": SERIES, "description": "GL batches", "manualNumbering": False}
    return json_response(200, {**shown, "sequence": [sequence]})


def list_balances(visit: Visit) -> Response:
    """GET /v2/generalLedgerBalance: rows by account and sub-account, never by segment."""
    books, query = _books(visit), visit.request.query
    _demand_bound(visit)
    if query.get("balanceType", "Actual") not in LEDGER_KINDS:
        raise RefusedError(f"balanceType cannot be {query['balanceType']}.")
    rows = [
        show_balance(books, one, toggles_signs=visit.wants("toggleBalanceSigns"))
        for one in balances(books, query.get("periodId"))
    ]
    wanted = {"account": ("account", "number"), "ledger": ("ledger", "id"),
              "branch": ("branch", "number")}  # fmt: skip
    for name, (member, inner) in wanted.items():
        if name in query:
            rows = [row for row in rows if row[member][inner] == query[name]]
    if "balanceType" in query:
        rows = [row for row in rows if row["balanceType"] == query["balanceType"]]
    if "subaccount" in query and books.preferences.shows_balance_subaccounts:
        rows = [row for row in rows if _is_on(row, query["subaccount"])]
    if visit.wants("excludeYTDAccount"):
        rows = [row for row in rows if row["account"]["number"] != books.year_to_date_account]
    return json_response(200, paged(visit, _modified_since(visit, rows)))


def list_transactions(visit: Visit) -> Response:
    """GET /v1/GeneralLedgerTransactions: posted lines, and on demand unposted and balanced ones."""
    books, query = _books(visit), visit.request.query
    if "ledger" not in query:
        raise RefusedError("ledger is required.")
    statuses = {"Posted"}
    statuses |= {"Unposted"} if visit.wants("includeUnposted") else set()
    statuses |= {"Balanced"} if visit.wants("includeUnreleased") else set()
    rows = [
        show_transaction(books, one)
        for one in transactions(books, query["ledger"], statuses)
        if _is_asked_for(visit, one.batch, one.line)
    ]
    page = [_expanded(visit, row) for row in paged(visit, changed(visit, rows))]
    if not page and books.preferences.empty_transactions == "nothing":
        return Response(200)
    return json_response(200, page)


def list_batches(visit: Visit) -> Response:
    """GET /v2/journaltransaction: a page counts lines, and batches come in pieces."""
    _demand_bound(visit)
    batches = [batch for batch in _books(visit).batches if _is_listed(visit, batch)]
    # An emptied batch still takes the place of a line.
    places = [(at, line) for at, one in enumerate(batches) for line in range(len(one.lines) or 1)]
    metadata = page_metadata(visit, len(places))
    pieces = groupby(places[page_asked(visit)], key=itemgetter(0))
    rows = []
    for at, piece in pieces:
        asked = [line for _, line in piece]
        lines = batches[at].lines[asked[0] : asked[-1] + 1]
        rows.append({**_show_batch(visit, batches[at], lines), **metadata})
    return json_response(200, rows)


def read_batch(visit: Visit, key: str) -> Response:
    """GET /v2/journaltransaction/{journalTransactionNumber}: of whichever module has it."""
    batch = _books(visit).find(key) or missing(visit, "Journal transaction")
    return json_response(200, _show_batch(visit, batch, batch.lines), etag(visit, batch.version))


def enter_batch(visit: Visit) -> Response:
    """POST /v2/journaltransaction."""
    batch = create_batch(_books(visit), visit.request.body)
    return created(visit, f"journaltransaction/{batch.number}", batch.version, api="v2")


def update_batch(visit: Visit, key: str) -> Response:
    """PUT /v2/journaltransaction/{journalTransactionNumber}."""
    known = _books(visit).find(key) or missing(visit, "Journal transaction")
    if stale := precondition(visit, known.version):
        return stale
    batch = change_batch(_books(visit), known, visit.request.body)
    return updated(visit, batch.version)


def _books(visit: Visit) -> Books:
    return visit.company.books


def _show_batch(visit: Visit, batch: Batch, lines: Iterable[Line]) -> Row:
    books = _books(visit)
    ledger = books.ledgers[batch.ledger].description
    return show_batch(batch, lines, visit.company, ledger, books.accounts)


def _demand_bound(visit: Visit) -> None:
    if not {"periodId", "lastModifiedDateTime"} & set(visit.request.query):
        raise RefusedError("periodId or lastModifiedDateTime is required.")


def _modified_since(visit: Visit, rows: list[Row]) -> list[Row]:
    bound = visit.request.query.get("lastModifiedDateTime")
    if bound is None:
        return rows
    limit = read_moment(bound)
    return [row for row in rows if datetime.fromisoformat(row["lastModifiedDateTime"]) >= limit]


def _is_on(row: Row, subaccount: str) -> bool:
    number = row.get("subaccount", {}).get("subaccountNumber")
    return subaccount in (number, row.get("subAccountCd"))


def _is_listed(visit: Visit, batch: Batch) -> bool:
    query = visit.request.query
    plain = {"periodId": batch.period, "module": batch.module, "branch": batch.branch}
    if any(query.get(name, value) != value for name, value in plain.items()):
        return False
    if "lastModifiedDateTime" in query:
        limit = read_moment(query["lastModifiedDateTime"])
        if datetime.fromisoformat(batch.version.shown) < limit:
            return False
    return _has_status(visit, batch)


def _has_status(visit: Visit, batch: Batch) -> bool:
    preferences, status = _books(visit).preferences, visit.request.query.get("status")
    if status is None:
        return batch.status != "Hold" or preferences.lists_hold_without_status
    if status not in LISTED_STATUSES:
        raise RefusedError(f"status cannot be {status}.")
    return batch.status in (preferences.unreleased if status == "Unreleased" else {status})


def _is_asked_for(visit: Visit, batch: Batch, line: Line) -> bool:
    query = visit.request.query
    if not query.get("fromPeriod", "") <= batch.period <= query.get("toPeriod", "999999"):
        return False
    if not query.get("fromDate", "") <= str(batch.day) <= query.get("toDate", "9999-12-31"):
        return False
    plain = {
        "branch": line.branch, "account": line.account, "subaccountId": _key(visit, line),
    }  # fmt: skip
    return all(query.get(name, value) == value for name, value in plain.items())


def _key(visit: Visit, line: Line) -> str:
    known = visit.company.subaccounts.get(line.subaccount)
    by_id = _books(visit).preferences.reads_subaccount_by == "id"
    return str(known.subaccount_id) if known and by_id else line.subaccount


def _expanded(visit: Visit, row: Row) -> Row:
    left_out = set() if visit.wants("includeTransactionBalance") else set(BALANCES)
    shown = {name: value for name, value in row.items() if name not in left_out}
    if not visit.wants("expandBranchInfo"):
        shown["branch"] = {"number": shown["branch"]["number"]}
    return shown


BOOK_ROUTES = compiled(
    [
        ("GET", "/v1/account", list_accounts),
        ("GET", "/v1/ledger", list_ledgers),
        ("GET", "/v1/financialPeriod", list_periods),
        ("GET", "/v1/financialPeriod/(?P<key>[^/]+)", read_period),
        ("GET", "/v1/numberSequence/(?P<key>[^/]+)", read_series),
        ("GET", "/v2/generalLedgerBalance", list_balances),
        ("GET", "/v1/GeneralLedgerTransactions", list_transactions),
        ("GET", "/v2/journaltransaction", list_batches),
        ("POST", "/v2/journaltransaction", enter_batch),
        ("GET", "/v2/journaltransaction/(?P<key>[^/]+)", read_batch),
        ("PUT", "/v2/journaltransaction/(?P<key>[^/]+)", update_batch),
    ]
)
