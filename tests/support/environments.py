"""The environment variables that the template gives each function, worked out without AWS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.simulator import Rippling, Visma

CONDITIONS = {"HearsVisma": "VismaWebhook", "KeepsPay": "CostAllocation"}


def addresses(rippling: Rippling, visma: Visma) -> dict[str, str]:
    """The parameters that point a stack at both fakes."""
    return {
        "RipplingBaseUrl": rippling.url,
        "RipplingTokenUrl": rippling.token_url,
        "RipplingAuthorizeUrl": rippling.authorize_url,
        "VismaBaseUrl": visma.url,
        "VismaTokenUrl": visma.token_url,
    }


def environments_of(
    template: Mapping[str, Any], parameters: Mapping[str, str], resources: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """The variables of each function by its short name, `poller` for example.

    A parameter that is not among `parameters` has its default; a resource that is not among
    `resources` goes by its name in the template.
    """
    defaults = {name: str(each["Default"]) for name, each in template["Parameters"].items()}
    given = {**defaults, **parameters}
    return {
        name.removesuffix("Function").lower(): _environment(template, each, given, resources)
        for name, each in template["Resources"].items()
        if each["Type"] == "AWS::Serverless::Function"
    }


def _environment(
    template: Mapping[str, Any],
    function: Mapping[str, Any],
    parameters: Mapping[str, str],
    resources: Mapping[str, str],
) -> dict[str, str]:
    shared = template["Globals"]["Function"]["Environment"]["Variables"]
    own = function["Properties"]["Environment"]["Variables"]
    return {
        name: _resolved(value, parameters, resources) for name, value in {**shared, **own}.items()
    }


def _resolved(value: Any, parameters: Mapping[str, str], resources: Mapping[str, str]) -> str:
    if not isinstance(value, dict):
        return str(value)
    ((kind, target),) = value.items()
    if kind == "Fn::If":  # every condition of ours says that a parameter is "true"
        condition, yes, no = target
        is_met = parameters[CONDITIONS[condition]] == "true"
        return _resolved(yes if is_met else no, parameters, resources)
    name = target if isinstance(target, str) else target[0]
    return parameters[name] if name in parameters else resources.get(name, name)
