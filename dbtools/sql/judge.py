"""The facts that an operation's effects depend on, filled in where they are needed and nowhere else.

Reading is cheap and judging is not (sqlglot takes 100 ms to import), so expressions, type changes and views
stay unjudged until an operation asks for them. Judged state is kept in the schema, so that nothing is judged
twice.
"""

from __future__ import annotations

import re
from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.expression import Expression, Name, TypeChange, Volatility
from dbtools.model.limits import MOST_KEYS
from dbtools.model.objects import Check, Column, Columns, Index, NotNull, PartitionOf, PrimaryKey, Table, View
from dbtools.model.predict import Session
from dbtools.model.predict.relations import default_partition, expressions, family
from dbtools.model.schema import Schema, added

LITERAL = re.compile(
    r"(?:NULL|true|false|[-+]?\d+(?:\.\d+)?|'(?:[^']|'')*')(?:::[\w\". ]+(?:\(\d+(?:, ?\d+)?\))?(?:\[\])?)?"
)


def judged(operation: op.Operation, schema: Schema, session: Session) -> tuple[op.Operation, Schema]:
    """The operation and the schema with everything judged that the operation's effects depend on."""
    if isinstance(operation, op.AddColumn) and schema.views:
        # A star means the columns of the day it was written, so it is resolved before there are more.
        over = (view for view in schema.reading(operation.table) if operation.table in view.mentions)
        starred = [view for view in over if "*" in view.query]
        schema = _resolved(schema, starred)
    match operation:
        case op.AddColumn(column=Column(default=Expression() as default) as column):
            operation = replace(operation, column=replace(column, default=expression(default)))
        case op.SetType():
            schema = _with_all_views(schema, operation.table)
            operation = _with_change(operation, schema, session)
        case op.SetNullable(table, nullable=False) | op.AddConstraint(table, PrimaryKey() | NotNull()):
            schema = _with_checks(schema, table)
        case op.ValidateConstraint(table):
            schema = _with_checks(schema, table)
        case op.CreateIndex():
            operation = replace(operation, index=_index(operation.index))
        case op.Update(where=Expression() as where) | op.Delete(where=Expression() as where):
            operation = replace(operation, where=expression(where))
        case op.CreateView(view):
            old = schema.views.get(view.name) if operation.replace else None
            schema = schema if old is None else _resolved(schema, [old])
            operation = _looked_at(operation, schema)
        case op.CreateTable(query=str(query)) if query:
            from dbtools.sql.made import made

            operation = made(operation, schema)
        case op.AttachPartition(partition, of) | op.CreateTable(
            Table(name=partition, partition_of=PartitionOf() as of)
        ):
            from dbtools.sql.bounds import fit

            schema = _with_checks(schema, partition)
            rest = default_partition(of.parent, schema)
            schema = schema if rest is None else _with_checks(schema, rest.name)
            operation = replace(operation, fit=fit(partition, of, schema, session.timezone))
        case op.DropColumn(table) | op.RenameColumn(table) | op.DropTable(table) | op.RenameTable(table):
            schema = _with_all_views(schema, table)
        case op.AlterOpaque("view", name) if name in schema.views:
            schema = _resolved(schema, [schema.views[name]])
        case op.DropFunction(name):
            schema = _with_callers(schema, name)
    return operation, schema


def _with_all_views(schema: Schema, table: Name) -> Schema:
    """The schema with every view resolved that reads the table, or what inherits from it."""
    for member in family(table, schema):
        schema = with_views(schema, member.name)
    return schema if table in schema.tables else with_views(schema, table)


def _looked_at(operation: op.CreateView, schema: Schema) -> op.CreateView:
    """The view with the columns that it reads, or the SQLSTATE of the name in its query that does not exist."""
    from dbtools.sql.queries import Queries

    view = operation.view
    found = Queries(schema).qualify(view.query, view.name.namespace, view.mentions)
    if found is None:
        return operation
    if not found.problems:
        columns = view.columns or found.outputs
        return replace(operation, view=replace(view, reads=tuple(sorted(found.columns)), columns=columns))
    certain = schema.complete and not schema.uncertain_all and all(map(schema.is_certain, view.mentions))
    return replace(operation, fails=PROBLEMS.get(found.problems[0].kind)) if certain else operation


PROBLEMS = {"unknown table": sqlstate.UNDEFINED_TABLE, "unknown column": sqlstate.UNDEFINED_COLUMN}


def _with_callers(schema: Schema, function: Name) -> Schema:
    """The schema with every expression judged that may call the function."""
    for table in schema.in_order():
        if any(function.local in each.text and not each.judged for each in expressions(table)):
            schema = _with_checks(schema, table.name)
            columns = (
                column if column.default is None else replace(column, default=expression(column.default))
                for column in table.columns
            )
            indexes = tuple(map(_index, table.indexes))
            schema = schema.with_table(replace(schema.tables[table.name], columns=Columns(columns), indexes=indexes))
    return schema


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
    """The schema with the checks of the table, and of what inherits from it, judged."""
    for table in family(name, schema):
        if any(not check.expression.judged for check in table.checks):
            constraints = tuple(
                replace(found, expression=expression(found.expression)) if isinstance(found, Check) else found
                for found in table.constraints
            )
            schema = schema.with_table(replace(table, constraints=constraints))
    return schema


def _with_change(operation: op.SetType, schema: Schema, session: Session) -> op.SetType:
    table: Table | None = schema.table(operation.table)
    column = table.column(operation.column) if table is not None else None
    if column is None or not schema.is_certain(operation.table):
        return operation
    change = type_change(operation, column, schema, session)
    if change is not None and not change.fails and operation.using is not None and column.default is not None:
        plain = type_change(replace(operation, using=None), column, schema, session)
        # USING is for the rows: a default is cast by itself, as an assignment.
        change = change._replace(fails=plain.fails) if plain is not None else None
    return replace(operation, old=column.type, change=change)


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
        if view.reads is None and schema.is_certain(view.name):
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
