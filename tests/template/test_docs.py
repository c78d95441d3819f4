"""The documentation as data: what the pages say has to be what template, code and files say."""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from connector import cli
from connector.adapters.aws import ledger_rows as ledger_items
from connector.adapters.aws.audit_log import ACTS
from connector.adapters.aws.ledger_rows import head_from, head_values
from connector.adapters.aws.payroll import exports as payroll_exports
from connector.cli.exits import ExitCode, NotReachedError
from connector.domain import employees, placement
from connector.domain.changes import Cause, Change
from connector.domain.errors import ConfigurationError, NotAChangeError
from connector.domain.mapping import file as mapping_file
from connector.domain.mapping import model as mapping
from connector.domain.mapping import problems
from connector.domain.mapping import rows as mapping_rows
from connector.domain.mapping.base import MappingModel
from connector.domain.mapping.rules import (
    class_rules,
    conditions,
    examples,
    labour,
    payroll,
    places,
    validity,
)
from connector.domain.mapping.source import shared
from connector.domain.planning import Outcome
from connector.domain.records.acts import OPERATORS
from connector.services.inbound.rippling_webhook import Access, RipplingWebhook
from connector.services.operate.operator import Operator
from connector.services.operate.verbs import VERBS
from tests.embedded.template import ROOT
from tests.simulator import nordfab_rippling
from tests.simulator.nordfab import webhook_credentials
from tests.template.conftest import of_type

DOCS = ROOT / "docs"
EVENTS = ROOT / "events"
CODE = sorted([*(ROOT / "layers").rglob("*.py"), *(ROOT / "functions").rglob("*.py")])
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "CHANGELOG.md", *ROOT.glob("README.md")])
DECISIONS = sorted((DOCS / "adr").glob("*.md"))
PLACES: dict[type[MappingModel], str] = {
    mapping.MappingFile: "A company",
    mapping.CompanyRules: "A company",
    shared.WrittenMapping: "Shared rows",
    shared.WrittenCompany: "A company",
    shared.SharedRows: "Shared rows",
    mapping.Defaults: "`defaults`",
    payroll.PayrollRules: "`payroll`",
    payroll.AccountRule: "`payroll`",
    validity.Dated: "Rows that hold for a time",
    places.DepartmentRule: "`departments`",
    places.BranchRule: "`branches`",
    places.LocationRule: "`locations`",
    places.OfficeAddress: "`locations`",
    class_rules.ClassRule: "`employee_classes`",
    conditions.Circumstances: "`employee_classes`",
    conditions.Conditions: "`employee_classes`",
    conditions.PayBand: "`employee_classes`",
    examples.Example: "`examples`",
    examples.Given: "`employee_classes`",
    examples.Money: "`examples`",
    mapping.Scope: "`scope`",
    mapping.Guards: "`guards`",
    labour.Labour: "`labour`",
    labour.AccountRange: "`labour`",
}
"""Under which heading of the page each part of a mapping stands."""
FUNCTIONS = {
    "preflight",
    "poller",
    "webhook",
    "notification",
    "install",
    "writer",
    "releaser",
    "operations",
}

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def out_of_reach(_: object) -> Any:
    """A stack that no command reaches."""

    def call(_: object) -> Any:
        raise NotReachedError("there is no stack")

    return call


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def prose_of(page: Path) -> str:
    """A page without its code blocks."""
    return re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)


def blocks_of(text: str, language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.M | re.S)


def section(name: str, heading: str) -> str:
    """Everything under a heading of a page, deeper headings included."""
    text = text_of(name)
    (start,) = re.finditer(rf"^(#+) {re.escape(heading)}$", text, re.M)
    end = re.search(rf"^#{{1,{len(start[1])}}} ", text[start.end() :], re.M)
    return text[start.end() :][: end.start() if end else None]


