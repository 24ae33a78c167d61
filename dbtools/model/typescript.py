"""What a column is in TypeScript: the type of the value that node-postgres hands over.

Types of TypeScript are ``Type`` values in the namespace ``typescript``. Their ``base`` is a word of the language
(``string``, ``Date``, ``unknown``), ``union`` for literals with these as ``modifiers``, ``Json`` for whatever JSON can
hold, ``object`` for any shape of one, or several of them in one: ``Date | string``. Null is no part of it.

Measured with pg 8.23 on PostgreSQL 15 (``make oracles``): what has no parser of its own arrives as text, arrays of most
types too; of a domain PostgreSQL says the type below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dbtools.model.expression import Type
from dbtools.model.schema import Schema

NAMESPACE = "typescript"
# Where a parser is registered; everything else is a string.
SCALARS: Mapping[str, str] = MappingProxyType(
    {
        "boolean": "boolean", "smallint": "number", "integer": "number", "oid": "number", "real": "number",
        "double precision": "number", "bytea": "Buffer", "json": "Json", "jsonb": "Json", "date": "Date",
        "timestamp": "Date", "timestamptz": "Date", "interval": "Interval", "point": "Point", "circle": "Circle",
    }
)  # fmt: skip
# The same of arrays, which have types and parsers of their own: elements of numeric[] lose their digits on the way.
ELEMENTS: Mapping[str, str] = MappingProxyType(
    {
        **{base: kind for base, kind in SCALARS.items() if base != "circle"},
        "numeric": "number",
        **dict.fromkeys(
            """
            bigint bpchar char cidr inet macaddr money numrange regproc text time timetz uuid varchar
            """.split(),
            "string",
        ),
    }
)
ANYTHING = frozenset({"unknown", "any"})
NEVER_IN_JSON = frozenset({"Date", "Buffer", "Uint8Array", "bigint", "symbol"})
OBJECTS = frozenset({"Interval", "Point", "Circle"})


def typescript(base: str, dimensions: int = 0) -> Type:
    """A type of TypeScript."""
    return Type(base, (), dimensions, NAMESPACE)


def union(*labels: str | int) -> Type:
    """One of these literals."""
    return Type("union", labels, 0, NAMESPACE)


def delivered(kind: Type, schema: Schema, parsers: Mapping[str, str] = MappingProxyType({})) -> Type:
    """What a value of *kind*, a column's type in *schema*, is once node-postgres has read it.

    *parsers*: what the application registers in place of them, ``{"bigint": "number"}``; arrays keep theirs.
    """
    domain = schema.domains.get(kind.name)
    if domain is not None and not kind.dimensions:
        return delivered(domain.base, schema, parsers)
    enum = schema.enums.get(kind.name)
    if enum is not None and not kind.dimensions:
        return union(*enum.labels)
    if kind.namespace not in ("", "pg_catalog"):
        return typescript("string")
    if kind.dimensions:
        element = ELEMENTS.get(kind.base)
        return typescript(element, 1) if element else typescript("string")
    return typescript(parsers.get(kind.base) or SCALARS.get(kind.base, "string"))


def fits(written: Type, arriving: Type) -> bool:
    """Whether a value that is *arriving* is one of the type *written*, so that nothing reads it for something else.

    Which literals there are is not asked: an enum fits a union of others, and text fits any.
    """
    if written.base in ANYTHING:
        return True
    if written.dimensions and arriving.dimensions:
        return fits(written.element(), arriving.element())
    if " | " in written.base and not written.dimensions:
        return any(fits(_part(part), arriving) for part in written.base.split(" | "))
    if arriving == typescript("Json"):
        return written.base not in NEVER_IN_JSON
    return written.dimensions == arriving.dimensions and arriving.base in _holds(written)


def _part(text: str) -> Type:
    return typescript(text.removesuffix("[]"), int(text.endswith("[]")))


def _holds(written: Type) -> frozenset[str]:
    """The bases whose values are of the type *written*; literals of text are text, and fit where text arrives."""
    match written.base:
        case "union":
            words = {type(label) for label in written.modifiers}
            return frozenset({"string", "union"} if words == {str} else {"number"} if words == {int} else ())
        case "string":
            return frozenset({"string", "union"})
        case "Uint8Array":
            return frozenset({"Buffer"})
        case "object":
            return OBJECTS | {"Date", "Buffer", "Json"}
        case other:
            return frozenset({other})
