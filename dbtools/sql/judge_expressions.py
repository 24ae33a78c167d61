"""What an expression does, as far as its text tells: how volatile it is, what it calls, proves and casts.

``judge`` fills in the fields of an ``Expression`` that follow ``judged``. What sqlglot cannot parse stays at volatility
UNKNOWN, with nothing else claimed. A plain column is no cast; ``casts_of`` counts it as none at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from dbtools.model.expression import ColumnCast, Expression, Name, Type, TypeDependent, Volatility
from dbtools.sql import dialect
from dbtools.sql.built_in import is_built_in
from dbtools.sql.types import type_of
from dbtools.sql.volatility import volatility, volatility_by_type

if TYPE_CHECKING:
    from sqlglot import exp


def judge(expression: Expression) -> Expression:
    """The same expression, judged; function names that have no namespace are taken to live in ``public``.

    In ``depends``, a base with ``[]`` stands for arrays of it, and ``enum`` for any enum.
    """
    found = untyped(expression)
    return replace(found, depends=_depends(expression.text, found.volatility))


def untyped(expression: Expression) -> Expression:
    """The same without ``depends``, which takes longer than all the rest and matters to indexes only."""
    return replace(_judged(expression.text), meaning=expression.meaning, columns=expression.columns)


@lru_cache(maxsize=4096)
def _judged(text: str) -> Expression:
    """By its text: expressions that mean the same, such as ``x`` and ``x::text``, may be judged differently."""
    tree = _parse(text)
    try:
        return Expression(text, text) if tree is None else _understood(tree, text)
    except RecursionError:
        return Expression(text, text)


def _understood(tree: exp.Expr, text: str) -> Expression:
    return Expression(
        text,
        text,
        judged=True,
        volatility=volatility(tree),
        calls=tuple(dict.fromkeys(_calls(tree))),
        constant=_truth(tree),
        # sqlglot reads IS UNKNOWN, which proves nothing, as IS NULL.
        proves=() if "unknown" in text.lower() else tuple(sorted(_proves(tree))),
        cast=_column_cast(tree, text),
    )


def is_readable(expression: Expression) -> bool:
    """Whether sqlglot can parse *expression*; of what it cannot, nothing may be claimed."""
    return _parse(expression.text) is not None


def casts_of(expression: Expression, column: str) -> tuple[Type, ...] | None:
    """The types that *expression* casts *column* to, first to last; None when it does anything else."""
    tree = _parse(expression.text)
    chain = None if tree is None else _chain(tree, expression.text)
    return chain[1] if chain and chain[0] == column else None


@lru_cache(maxsize=1024)
def _parse(text: str) -> exp.Expr | None:
    """*text* as sqlglot reads it; None when it does not."""
    from sqlglot import exp

    tree = dialect.parse(f"SELECT {text}")
    single = isinstance(tree, exp.Select) and len(tree.expressions) == 1 and not tree.args.get("from_")
    found = tree.expressions[0] if tree is not None and single else None
    return None if isinstance(found, exp.Alias) else found


def _calls(tree: exp.Expr) -> Iterator[Name]:
    from sqlglot import exp

    for call in tree.find_all(exp.Anonymous):
        name = call.name.lower() if isinstance(call.this, str) else call.this.name
        within = call.parent if isinstance(call.parent, exp.Dot) else None
        namespace = within.this.name if within else ""
        if namespace == "pg_catalog" or (not namespace and is_built_in(name)):
            continue
        yield Name(namespace or "public", name)


@lru_cache(maxsize=4096)
def _depends(text: str, how: Volatility) -> tuple[TypeDependent, ...]:
    """Each column with the types that make the whole worse than *how*."""
    tree = _parse(text)
    if tree is None or how >= Volatility.STABLE:
        return ()
    worse: dict[tuple[str, Volatility], list[str]] = {}
    with suppress(RecursionError):  # then the whole is UNKNOWN anyway
        for column, base, typed in volatility_by_type(tree):
            if how < typed < Volatility.UNKNOWN:
                worse.setdefault((column, typed), []).append(base)
    return tuple(TypeDependent(column, tuple(bases), typed) for (column, typed), bases in worse.items())


def _truth(tree: exp.Expr) -> bool | None:
    """What a condition is for every row: three-valued logic over its parts, those without columns folded by sqlglot."""
    from sqlglot import exp
    from sqlglot.optimizer.simplify import simplify

    match tree:
        case exp.Paren():
            return _truth(tree.this)
        case exp.Not():
            inner = _truth(tree.this)
            return None if inner is None else not inner
        case exp.And() | exp.Or():
            deciding = isinstance(tree, exp.Or)
            sides = [_truth(side) for side in tree.flatten()]
            if deciding in sides:
                return deciding
            return None if None in sides else not deciding
    if tree.find(exp.Column, exp.Func, exp.Query):
        return None
    folded = simplify(tree.copy(), dialect="postgres")
    return bool(folded.this) if isinstance(folded, exp.Boolean) else None


def _proves(tree: exp.Expr, *, negated: bool = False) -> frozenset[str]:
    """The columns that PostgreSQL concludes are not null from *tree*, or from its negation (``predicate_implied_by``).

    Only ``IS NOT NULL`` and its spellings count: a CHECK that compares a null passes.
    """
    from sqlglot import exp

    match tree:
        case exp.Paren():
            return _proves(tree.this, negated=negated)
        case exp.Not():
            return _proves(tree.this, negated=not negated)
        case exp.EQ(expression=exp.Boolean() as value):
            return _proves(tree.this, negated=negated is bool(value.this))
        case exp.And() | exp.Or():
            idle = isinstance(tree, exp.And)
            sides = [_proves(side, negated=negated) for side in tree.flatten() if _truth(side) is not idle]
            return _all_of(sides) if idle is not negated else _any_of(sides)
        case exp.Is(expression=exp.Null()) if bool(tree.args.get("negate")) is not negated:
            return _whole_columns(tree.this)
        case exp.NullSafeNEQ(expression=exp.Null()) if not negated:
            return _whole_columns(tree.this)
        case exp.NullSafeEQ(expression=exp.Null()) if negated:
            return _whole_columns(tree.this)
    return frozenset()


def _all_of(sides: list[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sides)


def _any_of(sides: list[frozenset[str]]) -> frozenset[str]:
    return sides[0].intersection(*sides[1:]) if sides else frozenset()


def _whole_columns(tree: exp.Expr) -> frozenset[str]:
    """The column that *tree* is, or the columns of a row; of anything computed, none."""
    from sqlglot import exp

    is_row = isinstance(tree, exp.Tuple) or (isinstance(tree, exp.Anonymous) and tree.name.lower() == "row")
    members = tree.expressions if is_row else [tree]
    return frozenset(member.name for member in members if isinstance(member, exp.Column))


def _column_cast(tree: exp.Expr, text: str) -> ColumnCast | None:
    chain = _chain(tree, text)
    return ColumnCast(chain[0], chain[1][0]) if chain and len(chain[1]) == 1 else None


def _chain(tree: exp.Expr, text: str) -> tuple[str, tuple[Type, ...]] | None:
    """The column at the bottom of nothing but casts, and their types from the inside out."""
    from sqlglot import exp

    casts = 0
    while not isinstance(tree, exp.Column):
        if not isinstance(tree, exp.Cast | exp.Paren | exp.Collate):
            return None
        casts += isinstance(tree, exp.Cast)
        tree = tree.this
    types = _cast_types(text) if casts else ()
    return (tree.name, types) if len(types) == casts else None


@lru_cache(maxsize=1024)
def _cast_types(text: str) -> tuple[Type, ...]:
    """The types of nested casts, innermost first, by PostgreSQL's grammar: to sqlglot ``short`` is a smallint."""
    import postgast

    try:
        node = postgast.parse(f"SELECT {text}").stmts[0].stmt.select_stmt.target_list[0].res_target.val
    except postgast.PgQueryError:
        return ()
    types: list[Type] = []
    while (kind := node.WhichOneof("node")) in {"type_cast", "collate_clause"}:
        node = getattr(node, kind)
        if kind == "type_cast":
            types.insert(0, type_of(node.type_name))
        node = node.arg
    return tuple(types)
