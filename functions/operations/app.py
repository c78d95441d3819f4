"""Runs one verb of the `connector` command inside the account."""

from __future__ import annotations

from functools import cache
from os import environ
from typing import Any

from connector import bootstrap
from connector.domain.records.mode import ModeName
from connector.observability import Invocation, announce_start
from connector.services.operate.operator import Operator, verb_in
from connector.services.operate.verbs.verb import Right
from connector.services.shared.current_mode import CurrentMode
from connector.settings.vendors import OperationsSettings

announce_start("operations")


@cache
def settings() -> OperationsSettings:
    """Read as the function is loaded, or with the first invocation that can."""
    return OperationsSettings.from_env(environ)


@cache
def mode() -> CurrentMode:
    """Asked by every invocation: a deploy never changes the mode."""
    return bootstrap.mode(settings())


@cache
def operator(in_mode: ModeName) -> Operator:
    """Built for a mode, the usual one as the function is loaded."""
    return bootstrap.operations(settings(), in_mode)


bootstrap.build_ahead(lambda: (mode(), operator(ModeName.LIVE)), "dynamodb")


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """`{"verb": "...", ...}`; the answer has `ok`, and `problems` where it is false."""
    with Invocation("operations") as invocation:
        bootstrap.clock().begin(context)
        granted = Right.granted_by(context.invoked_function_arn)
        answer = operator(mode().current().name).dispatch(event, granted)
        verb = verb_in(event)  # what is no verb may be anything, a name as well: it is not logged
        named = verb.name if verb else "unknown"
        invocation.log.info("verb carried out", verb=named, status=answer["ok"])
        return answer
