"""Expressions of model files worked out without running them.

Names are followed through assignments, imports and star imports, functions of the project are stepped through, and what
a library makes is kept as what was called with what. Whatever does not follow from the files alone is Unreadable.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from dbtools.sources.sqlalchemy import constants
from dbtools.sources.sqlalchemy.enums import members_of
from dbtools.sources.sqlalchemy.modules import Import, Module, Modules
from dbtools.sources.sqlalchemy.scopes import NO_NAMES, Entered, Scope, unpacked
from dbtools.sources.sqlalchemy.values import (
    Class,
    Function,
    Generic,
    Made,
    Member,
    Pairs,
    Part,
    Place,
    Symbol,
    Unreadable,
    Value,
    is_constant,
    shown,
    text_of,
)

DEEPEST = 60
MOST_STEPS = 20_000
COLUMNS = frozenset({"mapped_column", "Column", "Field"})
DIALECT = Symbol("sqlalchemy.dialects.postgresql.dialect()")  # what a type is asked for
NOWHERE = Place("", 1, 1)
_MISSING = Symbol("")


class Evaluator:
    """The values of names and expressions; each name of a module is worked out once."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self.classes: Callable[[Class], tuple[Value, ...]] | None = None
        self.inherits_table: Callable[[Value], bool] = lambda _: False
        self._known: dict[tuple[str, str], Value] = {}
        self._open: set[tuple[int, str]] = set()
        self._depth = 0
        self._steps = 0
        self._made: dict[int, Class] = {}

    def start(self) -> None:
        """Another question: it may take as many steps as the one before."""
        self._steps = 0

    # Names ------------------------------------------------------------------------------------

    def module_value(self, module: Module, name: str) -> Value:
        """What *name* is at the end of *module*; KeyError where it has no such name."""
        key = (module.path, name)
        if key not in self._known:
            with self._entering(id(module), name):
                self._known[key] = self._module_value(module, name)
        return self._known[key]

    def _module_value(self, module: Module, name: str) -> Value:
        bound = module.bound.get(name)
        if name in module.moving:
            raise Unreadable(f"{name} is changed by what {module.path} does")
        match bound:
            case None:
                return self._from_stars(module, name)
            case Import():
                return self.imported(module, bound)
            case ast.ClassDef():
                return self.class_of(module, bound)
            case ast.FunctionDef():
                return Function(module, bound)
            case ast.expr():
                return self.evaluate(bound, Scope(module))
        raise KeyError(name)

    def imported(self, module: Module, found: Import) -> Value:
        """What an import of *module* brings."""
        target = self.modules.find(found.module, module)
        if not found.name:
            return target or Symbol(found.module)
        if target is not None and target is not module:
            try:
                return self.module_value(target, found.name)
            except KeyError:
                pass
        inner = f"{found.module}.{found.name}"
        return self.modules.find(inner, module) or Symbol(inner)

    def _from_stars(self, module: Module, name: str) -> Value:
        foreign = []
        for star in module.stars:
            target = self.modules.find(star, module)
            if target is None:
                foreign.append(star)
            elif target is not module and not name.startswith("_"):
                try:
                    return self.module_value(target, name)
                except KeyError:
                    continue
        if name in constants.BUILTINS:
            return Symbol(f"builtins.{name}")
        owner = next((star for star in reversed(foreign) if constants.may_have(star, name)), None)
        if owner is None:
            raise KeyError(name)
        return Symbol(f"{owner}.{name}")

    def class_of(self, module: Module, node: ast.ClassDef, outer: Class | None = None) -> Class:
        """The class that *node* defines, the same value each time."""
        if id(node) not in self._made:
            self._made[id(node)] = Class(node.name, module, node, outer)
        return self._made[id(node)]

    def _entering(self, owner: int, name: str) -> Entered:
        return Entered(self._open, (owner, name))

    def lookup(self, name: str, scope: Scope) -> Value:
        """What *name* is in *scope*; Unreadable where nothing is known of it."""
        if name in scope.names:
            return scope.names[name]
        outer = scope.owner
        while outer is not None:
            found = self._visible(outer, name, annotating=scope.annotating)
            if found is not _MISSING:
                return found
            outer = outer.outer
        try:
            return self.module_value(scope.module, name)
        except KeyError:
            raise Unreadable(f"{name} is not defined in {scope.module.path}") from None

    def _visible(self, owner: Class, name: str, *, annotating: bool) -> Value:
        """What *name* is in the body of *owner*, as far as it can be seen there."""
        if annotating and not isinstance(owner.said.get(name), ast.ClassDef):
            return _MISSING
        if (id(owner), name) in self._open:  # x = x(...) means the one outside
            return _MISSING
        try:
            return self.class_value(owner, name)
        except KeyError:
            return _MISSING

    # Classes ----------------------------------------------------------------------------------

    def class_value(self, owner: Class, name: str) -> Value:
        """What *name* is in the body of *owner* itself; KeyError where it says nothing of it."""
        match owner.said.get(name):
            case ast.Assign(_, value):
                return self._class_value(owner, name, value)
            case ast.AnnAssign(_, _, value):
                return Part(owner, name) if value is None else self._class_value(owner, name, value)
            case ast.FunctionDef() as statement:
                return Function(owner.module, statement, NO_NAMES, owner.outer)
            case ast.ClassDef() as statement:
                return self.class_of(owner.module, statement, owner)
        raise KeyError(name)

    def _class_value(self, owner: Class, name: str, value: ast.expr) -> Value:
        with self._entering(id(owner), name):
            found = self.evaluate(value, Scope(owner.module, NO_NAMES, owner))
        if isinstance(found, Made) and isinstance(found.callee, Symbol) and found.callee.name in COLUMNS:
            return Part(owner, name)
        return found

    def attribute_of(self, owner: Class, name: str) -> Value:
        """What *name* is on *owner* or what it inherits from; an enum's members, names and declared attributes too."""
        if name == "__name__":
            return owner.name
        members = self.members(owner)
        if members is not None:
            found = next((each for each in members if each.name == name), None)
            return found or Part(owner, name)
        for base in self.mro(owner):
            if isinstance(base, Class):
                try:
                    value = self.class_value(base, name)
                except KeyError:
                    continue
                if isinstance(value, Function) and self.is_declared(value):
                    return self.call(replace(value, bound=(owner,)), (), ())
                return Part(owner, name) if isinstance(value, Part) and value.of is base else value
        return Part(owner, name)

    def is_declared(self, function: Function) -> bool:
        """Whether *function* is a ``declared_attr``."""
        return any("declared_attr" in ast.unparse(each) for each in getattr(function.node, "decorator_list", ()))

    def mro(self, owner: Class) -> tuple[Value, ...]:
        """The classes that *owner* is made of, itself first."""
        assert self.classes is not None  # noqa: S101 - set right after it is made
        return self.classes(owner)

    def members(self, owner: Class) -> tuple[Member, ...] | None:
        """The members of an enum, aliases left out; None where *owner* is none."""
        return members_of(self, owner)

    # Expressions ------------------------------------------------------------------------------

    def evaluate(self, node: ast.expr, scope: Scope) -> Value:
        """The value of *node* in *scope*; Unreadable where it cannot be told."""
        self._steps += 1
        self._depth += 1
        try:
            if self._depth > DEEPEST or self._steps > MOST_STEPS:
                raise Unreadable("it takes too much to work out")
            return self._evaluate(node, scope)
        finally:
            self._depth -= 1

    def _evaluate(self, node: ast.expr, scope: Scope) -> Value:
        inner = partial(self.evaluate, scope=scope)
        match node:
            case ast.Constant(value):
                return value
            case ast.Name(name):
                return self.lookup(name, scope)
            case ast.Attribute(of, name):
                return self.attribute(inner(of), name)
            case ast.Call():
                return self._call(node, scope)
            case ast.Subscript(of, index):
                return self._item(inner(of), inner(index))
            case ast.Tuple(items) | ast.List(items) | ast.Set(items):
                return tuple(self._items(items, scope))
            case ast.Dict(keys, values):
                return self._pairs(keys, values, scope)
            case ast.JoinedStr(parts):
                return "".join(self._formatted(part, scope) for part in parts)
            case ast.BinOp(left, operator, right):
                return constants.operated(type(operator).__name__, inner(left), inner(right))
            case ast.UnaryOp(operator, operand):
                return constants.signed(type(operator).__name__, inner(operand))
            case ast.BoolOp(operator, operands):
                return constants.joined(isinstance(operator, ast.And), [partial(inner, each) for each in operands])
            case ast.Compare(left, [operator], [right]):
                return constants.compared(type(operator).__name__, inner(left), inner(right))
            case ast.IfExp(test, body, orelse):
                return inner(body if constants.truth(inner(test)) else orelse)
            case ast.Lambda():
                return Function(scope.module, node, scope.names, scope.owner)
            case ast.ListComp(element, [one]) | ast.GeneratorExp(element, [one]) | ast.SetComp(element, [one]):
                return tuple(self.evaluate(element, each) for each in self._each(one, scope))
            case ast.DictComp(key, value, [one]):
                each_pair = ((self.evaluate(key, each), self.evaluate(value, each)) for each in self._each(one, scope))
                return Pairs(each_pair)
        raise Unreadable(f"{ast.unparse(node)} cannot be told without running it")

    def _items(self, nodes: list[ast.expr], scope: Scope) -> Iterator[Value]:
        for node in nodes:
            if isinstance(node, ast.Starred):
                yield from self.elements(self.evaluate(node.value, scope))
            else:
                yield self.evaluate(node, scope)

    def _pairs(self, keys: list[ast.expr | None], values: list[ast.expr], scope: Scope) -> Pairs:
        pairs = Pairs()
        for key, value in zip(keys, values, strict=True):
            found = self.evaluate(value, scope)
            if key is not None:
                pairs = pairs.having(self.evaluate(key, scope), found)
                continue
            if not isinstance(found, Pairs):
                raise Unreadable(f"{shown(found)} is no dictionary")
            for name, inner in found:
                pairs = pairs.having(name, inner)
        return pairs

    def _formatted(self, part: ast.expr, scope: Scope) -> str:
        if isinstance(part, ast.FormattedValue):
            value = self.evaluate(part.value, scope)
            value = value.value if isinstance(value, Member) and isinstance(value.value, str) else value
            if part.format_spec is not None or not isinstance(value, str | int):
                raise Unreadable(f"{ast.unparse(part.value)} is no text that is known")
            return repr(value) if part.conversion == ord("r") else str(value)
        return text_of(self.evaluate(part, scope))

    def _each(self, one: ast.comprehension, scope: Scope) -> Iterator[Scope]:
        for value in self.elements(self.evaluate(one.iter, scope)):
            inner = replace(scope, names={**scope.names, **unpacked(one.target, value)})
            if all(constants.truth(self.evaluate(test, inner)) for test in one.ifs):
                yield inner

    def elements(self, value: Value) -> tuple[Value, ...]:
        """What iterating over *value* gives."""
        if isinstance(value, Pairs):
            return tuple(key for key, _ in value)
        if isinstance(value, tuple) and type(value) is tuple:
            return value
        if isinstance(value, str):
            return tuple(value)
        members = self.members(value) if isinstance(value, Class) else None
        if members is None:
            raise Unreadable(f"{shown(value)} is no list that is known")
        return members

    def attribute(self, of: Value, name: str) -> Value:
        """``of.name``."""
        match of:
            case Symbol(path):
                return "postgresql" if (of, name) == (DIALECT, "name") else Symbol(f"{path}.{name}")
            case Module():
                try:
                    return self.module_value(of, name)
                except KeyError:
                    found = self.modules.find(f"{of.name}.{name}", of)
                    if found is None:
                        raise Unreadable(f"{of.path} has no {name}") from None
                    return found
            case Class():
                if name == "__members__":
                    return Pairs((member.name, member) for member in self.members(of) or ())
                return self.attribute_of(of, name)
            case Member() if name in {"value", "name"}:
                value = of.name if name == "name" else of.value
                if isinstance(value, Symbol):
                    raise Unreadable(value.path)
                return value
            case Made(Symbol(path)) if path.startswith("flask_sqlalchemy"):
                return Symbol(f"flask_sqlalchemy.{name}" if name == "Model" else f"sqlalchemy.{name}")
        return Part(of, name)

    def _item(self, of: Value, index: Value) -> Value:
        if isinstance(of, Pairs):
            if not any(key == index for key, _ in of):
                raise Unreadable(f"there is no {shown(index)} in the dictionary")
            return of.get(index)
        if type(of) is tuple and isinstance(index, int) and -len(of) <= index < len(of):
            return of[index]
        members = self.members(of) if isinstance(of, Class) and isinstance(index, str) else None
        if members is not None:
            return self.attribute(of, index)
        return Generic(of, index if type(index) is tuple else (index,))

    # Calls ------------------------------------------------------------------------------------

    def _call(self, node: ast.Call, scope: Scope) -> Value:
        callee = self.evaluate(node.func, scope)
        args = tuple(self._items(node.args, scope))
        keywords: list[tuple[str, Value]] = []
        for keyword in node.keywords:
            value = self.evaluate(keyword.value, scope)
            if keyword.arg is not None:
                keywords.append((keyword.arg, value))
            elif isinstance(value, Pairs):
                keywords += [(text_of(key), found) for key, found in value]
            else:
                raise Unreadable(f"{shown(value)} is no dictionary that is known")
        place = Place(scope.module.path, node.lineno, node.col_offset + 1)
        return self.call(callee, args, tuple(keywords), place, node)

    def call(
        self,
        callee: Value,
        args: tuple[Value, ...],
        keywords: tuple[tuple[str, Value], ...],
        place: Place = NOWHERE,
        node: ast.Call | None = None,
    ) -> Value:
        """``callee(*args, **keywords)``."""
        match callee:
            case Function():
                return self._run(callee, args, keywords)
            case Made(Symbol("functools.partial"), (of, *first), given):
                return self.call(of, (*first, *args), (*given, *keywords), place, node)
            case Class() if self.members(callee) is not None and len(args) == 1:
                found = next((each for each in self.members(callee) or () if each.value == args[0]), None)
                return found or Made(callee, args, keywords, place)
            case Symbol(path) if path.startswith("builtins."):
                return constants.built_in(callee.name, tuple(self._listed(callee.name, args)))
            case Part(Made(Symbol("re.compile"), (pattern, *_)), name):
                return constants.substituted((pattern, *args), name)
            case Symbol("sqlalchemy.orm.has_inherited_table" | "sqlalchemy.ext.declarative.has_inherited_table"):
                return self.inherits_table(args[0])
            case Symbol("re.sub"):
                return constants.substituted(args, "sub")
            case Part(of, name) if is_constant(of) or isinstance(of, Pairs):
                return constants.method(of, name, tuple(self._listed(name, args)))
            case Part(Member(_, _, str(of)), name):
                return constants.method(of, name, args)
        return Made(callee, args, keywords, place, node)

    def _listed(self, name: str, args: tuple[Value, ...]) -> Iterator[Value]:
        """Arguments, iterated over where the function called *name* does so."""
        for value in args:
            yield self.elements(value) if name in constants.ITERATING and isinstance(value, Class | Pairs) else value

    def _run(self, function: Function, args: tuple[Value, ...], keywords: tuple[tuple[str, Value], ...]) -> Value:
        from dbtools.sources.sqlalchemy.functions import run

        with self._entering(id(function.node), f"{args}{keywords}"):
            return run(self, function, (*function.bound, *args), keywords)
