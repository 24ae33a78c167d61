"""``<version>_<name>.up.sql`` with its ``.down.sql``: golang-migrate and sqlx.

golang-migrate sends a file as one query. sqlx begins a transaction, unless the file opens with ``-- no-transaction``;
such a file tells that the folder is sqlx's.
"""

from __future__ import annotations

import re

from dbtools.model.migration import Migration, Script, TransactionMode
from dbtools.sources.layouts.layout import Layout, Part, Running, ignored, name
from dbtools.sources.layouts.order import in_natural_order, twice, version
from dbtools.sources.layouts.signs import DOWN, UP

NO_TRANSACTION = "-- no-transaction"
NUMBERED = re.compile(r"\d+_")  # 2024-05-01_a has no version that either of them knows


def said(text: str) -> TransactionMode | None:
    """Sqlx sends a file that opens with this comment as one query, outside of its transaction."""
    return "query" if text.startswith(NO_TRANSACTION) else None


def read(part: Part, running: Running) -> Layout:
    """Files that come in pairs."""
    ups = in_natural_order(path for path in part.sql if path.endswith(UP))
    sqlx = any(said(text) for text in part.files.values())
    runner, default = ("sqlx", "file") if sqlx else ("golang-migrate", "query")
    migrations = tuple(_pair(path, part, running, default) for path in ups)  # type: ignore[arg-type]
    ran = {script.path for each in migrations for script in (each.up, each.down) if script}
    problems = ignored(set(part.sql) - ran, runner, "<version>_<name>.up.sql and its .down.sql")
    versions = ((path, version(path)) for path in ups if NUMBERED.match(name(path)))
    return Layout(runner, migrations, (*problems, *twice(versions, runner)))


def _pair(path: str, part: Part, running: Running, default: TransactionMode) -> Migration:
    base, text = path.removesuffix(UP), part.files[path]
    back = part.files.get(f"{base}{DOWN}")
    return Migration(
        name(base),
        Script(path, text),
        None if back is None else Script(f"{base}{DOWN}", back),
        running.mode(text, default, said(text)),
        reversible=True,
        down_transaction=running.mode(back or "", default, said(back or "")),
    )
