"""Migrations back into files: the names, the markings and the ways down of the layout that they came from.

To add a layout: a function ``(migration, drafts, taken) -> files`` and its line in ``WRITERS``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from dbtools.errors import SourceError
from dbtools.model.migration import Migration, Script, TransactionMode

MARK = "-- dbtools: no-transaction\n"
MARKED = re.compile(r"\A[ \t]*--[ \t]*dbtools:[ \t]*no-transaction[^\n]*\n", re.IGNORECASE)
NUMBER = re.compile(r"(\d+)")
ELSEWHERE = re.compile(r"(?:[VURB][\d._]*__.*|(?:up|down|deploy|revert)\.sql)")  # Flyway, Diesel, Sqitch
OTHERS = re.compile(r"^\s*--\s*(?:\+goose|\+migrate|migrate:|!|changeset|liquibase)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Draft:
    """One migration to be written; ``down`` is None where there is no way back to write."""

    up: str
    down: str | None = None
    transaction: bool = True
    down_transaction: bool = True


def migrations_from(migration: Migration, drafts: Sequence[Draft], taken: Collection[str]) -> tuple[Migration, ...]:
    """*drafts* as migrations in the place of *migration*, the first under its name, the others right behind it.

    *taken* are the paths of all files of the folder. SourceError where the layout has no room, or is not written here.
    """
    path = migration.up.path
    if OTHERS.search(migration.up.text) or ELSEWHERE.fullmatch(PurePosixPath(path).name):
        raise SourceError("the way its runner names and marks files is not written yet", hint="write them by hand")
    for suits, writer in WRITERS:
        if suits(path):
            return writer(migration, drafts, taken)
    return _plain(migration, drafts, taken)


def _plain(migration: Migration, drafts: Sequence[Draft], taken: Collection[str]) -> tuple[Migration, ...]:
    """One file each, in natural order."""
    folder, _, name = migration.up.path.rpartition("/")
    stems = [PurePosixPath(each).stem for each in taken if each.endswith(".sql")]
    names = _names(name.removesuffix(".sql"), len(drafts), stems)
    return tuple(
        Migration(stem, Script(_path(folder, f"{stem}.sql"), _marked(draft)), transaction=_mode(draft, migration))
        for stem, draft in zip(names, drafts, strict=True)
    )


def _pairs(migration: Migration, drafts: Sequence[Draft], taken: Collection[str]) -> tuple[Migration, ...]:
    """``.up.sql`` and ``.down.sql``."""
    folder, _, name = migration.up.path.rpartition("/")
    stems = [PurePosixPath(each).name.removesuffix(".up.sql") for each in taken if each.endswith(".up.sql")]
    names = _names(name.removesuffix(".up.sql"), len(drafts), stems)
    found = []
    for stem, draft in zip(names, drafts, strict=True):
        mark = "" if draft.down_transaction else MARK
        down = None if draft.down is None else Script(_path(folder, f"{stem}.down.sql"), mark + draft.down)
        up = Script(_path(folder, f"{stem}.up.sql"), _marked(draft))
        found.append(Migration(stem, up, down, _mode(draft, migration), reversible=True))
    return tuple(found)


def _folders(migration: Migration, drafts: Sequence[Draft], taken: Collection[str]) -> tuple[Migration, ...]:
    """``<time>_<name>/migration.sql``; sent as one query, a single statement is in no transaction and needs no mark."""
    root, _, name = str(PurePosixPath(migration.up.path).parent).rpartition("/")
    names = _names(name, len(drafts), [PurePosixPath(each).parent.name for each in taken])
    return tuple(
        Migration(stem, Script(_path(root, f"{stem}/migration.sql"), text), transaction=mode)
        for stem, (text, mode) in zip(names, (_sent(draft, migration) for draft in drafts), strict=True)
    )


def _sent(draft: Draft, migration: Migration) -> tuple[str, TransactionMode]:
    if migration.transaction == "query":
        return draft.up, "query"
    return _marked(draft), _mode(draft, migration)


WRITERS: tuple[tuple[Callable[[str], bool], Callable[..., tuple[Migration, ...]]], ...] = (
    (lambda path: path.endswith(".up.sql"), _pairs),
    (lambda path: PurePosixPath(path).name == "migration.sql" and "/" in path, _folders),
)


def _names(name: str, count: int, others: Sequence[str]) -> Iterator[str]:
    """*name* and *count* - 1 more with the next numbers; SourceError where the next migration leaves no room."""
    match = NUMBER.match(name)
    if match is None:
        return iter([name, *_suffixed(name, count, others)])
    number, width = int(match[1]), len(match[1])
    numbers = sorted(int(found[1]) for each in others if (found := NUMBER.match(each)) and int(found[1]) > number)
    if numbers and numbers[0] < number + count:
        raise SourceError(
            f"between {name} and the migration behind it there is no number free for {count - 1} more",
            hint="renumber the one behind it, or write the files by hand",
        )
    rest = name[match.end() :]
    start = name[: match.start(1)]
    return iter([name, *(f"{start}{number + more:0{width}d}{rest}_{more + 1}" for more in range(1, count))])


def _suffixed(name: str, count: int, others: Sequence[str]) -> list[str]:
    names = [f"{name}_{more + 1}" for more in range(1, count)]
    for each in names:
        if each in others:
            raise SourceError(f"{each} is there already", hint="write the files by hand")
    return names


def _path(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _marked(draft: Draft) -> str:
    text = MARKED.sub("", draft.up)
    return text if draft.transaction else MARK + text


def _mode(draft: Draft, migration: Migration) -> TransactionMode:
    if not draft.transaction:
        return "none"
    return "file" if migration.transaction == "none" else migration.transaction
