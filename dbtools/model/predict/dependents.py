"""What depends on an object: it keeps that from being dropped or changed (2BP01, 0A000), or goes with it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from dbtools.model import sqlstate
from dbtools.model.effects import Effects
from dbtools.model.expression import Expression, Name
from dbtools.model.objects import Opaque, Table, View
from dbtools.model.predict.relations import AE, locks, own_keys, referencing, row_type_users, unresolved, views_reading
from dbtools.model.schema import Schema


class Dependent(NamedTuple):
    """What cannot stand without something else: ``view posts``, ``policy mine of post``."""

    kind: str
    name: str
    table: Name | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.name} of {self.table}" if self.table else f"{self.kind} {self.name}"


# Of a column or table -------------------------------------------------------------------------


def of_column(table: Table, column: str, schema: Schema) -> Iterator[Dependent]:
    """What stops the removal of a column of its own table: generated columns, policies, triggers, rules."""
    for other in table.columns:
        if other.generated is not None and column in other.generated.expression.columns:
            yield Dependent("generated column", other.name, table.name)
    for opaque in schema.on(table.name):
        if column in opaque.reads and opaque.kind in {"policy", "trigger", "rule"}:
            yield Dependent(opaque.kind, opaque.name.local, table.name)


def keys_out(members: Iterable[Table], column: str, schema: Schema) -> frozenset[Name]:
    """The targets of enforced foreign keys on a column."""
    return frozenset(
        key.target for member in members for key in own_keys(member, schema) if column in key.columns and key.enforced
    )


def doubts(table: Table, members: Iterable[Table], schema: Schema) -> str:
    """Why what depends on a column is not known; empty when it is."""
    if any(unresolved(member.name, schema) for member in members):
        return "a view that reads this table could not be resolved"
    others = elsewhere({member.name for member in members}, schema)
    if others:
        return f"which columns of {table.name} the {others[0].kind} {others[0].name.local} reads is not known"
    return ""


def elsewhere(names: Collection[Name], schema: Schema) -> tuple[Opaque, ...]:
    """Policies and rules of other tables that name one of these."""
    found = (opaque for name in names for opaque in schema.mentioning(name))
    return tuple(dict.fromkeys(each for each in found if each.table is not None and each.table not in names))


def above(views: Iterable[View], schema: Schema) -> tuple[View, ...]:
    """Views with every view over them."""
    found = list(views)
    names = {view.name for view in found}
    for view in found:
        over = [each for each in schema.reading(view.name) if view.name in each.mentions and each.name not in names]
        names.update(each.name for each in over)
        found += over
    return tuple(found)


def of_row_type(name: Name, schema: Schema) -> Effects:
    """A table cannot be written anew while a column of another one holds its rows."""
    users = [user for user in row_type_users(name, schema) if user.partition_by is None or user.columns]
    return Effects(fails=sqlstate.FEATURE_NOT_SUPPORTED if users else None)


def standing(members: tuple[Table, ...], schema: Schema, dropped: Collection[Name]) -> Effects:
    """What keeps tables from being dropped without CASCADE; *dropped* go in the same statement."""
    for member in members:
        others = any(other.name not in dropped for other, _ in referencing(member.name, schema))
        typed = any(each.table not in dropped for each in of_type(member.name, schema))
        if others or typed or views_reading(member.name, "", schema) or elsewhere(dropped, schema):
            return Effects(fails=sqlstate.DEPENDENT_OBJECTS_STILL_EXIST)
    return Effects()


def cascaded(members: tuple[Table, ...], schema: Schema, dropped: Collection[Name]) -> Effects:
    """The locks on what goes with dropped tables, or loses a part of itself."""
    effects = Effects()
    for member in members:
        others = [other for other, _ in referencing(member.name, schema) if other.name not in dropped]
        rows = [user for user in row_type_users(member.name, schema) if user.name not in dropped]
        ruled = {opaque.table: AE for opaque in elsewhere(dropped, schema) if opaque.table}
        views = {view.name: AE for view in above(views_reading(member.name, "", schema), schema)}
        effects |= Effects(locks((*others, *rows), AE) | ruled | views)
    return effects


# Of a type, a function, a schema, an extension --------------------------------------------------


def of_type(name: Name, schema: Schema) -> Iterator[Dependent]:
    """The functions that take or return the type, and the columns that hold rows of the table called so."""
    for (function, arguments), made in schema.functions.items():
        if any(each.removesuffix("[]") == str(name) for each in (*arguments, made.returns)):
            yield Dependent("function", f"{function}({', '.join(arguments)})")
    if name in schema.tables:
        for table in row_type_users(name, schema):
            yield from (Dependent("column", each.name, table.name) for each in table.columns if each.type.name == name)


def of_function(name: Name, schema: Schema) -> Iterator[tuple[Dependent, Name]]:
    """What calls the function, as far as it is the only one of that name, with the table that is locked with it."""
    if len([key for key in schema.functions if key[0] == name]) != 1:
        return
    call = re.compile(rf'(?<![\w.])(?:{re.escape(name.namespace)}\.)?"?{re.escape(name.local)}"?\(')
    for opaque in schema.opaques.values():
        named = name in opaque.calls or call.search(opaque.text)
        if opaque.kind in {"trigger", "policy"} and opaque.table is not None and named:
            yield Dependent(opaque.kind, opaque.name.local, opaque.table), opaque.table
    for table in schema.in_order():
        for what, made in _expressions(table):
            if name in made.calls or call.search(made.text):
                yield what, table.name


def _expressions(table: Table) -> Iterator[tuple[Dependent, Expression]]:
    for column in table.columns:
        if column.default is not None:
            yield Dependent("default", column.name, table.name), column.default
        if column.generated is not None:
            yield Dependent("generated column", column.name, table.name), column.generated.expression
    for check in table.checks:
        yield Dependent("constraint", check.name, table.name), check.expression
    for index in table.indexes:
        yield from ((Dependent("index", index.name), expression) for expression in index.expressions)


def of_namespace(namespace: str, schema: Schema) -> Iterator[Dependent]:
    """The sequences, functions and composite types in a schema: what it holds beside tables, views and named types."""
    yield from (Dependent("sequence", str(name)) for name in schema.sequences if name.namespace == namespace)
    yield from (Dependent("function", f"{name}()") for name, _ in schema.functions if name.namespace == namespace)
    yield from (
        Dependent("type", str(name)) for of, name, _ in schema.opaques if of == "type" and name.namespace == namespace
    )


def of_extension(extension: str, schema: Schema) -> Iterator[Dependent]:
    """The columns whose type is called as the extension that brings it: citext, hstore, ltree, vector."""
    for table in schema.tables.values():
        for column in table.columns:
            if column.type.base == extension and column.type.namespace:
                yield Dependent("column", column.name, table.name)
