"""How volatile PostgreSQL's own functions, operators and casts are: ``volatility.json``, read from servers of 15 and 18.

``tools/measure_functions.py`` writes that file from ``pg_proc``, ``pg_operator``, ``pg_cast`` and ``pg_type``.
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
KEYWORD_CALLS = {
    "current_timestamp": "timestamptz",
    "localtimestamp": "timestamp",
    "current_time": "timetz",
    "localtime": "time",
}
# Grammar, not functions: each gives back one of its arguments.
CHOICES = frozenset({"coalesce", "greatest", "least", "nullif"})


class Part(NamedTuple):
    """A part of an expression: its volatility, and its type where that is known."""

    how: Volatility
    type: str | None = None


@cache
def facts() -> dict[str, dict[str, object]]:
    """The catalogue's facts, as tools/measure_functions.py wrote them."""
    return json.loads(Path(__file__).with_name("volatility.json").read_text())  # type: ignore[no-any-return]


@cache
def functions() -> dict[str, Part]:
    """Built-in functions whose overloads are alike; the type is None where it differs."""
    return {
        name: Part(LETTERS[how], result or None)
        for how, by_result in facts()["functions"].items()
        for result, names in by_result.items()  # type: ignore[attr-defined]
        for name in names.split()
    }


@cache
def stable_pairs(kind: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(row[:-1]) for row in facts()[kind])  # type: ignore[index]


def is_built_in(function: str) -> bool:
    """Whether *function* stands in ``pg_catalog``, or is grammar that looks like one."""
    return (
        function in functions()
        or function in facts()["overloads"]
        or function in CHOICES | KEYWORD_CALLS.keys() | {"row"}
    )


@cache
def candidate_types() -> tuple[str, ...]:
    """The column types that can make a difference; ``enum`` stands for any enum."""
    return tuple(
        sorted({*facts()["texts"], *TEXTUAL, *NUMBERS, "json", "jsonb", "tsquery"} - {"record", "array", "citext"})
    )


def conversion(source: str, target: str) -> Volatility:
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
