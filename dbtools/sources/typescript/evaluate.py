"""Expressions and functions followed as far as that goes without running anything.

Constants, templates, objects and arrays with spreads, members, conditions, calls of functions of the project: these
have values. What comes from packages stays symbolic, and what is neither is ``Unknown``: a condition on the
environment, a class, a value that is changed after it was declared. Functions that call each other without end and
declarations that need themselves are unknown, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from dbtools.sources.typescript import builtins
from dbtools.sources.typescript.changes import changed
from dbtools.sources.typescript.expressions import HANDLERS
from dbtools.sources.typescript.module import Module
from dbtools.sources.typescript.modules import Declared, Modules, Namespace, Outside, Target
from dbtools.sources.typescript.patterns import bind, is_pattern
from dbtools.sources.typescript.statements import run
from dbtools.sources.typescript.syntax import WRAPPERS, bare, children, shown, text_of
from dbtools.sources.typescript.values import (
    UNDEFINED,
    Call,
    Function,
    Global,
    Import,
    Member,
    Object,
    Place,
    Scope,
    Unknown,
    Value,
    is_symbol,
    text_value,
)

if TYPE_CHECKING:
    from tree_sitter import Node

DEEPEST = 64  # calls within calls
MOST_CALLS = 50_000  # of one declaration
FUNCTIONS = frozenset(
    {
        "arrow_function", "function_expression", "function_declaration", "generator_function",
        "generator_function_declaration", "method_definition",
    }
)  # fmt: skip
Known = Callable[[Value], Value]
"""What a library's symbol is known to be, such as a list; the symbol itself where that is all there is to say."""


