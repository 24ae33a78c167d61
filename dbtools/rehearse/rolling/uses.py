"""What code does with a database: its named queries, and the statements that its models stand for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import NamedTuple

from dbtools.change.value import Code
from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.identifiers import literal, quote, quote_all, quote_name
from dbtools.model.objects import Column, ColumnRef, Table
from dbtools.model.reader import Reader, Reading
from dbtools.model.schema import Schema
from dbtools.sql.named import mentions

Row = Mapping[str, str | None]
# What Prisma's client evaluates itself and sends along; autoincrement() and dbgenerated() it leaves to the database.
SENT_BY_PRISMA = re.compile(r"(?is)'.*'(::.*)?|-?[\d.]+|true|false|CURRENT_TIMESTAMP|ARRAY\[.*")
SELECT, INSERT, EVERY_COLUMN, UPDATE, LABELS = "SELECT", "INSERT", "full INSERT", "UPDATE", "labels"


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A named query, ready to be prepared; ``text`` is None where it is no SQL until a template has filled it."""

    source: str
    location: Location
    text: str | None

    def place(self, _: str) -> Location:
        """Where it stands."""
        return self.location


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """One table or view as one model knows it.

    ``columns``: every one that it reads, with its place. ``least``: those that each INSERT gives a value; ``blank``:
    what else an INSERT names, and what it says for it: NULL or DEFAULT. ``most``: those that it can give a value.
    ``labels``: what it takes the labels of an enum to be. ``casts``: the enums whose names it writes beside a value.
    """

    source: str
    location: Location
    table: Name
    columns: Mapping[str, Location]
    least: tuple[str, ...] = ()
    blank: Mapping[str, str] = field(default_factory=dict)
    most: tuple[str, ...] = ()
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    casts: Mapping[str, Name] = field(default_factory=dict)

    def place(self, said: str) -> Location:
        """Where it says the column that a message of the server names, or else where it begins."""
        return next((place for name, place in self.columns.items() if f'"{name}"' in said), self.location)


Use = Query | Model


class Sent(NamedTuple):
    """A statement of a model without its values: ``given`` are the columns that get one."""

    what: str
    given: tuple[str, ...] = ()


def uses_of(code: Code, names: Collection[Name] | None) -> Iterator[Use]:
    """What *code* does with the relations called *names*; with all of them where that is None."""
    for reading in code.readings:
        yield from models_of(reading, names)
    for query in code.queries:
        if names is None or any(mentions(query.plain, name.local) for name in names):
            text = None if query.error else query.numbered
            yield Query(f"query {query.name}", query.location, text)


def models_of(reading: Reading, names: Collection[Name] | None) -> Iterator[Model]:
    """Every model of a source, for each table that it reads."""
    wanted = (reader for reader in reading.readers if names is None or reader.column.table in names)
    by_table = groupby(wanted, key=lambda reader: (reader.source, reader.column.table))
    for (source, name), readers in by_table:
        columns = {reader.column.column: reader for reader in readers}
        places = {column: reader.location for column, reader in columns.items()}
        location = reading.origin(ColumnRef(name))
        table = reading.schema.table(name)
        view = Model(source, location, name, places)
        yield view if table is None else _writing(view, reading, table, columns)


def _writing(model: Model, reading: Reading, table: Table, readers: Mapping[str, Reader]) -> Model:
    """*model* with what it does when it writes."""
    written = [column for column in table.columns if column.name in readers and _is_written(reading, table, column)]
    least = [column.name for column in written if _is_always_sent(reading, table, column)]
    rest = [column for column in written if column.name not in least]
    blank = {column.name: said for column in rest if (said := _blank(reading.kind, column))}
    read = [column for column in table.columns if column.name in readers]
    labels = {column.name: found for column in read if (found := _labels(column, reading.schema))}
    most = tuple(column.name for column in written if not column.identity)
    enums = {column.name: column.type.name for column in written if _is_cast(reading, column)}
    return replace(model, least=tuple(least), blank=blank, most=most, labels=labels, casts=enums)


def _is_written(reading: Reading, table: Table, column: Column) -> bool:
    refused = reading.inserts.get(ColumnRef(table.name, column.name)) == "refused"
    return not refused and column.generated is None and column.identity != "always"


