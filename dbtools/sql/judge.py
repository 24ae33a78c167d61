"""The facts that an operation's effects depend on, filled in where they are needed and nowhere else.

Reading is cheap and judging is not (sqlglot takes 100 ms to import), so expressions, type changes and views
stay unjudged until an operation asks for them. Judged state is kept in the schema, so that nothing is judged
twice.
"""

from __future__ import annotations

import re
from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.expression import Expression, Name, TypeChange, Volatility
from dbtools.model.limits import MOST_KEYS
from dbtools.model.objects import Check, Column, Index, PrimaryKey, Table, View
from dbtools.model.predict import Session
from dbtools.model.schema import Schema, added

LITERAL = re.compile(
    r"(?:NULL|true|false|[-+]?\d+(?:\.\d+)?|'(?:[^']|'')*')(?:::[\w\". ]+(?:\(\d+(?:, ?\d+)?\))?(?:\[\])?)?"
)


def judged(operation: op.Operation, schema: Schema, session: Session) -> tuple[op.Operation, Schema]:
    """The operation and the schema with everything judged that the operation's effects depend on."""
    match operation:
        case op.AddColumn(column=Column(default=Expression() as default) as column):
            operation = replace(operation, column=replace(column, default=expression(default)))
        case op.SetType():
            schema = with_views(schema, operation.table)
            operation = _with_change(operation, schema, session)
        case op.SetNullable(table, nullable=False) | op.AddConstraint(table, PrimaryKey()):
            schema = _with_checks(schema, table)
        case op.CreateIndex():
            operation = replace(operation, index=_index(operation.index))
        case op.Update(where=Expression() as where) | op.Delete(where=Expression() as where):
            operation = replace(operation, where=expression(where))
        case op.CreateView(view, replace=True) if view.name in schema.views:
            schema = _resolved(schema, [schema.views[view.name]])
            operation = replace(operation, view=_resolved_view(view, schema))
        case op.DropColumn(table) | op.RenameColumn(table) | op.DropTable(table) | op.RenameTable(table):
            schema = with_views(schema, table)
    return operation, schema


def expression(unjudged: Expression, *, indexed: bool = False) -> Expression:
    """The same expression, judged; a plain literal needs no parser to be immutable. ``depends`` only if *indexed*."""
    if unjudged.judged:
        return unjudged
    if LITERAL.fullmatch(unjudged.text):
        constant = {"true": True, "false": False}.get(unjudged.text)
        return replace(unjudged, judged=True, volatility=Volatility.IMMUTABLE, constant=constant)
    from dbtools.sql.judge_expressions import judge, untyped

    return judge(unjudged) if indexed else untyped(unjudged)


def _index(index: Index) -> Index:
    if len(index.keys) > MOST_KEYS:
        return index
    keys = tuple(
        key if key.expression is None else replace(key, expression=expression(key.expression, indexed=True))
        for key in index.keys
    )
    return replace(index, keys=keys, where=None if index.where is None else expression(index.where, indexed=True))


def _with_checks(schema: Schema, name: Name) -> Schema:
    table = schema.table(name)
    if table is None:
        return schema
    constraints = tuple(
        replace(found, expression=expression(found.expression)) if isinstance(found, Check) else found
        for found in table.constraints
    )
    return schema.with_table(replace(table, constraints=constraints))


def _with_change(operation: op.SetType, schema: Schema, session: Session) -> op.SetType:
    table: Table | None = schema.table(operation.table)
    column = table.column(operation.column) if table is not None else None
    if column is None or not schema.is_certain(operation.table):
        return operation
    return replace(operation, old=column.type, change=type_change(operation, column, schema, session))


def type_change(operation: op.SetType, column: Column, schema: Schema, session: Session) -> TypeChange | None:
    """What the change costs, by sqlglot's reading of both types; None when that is unknown."""
    from dbtools.sql.judge_types import Conversion, judge

    conversion = Conversion(operation.column, column.type, operation.type, operation.using)
    return judge(conversion, schema, timezone=session.timezone, version=session.version)


def with_views(schema: Schema, table: Name) -> Schema:
    """The schema with every view resolved that names *table*, directly or through another view."""
    pending = [view for view in schema.views.values() if view.reads is None and _names(view, table, schema)]
    return _resolved(schema, pending)


def _resolved(schema: Schema, views: list[View]) -> Schema:
    for view in views:
        if view.reads is None:
            schema = replace(schema, views=added(schema.views, view.name, _resolved_view(view, schema)))
    return schema


def _resolved_view(view: View, schema: Schema) -> View:
    """The view with the columns that it reads and shows; as it was where they cannot be told for certain."""
    from dbtools.sql.queries import Queries

    found = Queries(schema).qualify_view(view)
    if found is None or found.problems:
        return view
    return replace(view, reads=tuple(sorted(found.columns)), columns=view.columns or found.outputs)


def _names(view: View, table: Name, schema: Schema, depth: int = 16) -> bool:
    if table in view.mentions:
        return True
    inner = (schema.views[name] for name in view.mentions if name in schema.views)
    return depth > 0 and any(_names(each, table, schema, depth - 1) for each in inner)
