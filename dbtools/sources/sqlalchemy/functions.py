"""Functions of a project stepped through: assignments, conditions, loops over what is known, and what is returned."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from dbtools.sources.sqlalchemy import constants
from dbtools.sources.sqlalchemy.modules import Import
from dbtools.sources.sqlalchemy.scopes import Scope, unpacked
from dbtools.sources.sqlalchemy.values import Function, Pairs, Unreadable, Value

if TYPE_CHECKING:
    from dbtools.sources.sqlalchemy.evaluate import Evaluator

Keywords = tuple[tuple[str, Value], ...]


def run(evaluator: Evaluator, function: Function, args: tuple[Value, ...], keywords: Keywords) -> Value:
    """What *function* returns; Unreadable where it does more than its arguments and the files decide."""
    names = {**function.names, **parameters(evaluator, function, args, keywords)}
    frame = _Frame(evaluator, Scope(function.module, names, function.owner), names)
    if isinstance(function.node, ast.Lambda):
        return evaluator.evaluate(function.node.body, frame.scope)
    try:
        frame.execute(function.node.body)
    except _Returned as returned:
        return returned.value
    return None


class _Returned(Exception):  # noqa: N818 - carries a value through nested statements
    def __init__(self, value: Value) -> None:
        self.value = value


class _Frame:
    def __init__(self, evaluator: Evaluator, scope: Scope, names: dict[str, Value]) -> None:
        self.evaluator, self.scope, self.names = evaluator, scope, names

    def execute(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            self._step(statement)

    def _value(self, node: ast.expr) -> Value:
        return self.evaluator.evaluate(node, self.scope)

    def _step(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Return(value):
                raise _Returned(None if value is None else self._value(value))
            case ast.Assign([ast.Subscript(ast.Name(name), key)], value) if isinstance(self.names.get(name), Pairs):
                self.names[name] = self.names[name].having(self._value(key), self._value(value))
            case ast.Assign([target], value) | ast.AnnAssign(ast.Name() as target, _, ast.expr() as value):
                self.names.update(unpacked(target, self._value(value)))
            case ast.AugAssign(ast.Name(name), operator, value):
                operated = constants.operated(type(operator).__name__, self.names.get(name), self._value(value))
                self.names[name] = operated
            case ast.If(test, body, orelse):
                self.execute(body if constants.truth(self._value(test)) else orelse)
            case ast.For(target, over, body, []):
                for each in self.evaluator.elements(self._value(over)):
                    self.names.update(unpacked(target, each))
                    self.execute(body)
            case ast.FunctionDef():
                self.names[statement.name] = Function(self.scope.module, statement, self.names, self.scope.owner)
            case ast.ImportFrom(module, names, level):
                whole = self.scope.module.absolute(module or "", level)
                for alias in names:
                    found = self.evaluator.imported(self.scope.module, Import(whole, alias.name))
                    self.names[alias.asname or alias.name] = found
            case ast.Expr(ast.Call(ast.Attribute(ast.Name(name), method), args, [])) if name in self.names:
                self._change(name, method, [self._value(each) for each in args])
            case ast.Pass() | ast.Expr(ast.Constant()) | ast.Assert():
                pass
            case _:
                raise Unreadable(f"{ast.unparse(statement).splitlines()[0]} cannot be told without running it")

    def _change(self, name: str, method: str, args: list[Value]) -> None:
        match self.names[name], method, args:
            case tuple() as found, "append" | "add", [value]:
                self.names[name] = (*found, value)
            case tuple() as found, "extend" | "update", [tuple() as values] if not isinstance(found, Pairs):
                self.names[name] = (*found, *values)
            case Pairs() as found, "setdefault", [key, value]:
                if not any(each == key for each, _ in found):
                    self.names[name] = found.having(key, value)
            case Pairs() as found, "update", [Pairs() as values]:
                for key, value in values:
                    found = found.having(key, value)
                self.names[name] = found
            case _:
                raise Unreadable(f"{name}.{method}(...) cannot be told without running it")


def parameters(
    evaluator: Evaluator, function: Function, args: tuple[Value, ...], keywords: Keywords
) -> dict[str, Value]:
    """The parameters of *function* by their names; Unreadable where it cannot be called like that."""
    wanted = function.node.args
    given = dict(keywords)
    scope = Scope(function.module, function.names, function.owner)
    positional = [each.arg for each in (*wanted.posonlyargs, *wanted.args)]
    names: dict[str, Value] = dict(zip(positional, args, strict=False))
    if wanted.vararg is not None:
        names[wanted.vararg.arg] = tuple(args[len(positional) :])
    elif len(args) > len(positional):
        raise Unreadable("a function is called with more than it takes")
    later = dict(zip(reversed(positional), reversed(wanted.defaults), strict=False))
    later |= {each.arg: node for each, node in zip(wanted.kwonlyargs, wanted.kw_defaults, strict=True) if node}
    for name in (*positional, *(each.arg for each in wanted.kwonlyargs)):
        if name in given:
            names[name] = given.pop(name)
        elif name not in names:
            if name not in later:
                raise Unreadable(f"a function is called without {name}")
            names[name] = evaluator.evaluate(later[name], scope)
    if wanted.kwarg is not None:
        names[wanted.kwarg.arg] = Pairs(given.items())
    elif given:
        raise Unreadable(f"a function is called with {next(iter(given))}, which it does not take")
    return names
