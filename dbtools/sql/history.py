"""What a history adds up to, found once: kept in memory for the rooms of one run, on disk for the next.

A state's key is a chain of hashes over the scripts that lead to it, so a history that has grown by one file starts from
where it stood before. What is kept between two files lies ever further apart, so that a file which comes in somewhere
before the end, as after a merge, costs the files after it and not all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import accumulate, pairwise

from dbtools.model.schema import Schema, removed
from dbtools.sql.read import TEMPORARY
from dbtools.sql.states import States, states
from dbtools.sql.walk import fold

MOST_STANDING = 8
WORTH = 8_000  # characters of SQL that take longer to read than a state takes to be written
STRIDES = (16, 64, 256, 1024)
_STANDING: dict[tuple[str, ...], Schema] = {}


def history(scripts: Iterable[str]) -> Schema:
    """What stands after *scripts* have run from nothing, each in a session of its own, so without temporary tables.

    However many rooms ask, each script is applied once: a longer history starts from the longest that is known.
    """
    texts = tuple(scripts)
    known = max((done for done in _STANDING if texts[: len(done)] == done), key=len, default=())
    schema, length = _STANDING.get(known, Schema()), len(known)
    kept = states() if _size(texts[length:]) >= WORTH else None
    schema = _folded(schema, texts, length) if kept is None else _resumed(kept, schema, texts, length)
    if len(_STANDING) >= MOST_STANDING:
        _STANDING.clear()
    _STANDING[texts] = schema
    return schema


def _size(texts: Sequence[str]) -> int:
    return sum(map(len, texts))


def _folded(schema: Schema, texts: tuple[str, ...], done: int) -> Schema:
    """*schema*, which *done* of *texts* led to, after the rest of them."""
    return _without_temporary(fold(schema, texts[done:]))


def _resumed(kept: States, schema: Schema, texts: tuple[str, ...], done: int) -> Schema:
    """The same, from the longest part that is kept; what was long to fold is kept for the next time."""
    keys = list(accumulate(texts, _chained, initial=kept.origin))
    for length in range(len(texts), done, -1):
        found = kept.get(keys[length])
        if found is not None:
            schema, done = found, length
            break
    much, unkept = _size(texts[done:]) >= WORTH, 0
    for start, end in pairwise((done, *_stops(done, len(texts)))):
        schema = _folded(schema, texts[:end], start)
        unkept += _size(texts[start:end])
        if unkept >= WORTH or (much and end == len(texts)):
            kept.keep(keys[end], schema)
            unkept = 0
    return schema


def _chained(key: str, text: str) -> str:
    return sha256(f"{key}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()


def _stops(done: int, length: int) -> list[int]:
    """Where to keep a state after *done*: at the end, and at the last multiple of each stride."""
    return sorted({stop for stop in (length, *(length - length % stride for stride in STRIDES)) if stop > done})


def _without_temporary(schema: Schema) -> Schema:
    tables = schema.tables
    for name, table in schema.tables.items():
        tables = removed(tables, name) if table.persistence == "temporary" else tables
    return replace(schema, tables=tables).trusting(*(name for name in schema.uncertain if name.namespace == TEMPORARY))
