"""Enum labels that the transaction itself has added: any use of one fails with 55P04 until it commits.

Of an enum as new as its label the use is allowed (since 17; measured on 18).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.effects import Effects
from dbtools.model.expression import Expression, Name
from dbtools.model.literals import strings
from dbtools.model.objects import Check, Column, Table
from dbtools.model.predict.session import Session
from dbtools.model.schema import Schema

Label = tuple[Name, str]


def refusal(operation: op.Operation, schema: Schema, session: Session) -> Effects:
    """What the operation fails with for a label, or why that is not known."""
    if used(operation, schema, session):
        return Effects(fails=sqlstate.UNSAFE_NEW_ENUM_VALUE_USAGE)
    doubted = next((label for label in _new(operation, schema, session) if _mixes(operation, label, schema)), None)
    if doubted is None:
        return Effects()
    enum, label = doubted
    return Effects(uncertain=f"whether '{label}' stands there for the new value of {enum} is not known")


def used(operation: op.Operation, schema: Schema, session: Session) -> Label | None:
    """The label that *operation* surely uses too early, with its enum."""
    return next((label for label in _new(operation, schema, session) if _uses(operation, label, schema)), None)


def perhaps_used(operation: op.Operation, schema: Schema, session: Session) -> Label | None:
    """A label that is written to a table of which nothing is known, so that its column may be of the enum."""
    match operation:
        case op.SetDefault(table, default=Expression() as default):
            texts = {_text(default)}
        case op.Insert(table) | op.Update(table) | op.Delete(table):
            texts = {each.text for each in operation.constants if each.column or each.position}
        case _:
            return None
    if table in schema.tables or (schema.complete and schema.is_certain(table)):
        return None
    return next(session.unsafe(texts), None)


def _new(operation: op.Operation, schema: Schema, session: Session) -> Iterator[Label]:
    """The labels that the transaction has added, as far as the operation says them: there may be thousands."""
    return session.unsafe(_said(operation, schema)) if session.new_labels else iter(())


def _said(operation: op.Operation, schema: Schema) -> set[str]:
    said = {each.text for each in _constants(operation)}
    said |= {_text(column.default) for column in _defaults(operation, schema) if column.default is not None}
    texts = [expression.text for expression, _ in _expressions(operation, schema)]
    if isinstance(operation, op.CreateView):
        texts.append(operation.view.query)
    return said.union(*map(strings, texts))


def _uses(operation: op.Operation, label: Label, schema: Schema) -> bool:
    """Whether the label stands where only a value of its enum can."""
    if any(_means(each, label, _tables(operation), schema) for each in _constants(operation)):
        return True
    if any(_is_default(column, label) for column in _defaults(operation, schema)):
        return True
    return any(_columns(said, label, table) == {True} for said, table in _expressions(operation, schema))


def _mixes(operation: op.Operation, label: Label, schema: Schema) -> bool:
    """Whether the label's text stands where it may be a value of its enum or any other string."""
    if any(each.is_bare and each.text == label[1] for each in _constants(operation)):
        return True
    if isinstance(operation, op.CreateView):
        return f"'{label[1]}'" in operation.view.query
    return any(True in _columns(said, label, table) for said, table in _expressions(operation, schema))


# Strings of a query -----------------------------------------------------------------------------


def _constants(operation: op.Operation) -> tuple[op.Constant, ...]:
    return operation.constants if isinstance(operation, op.Insert | op.Update | op.Delete | op.Select) else ()


def _tables(operation: op.Operation) -> tuple[Name, ...]:
    """The tables whose columns a query names, the one that is written first."""
    match operation:
        case op.Insert(table) | op.Update(table) | op.Delete(table):
            return (table, *operation.reads)
        case op.Select(reads):
            return reads
    return ()


def _means(constant: op.Constant, label: Label, tables: tuple[Name, ...], schema: Schema) -> bool:
    enum, text = label
    if constant.text != text:
        return False
    if constant.type:
        return constant.type == enum.local
    return any(_is_of(column, enum) for column in _columns_meant(constant, tables, schema))


def _columns_meant(constant: op.Constant, tables: tuple[Name, ...], schema: Schema) -> Iterator[Column]:
    for table in (schema.tables[name] for name in tables if name in schema.tables):
        column = table.column(constant.column)
        if constant.position and table.name == tables[0] and constant.position <= len(table.columns):
            yield table.columns[constant.position - 1]
        elif not constant.position and column is not None:
            yield column


# Defaults, and expressions that a table keeps -----------------------------------------------------


def _defaults(operation: op.Operation, schema: Schema) -> Iterable[Column]:
    match operation:
        case op.CreateTable(table):
            return table.columns
        case op.AddColumn(_, column):
            return (column,)
        case op.SetDefault(name, column, Expression() as default):
            found = schema.tables.get(name, Table(name)).column(column)
            return () if found is None else (Column(column, found.type, default=default),)
    return ()


def _expressions(operation: op.Operation, schema: Schema) -> Iterator[tuple[Expression, Table]]:
    """The checks and the parts of indexes that an operation makes, each with its table."""
    match operation:
        case op.CreateTable(table):
            yield from ((check.expression, table) for check in table.checks)
        case op.AddColumn(name, column, constraints):
            after = schema.tables.get(name, Table(name)).with_column(column)
            yield from ((each.expression, after) for each in constraints if isinstance(each, Check))
        case op.AddConstraint(name, Check(_, expression)) if name in schema.tables:
            yield expression, schema.tables[name]
        case op.CreateIndex(name, index) if name in schema.tables:
            yield from ((each, schema.tables[name]) for each in index.expressions)


def _columns(expression: Expression, label: Label, table: Table) -> set[bool]:
    """Of an expression that says the label: whether the columns that it names are of the enum."""
    enum, text = label
    if f"'{text}'" not in expression.text:
        return set()
    found = map(table.column, expression.columns)
    return {column is not None and _is_of(column, enum) for column in found}


def _is_default(column: Column, label: Label) -> bool:
    return column.default is not None and _is_of(column, label[0]) and _text(column.default) == label[1]


def _is_of(column: Column, enum: Name) -> bool:
    return column.type.name == enum and not column.type.dimensions


def _text(default: Expression) -> str:
    return default.meaning.strip("'")
