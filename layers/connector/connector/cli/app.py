"""The command line: made from the registry of verbs, so that it knows none of them.

Each verb becomes a typer command with the arguments that it names. What it asks of the account and
how its result looks is in `stack` and `render`.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from connector import __version__
from connector.cli.exits import EXIT_CODES, CommandError, ExitCode
from connector.cli.files import read_text, write_text, write_texts
from connector.cli.progress import progress
from connector.cli.render import show
from connector.cli.stack import Call, Connection, connect
from connector.cli.terminal import clean, give_up_output, prepare_output
from connector.services.operate.verbs import FAMILIES, VERBS
from connector.services.operate.verbs.verb import (
    Argument,
    Form,
    JsonObject,
    UnusableInputError,
    Verb,
    WrongUsageError,
)

Connect: TypeAlias = Callable[[Connection], Call]
Given: TypeAlias = Mapping[str, object]
"""What stood on the command line, by the names of a verb's arguments."""

OUTPUTS = (Form.OUTPUT_FILE, Form.OUTPUT_FOLDER)

EXIT_CODE_LINES = "\n".join(f"  {code.value:<3} {meaning}" for code, meaning in EXIT_CODES.items())
HELP = f"""Look after a Rippling -> Visma.net ERP connector.

\b
Exit codes:
{EXIT_CODE_LINES}
"""
ALONE = "say --yes; nothing was done"
BEFORE_THE_VERB = ("--stack", "--region", "--profile", "--endpoint-url")
NO_STACK = "name the stack: --stack NAME before the verb, or the variable CONNECTOR_STACK"


@dataclass(frozen=True, slots=True)
class Session:
    """What is the same for all verbs of one command line."""

    connection: Connection
    connect: Connect


def main(arguments: Sequence[str] | None = None, *, connect: Connect = connect) -> int:
    """Carries out one command line; the exit code."""
    prepare_output()
    try:
        code = run(arguments, connect)
        sys.stdout.flush()
    except OSError as error:
        return give_up_output(error)
    return code


def run(arguments: Sequence[str] | None, connect: Connect) -> int:
    """Has typer carry out a command line; the exit code.

    Raises:
        OSError: the output cannot be written.
    """
    given = None if arguments is None else list(arguments)
    try:
        commands(VERBS).main(args=given, prog_name="connector", obj=connect)
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):
            raise end.__context__ from None  # typer would end with 1, which means something here
        say_where_it_goes(end.__context__)
        return end.code if isinstance(end.code, int) else ExitCode.WRONG_USAGE
    return ExitCode.DONE


def say_where_it_goes(error: BaseException | None) -> None:
    """One line more for an option that there is, where it stood behind the verb."""
    option = getattr(error, "option_name", "")
    if hasattr(error, "possibilities") and option in BEFORE_THE_VERB:
        typer.echo(f"{option} goes before the verb: connector {option} NAME VERB", err=True)


@cache
def commands(verbs: tuple[Verb, ...]) -> Any:
    """The whole command line as typer carries it out, made once: it keeps nothing of any line."""
    return typer.main.get_command(build(verbs))


def build(verbs: Iterable[Verb]) -> typer.Typer:
    """The whole command line, a command for each verb."""
    app = new_app(HELP)
    app.callback()(session_options())
    families = {name: new_app(text) for name, text in FAMILIES.items()}
    for name, family in families.items():
        app.add_typer(family, name=name)
    for verb in verbs:
        first, _, second = verb.name.partition(" ")
        words: dict[str, Any] = {"help": verb.help, "epilog": examples_of(verb)}
        if first in families and not second:  # a verb of one word that has others below it
            families[first].callback(invoke_without_command=True, **words)(command_of(verb))
            families[first].info.no_args_is_help = False
            continue
        home = families[first] if second else app
        home.command(second or first, **words)(command_of(verb))
    return app


def new_app(text: str) -> typer.Typer:
    """A command with sub-commands; plain help, so that any terminal and any pipe shows it."""
    return typer.Typer(
        help=text, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False
    )


def examples_of(verb: Verb) -> str:
    """The examples of a verb, as they stand at the end of its help."""
    return "\b\nExamples:\n" + "\n".join(f"  {each}" for each in verb.examples)


