"""Enum labels that the transaction itself has added: any use of one fails with 55P04 until it commits."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model.expression import Expression, Name
from dbtools.model.objects import Check, Table
from dbtools.model.predict.session import SET_EXPRESSION_SINCE, Session
from dbtools.model.schema import Schema


def used(operation: op.Operation, schema: Schema, session: Session) -> tuple[Name, str] | None:
    """The label that *operation* uses too early, with its enum. Of an enum as new as the label it is allowed (17 on).

    Of a longer expression that mixes an enum with other columns nothing is
    said: which of them a string belongs to takes more than its text.
    """
    for enum, label in sorted(session.new_labels):
        if enum in session.new_types and session.version >= SET_EXPRESSION_SINCE:
            continue
        if _uses(operation, enum, label, schema):
            return enum, label
    return None


def perhaps_used(operation: op.Operation, schema: Schema, session: Session) -> tuple[Name, str] | None:
    """A label that is written to a table of which nothing is known, so that its column may be of the enum."""
    match operation:
        case op.SetDefault(table, default=Expression() as default):
            texts = {default.meaning.strip("'")}
        case op.Insert(table) | op.Update(table) | op.Delete(table):
            texts = {each.text for each in operation.constants if not each.type}
        case _:
            return None
    if table in schema.tables or (schema.complete and schema.is_certain(table)):
        return None
    return next(((enum, label) for enum, label in sorted(session.new_labels) if label in texts), None)


def _uses(operation: op.Operation, enum: Name, label: str, schema: Schema) -> bool:
    match operation:
        case op.Insert(table) | op.Update(table) | op.Delete(table):
            tables = (table, *operation.reads)
            return any(_means(each, enum, label, tables, schema) for each in operation.constants)
        case op.Select(reads):
            return any(_means(each, enum, label, reads, schema) for each in operation.constants)
        case op.AddConstraint(table, Check(_, expression)):
            return _says(expression, enum, label, schema.table(table))
        case op.SetDefault(name, column, Expression() as default):
            known = schema.tables.get(name, Table(name)).column(column)
            return known is not None and _is(default, known.type.name, enum, label)
        case op.CreateTable(table):
            if any(each.default and _is(each.default, each.type.name, enum, label) for each in table.columns):
                return True
            return any(_says(check.expression, enum, label, table) for check in table.checks)
        case op.AddColumn(name, column, constraints):
            if column.default and _is(column.default, column.type.name, enum, label):
                return True
            after = schema.tables.get(name, Table(name)).with_column(column)
            return any(_says(each.expression, enum, label, after) for each in constraints if isinstance(each, Check))
        case op.CreateIndex(table, index) if index.where is not None:
            return _says(index.where, enum, label, schema.table(table))
    return False


def _means(constant: op.Constant, enum: Name, label: str, tables: tuple[Name, ...], schema: Schema) -> bool:
    if constant.text != label:
        return False
    if constant.type:
        return constant.type == enum.local
    return any(kind == enum for kind in _types(constant, tables, schema))


def _types(constant: op.Constant, tables: tuple[Name, ...], schema: Schema) -> Iterator[Name]:
    for table in (schema.tables[name] for name in tables if name in schema.tables):
        column = table.column(constant.column)
        if constant.position:
            # The first is the table that is written.
            if table.name == tables[0] and constant.position <= len(table.columns):
                yield table.columns[constant.position - 1].type.name
        elif column is not None:
            yield column.type.name


def _is(default: Expression, kind: Name, enum: Name, label: str) -> bool:
    return kind == enum and default.meaning.strip("'") == label


def _says(expression: Expression, enum: Name, label: str, table: Table | None) -> bool:
    if table is None or f"'{label}'" not in expression.text or not expression.columns:
        return False
    found = [table.column(name) for name in expression.columns]
    return all(column is not None and column.type.name == enum for column in found)
