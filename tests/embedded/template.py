"""Reads template.yaml as plain data, the short forms of intrinsic functions written out."""

import pickle
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"


class _Loader(yaml.SafeLoader):
    """A safe loader of its own, so that no other reader of YAML learns CloudFormation's tags."""


def _intrinsic(loader: _Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_scalar(node)  # type: ignore[arg-type]
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _intrinsic)


def load_template(path: Path = TEMPLATE) -> dict[str, Any]:
    """The template, with `!Ref X` as `{"Ref": "X"}` and `!GetAtt X.Arn` as a list of two."""
    template: dict[str, Any] = pickle.loads(_parsed(path.read_text(encoding="utf-8")))  # noqa: S301
    return template


@cache
def _parsed(text: str) -> bytes:
    """What a text says, to be copied: hundreds of tests read the template, and may change it."""
    return pickle.dumps(yaml.load(text, Loader=_Loader))  # noqa: S506
