"""Which types PostgreSQL compares with ``=``, and which constants it takes for a value of a type.

Measured on 15 and 18 for every pair of the types below; of others nothing is known.
"""

from __future__ import annotations

import re

from dbtools.model.expression import Type
from dbtools.model.schema import Schema

STRINGS = frozenset({"text", "varchar", "char", "bpchar", "name"})
NUMBERS = frozenset({"smallint", "integer", "bigint", "numeric", "real", "double precision"})
MOMENTS = frozenset({"date", "timestamp", "timestamptz"})
ALONE = ("uuid", "boolean", "jsonb", "bytea", "interval", "inet", "money", "tsvector", "macaddr")
GROUPS = (STRINGS, NUMBERS, MOMENTS, *(frozenset({alone}) for alone in ALONE))
KNOWN = frozenset[str]().union(*GROUPS)
# More than a type's input function accepts: a constant that is none of it is refused with 22P02.
INTEGER = re.compile(r"\s*[+-]?[\d_xob]+[\da-f_]*\s*", re.IGNORECASE)
DECIMAL = re.compile(r"\s*[+-]?(?:[\d_.xob]+[\da-f_.+-]*|nan|inf\w*)\s*", re.IGNORECASE)
UUID = re.compile(r"\s*\{?[\da-f-]{32,40}\}?\s*", re.IGNORECASE)
INPUTS = {
    **dict.fromkeys(("smallint", "integer", "bigint"), INTEGER),
    **dict.fromkeys(("numeric", "real", "double precision"), DECIMAL),
    "uuid": UUID,
}


def comparable(one: Type, other: Type) -> bool | None:
    """Whether there is an operator ``=`` for the two types; None where that is not known."""
    if one.dimensions or other.dimensions or not {one.base, other.base} <= KNOWN or one.namespace or other.namespace:
        return None
    return any({one.base, other.base} <= group for group in GROUPS)


def accepts(kind: Type, constant: str, schema: Schema) -> bool | None:
    """Whether a quoted *constant* can be a value of *kind*; None where that is not known."""
    if kind.dimensions:
        return None
    if enum := schema.enums.get(kind.name):
        return constant in enum.labels
    pattern = INPUTS.get(kind.base) if not kind.namespace else None
    return None if pattern is None else pattern.fullmatch(constant) is not None
