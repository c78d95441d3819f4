"""Entering the batches of one run: look, note, enter once, and never enter blind.

A batch is known by its key. The intent is written down before the batch is sent, and whatever
answer is lost is looked for before anything is sent again. No batch is ever changed or released.
Whoever sends is alone in the company.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from connector.domain.errors import (
    ConfigurationError,
    ConnectorError,
    RefusedError,
    RetryableError,
    UnknownOutcomeError,
)
from connector.domain.payroll.entry import FoundBatch, JournalEntry, key_of
from connector.domain.payroll.exports import Export, Stage, each_once
from connector.domain.records.digests import DigestKey
from connector.domain.records.ledger import ANSWER_SECONDS
from connector.ports.clock import Clock
from connector.ports.payroll.exports import ExportLog
from connector.ports.payroll.journal import Journal, Lookup
from connector.services.payroll.preparation import Draft, Prepared

RUN_SECONDS = 330.0
"""Longer than the operations function may run: by then whoever began is no longer at it."""

HEX_DIGITS = 32

NOTHING_SHOWN = (
    "Visma shows the connector no batch at all: look for it in Visma; if it is not there, say"
    " `--not-there`"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What an operator asks for.

    `is_corrected` allows a second batch; `is_not_there` says that the operator has looked in
    Visma, which shows the connector no batch at all, and the batch is not there.
    """

    run: str
    operator: str = ""
    company: str = ""
    booked_on: date | None = None
    is_corrected: bool = False
    is_not_there: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch that is in Visma now, and whether it was found there from an export before this."""

    currency: str
    export: Export
    is_found: bool
    draft: Draft | None = field(default=None, repr=False)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """A batch that is to be sent: its draft, and what is known of the one before it."""

    draft: Draft
    revision: int
    earlier: tuple[str, ...] = ()
    """The numbers of the batches that it is instead of."""

    @property
    def currency(self) -> str:
        """The currency of the batch."""
        return self.draft.batch.currency


class Sending:
    """One export under way."""

    def __init__(
        self,
        wish: Wish,
        prepared: Prepared,
        journal: Journal,
        exports: ExportLog,
        clock: Clock,
        key: DigestKey,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._wish = wish
        self._prepared = prepared
        self._journal = journal
        self._exports = exports
        self._clock = clock
        self._key = key
        self._answer = timedelta(seconds=answer_seconds)
        self._currencies = {draft.batch.currency for draft in prepared.drafts}
        self._known = exports.of_run(prepared.company, prepared.run.id)

    def carried_out(self) -> list[Sent]:
        """What lies in Visma once all is done: what was lost first, and then what is new.

        Raises:
            ConfigurationError: with everything that stands in the way, and what was done before.
            ConnectorError: a batch was refused, or not answered, and none is in Visma.
        """
        done: list[Sent] = []
        try:
            self._carry_out(done)
        except ConnectorError as error:
            if not done:
                raise
            why = error.problems if isinstance(error, ConfigurationError) else (str(error),)
            raise ConfigurationError([*map(told_of, done), *why]) from error
        return done

    def _carry_out(self, done: list[Sent]) -> None:
        """Adds each batch to what is done as soon as it is known to be in Visma."""
        for found in self._settled():
            done.append(found)  # noqa: PERF402 what came before an error is to stay
        due, refusals = self._due({each.currency for each in done})
        problems = [*self._prepared.problems, *refusals]
        if problems and (due or not done or not self._prepared.is_whole):
            raise ConfigurationError(problems)
        for each in due:
            done.append(self._enter(each))  # noqa: PERF401 what came before an error is to stay

    def _settled(self) -> Iterator[Sent]:
        """The batches that were begun before and are in Visma.

        Raises:
            UnknownOutcomeError: one is not there, and may still be entered.
            ConfigurationError: one is there twice, or whether it is cannot be told.
        """
        for currency, export in sorted(self._known.by_currency.items()):
            if export.is_exported:
                continue
            lookup = self._journal.find(export.key, export.period, export.begun_at)
            if lookup.batches:
                yield self._adopt(currency, export, lookup.batches)
            elif export.may_land(self._clock.now()):
                raise self._unanswered(export)
            elif not lookup.is_proven and not self._wish.is_not_there:
                raise ConfigurationError(
                    f"batch {export.key} was sent on {day_of(export.begun_at)} and not answered,"
                    f" and {NOTHING_SHOWN}"
                )
            elif self._prepared.is_whole and currency not in self._currencies:
                self._give_up(currency)  # nothing takes its place: what it was instead of is left

    def _due(self, found: set[str]) -> tuple[list[Due], list[str]]:
        """What is to be sent, and why some of the run is not."""
        due, already = list[Due](), list[str]()
        left = self._left_behind()
        changed = self._changes_of(left)
        instead = tuple(each.number for each in left.values())
        for draft in self._prepared.drafts:
            currency = draft.batch.currency
            before = self._known.by_currency.get(currency)
            if currency in found:
                continue
            if before is None or not before.is_exported:
                revision, earlier = (before.revision, before.earlier) if before else (1, ())
                due.append(Due(draft, revision, each_once(*earlier, *instead)))
            elif self._may_be_sent_again(before):
                earlier = each_once(*before.earlier, before.number, *instead)
                due.append(Due(draft, before.revision + 1, earlier))
            elif self._is_changed(before) and not self._wish.is_corrected:
                changed.append(self._says_changed(currency, before))
            else:
                already.append(self._says_exported(currency, before))
        return due, [*changed, *(already if not due else ())]

    def _changes_of(self, left: Mapping[str, Export]) -> list[str]:
        """What to say of batches that are left behind; nothing where an operator knows of them."""
        is_known = self._wish.is_corrected
        return [] if is_known else [self._says_changed(*each) for each in left.items()]

    def _left_behind(self) -> dict[str, Export]:
        """The batches in Visma of currencies that the run no longer has.

        Whoever was paid in them would be posted a second time in another one.
        """
        return {
            currency: export
            for currency, export in sorted(self._known.by_currency.items())
            if self._prepared.is_whole and currency not in self._currencies and export.is_exported
            if not self._is_gone(export)
        }

    def _may_be_sent_again(self, before: Export) -> bool:
        """Whether a second batch may be made: by the operator's word, and for a reason."""
        if not self._wish.is_corrected:
            return False
        return before.content != self._prepared.content or self._is_gone(before)

    def _is_gone(self, export: Export) -> bool:
        """Whether nothing of a batch that was entered is left in Visma.

        Raises:
            ConfigurationError: that cannot be told, and no operator has said it.
        """
        lookup = self._looked_up(export)
        if lookup.batches:
            return all(batch.is_gone for batch in lookup.batches)
        if lookup.is_proven or self._wish.is_not_there:
            return True
        raise ConfigurationError(
            f"{export.key} was entered as batch {export.number}, and {NOTHING_SHOWN}"
        )

    def _is_changed(self, before: Export) -> bool:
        """Whether Rippling shows something else; a digest of another key says nothing."""
        return self._key.made(before.content) and before.content != self._prepared.content

    def _says_exported(self, currency: str, before: Export) -> str:
        run, by = self._prepared.run.id, f" by {before.operator}" if before.operator else ""
        advice = (
            "; nothing of it has changed, and that batch is in Visma: delete it there first"
            if self._wish.is_corrected
            else ""
        )
        return (
            f"run {run} is exported already: {currency} batch {before.number}, entered on"
            f" {day_of(before.begun_at)}{by}{advice}"
        )

    def _says_changed(self, currency: str, before: Export) -> str:
        return (
            f"run {self._prepared.run.id} has changed in Rippling since it was exported as"
            f" {currency} batch {before.number}: `--corrected` makes a second batch, which says"
            " so; the first one is yours to delete or to reverse in Visma"
        )

    def _enter(self, due: Due) -> Sent:
        """Enters one batch, unless it is there already though nothing is known of it here."""
        key = key_of(self._prepared.run.id, self._prepared.company, due.currency, due.revision)
        entry = self._prepared.entry(due.draft, key, ", ".join(due.earlier))
        begun = self._begun(due, entry)
        if there := self._journal.find(key, entry.period).batches:
            return self._adopt(due.currency, begun, there, due.draft)
        self._save(due.currency, begun)
        try:
            number = self._journal.enter(entry)
        except (UnknownOutcomeError, RefusedError) as error:
            return self._after_failure(due, begun, error)
        except (RetryableError, ConfigurationError):
            self._give_up(due.currency)
            raise
        return self._entered(due, begun, number)

    def _begun(self, due: Due, entry: JournalEntry) -> Export:
        """The intent to enter a batch, as it is written down before anything is sent."""
        now = self._clock.now()
        known = self._known.by_currency.get(due.currency)
        return Export(
            key=entry.key,
            revision=due.revision,
            stage=Stage.BEGUN,
            content=self._prepared.content,
            total=self._total(entry.total),
            period=entry.period,
            lines=len(entry.lines),
            people=due.draft.batch.people,
            begun_at=now,
            lands_until=now + timedelta(seconds=RUN_SECONDS) + self._answer,
            operator=self._wish.operator,
            earlier=due.earlier,
            before=known.last_exported if known else None,
        )

    def _entered(self, due: Due, begun: Export, number: str) -> Sent:
        """A batch that Visma said it entered, as it is shown there."""
        try:
            shown = self._shown(begun.entered(number))
        except RetryableError:
            shown = None
        export = begun.entered(number or (shown.number if shown else ""))
        self._save(due.currency, export)
        remarks = (
            self._remarks(due.currency, export, shown)
            if shown
            else ("it could not be read back yet",)
        )
        return Sent(due.currency, export, False, due.draft, remarks)

    def _after_failure(
        self, due: Due, begun: Export, error: UnknownOutcomeError | RefusedError
    ) -> Sent:
        """What becomes of a batch that was refused or not answered: what Visma shows decides.

        Raises:
            RefusedError: it is not there, and will not be.
            UnknownOutcomeError: it is not there, and may be entered yet.
        """
        is_lost = isinstance(error, UnknownOutcomeError)
        may_land = isinstance(error, UnknownOutcomeError) and error.may_land
        now = self._clock.now()
        begun = replace(begun, lands_until=now + self._answer if may_land else now)
        self._save(due.currency, begun)
        try:
            lookup = self._journal.find(begun.key, begun.period, begun.begun_at)
        except RetryableError:
            raise self._unanswered(begun) from error
        if lookup.batches:
            return self._adopt(due.currency, begun, lookup.batches, due.draft)
        refusal = error.refusal if isinstance(error, UnknownOutcomeError) else error
        if refusal and not may_land and (lookup.is_proven or not is_lost):
            self._give_up(due.currency)
            raise refusal
        raise self._unanswered(begun) from error

    def _adopt(
        self,
        currency: str,
        export: Export,
        batches: Sequence[FoundBatch],
        draft: Draft | None = None,
    ) -> Sent:
        """Takes the batch with the key for the one that was begun.

        Raises:
            ConfigurationError: there are several.
        """
        if len(batches) > 1:
            numbers = ", ".join(batch.number for batch in batches)
            raise ConfigurationError(
                f"Visma has {len(batches)} batches with the key {export.key}: {numbers}; delete all"
                " but one there, and none of them is to be released before"
            )
        (found,) = batches
        entered = export.entered(found.number)
        self._save(currency, entered)
        return Sent(currency, entered, True, draft, self._remarks(currency, export, found))

    def _shown(self, export: Export) -> FoundBatch | None:
        """A batch as Visma has it now."""
        return next(iter(self._looked_up(export).batches), None)

    def _looked_up(self, export: Export) -> Lookup:
        """A batch by its number, else by its key; a number alone may be another module's."""
        batch = self._journal.read(export.number) if export.number else None
        if batch and batch.has(export.key):
            return Lookup((batch,))
        return self._journal.find(export.key, export.period, export.begun_at)

    def _remarks(self, currency: str, export: Export, found: FoundBatch) -> tuple[str, ...]:
        """What is otherwise than it was sent."""
        total = self._total(found.total)
        differing = found.differences(
            is_same_total=total == export.total or not self._key.made(export.total),
            lines=export.lines,
            currency=currency,
        )
        told = [f"{each} is not as it was sent" for each in differing]
        if self._prepared.is_whole and self._is_changed(export):
            told.append(self._says_changed(currency, replace(export, number=found.number)))
        return tuple(told)

    def _total(self, total: Decimal) -> str:
        return self._key.mac(f"{total.normalize():f}", HEX_DIGITS)

    def _save(self, currency: str, export: Export) -> None:
        self._known = self._exports.save(self._known.with_export(currency, export))

    def _give_up(self, currency: str) -> None:
        """Forgets a batch that was begun: nothing of it was entered, nor will be."""
        self._known = self._exports.save(self._known.given_up(currency))

    def _unanswered(self, export: Export) -> UnknownOutcomeError:
        now = self._clock.now()
        wait = max((export.lands_until - now).total_seconds(), 0) + 1
        when = f"{export.lands_until:%H:%M:%S} UTC" if export.may_land(now) else "now"
        return UnknownOutcomeError(
            f"batch {export.key} was sent, Visma did not answer and does not show it yet; export"
            f" the run again after {when}: it is looked for before anything is sent",
            retry_after=wait,
        )


def told_of(sent: Sent) -> str:
    """That a batch lies in Visma, for whoever is told that another one does not."""
    how = ", whose answer was lost, is in Visma" if sent.is_found else " is entered and on hold"
    remarks = "".join(f"; {each}" for each in sent.remarks)
    return f"{sent.currency} batch {sent.export.number} ({sent.export.key}){how}{remarks}"


def day_of(moment: datetime) -> str:
    """The day of a moment, as operators read it."""
    return moment.date().isoformat()
