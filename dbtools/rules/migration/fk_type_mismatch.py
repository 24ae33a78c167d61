"""fk-type-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model.expression import Name, Type
from dbtools.model.finding import Severity
from dbtools.model.objects import Column, ForeignKey, Table
from dbtools.model.predict.references import INTEGERS, comparable, finds_rows, pairs
from dbtools.model.schema import Schema
from dbtools.rules.base import Context, Harm, rule


@rule(
    severity=Severity.ERROR,
    proof="error",
    summary="The columns of a foreign key and of the key it points at have different types.",
    why="""
    Types without an equality operator between them (uuid and text, integer and text) are refused with 42804. Others
    work and still hurt: an integer that refers to a bigint cannot hold what the key may become; where PostgreSQL has to
    turn one type into the other to compare them (integer and numeric, char and text), an index on the referring column
    finds nothing, so a DELETE on the other side reads the whole table. smallint, integer and bigint use each other's
    indexes, and so do text and varchar, and date, timestamp and timestamptz.
    """,
    bad=(
        """CREATE TABLE author (id uuid PRIMARY KEY);
CREATE TABLE post (author text);
---
ALTER TABLE post ADD FOREIGN KEY (author) REFERENCES author NOT VALID;""",
        """CREATE TABLE "User" (id int PRIMARY KEY);
---
CREATE TABLE "Post" (id int, "userId" text REFERENCES "User");""",
        """CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE post (id int);
---
ALTER TABLE post ADD COLUMN author uuid REFERENCES author (id);""",
        """CREATE TABLE author (id varchar PRIMARY KEY);
CREATE TABLE post (author varchar REFERENCES author);
---
ALTER TABLE author ALTER id TYPE uuid USING id::uuid;""",
    ),
    good=(
        """CREATE TABLE author (id bigint PRIMARY KEY);
CREATE TABLE post (author bigint REFERENCES author);""",
        """CREATE TABLE author (id text PRIMARY KEY);
CREATE TABLE post (author varchar(20) REFERENCES author);""",
        """CREATE DOMAIN code AS text CHECK (VALUE <> '');
CREATE TABLE author (id code PRIMARY KEY);
CREATE TABLE post (author text REFERENCES author);""",
    ),
    link="https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK",
)
def fk_type_mismatch(context: Context) -> Iterator[Harm]:
    """Refused, or working worse than it seems; silent where both types use the same operators."""
    for key, table in _keys(context):
        for here, own, there, other in pairs(key, table, _seen(context)):
            yield from _harms(context, (table.name, here, own), (key.target, there, other))


def _seen(context: Context) -> Schema:
    return context.after if isinstance(context.operation, op.SetType) else context.before


def _harms(context: Context, here: tuple[Name, str, Type], there: tuple[Name, str, Type]) -> Iterator[Harm]:
    (table, column, own), (target, wanted, other) = here, there
    said = f"{table}.{column} is {own} and refers to {target}.{wanted}, which is {other}"
    if not comparable(own, other):
        hint = f"give {table}.{column} the type {other}"
        yield Harm(f"{said}: no operator compares them, fails with 42804", hint, str(table), column)
    elif isinstance(context.operation, op.SetType):
        if _is_narrower(own, other):
            yield Harm(
                f"{said}: it cannot hold what the key may become",
                f"widen {table}.{column} too, the same way",
                str(table), column, Severity.INFO,
            )  # fmt: skip
    elif _is_narrower(own, other):
        message = f"{said}: it cannot hold what the key may become"
        yield Harm(message, f"make it {other} while it is small", str(table), column, Severity.WARNING)
    elif not finds_rows(own, other):
        message = f"{said}: no index on it serves a DELETE on {target}, which reads all of {table}"
        yield Harm(message, f"make it {other}", str(table), column, Severity.WARNING)
    elif own.base != other.base and own.base in INTEGERS:
        yield Harm(f"{said}: that works, and reads as a mistake", f"make it {other}", str(table), column, Severity.INFO)


def _is_narrower(own: Type, other: Type) -> bool:
    both = own.base in INTEGERS and other.base in INTEGERS
    return both and INTEGERS.index(own.base) < INTEGERS.index(other.base)


def _keys(context: Context) -> Iterator[tuple[ForeignKey, Table]]:
    """The foreign keys that the operation makes or touches, each with its table as it will be."""
    match context.operation:
        case op.CreateTable(made):
            if made.name not in context.before.tables:
                yield from ((key, made) for key in made.foreign_keys)
        case op.AddColumn(name, column, constraints) if (table := context.table(name)) is not None:
            keys = (each for each in constraints if isinstance(each, ForeignKey))
            if table.column(column.name) is None:
                yield from ((key, table.with_column(column)) for key in keys)
        case op.AddConstraint(name, ForeignKey() as key) if (table := context.table(name)) is not None:
            yield key, table
        case op.SetType(name, column, kind) if (table := context.table(name)) is not None and table.column(column):
            yield from _touched(context, table.with_column(Column(column, kind)), column)


def _touched(context: Context, table: Table, column: str) -> Iterator[tuple[ForeignKey, Table]]:
    for key in table.foreign_keys:
        if column in key.columns:
            yield key, table
    for other, key in context.before.referencing(table.name):
        if column in key.target_columns and other.name != table.name:
            yield key, other
