"""A folder per migration with ``migration.sql`` in it, by name: Prisma, and Drizzle since 1.0.

Prisma sends each as one query. Drizzle, told by the ``snapshot.json`` beside it and no lock file, runs all that are
pending in one transaction.
"""

from __future__ import annotations

import re

from dbtools.model.migration import Migration, Script
from dbtools.sources.layouts import engines
from dbtools.sources.layouts.drizzle import split
from dbtools.sources.layouts.layout import Layout, Part, Running, below, folder, ignored, name
from dbtools.sources.layouts.signs import LOCK, SCRIPT, SNAPSHOT

PROVIDER = re.compile(r"""^\s*provider\s*=\s*["']?(\w+)""", re.MULTILINE)
DIALECT = re.compile(r'"dialect"\s*:\s*"(\w+)"')


def read(part: Part, running: Running) -> Layout:
    """Either of the two."""
    lock = part.files.get(below(part.root, LOCK))
    paths = [path for path in part.files if name(path) == SCRIPT]
    if lock is None and any(below(folder(path), SNAPSHOT) in part.files for path in paths):
        return _drizzle(part, paths, running)
    provider = PROVIDER.search(lock or "")
    if provider and provider[1].lower() not in engines.POSTGRESQL:
        return engines.skipped(provider[1], paths, below(part.root, LOCK))
    migrations = tuple(
        Migration(title, Script(path, text), transaction=running.mode(text, "query"))
        for title, path, text in _by_name(part, paths)
    )
    beside = set(part.sql) - set(paths)
    return Layout("prisma", migrations, ignored(beside, "Prisma", "<name>/migration.sql"))


def _drizzle(part: Part, paths: list[str], running: Running) -> Layout:
    snapshots = (part.files.get(below(folder(path), SNAPSHOT), "") for path in paths)
    dialect = next((found[1] for text in snapshots if (found := DIALECT.search(text))), "postgres")
    if dialect not in engines.POSTGRESQL:
        return engines.skipped(dialect, paths, "its snapshot.json")
    migrations = tuple(
        Migration(title, Script(path, split(text)), transaction=running.mode(text, "batch"))
        for title, path, text in _by_name(part, paths)
    )
    beside = set(part.sql) - set(paths)
    return Layout("drizzle", migrations, ignored(beside, "Drizzle", "<time>_<name>/migration.sql"))


def _by_name(part: Part, paths: list[str]) -> list[tuple[str, str, str]]:
    """Name, path and text of each, in order."""
    ordered = sorted((name(folder(path)), path) for path in paths)
    return [(title or path, path, part.files[path]) for title, path in ordered]
