"""What the operator's verbs work with, inside the account. Nothing is done here.

Only types are named: a verb has loaded and built what it asks for, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.ports.clock import Clock
    from connector.ports.ledger import AuditLog
    from connector.ports.state import PollingPauses
    from connector.services.books.explaining import Explaining
    from connector.services.foresee.agreement import Agreement
    from connector.services.foresee.application import Application
    from connector.services.foresee.people import People
    from connector.services.foresee.planning import Planning
    from connector.services.inbound.confirm import InstallConfirmation
    from connector.services.inbound.install import InstallStarter
    from connector.services.operate.ahead.import_preview import ImportPreview
    from connector.services.operate.audit_check import AuditCheck
    from connector.services.operate.erasure import Erasure
    from connector.services.operate.held import HeldPeople
    from connector.services.operate.identity import Identity
    from connector.services.operate.listing.audit import AuditSearch
    from connector.services.operate.listing.people import PeopleLists
    from connector.services.operate.mapping_diff import MappingDiff
    from connector.services.operate.mapping_import import MappingImport
    from connector.services.operate.mapping_scaffold import MappingScaffold
    from connector.services.operate.mapping_validation import MappingValidation
    from connector.services.operate.mode_switch import ModeSwitch
    from connector.services.operate.ping.service import Ping
    from connector.services.operate.running.dead_letters import GivenUpChanges
    from connector.services.operate.running.polling import Polling
    from connector.services.operate.status.service import Status
    from connector.services.payroll.export import PayrollExport
    from connector.services.report.service import Report


@dataclass(frozen=True, slots=True)
class Desk:
    """The services and ports that verbs ask for."""

    clock: Clock
    audit: AuditLog
    pauses: PollingPauses
    given_up: GivenUpChanges
    polling: Polling
    held: HeldPeople
    identity: Identity
    imports: MappingImport
    diff: MappingDiff
    preview: ImportPreview
    validation: MappingValidation
    scaffold: MappingScaffold
    installation: InstallStarter
    confirmation: InstallConfirmation
    ping: Ping
    status: Status
    mode_switch: ModeSwitch
    people: People
    planning: Planning
    application: Application
    agreement: Agreement
    payroll: PayrollExport
    report: Report
    books: Explaining
    audit_check: AuditCheck
    audit_search: AuditSearch
    lists: PeopleLists
    erasure: Erasure
