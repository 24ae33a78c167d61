"""Which database a folder is written for; only PostgreSQL is judged."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping

from dbtools.model.finding import Location, Severity
from dbtools.sources.layouts.layout import Layout, folder, problem

POSTGRESQL = frozenset({"postgresql", "postgres", "pg", "pgsql"})
OTHERS = frozenset(
    "mysql mariadb sqlite sqlite3 libsql turso clickhouse mssql sqlserver oracle db2 h2 hsqldb derby snowflake "
    "bigquery redshift cassandra scylla mongodb spanner cockroach cockroachdb crdb singlestore tidb duckdb "
    "firebird vertica".split()
)


def skipped(engine: str, paths: Iterable[str], says: str) -> Layout:
    """What is left of a folder that is written for another *engine*; *says* tells from where that is known."""
    every = sorted(path for path in paths if path.endswith(".sql"))
    if not every:
        return Layout(engine)
    count = f"{len(every)} files of SQL are" if len(every) != 1 else "1 file of SQL is"
    message = f"{count} for {engine}, as {says} says: not judged"
    hint = "dbtools judges PostgreSQL only; name the folder that holds it to be told no more"
    found = problem("other-engine", Severity.INFO, message, Location(every[0]), hint)
    return Layout(engine, (), (found,), complete=True)


def by_folder(files: Mapping[str, str]) -> tuple[dict[str, str], tuple[Layout, ...]]:
    """*files* without those that a folder or a part of their name gives to another engine, and what is said of these.

    What lies above the folder that holds them all takes no part: a project may be called anything.
    """
    top = posixpath.commonpath({folder(path) for path in files}) if files else ""
    above = len(folder(top).split("/")) if folder(top) else 0
    kept: dict[str, str] = {}
    others: dict[tuple[str, str], list[str]] = {}
    for path, text in files.items():
        if OTHERS.isdisjoint(path.lower().replace(".", "/").split("/")):
            kept[path] = text
            continue
        parts = path.split("/")
        depth = next((at for at in range(above, len(parts) - 1) if parts[at].lower() in OTHERS), None)
        suffix = next((part for part in parts[-1].lower().split(".")[1:-1] if part in OTHERS), None)
        if depth is not None:
            others.setdefault((parts[depth].lower(), f"the folder {'/'.join(parts[: depth + 1])}"), []).append(path)
        elif suffix is not None:
            others.setdefault((suffix, "the name of each file"), []).append(path)
        else:
            kept[path] = text
    for path in [path for path in kept if _of_postgresql(path)]:
        kept.pop(_for_any(path), None)  # what is written for PostgreSQL takes the place of what is for any
    return kept, tuple(skipped(engine, paths, says) for (engine, says), paths in others.items())


def _of_postgresql(path: str) -> bool:
    return not POSTGRESQL.isdisjoint(path.split(".")[1:-1])


def _for_any(path: str) -> str:
    """The same file for whatever database: ``1_a.up.sql`` of ``1_a.postgres.up.sql``."""
    return ".".join(part for part in path.split(".") if part not in POSTGRESQL)
