"""Sequences, functions, comments, and what is kept by its text."""

from __future__ import annotations

from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.apply.columns import drawn_from
from dbtools.model.apply.relations import doubted
from dbtools.model.expression import Name
from dbtools.model.naming import is_relation, object_name
from dbtools.model.objects import Column, Columns, FunctionKey, Sequence, Table
from dbtools.model.schema import Schema, added, removed


def create_sequence(schema: Schema, sequence: Sequence) -> Schema:
    """The sequence is there, unless its name is taken."""
    if is_relation(schema, sequence.name):
        return schema
    return replace(schema, sequences=added(schema.sequences, sequence.name, sequence))


def own_sequence(schema: Schema, operation: op.AlterSequence) -> Schema:
    """A sequence that a column owns is part of that column: a serial, when the column draws from it."""
    if operation.owner is None or operation.name not in schema.sequences:
        return schema
    table_name, column_name = operation.owner
    table = schema.tables.get(table_name)
    column = table.column(column_name) if table else None
    if table is None or column is None:
        return schema
    schema = replace(schema, sequences=removed(schema.sequences, operation.name))
    if column.default is not None and drawn_from(column.default, table_name.namespace) == operation.name:
        schema = schema.with_table(table.with_column(replace(column, default=None, identity="serial")))
    return schema


def drop_sequence(schema: Schema, name: Name) -> Schema:
    """The sequence is gone, and the defaults that drew from it."""
    standing = name in schema.sequences

    def lost(table: Table, column: Column) -> bool:
        if column.identity == "serial":
            return not standing and name == Name(
                table.name.namespace, object_name(table.name.local, column.name, "seq")
            )
        return column.default is not None and drawn_from(column.default, table.name.namespace) == name

    schema = replace(schema, sequences=removed(schema.sequences, name))
    for table in tuple(schema.tables.values()):
        if any(lost(table, column) for column in table.columns):
            columns = (
                replace(column, default=None, identity="") if lost(table, column) else column
                for column in table.columns
            )
            schema = schema.with_table(replace(table, columns=Columns(columns)))
    return schema


def create_function(schema: Schema, operation: op.CreateFunction) -> Schema:
    """The function is there; an old one with the same arguments stays unless OR REPLACE was said."""
    key = (operation.function.name, operation.function.arguments)
    if key in schema.functions and not operation.replace:
        return schema
    return replace(schema, functions=added(schema.functions, key, operation.function))


def drop_function(schema: Schema, operation: op.DropFunction) -> Schema:
    """The function is gone, with the defaults and checks that call it; tables whose triggers may are in doubt."""
    key = _key(schema, operation)
    if key is None:
        return schema
    schema = replace(schema, functions=removed(schema.functions, key))
    if any(function.name == operation.name for function in schema.functions.values()):
        return schema
    for table in tuple(schema.tables.values()):
        after = _without_calls(table, operation.name)
        if after is not table:
            schema = schema.with_table(after)
    opaques = [opaque for opaque in schema.opaques.values() if operation.name.local in opaque.text]
    callers = {opaque.table for opaque in opaques if opaque.table}
    return doubted(schema, *callers) if callers else schema


def _key(schema: Schema, operation: op.DropFunction) -> FunctionKey | None:
    if operation.arguments is not None:
        key = (operation.name, operation.arguments)
        return key if key in schema.functions else None
    keys = [key for key in schema.functions if key[0] == operation.name]
    return keys[0] if len(keys) == 1 else None


def _without_calls(table: Table, function: Name) -> Table:
    for column in table.columns:
        if column.default is not None and function in column.default.calls:
            table = table.with_column(replace(column, default=None))
    for check in table.checks:
        if function in check.expression.calls:
            table = table.without_constraint(check.name)
    return table


def create_opaque(schema: Schema, operation: op.CreateOpaque) -> Schema:
    """It is there, under its kind, name and table."""
    opaque = operation.opaque
    key = (opaque.kind, opaque.name, opaque.table)
    if key in schema.opaques and not operation.replace:
        return schema
    return replace(schema, opaques=added(schema.opaques, key, opaque))


def alter_opaque(schema: Schema, operation: op.AlterOpaque) -> Schema:
    """It has another name when it was renamed; a view whose columns were renamed is in doubt."""
    if operation.kind == "view" and operation.name in schema.views:
        return doubted(schema, operation.name)
    key = (operation.kind, operation.name, operation.table)
    opaque = schema.opaques.get(key)
    if operation.kind == "type" and not operation.to:
        typed = [table.name for table in schema.tables.values() if table.of == operation.name]
        schema = doubted(schema, *typed) if typed else schema
    if opaque is not None and opaque.columns and operation.kind == "type" and not operation.to:
        return replace(schema, opaques=added(schema.opaques, key, replace(opaque, columns=())))
    if opaque is None or not operation.to:
        return schema
    name = operation.name._replace(local=operation.to)
    renamed = added(removed(schema.opaques, key), (opaque.kind, name, opaque.table), replace(opaque, name=name))
    return replace(schema, opaques=renamed)


def drop_opaque(schema: Schema, operation: op.DropOpaque) -> Schema:
    """It is gone; a publication with everything it publishes."""
    kept = {
        key: opaque
        for key, opaque in schema.opaques.items()
        if key[:2] != (operation.kind, operation.name) or (operation.table is not None and key[2] != operation.table)
    }
    return replace(schema, opaques=kept) if len(kept) < len(schema.opaques) else schema


def comment(schema: Schema, operation: op.Comment) -> Schema:
    """The table, column, view or enum has that comment, or none."""
    name, text = operation.name, operation.text or None
    table, view, enum = schema.tables.get(name), schema.views.get(name), schema.enums.get(name)
    match operation.kind:
        case "column" if table is not None:
            column = table.column(operation.column)
            return schema if column is None else schema.with_table(table.with_column(replace(column, comment=text)))
        case "table" if table is not None:
            return schema.with_table(replace(table, comment=text))
        case "view" | "matview" | "materialized view" if view is not None:
            return replace(schema, views=added(schema.views, name, replace(view, comment=text)))
        case "type" if enum is not None:
            return replace(schema, enums=added(schema.enums, name, replace(enum, comment=text)))
    return schema
