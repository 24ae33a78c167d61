"""Primary keys, unique constraints and indexes as one kind of value: what they hold, whatever they are called.

A unique constraint is its unique index. What only one of two languages can say about an index is left out of the value.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import NamedTuple

from dbtools.drift.meaning import Meanings, Verdict
from dbtools.model.expression import Expression, Name
from dbtools.model.identifiers import quote
from dbtools.model.objects import Index, IndexKey, PrimaryKey, Table, Unique

PRIMARY, UNIQUE, PLAIN = "primary key", "unique", "index"
# Unique for some rows only, in a comparison with a language that has no word for that.
PARTIAL = "partly unique"


class Key(NamedTuple):
    """An index as far as two languages can both say it; ``made`` is the whole of it.

    ``optional``: whether one of the two cannot say it whole, so that it need not be there.
    """

    sort: str
    keys: tuple[IndexKey, ...]
    made: PrimaryKey | Unique | Index
    method: str = "btree"
    include: tuple[str, ...] = ()
    nulls_distinct: bool = True
    where: Expression | None = None
    optional: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns, and expressions by their meaning."""
        return tuple(key.column or (key.expression.meaning if key.expression else "") for key in self.keys)

    @property
    def reads(self) -> frozenset[str]:
        """Every column that it depends on."""
        return self.made.reads() if isinstance(self.made, Index) else frozenset(self.made.columns)

    @property
    def object(self) -> str:
        """``(a,b)``."""
        return f"({','.join(self.columns)})"

    @property
    def keeps_apart(self) -> tuple[Hashable, ...]:
        """What makes two rows duplicates to it, if it is unique: the order of its columns does not."""
        parts = frozenset((part, key.opclass, key.collation) for part, key in zip(self.columns, self.keys, strict=True))
        return parts, self.nulls_distinct, self.where

    def __str__(self) -> str:
        where = self.made.where if isinstance(self.made, Index) else None
        parts = [
            UNIQUE if self.sort == PARTIAL else self.sort,
            f"({', '.join(map(_text, self.keys))})",
            *((f"USING {self.method}",) if self.method != "btree" else ()),
            *((f"INCLUDE ({', '.join(self.include)})",) if self.include else ()),
            *(() if self.nulls_distinct else ("NULLS NOT DISTINCT",)),
            *((f"WHERE {where}",) if where else ()),
        ]
        return " ".join(parts)


def keys_of(table: Table, across: Table, aspects: frozenset[str]) -> list[Key]:
    """The valid indexes of *table* that *aspects* have words for and that *across* has the columns for."""
    there = {column.name for column in across.columns}
    found = [key for key in _keys(table, aspects) if there.issuperset(key.reads)]
    return list({(key.sort, key.keys, key.method, key.include, key.where): key for key in reversed(found)}.values())


def compare_keys(table: Name, one: Key, other: Key, meanings: Meanings) -> Verdict:
    """The verdict on two indexes of a table."""
    if _options(one) != _options(other):
        return Verdict.DIFFERENT
    verdicts = {meanings.conditions(table, one.where, other.where)}
    for left, right in zip(one.keys, other.keys, strict=True):
        if replace(left, expression=None) != replace(right, expression=None):
            return Verdict.DIFFERENT
        verdicts.add(meanings.conditions(table, left.expression, right.expression))
    return next((worst for worst in (Verdict.DIFFERENT, Verdict.UNDECIDED) if worst in verdicts), Verdict.SAME)


def _keys(table: Table, aspects: frozenset[str]) -> Iterator[Key]:
    for made in (*table.constraints, *map(_without_brackets, table.indexes)):
        if isinstance(made, PrimaryKey) and PRIMARY in aspects:
            yield Key(PRIMARY, _plain(made.columns), made)
        elif isinstance(made, Unique) and UNIQUE in aspects:
            distinct = made.nulls_distinct or "expression index" not in aspects
            yield Key(UNIQUE, _plain(made.columns), made, nulls_distinct=distinct)
        elif isinstance(made, Index) and made.valid and _has_words(made, aspects):
            yield _index(made, aspects)


def _without_brackets(made: Index) -> Index:
    """To PostgreSQL a column in brackets is that column."""
    if len(made.columns) == len(made.keys):
        return made
    return replace(made, keys=tuple(_bare(key) for key in made.keys))


def _bare(key: IndexKey) -> IndexKey:
    expression = key.expression
    if expression is None or expression.meaning not in {quote(name) for name in expression.columns}:
        return key
    return replace(key, column=expression.columns[0], expression=None)


def _has_words(made: Index, aspects: frozenset[str]) -> bool:
    sort = UNIQUE if made.unique else PLAIN
    return sort in aspects and ("expression index" in aspects or len(made.columns) == len(made.keys))


def _plain(columns: tuple[str, ...]) -> tuple[IndexKey, ...]:
    return tuple(IndexKey(column) for column in columns)


def _index(made: Index, aspects: frozenset[str]) -> Key:
    """Collations and the order of nulls go with the whole language of indexes."""
    whole, methods = "expression index" in aspects, "index method" in aspects
    partly = made.where is not None and "partial index" not in aspects
    return Key(
        (PARTIAL if partly else UNIQUE) if made.unique else PLAIN,
        tuple(_part(key, aspects) for key in made.keys),
        made,
        made.method if methods else "btree",
        made.include if "covering index" in aspects else (),
        made.nulls_distinct or not whole,
        None if partly else made.where,
        optional=partly or (not methods and made.method != "btree"),
    )


def _part(key: IndexKey, aspects: frozenset[str]) -> IndexKey:
    whole = "expression index" in aspects
    descending = key.descending and "index order" in aspects
    return replace(
        key,
        descending=descending,
        nulls_first=key.nulls_first if whole else descending,
        opclass=key.opclass if "index method" in aspects else "",
        collation=key.collation if whole else "",
    )


def _options(key: Key) -> tuple[object, ...]:
    return key.sort, key.method, key.include, key.nulls_distinct, len(key.keys)


def _text(key: IndexKey) -> str:
    parts = [key.column or f"({key.expression})"]
    if key.opclass:
        parts.append(key.opclass)
    if key.descending:
        parts.append("DESC")
    if key.nulls_first != key.descending:
        parts.append("NULLS FIRST" if key.nulls_first else "NULLS LAST")
    return " ".join(parts)
