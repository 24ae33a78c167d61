"""Whether and how PostgreSQL casts one type to another: ``pg_cast``, and the ways around it.

``casts.json`` is ``pg_cast`` of PostgreSQL 18, with the entries that 15 lacks named; its letters are the method
(b binary, f function) and the context (i implicit, a assignment, e explicit).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from dbtools.sql.narrowing import Plain

BYTEA_CASTS_OF_INTEGERS = 18
STRING_CATEGORY = frozenset({"text", "varchar", "char", "name"})
ZONELESS = frozenset({("timestamp", "timestamptz"), ("timestamptz", "timestamp")})


@cache
def _facts() -> tuple[dict[str, dict[str, str]], frozenset[tuple[str, str]]]:
    facts = json.loads(Path(__file__).with_name("casts.json").read_text())
    return facts["casts"], frozenset((source, target) for source, target in facts["new in 18"])


def casts() -> dict[str, dict[str, str]]:
    """``pg_cast``: source, target, letters. ``char`` stands for ``bpchar`` too."""
    return _facts()[0]


def pathway(old: Plain, new: Plain, *, explicit: bool, version: int) -> str | None:
    """How *old* becomes *new*, as ``find_coercion_pathway`` decides it; None when it cannot.

    ``same``: they differ in brackets at most. ``b``: the bytes stay. ``zone``: timestamp to or from timestamptz.
    ``f``: a function. ``elements``: one array element after the other. ``i``: over the value's text.
    """
    if (old.base, old.array) == (new.base, new.array):
        return "same"
    if old.array and new.array:
        inner = pathway(old._replace(array=False), new._replace(array=False), explicit=explicit, version=version)
        return inner and "elements"
    source, target = (_as_cast(side) for side in (old, new))
    how = _listed(source, target, version)
    if how is not None:
        if how.endswith("e") and not explicit:
            return None
        return "zone" if (source, target) in ZONELESS else how[0]
    if source == target:
        return "b"
    return "i" if target in STRING_CATEGORY or (explicit and source in STRING_CATEGORY) else None


def _listed(source: str, target: str, version: int) -> str | None:
    known, added = _facts()
    if version < BYTEA_CASTS_OF_INTEGERS and (source, target) in added:
        return None
    return known.get(source, {}).get(target)


def _as_cast(plain: Plain) -> str:
    base = "char" if plain.base == "bpchar" else plain.base
    return f"{base}[]" if plain.array else base
