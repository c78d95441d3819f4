"""The `connector` command: calls the operations function of a stack and draws its answer.

It holds no secret and decides nothing. Exit codes: 0 done and nothing to put right, 1 done and
something to put right, 2 wrong use, 3 refused or not reached.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

DONE, FINDINGS, REFUSED = 0, 1, 3
EFFECTS = ("moves", "releases", "blocks", "excludes", "includes")
SYSTEMS = {"connector": "The connector", "rippling": "Rippling", "visma": "Visma"}
MARKS = {
    "good": ("ok", 32),
    "note": ("--", 36),
    "warning": ("! ", 33),
    "bad": ("!!", 31),
    "unknown": ("??", 35),
}
"""How a check is drawn: its mark, and the colour of that on a terminal."""

PAGE_WIDTH, MARGIN = 100, 6
READS_A_FILE = ("mappings import", "mappings diff", "mappings check")

Answer = Mapping[str, Any]


class NotReachedError(Exception):
    """The stack, its operations function or AWS cannot be reached."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carries out one command line."""
    options = _parser().parse_args(arguments)
    try:
        request = _request(options)
        call = _caller(options)
        answer = _repeat(call, request) if options.verb == "replay" else call(request)
    except (NotReachedError, OSError) as error:
        return _refuse([str(error)], as_json=options.json)
    if not answer["ok"]:
        return _refuse(answer["problems"], as_json=options.json)
    if _verb(options) == "mappings export" and options.file:
        options.file.write_text(answer["text"], encoding="utf-8")
        if not options.json:
            print(f"mapping written to {options.file}")
    elif options.json:
        print(json.dumps(answer, indent=2, ensure_ascii=False))
    else:
        _DRAW[_verb(options)](answer)
    to_put_right = ("findings", "left", "unknown", "blocked", "to_put_right")
    return FINDINGS if any(answer.get(name) for name in to_put_right) else DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="connector", description="Looks after a Rippling -> Visma.net ERP connector."
    )
    parser.add_argument("--stack", required=True, help="name of the CloudFormation stack")
    parser.add_argument("--endpoint-url", help="another AWS endpoint, such as the embedded AWS")
    parser.add_argument("--region", help="AWS region")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    mappings = _add_mappings(verbs.add_parser("mappings", help="look after the mapping"))
    audit = verbs.add_parser("audit", help="what happened to whom, and why")
    audit.add_argument("--person", help="person id or employee code")
    audit.add_argument("--outcome", help="created, updated, waiting, ...")
    audit.add_argument("--since", help="a day like 2026-11-01, or a time; the last day if absent")
    waiting = verbs.add_parser("waiting", help="who waits for what")
    held = verbs.add_parser("held", help="whom a guard holds, and why")
    approve = verbs.add_parser("approve", help="have done what is held")
    reject = verbs.add_parser("reject", help="leave as they are those who are held")
    for word in (approve, reject):
        word.add_argument("--run", help="everybody whom this run holds")
        word.add_argument("people", nargs="*", help="person ids or employee codes")
    adopt = verbs.add_parser("adopt", help="tie a person to an employee that Visma has already")
    rename = verbs.add_parser("rename", help="give a person's employee another code in Visma")
    for identity in (adopt, rename):
        identity.add_argument("person", help="person id, as the audit shows it")
        identity.add_argument("code", help="employee code")
        identity.add_argument("--company", help="key of the company; not needed with only one")
    duplicates = verbs.add_parser("duplicates", help="employees in Visma who look like one person")
    duplicates.add_argument("--company", help="key of the company")
    ping = verbs.add_parser("ping", help="is everything there that the connector lives on?")
    letters = verbs.add_parser("dead-letters", help="changes that could not be dealt with")
    replay = verbs.add_parser("replay", help="queue the dead letters again")
    resume = verbs.add_parser("resume", help="poll again after the app was uninstalled")
    oauth = verbs.add_parser("oauth", help="install the App Shop app in Rippling")
    starts = oauth.add_subparsers(dest="kind", required=True, metavar="KIND").add_parser(
        "start", help="a link for an administrator of Rippling, good for ten minutes"
    )
    others = (ping, starts, held, approve, reject, adopt, rename, duplicates)
    for leaf in (*mappings, audit, waiting, letters, replay, resume, *others):
        leaf.add_argument("--json", action="store_true", help="the answer as JSON")
    return parser


