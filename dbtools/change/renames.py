"""Which tables and columns only have another name: two schemas cannot tell, the migrations between them can."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dbtools.change.value import Change
from dbtools.model import operation as op
from dbtools.model.apply import apply_all
from dbtools.model.expression import Name
from dbtools.model.schema import Schema
from dbtools.sql.walk import statements


class Renames(NamedTuple):
    """The schema before under the names of after; what each renamed table, and each renamed column, was called."""

    base: Schema
    tables: dict[Name, Name]
    columns: dict[tuple[Name, str], str]


def renames(change: Change) -> Renames:
    """What the new migrations rename, as far as the schemas before and after agree with them."""
    if not change.base.tables:
        return Renames(change.base, {}, {})
    trail = _Trail()
    for migration in change.new:
        for statement in statements(migration.up.text):
            for operation in statement.operations:
                trail.follow(operation)
    base, head = change.base, change.head
    tables = {
        now: was
        for now, was in sorted(trail.tables.items())
        if was in base.tables and now in head.tables and was not in head.tables and now not in base.tables
    }
    moved = apply_all(base, (each for now, was in tables.items() for each in _moves(was, now)))
    columns = {
        (table, now): was
        for (table, now), was in sorted(trail.columns.items())
        if _is_renamed(table, was, now, moved, head)
    }
    names = (op.RenameColumn(table, was, now) for (table, now), was in columns.items())
    return Renames(apply_all(moved, names), tables, columns)


class _Trail:
    """What is called how now, and was called how before: of those only that were renamed."""

    def __init__(self) -> None:
        self.tables: dict[Name, Name] = {}
        self.columns: dict[tuple[Name, str], str] = {}

    def follow(self, operation: op.Operation) -> None:
        match operation:
            case op.RenameTable(name, to):
                self._move(name, name._replace(local=to))
            case op.SetNamespace("table", name, to):
                self._move(name, name._replace(namespace=to))
            case op.RenameColumn(table, column, to):
                self.columns[table, to] = self.columns.pop((table, column), column)
            case op.DropColumn(table, column):
                self.columns.pop((table, column), None)
            case op.CreateTable(made):
                self._forget(made.name)
            case op.DropTable(name):
                self._forget(name)

    def _move(self, name: Name, to: Name) -> None:
        self.tables[to] = self.tables.pop(name, name)
        for table, column in [key for key in self.columns if key[0] == name]:
            self.columns[to, column] = self.columns.pop((table, column))

    def _forget(self, name: Name) -> None:
        self.tables.pop(name, None)
        for key in [key for key in self.columns if key[0] == name]:
            del self.columns[key]


def _moves(was: Name, now: Name) -> Iterator[op.Operation]:
    if was.namespace != now.namespace:
        yield op.SetNamespace("table", was, now.namespace)
    if was.local != now.local:
        yield op.RenameTable(now._replace(local=was.local), now.local)


def _is_renamed(table: Name, was: str, now: str, before: Schema, after: Schema) -> bool:
    """Whether the table has the column under its old name only before, and under its new one only after."""
    return _held(before, table, was, now) == {was} and _held(after, table, was, now) == {now}


def _held(schema: Schema, table: Name, *columns: str) -> set[str]:
    found = schema.tables.get(table)
    return set() if found is None else {column.name for column in found.columns if column.name in columns}
