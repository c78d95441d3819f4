"""Whatever happens to a person who is a canary, through every door: nothing personal gets out.

The table of paths is made from what there is: every verb of the command, every table and object of
the stack, every call to AWS. A new verb, table or call is watched without a word being added here.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from connector.adapters.aws.ledger import DynamoLedger
from connector.adapters.http.client import HttpClient
from connector.adapters.visma.targets import VismaTargets
from connector.bootstrap import operating
from connector.cli import app
from connector.cli.exits import ExitCode
from connector.services.apply.applier import Applier
from connector.services.apply.person_reader import PersonReader
from connector.services.operate.verbs import VERBS
from connector.services.operate.verbs.verb import Form, Verb
from tests.simulator import (
    RipplingPlatform,
    credentials,
    nordfab_books,
    nordfab_rippling,
    nordfab_visma,
)
from tests.simulator.messages import Request, Response
from tests.simulator.nordfab import NORDFAB_MAPPING
from tests.support.aws import Account, FakeContext, an_account
from tests.support.canaries import (
    EMPLOYMENT,
    FORMS,
    OF_A_ROW,
    PAY,
    PERSON,
    TOKENS,
    Watch,
    echo,
    watched,
)
from tests.support.payroll import NORDFAB_PAYROLL
from tests.support.states import MAPPING_BY_NAME
from tests.support.webhooks import announcement, notification, to_visma_endpoint

CONTEXT = FakeContext()
WHERE: dict[str, Any] = {
    "location": "Oslo", "employment_type": "Salaried full-time", **EMPLOYMENT,
}  # fmt: skip
WARM = ("poller", "writer", "releaser", "operations")
DOORS = ("webhook", "notification")

REFUSED = {
    "approve": "connector held", "reject": "connector held", "rejected take-back": "rejected",
    "oauth start": "API token", "oauth confirm": "no installation", "erase": "is not erased",
}  # fmt: skip
"""Verbs that have nothing to do here, with a word of why: all others have to succeed."""

SHOWN = {"personal-data": set(PAY)}
"""What a verb is there to show: whoever asks what is kept of them is told what they earn."""


@dataclass
class Stage:
    """The functions, warm, with canaries on the payroll, and the watch over all of it."""

    account: Account
    watch: Watch
    workers: list[dict[str, Any]]
    mapping: str

    def __post_init__(self) -> None:
        self.handlers = dict(map(self._warm, WARM))

    def _warm(self, name: str) -> tuple[str, Callable[[Any, Any], Any]]:
        module = self.account.handler(name)
        module.settings()  # while the environment is this function's
        return name, module.lambda_handler

    def invoke(self, name: str, event: Any) -> Any:
        """What a function answers, all of it under watch."""
        handler = self.handlers.get(name) or self.account.handler(name).lambda_handler
        return self.watch.run(lambda: handler(event, CONTEXT))

    def verb(self, verb: str, **arguments: Any) -> Any:
        """What the operations function answers to a verb."""
        return self.invoke("operations", {"verb": verb, **arguments})

    def drain(self) -> None:
        """Lets the writer work until the queue is empty."""
        while records := self.account.receive():
            for record in records:
                self.watch.note("queue", json.dumps(record))
                self.invoke("writer", {"Records": [record]})
                self.account.delete(record)

    def change(self, worker: dict[str, Any], mark: str, cause: str = "poll") -> dict[str, str]:
        """The body of a message about somebody."""
        body = {"worker_id": worker["id"], "person_id": worker["user_id"], "cause": cause}
        return {**body, "correlation_id": mark}

    def write(self, worker: dict[str, Any], mark: str, cause: str = "poll") -> Any:
        """Has the writer look at somebody, once."""
        attributes = {
            "MessageGroupId": worker["id"], "ApproximateReceiveCount": "1", "SentTimestamp": "0",
        }  # fmt: skip
        record = {
            "messageId": mark, "receiptHandle": "r", "attributes": attributes,
            "body": json.dumps(self.change(worker, mark, cause)),
        }  # fmt: skip
        return self.invoke("writer", {"Records": [record]})

    def give_up(self, worker: dict[str, Any]) -> None:
        """A change about somebody lies among the dead letters."""
        self.account.client("sqs").send_message(
            QueueUrl=self.account.resources["ChangesDeadLetterQueue"], MessageGroupId="g",
            MessageBody=json.dumps(self.change(worker, "up")), MessageDeduplicationId="g",
        )  # fmt: skip

    def be_live(self) -> None:
        """Whatever the verb before has done to the mode."""
        row = {"stream": {"S": "mode"}, "name": {"S": "live"}}
        table = self.account.resources["WatermarksTable"]
        self.account.client("dynamodb").put_item(TableName=table, Item=row)

    def command(self, *words: str) -> int | None:
        """One line of the command, on the operator's machine; the exit code."""

        def call(request: dict[str, Any]) -> dict[str, Any]:
            self.watch.note("sent by the command", json.dumps(request))
            sent = json.loads(json.dumps({**request, "operator": "arn:aws:iam::1:user/kari"}))
            text = json.dumps(self.handlers["operations"](sent, CONTEXT))
            self.watch.note("answered", text)  # all that `--json` could print
            answer: dict[str, Any] = json.loads(text)
            return answer

        line = ["--stack", "connector", *words]
        code: int | None = self.watch.run(lambda: app.main(line, connect=lambda _: call))
        return code


