"""Tables and columns that go by another name in one source, where that is certain.

A pair is taken for a rename only if each is the other's one candidate: the names fold to the same (``user_id`` and
``userId``, ``users`` and ``User``), or what they name is alike and the names are, or their places are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from difflib import SequenceMatcher
from typing import TypeVar

from dbtools.drift.clash import Clash, remedy
from dbtools.drift.renamed import with_columns, with_tables
from dbtools.drift.source import Pair, Source
from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.objects import Column, Table
from dbtools.model.typescript import NAMESPACE, delivered

T = TypeVar("T")
SHARED_COLUMNS = 0.6
ALIKE = 0.6
LONG_ENOUGH = 4
# Among more candidates than this nothing is certain, and looking takes time.
MOST_PAIRS = 10_000


def aligned(pair: Pair) -> tuple[Pair, list[Clash]]:
    """*pair* with the other source under the truth's names, and the renames that this took."""
    truth = pair.truth.schema
    tables = _table_renames(pair)
    other = with_tables(pair.other, tables)
    columns = {
        name: renames
        for name, table in truth.tables.items()
        if name in other.schema.tables and truth.is_certain(name) and other.schema.is_certain(name)
        if (renames := _column_renames(pair, table, other.schema.tables[name]))
    }
    clashes = [_table_clash(pair, *names) for names in tables.items()]
    clashes += [_column_clash(pair, name, *names) for name, renames in columns.items() for names in renames.items()]
    return replace(pair, other=with_columns(other, columns)), clashes


def _table_renames(pair: Pair) -> dict[Name, Name]:
    """The truth's name of each renamed table, to the other's."""
    truth, other = pair.truth, pair.other
    ours = [table for name, table in truth.schema.tables.items()
            if name not in other.schema.tables and other.can_lack(name)]  # fmt: skip
    theirs = [table for name, table in other.schema.tables.items()
              if name not in truth.schema.tables and truth.can_lack(name)]  # fmt: skip

    def same_columns(one: Table, two: Table) -> bool:
        sides = ((truth, one), (other, two))
        left, right = (
            {(_folded(column.name), _base(pair, source, column)) for column in table.columns} for source, table in sides
        )
        return bool(left) and len(left & right) >= SHARED_COLUMNS * len(left | right)

    pairs = _certain(ours, theirs, lambda table: table.name.local, [same_columns])
    return {one.name: two.name for one, two in pairs}


def _column_renames(pair: Pair, truth: Table, other: Table) -> dict[str, str]:
    """The truth's name of each renamed column, to the other's."""
    common = {column.name for column in truth.columns} & {column.name for column in other.columns}
    ours = [column for column in truth.columns if column.name not in common]
    theirs = [column for column in other.columns if column.name not in common]

    def same_shape(one: Column, two: Column) -> bool:
        nullable = one.nullable == two.nullable or bool(one.type.dimensions)
        return nullable and _base(pair, pair.truth, one) == _base(pair, pair.other, two)

    def alike(one: Column, two: Column) -> bool:
        return same_shape(one, two) and _similar(one.name, two.name)

    def same_place(one: Column, two: Column) -> bool:
        same = _neighbours(truth, one.name, common) == _neighbours(other, two.name, common)
        return same and same_shape(one, two) and ("default" not in pair.aspects or one.default == two.default)

    pairs = _certain(ours, theirs, lambda column: column.name, [alike, same_place])
    return {one.name: two.name for one, two in pairs}


def _base(pair: Pair, source: Source, column: Column) -> tuple[str, int]:
    """The type of a column as far as both languages tell types apart: one has none but those of TypeScript."""
    kind = column.type
    if "type" not in pair.aspects:
        kind = kind if kind.namespace == NAMESPACE else delivered(kind, source.schema)
        kind = kind._replace(base={"union": "string", "Json": "unknown", "object": "unknown"}.get(kind.base, kind.base))
    return kind.base, kind.dimensions


def _certain(
    ours: list[T], theirs: list[T], name: Callable[[T], str], tests: Iterable[Callable[[T, T], bool]]
) -> list[tuple[T, T]]:
    """Each that has exactly one candidate, whose one candidate it is; the strongest evidence, the name, first."""
    found = _only_each_other(_by_name(ours, theirs, name))
    for test in tests:
        left = [one for one in ours if all(one is not pair[0] for pair in found)]
        right = [two for two in theirs if all(two is not pair[1] for pair in found)]
        if len(left) * len(right) <= MOST_PAIRS:
            found += _only_each_other([(one, two) for one in left for two in right if test(one, two)])
    return found


def _by_name(ours: list[T], theirs: list[T], name: Callable[[T], str]) -> list[tuple[T, T]]:
    folded: dict[str, list[T]] = {}
    for two in theirs:
        folded.setdefault(_folded(name(two)), []).append(two)
    return [(one, two) for one in ours for two in folded.get(_folded(name(one)), ())]


def _only_each_other(pairs: list[tuple[T, T]]) -> list[tuple[T, T]]:
    left, right = (Counter(id(pair[side]) for pair in pairs) for side in (0, 1))
    return [(one, two) for one, two in pairs if left[id(one)] == 1 == right[id(two)]]


def _similar(one: str, two: str) -> bool:
    short, long = sorted((_folded(one), _folded(two)), key=len)
    return (len(short) >= LONG_ENOUGH and short in long) or SequenceMatcher(None, short, long).ratio() >= ALIKE


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower()).removesuffix("s")


def _neighbours(table: Table, name: str, common: set[str]) -> tuple[str, str]:
    names = [column.name for column in table.columns]
    at = names.index(name)
    before = next((other for other in reversed(names[:at]) if other in common), "")
    return before, next((other for other in names[at + 1 :] if other in common), "")


def _table_clash(pair: Pair, old: Name, new: Name) -> Clash:
    return Clash(
        "renamed-table",
        Severity.ERROR,
        old,
        "",
        str(old),
        str(new),
        harm=_harm(pair, old, new, "42P01: there is no such table"),
        remedy=remedy(pair, old, new, lambda had, wanted: [op.RenameTable(had or wanted, wanted.local)]),
    )


def _column_clash(pair: Pair, table: Name, old: str, new: str) -> Clash:
    return Clash(
        "renamed-column",
        Severity.ERROR,
        table,
        old,
        old,
        new,
        columns=(old,),
        harm=_harm(pair, old, new, "42703: there is no such column"),
        remedy=remedy(pair, old, new, lambda had, wanted: [op.RenameColumn(table, had or wanted, wanted)]),
    )


def _harm(pair: Pair, old: Name | str, new: Name | str, error: str) -> str:
    if pair.model is None:
        return f"statements written for one fail on the other with {error}"
    _, wrong = pair.database_first(old, new)
    return f"every query of {pair.model.client} that names {wrong} fails with {error}"
