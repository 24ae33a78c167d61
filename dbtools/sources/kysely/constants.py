"""What constants and enums hold, as far as it is written out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dbtools.sources.typescript import Declared, Modules, bare, children, key_of, string_value, text_of

if TYPE_CHECKING:
    from tree_sitter import Node


def enum_labels(declaration: Node) -> Mapping[str, str | int]:
    """The values of an enum by the names of its members; without a value they count."""
    body = declaration.child_by_field_name("body")
    found: dict[str, str | int] = {}
    following = 0
    for member in children(body) if body is not None else ():
        name, value = member.child_by_field_name("name") or member, member.child_by_field_name("value")
        label = _label(value) if value is not None else following
        key = key_of(name)
        if key is not None and label is not None:
            found[key] = label
        following = label + 1 if isinstance(label, int) else following
    return found


def values_of(target: Declared, modules: Modules) -> Mapping[str, str | int] | None:
    """The values of ``{...} as const`` by their keys, or of a list by their places; None for what may change."""
    if target.node.type == "enum_declaration":
        return enum_labels(target.node)
    value = target.node.child_by_field_name("value")
    inner = None if value is None else _frozen(value)
    if inner is None or inner.type not in ("object", "array"):
        return None
    found: dict[str, str | int] = {}
    for at, child in enumerate(children(inner)):
        if child.type == "spread_element":
            spread = modules.lookup(target.module, text_of(children(child)[0]))
            known = values_of(spread, modules) if isinstance(spread, Declared) and spread.node != target.node else None
            if known is None:
                return None
            found |= known if inner.type == "object" else {f"{at}.{key}": label for key, label in known.items()}
            continue
        key, item = _entry(child, at)
        label = None if item is None else _label(item)
        if key is None or label is None:
            return None
        found[key] = label
    return found


def _entry(child: Node, at: int) -> tuple[str | None, Node | None]:
    if child.type != "pair":
        return str(at), child
    key = child.child_by_field_name("key")
    return (None if key is None else key_of(key)), child.child_by_field_name("value")


def _frozen(node: Node) -> Node | None:
    """What ``... as const`` or ``Object.freeze(...)`` holds; None where the type checker keeps no literals of it."""
    if node.type == "call_expression" and text_of(node.child_by_field_name("function") or node) == "Object.freeze":
        arguments = node.child_by_field_name("arguments")
        return bare(children(arguments)[0]) if arguments is not None and children(arguments) else None
    while node.type in ("parenthesized_expression", "satisfies_expression"):
        node = children(node)[0]
    is_const = node.type == "as_expression" and any(child.type == "const" for child in node.children)
    return bare(node) if is_const else None


def _label(node: Node) -> str | int | None:
    inner = bare(node)
    said = string_value(inner)
    if said is not None:
        return said
    digits = text_of(inner)
    return int(digits) if digits.lstrip("-").isdigit() else None