def _add_mappings(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    leaves: list[argparse.ArgumentParser] = []
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    for kind, what, file in (
        ("import", "make this file the mapping", "needed"),
        ("diff", "say what importing this file would do", "needed"),
        ("check", "hold a file, or the mapping, against both systems", "optional"),
        ("export", "write the mapping to a file, or print it", "optional"),
        ("rollback", "go back to the mapping before the last import", ""),
    ):
        leaves.append(kinds.add_parser(kind, help=what))
        if file:
            leaves[-1].add_argument("file", type=Path, nargs="?" if file == "optional" else None)
    return leaves


def _verb(options: argparse.Namespace) -> str:
    return " ".join([options.verb, *([options.kind] if "kind" in options else [])])


def _request(options: argparse.Namespace) -> dict[str, Any]:
    request: dict[str, Any] = {"verb": _verb(options)}
    if _verb(options) in READS_A_FILE and options.file:
        request["text"] = options.file.read_text(encoding="utf-8")
    sent = ("person", "outcome", "since", "run", "people", "code", "company")
    request |= {name: getattr(options, name) for name in sent if hasattr(options, name)}
    return request


def _caller(options: argparse.Namespace) -> Callable[[Mapping[str, Any]], Answer]:
    import boto3  # noqa: PLC0415 - a wrong command line must not wait for it
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    once = Config(read_timeout=330, retries={"total_max_attempts": 1})

    def client(service: str) -> Any:
        session: Any = boto3.Session(region_name=options.region)
        return session.client(service, endpoint_url=options.endpoint_url, config=once)

    def call(request: Mapping[str, Any]) -> Answer:
        try:
            name = _function_name(client("cloudformation"), options.stack)
            answer = client("lambda").invoke(
                FunctionName=name, Payload=json.dumps(request).encode()
            )
        except (BotoCoreError, ClientError) as error:
            raise NotReachedError(f"AWS does not answer as expected: {error}") from None
        payload = json.loads(answer["Payload"].read())
        if answer.get("FunctionError"):
            kind = payload.get("errorType", "an error")
            raise NotReachedError(f"the function {name} failed with {kind}; see its log")
        return dict(payload)

    return call


def _function_name(cloudformation: Any, stack: str) -> str:
    outputs = cloudformation.describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
    names = {output["OutputKey"]: output["OutputValue"] for output in outputs}
    if "OperationsFunctionName" not in names:
        raise NotReachedError(f"the stack {stack} has no output OperationsFunctionName")
    return str(names["OperationsFunctionName"])


def _repeat(call: Callable[[Mapping[str, Any]], Answer], request: Mapping[str, Any]) -> Answer:
    """Replays until nothing is left, telling how far it is after each round."""
    replayed = 0
    while True:
        answer = call(request)
        if not answer["ok"]:
            return answer
        replayed += answer["replayed"]
        if not answer["more"]:
            return {**answer, "replayed": replayed}
        print(f"{replayed} replayed ...", file=sys.stderr)


def _refuse(problems: Iterable[str], *, as_json: bool) -> int:
    listed = list(problems)
    if as_json:
        print(json.dumps({"ok": False, "problems": listed}, indent=2, ensure_ascii=False))
    for problem in () if as_json else listed:
        print(problem, file=sys.stderr)
    return REFUSED


def _draw_import(answer: Answer) -> None:
    companies = ", ".join(answer["companies"])
    print(f"mapping of {companies}: {answer['written']} rows written, {answer['removed']} removed")


def _draw_rollback(answer: Answer) -> None:
    print(f"back to the mapping before the import of {answer['before']}")
    _draw_import(answer)


def _draw_diff(answer: Answer) -> None:
    for company in answer["companies"]:
        for line in _effects_in(company):
            print(line)
    for sign, word in (("+", "added"), ("~", "changed"), ("-", "removed")):
        rows = answer["rows"][word]
        print(f"{rows['count']} rows {word}")
        for line in _first_of(rows, str):
            print(f"  {sign} {line}")


def _effects_in(company: Answer) -> Iterator[str]:
    moves, releases, strands = (company[kind]["count"] for kind in EFFECTS[:3])
    others = (("excludes", company["excludes"]), ("includes", company["includes"]))
    more = "".join(f", {word} {each['count']}" for word, each in others if each["count"])
    people = "1 person" if moves == 1 else f"{moves} people"
    yield f"{company['company']}: moves {people}, releases {releases}, blocks {strands}{more}"
    for kind in EFFECTS:
        word = kind.replace("_", " ")
        for line in _first_of(company[kind], lambda each: f"{each['who']}  {each['how']}".rstrip()):
            yield f"  {word}  {line}"
    if company["hinges_on_pay"]:
        yield f"  the class of {company['hinges_on_pay']} depends on pay: only an import tells"
    if not company["visma_known"]:
        yield "  Visma was never read for this company: what it lacks is not known"


def _first_of(listed: Answer, draw: Callable[[Any], str]) -> Iterator[str]:
    yield from map(draw, listed["first"])
    left = listed["count"] - len(listed["first"])
    if left:
        yield f"and {left} more"


def _draw_export(answer: Answer) -> None:
    print(answer["text"], end="")


def _draw_check(answer: Answer) -> None:
    for finding in answer["findings"]:
        print(f"{finding['company']}: {finding['message']}")
    count = len(answer["findings"])
    print(f"{count} to put right" if count else "the mapping fits both systems")


def _draw_audit(answer: Answer) -> None:
    if answer["left_out"]:
        print(f"({answer['left_out']} earlier rows are not shown; ask for less with --since)")
    for row in answer["rows"]:
        planned = " (planned)" if row.get("planned") else ""
        print(f"{row['time'][:19]}  {row['person']}  {row['message']}{planned}")
    if not answer["rows"]:
        print("no audit rows; look further back with --since")


def _draw_waiting(answer: Answer) -> None:
    for row in answer["rows"]:
        who = row["employee_code"] or row["person"]
        print(f"{row['company']}  {who}  since {row['since'][:10]}  {row['reason']}")
    print(f"{len(answer['rows'])} waiting")


def _draw_held(answer: Answer) -> None:
    for row in answer["rows"]:
        who = row["employee_code"] or row["person"]
        print(
            f"{row['company']}  {who}  {row['kind']}  run {row['run']}  since {row['since'][:10]}"
        )
    for reason in sorted({row["reason"] for row in answer["rows"]}):
        print(reason)
    print(f"{len(answer['rows'])} held")


def _draw_word(answer: Answer) -> None:
    print(f"{answer['queued']} queued")
    if answer["unknown"]:
        print(f"not held: {', '.join(answer['unknown'])}")


def _draw_identity(answer: Answer) -> None:
    print(f"person {answer['person']} is employee {answer['code']} in {answer['company']}")


def _draw_duplicates(answer: Answer) -> None:
    for row in answer["rows"]:
        active = f"{len(row['active'])} active" if row["active"] else "none active"
        print(f"{row['company']}  {', '.join(row['codes'])}  {row['reason']}  {active}")
    print(f"{len(answer['rows'])} groups of employees look like one person")


def _draw_letters(answer: Answer) -> None:
    for row in answer["rows"]:
        what = f"worker {row['worker']} ({row['cause']})" if row["is_change"] else "not a change"
        print(f"{row['sent_at']}  {what}  {row['reason']}")
    print(f"{len(answer['rows'])} dead letters")


def _draw_replay(answer: Answer) -> None:
    left = f", {answer['left']} left: they are not changes" if answer["left"] else ""
    print(f"{answer['replayed']} replayed{left}")


def _draw_oauth(answer: Answer) -> None:
    print(f"For an administrator of Rippling, until {answer['expires_at']}:\n{answer['link']}")
    if answer["install_link"]:
        print("If Rippling comes back without the state, start once more, from this link:")
        print(answer["install_link"])


def _draw_resume(answer: Answer) -> None:
    if answer["was_paused"]:
        print(f"polling goes on; it was stopped since {answer['since']}: {answer['reason']}")
    else:
        print("polling was not stopped")


def _draw_ping(answer: Answer) -> None:
    paint = _painter()
    for group in answer["systems"]:
        company = f": {group['company']}" if group["company"] else ""
        print(f"{SYSTEMS[group['system']]}{company}")
        for (level, sentence, remedy), alike in groupby(group["checks"], _line_of):
            names = [check["name"].replace("_", " ") for check in alike]
            told = f"{sentence} ({', '.join(names)})" if len(names) > 1 else sentence
            print(f"  {paint(level)}  {_folded(told)}")
            if remedy:
                print(f"      {_folded(f'-> {remedy}')}")
        print()
    counts = answer["counts"]
    told = f"{counts['bad']} to put right, {counts['warning']} to look at"
    print(f"{told}, {counts['unknown']} not known" if answer["to_put_right"] else "all is well")


def _line_of(check: Answer) -> tuple[str, str, str]:
    return check["level"], check["message"], check["remedy"]


def _folded(text: str) -> str:
    margin = " " * MARGIN
    return textwrap.fill(
        text,
        PAGE_WIDTH,
        initial_indent=margin,
        subsequent_indent=margin,
        break_on_hyphens=False,
        break_long_words=False,
    ).lstrip()


def _painter() -> Callable[[str], str]:
    """Draws the mark of a level, in colour where somebody looks at it who wants that."""
    is_plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    if is_plain or not sys.stdout.isatty():
        return lambda level: MARKS[level][0]
    return lambda level: "\x1b[{1}m{0}\x1b[0m".format(*MARKS[level])


_DRAW: Mapping[str, Callable[[Answer], None]] = {
    "mappings import": _draw_import,
    "mappings rollback": _draw_rollback,
    "mappings diff": _draw_diff,
    "mappings export": _draw_export,
    "mappings check": _draw_check,
    "audit": _draw_audit,
    "waiting": _draw_waiting,
    "held": _draw_held,
    "approve": _draw_word,
    "reject": _draw_word,
    "adopt": _draw_identity,
    "rename": _draw_identity,
    "duplicates": _draw_duplicates,
    "dead-letters": _draw_letters,
    "replay": _draw_replay,
    "oauth start": _draw_oauth,
    "resume": _draw_resume,
    "ping": _draw_ping,
}
