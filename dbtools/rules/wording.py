"""Phrases that messages share, so that one thing is always said the same way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.operation import Operation
from dbtools.model.reader import MAY_READ, TYPES, Reader
from dbtools.model.schema import Schema
from dbtools.model.wording import counted
from dbtools.rules.base import Context

MOST = 5
BLOCKS_ALL = "blocks reads and writes"
READERS_UNKNOWN = "readers unknown: name your models and queries in dbtools.yaml and dbtools tells who still reads it"


class Stopped(NamedTuple):
    """Who reads what goes, in a sentence without an end; ``breaks``: whether somebody does so still."""

    said: str
    breaks: bool


def joined(words: Iterable[object]) -> str:
    """``a``, ``a and b``, ``a, b and c``; past five it counts the rest."""
    every = [str(word) for word in words]
    if len(every) > MOST:
        every = [*every[:MOST], f"{len(every) - MOST} more"]
    return f"{', '.join(every[:-1])} and {every[-1]}" if len(every) > 1 else "".join(every)


def stopped(context: Context, table: Name, column: str = "") -> Stopped:
    """What a drop does to those who read it; what PostgreSQL keeps parsed is named by the rules about that."""
    readers = context.readers(table, column)
    parts = [_read([reader for reader in readers if not reader.is_stored])]
    parts += _may_read(readers)
    parts.append(_formerly(context, table, column))
    return Stopped("; ".join(filter(None, parts)), breaks=bool(readers))


def renamed_away(context: Context, table: Name, column: str = "") -> Stopped:
    """What a rename does to those who read it by the old name."""
    readers = _by_name(context, table, column)
    parts = [_read(readers), *_may_read(readers)]
    parts.append(_formerly(context, table, column))
    return Stopped("; ".join(filter(None, parts)), breaks=bool(readers))


def reader_list(context: Context, table: Name, column: str = "") -> str:
    """Who knows it by its name, each with its place; empty where nobody does."""
    return joined(_by_name(context, table, column))


def _by_name(context: Context, table: Name, column: str) -> list[Reader]:
    """What PostgreSQL keeps parsed follows a new name, and so does what reads through a view."""
    return [reader for reader in context.readers(table, column) if not (reader.is_stored or reader.via)]


def _read(readers: Iterable[Reader]) -> str:
    sure = [reader for reader in readers if reader.is_sure]
    return f"it is still read by {joined(sure)}" if sure else ""


def _may_read(readers: Collection[Reader]) -> Iterator[str]:
    if types := [reader for reader in readers if reader.how == TYPES]:
        yield f"code may read it through {joined(types)}"
    if unread := [reader for reader in readers if reader.how == MAY_READ]:
        yield f"it may be read by {joined(unread)}, which could not be understood"


def _formerly(context: Context, table: Name, column: str) -> str:
    """Code of before the change: until it is replaced everywhere, it reads what is gone."""
    sources = dict.fromkeys(reader.source for reader in context.former(table, column))
    return f"until this change it was read by {joined(sources)}: deploy that first" if sources else ""


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


def family_of(table: Name, members: Collection[Name], schema: Schema) -> str:
    """``Order``, or ``Order with 3 partitions``: the table, and how many of those below it are among *members*."""
    below = set(members) - {table}
    if not below:
        return str(table)
    parts = all((found := schema.table(each)) is not None and found.partition_of is not None for each in below)
    return f"{table} with {counted(len(below), 'partition') if parts else counted(len(below), 'child', 'children')}"
