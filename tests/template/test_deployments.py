"""What a deployment may do: nothing before the packages fit, and nothing to another stack."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

from tests.embedded.template import ROOT, load_template
from tests.template.conftest import of_type
from tests.template.test_relations import Functions, Resources

CHECK = "BuildFits"
PREFLIGHT = "PreflightFunction"

# Where AWS gives a resource its name, two stacks cannot meet; where the template does, by these.
NAMES = {
    "AWS::ApiGateway::RestApi": "Name",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Lambda::LayerVersion": "LayerName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Logs::QueryDefinition": "Name",
    "AWS::SNS::Topic": "DisplayName",
    "AWS::SQS::Queue": "QueueName",
}
NAME_LIMITS = {"FunctionName": 64, "LayerName": 64, "QueueName": 80, "DisplayName": 100}
LONGEST_STACK_NAME = 50
NO_NAMES = {"MetricName", "FunctionName", "RoleName", "StageName"}
"""Properties that name something else, or something within another resource."""


def test_no_function_is_touched_before_the_packages_fit(
    resources: Resources, functions: Functions
) -> None:
    waiting = {name for name in functions if resources[name].get("DependsOn") == CHECK}

    assert waiting == functions.keys() - {PREFLIGHT}


def test_nothing_that_outlives_a_stack_is_made_before_the_packages_fit(
    resources: Resources,
) -> None:
    """Or a refused first deployment leaves tables behind that nobody wants."""
    kept = {name for name, each in resources.items() if each.get("DeletionPolicy") == "Retain"}

    assert kept
    assert {name for name in kept if resources[name].get("DependsOn") != CHECK} == set()


def test_the_check_is_made_again_whenever_the_answer_may_change(
    resources: Resources, functions: Functions
) -> None:
    asked = resources[CHECK]["Properties"]
    own = functions[PREFLIGHT]["Environment"]["Variables"]

    assert asked["ServiceToken"] == {"Fn::GetAtt": [PREFLIGHT, "Arn"]}
    for property_name, variable in (
        ("PythonRuntime", "PYTHON_RUNTIME"),
        ("Architecture", "ARCHITECTURE"),
        ("DependenciesLayer", "DEPENDENCIES_LAYER"),
    ):
        assert asked[property_name] == own[variable] == {"Ref": property_name}
    assert asked["ServiceTimeout"] > functions[PREFLIGHT]["Timeout"]


def rendered(expanded: Resources, stack: str) -> Resources:
    """The resources as CloudFormation makes them for a stack of this name."""

    def render(value: Any) -> Any:
        if isinstance(value, dict):
            if value == {"Ref": "AWS::StackName"}:
                return stack
            if "Fn::Sub" in value and isinstance(value["Fn::Sub"], str):
                return value["Fn::Sub"].replace("${AWS::StackName}", stack)
            return {key: render(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [render(inner) for inner in value]
        return value

    found: Resources = render(copy.deepcopy(expanded))
    return found


def names(resources: Resources) -> set[str]:
    """Every name that the template gives, and every namespace of metrics of its own."""
    found = set()
    for each in resources.values():
        properties = each.get("Properties", {})
        if each["Type"] in NAMES:
            found.add(f"{each['Type']} {properties[NAMES[each['Type']]]}")
        found |= set(re.findall(r"RipplingToVisma[^\"]*", json.dumps(properties)))
    return found


def test_two_stacks_share_no_name_and_no_metric(expanded: Resources) -> None:
    test, production = (names(rendered(expanded, stack)) for stack in ("test", "production"))

    assert len(test) == len(production) >= 40
    assert test & production == set()


def test_every_resource_that_could_have_a_name_of_its_own_is_known_to_these_tests(
    expanded: Resources,
) -> None:
    """A new kind with a fixed name would otherwise make the second stack fail."""
    telling = re.compile(r"^(Name|\w+Name|Alias)$")
    apart = {name: each for name, each in expanded.items() if each["Type"] != "AWS::Lambda::Alias"}
    for name, each in apart.items():  # an alias is a name within its function
        given = {key for key in each.get("Properties", {}) if telling.match(key)}
        assert given - NO_NAMES <= {NAMES.get(each["Type"])}, name


def test_an_alarm_watches_nothing_of_another_stack(expanded: Resources) -> None:
    test, production = (
        of_type(rendered(expanded, stack), "AWS::CloudWatch::Alarm")
        for stack in ("test", "production")
    )

    for name, alarm in test.items():
        watched = [
            [each.get(key) for key in ("Namespace", "MetricName", "Dimensions", "Metrics")]
            for each in (alarm, production[name])
        ]
        is_own = str(watched[0][0]).startswith("RipplingToVisma/")
        # Metrics of AWS are told apart by the resource itself, which is one of the stack.
        is_told_apart = "Ref" in str(watched) or "GetAtt" in str(watched)
        assert watched[0] != watched[1] or (not is_own and is_told_apart), name


def test_no_stack_exports_a_value_that_another_could_import(template: dict[str, Any]) -> None:
    assert [name for name, each in template["Outputs"].items() if "Export" in each] == []


def test_a_stack_name_as_long_as_the_page_allows_breaks_no_limit_of_aws(
    expanded: Resources,
) -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

    assert f"at most {LONGEST_STACK_NAME} characters" in page
    for each in rendered(expanded, "x" * LONGEST_STACK_NAME).values():
        named = NAMES.get(each["Type"], "")
        if limit := NAME_LIMITS.get(named):
            assert len(each["Properties"][named]) <= limit


def test_the_template_of_the_kept_tables_has_them_as_the_stack_has_them(
    resources: Resources,
) -> None:
    kept = {
        name: {key: value for key, value in each.items() if key != "DependsOn"}
        for name, each in resources.items()
        if each.get("DeletionPolicy") == "Retain" and each["Type"] == "AWS::DynamoDB::Table"
    }

    assert load_template(ROOT / "docs" / "kept-tables.yaml")["Resources"] == kept
