"""Every alarm of the template is one that `connector status` knows, with what to type next."""

from __future__ import annotations

import re
from typing import Any

from connector.domain.status.alarms import NEXT_COMMAND
from connector.services.operate.verbs import VERBS
from tests.template.conftest import of_type
from tests.template.test_docs import DOCS, anchors

PREFIX = "${AWS::StackName}-"


def test_status_knows_every_alarm_of_the_stack_and_no_other(resources: dict[str, Any]) -> None:
    names = [
        alarm["AlarmName"]["Fn::Sub"]
        for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()
    ]

    assert all(name.startswith(PREFIX) for name in names)
    assert {name.removeprefix(PREFIX) for name in names} == set(NEXT_COMMAND)


def test_the_function_is_told_how_the_names_of_its_alarms_begin(
    functions: dict[str, dict[str, Any]],
) -> None:
    given = functions["OperationsFunction"]["Environment"]["Variables"]["ALARM_PREFIX"]

    assert given == {"Fn::Sub": PREFIX}


def test_what_to_type_is_a_verb_that_there_is_and_the_runbook_has_the_alarm() -> None:
    verbs = {verb.name for verb in VERBS}

    for command in NEXT_COMMAND.values():
        for each in command.split(", "):
            words = re.sub(r" --.*", "", each).removeprefix("connector ")
            assert words in verbs, command
    assert set(NEXT_COMMAND) <= anchors(DOCS / "runbook.md")