def session_options() -> Callable[..., None]:
    """What may stand before every verb; the context begins with how to connect."""

    def session(
        context: typer.Context,
        *,
        stack: Annotated[
            str,
            typer.Option(help="Name of the stack.", envvar="CONNECTOR_STACK", metavar="NAME"),
        ] = "",
        region: Annotated[str | None, typer.Option(help="AWS region.", metavar="NAME")] = None,
        profile: Annotated[str | None, typer.Option(help="AWS profile.", metavar="NAME")] = None,
        endpoint_url: Annotated[
            str | None,
            typer.Option(help="Another AWS endpoint, such as the embedded AWS.", metavar="URL"),
        ] = None,
        version: Annotated[
            bool,
            typer.Option(
                "--version", help="Show the version.", is_eager=True, callback=end_with_version
            ),
        ] = False,
    ) -> None:
        del version  # the option has a callback of its own
        connection = Connection(stack, endpoint_url, region, profile)
        context.obj = Session(connection, context.obj)

    # typer reads annotations as objects, and this module has them as texts.
    session.__annotations__ = inspect.get_annotations(session, eval_str=True)
    return session


def end_with_version(is_wanted: bool) -> None:
    """Shows the version and ends, before anything else is looked at."""
    if is_wanted:
        sys.stdout.write(f"connector {__version__}\n")
        raise typer.Exit


def command_of(verb: Verb) -> Callable[..., None]:
    """The function that typer calls for a verb, with a parameter for each argument."""

    def command(context: typer.Context, *, as_json: bool, **given: object) -> None:
        if context.invoked_subcommand:
            return
        raise typer.Exit(execute(context.obj, verb, given, as_json=as_json))

    parameters = [
        inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context),
        *(parameter_of(argument) for argument in verb.arguments),
        inspect.Parameter(
            "as_json",
            inspect.Parameter.KEYWORD_ONLY,
            default=False,
            annotation=Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")],
        ),
    ]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    return command


def parameter_of(argument: Argument) -> inspect.Parameter:
    """An argument of a verb as typer wants it."""
    if argument.form is Form.FLAG:
        return flag_parameter(argument)
    kinds: dict[Form, Any] = {
        Form.COUNT: int,
        Form.TEXT: str,
        Form.TEXTS: list[str],
        Form.PERSON: str,
        Form.PEOPLE: list[str],
        Form.INPUT_FILE: Path,
        Form.OUTPUT_FILE: Path,
        Form.OUTPUT_FOLDER: Path,
    }
    kind = kinds[argument.form] if argument.is_required else kinds[argument.form] | None
    metavar = argument.name.upper()
    least = 1 if argument.form is Form.COUNT else None
    described = (
        typer.Option(argument.flag, help=argument.help, metavar=metavar, min=least)
        if argument.flag
        else typer.Argument(help=argument.help, metavar=metavar)
    )
    return inspect.Parameter(
        argument.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if argument.is_required else None,
        annotation=Annotated[kind, described],
    )


def flag_parameter(argument: Argument) -> inspect.Parameter:
    """An argument that is given or not, as typer wants it."""
    return inspect.Parameter(
        argument.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=False,
        annotation=Annotated[bool, typer.Option(argument.flag, help=argument.help)],
    )


def execute(session: Session, verb: Verb, given: Given, *, as_json: bool) -> int:
    """Asks for a verb and shows what came of it; the exit code."""
    try:
        request = verb.prepared(request_of(verb, given))
        result = verb.without_account(request)
        if result is None:
            result = from_account(session, verb, request, as_json=as_json)
        if not result["ok"]:
            return refuse(result["problems"], as_json=as_json)
        present(verb, result, outputs(verb, given), as_json=as_json)
    except UnusableInputError as error:
        is_usage = isinstance(error, WrongUsageError)
        code = ExitCode.WRONG_USAGE if is_usage else ExitCode.REFUSED
        return refuse(str(error).splitlines(), as_json=as_json, code=code)
    except CommandError as error:
        return refuse([str(error)], as_json=as_json, code=error.code)
    except KeyboardInterrupt:
        return refuse([verb.said_of_interruption()], as_json=as_json, code=ExitCode.INTERRUPTED)
    return ExitCode.FINDINGS if verb.needs_attention(result) else ExitCode.DONE


