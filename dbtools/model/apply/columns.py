"""Columns added, dropped, renamed and altered, on a table and on everything that inherits from it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.apply import constraints, views
from dbtools.model.apply.relations import changed, children, doubted, missing, without_lost_keys, without_owned
from dbtools.model.expression import Expression, Name
from dbtools.model.limits import MOST_COLUMNS
from dbtools.model.naming import object_name, written
from dbtools.model.objects import (
    Check,
    Column,
    ColumnRef,
    Columns,
    Constraint,
    Exclusion,
    ForeignKey,
    Index,
    NotNull,
    PrimaryKey,
    Sequence,
    Table,
    Unique,
)
from dbtools.model.schema import Schema, added, removed

DRAWN = re.compile(r"(?:pg_catalog\.)?nextval\('((?:[^']|'')*)'", re.IGNORECASE)


def add(schema: Schema, operation: op.AddColumn) -> Schema:
    """The column is there, with the constraints written on it."""
    table = schema.tables.get(operation.table)
    if table is None:
        return missing(schema, operation.table)
    column = settled(operation.column)
    if len(table.columns) >= MOST_COLUMNS or table.column(column.name) is not None:
        return schema
    schema = changed(schema, table.name, lambda each: each if each.column(column.name) else each.with_column(column))
    schema = views.starred(schema, table.name)
    return constraints.added_to(schema, table.name, operation.constraints)


def settled(column: Column) -> Column:
    """*column* as the server keeps it: an identity column is never null."""
    return replace(column, nullable=False) if column.identity in {"always", "by default"} else column


def drop(schema: Schema, operation: op.DropColumn) -> Schema:
    """The column is gone, and with it every index and constraint that reads it, and what depends on those."""
    table = schema.tables.get(operation.table)
    if table is None:
        return missing(schema, operation.table)
    if table.column(operation.column) is None or _partitions_by(table, operation.column):
        return schema
    return dropped(schema, table, operation.column, cascade=operation.cascade)


def dropped(schema: Schema, table: Table, column: str, *, cascade: bool) -> Schema:
    """*schema* without *column* of *table*, of what inherits from it, and without what depends on it."""
    computed = [each.name for each in table.columns if each.generated and column in each.generated.expression.columns]
    for name in computed:
        schema = dropped(schema, schema.tables[table.name], name, cascade=cascade)
    table = schema.tables[table.name]
    after = replace(
        table.without_column(column),
        constraints=tuple(found for found in table.constraints if column not in reads(found)),
        indexes=tuple(index for index in table.indexes if column not in index.reads()),
    )
    schema = without_lost_keys(schema.with_table(after), table, after)
    ref = ColumnRef(table.name, column)
    schema = without_owned(views.without_column(schema, ref, cascade=cascade), {ref})
    for opaque in schema.on(table.name) if cascade else ():
        if column in opaque.reads:
            kept = removed(schema.opaques, (opaque.kind, opaque.name, opaque.table))
            schema = replace(schema, opaques=kept)
    for child in children(schema, table.name):
        if child.column(column) is not None:
            schema = dropped(schema, child, column, cascade=cascade)
    return schema


def reads(constraint: Constraint) -> tuple[str, ...]:
    """The columns of its own table that *constraint* depends on."""
    match constraint:
        case Check():
            return constraint.expression.columns
        case NotNull():
            return (constraint.column,)
        case PrimaryKey() | Unique() | ForeignKey() | Exclusion():
            return constraint.columns


def _partitions_by(table: Table, column: str) -> bool:
    return table.partition_by is not None and column in table.partition_by.columns


def rename(schema: Schema, operation: op.RenameColumn) -> Schema:
    """The column has another name wherever the model keeps columns; where only text says it, the table is in doubt."""
    table = schema.tables.get(operation.table)
    if table is None:
        return missing(schema, operation.table)
    old, new = operation.column, operation.to
    if table.column(old) is None or table.column(new) is not None:
        return schema
    schema = schema.with_table(_renamed(table, old, new))
    if any(old in expression.columns for expression in _expressions(table)) or _excludes(table, old):
        schema = doubted(schema, table.name)
    schema = _with_targets_renamed(schema, table.name, old, new)
    schema = views.with_column_renamed(schema, ColumnRef(table.name, old), new)
    for child in children(schema, table.name):
        schema = rename(schema, op.RenameColumn(child.name, old, new))
    return schema


def _renamed(table: Table, old: str, new: str) -> Table:
    def swapped(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new if name == old else name for name in names)

    def expression(before: Expression) -> Expression:
        return replace(before, columns=swapped(before.columns), proves=swapped(before.proves))

    def constraint(before: Constraint) -> Constraint:
        match before:
            case Check():
                return replace(before, expression=expression(before.expression))
            case NotNull():
                return replace(before, column=new if before.column == old else before.column)
            case ForeignKey():
                return replace(before, columns=swapped(before.columns), clears=swapped(before.clears))
            case PrimaryKey() | Unique() | Exclusion():
                return replace(before, columns=swapped(before.columns))

    def index(before: Index) -> Index:
        keys = (
            replace(
                key,
                column=new if key.column == old else key.column,
                expression=expression(key.expression) if key.expression else None,
            )
            for key in before.keys
        )
        where = expression(before.where) if before.where else None
        return replace(before, keys=tuple(keys), where=where, include=swapped(before.include))

    def column(before: Column) -> Column:
        generated = before.generated
        if generated is not None:
            generated = generated._replace(expression=expression(generated.expression))
        return replace(before, name=new if before.name == old else before.name, generated=generated)

    by = table.partition_by
    return replace(
        table,
        columns=Columns(column(each) for each in table.columns),
        constraints=tuple(constraint(each) for each in table.constraints),
        indexes=tuple(index(each) for each in table.indexes),
        partition_by=by and by._replace(columns=swapped(by.columns)),
    )


def _expressions(table: Table) -> list[Expression]:
    inside = [check.expression for check in table.checks]
    inside += [column.generated.expression for column in table.columns if column.generated]
    return inside + [expression for index in table.indexes for expression in index.expressions]


def _excludes(table: Table, column: str) -> bool:
    return any(isinstance(found, Exclusion) and column in found.columns for found in table.constraints)


def _with_targets_renamed(schema: Schema, target: Name, old: str, new: str) -> Schema:
    for table, key in schema.referencing(target):
        if old in key.target_columns:
            columns = tuple(new if name == old else name for name in key.target_columns)
            now = schema.tables[table.name]
            schema = schema.with_table(now.with_constraint(replace(key, target_columns=columns)))
    return schema


def _altered(schema: Schema, name: Name, column: str, change: Callable[[Column], Column]) -> Schema:
    def on_table(table: Table) -> Table:
        found = table.column(column)
        return table if found is None else table.with_column(change(found))

    return changed(schema, name, on_table)


def set_type(schema: Schema, operation: op.SetType) -> Schema:
    """The column has another type; its collation is the one said, else the type's own."""
    kind, collation = operation.type, operation.collation
    change = lambda column: replace(column, type=kind, collation=collation)  # noqa: E731 - reads best in one line
    return _altered(schema, operation.table, operation.column, change)


