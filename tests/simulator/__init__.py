"""Strict fakes of Rippling and Visma.net, used by the tests and by the demo.

They refuse what the real systems refuse, ignore what those ignore, and misbehave on demand.
Nothing of the connector is imported here.
"""

from tests.simulator.company import Company
from tests.simulator.contracts import Contract
from tests.simulator.faults import Fault, Faults
from tests.simulator.messages import Call
from tests.simulator.nordfab import (
    NORDFAB_MAPPING,
    NORDFAB_MAPPING_TWO_COMPANIES,
    credentials,
    nordfab_books,
    nordfab_mapping,
    nordfab_rippling,
    nordfab_visma,
    webhook_credentials,
)
from tests.simulator.rippling import Rippling
from tests.simulator.rippling_platform import RipplingPlatform
from tests.simulator.server import Server
from tests.simulator.visma import Visma

__all__ = [
    "NORDFAB_MAPPING",
    "NORDFAB_MAPPING_TWO_COMPANIES",
    "Call",
    "Company",
    "Contract",
    "Fault",
    "Faults",
    "Rippling",
    "RipplingPlatform",
    "Server",
    "Visma",
    "credentials",
    "nordfab_books",
    "nordfab_mapping",
    "nordfab_rippling",
    "nordfab_visma",
    "webhook_credentials",
]
