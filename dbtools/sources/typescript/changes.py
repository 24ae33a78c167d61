"""Which names a module changes after it has declared them, so that their declaration does not say what they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dbtools.sources.typescript.syntax import bare, children, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

DECLARATIONS = frozenset(
    {
        "import_statement", "export_statement", "lexical_declaration", "function_declaration",
        "interface_declaration", "type_alias_declaration", "enum_declaration", "class_declaration",
        "abstract_class_declaration", "generator_function_declaration", "ambient_declaration", "variable_declaration",
    }
)  # fmt: skip
ASSIGNMENTS = frozenset({"assignment_expression", "augmented_assignment_expression"})
CHANGING = frozenset(
    {"push", "unshift", "pop", "shift", "splice", "sort", "reverse", "fill", "copyWithin", "set", "add"}
)


def changed(root: Node) -> frozenset[str]:
    """The names that a statement of a program assigns to, or changes a member of."""
    statements = (child for child in children(root) if child.type not in DECLARATIONS)
    return frozenset(name for statement in statements for name in _changed(statement))


def _changed(node: Node) -> Iterator[str]:
    target = _target(node)
    if target is not None:
        name = _root(target)
        if name:
            yield name
    for child in node.named_children:
        yield from _changed(child)


def _target(node: Node) -> Node | None:
    """What *node* changes, if it changes anything."""
    if node.type in ASSIGNMENTS:
        return node.child_by_field_name("left")
    if node.type in {"update_expression", "unary_expression"}:
        is_change = node.type == "update_expression" or text_of(node).startswith("delete")
        return node.child_by_field_name("argument") if is_change else None
    callee = node.child_by_field_name("function") if node.type == "call_expression" else None
    if callee is None or callee.type != "member_expression":
        return None
    owner, name = callee.child_by_field_name("object"), callee.child_by_field_name("property")
    if owner is None or name is None:
        return None
    if text_of(owner) in {"Object", "Reflect"} and text_of(name).startswith(("assign", "define", "set")):
        arguments = node.child_by_field_name("arguments")
        return next(iter(children(arguments)), None) if arguments is not None else None
    return owner if text_of(name) in CHANGING else None


def _root(node: Node) -> str:
    """The name at the start of ``name.a[b]``."""
    node = bare(node)
    while node.type in {"member_expression", "subscript_expression"}:
        inner = node.child_by_field_name("object")
        if inner is None:
            return ""
        node = bare(inner)
    return text_of(node) if node.type == "identifier" else ""
