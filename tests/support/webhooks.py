"""What the vendors post to the endpoints, and the poller on loopback as the webhook reaches it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import urlencode

from tests.simulator.nordfab import WEBHOOK_TOKENS

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
SIGNING_KEY = "demo-visma-signing-key"
SIGNATURE = "x-vwd-signature-v1"


def announcement(event: str, id_: str, *, as_json: bool = False, **more: str) -> dict[str, Any]:
    """Rippling's announcement, as headers and a body."""
    said = {"event_name": event, "id": id_, **more}
    return {
        "headers": {
            "Authorization": f"Bearer {WEBHOOK_TOKENS[0]}",
            "Content-Type": JSON if as_json else FORM,
        },
        "body": json.dumps(said) if as_json else urlencode(said),
    }


def notification(said: dict[str, Any], id_: str = "", key: str = SIGNING_KEY) -> dict[str, Any]:
    """Visma's signed notification, as headers and a body."""
    body = json.dumps(said)
    digest = hmac.new(key.encode(), body.encode(), hashlib.sha256).digest()
    headers = {SIGNATURE: base64.b64encode(digest).decode(), "Content-Type": JSON}
    if id_:
        headers["x-vwd-notification-id"] = id_
    return {"headers": headers, "body": body}


def to_visma_endpoint(posted: dict[str, Any], company: str = "norway") -> dict[str, Any]:
    """The same as API Gateway hands it over, at the endpoint of a company."""
    route = "/visma/webhook/{company}"
    return {**posted, "resource": route, "pathParameters": {"company": company}}


@contextmanager
def invocations(invoke: Callable[[dict[str, Any]], Any]) -> Iterator[str]:
    """The address of a Lambda service that takes asynchronous invocations and carries them out."""

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            is_event = self.headers["X-Amz-Invocation-Type"] == "Event"
            is_event = is_event and self.path == "/2015-03-31/functions/PollerFunction/invocations"
            self.send_response(202 if is_event else 400)
            self.send_header("Content-Length", "0")
            self.end_headers()
            if is_event:
                invoke(payload)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
