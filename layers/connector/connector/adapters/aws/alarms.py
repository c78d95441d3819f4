"""The alarms of the stack in CloudWatch."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from connector.adapters.aws.errors import Client, answering, code_of
from connector.domain.errors import ConfigurationError
from connector.domain.status.alarms import NEXT_COMMAND, RingingAlarm

RINGS = "ALARM"


class CloudWatchAlarms:
    """Asks for this stack's alarms by their names: those of others are none of its business."""

    def __init__(self, client: Client, prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    def ringing(self) -> list[RingingAlarm]:
        """Those that ring now, by name; all of them fit into one answer.

        Raises:
            RetryableError: CloudWatch does not answer.
            ConfigurationError: it does not let itself be asked.
        """
        names = [f"{self._prefix}{name}" for name in NEXT_COMMAND]
        try:
            with answering("CloudWatch"):
                answer = self._client.describe_alarms(AlarmNames=names, MaxRecords=len(names))
        except ClientError as error:
            raise ConfigurationError(
                f"CloudWatch does not show the alarms ({code_of(error)}): is the role allowed?"
            ) from None
        except (BotoCoreError, ResponseParserError) as error:
            raise ConfigurationError(
                f"CloudWatch's answer is none of its own ({type(error).__name__})"
            ) from None
        found = (
            RingingAlarm(
                each["AlarmName"].removeprefix(self._prefix), each.get("StateUpdatedTimestamp")
            )
            for each in answer.get("MetricAlarms", ())
            if each.get("StateValue") == RINGS
        )
        return sorted(found, key=lambda alarm: alarm.name)
