"""A few rows for every table, so that what a migration does to rows can be seen.

One INSERT ... SELECT per table, parents first. Values follow from the row's number alone, so two runs are equal.
They fit types, keys and foreign keys; a table whose checks refuse them stays empty, and its count says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from dbtools.model.expression import Name, Type
from dbtools.model.identifiers import literal, quote_name
from dbtools.model.objects import Column, ForeignKey, Table
from dbtools.model.schema import Schema
from dbtools.pg.connect import refuse_full_disk

if TYPE_CHECKING:
    from psycopg import sql

    from dbtools.pg.connect import Connection

EVERY_NULL = 10
VALUES = {
    "smallint": "(g % 30000)::smallint",
    "integer": "g",
    "bigint": "g::bigint",
    "real": "g + 0.5",
    "double precision": "g + 0.123456789",
    "money": "g::money",
    "boolean": "g % 2 = 0",
    "text": "'value number ' || g",
    "name": "('name' || g)::name",
    "uuid": "md5(g::text)::uuid",
    "bytea": "decode(md5(g::text), 'hex')",
    "json": "json_build_object('n', g)",
    "jsonb": "jsonb_build_object('n', g)",
    "date": "date '2024-01-01' + g % 365",
    "timestamp": "timestamp '2024-01-01 08:00:00.123456' + g * interval '37 minutes'",
    "timestamptz": "timestamptz '2024-01-01 08:00:00.123456+00' + g * interval '37 minutes'",
    "time": "time '08:00:00.123456' + g * interval '1 minute'",
    "timetz": "timetz '08:00:00.123456+00' + g * interval '1 minute'",
    "interval": "g * interval '1.5 minutes'",
    "inet": "inet '10.0.0.0' + g",
    "cidr": "cidr '10.0.0.0/8'",
    "tsvector": "to_tsvector('simple', 'word' || g)",
    "oid": "g::oid",
    "xml": "('<n>' || g || '</n>')::xml",
}


@dataclass(frozen=True, slots=True)
class Rows:
    """How many rows a table gets: as many as the first of the ``tables`` says that is its name, or a pattern of it."""

    every: int
    tables: tuple[tuple[str, int], ...] = ()

    def of(self, table: Name) -> int:
        """The number for *table*, which may be named with its namespace."""
        for pattern, number in self.tables:
            spelling = f"{table.namespace}.{table.local}" if "." in pattern else str(table)
            if spelling == pattern or fnmatchcase(spelling, pattern):
                return number
        return self.every


def fill(connection: Connection, schema: Schema, rows: Rows) -> None:
    """Put *rows* into the tables of *schema*; those that hold some already are left as they are."""
    held = count_rows(connection, (table.name for table in schema.tables.values() if table.partition_of is None))
    for table in _parents_first(schema):
        if held.get(table.name) == 0:
            _fill(connection, table, schema, rows.of(table.name))


def count_rows(connection: Connection, tables: Iterable[Name]) -> dict[Name, int]:
    """How many rows each table holds, in one statement."""
    from psycopg import sql

    names = list(tables)
    if not names:
        return {}
    each = sql.SQL(", ").join(sql.SQL("(SELECT count(*) FROM {})").format(sql.Identifier(*name)) for name in names)
    # An array, for a row has 1,664 columns at most.
    (row,) = connection.execute(sql.SQL("SELECT ARRAY[{}]").format(each)).fetchone() or ((),)
    return dict(zip(names, row, strict=True))


def _fill(connection: Connection, table: Table, schema: Schema, rows: int) -> None:
    import psycopg

    statement = _insert(table, schema, rows)
    if statement is None:
        return
    try:
        with connection.transaction():
            connection.execute(statement)
    except psycopg.Error as error:  # a check, trigger or exclusion that wants other values
        refuse_full_disk(connection, error)


def _parents_first(schema: Schema) -> Iterator[Table]:
    """Tables in an order in which foreign keys point backwards, cycles broken by name."""
    done: set[Name] = set()
    pending = list(schema.in_order())
    while pending:
        ready = [table for table in pending if all(key.target in done | {table.name} for key in table.foreign_keys)]
        for table in ready or pending[:1]:
            yield table
            done.add(table.name)
        pending = [table for table in pending if table.name not in done]


def _insert(table: Table, schema: Schema, rows: int) -> sql.Composed | None:
    """The statement that fills *table*; None when a column that must have a value cannot get one."""
    from psycopg import sql

    joins, values = parent_values(table)
    columns = [column for column in table.columns if _wanted(column)]
    for column in columns:
        if column.name in values:
            continue
        value = _value(column, schema)
        if value is None and not column.nullable and column.default is None:
            return None
        if value is not None:
            values[column.name] = sql.SQL(value)
    names = [column.name for column in columns if column.name in values]
    return sql.SQL("INSERT INTO {} ({}) SELECT {} FROM generate_series(1, {}) AS g {} ON CONFLICT DO NOTHING").format(
        sql.Identifier(*table.name),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(values[name] for name in names),
        rows,
        sql.SQL(" ").join(joins),
    )


def _wanted(column: Column) -> bool:
    return column.generated is None and not column.identity


def parent_values(
    table: Table, apart: int = 0, most: int | None = None
) -> tuple[list[sql.Composable], dict[str, sql.Composable]]:
    """Foreign-key columns take the values of the parent's rows in turn, or of the first *most* of them.

    Each key is *apart* rows ahead of the one before it.
    """
    from psycopg import sql

    joins: list[sql.Composable] = []
    values: dict[str, sql.Composable] = {}
    for number, key in enumerate(_usable(table)):
        alias = sql.Identifier(f"parent{number}")
        picked = sql.SQL(", ").join(map(sql.Identifier, key.target_columns))
        joins.append(
            sql.SQL(
                "LEFT JOIN (SELECT row_number() OVER () AS n, count(*) OVER () AS total, {} "
                "FROM (SELECT * FROM {} LIMIT {}) AS p) AS {} "
                "ON {}.n = 1 + (g - 1 + {}) % {}.total"
            ).format(picked, sql.Identifier(*key.target), most, alias, alias, number * apart, alias)
        )
        for column, there in zip(key.columns, key.target_columns, strict=True):
            values.setdefault(column, sql.SQL("{}.{}").format(alias, sql.Identifier(there)))
    return joins, values


def _usable(table: Table) -> Sequence[ForeignKey]:
    return [
        key for key in table.foreign_keys if key.target != table.name and len(key.columns) == len(key.target_columns)
    ]


def _value(column: Column, schema: Schema) -> str | None:
    """An SQL expression over the row number ``g``; every tenth value of a column that may be null is."""
    value = of_type(column.type, schema)
    if value is None or not column.nullable:
        return value
    return f"CASE WHEN g % {EVERY_NULL} <> 0 THEN {value} END"


def of_type(kind: Type, schema: Schema) -> str | None:
    """An SQL expression over the row number ``g`` for a value of *kind*; None where none is known."""
    if kind.dimensions:
        element = of_type(kind.element(), schema)
        return None if element is None else f"ARRAY[{element}]"
    if kind.name in schema.enums:
        labels = schema.enums[kind.name].labels
        listed = ", ".join(map(literal, labels))
        return f"(ARRAY[{listed}])[1 + g % {len(labels)}]::{quote_name(kind.name)}" if labels else None
    if kind.name in schema.domains:
        return of_type(schema.domains[kind.name].base, schema)
    if kind.base in {"varchar", "char", "bpchar"}:
        size = kind.modifiers[0] if kind.modifiers else 40
        return f"left('value ' || g, {size})" if isinstance(size, int) and size > 8 else f"right(g::text, {size})"  # noqa: PLR2004 - 'value ' needs room for a number
    if kind.base == "numeric":
        precision, scale = kind.modifiers if len(kind.modifiers) == 2 else (12, 4)  # noqa: PLR2004 - numeric(p, s)
        return f"(g % (10::numeric ^ ({precision} - {scale}))) + 9 * (10::numeric ^ (-{scale}))"
    if kind.base in {"bit", "varbit"}:
        return f"repeat('1', {kind.modifiers[0] if kind.modifiers else 1})::{kind}"
    return VALUES.get(kind.base) if not kind.namespace else None
