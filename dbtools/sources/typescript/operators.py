"""What ``!``, ``+``, ``??`` and their like come to on known values; on others the result is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbtools.sources.typescript.syntax import text_of
from dbtools.sources.typescript.values import (
    UNDEFINED,
    Function,
    Global,
    Object,
    Scope,
    Unknown,
    Value,
    is_number,
    is_symbol,
    origin,
    text_value,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from dbtools.sources.typescript.evaluate import Evaluator

UNSURE = "depends on what is not known"


def truth(value: Value) -> bool | None:
    """Whether *value* counts as true; None where that is not known."""
    if isinstance(value, Unknown) or (is_symbol(value) and isinstance(origin(value), Global)):
        return None
    if isinstance(value, Function | Object | list):
        return True
    if is_symbol(value):  # what a package's function gives may be anything
        return None
    return value is not None and value is not UNDEFINED and bool(value)


def unary(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    """``-x``, ``+x``, ``!x``, ``typeof x``."""
    operator, argument = node.child_by_field_name("operator"), node.child_by_field_name("argument")
    if operator is None or argument is None:
        return evaluator.unknown(node, scope)
    value = evaluator.value(argument, scope)
    match text_of(operator):
        case "-" if is_number(value):
            return -value
        case "+" if is_number(value):
            return value
        case "!" if truth(value) is not None:
            return not truth(value)
        case "void":
            return UNDEFINED
        case "typeof" if not isinstance(value, Unknown) and not is_symbol(value):
            return _type_of(value)
    return value if isinstance(value, Unknown) else evaluator.unknown(node, scope, UNSURE)


def _type_of(value: Value) -> str:
    if value is UNDEFINED:
        return "undefined"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, Function):
        return "function"
    return "string" if isinstance(value, str) else "number" if is_number(value) else "object"


def binary(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    """Operators between two values; the right one is looked at only where it counts."""
    sign, left_node, right_node = (node.child_by_field_name(name) for name in ("operator", "left", "right"))
    if sign is None or left_node is None or right_node is None:
        return evaluator.unknown(node, scope)
    operator = text_of(sign)
    left = evaluator.value(left_node, scope)
    if operator in {"&&", "||", "??"}:
        taken = _takes_left(operator, left)
        if taken is None:
            return left if isinstance(left, Unknown) else evaluator.unknown(node, scope, UNSURE)
        return left if taken else evaluator.value(right_node, scope)
    right = evaluator.value(right_node, scope)
    found = _compared(operator, left, right) if operator[0] in "=!<>" else _computed(operator, left, right)
    if found is not None:
        return found
    return next((one for one in (left, right) if isinstance(one, Unknown)), evaluator.unknown(node, scope, UNSURE))


def _takes_left(operator: str, left: Value) -> bool | None:
    """Whether the left value is the result; None where that is not known."""
    if operator == "??":
        if isinstance(left, Unknown) or (is_symbol(left) and truth(left) is None):
            return None
        return left is not None and left is not UNDEFINED
    said = truth(left)
    return None if said is None else said == (operator == "||")


def _computed(operator: str, left: Value, right: Value) -> Value:
    """The result of arithmetic; None where it is not known."""
    if is_number(left) and is_number(right):
        match operator:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "/" if right:
                return left / right
            case "%" if right and left >= 0 and right > 0:
                return left % right
            case "**" if abs(right) <= 64:  # noqa: PLR2004 - no width of a type needs more
                return left**right
        return None
    if operator == "+" and (isinstance(left, str) or isinstance(right, str)):
        texts = text_value(left), text_value(right)
        return None if texts[0] is None or texts[1] is None else texts[0] + texts[1]
    return None


def _compared(operator: str, left: Value, right: Value) -> Value:
    """The result of a comparison; None where it is not known."""
    if any(isinstance(one, Unknown | Object | Function | list) or is_symbol(one) for one in (left, right)):
        return None
    same = type(left) is type(right) or (is_number(left) and is_number(right))
    match operator:
        case "===" | "==" if same or operator == "===":
            return same and left == right
        case "!==" | "!=" if same or operator == "!==":
            return not (same and left == right)
        case "==" | "!=" if {left, right} <= {None, UNDEFINED}:
            return operator == "=="
        case "==" | "!=" if None in (left, right) or UNDEFINED in (left, right):
            return operator == "!="
    if not same or not (isinstance(left, str) or is_number(left)):
        return None
    match operator:
        case "<":
            return left < right
        case ">":
            return left > right
        case "<=":
            return left <= right
        case ">=":
            return left >= right
    return None
