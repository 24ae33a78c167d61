"""Phrases that messages share, so that one thing is always said the same way."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.operation import Operation
from dbtools.rules.base import Context

MOST = 5
BLOCKS_ALL = "blocks reads and writes"
READERS_UNKNOWN = "readers unknown: name your models and queries in dbtools.yaml and dbtools tells who still reads it"


def counted(number: int, thing: str, things: str = "") -> str:
    """``1 index``, ``3 indexes``."""
    return f"{number} {thing}" if number == 1 else f"{number} {things or thing + 's'}"


def joined(words: Iterable[object]) -> str:
    """``a``, ``a and b``, ``a, b and c``; past five it counts the rest."""
    every = [str(word) for word in words]
    if len(every) > MOST:
        every = [*every[:MOST], f"{len(every) - MOST} more"]
    return f"{', '.join(every[:-1])} and {every[-1]}" if len(every) > 1 else "".join(every)


def reader_list(context: Context, table: Name, column: str = "") -> str:
    """Who reads it, each with its place: ``Prisma model User (schema/schema.prisma:12)``; empty where nobody does."""
    return joined(f"{reader.source} ({reader.location})" for reader in context.readers(table, column))


def dropped(operation: Operation) -> tuple[str, str, str]:
    """What is dropped or changed, in words, and the table and object that a finding names."""
    match operation:
        case op.DropColumn(table, column) | op.SetType(table, column):
            return f"{table}.{column}", str(table), column
        case op.DropConstraint(table, name):
            return f"constraint {name} of {table}", str(table), name
        case op.DropTable(name):
            return str(name), str(name), ""
        case op.DropFunction(name):
            return f"function {name}()", "", f"{name}()"
        case op.DropNamespace(name):
            return f"schema {name}", "", name
        case op.DropExtension(name):
            return f"extension {name}", "", name
        case op.DropIndex(name) | op.DropType(name) | op.DropView(name) | op.DropSequence(name):
            return f"{DROPPED[type(operation)]} {name}", "", str(name)
    return type(operation).__name__, "", ""


DROPPED: dict[type, str] = {
    op.DropIndex: "index",
    op.DropType: "type",
    op.DropView: "view",
    op.DropSequence: "sequence",
}


def family_of(table: Name, members: Collection[Name]) -> str:
    """``Order``, or ``Order with 3 partitions``: the table, and how many of those below it are among *members*."""
    below = len(set(members) - {table})
    return f"{table} with {counted(below, 'partition')}" if below else str(table)