def rows(text: str) -> dict[str, list[str]]:
    """The rows of the tables in a text by the code in their first cell; a cell may name several."""
    found: dict[str, list[str]] = {}
    without_heads = re.sub(r"^.*\n *\|---.*$", "", text, flags=re.M)
    for line in re.findall(r"^ *\|(.*)\|$", without_heads, re.M):
        first, *others = (cell.strip() for cell in line.split("|"))
        found |= dict.fromkeys(re.findall(r"`([^`]+)`", first), others)
    return found


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose_of(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def nodes(kind: type[ast.AST]) -> Iterator[Any]:
    """Every such node of the connector's code."""
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, kind):
                yield node


def variables(function: dict[str, Any]) -> set[str]:
    return set(function["Environment"]["Variables"])


# Configuration


def test_every_parameter_is_documented_with_its_default(template: dict[str, Any]) -> None:
    documented = {
        name: "" if cells[0] == "empty" else cells[0].strip("`")
        for name, cells in rows(section("configuration.md", "Parameters")).items()
    }

    assert documented == {
        name: str(parameter["Default"]) for name, parameter in template["Parameters"].items()
    }


def test_every_output_is_documented(template: dict[str, Any]) -> None:
    assert set(rows(section("configuration.md", "Outputs"))) == set(template["Outputs"])


def test_every_environment_variable_is_documented_with_the_functions_that_have_it(
    template: dict[str, Any], functions: dict[str, dict[str, Any]]
) -> None:
    documented = {
        name: FUNCTIONS if cells[0] == "all" else set(cells[0].split(", "))
        for name, cells in rows(section("configuration.md", "Environment variables")).items()
    }
    owners = dict.fromkeys(variables(template["Globals"]["Function"]), FUNCTIONS)
    for function in functions.values():
        short = function["CodeUri"].removeprefix("functions/")
        for name in variables(function):
            owners[name] = owners.get(name, set()) | {short}

    assert documented == owners


COUNTING = ("count", "count_for_stack", "gauge")


def test_every_metric_that_the_code_counts_is_documented_and_no_other() -> None:
    counted: set[Any] = set()
    for call in nodes(ast.Call):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name == "count" and isinstance(call.args[0], ast.JoinedStr):
            words = (outcome.value.title().replace("_", "") for outcome in Outcome)
            counted |= {f"Changes{word}" for word in words}
        elif name in ("count", "count_for_stack", "gauge") and isinstance(
            call.args[0], ast.Constant
        ):
            counted.add(call.args[0].value)
        elif isinstance(call.func, ast.Name) and call.func.id == "Answer" and len(call.args) > 1:
            counted.add(call.args[1].value)
    documented = set(rows(section("configuration.md", "Metrics")))

    assert documented == {name for name in counted if isinstance(name, str)}  # list.count, too


