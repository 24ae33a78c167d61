"""Which columns the INSERTs of a query give a value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlglot import exp


class Written(NamedTuple):
    """One INSERT as it is written: without a list of columns, ``names`` is None and the first ones are meant.

    ``given`` says of each place whether every row gives a value there: not DEFAULT, and not the constant NULL. It is
    None where the source's width is not known from its text: a star.
    """

    target: exp.Table
    names: tuple[str, ...] | None
    given: tuple[bool, ...] | None


def written(tree: exp.Expr) -> tuple[Written, ...]:
    """Every INSERT in *tree*, those of WITH and MERGE too."""
    return tuple(_written(tree))


def _written(tree: exp.Expr) -> Iterator[Written]:
    from sqlglot import exp

    for insert in tree.find_all(exp.Insert):
        merge = insert.find_ancestor(exp.Merge)
        target = merge.this if merge is not None else insert.this
        names: tuple[str, ...] | None = None
        if isinstance(target, exp.Schema):
            names, target = tuple(name.name for name in target.expressions), target.this
        elif merge is not None and isinstance(insert.this, exp.Tuple):
            names = tuple(name.name for name in insert.this.expressions)
        if isinstance(target, exp.Table):
            yield Written(target, names, _given(insert.expression))


def _given(source: exp.Expr | None) -> tuple[bool, ...] | None:
    from sqlglot import exp

    match source:
        case exp.Values():
            rows = [row.expressions for row in source.expressions]
        case exp.Tuple():
            rows = [source.expressions]
        case exp.Select() if not source.is_star:
            rows = [source.expressions]
        case exp.SetOperation():
            sides = [_given(source.left), _given(source.right)]
            known = [side for side in sides if side is not None]
            return tuple(map(all, zip(*known, strict=False))) if len(known) == len(sides) else None
        case exp.Query():
            return None
        case _:
            return ()
    return tuple(all(_is_value(value) for value in column) for column in zip(*rows, strict=False))


def _is_value(value: exp.Expr) -> bool:
    from sqlglot import exp

    inner = value.unalias()
    while isinstance(inner, exp.Cast | exp.Paren):
        inner = inner.this
    if isinstance(inner, exp.Null):
        return False
    bare = inner.this if isinstance(inner, exp.Column) and not inner.table else inner
    quoted = isinstance(bare, exp.Identifier) and bare.quoted
    return quoted or not isinstance(bare, exp.Identifier | exp.Var) or bare.name.lower() != "default"
