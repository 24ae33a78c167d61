"""``const { a, b: c = 1, ...rest } = value``: the names that a pattern binds, each with its part of the value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbtools.sources.typescript.syntax import children, key_of, text_of
from dbtools.sources.typescript.values import UNDEFINED, Object, Place, Scope, Unknown, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from dbtools.sources.typescript.evaluate import Evaluator

PATTERNS = frozenset({"object_pattern", "array_pattern"})


def is_pattern(node: Node) -> bool:
    """Whether *node* takes a value apart."""
    return node.type in PATTERNS


def bind(evaluator: Evaluator, pattern: Node, value: Value, scope: Scope) -> None:
    """Gives every name of *pattern* its part of *value*."""
    match pattern.type:
        case "identifier" | "shorthand_property_identifier_pattern":
            scope.names[text_of(pattern)] = value
        case "assignment_pattern" | "object_assignment_pattern":
            left, right = pattern.child_by_field_name("left"), pattern.child_by_field_name("right")
            if left is not None and right is not None:
                bind(evaluator, left, evaluator.value(right, scope) if value is UNDEFINED else value, scope)
        case "object_pattern":
            _bind_object(evaluator, pattern, value, scope)
        case "array_pattern":
            for position, child in enumerate(children(pattern)):
                if child.type == "rest_pattern":
                    rest = value[position:] if isinstance(value, list) else _lost(child, scope)
                    bind(evaluator, children(child)[0], rest, scope)
                else:
                    bind(evaluator, child, _item(value, position, Place(scope.module, child)), scope)


def _bind_object(evaluator: Evaluator, pattern: Node, value: Value, scope: Scope) -> None:
    taken: set[str] = set()
    for child in children(pattern):
        place = Place(scope.module, child)
        match child.type:
            case "shorthand_property_identifier_pattern":
                key, inner = text_of(child), child
            case "object_assignment_pattern":
                left = child.child_by_field_name("left")
                key, inner = text_of(left) if left is not None else "", child
            case "pair_pattern":
                key_node, target = child.child_by_field_name("key"), child.child_by_field_name("value")
                key = (key_of(key_node) if key_node is not None else None) or ""
                inner = target if target is not None else child
            case _:
                bind(evaluator, children(child)[0], _rest(value, taken, place), scope)
                continue
        taken.add(key)
        bind(evaluator, inner, evaluator.member(value, key, place), scope)


def _rest(value: Value, taken: set[str], place: Place) -> Value:
    if not isinstance(value, Object):
        return value if isinstance(value, Unknown) else Unknown("the rest of what is not known", place)
    kept = {key: item for key, item in value.entries.items() if key not in taken}
    return Object(kept, {key: where for key, where in value.places.items() if key in kept}, list(value.hidden))


def _item(value: Value, position: int, place: Place) -> Value:
    if isinstance(value, list):
        return value[position] if position < len(value) else UNDEFINED
    return value if isinstance(value, Unknown) else Unknown("an item of what is not known", place)


def _lost(node: Node, scope: Scope) -> Unknown:
    return Unknown(f"{text_of(node)} of what is not known", Place(scope.module, node))