def set_nullable(schema: Schema, operation: op.SetNullable) -> Schema:
    """The column takes nulls, or not; a primary key or identity column never does."""
    table = schema.tables.get(operation.table)
    column = table.column(operation.column) if table else None
    if table is not None and column is not None and operation.nullable:
        primary = table.primary_key
        if column.identity in {"always", "by default"} or (primary is not None and column.name in primary.columns):
            return schema

    def change(each: Table) -> Table:
        found = each.column(operation.column)
        if found is None:
            return each
        pending = (own for own in each.constraints if not (isinstance(own, NotNull) and own.column == found.name))
        return replace(each.with_column(replace(found, nullable=operation.nullable)), constraints=tuple(pending))

    return changed(schema, operation.table, change)


def set_default(schema: Schema, operation: op.SetDefault) -> Schema:
    """The column has that default; the next value of a sequence of its own makes it a serial, which it owns after."""
    default = operation.default
    table = schema.tables.get(operation.table)
    column = table.column(operation.column) if table else None
    if column is not None and (column.generated or column.identity in {"always", "by default"}):
        return schema
    drawn = drawn_from(default) if default else None
    ref = ColumnRef(operation.table, operation.column)
    own = Name(operation.table.namespace, object_name(operation.table.local, operation.column, "seq"))
    kept = schema.sequences.get(own)
    if drawn == own and (kept is None or kept.owner == ref):
        schema = replace(schema, sequences=removed(schema.sequences, own))
        change = lambda column: replace(column, default=None, identity="serial")  # noqa: E731 - reads best in one line
    else:
        change = lambda column: replace(column, default=default, identity="")  # noqa: E731 - likewise
        if column is not None and column.identity == "serial":
            schema = replace(schema, sequences=added(schema.sequences, own, Sequence(own, ref)))
    return _altered(schema, operation.table, operation.column, change)


def drawn_from(default: Expression, namespace: str = "public") -> Name | None:
    """The sequence whose ``nextval`` *default* is."""
    drawn = DRAWN.match(default.text.strip())
    return written(drawn[1].replace("''", "'"), namespace) if drawn else None


def set_identity(schema: Schema, operation: op.SetIdentity) -> Schema:
    """The column is an identity column, hence not null; or it is one no more, and stays not null."""
    identity = operation.identity

    def change(column: Column) -> Column:
        if not identity:
            return replace(column, identity="") if column.identity != "serial" else column
        return replace(column, identity=identity, nullable=False, default=None)

    return _altered(schema, operation.table, operation.column, change)


def set_generated(schema: Schema, operation: op.SetGenerated) -> Schema:
    """The column is computed by another expression, or keeps its values and is computed no more."""

    def change(column: Column) -> Column:
        if column.generated is None:
            return column
        new = operation.generated
        return replace(column, generated=new and new._replace(stored=column.generated.stored))

    return _altered(schema, operation.table, operation.column, change)
