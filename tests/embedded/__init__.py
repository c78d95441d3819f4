"""The embedded AWS: the very template, deployed by SAM onto an emulator that enforces IAM.

`python -m tests.embedded up` and its like are for people, `Embedded` is for tests and the demo:

    with Embedded.start() as aws:
        outputs = aws.deploy({"RipplingBaseUrl": "http://127.0.0.1:9001"})
        aws.put_secret("RipplingSecretArn", {"api_token": "..."})
        aws.client("lambda").invoke(FunctionName=outputs["PollerFunctionName"], Payload=b"{}")
"""

from tests.embedded.embedded import Embedded, client, environment, webhook_url
from tests.embedded.emulator import EmbeddedError
from tests.embedded.processes import end_remembered, remember, remembered

__all__ = [
    "Embedded",
    "EmbeddedError",
    "client",
    "end_remembered",
    "environment",
    "remember",
    "remembered",
    "webhook_url",
]