def _is_always_sent(reading: Reading, table: Table, column: Column) -> bool:
    """Whether each INSERT gives it a value: it must have one, or the client fills it in."""
    ref = ColumnRef(table.name, column.name)
    if ref in reading.inserts:
        return reading.inserts[ref] == "required"
    if ref in reading.client_defaults:
        return True
    if column.default is not None:
        return reading.kind == "prisma" and SENT_BY_PRISMA.fullmatch(column.default.text) is not None
    domain = reading.schema.domains.get(column.type.name)
    return not (column.nullable or column.identity or (domain is not None and domain.default is not None))


def _is_cast(reading: Reading, column: Column) -> bool:
    """Whether the client names the column's type: ``CAST($1::text AS "public"."Mood")``, as Prisma does."""
    return reading.kind == "prisma" and column.type.name in reading.schema.enums and not column.type.dimensions


def _blank(kind: str, column: Column) -> str:
    """What the client says for a column that gets no value: Drizzle names all, SQLAlchemy those without a default."""
    if kind == "drizzle":
        return "DEFAULT"
    return "NULL" if kind == "sqlalchemy" and column.default is None and not column.identity else ""


def _labels(column: Column, schema: Schema) -> tuple[str, ...]:
    if column.type.dimensions:
        return ()
    enum = schema.enums.get(column.type.name)
    if enum is not None:
        return enum.labels
    is_union = (column.type.base, column.type.namespace) == ("union", "typescript")
    return tuple(label for label in column.type.modifiers if isinstance(label, str)) if is_union else ()


def statements_of(model: Model) -> Iterator[Sent]:
    """The kinds of statements that a model stands for."""
    yield Sent(SELECT)
    if model.labels:
        yield Sent(LABELS)
    if model.most:
        yield Sent(INSERT, model.least)
        if set(model.most) != set(model.least):
            yield Sent(EVERY_COLUMN, model.most)
        yield Sent(UPDATE)


def reading_text(model: Model, what: str, keys: Collection[str]) -> str:
    """A statement that needs no values; an UPDATE leaves *keys* and all values as they are."""
    table = quote_name(model.table)
    match what:
        case "SELECT":
            return f"SELECT {quote_all(model.columns)} FROM {table} LIMIT 1"  # noqa: S608 - names are quoted
        case "labels":
            tests = " OR ".join(_spelled(*each) for each in model.labels.items())
            return f"SELECT FROM {table} WHERE {tests} LIMIT 1"
    columns = [name for name in model.most if name not in keys] or model.most
    same = ", ".join(f"{quote(name)} = {quote(name)}" for name in columns)
    row = f"({quote_all(keys)}) IN (SELECT {quote_all(keys)} FROM {table} LIMIT 1)" if keys else "false"  # noqa: S608
    return f"UPDATE {table} SET {same} WHERE {row}"  # noqa: S608


def _spelled(column: str, labels: tuple[str, ...]) -> str:
    return f"{quote(column)} IN ({', '.join(map(literal, labels))})"


def insert_text(model: Model, sent: Sent, row: Row, keys: Collection[str] = ()) -> str | None:
    """An INSERT with the values of *row*, in place of the row with its *keys*; None where a value is not known."""
    if any(name not in row for name in (*sent.given, *keys)):
        return None
    blank = model.blank if sent.what == INSERT else {}
    values = {**{name: _sent(model, name, row[name]) for name in sent.given}, **blank}
    table = quote_name(model.table)
    listed = f"({quote_all(values)}) VALUES ({', '.join(values.values())})" if values else "DEFAULT VALUES"
    insert = f"INSERT INTO {table} {listed}"
    if not keys:
        return insert
    found = " AND ".join(f"{quote(name)} = {_literal(row[name])}" for name in keys)
    return f"DELETE FROM {table} WHERE {found}; {insert}"  # noqa: S608


def _sent(model: Model, column: str, value: str | None) -> str:
    if column not in model.casts:
        return _literal(value)
    namespace, local = model.casts[column]
    return f"CAST({_literal(value)}::text AS {quote(namespace)}.{quote(local)})"


def _literal(value: str | None) -> str:
    """As a driver sends it: text, of which the column's type makes what it can."""
    if value is None:
        return "NULL"
    return f"E{literal(value.replace(chr(92), chr(92) * 2))}" if "\\" in value else literal(value)