class Evaluator:
    """Follows expressions in *modules*; *known* says what the symbols of a library come to."""

    def __init__(self, modules: Modules, known: Known = lambda value: value) -> None:
        self.modules = modules
        self.known = known
        self._values: dict[tuple[str, str], Value] = {}
        self._changed: dict[str, frozenset[str]] = {}
        self._busy: set[tuple[str, str]] = set()
        self._depth = 0
        self._calls = 0

    def exports(self, module: Module) -> Iterator[tuple[str, Value, Place]]:
        """Every export of *module* with its value and where it is declared; ``*`` is an ``export *`` from a package."""
        for name, target in self.modules.exports(module):
            place = Place(target.module, target.node) if isinstance(target, Declared) else Place(module, module.root)
            yield name, self.target(target, place, name), place

    def target(self, target: Target | None, place: Place, name: str) -> Value:
        """The value of what a name leads to."""
        match target:
            case Declared(module, declared):
                return self.declared(module, declared)
            case Namespace():
                return target
            case Outside(specifier, imported, importer, node):
                return Import(specifier, imported, Place(importer, node), missing=target.local)
        return Unknown(f"{name} is not declared", place)

    def declared(self, module: Module, name: str) -> Value:
        """The value of a name that *module* declares; each is found once."""
        key = (module.path, name)
        if key in self._values:
            return self._values[key]
        node = module.values[name]
        if key in self._busy:
            return Unknown(f"{name} needs itself", Place(module, node))
        self._busy.add(key)
        self._calls = 0 if len(self._busy) == 1 else self._calls
        try:
            found = self._declaration(module, name, node)
        except RecursionError:
            found = Unknown(f"{name} is nested too deeply to be followed", Place(module, node))
        finally:
            self._busy.discard(key)
        self._values[key] = found
        return found

    def _declaration(self, module: Module, name: str, node: Node) -> Value:
        if node.has_error:
            return Unknown(f"{name} cannot be parsed", Place(module, node))
        if module.path not in self._changed:
            self._changed[module.path] = changed(module.root)
        if name in self._changed[module.path]:
            return Unknown(f"{name} is changed after it was declared", Place(module, node))
        scope = Scope(module)
        if node.type == "variable_declarator":
            pattern, value = node.child_by_field_name("name"), node.child_by_field_name("value")
            found = UNDEFINED if value is None else self.value(value, scope)
            if pattern is None or not is_pattern(pattern):
                return found
            bind(self, pattern, found, scope)
            return scope.names.get(name, UNDEFINED)
        return self.value(node, scope)

    # Expressions ------------------------------------------------------------------------------

    def value(self, node: Node, scope: Scope) -> Value:
        """What the expression *node* comes to."""
        handler = HANDLERS.get(node.type)
        if handler is not None:
            return handler(self, node, scope)
        if node.type in WRAPPERS:
            inner = bare(node)
            return self.value(inner, scope) if inner is not node else self.unknown(node, scope)
        if node.type in FUNCTIONS:
            return Function(node, scope)
        return self.unknown(node, scope)

    def unknown(self, node: Node, scope: Scope, why: str = "cannot be followed") -> Unknown:
        """*node* as something that *why* says why it is not known."""
        return Unknown(f"{shown(node)} {why}", Place(scope.module, node))

    def name(self, node: Node, scope: Scope) -> Value:
        """The value of a name, from the nearest function or module that has it."""
        name = text_of(node)
        holder = scope.holder(name)
        if holder is not None:
            return holder.names[name]
        if name == "undefined":
            return UNDEFINED
        module = scope.module
        known = self._values.get((module.path, name), self)
        if known is not self:
            return known
        place = Place(module, node)
        target = self.modules.lookup(module, name)
        if target is not None:
            found = self.target(target, place, name)
            if name in module.imports and not isinstance(found, Unknown):
                self._values[module.path, name] = found
            return found
        if name in scope.module.imports:
            return Unknown(f"{scope.module.imports[name].specifier} exports no {name}", place)
        return Global(name, place)

    def member(self, of: Value, name: str, place: Place) -> Value:
        """``of.name``."""
        if isinstance(of, Object):
            if name in of.entries:
                return of.entries[name]
            return of.hidden[0] if of.hidden else UNDEFINED
        if isinstance(of, Namespace):
            return self.target(self.modules.exported(of.module, name), place, name)
        if isinstance(of, Import) and of.name == "*" and not of.missing:
            return Import(of.specifier, name, place)
        if isinstance(of, Unknown):
            return of
        if of is None or of is UNDEFINED:
            return Unknown(f"{name} of {text_value(of)}", place)
        if name == "length" and isinstance(of, str | list):
            return len(of)
        return self.known(Member(of, name, place))

    def call(self, function: Value, arguments: list[Value], place: Place) -> Value:
        """``function(*arguments)``."""
        if isinstance(function, Unknown):
            return function
        if isinstance(function, Function):
            return self._run(function, arguments, place)
        if isinstance(function, Member) and (not is_symbol(function.of) or isinstance(function.of, Global)):
            found = builtins.method(self, function, arguments, place)
            if found is not None:
                return found
        if isinstance(function, Global):
            return builtins.function(function, arguments, place)
        if not is_symbol(function):
            return Unknown(f"{shown(place.node)} calls what is no function", place)
        return self.known(Call(function, arguments, place))

    def _run(self, function: Function, arguments: list[Value], place: Place) -> Value:
        self._calls = self._calls + 1 if self._depth or self._busy else 1
        if self._depth >= DEEPEST or self._calls > MOST_CALLS:
            return Unknown(f"{shown(place.node)} calls itself too often to be followed", place)
        node = function.node
        if any(child.type == "async" for child in node.children) or node.type.startswith("generator"):
            return Unknown(f"{shown(place.node)} is asynchronous", place)
        scope = Scope(function.scope.module, function.scope)
        self._depth += 1
        try:
            self._bind_arguments(node, arguments, scope)
            body = node.child_by_field_name("body")
            if body is None:
                return UNDEFINED
            return run(self, body, scope) if body.type == "statement_block" else self.value(body, scope)
        finally:
            self._depth -= 1

    def _bind_arguments(self, node: Node, arguments: list[Value], scope: Scope) -> None:
        single = node.child_by_field_name("parameter")
        if single is not None:
            scope.names[text_of(single)] = arguments[0] if arguments else UNDEFINED
            return
        parameters = node.child_by_field_name("parameters")
        for position, parameter in enumerate(children(parameters) if parameters is not None else ()):
            pattern = parameter.child_by_field_name("pattern")
            if pattern is None or pattern.type == "this":
                continue
            if pattern.type == "rest_pattern":
                bind(self, children(pattern)[0], arguments[position:], scope)
                continue
            given = arguments[position] if position < len(arguments) else UNDEFINED
            default = parameter.child_by_field_name("value")
            bind(self, pattern, self.value(default, scope) if given is UNDEFINED and default else given, scope)

    def arguments(self, node: Node | None, scope: Scope) -> list[Value]:
        """The values of a list of arguments or of the items of an array, spread where it says so."""
        found: list[Value] = []
        for child in children(node) if node is not None else ():
            if child.type != "spread_element":
                found.append(self.value(child, scope))
                continue
            spread = self.value(children(child)[0], scope)
            if isinstance(spread, list):
                found += spread
            else:
                found.append(spread if isinstance(spread, Unknown) else self.unknown(child, scope))
        return found
