"""How much of what a table holds a change would lose, counted before it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dbtools.model.expression import Name

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection


def count_values(connection: Connection, table: Name, columns: Sequence[str]) -> tuple[int, dict[str, int]]:
    """How many rows *table* has, and how many values other than NULL each of *columns*; none where it is not there."""
    import psycopg
    from psycopg import sql

    counts = [sql.SQL("count(*)"), *(sql.SQL("count({})").format(sql.Identifier(column)) for column in columns)]
    statement = sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(counts), sql.Identifier(*table))
    try:
        with connection.transaction():
            rows, *values = connection.execute(statement).fetchone() or (0,)
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):  # what should have made it failed
        return 0, dict.fromkeys(columns, 0)
    return rows, dict(zip(columns, values, strict=True))


def changed_values(connection: Connection, table: Name, column: str, types: tuple[str, str]) -> tuple[int, int] | None:
    """How many values *column* holds, and how many are others after a cast to the new of *types* and back to the old.

    *types* are SQL, quoted already. None where the server refuses the cast for some value.
    """
    import psycopg
    from psycopg import sql

    old, new = (sql.SQL(text) for text in types)
    name = sql.Identifier(column)
    cast = sql.SQL("CAST(CAST({} AS {}) AS {})").format(name, new, old)
    query = sql.SQL("SELECT count({0}), count(*) FILTER (WHERE {1}::text IS DISTINCT FROM {0}::text) FROM {2}")
    try:
        with connection.transaction():
            row = connection.execute(query.format(name, cast, sql.Identifier(*table))).fetchone()
    except psycopg.Error:
        return None
    return (int(row[0]), int(row[1])) if row else (0, 0)
