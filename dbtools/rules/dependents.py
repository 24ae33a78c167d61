"""What goes with an object that is dropped: by CASCADE, or, without it, what PostgreSQL refuses to leave behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.apply import apply
from dbtools.model.objects import Table
from dbtools.model.predict.dependents import (
    Dependent,
    elsewhere,
    of_column,
    of_extension,
    of_function,
    of_namespace,
    of_type,
)
from dbtools.model.predict.relations import family, views_reading
from dbtools.model.schema import Schema
from dbtools.rules.base import Context

Dropping = (
    op.DropTable | op.DropColumn | op.DropConstraint | op.DropIndex | op.DropType | op.DropView | op.DropSequence
    | op.DropFunction | op.DropNamespace | op.DropExtension
)  # fmt: skip


def going_with(context: Context) -> tuple[Dependent, ...]:
    """Everything beside the object itself that is gone once it is dropped with CASCADE."""
    operation, before = context.operation, context.before
    if not isinstance(operation, Dropping):
        return ()
    after = apply(before, replace(operation, cascade=True))
    found = [*_relations(operation, before, after), *_within_tables(operation, before, after)]
    found += [*_opaques(operation, before, after), *_by_text(operation, before)]
    return tuple(dict.fromkeys(found))


def _relations(operation: Dropping, before: Schema, after: Schema) -> Iterator[Dependent]:
    own = {operation.name} if isinstance(operation, op.DropTable | op.DropView | op.DropSequence) else set()
    for name in sorted(before.views.keys() - after.views.keys() - own):
        yield Dependent("materialized view" if before.views[name].materialized else "view", str(name))


def _within_tables(operation: Dropping, before: Schema, after: Schema) -> Iterator[Dependent]:
    """Constraints, columns and defaults of the tables that stay; those of the object itself go without saying."""
    for name, old in before.tables.items():
        new = after.tables.get(name)
        if new is None or new is old:
            continue
        own = _own(operation, old, before)
        kept = {column.name: column for column in new.columns}
        for constraint in old.constraints:
            if new.constraint(constraint.name) is None and constraint.name not in own:
                yield Dependent("constraint", constraint.name, name)
        for column in old.columns:
            if column.name not in kept and column.name not in own:
                yield Dependent("generated column" if column.generated else "column", column.name, name)
            elif column.name in kept and column.default and not kept[column.name].default and column.name not in own:
                yield Dependent("default", column.name, name)


def _own(operation: Dropping, table: Table, schema: Schema) -> frozenset[str]:
    """The columns and constraints of *table* that go without CASCADE as well."""
    match operation:
        case op.DropColumn(name, column) if table in family(name, schema):
            gone = table.without_column(column)
            lost = (each.name for each in table.constraints if column in _columns(each))
            return frozenset((column, *lost)) if gone is not table else frozenset()
        case op.DropConstraint(name, constraint) if table in family(name, schema):
            return frozenset({constraint})
    return frozenset()


def _columns(constraint: object) -> tuple[str, ...]:
    expression = getattr(constraint, "expression", None)
    return tuple(expression.columns if expression is not None else getattr(constraint, "columns", ()))


def _opaques(operation: Dropping, before: Schema, after: Schema) -> Iterator[Dependent]:
    """Policies, triggers and rules of relations that stay."""
    for kind, name, table in sorted(before.opaques.keys() - after.opaques.keys(), key=str):
        if table is not None and (table in after.tables or table in after.views):
            yield Dependent(kind, name.local, table)
    match operation:
        case op.DropColumn(name, column):
            found = before.table(name)
            yield from of_column(found, column, before) if found is not None else ()


def _by_text(operation: Dropping, schema: Schema) -> Iterator[Dependent]:
    """What the schema keeps by its text or signature only."""
    match operation:
        case op.DropTable(name):
            yield from of_type(name, schema)
            reading = (each for each in elsewhere({name}, schema) if each.kind == "policy")
            yield from (Dependent(each.kind, each.name.local, each.table) for each in reading)
        case op.DropType(name):
            yield from of_type(name, schema)
        case op.DropFunction(name):
            yield from (each for each, _ in of_function(name, schema))
        case op.DropNamespace(name):
            yield from of_namespace(name, schema)
        case op.DropExtension(name):
            yield from of_extension(name, schema)


def standing_on(context: Context) -> tuple[Dependent, ...]:
    """What keeps the object as it is: everything that would go with it, or what a change of its type stops at."""
    operation, schema = context.operation, context.before
    if not isinstance(operation, op.SetType):
        return going_with(context)
    table = schema.table(operation.table)
    views = views_reading(operation.table, operation.column, schema)
    found = [Dependent("materialized view" if view.materialized else "view", str(view.name)) for view in views]
    return (*found, *(of_column(table, operation.column, schema) if table is not None else ()))
