"""Rows as code would send them: the text of each value, one made anew and one that the table holds already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from dbtools.model.expression import Name, Type
from dbtools.model.objects import Table
from dbtools.model.schema import Schema
from dbtools.pg.attempt import asked
from dbtools.pg.fill import of_type, parent_values

if TYPE_CHECKING:
    from psycopg import sql

    from dbtools.pg.connect import Connection

LATER = 1_000_003  # the number of a row that fill() does not make; of each column that may be null it has a value
FIRST = 20  # rows among which one is picked
Row = Mapping[str, str | None]


def made_rows(connection: Connection, schema: Schema, tables: Iterable[Name]) -> dict[Name, Row]:
    """For each of *tables* a row that it does not hold; columns for which no value is known are left out."""
    return _rows(connection, [(table, *_made(table, schema)) for table in _known(schema, tables)])


def held_rows(connection: Connection, schema: Schema, tables: Iterable[Name]) -> dict[Name, Row]:
    """For each of *tables* a row that it holds, one that no other row refers to if there is any; none of empty ones."""
    return _rows(connection, [(table, *_held(table, schema)) for table in _known(schema, tables)])


def values_of(connection: Connection, schema: Schema, kinds: Sequence[Type], number: int) -> list[str | None]:
    """A value of each of *kinds*, as the row of that number would have it; None where none is known."""
    from psycopg import sql

    statement = sql.SQL("SELECT ARRAY[({})::text] FROM generate_series({}, {}) AS g")
    values = [sql.SQL(of_type(kind, schema) or "NULL") for kind in kinds]
    texts = [statement.format(value, number, number).as_string(connection) for value in values]
    return [row[0] if row else None for row in asked(connection, texts)]


def _known(schema: Schema, tables: Iterable[Name]) -> list[Table]:
    return [schema.tables[name] for name in tables if name in schema.tables]


def _rows(connection: Connection, wanted: list[tuple[Table, list[str], sql.Composable]]) -> dict[Name, Row]:
    found = asked(connection, [statement.as_string(connection) for _, _, statement in wanted])
    pairs = zip(wanted, found, strict=True)
    return {table.name: dict(zip(columns, row, strict=True)) for (table, columns, _), row in pairs if row is not None}


def _made(table: Table, schema: Schema) -> tuple[list[str], sql.Composable]:
    from psycopg import sql

    joins, values = parent_values(table, apart=1, most=FIRST)
    for column in table.columns:
        value = of_type(column.type, schema)
        if column.name not in values and value is not None:
            values[column.name] = sql.SQL(value)
    columns = [column.name for column in table.columns if column.name in values and column.generated is None]
    listed = sql.SQL(", ").join(sql.SQL("({})::text").format(values[name]) for name in columns)
    statement = sql.SQL("SELECT ARRAY[{}]::text[] FROM generate_series({}, {}) AS g {}")
    return columns, statement.format(listed, LATER, LATER, sql.SQL(" ").join(joins))


def _held(table: Table, schema: Schema) -> tuple[list[str], sql.Composable]:
    """The order is by what refers to it: a row without references can be taken out and be put in again."""
    from psycopg import sql

    columns = [column.name for column in table.columns]
    listed = sql.SQL(", ").join(sql.SQL("(t.{})::text").format(sql.Identifier(name)) for name in columns)
    referred: list[sql.Composable] = []
    for child, key in schema.referencing(table.name):
        pairs = zip(key.columns, key.target_columns, strict=True)
        same = sql.SQL(" AND ").join(
            sql.SQL("c.{} = t.{}").format(sql.Identifier(here), sql.Identifier(there)) for here, there in pairs
        )
        exists = sql.SQL("EXISTS (SELECT FROM {} AS c WHERE {})")
        referred.append(exists.format(sql.Identifier(*child.name), same))
    order = sql.SQL(" OR ").join(referred) if referred else sql.SQL("1 = 0")
    statement = sql.SQL("SELECT ARRAY[{}]::text[] FROM (SELECT * FROM {} LIMIT {}) AS t ORDER BY {} LIMIT 1")
    return columns, statement.format(listed, sql.Identifier(*table.name), FIRST, order)
