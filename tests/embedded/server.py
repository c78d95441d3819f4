"""The embedded AWS as a process: ministack, with the few answers corrected in which AWS differs.

Run by the interpreter of .venv-aws, which has ministack and nothing of this project. Each
correction says what AWS does.
"""

import os
import signal
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.core import iam_actions
from ministack.services import lambda_svc, secretsmanager
from ministack.services.cloudformation import provisioners

ORPHAN_CHECK_SECONDS = 1.0


def authorise_batches_as_single_calls() -> None:
    """IAM on AWS knows no batch actions of SQS: `sqs:SendMessage` covers `SendMessageBatch`."""
    original: Callable[..., str | None] = iam_actions.extract_iam_action

    def extract_iam_action(service: str, *request: Any, **named: Any) -> str | None:
        action = original(service, *request, **named)
        return action.removesuffix("Batch") if action and service == "sqs" else action

    iam_actions.extract_iam_action = extract_iam_action


def create_secrets_without_a_value() -> None:
    """A secret that a template gives no value has no version on AWS, not an empty one."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    original: Callable[..., tuple[str, dict[str, str]]] = handlers["create"]

    def create(logical_id: str, props: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
        name, attributes = original(logical_id, props, stack)
        if not {"SecretString", "GenerateSecretString"} & props.keys():
            secretsmanager._secrets[name]["Versions"] = {}
        return name, attributes

    handlers["create"] = create


def deliver_fifo_groups_side_by_side() -> None:
    """AWS serves several groups of a FIFO queue at a time, up to the mapping's MaximumConcurrency.

    The emulator goes one by one, because its batches may span groups. A batch of one cannot, and a
    group with a message in flight is skipped already.
    """
    original: Callable[..., int] = lambda_svc._sqs_esm_concurrency

    def concurrency(
        mapping: dict[str, Any],
        function: dict[str, Any],
        config: dict[str, Any],
        queue: dict[str, Any] | None = None,
    ) -> int:
        scaling = mapping.get("ScalingConfig") or {}
        if (queue or {}).get("is_fifo") and int(mapping.get("BatchSize", 10)) == 1:
            return int(scaling.get("MaximumConcurrency", 1))  # a template's parameter comes as text
        return original(mapping, function, config, queue)

    lambda_svc._sqs_esm_concurrency = concurrency


def take_alarms_over_several_metrics() -> None:
    """AWS takes an alarm over an expression; no alarm rings here, so this one keeps one metric."""
    original: Callable[..., dict[str, Any]] = provisioners._cw_metric_alarm_record

    def record(name: str, props: dict[str, Any]) -> dict[str, Any]:
        several = [
            each["MetricStat"] for each in props.get("Metrics") or () if "MetricStat" in each
        ]
        if not several:
            return original(name, props)
        first = several[0]
        plain = {key: value for key, value in props.items() if key != "Metrics"}
        times = {"Statistic": first["Stat"], "Period": first["Period"]}
        return original(name, {**plain, **first["Metric"], **times})

    provisioners._cw_metric_alarm_record = record


def keep_saved_queries() -> None:
    """AWS keeps saved queries of Logs Insights under ids; nothing of a stack asks for one."""

    def create(logical_id: str, props: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
        missing = [key for key in ("Name", "QueryString") if not props.get(key)]
        if missing:
            raise ValueError(f"{logical_id}: {' and '.join(missing)} required")
        return str(uuid.uuid4()), {}

    def update(
        physical_id: str, old: dict[str, Any], new: dict[str, Any], stack: str
    ) -> tuple[str, dict[str, str]]:
        return physical_id, {}

    def delete(physical_id: str, props: dict[str, Any]) -> None:
        return None

    provisioners._RESOURCE_HANDLERS["AWS::Logs::QueryDefinition"] = {
        "create": create,
        "update": update,
        "delete": delete,
    }


def end_with(parent: int) -> None:
    """Ends the whole process group once the process that started it is gone."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(ORPHAN_CHECK_SECONDS)
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=watch, name="orphan-watch", daemon=True).start()


def main() -> None:
    """Corrects the emulator and serves until it is told to end."""
    authorise_batches_as_single_calls()
    create_secrets_without_a_value()
    deliver_fifo_groups_side_by_side()
    take_alarms_over_several_metrics()
    keep_saved_queries()
    if parent := os.environ.pop("EMBEDDED_PARENT", ""):
        end_with(int(parent))
    app.main()


if __name__ == "__main__":
    main()
