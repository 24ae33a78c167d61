"""Drizzle before 1.0: ``meta/_journal.json`` names the files and their order; all that are pending share a transaction.

Read as its migrator does it (drizzle-orm/src/migrator.ts): the entries as they stand, each split at
``--> statement-breakpoint``. A database takes the entries whose ``when`` is later than that of its newest: one that is
not later than all before it is passed over in silence, while an empty database runs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from dbtools.model.finding import Finding, Location, Severity
from dbtools.model.migration import Migration, Script
from dbtools.sources.layouts import engines
from dbtools.sources.layouts.layout import Layout, Part, Running, below, folder, name, orphans, problem
from dbtools.sources.layouts.order import in_natural_order
from dbtools.sources.layouts.signs import BREAKPOINT, JOURNAL

END = f";{' ' * (len(BREAKPOINT) - 1)}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a journal and the line that names its file."""

    tag: str
    when: float
    line: int


class BrokenJournalError(Exception):
    """A journal that cannot be read, with the line where."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


def split(text: str) -> str:
    """*text* with every breakpoint as the end of a statement, which is what it is to Drizzle."""
    return text.replace(BREAKPOINT, END)


def read(part: Part, running: Running) -> Layout:
    """What the journal names; without one that can be read, the files in natural order."""
    path = below(part.root, JOURNAL)
    text = part.files.get(path)
    if text is None:
        hint = "commit meta/_journal.json: drizzle-kit writes it, and without it Drizzle runs nothing"
        message = "there is no meta/_journal.json beside these files: they are read in natural order"
        at = Location(min(part.sql, default=part.root))
        severity = Severity.INFO if running.partly else Severity.WARNING  # a file that is named alone may be a draft
        return _in_natural_order(part, running, problem("journal-missing", severity, message, at, hint))
    try:
        dialect, entries = parse(text)
    except BrokenJournalError as error:
        hint = "mend it, or have drizzle-kit write it anew; until then the files are read in natural order"
        message = f"the journal cannot be read: {error}"
        broken = problem("journal-unreadable", Severity.ERROR, message, Location(path, error.line), hint)
        return _in_natural_order(part, running, broken)
    if dialect not in engines.POSTGRESQL:
        return engines.skipped(dialect, part.sql, path)
    missing = [entry for entry in entries if _path(part, entry) not in part.files]
    if missing and len(missing) == len(entries) and part.sql and not running.partly:
        message = f"the journal names none of the {len(part.sql)} files beside it: they are read in natural order"
        hint = "what runs them is not Drizzle; take the journal out, or commit the files that it names"
        stale = problem("journal-missing-file", Severity.ERROR, message, Location(path), hint)
        return _in_natural_order(part, running, stale)
    problems = (*_missing(path, missing), *_orphans(part, entries), *_order(path, entries))
    present = (found for entry in entries if (found := _path(part, entry)) in part.files)
    migrations = tuple(_migration(each, part, running) for each in present)
    return Layout("drizzle", migrations, problems, complete=not missing)


def _path(part: Part, entry: Entry) -> str:
    return below(part.root, f"{entry.tag}.sql")


def parse(text: str) -> tuple[str, list[Entry]]:
    """The dialect and the entries of a journal; BrokenJournalError where it is none."""
    import json

    try:
        journal = json.loads(text)
    except ValueError as error:
        raise BrokenJournalError(getattr(error, "msg", str(error)), getattr(error, "lineno", 1)) from None
    except RecursionError:
        raise BrokenJournalError("it is nested too deeply") from None
    if not isinstance(journal, dict) or not isinstance(journal.get("entries"), list):
        raise BrokenJournalError("it has no list of entries")
    return str(journal.get("dialect", "postgresql")).lower(), list(_entries(journal["entries"], text))


def _entries(written: list[Any], text: str) -> Iterator[Entry]:
    from json import dumps

    at, line = 0, 1
    for number, each in enumerate(written):
        tag = each.get("tag") if isinstance(each, dict) else None
        when = each.get("when") if isinstance(each, dict) else None
        if not isinstance(tag, str) or not tag:
            raise BrokenJournalError(f"entry {number} has no tag", line)
        if not isinstance(when, int | float):
            raise BrokenJournalError(f"entry {number}, {tag}, has no time in when", line)
        found = max(text.find(dumps(tag), at), at)
        line += text.count("\n", at, found)
        at = found
        yield Entry(tag, when, line)


def _in_natural_order(part: Part, running: Running, why: Finding) -> Layout:
    ours = in_natural_order(path for path in part.sql if folder(path) == part.root)
    return Layout("drizzle", tuple(_migration(path, part, running) for path in ours), (why,))


def _migration(path: str, part: Part, running: Running) -> Migration:
    text = part.files[path]
    title = name(path).removesuffix(".sql")
    return Migration(title, Script(path, split(text)), transaction=running.mode(text, "batch"))


def _missing(journal: str, entries: Iterable[Entry]) -> Iterator[Finding]:
    for entry in entries:
        message = f"the journal names {entry.tag}.sql, which is not there: Drizzle stops before it runs anything"
        hint = f"commit {entry.tag}.sql (does .gitignore leave it out?), or take the entry out"
        yield problem("journal-missing-file", Severity.ERROR, message, Location(journal, entry.line), hint)


def _orphans(part: Part, entries: Iterable[Entry]) -> tuple[Finding, ...]:
    named = {_path(part, entry) for entry in entries}
    left = (path for path in set(part.sql) - named if folder(path) == part.root)
    hint = "let drizzle-kit generate it (drizzle-kit generate --custom), or delete it"
    return orphans(left, "the journal", hint)


def _order(journal: str, entries: list[Entry]) -> Iterator[Finding]:
    newest: Entry | None = None
    for entry in entries:
        if newest is not None and entry.when <= newest.when:
            message = (
                f"{entry.tag} is not later than {newest.tag}, which stands before it: "
                f"a database that has run {newest.tag} passes over it in silence"
            )
            hint = f"make its when greater than {newest.when}"
            yield problem("journal-order", Severity.ERROR, message, Location(journal, entry.line), hint)
        else:
            newest = entry
