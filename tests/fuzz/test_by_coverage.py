"""A short, seeded run of the coverage-guided fuzzer; a long one is `make fuzz`."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.embedded.template import ROOT

RUNS = 20_000


@pytest.mark.skipif(find_spec("atheris") is None, reason="there is no atheris for this Python")
def test_twenty_thousand_inputs_find_nothing_at_either_endpoint(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own module
        [
            *(sys.executable, "-m", "tests.fuzz.endpoints"),
            *(f"-runs={RUNS}", "-seed=1", "-max_len=512", f"-artifact_prefix={tmp_path}/"),
        ],
        cwd=ROOT,
        env={"PYTHONPATH": "layers/connector"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2_000:]
    assert int(re.findall(r"Done (\d+) runs", done.stderr)[-1]) >= RUNS
