"""The members of interfaces and object types, with what they extend, across files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from dbtools.model.finding import Location
from dbtools.sources.kysely.scope import Scope, Written, applied, arguments_of
from dbtools.sources.typescript import (
    Declared,
    Modules,
    Namespace,
    Outside,
    Target,
    children,
    key_of,
    string_value,
    text_of,
)
from dbtools.sources.typescript.syntax import shown

if TYPE_CHECKING:
    from tree_sitter import Node

DEEPEST = 50
SAME = frozenset({"Readonly", "Required", "NoInfer"})


class Property(NamedTuple):
    """One member; ``optional`` where it may be missing."""

    written: Written
    location: Location
    optional: bool = False


@dataclass
class Shape:
    """The members of an object, where it is declared, and what of it could not be read."""

    location: Location
    properties: dict[str, Property] = field(default_factory=dict)
    problems: list[tuple[Location, str]] = field(default_factory=list)
    name: str = ""

    def add(self, other: Shape) -> None:
        """Takes over the members of *other*; those of the same name are replaced."""
        self.properties |= other.properties
        self.problems += other.problems


class Shapes:
    """The object types of one project."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules

    def of(self, written: Written, depth: int = 0) -> Shape | None:
        """The members of a type; None where it is no object whose members are written out."""
        node, scope = written
        if depth > DEEPEST:
            return None
        match node.type:
            case "object_type" | "interface_body":
                return self._body(written)
            case "parenthesized_type" | "readonly_type":
                return self.of(Written(children(node)[0], scope), depth + 1)
            case "intersection_type":
                return self._all(written, children(node), depth)
            case "type_identifier" | "nested_type_identifier" | "generic_type":
                return self._named(written, depth)
        return None

    def target(self, name: Node, scope: Scope) -> Target | None:
        """What the name of a type leads to; None for one that is declared nowhere."""
        if name.type != "nested_type_identifier":
            return self._modules.lookup(scope.module, text_of(name), "types")
        owner, member = name.child_by_field_name("module"), name.child_by_field_name("name")
        if owner is None or member is None:
            return None
        around = self._modules.lookup(scope.module, text_of(owner))
        if isinstance(around, Namespace):
            return self._modules.exported(around.module, text_of(member), "types")
        return around._replace(name=text_of(member)) if isinstance(around, Outside) else None

    def declared(self, target: Declared, arguments: list[Written], depth: int = 0) -> Shape | None:
        """The members of an interface, in all its parts, or of what an alias stands for."""
        if target.node.type == "type_alias_declaration":
            value = target.node.child_by_field_name("value")
            inside = None if value is None else Written(value, applied(target.node, target.module, arguments))
            found = None if inside is None else self.of(inside, depth + 1)
            return found and Shape(target.module.location(target.node), found.properties, found.problems, target.name)
        if target.node.type != "interface_declaration":
            return None
        whole = Shape(target.module.location(target.node), name=target.name)
        for part in target.module.types[target.name]:
            scope = applied(part, target.module, arguments)
            for parent in self._parents(part):
                self._add(whole, Written(parent, scope), depth)
            body = part.child_by_field_name("body")
            if body is not None:
                whole.add(self._body(Written(body, scope)))
        return whole

    @staticmethod
    def _parents(node: Node) -> Iterator[Node]:
        for clause in children(node):
            if clause.type == "extends_type_clause":
                yield from children(clause)

    def _add(self, whole: Shape, part: Written, depth: int) -> None:
        found = self.of(part, depth + 1)
        if found is None:
            whole.problems.append((part.location, f"the members of {shown(part.node)} are not known"))
        else:
            whole.add(found)

    def _all(self, written: Written, parts: list[Node], depth: int) -> Shape:
        whole = Shape(written.location)
        for part in parts:
            self._add(whole, Written(part, written.scope), depth)
        return whole

    def _named(self, written: Written, depth: int) -> Shape | None:
        node, scope = written
        name = node.child_by_field_name("name") if node.type == "generic_type" else node
        if name is None:
            return None
        arguments = [Written(argument, scope) for argument in arguments_of(node)]
        bound = scope.bound.get(text_of(name))
        if bound is not None:
            return self.of(bound, depth + 1) if isinstance(bound, Written) else None
        target = self.target(name, scope)
        if isinstance(target, Declared):
            return self.declared(target, arguments, depth)
        return self._built_in(text_of(name), arguments, depth) if target is None and arguments else None

    def _built_in(self, name: str, arguments: list[Written], depth: int) -> Shape | None:
        """TypeScript's own ``Omit``, ``Pick``, ``Partial``, ``Readonly``."""
        whole = self.of(arguments[0], depth + 1)
        if whole is None or name in SAME:
            return whole
        kept: Mapping[str, Property] | None = None
        if name == "Partial":
            kept = {key: found._replace(optional=True) for key, found in whole.properties.items()}
        elif name in ("Omit", "Pick") and len(arguments) > 1:
            keys = set(_literals(arguments[1].node))
            kept = {key: found for key, found in whole.properties.items() if (key in keys) is (name == "Pick")}
        return None if kept is None else Shape(whole.location, dict(kept), whole.problems, whole.name)

    def _body(self, written: Written) -> Shape:
        node, scope = written
        shape = Shape(written.location)
        for member in children(node):
            location = scope.module.location(member)
            if member.type != "property_signature":
                shape.problems.append((location, f"{shown(member)} names no single member"))
                continue
            name, kind = member.child_by_field_name("name"), member.child_by_field_name("type")
            key = None if name is None else key_of(name)
            if key is None or kind is None or not children(kind):
                shape.problems.append((location, f"{shown(member)} has no name or type that is written out"))
                continue
            optional = any(child.type == "?" for child in member.children)
            shape.properties[key] = Property(Written(children(kind)[0], scope), location, optional)
        return shape


def _literals(node: Node) -> Iterator[str]:
    """The texts in ``"a" | "b"``."""
    if node.type == "literal_type":
        for child in children(node):
            said = string_value(child)
            if said is not None:
                yield said
    elif node.type in ("union_type", "parenthesized_type"):
        for child in children(node):
            yield from _literals(child)
