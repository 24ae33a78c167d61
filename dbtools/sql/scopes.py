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


def joins_in(scope: Scope) -> list[exp.Join]:
    """The joins of *scope* itself, those in brackets too."""
    from sqlglot import exp
    from sqlglot.optimizer.scope import walk_in_scope

    return [node for node in walk_in_scope(scope.expression) if isinstance(node, exp.Join)]


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


def hidden_from(node: exp.Expr, scope: Scope) -> frozenset[str]:
    """The entries in the FROM of *scope* that *node* cannot see from within it.

    ON sees its own join's two sides, back to the last comma; LATERAL sees what stands before it.
    """
    from sqlglot import exp

    part = node
    below = node
    while part.parent is not None and part.parent is not scope.expression:
        below, part = part, part.parent
    if not isinstance(part, exp.Join) or part.parent is not scope.expression:
        return frozenset()
    joins = scope.expression.args["joins"]
    at = next(place for place, join in enumerate(joins) if join is part)
    if below is part.this:
        return frozenset(name for join in joins[at:] for name in _joined_names(join))
    commas = [place for place, join in enumerate(joins[: at + 1]) if _is_comma(join)]
    hidden = [*joins[at + 1 :], *joins[: commas[-1]]] if commas else joins[at + 1 :]
    first = [scope.expression.args["from_"]] if commas else []
    return frozenset(name for join in (*hidden, *first) for name in _joined_names(join))


def _joined_names(join: exp.Expr) -> list[str]:
    """What a join, or the first entry of FROM, brings in."""
    from sqlglot import exp

    source = join.this
    inner = source.this if isinstance(source, exp.Subquery) and isinstance(source.this, exp.Table) else None
    tables = [source] if inner is None else [inner, *(each.this for each in inner.args.get("joins") or ())]
    return [table.alias_or_name for table in tables]


def _is_comma(join: exp.Expr) -> bool:
    return not any(join.args.get(part) for part in ("on", "using", "method", "side", "kind"))


def is_sort_key(column: exp.Column, scope: Scope) -> bool:
    """Whether *column* is a bare key of ORDER BY or DISTINCT ON, where an output column goes before those of FROM."""
    from sqlglot import exp

    key = column.parent
    if isinstance(key, exp.Ordered):
        return key.find_ancestor(exp.Window, exp.Func, exp.Query) is scope.expression
    return isinstance(key, exp.Tuple) and isinstance(key.parent, exp.Distinct)


def merged(scope: Scope) -> frozenset[str]:
    """The names that USING makes one."""
    return frozenset(name.name for join in joins_in(scope) for name in join.args.get("using") or ())


def merged_sides(scope: Scope) -> dict[str, set[str]]:
    """The entries of FROM whose columns USING makes one, by name: a later join without it brings one of its own."""
    first = scope.expression.args.get("from_")
    seen = _joined_names(first) if first is not None else []
    sides: dict[str, set[str]] = {}
    for join in joins_in(scope):
        seen = [*seen, *_joined_names(join)]
        for name in join.args.get("using") or ():
            sides.setdefault(name.name, set()).update(seen)
    return sides


def is_natural(scope: Scope) -> bool:
    """Whether a NATURAL JOIN makes all common names one."""
    return any(join.args.get("method") == "NATURAL" for join in joins_in(scope))


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


def is_lateral(scope: Scope) -> bool:
    """Whether *scope* is the query of LATERAL (...), which sqlglot takes for a subquery of it."""
    from sqlglot import exp

    around = scope.expression.parent
    return isinstance(around, exp.Subquery) and isinstance(around.parent, exp.Lateral)