def from_account(session: Session, verb: Verb, request: JsonObject, *, as_json: bool) -> JsonObject:
    """What the account answers, once the operator is sure.

    Raises:
        UnusableInputError: no stack is named, or the operator does not want it.
        CommandError: the stack is not reached.
    """
    if not session.connection.stack:
        raise WrongUsageError(NO_STACK)
    if verb.asks and not request.pop("yes", False):
        asked(session, verb, request, as_json=as_json)
    return complete_result(session, verb, request, is_quiet=as_json)


def asked(session: Session, verb: Verb, request: JsonObject, *, as_json: bool) -> None:
    """Shows what a verb would do, and asks.

    Raises:
        UnusableInputError: the answer is no, or nobody is there to give one.
    """
    is_alone = as_json or not sys.stdin.isatty()
    if is_alone and not verb.asks_seldom:
        raise UnusableInputError(f"{verb.name} asks before it acts, and nobody is there: {ALONE}")
    preview = session.connect(session.connection)({**request, "preview": True})
    if not preview["ok"]:
        raise UnusableInputError("\n".join(preview["problems"]))
    view, question = verb.question(preview)
    if is_alone and question:
        raise UnusableInputError(
            f"{question} nobody is there to be asked, and nothing was done: say --yes"
        )
    if not is_alone:
        show(view)
    if question and not typer.confirm(question):
        raise UnusableInputError("nothing was done")


def request_of(verb: Verb, given: Given) -> JsonObject:
    """What is sent to the account: the arguments, and files by their text."""
    request: JsonObject = {"verb": verb.name}
    for argument in verb.arguments:
        value = given[argument.name]
        if not isinstance(value, Path):
            is_absent = argument.is_file or value is False
            request |= {} if is_absent else {argument.name: value}
        elif argument.form is Form.INPUT_FILE:
            request["text"] = read_text(value, argument.largest_bytes)
    return request


def outputs(verb: Verb, given: Given) -> dict[Form, Path]:
    """The file and the folder that get the result, where they were named."""
    named = {each.form: given[each.name] for each in verb.arguments if each.form in OUTPUTS}
    return {form: path for form, path in named.items() if isinstance(path, Path)}


def complete_result(
    session: Session, verb: Verb, request: JsonObject, *, is_quiet: bool
) -> JsonObject:
    """The result of a verb, asked for until it is complete."""
    call = session.connect(session.connection)
    with progress(f"{verb.name} ...", is_wanted=not is_quiet) as update:
        result = call(request)
        while result["ok"] and not verb.is_complete(result):
            update(f"{verb.name} ... {show_counts(result)}")
            request = verb.continued(request, result)
            then = call(request)
            result = verb.added(result, then) if then["ok"] else then
    return result


def show_counts(result: JsonObject) -> str:
    """How far a verb is that needs several invocations."""
    return ", ".join(
        f"{count} {name.replace('_', ' ')}"
        for name, count in result.items()
        if type(count) is int and count
    )


def present(verb: Verb, result: JsonObject, paths: Mapping[Form, Path], *, as_json: bool) -> None:
    """Shows a result in the way that was asked for; JSON is silent about a file."""
    for form, path in paths.items():
        if form is Form.OUTPUT_FILE:
            write_text(path, verb.text_of(result, path.name))
        else:
            write_texts(path, verb.texts_of(result))
        if not as_json:
            sys.stdout.write(f"written to {clean(str(path))}\n")
    if paths and not verb.is_shown_besides:
        return
    if as_json:
        print_json(verb.told_to_programs(result))
    else:
        show(verb.view(result))


def refuse(
    problems: Iterable[str], *, as_json: bool, code: ExitCode = ExitCode.REFUSED
) -> ExitCode:
    """Says what stands in the way, where a person or a program looks for it."""
    listed = list(problems)
    if as_json:
        print_json({"ok": False, "problems": listed})
    else:
        sys.stderr.writelines(f"{clean(problem)}\n" for problem in listed)
    return code


def print_json(value: JsonObject) -> None:
    """A value as JSON that no terminal takes for commands."""
    sys.stdout.write(clean(json.dumps(value, indent=2, ensure_ascii=False), "\n") + "\n")
