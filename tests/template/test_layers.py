"""The layers as `sam build` makes them: with byte code that Lambda takes, the same anywhere."""

from __future__ import annotations

import importlib.util
import marshal
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from tests.embedded.template import ROOT
from tests.support.layers import LAYERS, TARGETS, build, makefile

UNCHECKED_HASH = 0b01
HEADER = 16  # magic, flags, hash


def test_there_is_a_target_for_every_runtime_and_processor(template: dict[str, Any]) -> None:
    allowed = (template["Parameters"][name] for name in ("PythonRuntime", "Architecture"))
    runtimes, processors = (each["AllowedValues"] for each in allowed)

    assert {f"{runtime}-{processor}" for runtime in runtimes for processor in processors} == {
        path.parent.name for path in TARGETS.glob("*/Makefile")
    }
    assert len({path.read_text() for path in TARGETS.glob("*/Makefile")}) == 1


@pytest.fixture(scope="module", params=sorted(LAYERS))
def twice(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """The packages of a layer, built from this checkout and from one with spaces in its path."""
    spaced = tmp_path_factory.mktemp("a checkout somewhere")
    built = []
    for folder, target in (
        (tmp_path_factory.mktemp("one"), makefile()),
        (spaced, _copied(makefile(), spaced / makefile().parent.name)),
    ):
        packages, done = build(request.param, folder, target)
        assert (done.returncode, done.stderr) == (0, "")
        built.append(packages)
    return built[0], built[1]


def _copied(makefile: Path, folder: Path) -> Path:
    folder.mkdir(parents=True)
    return Path(shutil.copy(makefile, folder))


def test_a_checkout_with_spaces_in_its_path_builds_every_layer(twice: tuple[Path, Path]) -> None:
    assert " " not in str(twice[0])
    assert " checkout " in str(twice[1])
    assert len(_files(twice[1])) > 100


def test_what_both_layers_need_to_know_of_the_runtime_is_found_in_the_same_way() -> None:
    """SAM copies one layer's folder alone, so neither can include what the other has."""
    found = [(ROOT / "layers" / folder / "layer.mk").read_text() for folder in LAYERS.values()]
    for name in ("TARGET", "RUNTIME", "PYTHON", "PACKAGES"):
        one, another = (
            re.findall(rf"^{name} := (?:.*\\\n)*.*$", text, re.MULTILINE) for text in found
        )
        assert len(one) == 1
        assert one == another, name


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_source_makes_the_same_bytes(twice: tuple[Path, Path]) -> None:
    one, another = map(_files, twice)

    assert one.keys() == another.keys()
    assert [name for name in one if one[name] != another[name]] == []


def test_nothing_in_a_layer_tells_where_it_was_built(twice: tuple[Path, Path]) -> None:
    places = [str(folder.parents[1]).encode() for folder in twice] + [str(ROOT).encode()]

    found = [
        name for name, text in _files(twice[0]).items() if any(place in text for place in places)
    ]

    assert found == []


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _codes(each)


def test_every_module_has_byte_code_that_no_date_makes_stale(twice: tuple[Path, Path]) -> None:
    folder = twice[0]
    sources = sorted(folder.rglob("*.py"))
    assert len(sources) > 100

    for source in sources:
        cached = Path(importlib.util.cache_from_source(str(source)))
        told = cached.read_bytes()
        assert told[:4] == importlib.util.MAGIC_NUMBER
        assert int.from_bytes(told[4:8], "little") == UNCHECKED_HASH
        assert told[8:HEADER] == importlib.util.source_hash(source.read_bytes())
        places = {code.co_filename for code in _codes(marshal.loads(told[HEADER:]))}  # noqa: S302
        assert places == {f"/opt/python/{source.relative_to(folder)}"}


def test_python_takes_the_byte_code_whatever_the_dates_of_the_files_are(
    twice: tuple[Path, Path], tmp_path: Path
) -> None:
    folder = shutil.copytree(twice[0], tmp_path / "python")
    name = "connector" if (folder / "connector").exists() else "tenacity"
    source = folder / name / "__init__.py"
    source.write_text("raise SystemExit('compiled again')\n")
    os.utime(source, (315532800, 315532800))  # 1980, as in the archive that SAM makes

    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-B", "-c", f"import {name}; print({name}.__name__)"],
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout.strip(), done.stderr) == (name, "")


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_without_the_python_of_the_runtime_the_build_says_what_to_do(
    name: str, tmp_path: Path
) -> None:
    unknown = _copied(makefile(), tmp_path / "a checkout somewhere" / "python3.99-arm64")

    _, done = build(name, tmp_path, unknown)

    assert done.returncode != 0
    assert "python3.99 is not on the PATH" in done.stderr
