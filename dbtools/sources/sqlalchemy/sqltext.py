"""SQL expressions built in Python, as the text that SQLAlchemy's PostgreSQL compiler gives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from dbtools.model.identifiers import literal, quote, render_type
from dbtools.sources.sqlalchemy.types import TypeReader
from dbtools.sources.sqlalchemy.values import (
    Generic,
    Made,
    Member,
    Operated,
    Part,
    Symbol,
    Unreadable,
    Value,
    shown,
    text_of,
)

JOINED = {"and_": " AND ", "or_": " OR "}
# Functions that SQL writes without brackets.
BARE = frozenset(
    """
    current_timestamp current_date current_time current_user session_user localtime localtimestamp user current_role
    current_catalog
    """.split()
)
OPERATORS = {
    "like": "LIKE", "ilike": "ILIKE", "not_like": "NOT LIKE", "notlike": "NOT LIKE", "not_ilike": "NOT ILIKE",
    "notilike": "NOT ILIKE", "is_distinct_from": "IS DISTINCT FROM", "isnot_distinct_from": "IS NOT DISTINCT FROM",
    "is_not_distinct_from": "IS NOT DISTINCT FROM", "contains": "@>", "contained_by": "<@", "has_key": "?",
    "overlaps": "&&", "concat": "||", "regexp_match": "~", "bitwise_and": "&", "bitwise_or": "|",
    "__eq__": "=", "__ne__": "<>",
}  # fmt: skip
LISTS = {"in_": "IN", "not_in": "NOT IN", "notin_": "NOT IN"}
IDENTITIES = {"is_": "IS", "is_not": "IS NOT", "isnot": "IS NOT"}
ORDERS = {
    "asc": "ASC", "desc": "DESC", "nulls_first": "NULLS FIRST", "nullsfirst": "NULLS FIRST",
    "nulls_last": "NULLS LAST", "nullslast": "NULLS LAST",
}  # fmt: skip
TEXTS = frozenset({"text", "literal_column", "TextClause"})


class Writer(NamedTuple):
    """Writes expressions; ``column_of`` gives the name of the column that a value is, or None."""

    column_of: Callable[[Value], str | None]
    types: TypeReader

    def write(self, value: Value) -> str:
        """*value* as SQL; Unreadable where it is no expression that is known."""
        column = self.column_of(value)
        if column is not None:
            return quote(column)
        match value:
            case None:
                return "NULL"
            case True | False:
                return str(value).lower()
            case int() | float():
                return str(value)
            case str():
                return literal(value)
            case Member():
                return literal(value.name)
            case Symbol() if value.name in {"true", "false", "null"}:
                return value.name
            case Operated():
                return self._operated(value)
            case Made(Symbol() as symbol):
                return self._called(symbol, value)
            case Made(Part(of, name)):
                return self._method(of, name, value)
            case Made(Made(Part(of, "op" | "bool_op"), (str(operator), *_)), (right,)):
                return f"{self._inner(of)} {operator} {self._inner(right)}"
            case Part(Generic(of, (str(key),)), "astext"):
                return f"{self._inner(of)} ->> {literal(key)}"
            case Generic(of, (str(key),)):
                return f"{self._inner(of)} -> {literal(key)}"
        raise Unreadable(f"{shown(value)} is no SQL expression that is known")

    def _inner(self, value: Value) -> str:
        written = self.write(value)
        return f"({written})" if isinstance(value, Operated | Made) and not _is_function(value) else written

    def _operated(self, value: Operated) -> str:
        match value.operator, value.operands:
            case "not", (operand,):
                return f"NOT {self._inner(operand)}"
            case "-", (operand,):
                return f"-{self._inner(operand)}"
            case ("&" | "|") as operator, (left, right):
                return f"{self._inner(left)} {'AND' if operator == '&' else 'OR'} {self._inner(right)}"
            case ("=" | "<>") as operator, (left, (None | True | False) as right):
                if right is None:
                    return f"{self._inner(left)} {'IS' if operator == '=' else 'IS NOT'} NULL"
                return f"{self._inner(left)} {operator} {self.write(right)}"
            case "+", (left, right) if isinstance(left, str) or isinstance(right, str):
                return f"{self._inner(left)} || {self._inner(right)}"
            case operator, (left, right):
                if operator in {"+", "//"} and not _is_number(left) and not _is_number(right):
                    raise Unreadable(f"whether {shown(value)} adds or joins depends on its types")
                return f"{self._inner(left)} {operator} {self._inner(right)}"
        raise Unreadable(f"{shown(value)} is no SQL expression that is known")

    def _called(self, symbol: Symbol, value: Made) -> str:
        name, args = symbol.name, value.args
        if ".func." in symbol.path:
            return self._function(symbol.path.partition(".func.")[2], args)
        if symbol.path.startswith("sqlalchemy.sql.functions."):
            return self._function(name, args)
        if not symbol.path.startswith(("sqlalchemy", "sqlmodel")):
            raise Unreadable(f"{shown(value)} is no SQL expression that is known")
        match name, args:
            case _ if name in TEXTS and args:
                return text_of(args[0]).replace("\\:", ":")
            case (("true" | "false" | "null"), ()):
                return name
            case (("literal" | "bindparam"), (inner, *_)) if name == "literal":
                return self.write(inner)
            case ("column", (inner, *_)):
                return quote(text_of(inner))
            case (("cast" | "type_coerce"), (inner, kind)):
                if name == "type_coerce":
                    return self.write(inner)
                return f"CAST({self.write(inner)} AS {render_type(self.types.read(kind).type)})"
            case ("not_", (inner,)):
                return f"NOT {self._inner(inner)}"
            case ("extract", (str(field), inner)):
                return f"EXTRACT({field} FROM {self.write(inner)})"
            case ("collate", (inner, collation)):
                return f"{self._inner(inner)} COLLATE {quote(text_of(collation))}"
            case ("between", (inner, low, high)):
                return f"{self._inner(inner)} BETWEEN {self._inner(low)} AND {self._inner(high)}"
            case ("array", (tuple() as items, *_)):
                return f"ARRAY[{', '.join(self.write(each) for each in items)}]"
            case ("quoted_name", (inner, *_)):
                return literal(text_of(inner))
            case ("next_value", (Made() as sequence,)):
                return self._next_value(sequence)
        if name in JOINED and args:
            return JOINED[name].join(self._inner(each) for each in args)
        if name in ORDERS and len(args) == 1:
            return f"{self._ordered(args[0])} {ORDERS[name]}"
        raise Unreadable(f"{shown(value)} is no SQL expression that is known")

    def _next_value(self, sequence: Made) -> str:
        path = [sequence.keyword("schema"), sequence.argument(0, "name")]
        return f"nextval({literal('.'.join(quote(text_of(part)) for part in path if part is not None))})"

    def _function(self, name: str, args: tuple[Value, ...]) -> str:
        if not args and name.lower() in BARE:
            return name.upper()
        return f"{name}({', '.join(self.write(each) for each in args)})"

    def _method(self, of: Value, name: str, value: Made) -> str:
        args = value.args
        if name in ORDERS and not args:
            return f"{self._ordered(of)} {ORDERS[name]}"
        left = self._inner(of) if name != "next_value" else ""
        match name, args:
            case "label" | "self_group", _:
                return self.write(of)
            case "next_value", () if isinstance(of, Made):
                return self._next_value(of)
            case "cast", (kind,):
                return f"CAST({left} AS {render_type(self.types.read(kind).type)})"
            case "between", (low, high):
                return f"{left} BETWEEN {self._inner(low)} AND {self._inner(high)}"
            case "collate", (collation,):
                return f"{left} COLLATE {quote(text_of(collation))}"
        if name in LISTS and len(args) == 1 and type(args[0]) is tuple:
            return f"{left} {LISTS[name]} ({', '.join(self.write(each) for each in args[0])})"
        if name in IDENTITIES and len(args) == 1:
            return f"{left} {IDENTITIES[name]} {self.write(args[0])}"
        if name in OPERATORS and len(args) == 1 and (name != "contains" or not isinstance(args[0], str)):
            return f"{left} {OPERATORS[name]} {self._inner(args[0])}"
        raise Unreadable(f"{shown(value)} is no SQL expression that is known")

    def _ordered(self, of: Value) -> str:
        """What is sorted: an expression in brackets, unless it is sorted already; a string is taken as it is."""
        if isinstance(of, str):
            return of
        is_sorted = isinstance(of, Made) and getattr(of.callee, "name", "") in ORDERS
        return self.write(of) if is_sorted else self._inner(of)


def _is_function(value: Value) -> bool:
    return isinstance(value, Made) and isinstance(value.callee, Symbol) and ".func." in value.callee.path


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
