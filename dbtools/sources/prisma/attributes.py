"""The attributes that Prisma's language has, and their arguments: a misspelt one is no attribute, and says nothing."""

from __future__ import annotations

from collections.abc import Mapping

from dbtools.sources.prisma.syntax import Attribute, Unreadable

KEY = frozenset({"map", "length", "sort", "clustered"})
KEYS = KEY | {"fields", "name"}
RELATION = frozenset({"name", "fields", "references", "onDelete", "onUpdate", "map"})
NAMED = {"map": frozenset({"name"})}
OF_A_FIELD: Mapping[str, frozenset[str]] = {
    **NAMED, "id": KEY, "unique": KEY | {"where"}, "default": frozenset({"value", "map"}), "relation": RELATION,
    "updatedAt": frozenset(), "ignore": frozenset(), "shardKey": frozenset(),
}  # fmt: skip
OF_A_BLOCK: Mapping[str, frozenset[str]] = {
    **NAMED, "id": KEYS, "unique": KEYS | {"where"}, "index": KEYS | {"where", "type", "ops"},
    "fulltext": KEYS, "shardKey": frozenset({"fields"}), "schema": frozenset({"map"}), "ignore": frozenset(),
}  # fmt: skip
WITHOUT_NAME = frozenset({"map", "default", "relation", "schema"})
FIELDS = frozenset({"id", "unique", "index", "fulltext", "shardKey"})


def check(attribute: Attribute, *, block: bool) -> None:
    """Unreadable where the language has no such attribute of a *block* or field, or no such argument of it."""
    if "." in attribute.name:  # a native type: the column's to judge
        return
    sign = "@@" if block else "@"
    arguments = (OF_A_BLOCK if block else OF_A_FIELD).get(attribute.name)
    if arguments is None:
        raise Unreadable(f"{sign}{attribute.name} is no attribute that Prisma's language knows")
    for name in attribute.arguments.named.keys() - arguments:
        raise Unreadable(f"{sign}{attribute.name} has no argument {name}")
    first = attribute.name in WITHOUT_NAME or (block and attribute.name in FIELDS)
    if len(attribute.arguments.positional) > first:
        raise Unreadable(f"{sign}{attribute.name} has an argument without a name too many")
