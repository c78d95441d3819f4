"""What a verb of the `connector` command consists of: its name, its help, its two sides.

A verb is one file and one line in the registry. Both the operations function and the command load
these files, so nothing heavy may be imported in them: no AWS, no HTTP, no mapping, no terminal.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from typing import TYPE_CHECKING, ClassVar

from connector.services.foresee.hashed import unnamed
from connector.services.operate.json_types import Arguments, JsonObject
from connector.services.operate.request.carried import Carried

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.services.operate.desk import Desk
    from connector.services.operate.verbs.view import View


__all__ = [
    "Argument",
    "Arguments",
    "Carried",
    "Form",
    "JsonObject",
    "Right",
    "UnusableInputError",
    "Verb",
    "WrongUsageError",
]

LOOKED = "interrupted: it goes on in the account for a moment, and changes nothing"
GOES_ON = (
    "interrupted: what was asked for goes on in the account; `connector audit` shows what became"
    " of it"
)


class Right(IntEnum):
    """Who may have a verb carried out: everyone on the list, or those from here on.

    Each but the last is an alias of the operations function, so that IAM can tell them apart.
    """

    READER = 1
    """Looks, and changes nothing."""

    CONTROLLER = 2
    """Decides about people and the mapping, and may stop the connector."""

    ENGINEER = 3

    @property
    def alias(self) -> str:
        """The name in AWS; empty for the function itself."""
        return "" if self is Right.ENGINEER else self.name.lower()

    @classmethod
    def granted_by(cls, function_arn: str) -> Right:
        """What an invocation of the function by this ARN may do; little, if it is not known."""
        qualifier = function_arn.partition(":function:")[2].partition(":")[2]
        if qualifier in ("", "$LATEST"):
            return cls.ENGINEER
        return next((each for each in cls if each.alias == qualifier), cls.READER)


class UnusableInputError(Exception):
    """What was typed or is in a file makes no sense; said on the operator's machine."""


class WrongUsageError(UnusableInputError):
    """What was typed does not go together: the call is wrong, whatever is in the account."""


class Form(Enum):
    """What an argument is on the command line, and what becomes of it."""

    TEXT = auto()
    TEXTS = auto()
    PERSON = auto()
    """Whom it is about; an e-mail address is hashed before it leaves the operator's machine."""

    PEOPLE = auto()
    COUNT = auto()
    """A whole number, 1 or more."""

    FLAG = auto()
    """Given or not."""

    INPUT_FILE = auto()
    """A file that is read on the operator's machine and sent as `text`."""

    OUTPUT_FILE = auto()
    """A file on the operator's machine that gets the `text` of the result."""

    OUTPUT_FOLDER = auto()
    """A folder there that gets several texts, or one file for all of them if it ends in `.csv`."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a verb: positional, or an option where its flag is given."""

    name: str
    help: str
    form: Form = Form.TEXT
    is_required: bool = False
    flag: str = ""
    largest_bytes: int = 4_000_000
    """Of a file that is read; no mapping is larger."""

    is_told: bool = True
    """Whether what was said belongs on record; not where it names a person to be forgotten."""

    @property
    def is_file(self) -> bool:
        """Whether a file on the operator's machine is named."""
        return self.form in (Form.INPUT_FILE, Form.OUTPUT_FILE, Form.OUTPUT_FOLDER)


class Verb(ABC):
    """One verb: `run` inside the account, `view` on the operator's machine."""

    name: ClassVar[str]
    help: ClassVar[str]
    examples: ClassVar[tuple[str, ...]]
    arguments: ClassVar[tuple[Argument, ...]] = ()
    carried: ClassVar[tuple[tuple[str, Carried], ...]] = ()
    """What the command adds to a request, beside the arguments, when it asks on."""

    is_act: ClassVar[bool] = False
    """Whether the verb changes something: then who carried it out is put on record."""
    asks: ClassVar[bool] = False
    """Whether the command shows a preview and asks before it acts; `--yes` does not ask."""

    is_shown_besides: ClassVar[bool] = False
    """Whether the result is shown even where it was written to a file."""

    asks_seldom: ClassVar[bool] = False
    """Whether it asks only where its preview leads to a question, and acts at once elsewhere."""

    interrupted: ClassVar[str] = ""
    """What goes on when the command is interrupted, where more is to be said than of every verb."""

    right: ClassVar[Right] = Right.READER
    """Whose verb it is; one that changes something says so itself."""

    @abstractmethod
    def run(self, desk: Desk, arguments: Arguments) -> JsonObject:
        """Carries the verb out; plain data that becomes JSON.

        Raises:
            ConnectorError: it was refused, or a system did not answer; told to the operator.
        """

    @abstractmethod
    def view(self, result: JsonObject) -> View:
        """What to show of a result."""

    def prepared(self, request: JsonObject) -> JsonObject:
        """What is sent into the account, made on the operator's machine.

        Raises:
            UnusableInputError: what was given makes no sense; nothing is sent.
        """
        for argument in self.arguments:
            given = request.get(argument.name)
            if argument.form is Form.PERSON and given:
                request[argument.name] = unnamed(str(given))
            if argument.form is Form.PEOPLE and given:
                request[argument.name] = [unnamed(str(each)) for each in given]
        return request

    def without_account(self, _: JsonObject) -> JsonObject | None:
        """The result, where the operator's machine can give it; None where the account has to.

        Raises:
            UnusableInputError: what was given makes no sense.
        """
        return None

    def text_of(self, result: JsonObject, _: str = "") -> str:
        """What is written to the output file of this name."""
        return str(result["text"])

    def told_to_programs(self, result: JsonObject) -> JsonObject:
        """What `--json` prints of a result."""
        return result

    def texts_of(self, result: JsonObject) -> Mapping[str, str]:
        """What is written to the output folder, where one is named, by the names of the files."""
        raise NotImplementedError(f"{self.name} writes no folder: {result}")

    def is_recorded(self, _: Arguments) -> bool:
        """Whether this call of an act is to be put on record."""
        return self.is_act

    def question(self, preview: JsonObject) -> tuple[View, str]:
        """What to show of a preview, and what to ask; empty where nothing would be done."""
        raise NotImplementedError(f"{self.name} does not ask: {preview}")

    def said_of_interruption(self) -> str:
        """What to say after Ctrl-C: what goes on, and how to take it up again."""
        return self.interrupted or (GOES_ON if self.is_act else LOOKED)

    def told(self, _: JsonObject) -> Mapping[str, str]:
        """What of a result belongs on record beside what the operator said."""
        return {}

    def needs_attention(self, _: JsonObject) -> bool:
        """Whether the result leaves something for the operator to do: exit code 1."""
        return False

    def is_complete(self, _: JsonObject) -> bool:
        """Whether all was done; if not, the command asks again and adds the results up."""
        return True

    def continued(self, request: JsonObject, _: JsonObject) -> JsonObject:
        """What to ask for after a result that is not complete."""
        return request

    def added(self, before: JsonObject, then: JsonObject) -> JsonObject:
        """Two results of a verb that needed more than one invocation, as one."""
        raise NotImplementedError(f"{self.name} never needs a second invocation: {before} {then}")
