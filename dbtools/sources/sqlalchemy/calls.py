"""What the syntax alone tells of calls: by the last part of their names, before anything is evaluated."""

from __future__ import annotations

import ast
from collections.abc import Iterator

RELATIONS = frozenset({"relationship", "association_proxy", "synonym", "backref", "dynamic_loader", "query_expression"})


def is_relation(value: ast.expr) -> bool:
    """Whether *value* makes something of a model that is no column."""
    return isinstance(value, ast.Call) and called(value) in RELATIONS


def mentions_column(value: ast.expr) -> bool:
    """Whether *value* makes a column somewhere: ``Column``, ``mapped_column``, or what a project calls its own."""
    return any(isinstance(each, ast.Call) and "olumn" in called(each) for each in ast.walk(value))


def calls(node: ast.stmt, name: str) -> Iterator[ast.Call]:
    """Every call of *name* in *node*."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and called(each) == name:
            yield each


def called(call: ast.Call) -> str:
    """The last part of what is called."""
    match call.func:
        case ast.Name(name) | ast.Attribute(_, name):
            return name
    return ""
