"""Reading and writing the operator's files; whatever is wrong with one is said in a sentence."""

from __future__ import annotations

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
