"""On a schedule: finds the workers who may differ and queues a reference to each."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from os import environ
from typing import Any

from connector import bootstrap
from connector.bootstrap.services import PollerServices
from connector.observability import Invocation
from connector.settings import PollerSettings


@cache
def services() -> PollerServices:
    """Built with the first invocation of this environment."""
    return bootstrap.poller(PollerSettings.from_env(environ))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """`{}` is one tick, `{"full_sweep": true}` a full sweep, `{"recheck": {...}}` asks Visma."""
    with Invocation("poller") as invocation:
        bootstrap.clock().begin(context)
        built = services()
        if "recheck" in event:
            summary = asdict(built.recheck.run(**event["recheck"]))
            invocation.log.info("recheck ended", summary=summary)
            return summary
        mapping = built.check()
        if event.get("full_sweep"):  # once a day, so that a tick costs no more than it must
            for missing in built.missing_capabilities(mapping):
                invocation.log.warning(
                    "capability missing", kind=missing.name, reason=missing.message
                )
        summary = asdict(built.poller.run(full_sweep=bool(event.get("full_sweep"))))
        invocation.log.info("poll ended", summary=summary)
        return summary
