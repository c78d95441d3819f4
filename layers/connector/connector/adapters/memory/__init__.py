"""The ports without AWS: the same behaviour, in memory. For tests, and for trying things out.

Nothing here loads botocore.
"""

from __future__ import annotations

from connector.adapters.memory.alarms import InMemoryAlarms
from connector.adapters.memory.flags import (
    InMemoryInstallStates,
    InMemoryNotifications,
    InMemoryPollingPauses,
)
from connector.adapters.memory.ledger import (
    InMemoryAuditLog,
    InMemoryLedger,
    InMemoryTables,
)
from connector.adapters.memory.payroll import InMemoryExportLog
from connector.adapters.memory.queue import (
    InMemoryChangeQueue,
    InMemoryFailedAttempts,
    InMemoryFoundEmployments,
    InMemoryQueuedChanges,
)
from connector.adapters.memory.reports import InMemoryReportsBucket
from connector.adapters.memory.secrets import (
    InMemorySecrets,
    InMemoryWebhookSecrets,
)
from connector.adapters.memory.shapes import InMemoryShapeMemory
from connector.adapters.memory.state import (
    InMemoryAgreements,
    InMemoryApprovals,
    InMemoryBudgets,
    InMemoryCursors,
    InMemoryDialects,
    InMemoryGuardLog,
    InMemoryMappingHistory,
    InMemoryMappings,
    InMemoryMappingVersions,
    InMemoryModes,
    InMemoryReferenceCache,
)

__all__ = [
    "InMemoryAgreements",
    "InMemoryAlarms",
    "InMemoryApprovals",
    "InMemoryAuditLog",
    "InMemoryBudgets",
    "InMemoryChangeQueue",
    "InMemoryCursors",
    "InMemoryDialects",
    "InMemoryExportLog",
    "InMemoryFailedAttempts",
    "InMemoryFoundEmployments",
    "InMemoryGuardLog",
    "InMemoryInstallStates",
    "InMemoryLedger",
    "InMemoryMappingHistory",
    "InMemoryMappingVersions",
    "InMemoryMappings",
    "InMemoryModes",
    "InMemoryNotifications",
    "InMemoryPollingPauses",
    "InMemoryQueuedChanges",
    "InMemoryReferenceCache",
    "InMemoryReportsBucket",
    "InMemorySecrets",
    "InMemoryShapeMemory",
    "InMemoryTables",
    "InMemoryWebhookSecrets",
]
