"""The verbs of the `connector` command, one file each. To add one: its file, and one line here.

What several verbs need in common is a service beside this folder.
"""

from __future__ import annotations

from connector.services.operate.verbs.adopt import Adopt
from connector.services.operate.verbs.audit.erase import Erase
from connector.services.operate.verbs.audit.personal_data import PersonalData
from connector.services.operate.verbs.audit.show import Audit, ExportAudit
from connector.services.operate.verbs.audit.verify import VerifyAudit
from connector.services.operate.verbs.dead_letters import DeadLetters
from connector.services.operate.verbs.duplicates import Duplicates
from connector.services.operate.verbs.foresee.apply import Apply, Sync
from connector.services.operate.verbs.foresee.explain import Explain
from connector.services.operate.verbs.foresee.plan import PlanVerb
from connector.services.operate.verbs.foresee.reconcile import Heal, Reconcile
from connector.services.operate.verbs.held import Approve, Reject, TakeBack
from connector.services.operate.verbs.lists.open import (
    Conflicts,
    Held,
    Rejected,
    Scheduled,
    Waiting,
)
from connector.services.operate.verbs.mappings.check import CheckMapping
from connector.services.operate.verbs.mappings.diff import DiffMapping
from connector.services.operate.verbs.mappings.export import ExportMapping
from connector.services.operate.verbs.mappings.history import MappingHistoryVerb
from connector.services.operate.verbs.mappings.import_file import ImportMapping
from connector.services.operate.verbs.mappings.rollback import RollBackMapping
from connector.services.operate.verbs.mappings.scaffold import ScaffoldMapping
from connector.services.operate.verbs.mode import GoLive, Pause, Rehearse
from connector.services.operate.verbs.oauth_confirm import ConfirmInstallation
from connector.services.operate.verbs.oauth_start import StartInstallation
from connector.services.operate.verbs.payroll.export import ExportPayrollRun
from connector.services.operate.verbs.payroll.runs import PayrollRunsVerb
from connector.services.operate.verbs.ping import PingVerb
from connector.services.operate.verbs.rename import Rename
from connector.services.operate.verbs.replay import Replay
from connector.services.operate.verbs.report.report import ReportVerb
from connector.services.operate.verbs.resume import Resume
from connector.services.operate.verbs.running.polling import Sweep, Tick
from connector.services.operate.verbs.status import StatusVerb
from connector.services.operate.verbs.verb import Verb

VERBS: tuple[Verb, ...] = (
    StatusVerb(),
    PingVerb(),
    Rehearse(),
    GoLive(),
    Pause(),
    Tick(),
    Sweep(),
    ScaffoldMapping(),
    ImportMapping(),
    DiffMapping(),
    CheckMapping(),
    ExportMapping(),
    RollBackMapping(),
    MappingHistoryVerb(),
    PlanVerb(),
    Apply(),
    Explain(),
    Sync(),
    Reconcile(),
    Heal(),
    ReportVerb(),
    PayrollRunsVerb(),
    ExportPayrollRun(),
    Audit(),
    VerifyAudit(),
    ExportAudit(),
    PersonalData(),
    Erase(),
    Waiting(),
    Scheduled(),
    Conflicts(),
    Held(),
    Approve(),
    Reject(),
    Rejected(),
    TakeBack(),
    Adopt(),
    Rename(),
    Duplicates(),
    DeadLetters(),
    Replay(),
    Resume(),
    StartInstallation(),
    ConfirmInstallation(),
)
"""In the order in which `connector --help` lists them."""

FAMILIES = {
    "mappings": "look after the mapping",
    "audit": "show what happened to whom, and why",
    "reconcile": "show where Rippling, the ledger and Visma do not agree now; writes nothing",
    "payroll": "enter payroll runs in Visma's journal, on hold",
    "rejected": "list the people whom Visma refused, or about whom an operator rejected a change",
    "oauth": "install the App Shop app in Rippling",
}
"""Verbs of two words, by the first one."""
