"""Flyway: ``V<version>__<name>.sql`` by the numbers of the version over all folders, then ``R__<name>.sql`` by name.

``U<version>__<name>.sql`` is the way back. Each runs in a transaction, unless ``<file>.conf`` says otherwise or all of
its statements refuse one: then each statement runs by itself. A file that mixes the two kinds fails, as in one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dbtools.model.migration import Migration, Script, TransactionMode
from dbtools.sources.layouts.layout import Layout, Part, Running, ignored, name, stem
from dbtools.sources.layouts.order import twice
from dbtools.sources.layouts.signs import CONFIGURATION, FLYWAY

BARE = re.compile(r"^\s*executeInTransaction\s*=\s*false\b", re.MULTILINE | re.IGNORECASE)
REFUSES = re.compile(r"\b(?:concurrently|vacuum|system|database|tablespace|subscription|reindex)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """A file's name taken apart: ``kind`` is V, U or R."""

    path: str
    kind: str
    version: tuple[int, ...]


def named(path: str) -> Named | None:
    """What Flyway reads from a file's name, None where it passes over it."""
    found = FLYWAY.match(name(path))
    if found is None:
        return None
    numbers = [int(part) for part in re.split("[._]", found["version"] or "") if part]
    while len(numbers) > 1 and numbers[-1] == 0:  # 1 and 1.0 are the same version
        numbers.pop()
    return Named(path, found["kind"] or found["repeatable"], tuple(numbers))


def read(part: Part, running: Running) -> Layout:
    """Every folder of a Flyway project together."""
    files = [found for path in part.sql if (found := named(path))]
    versioned = sorted((each for each in files if each.kind == "V"), key=lambda each: (each.version, each.path))
    repeatable = sorted((each for each in files if each.kind == "R"), key=lambda each: (name(each.path), each.path))
    undo = {each.version: each.path for each in files if each.kind == "U"}
    migrations = tuple(_migration(each, undo.get(each.version), part, running) for each in versioned + repeatable)
    ran = {script.path for each in migrations for script in (each.up, each.down) if script}
    problems = ignored(set(part.sql) - ran, "Flyway", "V<version>__<name>.sql, U and R")
    duplicates = twice(((each.path, each.version) for each in versioned), "Flyway")
    return Layout("flyway", migrations, (*problems, *duplicates))


def _migration(file: Named, undo: str | None, part: Part, running: Running) -> Migration:
    text = part.files[file.path]
    back = None if undo is None else Script(undo, part.files[undo])
    mode = running.mode(text, "file", said(text, part.files.get(f"{file.path}{CONFIGURATION}", "")))
    return Migration(stem(file.path), Script(file.path, text), back, mode)


def said(text: str, configuration: str = "") -> TransactionMode | None:
    """How a script runs by its own content."""
    if BARE.search(configuration):
        return "statement"
    if not REFUSES.search(text):  # most files are not parsed to find out
        return None
    from dbtools.sql.walk import statements

    refused = [each.needs_autocommit for each in statements(text)]
    return "statement" if refused and all(refused) else None
