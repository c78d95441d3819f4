"""On an edit of the mapping table: queues the people whom the edit may move."""

from __future__ import annotations

from functools import cache
from os import environ
from typing import Any

from connector import bootstrap
from connector.bootstrap.services import ReleaserServices
from connector.domain.records.mode import ModeName
from connector.observability import Invocation, announce_start
from connector.services.find.releaser import rules_among
from connector.services.shared.current_mode import CurrentMode
from connector.settings.releaser import ReleaserSettings

announce_start("releaser")


@cache
def settings() -> ReleaserSettings:
    """Read as the function is loaded, or with the first invocation that can."""
    return ReleaserSettings.from_env(environ)


@cache
def mode() -> CurrentMode:
    """Asked by every invocation: a deploy never changes the mode."""
    return bootstrap.mode(settings())


@cache
def services(in_mode: ModeName) -> ReleaserServices:
    """Built for a mode, the usual one as the function is loaded."""
    return bootstrap.releaser(settings(), in_mode)


bootstrap.build_ahead(lambda: (mode(), services(ModeName.LIVE)), "dynamodb")


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes the edited rows from the stream; what they say is read from the table.

    While the connector is off, an edit is left to the tick with which it starts again.
    """
    with Invocation("releaser") as invocation:
        now = mode().current()
        if now.is_off:
            return {"queued": 0}
        built = services(now.name)
        keys = [record["dynamodb"]["Keys"] for record in event["Records"]]
        edited = rules_among((key["company"]["S"], key["rule"]["S"]) for key in keys)
        queued = built.releaser.release(built.load(), edited) if edited else 0
        invocation.metrics.count("ChangesQueued", queued)
        invocation.log.info("mapping edit handled", count=queued)
        return {"queued": queued}
