"""The template as data, once as it is written and once as SAM expands it."""

import copy
from typing import Any

import pytest
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from tests.embedded.template import load_template


def of_type(resources: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """The properties of every resource of one type, by logical name."""
    return {
        name: resource.get("Properties", {})
        for name, resource in resources.items()
        if resource["Type"] == kind
    }


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """template.yaml as it is written."""
    return load_template()


@pytest.fixture(scope="session")
def resources(template: dict[str, Any]) -> dict[str, Any]:
    """The resources of template.yaml as they are written."""
    written: dict[str, Any] = template["Resources"]
    return written


@pytest.fixture(scope="session")
def functions(resources: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The properties of every function, by logical name."""
    return of_type(resources, "AWS::Serverless::Function")


@pytest.fixture(scope="session")
def expanded(template: dict[str, Any]) -> dict[str, Any]:
    """The resources that SAM makes of the template, its generated ones among them."""
    uploaded = copy.deepcopy(template)
    for resource in uploaded["Resources"].values():
        for place in {"CodeUri", "ContentUri"} & resource.get("Properties", {}).keys():
            resource["Properties"][place] = "s3://bucket/key"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
        defaults = {name: each["Default"] for name, each in template["Parameters"].items()}
        made: dict[str, Any] = Translator({}, Parser()).translate(uploaded, defaults)
    resources: dict[str, Any] = made["Resources"]
    return resources
