"""How a payroll run and what a worker is paid in it look in either API, as far as they are shown.

A list that is left out counts as empty only where a sum beside it can contradict that. No error
text made here says an amount.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from connector.adapters.rippling.values import HUGE, Row, day, object_in, text
from connector.domain.mapping.rules.payroll import Kind
from connector.domain.payroll.money import NOTHING
from connector.domain.payroll.run import Amount, PayRecord, PayrollRun

PLACES = Decimal("0.000001")
"""To so many places an amount is read: what a computer's own fractions add behind is none."""

PAYERS: Mapping[str, Kind] = {
    "EMPLOYEE": Kind.EMPLOYEE_TAXES,
    "EMPLOYER": Kind.EMPLOYER_TAXES,
}
SUMMARY: Mapping[str, Kind] = {
    "employee_taxes": Kind.EMPLOYEE_TAXES,
    "employer_taxes": Kind.EMPLOYER_TAXES,
    "employee_deductions": Kind.EMPLOYEE_DEDUCTIONS,
    "employer_contributions": Kind.EMPLOYER_CONTRIBUTIONS,
    "total_garnishments": Kind.GARNISHMENTS,
}
UNPROVEN = {"taxes": "employer_taxes", "deductions": "employer_contributions"}
"""The lists whose absence no sum of the worker's own contradicts, and the sum that would."""


class UnreadableRecordError(Exception):
    """What of a record cannot be read, without the value."""


Reader: TypeAlias = Callable[[Row], Iterator[Amount]]


def run_of(row: object) -> PayrollRun | None:
    """The run in a row of the REST API; None where it has no id."""
    plain = object_in(row)
    run_id = text(plain.get("id"))
    if run_id is None:
        return None
    period = object_in(plain.get("pay_period"))
    return PayrollRun(
        id=run_id,
        state=(text(plain.get("run_state")) or "").upper(),
        type=(text(plain.get("run_type")) or "").upper(),
        check_date=day(plain.get("check_date")),
        start=day(period.get("start_date")),
        end=day(period.get("end_date")),
        legal_entity=text(plain.get("company_entity_id")),
        country=text(plain.get("country_code")),
    )


def platform_run_of(row: object) -> PayrollRun | None:
    """The same of the Platform API, which shows no legal entity."""
    plain = object_in(row)
    run_id = text(plain.get("id"))
    if run_id is None:
        return None
    period = object_in(plain.get("payPeriod"))
    return PayrollRun(
        id=run_id,
        state=(text(plain.get("runState")) or "").upper(),
        type=(text(plain.get("runType")) or "").upper(),
        check_date=day(plain.get("checkDate")),
        start=day(period.get("startDate")),
        end=day(period.get("endDate")),
    )


def record_of(row: Row, withheld: Collection[str] = ()) -> PayRecord:
    """What a worker is paid, as the REST API shows it.

    Raises:
        UnreadableRecordError: something of it is not shown, or makes no sense.
    """
    summary = _summary(object_in(row.get("summary")))
    for name, total in UNPROVEN.items():
        is_shown = isinstance(row.get(name), list) and name not in withheld
        if not is_shown and SUMMARY[total] not in summary:
            raise UnreadableRecordError(f"the {name} are not shown")
    readers: Mapping[str, Reader] = {
        "earnings": _earning,
        "taxes": _tax,
        "deductions": _deduction,
        "garnishments": _garnishment,
    }
    amounts = [one for name, read in readers.items() for one in _all(row, name, read)]
    return PayRecord(
        id=_needed_text(row, "id"),
        worker_id=_needed_text(row, "worker_id"),
        currency=(text(row.get("currency")) or "").upper(),
        gross=_needed(row, "gross_pay"),
        net=_needed(row, "net_pay"),
        amounts=tuple(amounts),
        summary=summary,
    )


