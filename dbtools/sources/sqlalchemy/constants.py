"""Python's own operators, functions and methods on values that are known."""

from __future__ import annotations

import importlib
import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

from dbtools.sources.sqlalchemy.values import (
    Class,
    Made,
    Member,
    Operated,
    Pairs,
    Part,
    Symbol,
    Unreadable,
    Value,
    is_constant,
    shown,
)

BUILTINS = frozenset(
    """
    int str bool float bytes dict list tuple set frozenset object type len sorted reversed super property classmethod
    staticmethod range enumerate zip map filter getattr isinstance issubclass any all min max sum abs repr complex
    Exception ValueError hasattr print callable
    """.split()
)
ITERATING = frozenset({"list", "tuple", "set", "frozenset", "sorted", "len", "join"})
ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add, "Sub": operator.sub, "Mult": operator.mul, "FloorDiv": operator.floordiv,
    "Div": operator.truediv, "Mod": operator.mod,
}  # fmt: skip
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "Eq": operator.eq, "NotEq": operator.ne, "Lt": operator.lt, "LtE": operator.le, "Gt": operator.gt,
    "GtE": operator.ge,
}  # fmt: skip
WRITTEN = {
    "Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "Mod": "%", "FloorDiv": "//", "BitOr": "|", "BitAnd": "&",
    "Eq": "=", "NotEq": "<>", "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=", "Invert": "not", "USub": "-",
    "BitXor": "#", "LShift": "<<", "RShift": ">>", "Pow": "^",
}  # fmt: skip
METHODS = frozenset(
    """
    lower upper title capitalize casefold swapcase strip lstrip rstrip replace split rsplit partition rpartition join
    removeprefix removesuffix startswith endswith isupper islower isdigit isalpha
    """.split()
)
STANDARD = frozenset({"typing", "datetime", "enum", "decimal", "uuid"})
OF_SQLALCHEMY = frozenset(
    """
    and_ or_ not_ func text cast column literal literal_column desc asc false true null mapped_column relationship
    registry declarative_base declared_attr deferred column_property composite backref synonym nulls_first nulls_last
    nullsfirst nullslast case extract between collate type_coerce array as_declarative declarative_mixin
    """.split()
)
LONGEST = 10_000
REPEATED = re.compile(r"[*+}]\)?[*+{]|\)[*+{]")  # what could take for ever


def may_have(module: str, name: str) -> bool:
    """Whether ``from module import *`` may bring *name*: of the standard library that is known."""
    if module in STANDARD:
        return hasattr(importlib.import_module(module), name)
    return not module.startswith("sqlalchemy") or name[0].isupper() or name in OF_SQLALCHEMY


def operated(name: str, left: Value, right: Value) -> Value:
    """``left + right`` and the like; of what is no constant, what it is made of."""
    if name == "Add" and type(left) is tuple and type(right) is tuple:
        return left + right
    if name == "BitOr" and isinstance(left, Pairs) and isinstance(right, Pairs):
        return Pairs((*(pair for pair in left if right.get(pair[0], right) is right), *right))
    if name == "Mod" and isinstance(left, str):
        return _percent(left, right)
    if name in ARITHMETIC and _is_number(left) and _is_number(right):
        return _checked(name, left, right)
    if name == "Add" and isinstance(left, str) and isinstance(right, str):
        return left + right
    return Operated(WRITTEN.get(name, name), (left, right))


def _percent(text: str, value: Value) -> str:
    values = value if type(value) is tuple else (value,)
    if not re.fullmatch(r"(?:[^%]|%s|%%)*", text) or not all(isinstance(each, str | int) for each in values):
        raise Unreadable(f"{text!r} % ... cannot be told")
    try:
        return text % values
    except TypeError as error:
        raise Unreadable(f"{text!r}: {error}") from error


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float)


def _checked(name: str, left: Value, right: Value) -> Value:
    try:
        return ARITHMETIC[name](left, right)
    except (ArithmeticError, TypeError) as error:
        raise Unreadable(f"{left} and {right}: {error}") from error


def signed(name: str, value: Value) -> Value:
    """``-value``, ``not value``, ``~value``."""
    if name == "Not":
        return not truth(value)
    if name == "USub" and _is_number(value):
        return -value
    return Operated(WRITTEN.get(name, name), (value,))