def test_every_log_event_is_documented_and_no_other() -> None:
    logged = {
        call.args[0].value
        for call in nodes(ast.Call)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in ("info", "warning", "error")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    documented = rows(section("configuration.md", "Log events"))

    assert set(documented) == logged


# Runbook


def test_every_alarm_has_a_section_and_its_text_leads_there(resources: dict[str, Any]) -> None:
    existing = anchors(DOCS / "runbook.md")
    for name, alarm in of_type(resources, "AWS::CloudWatch::Alarm").items():
        slug = alarm["AlarmName"]["Fn::Sub"].removeprefix("${AWS::StackName}-")
        (named,) = re.findall(r"docs/runbook\.md#([\w-]+)", alarm["AlarmDescription"])
        assert named == slug, name
        assert slug in existing, name


def test_a_section_of_an_alarm_says_what_it_means_where_to_look_and_what_to_do() -> None:
    alarms = re.findall(r"^## (.+)$", section("runbook.md", "Alarms"), re.M)

    assert alarms
    for heading in alarms:
        text = section("runbook.md", heading)
        assert all(word in text for word in ("**Means.**", "**Look.**", "**Do.**")), heading


# Mapping


def test_every_field_of_an_employee_is_in_the_table_of_owners() -> None:
    table = rows(section("mapping.md", "Who owns a field"))

    fields = {name: cells for name, cells in table.items() if name not in mapping.CODE_PARTS}
    assert set(fields) - {"rippling", "once", "visma"} == set(employees.FIELDS)
    personal = {name for name, cells in fields.items() if cells[-1] == "yes"}
    assert personal == set(employees.PERSONAL_FIELDS)


@pytest.mark.parametrize("model", PLACES, ids=lambda model: model.__name__)
def test_every_key_of_the_mapping_is_documented_in_its_place(model: type[MappingModel]) -> None:
    documented = section("mapping.md", PLACES[model])

    assert [key for key in problems.key_names(model) if f"`{key}`" not in documented] == []


def models_below(base: type[MappingModel]) -> set[type[MappingModel]]:
    below = set(base.__subclasses__())
    return below.union(*map(models_below, below))


def test_every_part_of_the_mapping_has_its_place_on_the_page() -> None:
    assert models_below(MappingModel) == set(PLACES)


@pytest.mark.parametrize("key", mapping.Guards.model_fields)
def test_the_default_of_every_guard_is_the_documented_one(key: str) -> None:
    documented = rows(section("mapping.md", "`guards`"))[key][1]

    assert documented == f"`{getattr(mapping.Guards(), key)}`"


def test_the_mapping_in_the_documentation_is_a_mapping() -> None:
    (example,) = blocks_of(section("mapping.md", "A whole file"), "yaml")

    assert set(mapping_file.parse(example).companies) == {"norway", "sweden"}


def test_the_shared_rows_in_the_documentation_are_part_of_both_companies() -> None:
    (example,) = blocks_of(section("mapping.md", "Shared rows"), "yaml")

    companies = mapping_file.parse(example).companies
    assert [len(companies[key].departments) for key in ("norway", "sweden")] == [2, 2]


def test_the_refusal_in_the_documentation_is_the_one_that_comes() -> None:
    (example,) = blocks_of(section("mapping.md", "A whole file"), "yaml")
    (shown,) = re.findall(r"^(line \d+, column \d+: .*)$", text_of("mapping.md"), re.M)

    with pytest.raises(ConfigurationError) as refused:
        mapping_file.parse(example.replace("department: FIN}", "department: FIN, cost_center: 1}"))

    assert str(refused.value) == shown


def test_the_rows_in_the_documentation_are_rows_of_a_mapping() -> None:
    settings = {"company": "norway", "rule": mapping_rows.SETTINGS, "time_zone": "Europe/Oslo"}
    text = section("mapping.md", "The rows in the MappingsTable")
    shown = [json.loads(block) for block in blocks_of(text, "json")]

    assert mapping_rows.from_rows([{**settings, "legal_entities": ["*"]}, *shown]).companies
    assert set(rows(text)[mapping_rows.SETTINGS]) == {
        ", ".join(f"`{name}`" for name in mapping_rows.SETTING_NAMES)
    }


def test_everything_that_a_person_can_wait_for_is_documented() -> None:
    keys = rows(section("mapping.md", "What a person waits for"))

    assert {placement.Missing.parse(key).kind for key in keys} == set(placement.MissingKind)


# How a change travels


def test_every_outcome_and_every_cause_is_documented() -> None:
    page = "how-a-change-travels.md"

    assert set(rows(section(page, "Where a change can end"))) == set(Outcome)
    assert set(rows(section(page, "The other ways in"))) == set(Cause)


def test_the_items_shown_are_the_ones_that_the_adapters_make() -> None:
    tables = section("how-a-change-travels.md", "PeopleTable")
    blocks = blocks_of(tables, "json")
    shown = (json.loads(block) for block in blocks)
    person, link, claim, alias, payroll_run, payroll_company, acts = shown
    values = ledger_items.person_values(ledger_items.person_from(person))
    audit_time = {"audit_time": person["audit_time"]}

    assert person == {**ledger_items.person_key(person["person"]), **values, **audit_time}
    assert link == ledger_items.link_item(ledger_items.link_from(link))
    code = claim["person"].removeprefix("code ")
    assert claim == ledger_items.claim_item(code, claim["company"], claim["owner"])
    worker = alias["person"].removeprefix("worker ")
    assert alias == ledger_items.alias_item(worker, alias["owner"])
    company = payroll_run["company"].removeprefix("payroll ")
    known = payroll_exports.exports_from(payroll_run, company)
    assert payroll_run == payroll_exports.item_of(known)
    assert payroll_company == payroll_exports.item_of_company(payroll_company["run"])
    end = {key: each for key, each in head_values(head_from(acts)).items() if each}
    audit_time = {"audit_time": acts["audit_time"]}
    assert acts == {**ledger_items.person_key(OPERATORS), "kind": ACTS, **end, **audit_time}


def test_the_message_shown_is_a_change() -> None:
    message = blocks_of(section("how-a-change-travels.md", "Step by step"), "json")[0].strip()

    assert Change.from_body(message).to_body() == message


@cache
def methods() -> frozenset[str]:
    return frozenset(
        f"{owner.name}.{method.name}"
        for owner in nodes(ast.ClassDef)
        for method in owner.body
        if isinstance(method, ast.FunctionDef)
    )


@pages
def test_every_method_that_a_page_names_exists(page: Path) -> None:
    named = re.findall(r"`([A-Z]\w+\.[a-z_]\w*)`", prose_of(page))

    assert sorted(set(named) - methods()) == []


# Events


@pytest.mark.parametrize("path", sorted(EVENTS.iterdir()), ids=lambda path: path.name)
def test_every_sample_event_is_json_and_is_named_with_its_function(path: Path) -> None:
    named = rows(section("testing.md", "Sample events"))

    assert isinstance(json.loads(path.read_text(encoding="utf-8")), dict)
    assert named[f"events/{path.name}"][0] in FUNCTIONS


def event(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


def test_the_sample_webhook_is_let_in_and_queued() -> None:
    queued: list[Change] = []

    class Queue:
        def send(self, changes: Any) -> int:
            queued.extend(changes)
            return len(changes)

    webhook = event("webhook_employee_updated")
    headers = {name.lower(): value for name, value in webhook["headers"].items()}
    access = Access(webhook_credentials()["webhook_tokens"])
    rippling_webhook = RipplingWebhook(lambda: access, Queue(), Mock())

    assert rippling_webhook.receive(headers, webhook["body"].encode()).status == 202
    assert [change.worker_id for change in queued] == [sample_change().worker_id]


def sample_change() -> Change:
    (record,) = event("writer_one_change")["Records"]
    return Change.from_body(record["body"])


def test_the_sample_change_is_of_somebody_at_nordfab_and_in_their_group() -> None:
    (record,) = event("writer_one_change")["Records"]
    change = sample_change()

    assert record["attributes"]["MessageGroupId"] == change.group
    assert int(record["attributes"]["ApproximateReceiveCount"]) == 1
    assert nordfab_rippling(people=1).worker(change.worker_id)["user_id"] == change.person_id


def test_the_sample_that_is_not_a_change_is_none() -> None:
    (record,) = event("writer_not_a_change")["Records"]

    with pytest.raises(NotAChangeError):
        Change.from_body(record["body"])


def test_the_sample_edit_is_of_a_row_of_the_mapping() -> None:
    (record,) = event("releaser_mapping_edit")["Records"]
    keys = {name: value["S"] for name, value in record["dynamodb"]["Keys"].items()}

    assert set(keys) == {"company", "rule"}
    assert keys["rule"].partition("#")[0] in mapping_rows.LISTS


@pytest.mark.parametrize("name", ["operations_mappings_check", "operations_audit"])
def test_the_sample_commands_are_verbs_that_exist(name: str) -> None:
    assert event(name)["verb"] in {verb.name for verb in VERBS}


def test_a_verb_that_does_not_exist_is_refused_with_the_nearest_one() -> None:
    (refusal,) = Operator(Mock()).dispatch({"verb": "mapping check"})["problems"]

    assert "did you mean mappings check?" in refusal
    assert all(verb.name in refusal for verb in VERBS)


# The changelog and the list of decisions


def test_the_changelog_counts_what_the_template_has(
    resources: dict[str, Any], functions: dict[str, dict[str, Any]]
) -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    (entry,) = re.findall(r"^- One stack, deployed with `sam deploy`: (.+)$", changelog, re.M)
    (names,) = re.findall(r"functions \(([^;)]+)", entry)
    secrets = of_type(resources, "AWS::SecretsManager::Secret").values()
    made_up = [each for each in secrets if "GenerateSecretString" in each]

    stated = {what: int(count) for count, what in re.findall(r"(\d+) (\w+)", entry)}
    assert stated == {
        "functions": len(functions),
        "queues": len(of_type(resources, "AWS::SQS::Queue")),
        "tables": len(of_type(resources, "AWS::DynamoDB::Table")),
        "secrets": len(secrets) - len(made_up),
        "alarms": len(of_type(resources, "AWS::CloudWatch::Alarm")),
    }
    assert "and one that AWS makes up" in entry
    assert len(made_up) == 1
    assert set(re.split(r", | and ", names)) == FUNCTIONS
    assert {each["CodeUri"].removeprefix("functions/") for each in functions.values()} == FUNCTIONS


def test_the_list_of_decisions_shows_the_number_of_each_and_names_those_that_do_not_exist() -> None:
    intro, _, table = text_of("README.md").partition("| ADR | Decision |\n|---|---|\n")
    listed = re.findall(r"^\| (\d+) \| \[.+\]\(adr/(.+)\) \|$", table, re.M)
    (gaps,) = re.findall(r"No decision has the number (.+)\.$", intro, re.M)
    numbers = [int(page.stem[:4]) for page in DECISIONS]

    assert listed == [(str(int(page.stem[:4])), page.name) for page in DECISIONS]
    assert len(table.splitlines()) == len(listed), "a table alone: Markdown counts a list by itself"
    missing = set(range(1, max(numbers))) - set(numbers)
    assert {int(number) for number in re.findall(r"\d+", gaps)} == missing


# Every page


@pages
def test_every_link_leads_to_a_file_and_an_anchor_that_exist(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose_of(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


@pages
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    folders = "connector|docs|events|functions|layers|tests"
    named = re.findall(rf"`((?:{folders})/[\w./-]+)`", prose_of(page))

    package = ROOT / "layers" / "connector"
    assert [one for one in named if not ((ROOT / one).exists() or (package / one).exists())] == []


@pages
def test_every_test_that_a_page_names_exists(page: Path) -> None:
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))

    named = re.findall(r"`(test_\w+)`", prose_of(page))
    assert [name for name in named if f"def {name}(" not in tests] == []


@pages
def test_every_target_of_make_that_a_page_names_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    text = page.read_text(encoding="utf-8")

    named = re.findall(r"(?:`|^(?:\$ )?)make ([a-z]+)", text, re.M)
    assert sorted(set(named) - targets) == []


@pages
def test_every_command_on_a_page_is_one_that_the_connector_understands(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = page.read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    shown = re.findall(r"(?:`|^ *(?:\$ )?)(?:\.venv/bin/)?connector ([a-z-][^`\n]*)", text, re.M)
    for words in set(shown) - {verb.name for verb in VERBS}:  # a verb may be named by itself
        split = shlex.split(words.partition(" > ")[0], comments=True)
        for file in (Path(word) for word in split if re.search(r"\.(yaml|json)$|^FILE$", word)):
            file.write_text("companies: {}", encoding="utf-8")
        code = cli.main(["--stack", "s", *split], connect=out_of_reach)
        assert code != ExitCode.WRONG_USAGE, words


@pages
def test_no_page_promises_what_no_queue_can_keep(page: Path) -> None:
    assert "exactly once" not in page.read_text(encoding="utf-8").casefold()


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_every_decision_has_its_four_headings_its_number_and_its_place_in_the_list(
    page: Path,
) -> None:
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.M)

    assert headings == ["Context", "Decision", "Consequences", "Rejected"]
    assert text.startswith(f"# {int(page.stem[:4])}. ")
    assert f"(adr/{page.name})" in text_of("README.md")
