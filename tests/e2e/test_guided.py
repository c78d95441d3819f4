"""The README's first step, done literally: a guided deployment with nothing but Enter."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.demo.stage import Stage
from tests.embedded.stack import TOOLS, build, isolated_environment, machine_parameters
from tests.embedded.template import ROOT
from tests.embedded.terminal import press_enter_through

STACK = "connector"


@dataclass
class Deployer:
    """Someone at a terminal, in a folder with the built template and the shipped samconfig."""

    stage: Stage
    folder: Path

    def deploy(self, *arguments: str) -> tuple[int, str]:
        """`sam deploy`, every question answered with Enter."""
        environment = {
            **isolated_environment(),
            "AWS_ENDPOINT_URL": self.stage.aws.endpoint_url,
            "COLUMNS": "200",
        }
        for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):  # nobody has said where
            environment.pop(name, None)
        command = [str(TOOLS / "sam"), "deploy", *arguments]
        return press_enter_through(command, environment, self.folder)

    def saved(self) -> dict[str, str]:
        """What the first deployment has kept for the next one."""
        config = tomllib.loads((self.folder / "samconfig.toml").read_text())
        found: dict[str, str] = config["default"]["deploy"]["parameters"]
        return found


@pytest.fixture(scope="module")
def deployer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployer]:
    folder = tmp_path_factory.mktemp("checkout")
    with Stage(people=2) as stage:
        build(folder / ".aws-sam" / "build")
        shutil.copy(ROOT / "template.yaml", folder)
        config = (ROOT / "samconfig.toml").read_text(encoding="utf-8")
        stated = " ".join(f"{name}={value}" for name, value in machine_parameters().items())
        one_place = re.sub("^# (parameter_overrides = ).*", rf'\1"{stated}"', config, flags=re.M)
        assert one_place != config
        (folder / "samconfig.toml").write_text(one_place, encoding="utf-8")
        yield Deployer(stage, folder)


def test_enter_through_the_guided_deployment_ends_well_and_the_next_deploy_changes_nothing(
    deployer: Deployer,
) -> None:
    code, shown = deployer.deploy("--guided")

    assert code == 0, shown[-2000:]
    assert "AWS Region [eu-north-1]" in shown
    for name, value in machine_parameters().items():  # what the build took from the same place
        assert f"Parameter {name} [{value}]" in shown
    assert "authentication" not in shown.lower()
    assert "Successfully created/updated stack" in shown

    stacks = deployer.stage.aws.client("cloudformation").describe_stacks(StackName=STACK)
    before = stacks["Stacks"][0]["Parameters"]
    code, shown = deployer.deploy()

    assert code == 0, shown[-2000:]
    assert "No changes to deploy" in shown
    stacks = deployer.stage.aws.client("cloudformation").describe_stacks(StackName=STACK)
    assert stacks["Stacks"][0]["Parameters"] == before
