"""Where the text of a module comes from: the disk, a commit, or a mapping of path to text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
Read = Callable[[str], str | None]
"""The text of the file at a path; None where there is no such file, or it is not UTF-8."""


def on_disk(path: str) -> str | None:
    """The text of a file on disk."""
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None


def only(files: Mapping[str, str]) -> Read:
    """Reads what *files*, path to text, hold and nothing else."""
    return files.get


def within(files: Mapping[str, str], elsewhere: Read) -> Read:
    """Reads *files* first, and what they import from *elsewhere*."""

    def read(path: str) -> str | None:
        text = files.get(path)
        return elsewhere(path) if text is None else text

    return read


def is_module(path: str) -> bool:
    """Whether a file, by its name, is a module that has values: declarations of types alone have none."""
    return path.endswith(SUFFIXES) and not path.endswith((".d.ts", ".d.mts", ".d.cts"))
