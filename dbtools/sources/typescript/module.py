"""What one file declares, imports and exports, each by its name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from dbtools.model.finding import Location
from dbtools.sources.typescript.syntax import children, errors_in, parse, text_of, unescaped

if TYPE_CHECKING:
    from tree_sitter import Node

VALUES = frozenset({"function_declaration", "generator_function_declaration", "enum_declaration"})
CLASSES = frozenset({"class_declaration", "abstract_class_declaration"})
TYPES = frozenset({"interface_declaration", "type_alias_declaration"})
VARIABLES = frozenset({"lexical_declaration", "variable_declaration"})
ALL = "*"


class Elsewhere(NamedTuple):
    """A name of another module: ``name`` is ``default``, or ``*`` for the module as a whole."""

    specifier: str
    name: str
    node: Node


class Module:
    """A parsed file.

    ``values`` and ``types`` lead from a name to where it is declared: a ``variable_declarator``, function, enum, class,
    interface or alias; ``values["default"]`` may be any expression. An interface may be declared in several parts.
    ``exports``: what a name that others import is called here, or that it comes from elsewhere. ``stars``: the
    ``export * from``. ``type_exports``: the exports that are marked as types.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.source = text.encode()
        self.root = parse(path, self.source)
        self.values: dict[str, Node] = {}
        self.types: dict[str, list[Node]] = {}
        self.imports: dict[str, Elsewhere] = {}
        self.exports: dict[str, str | Elsewhere] = {}
        self.stars: list[Elsewhere] = []
        self.type_exports: set[str] = set()
        for node in children(self.root):
            self._top(node)

    @property
    def errors(self) -> Iterator[Node]:
        """What could not be parsed."""
        return errors_in(self.root)

    def location(self, node: Node) -> Location:
        """Where *node* begins; columns count characters, the parser counts bytes."""
        row, column = node.start_point
        before = self.source[node.start_byte - column : node.start_byte]
        return Location(self.path, row + 1, len(before.decode(errors="replace")) + 1)

    def _top(self, node: Node) -> None:
        if node.type == "import_statement":
            self._import(node)
        elif node.type == "export_statement":
            self._export(node)
        else:
            self._declare(node)

    def _import(self, node: Node) -> None:
        specifier = _specifier(node)
        clause = next((child for child in node.named_children if child.type == "import_clause"), None)
        if specifier is None or clause is None:
            return
        for child in children(clause):
            if child.type == "identifier":
                self.imports[text_of(child)] = Elsewhere(specifier, "default", node)
            elif child.type == "namespace_import":
                self.imports[text_of(child.named_children[-1])] = Elsewhere(specifier, ALL, node)
            else:
                for name, alias in _named(child):
                    self.imports[alias] = Elsewhere(specifier, name, node)

    def _export(self, node: Node) -> None:
        specifier = _specifier(node)
        self.type_exports |= set(_types_among(node))
        declaration, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
        if specifier is not None:
            self._export_from(node, specifier)
        elif declaration is not None:
            default = any(child.type == "default" for child in node.children)
            for name in self._declare(declaration):
                self.exports["default" if default else name] = name
        elif value is not None:
            self.values["default"] = value
            self.exports["default"] = "default"
        else:
            for child in children(node):
                if child.type == "export_clause":
                    self.exports |= {alias: name for name, alias in _named(child)}
                elif child.type == "identifier":  # export = name
                    self.exports["default"] = text_of(child)

    def _export_from(self, node: Node, specifier: str) -> None:
        for child in children(node):
            if child.type == "export_clause":
                self.exports |= {alias: Elsewhere(specifier, name, node) for name, alias in _named(child)}
                return
            if child.type == "namespace_export":
                self.exports[text_of(child.named_children[-1])] = Elsewhere(specifier, ALL, node)
                return
        if not _is_type(node):
            self.stars.append(Elsewhere(specifier, ALL, node))

    def _declare(self, node: Node) -> list[str]:
        """Notes what a statement declares; its names."""
        if node.type == "ambient_declaration":
            return [name for child in children(node) for name in self._declare(child)]
        if node.type in VARIABLES:
            found = {name: one for one in children(node) for name in _bound(one.child_by_field_name("name"))}
            self.values |= found
            return list(found)
        name = node.child_by_field_name("name")
        if name is None or node.type not in VALUES | CLASSES | TYPES:
            return []
        if node.type in VALUES | CLASSES:
            self.values[text_of(name)] = node
        if node.type in TYPES | CLASSES or node.type == "enum_declaration":
            self.types.setdefault(text_of(name), []).append(node)
        return [text_of(name)]


def _specifier(node: Node) -> str | None:
    source = node.child_by_field_name("source")
    return None if source is None else unescaped(text_of(source)[1:-1])


def _named(clause: Node) -> Iterator[tuple[str, str]]:
    """The names in ``{ a, b as c }`` and what they are called from there on."""
    for child in children(clause):
        name, alias = child.child_by_field_name("name"), child.child_by_field_name("alias")
        if name is not None:
            yield _name(name), _name(alias or name)


def _types_among(node: Node) -> Iterator[str]:
    """The names that ``export type { a }`` or ``export { type a }`` exports."""
    for clause in children(node):
        for child in children(clause) if clause.type == "export_clause" else ():
            name = child.child_by_field_name("alias") or child.child_by_field_name("name")
            if name is not None and (_is_type(node) or _is_type(child)):
                yield _name(name)


def _is_type(node: Node) -> bool:
    return any(child.type == "type" for child in node.children)


def _name(node: Node) -> str:
    return unescaped(text_of(node)[1:-1]) if node.type == "string" else text_of(node)


def _bound(pattern: Node | None) -> Iterator[str]:
    """Every name that a pattern binds: ``a``, ``{ b, c: d }``, ``[e, ...f]``."""
    if pattern is None:
        return
    match pattern.type:
        case "identifier" | "shorthand_property_identifier_pattern":
            yield text_of(pattern)
        case "pair_pattern":
            yield from _bound(pattern.child_by_field_name("value"))
        case "assignment_pattern" | "object_assignment_pattern":
            yield from _bound(pattern.child_by_field_name("left"))
        case "object_pattern" | "array_pattern" | "rest_pattern":
            for child in children(pattern):
                yield from _bound(child)
