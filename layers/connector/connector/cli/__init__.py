"""The `connector` command, on the operator's machine: it asks the account and shows the answer.

It has no secret and decides nothing. What each verb takes and shows is in `services/operate/verbs`.
"""

from connector.cli.app import main

__all__ = ["main"]
