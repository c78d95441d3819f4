"""A person and credentials that are canaries, and a watch over everything that leaves a function.

What is watched: every log record of every logger at every level, with its traceback and the chain
of exceptions; what is printed; every call to AWS with its parameters; what is raised, as Lambda
prints it; every row, message and object that is stored; every address that a vendor is asked at.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.client import BaseClient

from tests.simulator import Rippling, RipplingPlatform, Visma
from tests.simulator.messages import Request, Response, json_response
from tests.support.aws import Account

PERSON: dict[str, Any] = {
    "given_name": "Kanarigiven", "middle_name": "Kanarimiddle", "family_name": "Kanarifamily",
    "preferred_given_name": "Kanarinick", "preferred_family_name": "Kanarinickfamily",
    "work_phone": "+47 000 77431", "mobile": "+47 000 77432", "home_phone": "+47 000 77433",
    "street": "Kanaristreet 7", "city": "Kanaricity", "region": "Kanariregion",
    "postal_code": "0774", "personal_email": "kanarihome@example.com",
}  # fmt: skip
EMPLOYMENT = {"work_email": "kanariwork@example.no", "annual_salary": 931_731_529.25}
OF_A_ROW = {
    "national_id": "kanari-010190-77431", "bank_account": "kanari-7743.10.00000",
    "date_of_birth": "1977-04-31", "gender": "kanarigender",
}  # fmt: skip
"""What Rippling could show besides: nobody asks for it, and it goes nowhere."""

TOKENS = {
    "api": "kanaritoken-rippling-api", "secret": "kanaritoken-visma-client-secret",
    "webhook": "kanaritoken-webhook-bearer", "signing": "kanaritoken-signing-key",
}  # fmt: skip

PAY = ("931731529", "931 731 529", "931,731,529")
WORDS = (
    "kanari", "000 7743", "0007743", "7743.10", "010190-7743", "1977-04-31", *PAY,
)  # fmt: skip
"""In small letters; each is part of a value above, and longer than a time holds by chance."""

PUT_AWAY = {"PutSecretValue", "Encrypt", "Decrypt"}
"""Calls to AWS that are there to carry what is secret."""

NOISE = ("moto", "werkzeug", "responses")
"""Loggers of what plays AWS in these tests."""


@dataclass
class Watch:
    """All that was seen leaving, with where it was seen."""

    account: Account
    rippling: Rippling
    visma: Visma
    shown: Rippling | RipplingPlatform
    """The server whose API the connector reads."""

    granted: set[str] = field(default_factory=set)
    """Tokens that a vendor has given out: these are canaries as well."""

    seen: list[tuple[str, str]] = field(default_factory=list)
    invoked: Callable[[str, Any], Any] | None = None
    """Has a function invoked by its name in the template: nothing here plays Lambda."""

    def note(self, where: str, what: object) -> None:
        """Something left there."""
        self.seen.append((where, what if isinstance(what, str) else repr(what)))

    def run(self, what: Callable[[], Any]) -> Any:
        """Has something done; what it answers is noted, and what it raises as Lambda shows it."""
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
                answer = what()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is printed
            self.note("raised", "".join(traceback.format_exception(error)))
            answer = None
        self.note("printed", printed.getvalue())
        self.note("answered", answer)
        return answer

    def at_rest(self) -> Iterator[tuple[str, str]]:
        """What is stored: every table, every queue, and every object."""
        for name in self.account.resources:
            if name.endswith("Table"):
                yield name, repr(self.account.scan(name))
        s3 = self.account.client("s3")
        for bucket in s3.list_buckets()["Buckets"]:
            for each in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", ()):
                body = s3.get_object(Bucket=bucket["Name"], Key=each["Key"])["Body"].read()
                yield each["Key"], body.decode(errors="replace")
        for vendor in {self.rippling, self.shown, self.visma}:
            for call in vendor.journal:
                yield "an address", f"{call.path} {call.query}"

    def found(self, also: Iterable[tuple[str, str]] = ()) -> list[str]:
        """Where canaries were seen since the last time, with the word and what stands around it."""
        seen, self.seen = self.seen, []
        words = (*WORDS, *map(str.casefold, self.granted))
        return [
            f"{where}: {word}: ...{_around(text, word)}..."
            for where, text in ((where, text.casefold()) for where, text in (*seen, *also))
            for word in words
            if word in text
        ]


def _around(text: str, word: str) -> str:
    at = text.index(word)
    return text[max(0, at - 120) : at + 60]


@contextlib.contextmanager
def watched(
    account: Account,
    rippling: Rippling,
    visma: Visma,
    shown: Rippling | RipplingPlatform | None = None,
) -> Iterator[Watch]:
    """Watches everything that leaves, from here to the end."""
    watch = Watch(account, rippling, visma, shown or rippling)
    root, listener = logging.getLogger(), _Listener(watch)
    before = root.level
    for name in NOISE:
        logging.getLogger(name).setLevel(logging.WARNING)
    with pytest.MonkeyPatch.context() as patch:
        _hear_aws(patch, watch)
        _learn_tokens(patch, watch)
        root.addHandler(listener)
        root.setLevel(logging.DEBUG)
        try:
            yield watch
        finally:
            root.removeHandler(listener)
            root.setLevel(before)


class _Listener(logging.Handler):
    """Notes a record with all that it carries."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(logging.NOTSET)
        self._watch = watch

    def emit(self, record: logging.LogRecord) -> None:
        """Notes a record."""
        if record.name.startswith(NOISE):
            return
        thrown = record.exc_info and record.exc_info[1]
        trace = "".join(traceback.format_exception(thrown)) if thrown else ""
        self._watch.note(f"log {record.name}", f"{record.getMessage()} {record.__dict__} {trace}")


