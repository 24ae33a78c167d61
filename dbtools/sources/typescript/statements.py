"""The body of a function, statement by statement, as far as each can be followed.

Only what the function made itself may be changed in it: a change of anything else would depend on who called first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dbtools.sources.typescript.operators import truth
from dbtools.sources.typescript.patterns import bind
from dbtools.sources.typescript.syntax import bare, children, key_of, text_of
from dbtools.sources.typescript.values import UNDEFINED, Function, Object, Place, Scope, Unknown, Value, text_value

if TYPE_CHECKING:
    from tree_sitter import Node

    from dbtools.sources.typescript.evaluate import Evaluator

HARMLESS = frozenset(
    {"comment", "empty_statement", "type_alias_declaration", "interface_declaration", "debugger_statement"}
)
LONGEST = 10_000  # rounds of one loop


class _Going:
    """Nothing was returned yet."""


_ON = _Going()


def run(evaluator: Evaluator, block: Node, scope: Scope) -> Value:
    """What a function with this body returns."""
    found = _block(evaluator, block, scope)
    return UNDEFINED if found is _ON else found


def _block(evaluator: Evaluator, block: Node, scope: Scope) -> Value:
    """What *block* returns, or that it goes on behind it."""
    for statement in children(block):
        if statement.type == "function_declaration":
            name = statement.child_by_field_name("name")
            if name is not None:
                scope.names[text_of(name)] = Function(statement, scope)
    for statement in children(block):
        found = _statement(evaluator, statement, scope)
        if found is not _ON:
            return found
    return _ON


def _statement(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    match node.type:
        case "return_statement":
            inner = children(node)
            return evaluator.value(inner[0], scope) if inner else UNDEFINED
        case "lexical_declaration" | "variable_declaration":
            for declarator in children(node):
                pattern, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
                if pattern is not None:
                    if value is not None and value.type in {"object", "array"}:
                        scope.made.add(text_of(pattern))
                    bind(evaluator, pattern, evaluator.value(value, scope) if value is not None else UNDEFINED, scope)
            return _ON
        case "if_statement":
            return _if(evaluator, node, scope)
        case "for_in_statement":
            return _for(evaluator, node, scope)
        case "statement_block":
            return _block(evaluator, node, Scope(scope.module, scope))
        case "expression_statement":
            return _expression(evaluator, children(node)[0], scope)
        case "function_declaration":
            return _ON
        case kind if kind in HARMLESS:
            return _ON
    return evaluator.unknown(node, scope)


def _if(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    condition = node.child_by_field_name("condition")
    said = truth(evaluator.value(condition, scope)) if condition is not None else None
    if said is None:
        return evaluator.unknown(condition or node, scope, "is a condition that is not known")
    branch = node.child_by_field_name("consequence" if said else "alternative")
    if branch is None:
        return _ON
    return _statement(evaluator, children(branch)[0] if branch.type == "else_clause" else branch, scope)


def _for(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    """``for (const x of list)``, and ``in`` over the keys of an object."""
    left, right, body = (node.child_by_field_name(name) for name in ("left", "right", "body"))
    if left is None or right is None or body is None:
        return evaluator.unknown(node, scope)
    over = evaluator.value(right, scope)
    if any(child.type == "in" for child in node.children):
        over = list(over.entries) if isinstance(over, Object) and not over.hidden else None
    if not isinstance(over, list) or len(over) > LONGEST or any(_leaves(child) for child in _all(body)):
        return over if isinstance(over, Unknown) else evaluator.unknown(node, scope)
    for item in over:
        inner = Scope(scope.module, scope)
        bind(evaluator, left, item, inner)
        found = _statement(evaluator, body, inner)
        if found is not _ON:
            return found
    return _ON


def _leaves(node: Node) -> bool:
    return node.type in {"break_statement", "continue_statement"}


def _all(node: Node) -> Iterator[Node]:
    yield node
    for child in node.named_children:
        yield from _all(child)


def _expression(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    """An assignment to what the function made, a call for its effect, or nothing that matters."""
    node = bare(node)
    if node.type == "assignment_expression":
        return _assign(evaluator, node, scope)
    if node.type == "call_expression":
        return _effect(evaluator, node, scope)
    return _ON if node.type in {"string", "identifier"} else evaluator.unknown(node, scope)


def _assign(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return evaluator.unknown(node, scope)
    value = evaluator.value(right, scope)
    if left.type == "identifier":
        holder = scope.holder(text_of(left))
        if holder is None:
            return evaluator.unknown(node, scope, "changes what it did not make")
        holder.names[text_of(left)] = value
        holder.made.discard(text_of(left))
        return _ON
    owner, key = left.child_by_field_name("object"), _key(evaluator, left, scope)
    target = _own(evaluator, owner, scope)
    if isinstance(target, Object) and key is not None:
        target.entries[key] = value
        target.places[key] = Place(scope.module, node)
        return _ON
    return evaluator.unknown(node, scope, "changes what it did not make")


def _key(evaluator: Evaluator, node: Node, scope: Scope) -> str | None:
    index, name = node.child_by_field_name("index"), node.child_by_field_name("property")
    if index is not None:
        return text_value(evaluator.value(index, scope))
    return key_of(name) if name is not None else None


def _effect(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    """``list.push(...)`` on a list of its own; what others do has no effect on what is made here, unless it may."""
    callee = node.child_by_field_name("function")
    if callee is not None and callee.type == "member_expression":
        owner, name = callee.child_by_field_name("object"), callee.child_by_field_name("property")
        if name is not None and text_of(name) == "push":
            target = _own(evaluator, owner, scope)
            if isinstance(target, list):
                target += evaluator.arguments(node.child_by_field_name("arguments"), scope)
                return _ON
        if owner is not None and text_of(owner) == "console":
            return _ON
        if owner is not None and name is not None and text_of(name) == "forEach":
            return _each(evaluator, evaluator.value(owner, scope), node, scope)
    return evaluator.unknown(node, scope, "may change something")


def _each(evaluator: Evaluator, items: Value, node: Node, scope: Scope) -> Value:
    function = next(iter(evaluator.arguments(node.child_by_field_name("arguments"), scope)), UNDEFINED)
    if not isinstance(items, list):
        return items if isinstance(items, Unknown) else evaluator.unknown(node, scope)
    place = Place(scope.module, node)
    results = (evaluator.call(function, [item, position, items], place) for position, item in enumerate(items))
    return next((each for each in results if isinstance(each, Unknown)), _ON)


def _own(evaluator: Evaluator, node: Node | None, scope: Scope) -> Value:
    """The object or list that a literal in the function made and *node* names; None where it came from elsewhere."""
    if node is None or node.type != "identifier":
        return None
    holder = scope.holder(text_of(node))
    return evaluator.value(node, scope) if holder is not None and text_of(node) in holder.made else None
