"""Indexes and keys that one source has and the other lacks, or has on other columns or for other rows."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.drift.clash import MISSING, UNDECIDED, Clash, Harm, remedy
from dbtools.drift.keys import PARTIAL, PLAIN, PRIMARY, UNIQUE, Key, compare_keys, keys_of
from dbtools.drift.matching import matches, present
from dbtools.drift.meaning import Verdict
from dbtools.drift.source import Pair
from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.objects import Index

Match = tuple[Key, Key]


def index_clashes(pair: Pair, name: Name) -> Iterator[Clash | None]:
    """One item for each index of the table called *name*: a clash, or None where both have it."""
    truth, other = pair.truth.schema.tables[name], pair.other.schema.tables[name]
    ours, theirs = keys_of(truth, other, pair.aspects), keys_of(other, truth, pair.aspects)

    def compared(one: Key, two: Key) -> Verdict:
        return compare_keys(name, one, two, pair.meanings)

    yield from (None for _ in matches(ours, theirs, lambda one, two: compared(one, two) is Verdict.SAME))
    for match in matches(ours, theirs, lambda one, two: compared(one, two) is Verdict.UNDECIDED):
        yield _undecided(pair, name, match)
    for test in (_on_same_columns, _primary, _reordered, _recomputed, _namesakes, _overlapping):
        yield from (_differing(pair, name, match) for match in matches(ours, theirs, test))
    yield from (_missing(pair, name, (key, None)) for key in ours if not key.optional)
    yield from (_missing(pair, name, (None, key)) for key in theirs if not key.optional)


def _on_same_columns(one: Key, other: Key) -> bool:
    return one.columns == other.columns


def _primary(one: Key, other: Key) -> bool:
    return one.sort == other.sort == PRIMARY


def _reordered(one: Key, other: Key) -> bool:
    return _are_comparable(one, other) and sorted(one.columns) == sorted(other.columns)


def _recomputed(one: Key, other: Key) -> bool:
    """Whether both compute something else of the same columns."""
    computed = all(any(each.expression for each in key.keys) for key in (one, other))
    return _are_comparable(one, other) and computed and one.reads == other.reads


def _namesakes(one: Key, other: Key) -> bool:
    return _are_comparable(one, other) and one.made.name == other.made.name


def _overlapping(one: Key, other: Key) -> bool:
    """Whether one leads with the columns of the other, or both lead with the same one."""
    return _are_comparable(one, other) and one.columns[0] == other.columns[0]


def _are_comparable(one: Key, other: Key) -> bool:
    return one.sort == other.sort and one.method == other.method and not (one.optional or other.optional)


def _differing(pair: Pair, table: Name, match: Match) -> Clash | None:
    truth, other = match
    sorts = {truth.sort, other.sort}
    if sorts == {PARTIAL, PLAIN}:
        return None  # a plain index is as near as a language without partial indexes comes
    if len(sorts) == 1 and PLAIN in sorts:
        harm = Harm(Severity.WARNING, "queries that rely on one of them scan the table under the other")
        return _clash(pair, table, "index-columns", harm, match)
    if len(sorts) == 1 and truth.keeps_apart == other.keeps_apart:
        harm = Harm(Severity.WARNING, "the same rows count as duplicates, but each serves other queries")
        return _clash(pair, table, "index-columns", harm, match)
    if len(sorts) == 1:
        return _clash(pair, table, "index-columns", Harm(Severity.ERROR, "other rows count as duplicates"), match)
    if PRIMARY in sorts:
        harm = Harm(Severity.ERROR, "only one of the two is the primary key")
        return _clash(pair, table, "index-missing", harm, match)
    return _clash(pair, table, "index-unique", _uniqueness(pair, *(key.sort == UNIQUE for key in match)), match)


def _missing(pair: Pair, table: Name, match: tuple[Key | None, Key | None]) -> Clash:
    there = [key is not None for key in match]
    harm = _slowness(pair, *there) if present(*match).sort == PLAIN else _uniqueness(pair, *there)
    return _clash(pair, table, "index-missing", harm, match)


def _slowness(pair: Pair, *there: bool) -> Harm:
    in_database, _ = pair.database_first(*there)
    if pair.model is not None and in_database:
        return Harm(Severity.WARNING, f"{pair.model.label} does not say so: {pair.model.loses}")
    return Harm(Severity.WARNING, "queries that rely on it scan the table where it is missing")


def _uniqueness(pair: Pair, *there: bool) -> Harm:
    in_database, _ = pair.database_first(*there)
    if pair.model is not None and in_database:
        return Harm(Severity.WARNING, f"the database refuses duplicates (23505) that {pair.model.label} allows")
    return Harm(Severity.ERROR, "duplicates enter without an error, and upserts by it fail with 42P10")


def _undecided(pair: Pair, table: Name, match: Match) -> Clash:
    harm = Harm(Severity.INFO, "whether the condition is the same cannot be told from its text")
    return _clash(pair, table, UNDECIDED, harm, match)._replace(remedy="spell it the same way in both")


def _clash(pair: Pair, table: Name, rule: str, harm: Harm, match: tuple[Key | None, Key | None]) -> Clash:
    truth, other = match
    shown = present(truth, other)

    def change(had: Key | None, wanted: Key) -> Iterator[op.Operation]:
        if had is not None:
            yield _dropped(table, had)
        yield _made(table, wanted)

    return Clash(
        rule,
        harm.severity,
        table,
        shown.object,
        str(truth or MISSING),
        str(other or MISSING),
        UNIQUE if shown.sort == PARTIAL else shown.sort,
        tuple(sorted(shown.reads)),
        harm.text,
        remedy(pair, truth, other, change),
    )


def _made(table: Name, key: Key) -> op.Operation:
    return op.CreateIndex(table, key.made) if isinstance(key.made, Index) else op.AddConstraint(table, key.made)


def _dropped(table: Name, key: Key) -> op.Operation:
    if isinstance(key.made, Index):
        return op.DropIndex(Name(table.namespace, key.made.name))
    return op.DropConstraint(table, key.made.name)
