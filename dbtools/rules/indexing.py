"""The indexes of a table in one form, whether a constraint owns them or not, and which of two makes the other idle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dbtools.model import operation as op
from dbtools.model.expression import Expression, Name
from dbtools.model.objects import IndexKey, PrimaryKey, Table, Unique
from dbtools.rules.base import Context


class Held(NamedTuple):
    """An index: its name, its keys, and what it is; ``owned`` by a constraint."""

    name: str
    keys: tuple[IndexKey, ...]
    unique: bool = False
    method: str = "btree"
    where: Expression | None = None
    include: frozenset[str] = frozenset()
    nulls_distinct: bool = True
    owned: bool = False

    def repeats(self, other: Held) -> bool:
        """Whether *other* does everything that this one does."""
        if (self.keys, self.method, self.where) != (other.keys, other.method, other.where):
            return False
        enforced = not self.unique or (other.unique and self.nulls_distinct == other.nulls_distinct)
        return enforced and self.include <= other.include | {key.column for key in other.keys}

    def begins(self, other: Held) -> bool:
        """Whether it is no more than the beginning of *other*, which so finds all that this one does."""
        short = len(self.keys) < len(other.keys) and self.keys == other.keys[: len(self.keys)]
        alike = self.method == other.method == "btree" and self.where == other.where
        return (
            short and alike and not self.unique and self.include <= other.include | {key.column for key in other.keys}
        )


def held(table: Table) -> Iterator[Held]:
    """Every valid index of *table*."""
    for index in table.indexes:
        if index.valid:
            yield Held(
                index.name, index.keys, index.unique, index.method, index.where, frozenset(index.include),
                index.nulls_distinct,
            )  # fmt: skip
    for found in table.constraints:
        match found:
            case PrimaryKey(name, columns):
                yield Held(name, tuple(map(IndexKey, columns)), unique=True, owned=True)
            case Unique(name, columns, nulls_distinct):
                keys = tuple(map(IndexKey, columns))
                yield Held(name, keys, unique=True, nulls_distinct=nulls_distinct, owned=True)


def made(context: Context) -> tuple[Name, tuple[Held, ...], tuple[Held, ...]] | None:
    """The table, the indexes that the operation adds to it, and those beside them, as far as they last to the end."""
    match context.operation:
        case op.CreateIndex(name) | op.AddConstraint(name, PrimaryKey() | Unique(), ""):
            pass
        case op.AddColumn(name, constraints=(_, *_)):
            pass
        case op.CreateTable(table) if table.partition_of is None:
            name = table.name
        case _:
            return None
    before, after = context.before.table(name), context.after.table(name)
    if after is None or after is before or not context.after.is_certain(name):
        return None
    known = {each.name for each in held(before)} if before is not None else set()
    if all(each.name in known for each in held(after)):
        return None
    last = context.end().table(name)
    if last is None:
        return None
    lasting = {each.name: each for each in held(last)}
    new = tuple(each for each in held(after) if each.name not in known and lasting.get(each.name) == each)
    return name, new, tuple(each for each in held(after) if lasting.get(each.name) == each)
