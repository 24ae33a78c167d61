"""Each kind of expression: how its value follows from those of its parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dbtools.sources.typescript import operators
from dbtools.sources.typescript.syntax import children, key_of, string_value, text_of, unescaped
from dbtools.sources.typescript.values import (
    UNDEFINED,
    Call,
    Function,
    Global,
    Object,
    Place,
    Scope,
    Template,
    Unknown,
    Value,
    is_symbol,
    text_value,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from dbtools.sources.typescript.evaluate import Evaluator

    Handler = Callable[[Evaluator, Node, Scope], Value]


def _string(_: Evaluator, node: Node, __: Scope) -> Value:
    return string_value(node)


def _number(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    text = text_of(node).replace("_", "").removesuffix("n")
    for read in (lambda: int(text, 0), lambda: float(text)):
        try:
            return read()
        except ValueError:
            continue
    return evaluator.unknown(node, scope)


def _template(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    strings, values = template_parts(evaluator, node, scope)
    parts = [strings[0]]
    for value, string in zip(values, strings[1:], strict=True):
        said = text_value(value)
        if said is None:
            return (
                value if isinstance(value, Unknown) else evaluator.unknown(node, scope, "depends on what is not known")
            )
        parts += [said, string]
    return "".join(parts)


def template_parts(evaluator: Evaluator, node: Node, scope: Scope) -> tuple[list[str], list[Value]]:
    """The texts of a template and the values between them."""
    source, start = scope.module.source, node.start_byte + 1
    strings, values = [], []
    for child in node.children:
        if child.type == "template_substitution":
            strings.append(_piece(source[start : child.start_byte]))
            inner = children(child)
            values.append(evaluator.value(inner[0], scope) if inner else UNDEFINED)
            start = child.end_byte
    strings.append(_piece(source[start : node.end_byte - 1]))
    return strings, values


def _piece(source: bytes) -> str:
    """A part of a template, whose lines end alike however those of the file do."""
    return unescaped(source.decode(errors="replace").replace("\r\n", "\n"))


def _regex(_: Evaluator, node: Node, scope: Scope) -> Value:
    place = Place(scope.module, node)
    return Call(Global("RegExp", place), [], place, new=True)


def _class(_: Evaluator, node: Node, scope: Scope) -> Value:
    name = node.child_by_field_name("name")
    return Global("class" if name is None else text_of(name), Place(scope.module, node))


def _array(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    return evaluator.arguments(node, scope)


def _object(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    found = Object()
    for child in children(node):
        _property(evaluator, child, scope, found)
    return found


def _property(evaluator: Evaluator, node: Node, scope: Scope, found: Object) -> None:
    match node.type:
        case "pair":
            key_node, value = node.child_by_field_name("key"), node.child_by_field_name("value")
            key = _key(evaluator, key_node, scope) if key_node is not None else None
            if key is None or value is None:
                found.hidden.append(evaluator.unknown(node, scope, "has a key that is not known"))
                return
            _put(found, key, evaluator.value(value, scope), Place(scope.module, node))
        case "shorthand_property_identifier":
            _put(found, text_of(node), evaluator.name(node, scope), Place(scope.module, node))
        case "method_definition":
            name = node.child_by_field_name("name")
            key = key_of(name) if name is not None else None
            if key is not None:
                _put(found, key, Function(node, scope), Place(scope.module, node))
        case "spread_element":
            _spread(evaluator, node, evaluator.value(children(node)[0], scope), scope, found)
        case _:
            found.hidden.append(evaluator.unknown(node, scope))


def _key(evaluator: Evaluator, node: Node, scope: Scope) -> str | None:
    if node.type != "computed_property_name":
        return key_of(node)
    value = evaluator.value(children(node)[0], scope)
    return None if value is None or value is UNDEFINED else text_value(value)


def _put(found: Object, key: str, value: Value, place: Place) -> None:
    found.entries[key] = value
    found.places[key] = place


def _spread(evaluator: Evaluator, node: Node, spread: Value, scope: Scope, found: Object) -> None:
    if isinstance(spread, Object):
        found.entries |= spread.entries
        found.places |= spread.places
        found.hidden += spread.hidden
    elif isinstance(spread, list):
        for position, item in enumerate(spread):
            _put(found, str(position), item, Place(scope.module, node))
    elif isinstance(spread, Unknown):
        found.hidden.append(spread)
    elif spread is not None and spread is not UNDEFINED and spread is not False:
        found.hidden.append(evaluator.unknown(node, scope))


def _member(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    of, name = node.child_by_field_name("object"), node.child_by_field_name("property")
    if of is None or name is None:
        return evaluator.unknown(node, scope)
    found = evaluator.value(of, scope)
    if (found is None or found is UNDEFINED) and node.child_by_field_name("optional_chain") is not None:
        return UNDEFINED
    return evaluator.member(found, text_of(name), Place(scope.module, node))


def _subscript(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    of_node, index_node = node.child_by_field_name("object"), node.child_by_field_name("index")
    if of_node is None or index_node is None:
        return evaluator.unknown(node, scope)
    of, index = evaluator.value(of_node, scope), evaluator.value(index_node, scope)
    if isinstance(index, Unknown):
        return index
    if isinstance(of, list | str) and isinstance(index, int):
        return of[index] if 0 <= index < len(of) else UNDEFINED
    key = text_value(index)
    return evaluator.unknown(node, scope) if key is None else evaluator.member(of, key, Place(scope.module, node))


def _call(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if callee is None or arguments is None:
        return evaluator.unknown(node, scope)
    function = evaluator.value(callee, scope)
    place = Place(scope.module, node)
    if arguments.type == "template_string":
        strings, values = template_parts(evaluator, arguments, scope)
        return function if isinstance(function, Unknown) else Template(function, strings, values, place)
    return evaluator.call(function, evaluator.arguments(arguments, scope), place)


def _new(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    made = node.child_by_field_name("constructor")
    function = evaluator.value(made, scope) if made is not None else UNDEFINED
    if not is_symbol(function):
        return function if isinstance(function, Unknown) else evaluator.unknown(node, scope)
    arguments = evaluator.arguments(node.child_by_field_name("arguments"), scope)
    return Call(function, arguments, Place(scope.module, node), new=True)


def _ternary(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    condition = node.child_by_field_name("condition")
    truth = operators.truth(evaluator.value(condition, scope)) if condition is not None else None
    if truth is None:
        return evaluator.unknown(node, scope, "depends on what is not known")
    branch = node.child_by_field_name("consequence" if truth else "alternative")
    return evaluator.value(branch, scope) if branch is not None else UNDEFINED


def _enum(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    found, following = Object(), 0
    body = node.child_by_field_name("body")
    for child in children(body) if body is not None else ():
        value: Value = following
        name: Node | None = child
        if child.type == "enum_assignment":
            name, written = child.child_by_field_name("name"), child.child_by_field_name("value")
            value = evaluator.value(written, scope) if written is not None else UNDEFINED
        following = value + 1 if isinstance(value, int) else 0
        key = key_of(name) if name is not None else None
        if key is not None:
            _put(found, key, value, Place(scope.module, child))
        if not isinstance(value, str):  # then it leads from the number to the name as well
            found.hidden = [evaluator.unknown(node, scope, "has members that are not its own")]
    return found


HANDLERS: dict[str, Handler] = {
    "string": _string,
    "number": _number,
    "template_string": _template,
    "regex": _regex,
    "class": _class,
    "class_declaration": _class,
    "abstract_class_declaration": _class,
    "true": lambda *_: True,
    "false": lambda *_: False,
    "null": lambda *_: None,
    "undefined": lambda *_: UNDEFINED,
    "identifier": lambda evaluator, node, scope: evaluator.name(node, scope),
    "array": _array,
    "object": _object,
    "member_expression": _member,
    "subscript_expression": _subscript,
    "call_expression": _call,
    "new_expression": _new,
    "unary_expression": operators.unary,
    "binary_expression": operators.binary,
    "ternary_expression": _ternary,
    "enum_declaration": _enum,
}
