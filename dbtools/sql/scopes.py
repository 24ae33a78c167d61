"""Questions about one scope of a query: what it sees, what it names, what comes out of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

UNNAMED = "?column?"
NAMED_BY_GRAMMAR = {
    "StrPosition": "position", "Trim": "btrim", "CurrentUser": "current_user", "SessionUser": "session_user",
}  # fmt: skip


def renamed(columns: tuple[str, ...] | None, names: tuple[str, ...]) -> tuple[str, ...] | None:
    """The columns under the names of a column list: it may be shorter, and says all where nothing else is known."""
    return names or None if columns is None else (*names, *columns[len(names) :])


def cte_columns(scope: Scope) -> tuple[str, ...]:
    """The column list of the CTE that *scope* is, or is the first half of."""
    from sqlglot import exp

    around = scope.expression.parent
    while isinstance(around, exp.SetOperation):
        around = around.parent
    return tuple(around.alias_column_names) if isinstance(around, exp.CTE) else ()


def columns_in(scope: Scope) -> Iterator[exp.Column]:
    """The columns named in *scope* itself, not in those inside it."""
    from sqlglot import exp
    from sqlglot.optimizer.scope import walk_in_scope

    for node in walk_in_scope(scope.expression):
        if isinstance(node, exp.Column):
            yield node


def visible_from(scope: Scope) -> Iterator[Scope]:
    """The scopes whose FROM a name in *scope* can see, nearest first.

    A CTE and a derived table that is not LATERAL see nothing of the FROM that they stand in.
    """
    from sqlglot import exp

    visible: Scope | None = scope
    while visible is not None:
        yield visible
        lateral = isinstance(visible.expression.find_ancestor(exp.Lateral, exp.Select), exp.Lateral)
        skips = visible.is_cte or (visible.is_derived_table and not lateral)
        visible = visible.parent
        if skips and visible is not None:
            visible = visible.parent


def is_sort_key(column: exp.Column, scope: Scope) -> bool:
    """Whether *column* is a bare key of ORDER BY or DISTINCT ON, where an output column goes before those of FROM."""
    from sqlglot import exp

    key = column.parent
    if isinstance(key, exp.Ordered):
        return key.find_ancestor(exp.Window, exp.Func, exp.Query) is scope.expression
    return isinstance(key, exp.Tuple) and isinstance(key.parent, exp.Distinct)


def merged(scope: Scope) -> frozenset[str]:
    """The names that USING makes one."""
    joins = scope.expression.args.get("joins") or ()
    return frozenset(name.name for join in joins for name in join.args.get("using") or ())


def is_natural(scope: Scope) -> bool:
    """Whether a NATURAL JOIN makes all common names one."""
    return any(join.args.get("method") == "NATURAL" for join in scope.expression.args.get("joins") or ())


def output_name(projection: exp.Expr) -> str:
    """The name that PostgreSQL gives an output column (``FigureColname``)."""
    from sqlglot import exp

    match projection:
        case exp.Alias() | exp.Column():
            return str(projection.output_name)
        case exp.Dot(expression=inner) | exp.Paren(this=inner) | exp.Collate(this=inner):
            return output_name(inner)
        case exp.Cast(this=inner):
            found = output_name(inner)
            return found if found != UNNAMED else projection.to.sql(dialect="postgres").lower()
        case exp.Window(this=inner) | exp.Filter(this=inner) | exp.WithinGroup(this=inner):
            return output_name(inner)
        case exp.Anonymous():
            return str(projection.name).lower()
        case exp.Subquery(this=exp.Select() as inner) if inner.expressions:
            return output_name(inner.expressions[0])
        case exp.Identifier() | exp.Bracket():
            return str(projection.name)
        case exp.Interval():
            return "interval"
        case exp.Func() if not isinstance(projection, exp.Binary):
            return NAMED_BY_GRAMMAR.get(type(projection).__name__, projection.sql_name().lower())
    return UNNAMED
