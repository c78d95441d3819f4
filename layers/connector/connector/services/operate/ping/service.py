"""The checks behind `connector ping`: is everything in place that the connector depends on?

Reads a little of everything and changes nothing. Every check is made for itself, so that one that
fails hides no other; what could not be asked is unknown, which is not the same as bad.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from connector.domain.checks import TO_PUT_RIGHT, Check, CheckFn, Level, not_checked, tried
from connector.domain.cursors import SWEEP_OVERDUE
from connector.domain.errors import ConfigurationError, RetryableError
from connector.domain.guards import shows_too_few
from connector.domain.mapping.asked import facts_missed
from connector.domain.mapping.model import MappingFile
from connector.domain.records.mode import ModeName
from connector.domain.status.running import SILENT
from connector.domain.status.wording import counted, last_ended, moment
from connector.ports.books.general_ledger import GeneralLedgers
from connector.ports.clock import Clock
from connector.ports.cursors import Cursors
from connector.ports.ledger import Ledger
from connector.ports.payroll.runs import PayrollRuns
from connector.ports.queue import ChangeQueue
from connector.ports.rippling import Source
from connector.ports.secrets import Secrets, WebhookSecrets
from connector.ports.state import Mappings, Modes, PollingPauses
from connector.ports.visma import Targets
from connector.services.operate.ping.answers import answers_check, shape_report
from connector.services.operate.ping.books import books_check
from connector.services.operate.ping.capabilities import needs_of
from connector.services.operate.ping.payroll import payroll_check
from connector.services.operate.ping.visma import CompanyChecks
from connector.services.operate.status.people import people_check
from connector.services.shared.shape_watch import ShapeWatches

PING_RESERVE_SECONDS = 90.0
"""A check may take longer than a minute where a vendor is silent; then there is no time for it."""

IDLE, IDLE_SOON = timedelta(days=30), timedelta(days=20)
"""After how long without use an API token of Rippling lapses, and from when on that is said."""

RENEWED_AHEAD = timedelta(hours=2)
NO_TIME = "there was no time left"


@dataclass(frozen=True, slots=True)
class Deployment:
    """How the stack was deployed, as far as a reader of the page has to know it."""

    is_oauth: bool
    mode: ModeName
    cost_allocation: bool
    stream: str
    version: str


@dataclass(frozen=True, slots=True)
class Ping:
    """The service behind `connector ping`."""

    deployment: Deployment
    source: Source
    targets: Targets
    ledger: Ledger
    cursors: Cursors
    mappings: Mappings
    secrets: Secrets
    webhook_secrets: WebhookSecrets
    queue: ChangeQueue
    pauses: PollingPauses
    modes: Modes
    watches: ShapeWatches
    ledgers: GeneralLedgers
    runs: PayrollRuns
    clock: Clock

    def show(self) -> dict[str, Any]:
        """Every check of every system, the connector's own first."""
        mapping, about_mapping = self._mapping()
        own = [*self._secrets(), about_mapping, *self._own()]
        rippling = list(self._rippling(mapping))
        companies = dict(self._companies(mapping))
        if rippling[0].level is Level.GOOD:
            # Last, because it takes a call for every hundred workers.
            rippling.append(self._timely("workers", partial(self._workers, mapping)))
            if mapping and any(rules.payroll for rules in mapping.companies.values()):
                rippling.append(self._timely("payroll", partial(payroll_check, self.runs)))
            rippling.append(self._answers("rippling"))
        groups = [
            _group("connector", None, own),
            _group("rippling", None, rippling),
            *(_group("visma", company, checks) for company, checks in companies.items()),
        ]
        levels = [check["level"] for group in groups for check in group["checks"]]
        return {
            "version": self.deployment.version,
            "checked_at": self.clock.now().isoformat(timespec="seconds"),
            "systems": groups,
            "counts": {level.value: levels.count(level) for level in Level},
            "to_put_right": sum(level in TO_PUT_RIGHT for level in levels),
            "shapes": shape_report(
                self.watches,
                ["rippling", *map(_tenant, filter(None, companies)), *_with_books(mapping)],
            ),
        }

    # The connector itself

    def _secrets(self) -> Iterator[Check]:
        yield tried("rippling_secret", self._rippling_secret)
        yield tried("visma_secret", self._visma_secret)
        yield tried("webhook_secret", self._webhook_secret)

    def _rippling_secret(self) -> Check:
        self.secrets.rippling(fresh=True)
        return Check("rippling_secret", Level.GOOD, "The Rippling secret is filled.")

    def _webhook_secret(self) -> Check:
        problems = self.webhook_secrets.problems()
        if problems is None:
            message = "The webhook secret is empty. Polling does without, webhooks do not."
            return Check("webhook_secret", Level.NOTE, message)
        if problems:
            remedy = "correct it: docs/configuration.md#the-webhook-secret"
            return Check("webhook_secret", Level.BAD, f"{'; '.join(problems)}.", remedy)
        return Check("webhook_secret", Level.GOOD, "The webhook secret is filled.")

    def _visma_secret(self) -> Check:
        companies = listed_names(self.secrets.visma(fresh=True))
        return Check("visma_secret", Level.GOOD, f"The Visma secret is filled for {companies}.")

    def _mapping(self) -> tuple[MappingFile | None, Check]:
        """The mapping, if there is one that makes sense, and what is said of it."""
        held: list[MappingFile] = []

        def look() -> Check:
            if not self.mappings.rows():
                return Check(
                    "mapping",
                    Level.WARNING,
                    "There is no mapping yet, so that no one can be placed.",
                    "write one and bring it in: connector mappings import FILE",
                )
            held.append(self.mappings.load())
            companies = listed_names(held[0].companies)
            return Check("mapping", Level.GOOD, f"The mapping makes sense. It has {companies}.")

        check = tried("mapping", look)
        return (held[0] if held else None), check

    def _own(self) -> Iterator[Check]:
        yield tried("people", partial(people_check, self.ledger, self.mappings))
        yield tried("mode", self._mode)
        yield tried("polling", self._polling)
        yield tried("last_poll", self._last_poll)
        yield tried("last_sweep", self._last_sweep)
        yield tried("dead_letters", self._dead_letters)

    def _mode(self) -> Check:
        mode = self.modes.current()
        since = f" since {moment(mode.since)}" if mode.since else ""
        why = f" ({mode.reason})" if mode.reason else ""
        match mode.name:
            case ModeName.LIVE:
                return Check("mode", Level.GOOD, f"Live{since}: what is planned is written.")
            case ModeName.REHEARSAL:
                message = f"A rehearsal{since}: everything is planned and nothing is written."
                return Check("mode", Level.NOTE, message, "to write to Visma: connector go-live")
        message = f"Off{since}{why}: nothing is read and nothing is written."
        remedy = "to plan without writing: connector rehearse; to write: connector go-live"
        return Check("mode", Level.WARNING, message, remedy)

    @property
    def _is_polled(self) -> bool:
        return self.deployment.mode is not ModeName.OFF

    def _polling(self) -> Check:
        if pause := self.pauses.current():
            message = f"Polling was paused on {moment(pause.at)}: {pause.reason}."
            remedy = "have the app installed again (connector oauth start), then connector resume"
            return Check("polling", Level.BAD, message, remedy)
        return Check("polling", Level.GOOD, "Polling is not paused.")

    def _last_poll(self) -> Check:
        ended, now = self._last_ended(), self.clock.now()
        message = last_ended("poll", ended, now)
        if not self._is_polled:
            return Check("last_poll", Level.NOTE, message)
        if ended is None:
            return Check("last_poll", Level.WARNING, message, "wait for the first tick")
        if now - ended > SILENT:
            remedy = "see Poller silent in the runbook"
            return Check("last_poll", Level.BAD, message, remedy)
        return Check("last_poll", Level.GOOD, message)

    def _last_sweep(self) -> Check:
        sweep, now = self.cursors.cursor(f"{self.deployment.stream} sweep"), self.clock.now()
        message = last_ended("full sweep", sweep.ended, now)
        if sweep.started:
            message += f" One is under way since {moment(sweep.started)}."
        if not self._is_polled:
            return Check("last_sweep", Level.NOTE, message)
        is_overdue = sweep.ended is None or now - sweep.ended > SWEEP_OVERDUE
        if is_overdue and sweep.started is None:
            remedy = "run one by hand: Poller silent in the runbook says how"
            return Check("last_sweep", Level.WARNING, message, remedy)
        return Check("last_sweep", Level.GOOD, message)

    def _dead_letters(self) -> Check:
        waiting, dead = self.queue.sizes()
        message = (
            f"On the queue: {counted(waiting, 'change')}. Given up: {counted(dead, 'dead letter')}."
        )
        if dead:
            remedy = "connector dead-letters says why; fix that, then connector replay"
            return Check("dead_letters", Level.BAD, message, remedy)
        return Check("dead_letters", Level.GOOD, message)

    # Rippling

    def _rippling(self, mapping: MappingFile | None) -> Iterator[Check]:
        if not _is_there(self.secrets.rippling):
            yield not_checked(["everything here"], "the Rippling secret comes first")
            return
        needs = needs_of(mapping, cost_allocation=self.deployment.cost_allocation)
        checks = list(self._timely_all(self.source.checks(self.clock.now(), needs)))
        yield from checks
        yield from self._token(is_let_in=checks[0].level is Level.GOOD)

    def _token(self, *, is_let_in: bool) -> Iterator[Check]:
        """How long the sign-in will do; why it does not, says its own line, but for a lapse."""
        if self.deployment.is_oauth:
            looks = [self._installation] if is_let_in else []
        else:
            looks = [self._api_token] if is_let_in else [self._lapse]
        checks = (tried("token", look) for look in looks)
        yield from (check for check in checks if check.message)

    def _api_token(self) -> Check:
        idle, message = self._idle()
        if idle >= IDLE_SOON:
            return Check("token", Level.WARNING, message, "go live, or have a new one ready")
        is_in_use = self._is_polled and self._last_ended()
        return Check("token", Level.GOOD if is_in_use else Level.NOTE, message)

    def _lapse(self) -> Check:
        idle, message = self._idle()
        if idle < IDLE:
            return Check("token", Level.GOOD, "")
        return Check("token", Level.BAD, message, "make a new token, and go live or rehearse")

    def _idle(self) -> tuple[timedelta, str]:
        ended, now = self._last_ended(), self.clock.now()
        message = f"An API token lapses after {IDLE.days} days without use."
        return now - ended if ended else timedelta(), f"{message} {last_ended('poll', ended, now)}"

    def _installation(self) -> Check:
        if self.secrets.pending():
            return Check(
                "token",
                Level.WARNING,
                "A new installation of the app waits and is not in use.",
                "see whose it is: connector oauth confirm",
            )
        ends, now = self.secrets.rippling(fresh=True).expires_at, self.clock.now()
        message = (
            f"The app is installed. Its access token ends {moment(ends) if ends else 'some day'}"
        )
        if ends and ends - now < RENEWED_AHEAD:
            return Check(
                "token",
                Level.WARNING,
                f"{message}, and could not be renewed.",
                "if it still says so in ten minutes, install again: connector oauth start",
            )
        return Check("token", Level.GOOD, f"{message}, and is renewed by itself.")

    def _workers(self, mapping: MappingFile | None) -> Check:
        """Whether the token sees everyone whom the ledger knows, and all that the mapping asks."""
        employed = self.ledger.employed()
        seen, unreadable, missed, unseen = 0, 0, Counter[str](), set(employed)
        for page in self.source.everyone():
            seen += len(page.workers)
            unseen.difference_update(worker.person_id for worker in page.workers)
            unreadable += page.unreadable
            missed += facts_missed(page.workers, mapping) if mapping else Counter()
            if page.next_page_token and not self._has_time():
                return not_checked(["workers"], f"{NO_TIME} to count more than {seen}")
        message = (
            f"Rippling shows {counted(seen, 'worker')}, past ones among them; the ledger knows"
            f" {len(employed)} in employment."
        )
        if shows_too_few(employed, unseen):
            return Check(
                "workers",
                Level.BAD,
                f"{message} {len(unseen)} of these are not shown: a full sweep would be aborted.",
                "see that the maker of the Rippling token may still see everyone",
            )
        hidden = [f"the {name.replace('_', ' ')} of {missed[name]}" for name in sorted(missed)]
        hidden += [f"whose {counted(unreadable, 'row')} are"] if unreadable else []
        if hidden:
            return Check(
                "workers",
                Level.WARNING,
                f"{message} It does not show {listed_names(hidden)}; nobody moves because of that,"
                " and new people may wait.",
                "check the scopes of the token and these records: docs/runbook.md#facts-unknown",
            )
        return Check("workers", Level.GOOD, message)

    # Visma

    def _companies(self, mapping: MappingFile | None) -> Iterator[tuple[str | None, list[Check]]]:
        if not _is_there(self.secrets.visma):
            yield None, [not_checked(["everything here"], "the Visma secret comes first")]
            return
        mapped = mapping.companies if mapping else {}
        for company in dict.fromkeys((*mapped, *self.secrets.visma())):
            links = list(self.ledger.links(company))
            rules = mapped.get(company)
            of_company = CompanyChecks(company, self.targets, self._has_time, rules, links)
            checks = list(self._timely_all(of_company.checks()))
            is_let_in = checks[0].level is Level.GOOD
            tenants = [_tenant(company)]
            if rules and rules.labour and is_let_in:
                books = partial(books_check, self.ledgers, company, rules.labour, self.clock.now())
                checks.append(self._timely("books", books))
                tenants.append(_tenant_of_books(company))
            yield company, [*checks, *([self._answers(*tenants)] if is_let_in else [])]

    # Both

    def _answers(self, *tenants: str) -> Check:
        return tried("answers", partial(answers_check, self.watches, *tenants))

    # Time

    def _last_ended(self) -> datetime | None:
        return self.cursors.cursor(self.deployment.stream).ended

    def _has_time(self) -> bool:
        return self.clock.remaining_seconds() >= PING_RESERVE_SECONDS

    def _timely(self, name: str, look: CheckFn) -> Check:
        return tried(name, look) if self._has_time() else not_checked([name], NO_TIME)

    def _timely_all(self, checks: Iterator[Check]) -> Iterator[Check]:
        """The checks for which there is time: none is made before it is asked for."""
        while self._has_time():
            check = next(checks, None)
            if check is None:
                return
            yield check
        yield not_checked(["the rest"], NO_TIME)


def _tenant(company: str) -> str:
    return f"visma {company}"


def _tenant_of_books(company: str) -> str:
    return f"{_tenant(company)} books"


def _with_books(mapping: MappingFile | None) -> list[str]:
    companies = mapping.companies.items() if mapping else ()
    return [_tenant_of_books(company) for company, rules in companies if rules.labour]


def _group(system: str, company: str | None, checks: Iterable[Check]) -> dict[str, Any]:
    return {"system": system, "company": company, "checks": [asdict(check) for check in checks]}


def _is_there(load: Callable[[], object]) -> bool:
    try:
        load()
    except (ConfigurationError, RetryableError):
        return False
    return True


def listed_names(names: Iterable[str]) -> str:
    """Names as they stand in a sentence."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