def joined(is_and: bool, operands: Sequence[Callable[[], Value]]) -> Value:  # noqa: FBT001 - which of two operators
    """``a and b``, ``a or b``, as far as it needs to be looked at."""
    value: Value = None
    for each in operands:
        value = each()
        if truth(value) is not is_and:
            return value
    return value


def compared(name: str, left: Value, right: Value) -> Value:
    """``left == right`` and the like."""
    if name in {"Is", "IsNot"}:
        return (left is right or left == right) is (name == "Is")
    if name in {"In", "NotIn"} and (type(right) is tuple or isinstance(right, Pairs | str)):
        items = [key for key, _ in right] if isinstance(right, Pairs) else right
        return (left in items) is (name == "In")
    known = all(is_constant(each) or isinstance(each, Member | Class) for each in (left, right))
    if not known or name not in COMPARISONS:
        return Operated(WRITTEN.get(name, name), (left, right))
    try:
        return bool(COMPARISONS[name](left, right))
    except TypeError as error:
        raise Unreadable(f"{shown(left)} and {shown(right)}: {error}") from error


def truth(value: Value) -> bool:
    """Whether *value* counts as true; Unreadable where that is not known."""
    if is_constant(value) or type(value) is tuple or isinstance(value, Pairs):
        return bool(value)
    if isinstance(value, Class | Member):
        return True
    if isinstance(value, Symbol) and value.name == "TYPE_CHECKING":
        return False
    raise Unreadable(f"whether {shown(value)} is true cannot be told")


def built_in(name: str, args: tuple[Value, ...]) -> Value:
    """One of Python's functions; what cannot be told is kept as a call."""
    match name, args:
        case "str", (str() | int() as value,):
            return str(value)
        case "int" | "float" | "bool", (int() | float() as value,):
            return {"int": int, "float": float, "bool": bool}[name](value)
        case "len", (value,) if isinstance(value, tuple | str):
            return len(value)
        case "list" | "tuple" | "set" | "frozenset", (value,) if isinstance(value, tuple):
            return tuple(value)
        case "sorted", (value,) if isinstance(value, tuple) and all(isinstance(each, str) for each in value):
            return tuple(sorted(value))
        case "dict", ():
            return Pairs()
        case "list" | "tuple" | "set", ():
            return ()
    return Made(Symbol(f"builtins.{name}"), args)


def method(of: Value, name: str, args: tuple[Value, ...]) -> Value:
    """A method of a string or a dictionary."""
    if isinstance(of, Pairs):
        match name, args:
            case "get", (key, *otherwise):
                return of.get(key, otherwise[0] if otherwise else None)
            case "keys", ():
                return tuple(key for key, _ in of)
            case "values", ():
                return tuple(value for _, value in of)
            case "items", ():
                return tuple(of)
            case "copy", ():
                return of
    if isinstance(of, str) and name in METHODS:
        args = tuple(each.value if isinstance(each, Member) else each for each in args)
        parts = args[0] if name == "join" and args else args
        if isinstance(parts, tuple) and all(isinstance(each, str | int | None) for each in parts):
            return _called(of, name, args)
    raise Unreadable(f"{shown(Part(of, name))}() cannot be told")


def _called(text: str, name: str, args: tuple[Value, ...]) -> Value:
    if len(text) + sum(len(str(each)) for each in args) > LONGEST:
        raise Unreadable("a text is too long to work with")
    try:
        value = getattr(text, name)(*args)
    except (TypeError, ValueError) as error:
        raise Unreadable(f"{text!r}.{name}: {error}") from error
    return tuple(value) if isinstance(value, list) else value


def substituted(args: tuple[Value, ...], name: str) -> str:
    """``re.sub(pattern, replacement, text)``, for patterns that end soon."""
    match args:
        case (str(pattern), str(replacement), str(text), *_) if (
            name == "sub" and len(args) == 3 and len(text) <= LONGEST and not REPEATED.search(pattern)  # noqa: PLR2004
        ):
            try:
                return re.sub(pattern, replacement, text)
            except re.error as error:
                raise Unreadable(f"{pattern!r}: {error}") from error
    raise Unreadable(f"re.{name}({', '.join(map(shown, args))}) cannot be told")
