"""What an expression of a model file is: a constant of Python, or something kept by what made it.

Constants are themselves, lists and sets are tuples. All else is one of these values, comparable and hashable, so that
an annotation finds its line in a ``type_annotation_map``.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

Value: TypeAlias = Any  # a constant, a tuple, or one of the classes below


class Unreadable(Exception):  # noqa: N818 - becomes an Unread value, never reaches a caller
    """Something that cannot be told without running it, with the reason."""


class Symbol(NamedTuple):
    """Something of a library, by its full name: ``sqlalchemy.String``."""

    path: str

    @property
    def name(self) -> str:
        """The last part: ``String``."""
        return self.path.rpartition(".")[2]


class Place(NamedTuple):
    """Where something is written."""

    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Made:
    """What calling *callee* gives: ``String(50)``, ``func.now()``."""

    callee: Value
    args: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()
    place: Place = field(default=Place("", 1, 1), compare=False)
    node: ast.Call | None = field(default=None, compare=False)

    def keyword(self, name: str, otherwise: Value = None) -> Value:
        """The keyword argument called *name*."""
        return next((value for key, value in reversed(self.keywords) if key == name), otherwise)

    def has(self, name: str) -> bool:
        """Whether there is a keyword argument called *name*."""
        return any(key == name for key, _ in self.keywords)

    def argument(self, position: int, name: str, otherwise: Value = None) -> Value:
        """The argument at *position*, or else the one called *name*."""
        return self.args[position] if position < len(self.args) else self.keyword(name, otherwise)


class Part(NamedTuple):
    """An attribute of something: ``User.email``, ``"a".lower``."""

    of: Value
    name: str


class Generic(NamedTuple):
    """``origin[args]``."""

    origin: Value
    args: tuple[Value, ...]


class Operated(NamedTuple):
    """``a + b``, ``not a``: the operator as Python writes it, and what it stands between."""

    operator: str
    operands: tuple[Value, ...]


class Pairs(tuple[tuple[Value, Value], ...]):
    """A dictionary in its order."""

    __slots__ = ()

    def get(self, key: Value, otherwise: Value = None) -> Value:
        """The value of *key*."""
        return next((value for found, value in reversed(self) if same(found, key)), otherwise)

    def having(self, key: Value, value: Value) -> Pairs:
        """A copy with one entry more, or replaced."""
        return Pairs((*(pair for pair in self if not same(pair[0], key)), (key, value)))


@dataclass(frozen=True, eq=False, slots=True)
class Class:
    """A class of the project: where it is defined, and what its body says last of each name."""

    name: str
    module: Value
    node: ast.ClassDef
    outer: Class | None = None
    said: dict[str, ast.stmt] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for statement in self.node.body:
            match statement:
                case ast.Assign(targets):
                    self.said.update((each.id, statement) for each in targets if isinstance(each, ast.Name))
                case ast.AnnAssign(ast.Name(name)):
                    self.said[name] = statement
                case ast.FunctionDef() | ast.ClassDef():
                    self.said[statement.name] = statement


@dataclass(frozen=True, eq=False, slots=True)
class Function:
    """A function or lambda of the project; ``bound`` is what its first parameter is."""

    module: Value
    node: ast.FunctionDef | ast.Lambda
    names: Mapping[str, Value] = field(default_factory=dict)
    owner: Class | None = None
    bound: tuple[Value, ...] = ()


class Member(NamedTuple):
    """A member of an enum of the project; ``value`` is Unreadable's text in a ``Symbol`` where it is not known."""

    enum: Class
    name: str
    value: Value


def same(one: Value, other: Value) -> bool:
    """Equality that tells 1 from True."""
    return type(one) is type(other) and bool(one == other)


def is_constant(value: Value) -> bool:
    """Whether *value* is a constant of Python."""
    return value is None or isinstance(value, str | bytes | bool | int | float)


def text_of(value: Value) -> str:
    """The string that *value* is, also as a member of an enum of strings; Unreadable where it is none."""
    if isinstance(value, Member) and isinstance(value.value, str):
        return value.value
    if isinstance(value, Made) and isinstance(value.callee, Symbol) and value.callee.name in {"quoted_name", "conv"}:
        return text_of(value.args[0] if value.args else None)
    if not isinstance(value, str):
        raise Unreadable(f"expected a string, found {shown(value)}")
    return value


def shown(value: Value) -> str:
    """*value* for people."""
    match value:
        case Made():
            return ast.unparse(value.node) if value.node is not None else f"{shown(value.callee)}(...)"
        case Symbol():
            return value.path.removeprefix("builtins.")
        case Part():
            return f"{shown(value.of)}.{value.name}"
        case Generic():
            return f"{shown(value.origin)}[{', '.join(map(shown, value.args))}]"
        case Operated():
            return f" {value.operator} ".join(map(shown, value.operands))
        case Class():
            return value.name
        case Function():
            return getattr(value.node, "name", "a lambda")
        case Member():
            return f"{value.enum.name}.{value.name}"
    return repr(value)
