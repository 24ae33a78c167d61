"""How much of what a table holds a change would lose, counted before it runs; and what tables hold, to be compared."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from dbtools.model.expression import Name
from dbtools.model.objects import Table

if TYPE_CHECKING:
    from psycopg import sql

    from dbtools.pg.connect import Connection

AT_ONCE = 500  # tables in one statement: PostgreSQL takes 1,664 columns of a result
# What a script may have set, and what the text of a value depends on.
SPELLING = {
    "TimeZone": "UTC", "DateStyle": "ISO", "IntervalStyle": "postgres", "extra_float_digits": "1",
    "bytea_output": "hex", "lc_monetary": "C", "search_path": "", "row_security": "on",
}  # fmt: skip


class Held(NamedTuple):
    """How many values other than NULL a column holds, and a sum of their hashes: the same in whatever order."""

    values: int
    digest: str


class Tally(NamedTuple):
    """What a table holds: its rows and, where somebody looked closely, each of its columns."""

    rows: int
    columns: Mapping[str, Held]


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


def tally(connection: Connection, tables: Iterable[Table], closely: Collection[Name]) -> dict[Name, Tally]:
    """What each of *tables* holds, column by column for those that *closely* names; a partition counts with its parent.

    Outside of a transaction, so that what is set for it ends with it.
    """
    from psycopg import sql

    counted = [table for table in tables if table.partition_of is None]
    columns = {table.name: [each.name for each in table.columns] if table.name in closely else [] for table in counted}
    found: dict[Name, Tally] = {}
    with connection.transaction():
        setting = sql.SQL(", ").join(sql.SQL("set_config({}, {}, true)").format(*each) for each in SPELLING.items())
        connection.execute(sql.SQL("SELECT {}").format(setting))
        for start in range(0, len(counted), AT_ONCE):
            together = [table.name for table in counted[start : start + AT_ONCE]]
            each = sql.SQL(", ").join(_held(name, columns[name]) for name in together)
            row = connection.execute(sql.SQL("SELECT {}").format(each)).fetchone() or ()
            found |= {name: _tally(columns[name], figures) for name, figures in zip(together, row, strict=True)}
    return found


def _held(table: Name, columns: Sequence[str]) -> sql.Composed:
    from psycopg import sql

    each = (
        sql.SQL("count({0}), coalesce(sum(pg_catalog.hashtextextended({0}::text, 0)), 0)").format(sql.Identifier(name))
        for name in columns
    )
    figures = sql.SQL(", ").join([sql.SQL("count(*)"), *each])
    return sql.SQL("(SELECT ARRAY[{}]::text[] FROM {})").format(figures, sql.Identifier(*table))


def _tally(columns: Sequence[str], figures: Sequence[str]) -> Tally:
    rows, *rest = figures
    held = (Held(int(values), digest) for values, digest in zip(rest[::2], rest[1::2], strict=True))
    return Tally(int(rows), dict(zip(columns, held, strict=True)))
