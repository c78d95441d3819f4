"""Batches that were begun and whose run Rippling no longer shows: whether they are in Visma.

Nothing is sent from here: a batch that is there is taken down as exported, and one that is not, and
can no longer come, is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from connector.domain.errors import ConfigurationError
from connector.domain.mapping.model import MappingFile
from connector.domain.payroll.exports import RunExports
from connector.domain.payroll.run import PayrollRun
from connector.ports.payroll.exports import ExportLog
from connector.services.payroll.preparation import Prepared, exported_by

NOT_SHOWN = "NOT SHOWN"
"""The state of a run of which there are batches, and which Rippling no longer shows."""


def left_of(wish_run: str, company: str, mapping: MappingFile, log: ExportLog) -> Prepared | None:
    """What is known of a run that Rippling does not show, with nothing to send; None if nothing is.

    Raises:
        ConfigurationError: it was exported to several companies, and none of them was named; or
            the mapping of the company no longer has a part `payroll`.
    """
    companies = [company] if company else list(mapping.companies)
    known = [each for one in companies if (each := log.of_run(one, wish_run)).by_currency]
    if len(known) > 1:
        raise ConfigurationError(
            f"Rippling no longer shows run {wish_run}, of which there are batches in"
            f" {', '.join(each.company for each in known)}: name one with `--company`"
        )
    return _as_prepared(known[0], mapping) if known else None


def _as_prepared(known: RunExports, mapping: MappingFile) -> Prepared:
    run = PayrollRun(known.run, NOT_SHOWN)
    exports = known.by_currency.values()
    return Prepared(
        run=run,
        company=known.company,
        rules=exported_by(known.company, mapping.companies[known.company], run),
        day=max(each.begun_at for each in exports).date(),
        content="",
        people=0,
        notes=tuple(_notes(known)),
    )


def _notes(known: RunExports) -> Iterator[str]:
    yield f"Rippling no longer shows run {known.run}: nothing can be sent of it"
    for currency, export in sorted(known.by_currency.items()):
        if export.is_exported:
            yield (
                f"{currency} batch {export.number} was made of it: delete or reverse it in Visma"
                " unless it is to stay"
            )
        else:
            yield (
                f"{currency} batch {export.key} was sent and not answered: an export looks for it"
                " in Visma"
            )


def without_begun(prepared: Prepared, log: ExportLog) -> Prepared:
    """Forgets what was begun, was looked for, and is nowhere; the notes say what became of all."""
    known = log.of_run(prepared.company, prepared.run.id)
    told = []
    for currency, export in sorted(known.by_currency.items()):
        if not export.is_exported:
            known = log.save(known.without(currency, None))
            earlier = f"; batch {', '.join(export.earlier)} stays" if export.earlier else ""
            told.append(
                f"{currency} batch {export.key} is not in Visma and can no longer come: it is"
                f" forgotten{earlier}"
            )
    return replace(prepared, notes=(*_notes(known), *told))
