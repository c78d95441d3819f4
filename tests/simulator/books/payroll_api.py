"""Payroll runs as Rippling's two APIs show them: REST with decimal text, Platform with numbers.

Routing and tokens are in the fakes themselves; every function gets a request that may be served.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from tests.simulator.asking import Cursors, QueryError, read_limit
from tests.simulator.books.payroll import ENTITLEMENT, PayrollDepartment, Record, Run

if TYPE_CHECKING:
    from decimal import Decimal

    from tests.simulator.messages import Json, Request

NAME, RECORDS = "payroll-runs", "worker-payroll-records"
RUN_ORDERS = ("check_date", "id")
RECORD_ORDERS = ("id",)
ShownTime = Callable[[Any], str]


def payroll_answer(
    payroll: PayrollDepartment,
    request: Request,
    cursors: Cursors,
    link: Callable[[str], str],
    shown_time: ShownTime,
) -> Json | None:
    """What the REST API replies about payroll runs; None where there is no such page."""
    if ENTITLEMENT not in payroll.people.entitlements:
        raise QueryError(403, f"This requires the entitlement {ENTITLEMENT}.")
    runs = [_show_run(run, shown_time) for run in payroll.by_id.values()]
    match request.path.strip("/").split("/")[1:]:
        case []:
            return _page(runs, RUN_ORDERS, request, cursors, link)
        case [run_id]:
            return next((row for row in runs if row["id"] == run_id), None) or _missing()
        case [run_id, name] if name == RECORDS:
            run = payroll.by_id.get(run_id) or _missing()
            rows = [_show_record(record) for record in run.records]
            return _page(rows, RECORD_ORDERS, request, cursors, link)
    return None


def platform_run(run: Run, shown_time: ShownTime) -> Json:
    """A run as the Platform API shows it."""
    return {
        "id": run.id, "runState": run.state, "runType": run.type,
        "checkDate": str(run.check_date), "name": run.title,
        "approvalDeadline": str(run.deadline),
        "approvedAt": shown_time(run.approved_at) if run.approved_at else None,
        "payPeriod": {
            "startDate": str(run.start), "endDate": str(run.end), "paySchedule": run.frequency,
        },
        "ein": run.ein,
    }  # fmt: skip


def platform_record(record: Record) -> Json:
    """A worker's pay as the Platform API shows it: no currency, and both sides' taxes in one."""
    return {
        "id": record.id, "run": record.run_id, "role": record.worker_id,
        "grossPay": float(record.gross), "netPay": float(record.net),
        "earnings": [
            {
                "amount": float(one.amount), "hours": float(one.hours) if one.hours else None,
                "name": one.name, "companyEarningType": one.code, "earningTypeEnum": one.category,
            }
            for one in record.earnings
        ],
        "taxes": [{"amount": float(one.amount), "name": one.name} for one in record.taxes],
        "deductions": [
            {
                "employeeDeductionAmt": float(one.employee),
                "companyContributionAmt": float(one.employer),
            }
            for one in record.deductions
        ],
        "garnishments": [
            {"cdtAmt": float(one.amount), "name": one.code} for one in record.garnishments
        ],
    }  # fmt: skip


def _show_run(run: Run, shown_time: ShownTime) -> dict[str, Any]:
    def time(at: datetime | None) -> str | None:
        return shown_time(at) if at else None

    def whole(on: date) -> str:
        return f"{on}T00:00:00+00:00"

    return {
        "id": run.id, "run_state": run.state, "run_type": run.type,
        "check_date": str(run.check_date), "title": run.title,
        "pay_period": {
            "start_date": str(run.start), "end_date": str(run.end),
            "pay_frequency": run.frequency,
        },
        "company_entity_id": run.entity_id, "country_code": run.country,
        "approval_deadline": whole(run.deadline), "approved_at": time(run.approved_at),
        "debit_date": str(run.check_date), "lock_deadline": whole(run.deadline),
        "paid_at": time(run.paid_at), "payment_type": run.payment_type,
    }  # fmt: skip


def _show_record(record: Record) -> dict[str, Any]:
    return {
        "id": record.id, "run_id": record.run_id, "worker_id": record.worker_id,
        "currency": record.currency, "country_code": record.country,
        "gross_pay": _text(record.gross), "net_pay": _text(record.net),
        "summary": {
            "employee_taxes": _text(record.taxes_of("EMPLOYEE")),
            "employer_taxes": _text(record.taxes_of("EMPLOYER")),
            "employee_deductions": _text(record.deducted),
            "employer_contributions": _text(record.contributed),
            "total_garnishments": _text(record.garnished),
        },
        "earnings": [
            {
                "earning_code": one.code, "earning_category": one.category,
                "display_name": one.name, "amount": _text(one.amount),
                "hours": _text(one.hours) if one.hours else None,
                "rate": _text(one.rate) if one.rate else None,
            }
            for one in record.earnings
        ],
        "taxes": [
            {
                "tax_code": one.code, "display_name": one.name, "amount": _text(one.amount),
                "paid_by": one.paid_by,
            }
            for one in record.taxes
        ],
        "deductions": [
            {
                "deduction_code": one.code, "display_name": one.name,
                "employee_amount": _text(one.employee), "employer_amount": _text(one.employer),
            }
            for one in record.deductions
        ],
        "garnishments": [
            {"garnishment_code": one.code, "amount": _text(one.amount)}
            for one in record.garnishments
        ],
    }  # fmt: skip


def _page(
    rows: list[dict[str, Any]],
    orders: tuple[str, ...],
    request: Request,
    cursors: Cursors,
    link: Callable[[str], str],
) -> Json:
    order_by, limit = request.query.get("order_by", ""), read_limit(request.query.get("limit"))
    start = 0
    if "cursor" in request.query:
        path, order_by, limit, start = cursors.unseal(request.query["cursor"])
        if path != request.path:
            raise QueryError(500, "Internal server error")
    if order_by:
        field = order_by.removesuffix(" desc")
        if field not in orders:
            raise QueryError(400, f"order_by cannot be {order_by}")
        is_descending = order_by.endswith(" desc")
        rows = sorted(rows, key=lambda row: (row[field], row["id"]), reverse=is_descending)
    end = start + limit
    next_link = None
    if end < len(rows):
        cursor = cursors.seal([request.path, order_by, limit, end])
        next_link = link(f"{request.path}?{urlencode({'cursor': cursor}, quote_via=quote)}")
    meta: Json = {"redacted_fields": []}
    return {"__meta": meta, "results": rows[start:end], "next_link": next_link}


def _missing() -> Any:
    raise QueryError(404, "Not found.")


def _text(amount: Decimal) -> str:
    return f"{amount:.2f}"
