"""How volatile PostgreSQL's own functions, operators and casts are, as servers of 15 and 18 declare it.

``tools/measure_functions.py`` reads ``volatility.json`` from ``pg_proc``, ``pg_operator``, ``pg_cast``, ``pg_type``.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from dbtools.model.expression import Volatility
from dbtools.sql.casts import casts

IMMUTABLE, STABLE, UNKNOWN = Volatility.IMMUTABLE, Volatility.STABLE, Volatility.UNKNOWN
LETTERS = {"i": IMMUTABLE, "s": STABLE, "v": Volatility.VOLATILE, "?": UNKNOWN}
TEXTUAL = frozenset({"text", "varchar", "char", "bpchar", "name", "citext"})
NUMBERS = frozenset({"smallint", "integer", "bigint", "numeric", "real", "double precision"})
# Keywords with a precision in brackets, and what comes back.
KEYWORD_CALLS = {
    "current_timestamp": "timestamptz", "localtimestamp": "timestamp", "current_time": "timetz", "localtime": "time",
}  # fmt: skip
# Grammar, not functions: each gives back one of its arguments.
CHOICES = frozenset({"coalesce", "greatest", "least", "nullif"})


class Part(NamedTuple):
    """A part of an expression: its volatility, and its type where that is known."""

    how: Volatility
    type: str | None = None


@cache
def facts() -> dict[str, Any]:
    """The catalogue's facts, as tools/measure_functions.py wrote them."""
    return dict(json.loads(Path(__file__).with_name("volatility.json").read_text()))


def overloads() -> dict[str, list[str]]:
    """Functions whose overloads differ: ``volatility,result,argument,...`` of each."""
    return dict(facts()["overloads"])


@cache
def functions() -> dict[str, Part]:
    """Built-in functions whose overloads are alike; the type is None where it differs."""
    return {
        name: Part(LETTERS[how], result or None)
        for how, by_result in facts()["functions"].items()
        for result, names in by_result.items()
        for name in names.split()
    }


@cache
def stable_pairs(kind: str) -> frozenset[tuple[str, ...]]:
    """The ``operators`` (symbol, left, right) or ``casts`` (source, target) that are no more than STABLE."""
    return frozenset(tuple(row[:-1]) for row in facts()[kind])


def is_built_in(function: str) -> bool:
    """Whether *function* stands in ``pg_catalog``, or is grammar that looks like one."""
    return function in functions() or function in overloads() or function in CHOICES | KEYWORD_CALLS.keys() | {"row"}


@cache
def candidate_types() -> tuple[str, ...]:
    """The column types that can make a difference; ``enum`` stands for any enum."""
    return tuple(
        sorted({*facts()["texts"], *TEXTUAL, *NUMBERS, "json", "jsonb", "tsquery"} - {"record", "array", "citext"})
    )


def conversion(source: str, target: str) -> Volatility:
    """Of the cast from one type to the other, brackets aside; arrays have ``[]``."""
    if source == target:
        return IMMUTABLE
    if source.endswith("[]") and target.endswith("[]"):
        return conversion(source[:-2], target[:-2])
    pair = tuple("char" if side == "bpchar" else side for side in (source, target))
    if pair in stable_pairs("casts"):
        return STABLE
    if pair[1] in casts().get(pair[0], {}):
        return IMMUTABLE
    return max(text_conversion(source, 1), text_conversion(target, 0))


def text_conversion(type_: str, direction: int) -> Volatility:
    """Of a type's input (0) or output (1) function."""
    name = "array" if type_.endswith("[]") else type_
    return LETTERS[str(facts()["texts"].get(name, "ii"))[direction]]
