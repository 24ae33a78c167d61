"""The columns that a query makes, of a table or a view: names and types as PostgreSQL works them out.

Types are followed through sqlglot's scopes: columns, casts, constants, and calls of built-in functions with one result
type. Where one is not known a table's columns are not, and nothing is claimed of it; of a view it is that one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from dbtools.model import operation as op
from dbtools.model.expression import Name, Type
from dbtools.model.objects import Column, ColumnRef, Columns, View
from dbtools.model.schema import Schema
from dbtools.sql import dialect
from dbtools.sql.built_in import functions
from dbtools.sql.scopes import output_name
from dbtools.sql.types import read_type

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

Outputs = list[tuple[str, Type | None]]
TEXT, INTEGER, BIGINT, NUMERIC, BOOLEAN = (Type(name) for name in ("text", "integer", "bigint", "numeric", "boolean"))
LARGEST = 2**31


def made(operation: op.CreateTable, schema: Schema) -> op.CreateTable:
    """CREATE TABLE AS with the columns that its query gives the table, as far as they are all known."""
    found = _Query(schema, operation.table.name.namespace).columns(operation.query)
    columns = Columns(Column(name, kind) for name, kind in found or () if kind is not None)
    if not found or len({name for name, _ in found}) < len(found) or len(columns) < len(found):
        return operation
    return replace(operation, table=replace(operation.table, columns=columns))


def view_columns(view: View, schema: Schema) -> tuple[tuple[str, Type | None], ...] | None:
    """Name and type of every column of *view*, as far as a type is known; None where not even the names are.

    Its stars stand for the columns that its tables had when it was made.
    """
    made_of = {ref.table for ref in view.expanded}
    then = {
        name: replace(table, columns=Columns(c for c in table.columns if ColumnRef(name, c.name) in view.expanded))
        for name, table in ((name, schema.tables.get(name)) for name in made_of)
        if table is not None
    }
    known = replace(schema, tables={**schema.tables, **then}) if then else schema
    found = _Query(known, view.name.namespace).columns(view.query)
    if not view.columns:
        return None if found is None else tuple(found)
    kinds = [kind for _, kind in found or ()]
    if len(kinds) < len(view.columns):
        return tuple((name, None) for name in view.columns)
    names = (*view.columns, *(name for name, _ in (found or ())[len(view.columns) :]))
    return tuple(zip(names, kinds, strict=True))


class _Query:
    """One query's outputs against one schema."""

    def __init__(self, schema: Schema, namespace: str) -> None:
        self._schema = schema
        self._namespace = namespace

    def columns(self, query: str) -> Outputs | None:
        """Name of every output, with its type where that is known; None when the names are not."""
        from sqlglot import exp
        from sqlglot.errors import SqlglotError
        from sqlglot.optimizer.scope import build_scope

        tree = dialect.parse(query)
        if not isinstance(tree, exp.Query):
            return None
        try:
            scope = build_scope(tree)
        except SqlglotError:
            return None
        return self._outputs(scope) if scope is not None else None

    def _outputs(self, scope: Scope) -> Outputs | None:
        from sqlglot import exp

        tree = scope.expression
        if isinstance(tree, exp.SetOperation):
            sides = [self._outputs(side) for side in scope.set_operation_scopes]
            first, second = sides if len(sides) == len(("left", "right")) else (None, None)
            if not first or not second or len(first) != len(second):
                return None
            pairs = zip(first, second, strict=True)
            return [(name, kind if kind == other else None) for (name, kind), (_, other) in pairs]
        if not isinstance(tree, exp.Select):
            return None
        found: Outputs = []
        for projection in tree.expressions:
            if not projection.is_star:
                found.append((output_name(projection), self._type(projection, scope)))
                continue
            several = self._starred(projection, scope)
            if several is None:
                return None
            found += several
        return found

    def _starred(self, projection: exp.Expr, scope: Scope) -> Outputs | None:
        from sqlglot import exp

        wanted = projection.table if isinstance(projection, exp.Column) else ""
        found: Outputs = []
        if scope.expression.args.get("joins") and any(
            join.args.get("using") for join in scope.expression.args["joins"]
        ):
            return None
        for alias, (_, source) in scope.selected_sources.items():
            if wanted in ("", alias):
                columns = self._source(source)
                if columns is None:
                    return None
                found += columns
        return found

    def _source(self, source: exp.Expr | Scope) -> Outputs | None:
        """The columns of one entry of FROM."""
        from sqlglot import exp

        if not isinstance(source, exp.Expr):
            return None if source.outer_columns else self._outputs(source)
        if not isinstance(source, exp.Table) or source.alias_column_names:
            return None
        name = Name(source.db or self._namespace, source.name)
        table = self._schema.table(name)
        if table is not None and self._schema.is_certain(name):
            return [(column.name, column.type) for column in table.columns]
        view = self._schema.views.get(name)
        if view is None or not self._schema.is_certain(name):
            return None
        found = _Query(self._schema, name.namespace).columns(view.query)
        if found is None or not view.columns:
            return found
        return [(new, kind) for new, (_, kind) in zip(view.columns, found, strict=False)]

    def _type(self, node: exp.Expr, scope: Scope) -> Type | None:
        from sqlglot import exp

        match node:
            case exp.Alias() | exp.Paren() | exp.Collate():
                return self._type(node.this, scope)
            case exp.Cast():
                return _read(node.to.sql(dialect="postgres"))
            case exp.Column():
                return self._column(node, scope)
            case exp.Literal(is_string=True):
                return TEXT
            case exp.Literal():
                return _number(node.name)
            case exp.Boolean():
                return BOOLEAN
            case exp.Coalesce():
                return _same(self._type(part, scope) for part in (node.this, *node.expressions))
            case exp.Anonymous():
                return self._call(node, scope)
        return BOOLEAN if isinstance(node, exp.Predicate | exp.Connector | exp.Not) else None

    def _call(self, node: exp.Anonymous, scope: Scope) -> Type | None:
        name = node.name.lower() if isinstance(node.this, str) else ""
        if name in {"coalesce", "greatest", "least"}:
            return _same(self._type(part, scope) for part in node.expressions)
        if name == "count":
            return BIGINT
        result = functions()[name].type if name in functions() else None
        return _read(result) if result and not result.startswith("any") else None

    def _column(self, node: exp.Column, scope: Scope) -> Type | None:
        found = [
            kind
            for alias, (_, source) in scope.selected_sources.items()
            if node.table in ("", alias)
            for name, kind in self._source(source) or ()
            if name == node.name
        ]
        return found[0] if len(found) == 1 else None


def _same(kinds: Iterator[Type | None]) -> Type | None:
    found = list(kinds)
    return found[0] if found and all(kind == found[0] for kind in found) else None


def _number(text: str) -> Type:
    if not text.isdigit():
        return NUMERIC
    return INTEGER if int(text) < LARGEST else BIGINT


def _read(text: str) -> Type | None:
    try:
        return read_type(text)
    except ValueError:
        return None
