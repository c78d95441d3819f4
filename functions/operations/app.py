"""Runs one verb of the `connector` command inside the account."""

from __future__ import annotations

from functools import cache
from os import environ
from typing import Any

from connector import bootstrap
from connector.observability import Invocation
from connector.services.operate.operator import Operator
from connector.settings import OperationsSettings


@cache
def operator() -> Operator:
    """Built with the first invocation of this environment."""
    return bootstrap.operations(OperationsSettings.from_env(environ))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """`{"verb": "...", ...}`; the answer has `ok`, and `problems` where it is false."""
    with Invocation("operations") as invocation:
        bootstrap.clock().begin(context)
        answer = operator().dispatch(event)
        invocation.log.info("verb carried out", verb=str(event.get("verb")), status=answer["ok"])
        return answer
