"""Reading and writing the operator's files; whatever is wrong with one is said in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from connector.cli.exits import UnreadableFileError, UnwritableFileError

LARGEST_BYTES = 4_000_000


def read_text(path: Path, largest: int = LARGEST_BYTES) -> str:
    """The text of a UTF-8 file, with or without a byte-order mark.

    More than the `largest` bytes are not even read, be it a device without an end.

    Raises:
        UnreadableFileError: it cannot be read, is too large, or is not text in UTF-8.
    """
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise UnreadableFileError(f"cannot read {path}: {error.strerror or error}") from None
    if len(content) > largest:
        raise UnreadableFileError(f"{path} is larger than {largest} bytes; is it the file?")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise not_utf_8(path, content, error.start) from None
    if "\0" in text:  # UTF-16 without its mark, or no text at all, though each byte is allowed
        raise not_utf_8(path, content, content.index(b"\0"))
    return text


def not_utf_8(path: Path, content: bytes, position: int) -> UnreadableFileError:
    """What to say of a file with a byte that no UTF-8 text has there."""
    line = content[:position].count(b"\n") + 1
    return UnreadableFileError(
        f"{path} is not UTF-8 (line {line}); save it with the encoding UTF-8"
    )


def write_text(path: Path, text: str) -> None:
    """Writes a UTF-8 file.

    Raises:
        UnwritableFileError: it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UnwritableFileError(f"cannot write {path}: {error.strerror or error}") from None


def write_texts(path: Path, texts: Mapping[str, str]) -> None:
    """Writes each text to a file of its name in a folder, which is made where there is none.

    A path that ends in `.csv` is one file with all of them, each under its name.

    Raises:
        UnwritableFileError: one of them cannot be written; those before it are.
    """
    try:
        if path.suffix.lower() == ".csv" and not path.is_dir():
            path.write_text(in_one(texts), encoding="utf-8", newline="")
            return
        path.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (path / Path(name).name).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise UnwritableFileError(f"cannot write {path}: {error.strerror or error}") from None


BYTE_ORDER_MARK = "\ufeff"


def in_one(texts: Mapping[str, str]) -> str:
    """Several tables one below the other, each under its name."""
    parts = (
        f"{name.removesuffix('.csv')}\r\n{text.removeprefix(BYTE_ORDER_MARK)}"
        for name, text in texts.items()
    )
    return BYTE_ORDER_MARK + "\r\n".join(parts)
