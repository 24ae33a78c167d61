"""Which conversions may refuse a value or lose part of it.

By reasoning over the manual's ranges (chapter 8), not by measurement: a conversion narrows unless it is known to keep
every value, NaN and infinity aside. ``json`` to ``jsonb`` counts as keeping, although it forgets the order and the
doubles of keys.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

MODIFIERS = tuple[int | str, ...]
STRINGS = frozenset({"text", "varchar", "bpchar", "char", "name", '"char"'})
TEMPORAL = frozenset({"time", "timetz", "timestamp", "timestamptz", "interval"})
FULL_PRECISION = 6
# The most characters that a value of the type has as text; those of "varchar" and "bit" stand in their modifiers.
WIDTHS = {
    "boolean": 5, "smallint": 6, "integer": 11, "bigint": 20, "oid": 10, "uuid": 36, "macaddr": 17, "macaddr8": 23,
    "name": 63, '"char"': 1,
}  # fmt: skip
LIMITS = {"name": 63, '"char"': 1}
# Digits before and after the point that a value may need, and that any value may have.
NEEDS = {"smallint": (5, 0), "integer": (10, 0), "bigint": (19, 0), "money": (17, 2)}
HOLDS = {"smallint": (4, 0), "integer": (9, 0), "bigint": (18, 0), "money": (15, 2)}
EXACT_DIGITS = {"real": 6, "double precision": 15}
BITS = {"integer": 32, "bigint": 64}
# An interval's least field, smallest first: a coarser one drops what is below it.
FIELDS = ("second", "minute", "hour", "day", "month", "year")
KEEPING = frozenset(
    {
        ("real", "double precision"), ("boolean", "integer"), ("integer", "oid"), ("oid", "integer"), ("oid", "bigint"),
        ("smallint", "bytea"), ("integer", "bytea"), ("bigint", "bytea"), ("json", "jsonb"), ("jsonb", "json"),
        ("date", "timestamp"), ("date", "timestamptz"), ("time", "interval"), ("time", "timetz"),
        ("timestamp", "timestamptz"), ("cidr", "inet"), ("macaddr", "macaddr8"), ("point", "box"), ("box", "polygon"),
        ("daterange", "datemultirange"), ("int4range", "int4multirange"), ("int8range", "int8multirange"),
        ("numrange", "nummultirange"), ("tsrange", "tsmultirange"), ("tstzrange", "tstzmultirange"),
    }
)  # fmt: skip


class Plain(NamedTuple):
    """A type with its domains resolved; ``labels`` are those of an enum."""

    base: str
    modifiers: MODIFIERS = ()
    array: bool = False
    labels: tuple[str, ...] = ()


def narrows(old: Plain, new: Plain, *, utc: bool = False) -> bool:
    """Whether a value of *old* may not fit *new*, or lose part of itself; *utc*: the session's zone has no offset."""
    if old.array and new.array:
        return narrows(old._replace(array=False), new._replace(array=False), utc=utc)
    if new.base in STRINGS and not new.array:
        return _width(old) * _bytes_per_character(old, new) > _limit(new)
    if old.array or new.array:
        return True
    if old.base in NEEDS or old.base == "numeric":
        return _number_narrows(old, new)
    kept = (
        old.base == new.base or _pair(old, new) in KEEPING or (utc and _pair(old, new) == ("timestamptz", "timestamp"))
    )
    return not kept or not keeps_modifiers(old._replace(base=new.base), new)


def keeps_modifiers(old: Plain, new: Plain) -> bool:
    """Whether the brackets of *new* leave every value of the same type with those of *old* as it is.

    These are the conditions under which PostgreSQL plans no length coercion at all (varchar_support, numeric_support,
    varbit_support, interval_support and their like), so the same answer decides the rewrite.
    """
    if not new.modifiers or old.modifiers == new.modifiers:
        return True
    match new.base:
        case "varchar" | "varbit":
            return bool(old.modifiers) and _first(old) <= _first(new)
        case "numeric":
            return bool(old.modifiers) and _first(old) <= _first(new) and old.modifiers[1:] == new.modifiers[1:]
        case "interval":
            return _keeps_interval(old, new)
        case base if base in TEMPORAL:
            return _precision(old) <= _precision(new)
    return False


def _pair(old: Plain, new: Plain) -> tuple[str, str]:
    same = {base: "oid" for base in (old.base, new.base) if base.startswith("reg")}
    return same.get(old.base, old.base), same.get(new.base, new.base)


def _number_narrows(old: Plain, new: Plain) -> bool:
    if new.base in EXACT_DIGITS:
        return sum(_needs(old)) > EXACT_DIGITS[new.base]
    if new.base == "bit":
        return BITS.get(old.base, inf) > _first(new)
    if new.base in HOLDS or new.base == "numeric":
        if old.base == new.base != "numeric":
            return False
        needs, holds = _needs(old), HOLDS.get(new.base) or _digits(new)
        return needs[0] > holds[0] or needs[1] > holds[1]
    return _pair(old, new) not in KEEPING


def _needs(plain: Plain) -> tuple[float, float]:
    return NEEDS.get(plain.base) or _digits(plain)


def _digits(numeric: Plain) -> tuple[float, float]:
    """Digits before and after the point that ``numeric(precision, scale)`` holds."""
    match numeric.modifiers:
        case (int(precision), int(scale)):
            return precision - scale, scale
    return inf, inf


def _width(plain: Plain) -> float:
    if plain.array:
        return inf
    if plain.labels:
        return max(map(len, plain.labels))
    if plain.base in {"varchar", "char", "bit", "varbit"} and plain.modifiers:
        return _first(plain)
    return WIDTHS.get(plain.base, inf)


def _bytes_per_character(old: Plain, new: Plain) -> int:
    """A name is limited in bytes: UTF-8 may need four for a character."""
    return 4 if new.base in LIMITS and old.base in {"varchar", "char"} else 1


def _limit(string: Plain) -> float:
    return _first(string) if string.modifiers else LIMITS.get(string.base, inf)


def _first(plain: Plain) -> int:
    return int(plain.modifiers[0])


def _precision(plain: Plain) -> int:
    return next((min(found, FULL_PRECISION) for found in plain.modifiers if isinstance(found, int)), FULL_PRECISION)


def _least_field(interval: Plain) -> int:
    fields = next((found for found in interval.modifiers if isinstance(found, str)), "second")
    return FIELDS.index(fields.rsplit(maxsplit=1)[-1])


def _keeps_interval(old: Plain, new: Plain) -> bool:
    if _least_field(new) > _least_field(old):
        return False
    return _least_field(old) > 0 or _precision(old) <= _precision(new)
