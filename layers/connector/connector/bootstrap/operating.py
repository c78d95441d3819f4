"""Where the services behind the `connector` command are joined from typed parts.

Imports stand inside the builders, so that a cold start loads only what its function needs.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from connector import __version__
from connector.bootstrap.later import later
from connector.bootstrap.payroll import payroll_export
from connector.bootstrap.reporting import explaining, report
from connector.bootstrap.services import catalogues_of, guard_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.bootstrap.parts import Adapters, OperatorAdapters, OperatorOptions, Options
    from connector.services.foresee.agreement import Agreement
    from connector.services.foresee.application import Application
    from connector.services.foresee.planning import Planning
    from connector.services.inbound.confirm import InstallConfirmation
    from connector.services.inbound.install import InstallStarter
    from connector.services.operate.ahead.import_preview import ImportPreview
    from connector.services.operate.ahead.row_bindings import RowBindings
    from connector.services.operate.audit_check import AuditCheck
    from connector.services.operate.erasure import Erasure
    from connector.services.operate.held import HeldPeople
    from connector.services.operate.identity import Identity
    from connector.services.operate.listing.audit import AuditSearch
    from connector.services.operate.listing.people import PeopleLists
    from connector.services.operate.mapping_import import MappingImport
    from connector.services.operate.mapping_scaffold import MappingScaffold
    from connector.services.operate.mapping_validation import MappingValidation
    from connector.services.operate.mode_switch import ModeSwitch
    from connector.services.operate.operator import Operator
    from connector.services.operate.ping.service import Ping
    from connector.services.operate.running.dead_letters import GivenUpChanges
    from connector.services.operate.running.polling import Polling
    from connector.services.operate.status.service import Status


def operations(
    adapters: Adapters,
    operator_adapters: OperatorAdapters,
    options: OperatorOptions,
    sleep: Callable[[float], None] = time.sleep,
) -> Operator:
    """The service behind the operations function; a verb has built what it asks for, no more."""
    from connector.services.operate.desk import Desk
    from connector.services.operate.operator import Operator

    imports = later(lambda: mapping_import(adapters, operator_adapters, sleep))
    ahead = later(lambda: import_preview(adapters, imports))
    planned = later(lambda: planning(adapters, options, imports))
    applying = later(lambda: application(adapters, operator_adapters, options, planned, sleep))
    desk = Desk(
        clock=adapters.clock,
        audit=operator_adapters.audit_log,
        pauses=adapters.pauses,
        given_up=later(lambda: given_up(adapters, options, planned, applying, sleep)),
        polling=later(lambda: polling(adapters, operator_adapters, sleep)),
        held=later(lambda: held_people(adapters, planned)),
        identity=later(lambda: identity(adapters, options)),
        imports=imports,
        diff=later(lambda: ahead.diff),
        preview=ahead,
        validation=later(lambda: mapping_validation(adapters, imports)),
        scaffold=later(lambda: mapping_scaffold(adapters)),
        installation=later(lambda: installation(adapters, operator_adapters, options)),
        confirmation=later(lambda: confirmation(adapters, operator_adapters)),
        ping=later(lambda: ping(adapters, operator_adapters, options)),
        status=later(lambda: status(adapters, operator_adapters)),
        mode_switch=later(lambda: mode_switch(adapters, sleep)),
        people=later(lambda: planned.people),
        planning=planned,
        application=applying,
        agreement=later(lambda: agreement(adapters, planned)),
        payroll=later(lambda: payroll_export(adapters, operator_adapters, options)),
        report=later(lambda: report(adapters, operator_adapters, options, planned.foresight)),
        books=later(lambda: explaining(adapters, operator_adapters, options)),
        audit_check=later(lambda: audit_check(adapters, operator_adapters)),
        lists=later(lambda: people_lists(adapters, planned)),
        audit_search=later(lambda: audit_search(adapters, operator_adapters, planned)),
        erasure=later(lambda: erasure(adapters, operator_adapters)),
    )
    return Operator(desk)


def audit_check(adapters: Adapters, operator_adapters: OperatorAdapters) -> AuditCheck:
    """The service behind `connector audit verify`."""
    from connector.services.operate.audit_check import AuditCheck

    audit = operator_adapters.audit_log
    return AuditCheck(adapters.ledger, audit, adapters.clock, adapters.metrics)


def people_lists(adapters: Adapters, planned: Planning) -> PeopleLists:
    """The service behind the lists of people with whom something is open."""
    from connector.services.operate.listing.people import PeopleLists

    return PeopleLists(adapters.ledger, adapters.mappings, planned.people)


def audit_search(
    adapters: Adapters, operator_adapters: OperatorAdapters, planned: Planning
) -> AuditSearch:
    """The service behind `connector audit`; what is put on record may stand for an outcome."""
    from connector.services.operate.listing.audit import AuditSearch
    from connector.services.operate.verbs import VERBS

    return AuditSearch(
        operator_adapters.audit_log,
        adapters.ledger,
        planned.people,
        adapters.mappings,
        adapters.clock,
        acts=[verb.name for verb in VERBS if verb.is_act],
    )


def import_preview(adapters: Adapters, imports: MappingImport) -> ImportPreview:
    """The look ahead of `connector mappings import` and `rollback`."""
    from connector.services.operate.ahead.import_preview import ImportPreview
    from connector.services.operate.mapping_diff import MappingDiff

    ledger = adapters.ledger
    diff = MappingDiff(ledger, imports)
    return ImportPreview(diff, imports, guard_of(adapters), adapters.guard_log, ledger)


def confirmation(adapters: Adapters, operator_adapters: OperatorAdapters) -> InstallConfirmation:
    """The service behind `connector oauth confirm`."""
    from connector.services.inbound.confirm import InstallConfirmation

    return InstallConfirmation(adapters.secrets, operator_adapters.owner_of, adapters.clock)


def erasure(adapters: Adapters, operator_adapters: OperatorAdapters) -> Erasure:
    """The service behind `connector erase`."""
    from connector.services.operate.erasure import Erasure

    return Erasure(
        ledger=adapters.ledger,
        audit=operator_adapters.audit_log,
        approvals=adapters.approvals,
        mappings=adapters.mappings,
        source=adapters.source,
        clock=adapters.clock,
    )


def polling(
    adapters: Adapters, operator_adapters: OperatorAdapters, sleep: Callable[[float], None]
) -> Polling:
    """The service behind `connector tick` and `sweep`."""
    from connector.services.operate.running.polling import Polling

    return Polling(operator_adapters.poller, adapters.clock, sleep)


def agreement(adapters: Adapters, planned: Planning) -> Agreement:
    """The service behind `connector reconcile`."""
    from connector.services.foresee.agreement import Agreement

    versions = adapters.mapping_versions
    return Agreement(planned.foresight, adapters.mappings, versions, adapters.queue)


def mapping_scaffold(adapters: Adapters) -> MappingScaffold:
    """The service behind `connector mappings scaffold`."""
    from connector.services.operate.mapping_scaffold import MappingScaffold

    return MappingScaffold(
        adapters.source, adapters.targets, adapters.secrets, adapters.mappings, adapters.clock
    )


def planning(adapters: Adapters, options: Options, imports: MappingImport) -> Planning:
    """The service behind `connector plan` and `explain`."""
    from connector.bootstrap.foresight import foresight
    from connector.services.foresee.people import People
    from connector.services.foresee.planning import Planning

    return Planning(
        foresight=foresight(adapters, options),
        people=People(adapters.ledger, adapters.source, adapters.mappings),
        mappings=adapters.mappings,
        read_mapping=imports.read,
        watch=row_bindings(adapters).watch,
    )


def application(
    adapters: Adapters,
    operator_adapters: OperatorAdapters,
    options: Options,
    planned: Planning,
    sleep: Callable[[float], None],
) -> Application:
    """The service behind `connector apply` and `sync`."""
    from connector.services.foresee.application import Application

    return Application(
        foresight=planned.foresight,
        ledger=adapters.ledger,
        approvals=adapters.approvals,
        mappings=adapters.mappings,
        queue=adapters.queue,
        audit=operator_adapters.audit_log,
        clock=adapters.clock,
        mode=options.mode,
        sleep=sleep,
    )


def given_up(
    adapters: Adapters,
    options: Options,
    planned: Planning,
    application: Application,
    sleep: Callable[[float], None],
) -> GivenUpChanges:
    """The service behind `connector dead-letters` and `replay`."""
    from connector.services.operate.running.dead_letters import GivenUpChanges

    return GivenUpChanges(
        queue=adapters.queue,
        attempts=adapters.attempts,
        ledger=adapters.ledger,
        people=planned.people,
        application=application,
        clock=adapters.clock,
        mode=options.mode,
        sleep=sleep,
    )


def installation(
    adapters: Adapters, operator_adapters: OperatorAdapters, options: OperatorOptions
) -> InstallStarter:
    """The service behind `connector oauth start`."""
    from connector.services.inbound.install import InstallStarter

    return InstallStarter(
        states=operator_adapters.install_states,
        credentials=partial(adapters.secrets.rippling, fresh=True),
        authorize_url=options.authorize_url,
        clock=adapters.clock,
        is_oauth=options.is_oauth,
        advice=operator_adapters.token_advice,
    )


def held_people(adapters: Adapters, planned: Planning) -> HeldPeople:
    """The service behind `connector held`, `approve` and `reject`."""
    from connector.services.operate.held import HeldPeople

    return HeldPeople(
        ledger=adapters.ledger,
        mappings=adapters.mappings,
        queue=adapters.queue,
        approvals=adapters.approvals,
        guard_log=adapters.guard_log,
        people=planned.people,
        clock=adapters.clock,
    )


def identity(adapters: Adapters, options: Options) -> Identity:
    """The service behind `connector adopt`, `rename` and `duplicates`."""
    from connector.services.operate.identity import Identity

    return Identity(
        ledger=adapters.ledger,
        mappings=adapters.mappings,
        targets=adapters.targets,
        queue=adapters.queue,
        clock=adapters.clock,
        source=adapters.source,
        mode=options.mode,
    )


def mapping_import(
    adapters: Adapters, operator_adapters: OperatorAdapters, sleep: Callable[[float], None]
) -> MappingImport:
    """The service behind `connector mappings import` and `rollback`."""
    from connector.services.operate.mapping_import import MappingImport

    return MappingImport(
        adapters.mappings,
        adapters.mapping_versions,
        operator_adapters.mapping_history,
        row_bindings(adapters),
        adapters.cache,
        adapters.guard_log,
        adapters.clock,
        sleep,
    )


def row_bindings(adapters: Adapters) -> RowBindings:
    """What settles which things in Rippling the rows of the mapping mean."""
    from connector.services.operate.ahead.row_bindings import RowBindings

    return RowBindings(adapters.source, adapters.mappings, adapters.cache, adapters.clock)


def mode_switch(adapters: Adapters, sleep: Callable[[float], None]) -> ModeSwitch:
    """The service behind `connector rehearse`, `go-live` and `pause`."""
    from connector.services.operate.mode_switch import ModeSwitch

    return ModeSwitch(
        adapters.modes,
        adapters.cursors,
        adapters.queue,
        adapters.queued,
        adapters.mappings,
        adapters.mapping_versions,
        adapters.ledger,
        adapters.clock,
        sleep,
    )


def mapping_validation(adapters: Adapters, imports: MappingImport) -> MappingValidation:
    """The service behind `connector mappings check`."""
    from connector.services.operate.mapping_validation import MappingValidation

    return MappingValidation(
        source=adapters.source,
        mappings=adapters.mappings,
        imports=imports,
        catalogues=catalogues_of(adapters),
        targets=adapters.targets,
        secrets=adapters.secrets,
        clock=adapters.clock,
        bindings=row_bindings(adapters),
    )


def ping(adapters: Adapters, operator_adapters: OperatorAdapters, options: OperatorOptions) -> Ping:
    """The service behind `connector ping`."""
    from connector.services.operate.ping.service import Deployment, Ping

    return Ping(
        deployment=Deployment(
            is_oauth=options.is_oauth,
            mode=options.mode,
            cost_allocation=options.cost_allocation,
            stream=options.stream,
            version=__version__,
        ),
        source=adapters.source,
        targets=adapters.targets,
        ledger=adapters.ledger,
        cursors=adapters.cursors,
        mappings=adapters.mappings,
        secrets=adapters.secrets,
        webhook_secrets=operator_adapters.webhook_secrets,
        queue=adapters.queue,
        pauses=adapters.pauses,
        modes=adapters.modes,
        watches=adapters.watches,
        ledgers=operator_adapters.ledgers,
        runs=adapters.payroll().runs,
        clock=adapters.clock,
    )


def status(adapters: Adapters, operator_adapters: OperatorAdapters) -> Status:
    """The service behind `connector status`."""
    from connector.services.operate.status.service import Status

    return Status(
        modes=adapters.modes,
        pauses=adapters.pauses,
        cursors=adapters.cursors,
        agreements=adapters.agreements,
        queue=adapters.queue,
        mappings=adapters.mappings,
        cache=adapters.cache,
        ledger=adapters.ledger,
        budgets=operator_adapters.budgets,
        alarms=operator_adapters.alarms,
        exports=adapters.payroll().exports,
        clock=adapters.clock,
        version=__version__,
    )