def platform_record_of(row: Row) -> PayRecord:
    """The same of the Platform API: no currency, and a tax does not say who pays it.

    Raises:
        UnreadableRecordError: something of it is not shown, or makes no sense.
    """
    for name in UNPROVEN:
        if not isinstance(row.get(name), list):
            raise UnreadableRecordError(f"the {name} are not shown")
    readers: Mapping[str, Reader] = {
        "earnings": _platform_earning,
        "taxes": lambda one: iter([Amount(None, _needed(one, "amount"), code=_code(one, "name"))]),
        "deductions": _platform_deduction,
        "garnishments": lambda one: iter(
            [Amount(Kind.GARNISHMENTS, _needed(one, "cdtAmt"), code=_code(one, "name"))]
        ),
    }
    amounts = [one for name, read in readers.items() for one in _all(row, name, read)]
    return PayRecord(
        id=_needed_text(row, "id"),
        worker_id=_needed_text(row, "role"),
        currency="",
        gross=_needed(row, "grossPay"),
        net=_needed(row, "netPay"),
        amounts=tuple(amounts),
    )


def _all(row: Row, name: str, read: Reader) -> Iterator[Amount]:
    """The amounts in a list of a record; an entry that is no object is one that cannot be read."""
    entries = row.get(name)
    if entries is None:
        return
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise UnreadableRecordError(f"the {name} cannot be read")
    for entry in entries:
        yield from read(entry)


def _earning(row: Row) -> Iterator[Amount]:
    category = text(row.get("earning_category")) or ""
    code = _code(row, "earning_code", "display_name")
    yield Amount(Kind.EARNINGS, _needed(row, "amount"), category, code)


def _platform_earning(row: Row) -> Iterator[Amount]:
    category = text(row.get("earningTypeEnum")) or ""
    code = _code(row, "companyEarningType", "name")
    yield Amount(Kind.EARNINGS, _needed(row, "amount"), category, code)


def _tax(row: Row) -> Iterator[Amount]:
    kind = PAYERS.get((text(row.get("paid_by")) or "").upper())
    yield Amount(kind, _needed(row, "amount"), code=_code(row, "tax_code", "display_name"))


def _deduction(row: Row) -> Iterator[Amount]:
    yield from _two_sides(row, "employee_amount", "employer_amount", _code_of_deduction(row))


def _platform_deduction(row: Row) -> Iterator[Amount]:
    names = "employeeDeductionAmt", "companyContributionAmt"
    yield from _two_sides(row, *names, _code(row, "name"))


def _code_of_deduction(row: Row) -> str:
    return _code(row, "deduction_code", "display_name")


def _two_sides(row: Row, employee: str, employer: str, code: str) -> Iterator[Amount]:
    """What the worker and the employer give; an entry that shows neither cannot be read."""
    if row.get(employee) is None and row.get(employer) is None:
        raise UnreadableRecordError("a deduction shows no amount")
    sides = (Kind.EMPLOYEE_DEDUCTIONS, employee), (Kind.EMPLOYER_CONTRIBUTIONS, employer)
    for kind, name in sides:
        value = NOTHING if row.get(name) is None else _needed(row, name)
        if value:
            yield Amount(kind, value, code=code)


def _garnishment(row: Row) -> Iterator[Amount]:
    code = _code(row, "garnishment_code", "display_name")
    yield Amount(Kind.GARNISHMENTS, _needed(row, "amount"), code=code)


def _summary(row: Row) -> dict[Kind, Decimal]:
    """The sums that are shown; one that is not proves nothing."""
    shown: Iterable[tuple[str, Kind]] = SUMMARY.items()
    return {kind: _needed(row, name) for name, kind in shown if row.get(name) is not None}


def _code(row: Row, *names: str) -> str:
    """By what the customer knows it: its code, else what it is called."""
    return next((word for name in names if (word := text(row.get(name)))), "")


def _needed_text(row: Row, name: str) -> str:
    value = text(row.get(name))
    if value is None:
        raise UnreadableRecordError(f"{name} is not shown")
    return value


def _needed(row: Row, name: str) -> Decimal:
    """An amount, in a number or in text."""
    value = row.get(name)
    try:
        amount = Decimal("" if isinstance(value, bool) else text_of_number(value))
    except InvalidOperation:
        raise UnreadableRecordError(f"{name} is not shown, or is no amount") from None
    if not amount.is_finite() or abs(amount) >= HUGE:
        raise UnreadableRecordError(f"{name} is no amount")
    return amount.quantize(PLACES).normalize() + 0


def text_of_number(value: object) -> str:
    """A number as text: one without a fraction stays one."""
    return str(value) if isinstance(value, float) else text(value) or ""
