"""A page for trying the connector by hand: Nordfab in Rippling, Nordfab in Visma, the audit.

`make demo KEEP=1` serves it over the deployed stack, `python -m tests.simulator --page` over
whichever stack is deployed against these fakes later. `page.html` is the page, `server` serves it,
`actions` are its buttons, `view` is what it shows of the fakes, `stack` what it shows of AWS.
"""

from tests.simulator.page.actions import Actions
from tests.simulator.page.connection import StackError
from tests.simulator.page.laboratory import open_laboratory
from tests.simulator.page.server import PageServer
from tests.simulator.page.stack import DeployedStack, FollowedCompany, FoundStack

__all__ = [
    "Actions",
    "DeployedStack",
    "FollowedCompany",
    "FoundStack",
    "PageServer",
    "StackError",
    "open_laboratory",
]
