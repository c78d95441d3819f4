"""What is put in the place of what is right: each does one thing wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import patch

from connector.adapters import ledger_steps
from connector.adapters.rippling import rest
from connector.adapters.visma.wire import wrapped
from connector.domain import decisions, employment, planning
from connector.domain.cursors import Cursor, Progress
from connector.domain.decisions import Action, Decision
from connector.domain.employees import Written
from connector.domain.errors import RetryableError
from connector.domain.facts import Named
from connector.domain.mapping.naming.bindings import NamedKind
from connector.domain.mapping.naming.memory import NameMemory
from connector.domain.mapping.versions import HandledMapping
from connector.domain.planning import Outcome, Plan
from connector.domain.records.chain import Head
from connector.domain.records.ledger import EmployeeLink, Record, Rejection
from connector.domain.records.rejection.sparing import without_rejected
from connector.ports.rippling import Page
from connector.services.apply import applier, recorder
from connector.services.apply.applier import Applier
from connector.services.apply.audit_scribe import AuditScribe
from connector.services.apply.consumer import CONFIGURATION_WAIT_SECONDS, Consumer
from connector.services.apply.employee_writer import EmployeeWriter
from connector.services.apply.lost_write import lost_update
from connector.services.apply.person_reader import PersonReader
from connector.services.apply.write_request import KnownEmployee
from connector.services.find.batch import Batch, Summary
from connector.services.find.comparison import Everyone
from connector.services.find.poller import Poller
from connector.services.shared.guarding import ChangeGuard

ended = employment._ended


def ends_all(worker: Any, today: Any) -> Any:
    found = ended(worker, today)
    is_unclear = found.state is employment.EmploymentState.UNCLEAR
    return replace(found, state=employment.EmploymentState.ENDED) if is_unclear else found


def leaves_if_undecided(worker: Any, to: Any, person: Any) -> Decision:
    return Decision(Action.LEAVE, worker, to.company, "not shown")


def leaves_if_gone(workers: Any, mapping: Any, now: Any, active: Any, *_: Any) -> Decision:
    if not workers and active:
        return Decision(Action.LEAVE, None, next(iter(active)), "gone")
    return decisions._decide(decisions.Situation(workers, mapping, now, active))


def saves_first(self: Poller, mapping: Any, *, full_sweep: bool) -> Summary:
    batch = self._read(mapping, full_sweep=full_sweep) + self.releaser.read(mapping)
    touched, handled = self.catch_up.read(mapping)
    batch += touched
    for cursor in batch.cursors:
        self.cursors.save(cursor)
    if handled:
        self.catch_up.versions.save_handled(handled)
    loading = [company for cursor in batch.cursors for company in cursor.loading]
    return batch.report + Summary(queued=self.guard.queue(batch.candidates, mapping, loading))


def takes_all_as_handled(_: HandledMapping, current: HandledMapping, *__: Any) -> HandledMapping:
    return current


def acknowledges(self: Consumer, body: str, **about: Any) -> bool:
    """What a human has to change first is taken for done."""
    said: list[float] = []
    with patch.object(self, "_postpone", lambda _, wait, *__: said.append(wait)):
        is_done = consume(self, body, **about)
    if said and said[0] != CONFIGURATION_WAIT_SECONDS:
        self._queue.delay(about["receipt"], said[0])
    return is_done or CONFIGURATION_WAIT_SECONDS in said


consume = Consumer.consume
closed_links = recorder.closed_links
chained = ledger_steps.chained
audit_row = AuditScribe.row


def leaves_due_days(context: Any, resolution: Any) -> Any:
    links = resolution.result.record.links
    return (each for each in closed_links(context, resolution) if not links[each.company].due_on)


def tells_no_update(rows: Any, *rest_of: Any) -> Any:
    kept = [row for row in rows if row.outcome is not planning.Outcome.UPDATED]
    return chained(kept, *rest_of)


def ties_nothing(rows: Any, _: Any, *rest_of: Any) -> Any:
    return chained(rows, Head(), *rest_of)


def names_names(self: AuditScribe, context: Any, resolution: Any, link: Any) -> Any:
    row = audit_row(self, context, resolution, link)
    name = context.worker.personal.family_name if context.worker else ""
    return replace(row, reason=f"{row.reason} {name}")


def blind(self: EmployeeWriter, begun: Any, code: str, guard: Any, *, was_begun: bool) -> Any:
    return self._create_new(begun, code)


def arrives_at_once(self: Applier, context: Any) -> Any:
    desired = self.designer.desired(context)
    if obstacle := applier.obstacle_to(context, desired):
        return self.recorder.record(context, obstacle)
    return self._upsert(context, desired, self._guards(context, desired.company))


def takes_any_answer(self: Any, code: str, *_: Any) -> Written:
    return Written(code, None)


def goes_no_further(self: Any, asked: Any) -> Any:
    return replace(self, next_link=None)


def forgets_the_runs_before(sweep: Cursor) -> Everyone:
    is_whole = sweep.page_token is None
    return Everyone(is_whole, is_known=is_whole)


def strict(self: Progress) -> Any:
    return self.watermark


def spares_nothing(plan: Plan, *_: Any) -> Plan:
    return plan


def spares_everything(plan: Plan, rejection: Rejection | None, *_: Any) -> Plan:
    return Plan(Outcome.UNCHANGED, (), plan.differences) if rejection else plan


def spares_nothing_beside(plan: Plan, *about: Any) -> Plan:
    spared = without_rejected(plan, *about)
    return plan if spared.differences else spared


def nothing(*_: Any, **__: Any) -> Any:
    return None


def never(*_: Any, **__: Any) -> bool:
    return False


def always(*_: Any, **__: Any) -> bool:
    return True


def nobody(*_: Any, **__: Any) -> list[Any]:
    return []


def no_batch(*_: Any, **__: Any) -> Batch:
    return Batch()


link_update = recorder.link_update


def names_nothing(context: Any, resolution: Any) -> Any:
    return replace(link_update(context, resolution), waiting_for=())


def says_more(fields: Any) -> Any:
    return {**wrapped(fields), "oddity": 1}


def reads_rows_only(self: Any, rows: Any, answer: Any) -> Any:
    workers = read_rows(self, rows, answer)
    if None in workers:
        raise RetryableError("Rippling shows a row that is none")
    return workers


read_rows = rest.RipplingRestSource._read


def finds_none(*_: Any, **__: Any) -> dict[str, Any]:
    return {}


def reads_once(self: PersonReader, change: Any, person_id: str | None) -> Any:
    """Rippling is asked once for a change, however often that is decided again."""
    record, employments = rows_and_employments(self, change, person_id)
    return record, answers.setdefault((id(self), change.correlation_id), employments)


rows_and_employments = PersonReader.rows_and_employments
answers: dict[tuple[int, str], Any] = {}


def reads_the_rows_again(self: PersonReader, context: Any) -> Any:
    return replace(context, record=self.ledger.record(context.record.person.id))


def judges_last(self: ChangeGuard, found: Any, mapping: Any, loading: Any = ()) -> int:
    late: list[Any] = []
    with patch.object(ChangeGuard, "_save_breaches", lambda *asked: late.append(asked)):
        sent = queue(self, found, mapping, loading)
    for asked in late:
        save_breaches(*asked)
    return sent


queue, save_breaches = ChangeGuard.queue, ChangeGuard._save_breaches


def told_by_comparison(record: Record, link: EmployeeLink, known: KnownEmployee | None) -> Any:
    """What a lost update has written, by what Visma has otherwise than was written before."""
    intent = record.person.intent
    unsaid = replace(intent, differences=None) if intent and intent.differences else intent
    return lost_update(replace(record, person=replace(record.person, intent=unsaid)), link, known)


def goes_by_the_name(_memory: NameMemory, _kind: NamedKind, thing: Named, _words: object) -> Named:
    """A thing without the words that mean it, or another."""
    return thing


def takes_all_for_shown(_: Page) -> dict[str, bool]:
    """A sweep that came to its end shows everything."""
    return dict.fromkeys((kind.value for kind in NamedKind), True)
