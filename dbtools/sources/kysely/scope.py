"""Where a type is written: the module, and what the names of type parameters stand for there."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from dbtools.model.finding import Location
from dbtools.sources.kysely.members import Members
from dbtools.sources.typescript import Module, children, text_of

if TYPE_CHECKING:
    from tree_sitter import Node


class Unreadable(Exception):  # noqa: N818 - it is no error of the program, and is always caught
    """A type that cannot be followed."""


class Written(NamedTuple):
    """A type as it stands somewhere."""

    node: Node
    scope: Scope

    @property
    def location(self) -> Location:
        """Where that is."""
        return self.scope.module.location(self.node)


class Scope(NamedTuple):
    """``bound``: what type parameters stand for; those that ``infer`` names are known as types already."""

    module: Module
    bound: Mapping[str, Written | Members] = MappingProxyType({})

    def with_bound(self, bound: Mapping[str, Written | Members]) -> Scope:
        """The same place with more parameters known."""
        return Scope(self.module, {**self.bound, **bound})


def arguments_of(node: Node) -> list[Node]:
    """The arguments of ``Name<A, B>``."""
    found = node.child_by_field_name("type_arguments")
    return children(found) if found is not None else []


def applied(declaration: Node, module: Module, arguments: list[Written]) -> Scope:
    """The inside of a declaration whose parameters stand for *arguments*, or else for what they are by default."""
    parameters = declaration.child_by_field_name("type_parameters")
    bound: dict[str, Written | Members] = {}
    for at, parameter in enumerate(children(parameters) if parameters is not None else ()):
        name, default = parameter.child_by_field_name("name"), parameter.child_by_field_name("value")
        if name is None:
            continue
        if at < len(arguments):
            bound[text_of(name)] = arguments[at]
        elif default is not None:
            bound[text_of(name)] = Written(children(default)[0], Scope(module, dict(bound)))
    return Scope(module, bound)
