"""Measures what ALTER COLUMN TYPE does for every ordered pair of the types in tests/data/type-changes.json.

``python tools/measure_types.py DSN...`` runs each pair with and without ``USING x::type`` on every server named (empty
databases, TimeZone UTC), writes the outcomes back into that file and the servers' casts into dbtools/sql/casts.json.
One letter per outcome: ``.`` heap and index kept, ``i`` heap kept and index rebuilt, ``R`` heap rewritten, ``A`` 42804
(no assignment cast), ``X`` 42846 (no cast at all).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import psycopg

from dbtools.sql.types import read_type

ROOT = Path(__file__).parents[1]
MATRIX = ROOT / "tests/data/type-changes.json"
CASTS = ROOT / "dbtools/sql/casts.json"
INTERNAL = {"pg_node_tree", "pg_ndistinct", "pg_dependencies", "pg_mcv_list"}
LETTERS = {"42804": "A", "42846": "X"}
FILES = "SELECT relname, relfilenode FROM pg_class WHERE relname IN ('pair', 'pair_x')"
BUILT_IN_CASTS = """
    SELECT castsource::regtype::text, casttarget::regtype::text, castmethod::text || castcontext::text FROM pg_cast
    WHERE castsource < 16384 AND casttarget < 16384 AND castsource <> casttarget ORDER BY 1, 2
"""


def outcome(connection: psycopg.Connection[Any], old: str, new: str, using: str) -> str:
    """The letter for turning a column of type *old* into *new*."""
    statement = f"ALTER TABLE pair ALTER COLUMN x TYPE {new} {using}"
    letter = attempt(connection, old, statement, index=False)
    if letter == ".":
        letter = attempt(connection, old, statement, index=True)
    return letter


def attempt(connection: psycopg.Connection[Any], old: str, statement: str, *, index: bool) -> str:
    """The letter of one *statement*, undone; a type that cannot be indexed keeps its (missing) index."""
    with connection.transaction(force_rollback=True):
        connection.execute(f"CREATE TABLE pair (x {old})")
        if index:
            try:
                with connection.transaction():
                    connection.execute("CREATE INDEX pair_x ON pair (x)")
            except psycopg.errors.UndefinedObject:
                return "."
        before = dict(connection.execute(FILES).fetchall())
        try:
            with connection.transaction():
                connection.execute(statement)
                after = dict(connection.execute(FILES).fetchall())
        except psycopg.Error as error:
            return LETTERS[error.sqlstate or ""]
    if before["pair"] != after["pair"]:
        return "R"
    return "." if before == after else "i"


def measure(connection: psycopg.Connection[Any], types: list[str], setup: list[str]) -> dict[str, list[str]]:
    """One row of letters per old type, in the order of *types*, without and with USING."""
    with connection.transaction(force_rollback=True):
        for statement in setup:
            connection.execute(statement)
        return {
            "plain": ["".join(outcome(connection, old, new, "") for new in types) for old in types],
            "using": ["".join(outcome(connection, old, new, f"USING x::{new}") for new in types) for old in types],
        }


def casts(connection: psycopg.Connection[Any]) -> dict[str, dict[str, str]]:
    """Method (b binary, f function) and context (i implicit, a assignment, e explicit) of each built-in cast."""
    found: dict[str, dict[str, str]] = {}
    for source, target, how in connection.execute(BUILT_IN_CASTS).fetchall():
        if {source, target}.isdisjoint(INTERNAL):
            found.setdefault(read_type(source).base, {})[read_type(target).base] = how
    return found


def main(dsns: list[str]) -> None:
    """Measure on every server and write both files."""
    matrix = json.loads(MATRIX.read_text())
    matrix["outcomes"] = {}
    by_version = {}
    for dsn in dsns:
        with psycopg.connect(dsn, options="-c TimeZone=UTC") as connection:
            version = str(connection.info.server_version // 10000)
            matrix["outcomes"][version] = measure(connection, matrix["types"], matrix["setup"])
            by_version[version] = casts(connection)
    MATRIX.write_text(json.dumps(matrix, indent=1) + "\n")
    oldest, newest = (by_version[version] for version in (min(by_version), max(by_version)))
    added = [[source, target] for source, to in newest.items() for target in to if target not in oldest.get(source, {})]
    CASTS.write_text(json.dumps({"casts": newest, "new in 18": added}, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
