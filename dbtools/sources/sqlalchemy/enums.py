"""The members of Python's enums."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dbtools.sources.sqlalchemy.scopes import NO_NAMES, Scope
from dbtools.sources.sqlalchemy.values import Class, Made, Member, Symbol, Unreadable, Value

if TYPE_CHECKING:
    from dbtools.sources.sqlalchemy.evaluate import Evaluator

ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})


def members_of(evaluator: Evaluator, owner: Class) -> tuple[Member, ...] | None:
    """The members of an enum, aliases left out; None where *owner* is none."""
    bases = evaluator.mro(owner)
    kinds = {base.name for base in bases if isinstance(base, Symbol) and base.name in ENUMS}
    if not kinds:
        return None
    found: list[Member] = []
    for base in bases:
        if isinstance(base, Class) and not found:
            found = list(_own(evaluator, base, strings="StrEnum" in kinds))
    return tuple(found)


def _own(evaluator: Evaluator, owner: Class, *, strings: bool) -> Iterator[Member]:
    seen: list[Value] = []
    for statement in owner.node.body:
        match statement:
            case ast.Assign([ast.Name(name)], value) if not name.startswith("_"):
                found = _value(evaluator, owner, value)
                if isinstance(found, Made) and getattr(found.callee, "name", "") == "auto":
                    numbers = [each for each in seen if isinstance(each, int)]
                    found = name.lower() if strings else max(numbers, default=0) + 1
                if found not in seen or isinstance(found, Symbol):
                    seen.append(found)
                    yield Member(owner, name, found)


def _value(evaluator: Evaluator, owner: Class, node: ast.expr) -> Value:
    try:
        return evaluator.evaluate(node, Scope(owner.module, NO_NAMES, owner.outer))
    except Unreadable as problem:
        return Symbol(str(problem))
