"""Defaults of columns: which write every row anew when a column comes with one, and which the server refuses."""

from __future__ import annotations

from dbtools.model import sqlstate
from dbtools.model.expression import Expression, Type, Volatility
from dbtools.model.literals import is_refused, is_too_long
from dbtools.model.objects import Column, Domain
from dbtools.model.schema import Schema


def refusal(column: Column, schema: Schema, *, stored: bool) -> str | None:
    """Why a column cannot have its default; *stored*: rows get it at once, so that it has to fit."""
    default = column.default
    if default is None:
        return None
    if default.columns:
        return sqlstate.FEATURE_NOT_SUPPORTED
    if is_refused(default.text, column.type, schema):
        return sqlstate.INVALID_TEXT_REPRESENTATION
    return sqlstate.STRING_DATA_RIGHT_TRUNCATION if stored and is_too_long(default.text, column.type) else None


def rewrites(column: Column, schema: Schema) -> bool | None:
    """Whether rows that are there get a value each; None when nobody knows."""
    if column.identity:
        return True
    if column.generated is not None:
        return column.generated.stored
    domain = None if column.type.dimensions else schema.domains.get(column.type.name)
    if domain is not None and is_constrained(domain, schema):
        return True
    default = column.default or (domain.default if domain else None)
    if default is None:
        return False
    worst = volatility(default, schema)
    return None if worst is Volatility.UNKNOWN else worst is Volatility.VOLATILE


def of_domain(kind: Type, schema: Schema) -> bool:
    """Whether the type is a domain that brings a default of its own."""
    domain = schema.domains.get(kind.name)
    return domain is not None and domain.default is not None


def is_constrained(domain: Domain, schema: Schema) -> bool:
    """Whether the domain, or one that it is made of, may refuse a value."""
    beneath = schema.domains.get(domain.base.name) if not domain.base.dimensions else None
    return domain.constrained or (beneath is not None and is_constrained(beneath, schema))


def volatility(expression: Expression, schema: Schema) -> Volatility:
    """The worst of an expression's parts; a function that the schema does not hold is unknown.

    A volatile SQL function whose body is inlined behaves as its body: measured for ``select 1``.
    """
    worst = expression.volatility
    for call in expression.calls:
        found = [function for (name, _), function in schema.functions.items() if name == call]
        if not found:
            return Volatility.UNKNOWN
        if any(function.language == "sql" for function in found) and worst < Volatility.VOLATILE:
            # Inlining depends on the body; a constant body was measured to be inlined whatever it is declared as.
            worst = max(worst, *(_inlined(function.body, function.volatility) for function in found))
        else:
            worst = max(worst, *(function.volatility for function in found))
    return worst


def _inlined(body: str, declared: Volatility) -> Volatility:
    words = body.strip().rstrip(";").lower().split()
    constant = len(words) == len(("select", "1")) and words[0] == "select" and "(" not in words[1]
    return Volatility.IMMUTABLE if constant else declared
