"""Every two sources that have something to tell each other, and what they differ in.

The truth is compared with every other source. Two of the others are compared with each other only on what no source
before them can speak of: a table, a column or an aspect that those do not have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from dbtools.drift.checks import check_clashes
from dbtools.drift.clash import Clash
from dbtools.drift.columns import column_clashes
from dbtools.drift.enums import enum_clashes
from dbtools.drift.indexes import index_clashes
from dbtools.drift.meaning import Meanings
from dbtools.drift.references import reference_clashes
from dbtools.drift.renames import aligned
from dbtools.drift.source import Pair, Source
from dbtools.drift.tables import common_tables, missing_columns, missing_tables
from dbtools.model.expression import Name

# Aspects that speak of the same attribute in different words, or of parts of it.
FAMILIES = {
    **dict.fromkeys(("type", "ts type"), frozenset({"type"})),
    **dict.fromkeys(("default", "insert", "identity", "generated"), frozenset({"default", "identity", "generated"})),
    **dict.fromkeys(
        ("primary key", "unique", "index"),
        frozenset(
            {"unique", "index", "index method", "index order", "partial index", "covering index", "expression index"}
        ),
    ),
}
Mark = tuple[str, Name, str]


class Compared(NamedTuple):
    """What one comparison gave: a clash, or that both say the same (None)."""

    pair: Pair
    clash: Clash | None


def compare(sources: Sequence[Source], meanings: Meanings) -> tuple[list[Source], list[Compared]]:
    """*sources*, the truth first, all in its names, and one item for each attribute that two of them speak of."""
    truth, *others = sources
    found: list[Compared] = []
    named = [truth]
    for other in others:
        pair, renames = aligned(_pair(truth, other, meanings))
        named.append(pair.other)
        found += [Compared(pair, clash) for clash in (*renames, *_clashes(pair))]
    taken = _marks(found)
    for number, source in enumerate(named[1:-1], 1):
        before = named[:number]
        more = [each for other in named[number + 1 :] for each in _beyond(before, source, other, meanings)]
        more = [each for each in more if each.clash is None or taken.isdisjoint(_marks([each]))]
        taken |= _marks(more)
        found += more
    return named, found


def words(source: Source) -> frozenset[str]:
    """The aspects that a source has words for, also those that follow from others."""
    said = source.reading.expressible
    more = {"ts type"} if "type" in said else set()
    if {"nullability", "default"} <= said:
        more.add("insert")
    if "ts type" in said:  # what may be null is written beside the list
        more.add("list nullability")
    return said | more


def _pair(truth: Source, other: Source, meanings: Meanings) -> Pair:
    shared = words(truth) & words(other)
    followed = {follower for follower, own in (("ts type", "type"), ("insert", "default")) if own in shared}
    return Pair(truth, other, shared - followed, meanings)


def _beyond(before: list[Source], source: Source, other: Source, meanings: Meanings) -> Iterator[Compared]:
    """What *source* and *other* differ in, as far as no source *before* them can say the same of it."""
    if any(_speaks_of_all(each, source, other) for each in before):
        return
    pair, renames = aligned(_pair(source, other, meanings))
    for clash in (*renames, *_clashes(pair)):
        if clash is not None and not any(_speaks_of(each, clash, pair) for each in before):
            yield Compared(pair, clash)


def _speaks_of_all(source: Source, one: Source, other: Source) -> bool:
    """Whether there is nothing that the two share and *source* lacks; quick, and right where it says yes."""
    if not words(one) & words(other) <= words(source) or any(unread.ref for unread in source.reading.unknown):
        return False
    tables = source.schema.tables
    for each, across in combinations((one, other), 2):
        for name, table in each.schema.tables.items():
            there, opposite = tables.get(name), across.schema.tables.get(name)
            if opposite is None:
                continue
            if there is None or not source.schema.is_certain(name):
                return False
            own = {column.name for column in there.columns}
            if any(opposite.column(column.name) and column.name not in own for column in table.columns):
                return False
    return True


def _speaks_of(source: Source, clash: Clash, pair: Pair) -> bool:
    """Whether *source* has a say in the attribute of *clash*, so that it was compared with both already."""
    if clash.aspect == "enum" and clash.enum is None:
        return "enum" in words(source) and source.enum(clash.table) is not None
    table = source.schema.tables.get(clash.table)
    if table is None:
        return not clash.columns and source.can_lack(clash.table)
    if not source.schema.is_certain(clash.table) or not source.has_read(clash.aspect, clash.table, clash.columns):
        return False
    if not clash.aspect:
        return True
    wanted = FAMILIES.get(clash.aspect, frozenset({clash.aspect})) & pair.aspects | {clash.aspect}
    return wanted <= words(source) and all(table.column(column) for column in clash.columns)


def _marks(compared: list[Compared]) -> set[Mark]:
    clashes = [each.clash for each in compared if each.clash is not None]
    return {(family(clash), clash.table, part) for clash in clashes for part in clash.columns or (clash.object,)}


def family(clash: Clash) -> str:
    """The attribute that a clash speaks of, in whichever words."""
    if clash.aspect in FAMILIES:
        return min(FAMILIES[clash.aspect])
    return clash.rule if clash.aspect in ("", "referential action") else clash.aspect


def _clashes(pair: Pair) -> Iterator[Clash | None]:
    """One item for each attribute: a clash, or None where both say the same."""
    yield from missing_tables(pair)
    yield from enum_clashes(pair)
    for name in common_tables(pair):
        yield from missing_columns(pair, name)
        yield from column_clashes(pair, name)
        for clash in _of_table(pair, name):
            yield clash if clash is None or _was_read(pair, clash) else None


def _of_table(pair: Pair, name: Name) -> Iterator[Clash | None]:
    yield from index_clashes(pair, name)
    yield from reference_clashes(pair, name)
    yield from check_clashes(pair, name)


def _was_read(pair: Pair, clash: Clash) -> bool:
    return all(source.has_read(clash.aspect, clash.table, clash.columns) for source in (pair.truth, pair.other))