def _hear_aws(patch: pytest.MonkeyPatch, watch: Watch) -> None:
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def heard(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if operation not in PUT_AWAY:
            watch.note(f"aws {operation}", json.dumps(parameters, default=repr))
        if operation == "Invoke" and watch.invoked:
            answer = watch.invoked(parameters["FunctionName"], json.loads(parameters["Payload"]))
            return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(answer).encode())}
        return call(self, operation, parameters)

    patch.setattr(BaseClient, "_make_api_call", heard)


def _learn_tokens(patch: pytest.MonkeyPatch, watch: Watch) -> None:
    def learning(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
        def learnt(request: Request) -> Response:
            response = answer(request)
            if b'"access_token"' in response.payload:
                told = json.loads(response.payload)
                tokens = (told.get(f"{kind}_token") for kind in ("access", "refresh"))
                watch.granted.update(filter(None, tokens))
            return response

        return learnt

    for vendor in (watch.visma, watch.rippling):
        patch.setattr(vendor, "answer", learning(vendor.answer))


def everything(request: Request) -> dict[str, Any]:
    """All canaries, with what was sent: a vendor that repeats whatever it is told, and more."""
    sent = request.raw.decode(errors="replace")
    return {**PERSON, **EMPLOYMENT, **OF_A_ROW, **TOKENS, "you sent": sent, **request.headers}


FORMS = ("json", "list", "html", "text", "broken")


def echo(request: Request, status: int, form: str) -> Response:
    """An answer full of canaries, in one of the forms in which vendors answer."""
    told = everything(request)
    text = " ".join(map(str, told.values()))
    line = text.replace("\r", " ").replace("\n", " ").encode("ascii", "replace").decode()[:900]
    headers = {"X-Told": line, "Location": "/v1/employee/kanarilocation"}
    if form == "json":
        messages = {"message": text, "error": text, "detail": text, "errors": [{"name": told}]}
        return json_response(status, {**messages, "results": told, "data": [told]}, headers)
    if form == "list":
        return json_response(status, [told, text, 7], headers)
    kinds = {"html": "text/html", "text": "text/plain", "broken": "application/json"}
    body = {"html": f"<html>{text}</html>", "text": text, "broken": f'{{"message": "{text}'}[form]
    return Response(status, body.encode(), headers, kinds[form])
