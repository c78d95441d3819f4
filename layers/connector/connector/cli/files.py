"""Reading and writing the operator's files; whatever is wrong with one is said in a sentence."""

from __future__ import annotations

from pathlib import Path

from connector.cli.exits import UnusableFileError


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, with or without a byte-order mark.

    Raises:
        UnusableFileError: it cannot be read, or is not UTF-8.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnusableFileError(f"cannot read {path}: {error.strerror or error}") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UnusableFileError(
            f"{path} is not UTF-8 (line {line}); save it with the encoding UTF-8"
        ) from None


def write_text(path: Path, text: str) -> None:
    """Writes a UTF-8 file.

    Raises:
        UnusableFileError: it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UnusableFileError(f"cannot write {path}: {error.strerror or error}") from None
