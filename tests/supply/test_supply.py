"""Everything that is installed is pinned, known, allowed, and looked up where that is possible."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.embedded.template import ROOT
from tests.supply import __main__ as command
from tests.supply.advisories import NotReachedError, asked, read
from tests.supply.licences import DEPLOYED, TOOLS, is_taken, licences_of
from tests.supply.pins import BENCH, FILES, LAYER, PIN, Pin, pins_of
from tests.supply.sbom import SBOM, text

files = pytest.mark.parametrize(
    "path", [*FILES, *BENCH], ids=lambda path: str(path.relative_to(ROOT))
)


@files
def test_every_package_is_pinned_with_the_hashes_of_its_files(path: Path) -> None:
    pins = list(pins_of(path))

    assert pins
    assert [pin.name for pin in pins if not pin.hashes] == []


@files
def test_no_line_names_an_index_an_address_or_a_package_without_a_version(path: Path) -> None:
    known = re.compile(
        rf"^(#.*||-r [\w/.-]+|    --hash=sha256:[0-9a-f]{{64}}( \\)?|{PIN.pattern[1:]}.*)$"
    )

    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not known.match(line)] == []
    assert [line for line in lines if "://" in line] == []


def test_every_requirements_file_is_one_of_these() -> None:
    places = (ROOT, ROOT / "layers", ROOT / "functions", ROOT / "tests")
    found = {path for place in places[1:] for path in place.rglob("*requirements*.txt")}

    assert found | set(ROOT.glob("*requirements*.txt")) == {*FILES, *BENCH}


def test_the_packages_that_build_the_command_are_the_pinned_ones() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pinned = {f"{pin.name}=={pin.version}" for path in FILES for pin in pins_of(path)}

    assert set(project["build-system"]["requires"]) <= pinned


def test_what_is_deployed_stands_under_a_licence_that_asks_nothing_of_the_code_around_it() -> None:
    refused = {pin.name: licences_of(pin) for pin in pins_of(LAYER) if not is_taken(pin, DEPLOYED)}

    assert refused == {}


def test_the_tools_stand_under_known_licences() -> None:
    pins = {pin for path in FILES for pin in pins_of(path)}
    # Of another platform or another Python, or not installed yet: nothing can be said of it here.
    installed = [
        pin for pin in pins if licences_of(pin) or pin.name not in ("atheris", "uv", "pip")
    ]

    assert {pin.name: licences_of(pin) for pin in installed if not is_taken(pin, TOOLS)} == {}


@pytest.mark.parametrize(
    ("told", "is_fine"),
    [({"MIT"}, True), ({"GPL-3.0-only"}, False), ({"GPL-2.0-only", "MIT"}, True), (set(), False),
     ({"MIT AND GPL-3.0-only"}, False)],
)  # fmt: skip
def test_a_licence_that_is_not_taken_is_refused(
    told: set[str], is_fine: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.supply.licences.licences_of", lambda _: frozenset(told))

    assert is_taken(Pin("example", "1.0"), DEPLOYED) is is_fine


def test_the_bill_of_materials_is_the_one_that_the_pins_make() -> None:
    assert SBOM.read_text(encoding="utf-8") == text(), "run `make sbom`"


def test_the_bill_of_materials_names_every_package_with_its_licence() -> None:
    bill = json.loads(SBOM.read_text(encoding="utf-8"))
    components = {each["purl"]: each for each in bill["components"]}

    assert components.keys() == {f"pkg:pypi/{pin.key}@{pin.version}" for pin in pins_of(LAYER)}
    assert all(each["licenses"][0]["expression"] for each in components.values())
    assert set(bill["dependencies"][0]["dependsOn"]) == components.keys()


# Advisories

PINS = [Pin("Example", "1.4.2"), Pin("other", "2.0")]


@contextmanager
def osv(answer: Callable[[dict[str, Any]], Any]) -> Iterator[str]:
    """The service, on this machine."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer(body)).encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Door)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_service_is_asked_for_every_pin_at_once() -> None:
    def answer(body: dict[str, Any]) -> Any:
        assert [(each["package"]["name"], each["version"]) for each in body["queries"]] == [
            ("example", "1.4.2"), ("other", "2.0"),
        ]  # fmt: skip
        return {"results": [{"vulns": [{"id": "GHSA-1"}, {"id": "PYSEC-2"}]}, {}]}

    with osv(answer) as address:
        assert asked(PINS, address) == {PINS[0]: ["GHSA-1", "PYSEC-2"]}


@pytest.mark.parametrize("answer", [{}, {"results": []}, [], {"results": [{"vulns": 1}, {}]}])
def test_an_answer_that_is_not_one_to_the_question_is_no_all_clear(answer: Any) -> None:
    with osv(lambda _: answer) as address, pytest.raises(NotReachedError):
        asked(PINS, address)


def test_where_the_service_is_out_of_reach_the_check_says_so_and_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with osv(dict) as address:
        pass  # nobody listens there any more
    monkeypatch.setattr(command, "asked", lambda pins: asked(pins, address))

    assert command.main(["advisories"]) == 0
    shown = capsys.readouterr().out
    assert "skipped, nothing is known of" in shown
    assert address in shown


def advisory(folder: Path, **affected: Any) -> Path:
    package = {"ecosystem": "PyPI", "name": "certifi"}
    told = {"id": "GHSA-x", "affected": [{"package": package, **affected}]}
    (folder / "advisory.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


def between(*events: dict[str, str]) -> dict[str, Any]:
    return {"ranges": [{"type": "ECOSYSTEM", "events": list(events)}]}


@pytest.mark.parametrize(
    ("affected", "is_hit"),
    [
        ({"versions": ["2.0.0"]}, True),
        ({"versions": ["1.9.9"]}, False),
        (between({"introduced": "0"}), True),
        (between({"introduced": "0"}, {"fixed": "2.0.0"}), False),
        (between({"introduced": "1.5"}, {"fixed": "2.0.1"}), True),
        (between({"introduced": "0"}, {"last_affected": "2.0.0"}), True),
        (between({"introduced": "0"}, {"last_affected": "1.10"}), False),
        (between({"introduced": "0"}, {"fixed": "1.0"}, {"introduced": "2.0"}), True),
        (between({"introduced": "10.0"}), False),
    ],
)
def test_a_copy_of_the_advisories_is_read_without_a_network(
    affected: dict[str, Any], is_hit: bool, tmp_path: Path
) -> None:
    pin = Pin("certifi", "2.0.0")

    found = read([pin], advisory(tmp_path, **affected))

    assert found == ({pin: ["GHSA-x"]} if is_hit else {})


def test_a_known_weakness_of_a_pinned_package_ends_the_check_with_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = advisory(tmp_path, **between({"introduced": "0"}))

    assert command.main(["advisories", "--database", str(folder)]) == 1
    assert re.search(r"certifi [\d.]+: GHSA-x", capsys.readouterr().out)


def test_a_folder_without_advisories_is_no_all_clear(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["advisories", "--database", str(tmp_path)]) == 0
    assert "skipped" in capsys.readouterr().out