@pytest.fixture(scope="module", params=["rest", "platform"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with nordfab_rippling(people=4) as rippling, nordfab_visma() as visma, ExitStack() as stack:
        api = request.param
        is_older = api == "platform"
        shown = stack.enter_context(RipplingPlatform(rippling)) if is_older else rippling
        ours = {"VismaWebhook": "true", "RipplingApi": api, "RipplingBaseUrl": shown.url}
        mapping = with_payroll(NORDFAB_MAPPING if api == "rest" else MAPPING_BY_NAME)
        rippling.accept_token(TOKENS["api"])
        visma.companies["norway"].client_secret = TOKENS["secret"]
        with pytest.MonkeyPatch.context() as patch:
            for each in (HttpClient, VismaTargets):  # whose waiting is bound to their defaults
                start: Any = each.__init__
                patch.setattr(start, "__kwdefaults__", {**start.__kwdefaults__, "sleep": no_sleep})
            patch.setattr(operating.operations, "__defaults__", (no_sleep,))
            with an_account(rippling, visma, patch, **ours) as account:
                furnish(account)
                with watched(account, rippling, visma, shown) as watch:
                    yield opened(account, watch, mapping)
                    STAGES.clear()


def no_sleep(_: float) -> None:
    """Waits for nothing; where somebody waits for the writer, it works."""
    if STAGES:
        STAGES[0].drain()


STAGES: list[Stage] = []
"""The stage, once it is open."""


def furnish(account: Account) -> None:
    """Secrets that are canaries, pay that is kept, and a bucket."""
    account.keep_pay()
    account.client("s3").create_bucket(
        Bucket="ReportsBucket", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"}
    )
    secrets, companies = credentials()
    companies["companies"]["norway"]["client_secret"] = TOKENS["secret"]
    account.put_secrets({**secrets, "api_token": TOKENS["api"]}, companies)
    account.put_webhook_secret(
        {"webhook_tokens": [TOKENS["webhook"]], "visma": {"norway": TOKENS["signing"]}}
    )


def opened(account: Account, watch: Watch, mapping: str) -> Stage:
    """Canaries on the payroll: one waits, one is refused, one is given up; an approved run."""
    rippling, visma = watch.rippling, watch.visma
    rippling.add_department("Robotics")
    visma.add_employee("9001")
    workers = [
        rippling.hire(dict(PERSON), **WHERE, department=name)
        for name in ("Sales", "Sales", "Sales", "Robotics", "Finance")
    ]
    for worker in workers:
        rippling.odd[worker["id"]] = OF_A_ROW
    nordfab_books(rippling, visma, months=1)
    visma.refuse(str(workers[-1]["number"]), "EmployeeClass")
    stage = Stage(account, watch, workers, mapping)
    watch.invoked = lambda _, event: stage.handlers["poller"](event, CONTEXT)
    stage.verb("mappings import", text=mapping.replace("lead_days: '0'", "lead_days: '1'"))
    stage.verb("mappings import", text=mapping)
    stage.invoke("poller", {})
    stage.drain()
    stage.give_up(workers[1])
    STAGES[:] = [stage]
    return stage


def with_payroll(mapping: str) -> str:
    """The mapping of Nordfab, with payroll switched on, whichever API shows the runs."""
    plain = yaml.load(mapping, Loader=yaml.BaseLoader)  # noqa: S506
    said = {"currency": "NOK", "employer_taxes": ["Employer's contribution"]}
    plain["companies"]["norway"]["payroll"] = {**NORDFAB_PAYROLL, **said}
    return yaml.safe_dump(plain, sort_keys=False)


# What a verb is given where it asks for something: by the name of the argument.


@pytest.fixture(scope="module")
def values(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A value for every argument that a verb may need."""
    person, folder = stage.workers[0], tmp_path_factory.mktemp("given")
    mapping, plan = folder / "mapping.yaml", folder / "plan.json"
    mapping.write_text(stage.mapping, encoding="utf-8")
    stage.command("plan", "-o", str(plan))
    month = datetime.now(UTC).date().replace(day=1) - timedelta(days=1)
    run = stage.watch.rippling.payroll.draft_run(
        "Nordfab AS", month.replace(day=1).isoformat(), month.isoformat(), month.isoformat()
    )
    stage.watch.rippling.payroll.approve_run(run["id"])
    return {
        "person": person["user_id"], "people": person["user_id"], "code": "9001",
        "file": str(mapping), "plan": str(plan), "reason": "closing", "run": run["id"],
    }  # fmt: skip


def line_of(verb: Verb, values: dict[str, str], folder: Path) -> list[str]:
    """The command line with which a verb is called: what it needs, and every file it writes."""
    words = verb.name.split()
    for each in verb.arguments:
        if each.form in (Form.OUTPUT_FILE, Form.OUTPUT_FOLDER):
            path = str(folder / f"{verb.name.replace(' ', '-')}-{each.name}")
            words += [each.flag, path] if each.flag else [path]
        elif each.is_required:
            words += [each.flag, values[each.name]] if each.flag else [values[each.name]]
        elif each.flag == "--yes":
            words.append("--yes")
    return words


def written(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file that the command has written."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield f"file {path.name}", path.read_text(encoding="utf-8")


def test_the_watch_sees_a_canary_wherever_one_may_get_out(stage: Stage) -> None:
    """It is not blind: each place in which it looks shows one that is put there."""
    assert stage.watch.found() == []
    assert stage.watch.shown.journal, "the API that this stage is about was read"
    queues = stage.account.client("sqs")
    for plant in (
        lambda: logging.getLogger("urllib3.x").warning("%s", "kanari"),
        lambda: logging.getLogger("x").debug("x", extra={"reason": "kanari"}),
        lambda: sys.stdout.write("kanari"),
        lambda: fail("kanari"),
        lambda: "kanari",
        lambda: queues.list_queues(QueueNamePrefix="kanari"),
    ):
        stage.watch.run(plant)
        assert stage.watch.found()


def fail(text: str) -> None:
    """Fails with a text that names people, on top of another error that does."""
    try:
        dict[str, str]()[text]
    except KeyError as error:
        raise ValueError(text) from error


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_no_verb_lets_anything_personal_out(
    stage: Stage, values: dict[str, str], verb: Verb, tmp_path: Path
) -> None:
    other = {"adopt": {"person": stage.workers[3]["user_id"]}, "rename": {"code": "9002"}}
    words = line_of(verb, {**values, **other.get(verb.name, {})}, tmp_path)
    stage.be_live()

    code = stage.command(*words)
    said = " ".join(text for where, text in stage.watch.seen if where == "printed")

    out = stage.watch.found(also=written(tmp_path))
    assert [each for each in out if each.split(": ")[1] not in SHOWN.get(verb.name, ())] == []
    if verb.name in REFUSED:
        assert REFUSED[verb.name] in said
    else:
        assert code in (ExitCode.DONE, ExitCode.FINDINGS), said


# Whoever is typed by their address is hashed before it leaves the operator's machine.

ASKED = (
    ("audit", "--person", "kanariwork@example.no"),
    ("plan", "kanariwork@example.no"),
    ("explain", "kanariwork@example.no"),
    ("sync", "kanarihome@example.com"),
    ("waiting", "--person", "kanariwork@example.no"),
    ("replay", "kanariwork@example.no"),
    ("approve", "kanariwork@example.no", "--yes"),
    ("reject", "kanarihome@example.com", "1", "--yes"),
    ("rejected", "take-back", "kanariwork@example.no"),
    ("report", "--cost-centre", "400", "--explain"),
    ("payroll", "export", "RUN", "--plan"),
    ("ping", "--shapes"),
)


@pytest.mark.parametrize("words", ASKED, ids=" ".join)
def test_no_further_argument_lets_anything_personal_out(
    stage: Stage, values: dict[str, str], words: tuple[str, ...]
) -> None:
    stage.be_live()

    stage.command(*(values["run"] if each == "RUN" else each for each in words))

    assert stage.watch.found() == []


def test_every_door_is_watched_and_lets_nothing_out(stage: Stage) -> None:
    worker = stage.workers[0]
    posted = announcement("employee.updated", worker["id"], **dict[str, Any](PERSON))
    bearer = {**posted["headers"], "Authorization": f"Bearer {TOKENS['webhook']}"}
    said = {"employeeNumber": "9001", "id": worker["number"], **PERSON}
    signed = notification(said, "kanari", TOKENS["signing"])
    foreign = notification(said, "kanari", TOKENS["secret"])

    answers = [
        stage.invoke("webhook", {**posted, "headers": bearer}),
        stage.invoke("webhook", posted),
        stage.invoke("webhook", {**posted, "headers": bearer, "body": "%ff kanari" * 99}),
        stage.invoke("notification", to_visma_endpoint(signed)),
        stage.invoke("notification", to_visma_endpoint(foreign)),
        stage.invoke("notification", to_visma_endpoint({**signed, "body": "{kanari"})),
    ]
    stage.invoke("poller", {"recheck": {"company": "norway", "codes": ["9001"]}})
    keys = [{"company": {"S": "norway"}, "rule": {"S": "department#Sales"}}]
    stage.invoke("releaser", {"Records": [{"dynamodb": {"Keys": key}} for key in keys]})
    stage.drain()

    assert [each["statusCode"] for each in answers[:2]] == [202, 401]
    assert stage.watch.found() == []


BROKEN = (
    (HttpClient, "get"), (Applier, "apply"), (PersonReader, "read"), (DynamoLedger, "finish"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("layer", "method"), BROKEN, ids=lambda each: getattr(each, "__name__", each)
)
def test_an_error_of_ours_in_any_layer_is_raised_without_the_words_it_came_with(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, layer: type, method: str
) -> None:
    """Chained to another, and both with everything there is to know."""
    stage.be_live()
    broken: list[str] = []

    def crash(*_: Any, **__: Any) -> None:
        broken.append(method)
        fail(f"{PERSON} {EMPLOYMENT} {TOKENS}")

    monkeypatch.setattr(layer, method, crash)
    stage.watch.rippling.change_user(stage.workers[2]["user_id"], work_phone="+47 000 77434")
    stage.write(stage.workers[2], "broken")
    stage.invoke("poller", {"full_sweep": True})
    stage.verb("sync", person=str(stage.workers[2]["number"]))

    raised = [text for where, text in stage.watch.seen if where == "raised"]
    assert broken
    assert any("CrashError" in text for text in raised)
    assert stage.watch.found() == []


ANSWERS = (
    *((status, "json") for status in (200, 201, 204, 302, 400, 401, 403, 404, 412, 500)),
    *((200, form) for form in FORMS),
)
READ = ((200, "json"), (200, "list"), (200, "broken"), (302, "json"), (400, "json"), (403, "json"))
"""Of these what a read can make a difference of; all of it is one place in the code."""

CALLS = (("visma", "PUT"), ("visma", "GET"), ("rippling", "GET"))


def repeat(
    stage: Stage, patch: pytest.MonkeyPatch, vendor: str, method: str, told: tuple[int, str]
) -> bool:
    """Has a vendor answer so, and somebody written; whether it was asked at all."""
    server = stage.watch.shown if vendor == "rippling" else stage.watch.visma
    worker = stage.workers[1]
    answer, asked = server.answer, list[str]()

    def repeats(request: Request) -> Response:
        if request.method != method or "token" in request.path:
            response: Response = answer(request)
            return response
        asked.append(request.path)
        return echo(request, *told)

    with patch.context() as during:
        during.setattr(server, "answer", repeats)
        phone = f"+47 000 7743 {len(stage.watch.shown.journal)}"
        # The older API shows no phone number of which it could be told what it is for.
        named = f"Kanarifamily{len(stage.watch.shown.journal)}"
        stage.watch.rippling.change_user(worker["user_id"], work_phone=phone, family_name=named)
        # After an edit in Visma the employee is read first, whatever is remembered.
        stage.write(worker, "-".join(map(str, told)), "drift" if method == "GET" else "poll")
        if vendor == "rippling" and told[1] == "list":
            stage.invoke("poller", {})
    return bool(asked)


@pytest.mark.parametrize(("vendor", "method"), CALLS)
def test_a_vendor_that_repeats_everything_it_knows_is_not_repeated(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, vendor: str, method: str
) -> None:
    """Every kind of status, every form of answer; before the write, and as its answer."""
    stage.be_live()

    answers = ANSWERS if method == "PUT" else READ

    silent = [each for each in answers if not repeat(stage, monkeypatch, vendor, method, each)]

    assert silent == []
    assert stage.watch.found() == []


@pytest.mark.parametrize("vendor", ["visma", "rippling"])
def test_a_vendor_that_has_had_enough_is_not_repeated_either(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, vendor: str
) -> None:
    """Behind all others, because nobody is asked for a while after that."""
    stage.be_live()

    assert repeat(stage, monkeypatch, vendor, "GET", (429, "json"))
    assert stage.watch.found() == []


def test_nothing_personal_is_stored_or_stands_in_an_address(stage: Stage) -> None:
    assert stage.watch.found(also=stage.watch.at_rest()) == []
