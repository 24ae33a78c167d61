"""Which types a foreign key joins: measured on 15 and 18 for every pair of 36 built-in types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dbtools.model.expression import Type
from dbtools.model.objects import ForeignKey, Table
from dbtools.model.predict.names import basic
from dbtools.model.schema import Schema

INTEGERS = ("smallint", "integer", "bigint")
FLOATS = ("real", "double precision")
NUMBERS = (*INTEGERS, "numeric", *FLOATS)
STRINGS = ("text", "varchar", "char", "bpchar", "name")
DATES = ("date", "timestamp", "timestamptz")
# One operator family each: an index on either side finds values of the other type.
FAMILIES = (INTEGERS, FLOATS, ("text", "varchar", "name"), ("char", "bpchar"), DATES, ("inet", "cidr"))
COMPARABLE: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(INTEGERS, (*INTEGERS, "numeric", *FLOATS, "oid", "regclass")),
    "numeric": FLOATS,
    **dict.fromkeys(FLOATS, FLOATS),
    **dict.fromkeys(STRINGS, STRINGS),
    "name": ("text", "varchar"),
    **dict.fromkeys(DATES, DATES),
    "time": ("timetz", "interval"),
    "inet": ("cidr",),
    "cidr": ("inet",),
    "macaddr": ("macaddr8",),
    "macaddr8": ("macaddr",),
    "bit": ("varbit",),
    "varbit": ("bit",),
    "oid": ("regclass",),
    "regclass": ("oid",),
}


def comparable(here: Type, there: Type) -> bool:
    """Whether PostgreSQL finds an equality operator for a foreign key of type *here* to a key of type *there*."""
    if here.base == there.base:
        return here.dimensions == there.dimensions and here.namespace == there.namespace
    if here.dimensions or there.dimensions or here.namespace or there.namespace:
        return False
    return there.base in COMPARABLE.get(here.base, ())


def finds_rows(here: Type, there: Type) -> bool:
    """Whether an index on the referencing column of type *here* is of use when a key of type *there* is deleted."""
    together = any(here.base in family and there.base in family for family in FAMILIES)
    return here.base == there.base or together


def fits(here: Type, there: Type, schema: Schema) -> bool:
    """Whether a column of type *here* can refer to one of type *there*; a type that is not known is taken to fit."""
    one, two = resolved(here, schema), resolved(there, schema)
    return one is None or two is None or comparable(one, two)


def resolved(kind: Type, schema: Schema) -> Type | None:
    """*kind* with a domain taken as its base; None for a type of an extension, or one that nobody knows."""
    base = basic(kind, schema)
    return base if not base.namespace or base.name in schema.enums else None


def pairs(key: ForeignKey, table: Table, schema: Schema) -> Iterator[tuple[str, Type, str, Type]]:
    """Per column of *key* on *table*: it, its type, the column it points at, and that one's; as far as all is known."""
    there = table if key.target == table.name else schema.table(key.target)
    if there is None or not schema.is_certain(there.name):
        return
    primary = there.primary_key.columns if there.primary_key else ()
    for here, wanted in zip(key.columns, key.target_columns or primary, strict=False):
        own, other = table.column(here), there.column(wanted)
        if own is not None and other is not None:
            one, two = resolved(own.type, schema), resolved(other.type, schema)
            if one is not None and two is not None:
                yield here, one, wanted, two
