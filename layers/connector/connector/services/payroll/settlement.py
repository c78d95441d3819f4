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
from connector.ports.ledger import Ledger
from connector.ports.payroll.exports import ExportLog
from connector.services.payroll.people import Roster
from connector.services.payroll.preparation import Prepared, RunNotShownError, exported_by
from connector.services.payroll.unanswered import companies_with_batches

NOT_SHOWN = "NOT SHOWN"
"""The state of a run of which there are batches, and which Rippling no longer shows."""

MOST_OF_ID = 60


def left_of(
    run: str, company: str, mapping: MappingFile, log: ExportLog, ledger: Ledger
) -> Prepared:
    """What is known of a run that Rippling does not show, with nothing to send.

    Raises:
        RunNotShownError: nothing is known of it; with the companies that were looked through.
        ConfigurationError: it was exported to another company than was named, or to several and
            none was; or its company has left the mapping, or has no part `payroll` any more.
    """
    looked_through = _companies(company, mapping, ledger, log)
    known = [each for one in looked_through if (each := log.of_run(one, run)).by_currency]
    if not known:
        raise RunNotShownError(
            f"Rippling shows no payroll run {run[:MOST_OF_ID]}, and nothing was made of it in"
            f" {', '.join(looked_through)}; was it exported to a company that has left the"
            " mapping, name that with `--company`"
        )
    wanted = known if not company else [each for each in known if each.company == company]
    if len(wanted) != 1:
        there = ", ".join(each.company for each in known)
        advice = f"not in {company}" if company else "name one with `--company`"
        raise ConfigurationError(
            f"Rippling no longer shows run {run}, of which there are batches in {there}: {advice}"
        )
    return _as_prepared(wanted[0], mapping)


def _companies(named: str, mapping: MappingFile, ledger: Ledger, log: ExportLog) -> list[str]:
    """Where a run may have been exported to: no list of exports goes beyond one company.

    What was begun before companies were written down is found by the people, who stay in the ledger
    with their company although it has left the mapping.
    """
    roster = Roster.read(ledger)
    others = sorted(roster.companies_of(roster.by_worker))
    known = companies_with_batches(log, (*mapping.companies, *others))
    return list(dict.fromkeys(filter(None, (named, *known))))


def _as_prepared(known: RunExports, mapping: MappingFile) -> Prepared:
    if known.company not in mapping.companies:
        raise ConfigurationError(_has_left(known))
    run, zone = PayrollRun(known.run, NOT_SHOWN), mapping.companies[known.company].zone
    return Prepared(
        run=run,
        company=known.company,
        rules=exported_by(known.company, mapping.companies[known.company], run),
        day=max(each.begun_at for each in known.by_currency.values()).astimezone(zone).date(),
        content="",
        people=0,
        notes=tuple(_notes(known)),
        looked_for=tuple(_begun(known)),
    )


def _begun(known: RunExports) -> list[str]:
    """The keys of the batches that were not answered."""
    by_currency = sorted(known.by_currency.items())
    return [export.key for _, export in by_currency if not export.is_exported]


def _has_left(known: RunExports) -> list[str]:
    """What to do about a run of a company that is no longer in the mapping."""
    gone = f"{known.company} is no longer in the mapping"
    if begun := _begun(known):
        return [f"{gone}: put it back to settle batch {', '.join(begun)} of run {known.run}"]
    return [f"{gone}, and nothing of run {known.run} is open", *_notes(known)]


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
    """Forgets what was begun, was looked for, and is nowhere; the notes say what became of all.

    The batch that one of them would have been instead of is remembered.
    """
    known = log.of_run(prepared.company, prepared.run.id)
    forgotten = []
    for currency, export in sorted(known.by_currency.items()):
        if not export.is_exported:
            known = log.save(known.given_up(currency))
            earlier = f"; batch {', '.join(export.earlier)} stays" if export.earlier else ""
            forgotten.append(
                f"{currency} batch {export.key} is not in Visma and can no longer come: it is"
                f" forgotten{earlier}"
            )
    notes = (*_notes(known), *forgotten)
    return replace(prepared, notes=notes, forgotten=tuple(forgotten))
