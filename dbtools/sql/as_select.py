"""INSERT, UPDATE, DELETE and MERGE as the SELECT that names the same columns in the same scopes.

It is never run: what is written stands in its WHERE, so that the names are resolved where PostgreSQL resolves them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

SOURCE = "?source?"  # a name that no query can have given

TARGET = "?target?"  # the namespace of a table that is written: no CTE, whatever it is called

FIRST = "first"  # on a star: how many columns it stands for


def as_select(tree: exp.Expr) -> exp.Query | None:
    """*tree* itself when it is a query; None for what is neither a query nor a change of rows."""
    from sqlglot import exp

    changes = (exp.Insert, exp.Update, exp.Delete, exp.Merge)
    for change in reversed(list(tree.find_all(*changes))):
        if change.parent is not None and not isinstance(change.parent, exp.When):
            change.replace(_select_of(change))
    if isinstance(tree, changes):
        return _select_of(tree)
    if isinstance(tree, exp.Values):
        rows = [value for row in tree.expressions for value in row.expressions]
        return exp.Select(expressions=rows)
    return tree if isinstance(tree, exp.Query) else None


def _select_of(change: exp.Expr) -> exp.Select:
    from sqlglot import exp

    target = change.this.this if isinstance(change.this, exp.Schema) else change.this
    if isinstance(target, exp.Table) and not target.db:
        target.set("db", exp.to_identifier(TARGET, quoted=True))
    select = exp.Select(expressions=_returned(change), from_=exp.From(this=target))
    select.set("with_", change.args.get("with_"))
    match change:
        case exp.Update():
            _join(select, change.args.get("from_"))
            _mention(select, [*_assigned(change.expressions, target), change.args.get("where")])
        case exp.Delete():
            for other in change.args.get("using") or ():
                _join(select, other)
            _mention(select, [change.args.get("where")])
        case exp.Insert():
            _mention(select, _inserted(change, target))
            _add_source(select, change.expression)
        case exp.Merge():
            _join(select, change.args["using"])
            _mention(select, [change.args["on"], *_merged(change, target)])
    return select


def _returned(change: exp.Expr) -> list[exp.Expr]:
    returning = change.args.get("returning")
    return list(returning.expressions) if returning else []


def _join(select: exp.Select, source: exp.Expr | None) -> None:
    from sqlglot import exp

    if source is None:
        return
    table = source.this if isinstance(source, exp.From) else source
    joins = [*(source.args.get("joins") or ()), *(table.args.get("joins") or ())]
    table.set("joins", None)
    select.set("joins", [*(select.args.get("joins") or ()), exp.Join(this=table), *joins])


def _mention(select: exp.Select, parts: list[exp.Expr | None]) -> None:
    from sqlglot import exp

    bare = [part.this if isinstance(part, exp.Where) else part for part in parts if part is not None]
    select.set("where", exp.Where(this=exp.Tuple(expressions=bare)))


def _add_source(select: exp.Select, source: exp.Expr | None) -> None:
    """The rows of an INSERT as a CTE: they see nothing of the table that they go into."""
    from sqlglot import exp

    if isinstance(source, exp.Values):
        source = exp.Select(expressions=source.expressions)
    if not isinstance(source, exp.Query):
        return
    cte = exp.CTE(this=source, alias=exp.TableAlias(this=exp.to_identifier(SOURCE, quoted=True)))
    outer = select.args.get("with_") or exp.With(expressions=[])
    outer.append("expressions", cte)
    select.set("with_", outer)


def _target_column(name: exp.Expr, target: exp.Expr) -> exp.Expr:
    """A column that is written: always the target's, whatever else has one of its name."""
    from sqlglot import exp

    identifier = name.this if isinstance(name, exp.Column) else name
    return exp.Column(this=identifier, table=exp.to_identifier(target.alias_or_name, quoted=True))


def _assigned(assignments: list[exp.Expr], target: exp.Expr) -> list[exp.Expr]:
    from sqlglot import exp

    parts: list[exp.Expr] = []
    for assignment in assignments:
        if not isinstance(assignment, exp.EQ):
            parts.append(assignment)
            continue
        names = assignment.this.expressions if isinstance(assignment.this, exp.Tuple) else [assignment.this]
        parts += [_target_column(name, target) if isinstance(name, exp.Column) else name for name in names]
        parts.append(assignment.expression)
    return parts


def _inserted(insert: exp.Insert, target: exp.Expr) -> list[exp.Expr | None]:
    """The columns written, and what ON CONFLICT names; ``excluded`` stands there for the row that was refused."""
    from sqlglot import exp

    written = insert.this.expressions if isinstance(insert.this, exp.Schema) else _positional(insert.expression)
    parts: list[exp.Expr | None] = [_target_column(name, target) for name in written]
    conflict = insert.args.get("conflict")
    if conflict is None:
        return parts
    keys = conflict.args.get("conflict_keys") or ()
    parts += [_target_column(key, target) if isinstance(key, exp.Column | exp.Identifier) else key for key in keys]
    excluded = exp.Table(
        this=target.this.copy(), db=target.args.get("db"), alias=exp.TableAlias(this=exp.to_identifier("excluded"))
    )
    inner = exp.Select(expressions=[exp.Literal.number(1)], from_=exp.From(this=excluded))
    _mention(inner, [*_assigned(conflict.expressions, target), conflict.args.get("where")])
    return [*parts, exp.Exists(this=inner), conflict.args.get("index_predicate")]


def _positional(source: exp.Expr | None) -> list[exp.Expr]:
    """Without a column list, the first columns are written: as many as *source* has."""
    from sqlglot import exp

    star = exp.Star()
    if isinstance(source, exp.Values):
        star.meta[FIRST] = len(source.expressions[0].expressions)
    elif isinstance(source, exp.Query) and not source.is_star:
        star.meta[FIRST] = len(source.selects)
    return [star] if source is not None else []


def _merged(merge: exp.Merge, target: exp.Expr) -> list[exp.Expr]:
    from sqlglot import exp

    parts: list[exp.Expr] = []
    for when in merge.args["whens"].expressions:
        then = when.args.get("then")
        parts += [part for part in [when.args.get("condition")] if part is not None]
        if isinstance(then, exp.Update):
            parts += _assigned(then.expressions, target)
        elif isinstance(then, exp.Insert):
            written = then.this.expressions if isinstance(then.this, exp.Tuple) else []
            parts += [_target_column(name, target) for name in written]
            parts += [then.expression] if then.expression is not None else []
    return parts
