"""A history of migrations as a source: the schema is what it adds up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain

from dbtools.errors import SourceError
from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.migration import Migration
from dbtools.model.objects import ColumnRef
from dbtools.model.reader import ASPECTS, Reading, Unread
from dbtools.model.schema import Schema
from dbtools.sources.layouts import Layout, Running
from dbtools.sources.layouts import read as read_layout
from dbtools.sources.written import Statement as Written
from dbtools.sources.written import column_places
from dbtools.sql.history import history
from dbtools.sql.read import Statement
from dbtools.sql.walk import statements

EXPRESSIBLE = ASPECTS
EXPECTED = "name the folder that holds the files of SQL; docs/migrations.md says which runners dbtools knows"


def read_texts(files: Mapping[str, str], where: str, transaction: str = "") -> Reading:
    """The schema that the migrations among *files* add up to; SourceError when there is none."""
    layout = read_layout([files], Running(transaction))
    if not layout.migrations:
        raise SourceError(f"{where} holds no migration", hint=EXPECTED)
    return read_migrations(layout, where)


def read_migrations(layout: Layout, where: str) -> Reading:
    """The schema that the migrations of *layout* add up to."""
    scripts = [(each.up.path, each.up.text) for each in layout.migrations]
    return _Told("migrations", where, scripts, complete=layout.complete)


def read_sql(files: Mapping[str, str], where: str) -> Reading:
    """The schema that SQL files, a dump or a declarative folder, describe together."""
    found = [(path, text) for path, text in sorted(files.items()) if path.endswith(".sql")]
    if not found:
        raise SourceError(f"{where} holds no .sql file", hint="name an SQL file or a folder of them")
    return reading("sql", where, found)


def reading(kind: str, where: str, scripts: list[tuple[str, str]]) -> Reading:
    """The schema that *scripts*, path and text in their order, make, with where each table and column was said."""
    return _Told(kind, where, scripts)


class _Told(Reading):
    """What scripts say together, each part found when it is asked for: most commands need no more than the schema."""

    _scripts: Sequence[tuple[str, str]]
    _complete: bool

    def __init__(
        self, kind: str, where: str, scripts: Sequence[tuple[str, str]] = (), *, complete: bool = True, **known: object
    ) -> None:
        own: dict[str, object] = {"kind": kind, "where": where, "expressible": EXPRESSIBLE, "readers": ()}
        own |= {"client_defaults": {}, "inserts": {}}
        own |= {"_scripts": scripts, "_complete": complete, **known}  # known: what ``replace`` has found already
        for name, value in own.items():
            object.__setattr__(self, name, value)

    @cached_property
    def schema(self) -> Schema:
        return replace(history(text for _, text in self._scripts), complete=self._complete)

    @cached_property
    def origins(self) -> Mapping[ColumnRef, Location]:
        found: dict[ColumnRef, Location] = {}
        for path, text in self._scripts:
            for statement in statements(text):
                found.update(_origins(path, statement))
        return found

    @cached_property
    def unknown(self) -> tuple[Unread, ...]:
        every = ((path, statement) for path, text in self._scripts for statement in statements(text))
        return tuple(chain.from_iterable(_unread(path, statement) for path, statement in every))


def history_schema(migrations: Iterable[Migration]) -> Schema:
    """The schema after *migrations*."""
    return history(each.up.text for each in migrations)


def _origins(path: str, statement: Statement) -> Mapping[ColumnRef, Location]:
    found: dict[ColumnRef, Location] = {}
    for operation, place in zip(statement.operations, statement.places, strict=True):
        location = Location(path, place.line, place.column)
        match operation:
            case op.CreateTable(table):
                found[ColumnRef(table.name)] = location
                written = Written(statement.text, location)
                for name, there in column_places(written, [column.name for column in table.columns]):
                    found[ColumnRef(table.name, name)] = there
            case op.AddColumn(table=name, column=column):
                found[ColumnRef(name, column.name)] = location
            case op.SetType(name, column) | op.SetNullable(name, column) | op.SetDefault(name, column):
                found[ColumnRef(name, column)] = location
            case op.RenameTable(name, to):
                found[ColumnRef(Name(name.namespace, to))] = location
            case op.RenameColumn(name, _, to):
                found[ColumnRef(name, to)] = location
            case op.CreateEnum(enum):
                found[ColumnRef(enum.name)] = location
    return found


def _unread(path: str, statement: Statement) -> list[Unread]:
    place = statement.error_place or statement.place
    return [
        Unread(Location(path, place.line, place.column), operation.reason)
        for operation in statement.operations
        if isinstance(operation, op.Unknown)
    ]
