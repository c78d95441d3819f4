"""A plan and an export as plain data. Whose pay a line would tell is decided before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connector.domain.payroll.batch import Line
from connector.domain.payroll.exports import Export, RunExports
from connector.domain.records.few_people import FEWEST
from connector.services.operate.json_types import JsonObject
from connector.services.payroll.preparation import Draft, Prepared
from connector.services.payroll.sending import Sent


def plan_of(prepared: Prepared, known: RunExports) -> JsonObject:
    """What would be sent, and what stands in its way."""
    return {
        **_run(prepared),
        "notes": [*prepared.notes, *_left_behind(prepared, known)],
        "is_plan": True,
        "problems_found": list(prepared.problems),
        "looked_for": list(prepared.looked_for),
        "batches": [
            {
                "currency": draft.batch.currency,
                "state": _state(known.by_currency.get(draft.batch.currency), prepared),
                "period": draft.period,
                "people": draft.batch.people,
                "total": str(draft.batch.debit) if prepared.may_be_shown else None,
                "lines": _lines(draft, prepared),
            }
            for draft in prepared.drafts
        ],
    }


def export_of(prepared: Prepared, sent: Sequence[Sent]) -> JsonObject:
    """What lies in Visma now."""
    return {
        **_run(prepared),
        "is_plan": False,
        "forgotten": list(prepared.forgotten),
        "batches": [
            {
                "currency": each.currency,
                "number": each.export.number,
                "key": each.export.key,
                "revision": each.export.revision,
                "earlier": list(each.export.earlier),
                "is_found": each.is_found,
                "period": each.export.period,
                "people": each.export.people,
                "lines": each.export.lines,
                "total": _total(each),
                "remarks": list(each.remarks),
            }
            for each in sent
        ],
    }


def _run(prepared: Prepared) -> JsonObject:
    run = prepared.run
    return {
        "run": run.id,
        "company": prepared.company,
        "state": run.state,
        "type": run.type,
        "from": str(run.start or ""),
        "to": str(run.end or ""),
        "check_date": str(run.check_date or ""),
        "booked_on": str(prepared.day),
        "notes": list(prepared.notes),
    }


def _state(export: Export | None, prepared: Prepared) -> str:
    if export is None:
        return "new"
    if not export.is_exported:
        return f"sent as {export.key} and not answered: it is looked for first"
    is_same = export.content == prepared.content
    changed = "" if is_same else "; the run has changed since: needs --corrected"
    return f"exported as batch {export.number}{changed}"


def _left_behind(prepared: Prepared, known: RunExports) -> Iterator[str]:
    """The batches of currencies that the run no longer has."""
    present = {draft.batch.currency for draft in prepared.drafts}
    for currency, export in sorted(known.by_currency.items()):
        if prepared.is_whole and currency not in present and export.is_exported:
            yield (
                f"{currency} batch {export.number} was made of this run, which has no {currency}"
                " any more: delete or reverse it in Visma"
            )


def _lines(draft: Draft, prepared: Prepared) -> list[JsonObject]:
    return [_line(line) for line in draft.batch.lines] if prepared.may_be_shown else []


def _line(line: Line) -> JsonObject:
    return {
        "account": line.account,
        "cost_centre": line.cost_centre or "",
        "text": line.text,
        "debit": str(line.debit) if line.debit else "",
        "credit": str(line.credit) if line.credit else "",
    }


def _total(sent: Sent) -> str | None:
    """The sum of the debits, unless it would tell what single people are paid."""
    is_told = sent.draft is not None and sent.export.people >= FEWEST
    return str(sent.draft.batch.debit) if sent.draft and is_told else None
