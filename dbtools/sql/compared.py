"""What stands on the other side of a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlglot import exp


class Constant(NamedTuple):
    """A constant of a type; one in quotes is of none yet, and ``value`` is its text."""

    type: str
    value: str | None = None


def compared_with(column: exp.Expr) -> Iterator[exp.Expr]:
    """Everything that *column* itself is compared with: =, <, IN (...), BETWEEN."""
    from sqlglot import exp

    inner, outer = column, column.parent
    while isinstance(outer, exp.Paren):
        inner, outer = outer, outer.parent
    match outer:
        case exp.EQ(parent=exp.Update()):
            return
        case exp.EQ() | exp.NEQ() | exp.GT() | exp.GTE() | exp.LT() | exp.LTE():
            yield (outer.expression if outer.this is inner else outer.this).unnest()
        case exp.In() if outer.this is inner:
            yield from (each.unnest() for each in outer.expressions)
        case exp.Between() if outer.this is inner:
            yield outer.args["low"].unnest()
            yield outer.args["high"].unnest()


def constant_of(tree: exp.Expr) -> Constant | None:
    """The constant that *tree* is; None for everything else, parameters too."""
    from sqlglot import exp

    if isinstance(tree, exp.Neg):
        tree = tree.this
    match tree:
        case exp.Boolean():
            return Constant("boolean")
        case exp.Literal(is_string=True):
            return Constant("", str(tree.this))
        case exp.Literal():
            return Constant("numeric" if not str(tree.this).isdigit() else "integer")
    return None
