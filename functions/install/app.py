"""The routes of an App Shop installation: deployed only where the stack signs in with an app."""

from __future__ import annotations

from functools import cache
from os import environ
from typing import Any

from connector import bootstrap
from connector.observability import Invocation, announce_start
from connector.services.inbound.install import INSTALL, Installer
from connector.settings.inbound import InstallSettings

BAD_REQUEST = 400

announce_start("install")


@cache
def installer() -> Installer:
    """Built as the function is loaded, or with the first invocation that can."""
    return bootstrap.installer(InstallSettings.from_env(environ))


bootstrap.build_ahead(installer, "secretsmanager", "dynamodb")


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers as API Gateway expects; the query of a request is never logged."""
    with Invocation("install") as invocation:
        query = event.get("queryStringParameters") or {}
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        if event["resource"] == INSTALL:
            answer = installer().begin(query)
        else:
            answer = installer().finish(query, headers.get("cookie", ""))
        if answer.status == BAD_REQUEST:
            invocation.log.warning("install refused", status=answer.status)
        elif answer.reason:
            invocation.log.error("install failed", status=answer.status, reason=answer.reason)
        else:
            invocation.log.info("install answered", status=answer.status)
        invocation.metrics.count(answer.counted)
        return {"statusCode": answer.status, "headers": dict(answer.headers), "body": answer.text}
