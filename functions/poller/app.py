"""On a schedule: finds the workers who may differ and queues a reference to each."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from os import environ
from typing import Any

from connector import bootstrap
from connector.bootstrap.services import PollerServices
from connector.domain.records.mode import Mode, ModeName
from connector.observability import Invocation, announce_start
from connector.services.find.batch import off_in
from connector.services.shared.current_mode import CurrentMode
from connector.settings.vendors import PollerSettings

announce_start("poller")


@cache
def settings() -> PollerSettings:
    """Read as the function is loaded, or with the first invocation that can."""
    return PollerSettings.from_env(environ)


@cache
def mode() -> CurrentMode:
    """Asked by every invocation: a deploy never changes the mode."""
    return bootstrap.mode(settings())


@cache
def services(in_mode: ModeName) -> PollerServices:
    """Built for a mode, the usual one as the function is loaded."""
    return bootstrap.poller(settings(), in_mode)


bootstrap.build_ahead(lambda: (mode(), services(ModeName.LIVE)), "dynamodb", "secretsmanager")


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """`{}` is one tick, `{"full_sweep": true}` a full sweep, `{"recheck": {...}}` asks Visma."""
    with Invocation("poller") as invocation:
        bootstrap.clock().begin(context)
        now = mode().current()
        summary = _off(now, invocation) if now.is_off else _run(now, event, invocation)
        return {**summary, "mode": now.name.value}


def _off(now: Mode, invocation: Invocation) -> dict[str, Any]:
    invocation.metrics.count("PollSucceeded")  # it does what it is to do: nothing is silent
    invocation.log.info("poll ended", summary={"mode": now.name.value})
    return asdict(off_in(now))


def _run(now: Mode, event: dict[str, Any], invocation: Invocation) -> dict[str, Any]:
    built = services(now.name)
    if "recheck" in event:
        summary = asdict(built.recheck.run(**event["recheck"]))
        invocation.log.info("recheck ended", summary=summary)
        return summary
    mapping = built.check()
    if event.get("full_sweep"):  # once a day, so that a tick costs no more than it must
        for missing in built.missing_capabilities(mapping):
            invocation.log.warning("capability missing", kind=missing.name, reason=missing.message)
    is_sweep = bool(event.get("full_sweep"))
    summary = asdict(built.poller.run(full_sweep=is_sweep, mapping=mapping))
    invocation.log.info("poll ended", summary=summary)
    return summary
